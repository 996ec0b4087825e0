use std::sync::Arc;
use std::time::Duration;

use coco_chatbot::protocol::sign;
use coco_chatbot::server::Server;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::people::{ECHO, Office, SECRET, TOKEN, saying};

/// Sends a request as it stands, and reads status and body.
async fn send(server: &Server, head: &str, body: &[u8]) -> (u16, Value) {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head = format!(
        "{head}\r\nHost: bot\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that has read enough may close before all is written.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
    assert!(
        head.to_ascii_lowercase()
            .contains("content-type: application/json;charset=utf-8"),
        "{head}"
    );
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

fn post(header: &str, signature: &str, media_type: &str) -> String {
    format!("POST /custom/v1/echo/{TOKEN} HTTP/1.1\r\n{header}: {signature}{media_type}")
}

#[tokio::test]
async fn requests_come_with_every_header_that_callers_send() {
    let office = Office::new(ECHO);
    let server = Server::open(Arc::clone(&office.desk), "127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let headers = [
        ("X-NCP-CHATBOT_SIGNATURE", "\r\nContent-Type: application/json;UTF-8"),
        (
            "x-ncp-chatbot_signature",
            "\r\nContent-Type: application/json;charset=UTF-8",
        ),
        ("X-NCP-CHATBOT-SIGNATURE", "\r\nContent-Type: text/plain"),
        ("X-Ncp-Chatbot-Signature", ""),
    ];
    for (number, (header, media_type)) in headers.into_iter().enumerate() {
        let body = saying("u", &format!("hi {number}"), office.now()).to_string();
        let head = post(header, &sign(SECRET, body.as_bytes()), media_type);
        let (status, answer) = send(&server, &head, body.as_bytes()).await;
        assert_eq!(
            (status, crate::people::first(&answer)),
            (200, format!("hi {number}").as_str()),
            "{header}"
        );
    }
    server.close().await;
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let office = Office::new(ECHO);
    let server = Server::open(Arc::clone(&office.desk), "127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let body = saying("u", "hi", office.now()).to_string();
    let right = post("X-NCP-CHATBOT_SIGNATURE", &sign(SECRET, body.as_bytes()), "");
    let (status, answer) = send(&server, &right.replace("POST", "GET"), b"").await;
    assert_eq!((status, &answer["code"]), (405, &"1002".into()));
    let wrong = post("X-NCP-CHATBOT_SIGNATURE", "AAAA", "");
    assert_eq!(send(&server, &wrong, body.as_bytes()).await.1["code"], "4031");
    let large = vec![b' '; 1024 * 1024];
    let head = post("X-NCP-CHATBOT_SIGNATURE", &sign(SECRET, &large), "");
    let (status, answer) = send(&server, &head, &large).await;
    assert_eq!((status, &answer["code"]), (500, &"4030".into()));
    assert_eq!(send(&server, &right, body.as_bytes()).await.0, 200, "and it goes on");
    server.close().await;
    assert!(office.log.lock().unwrap().is_empty());
}

#[tokio::test]
async fn many_at_once_are_answered_each_with_its_own() {
    let office = Office::new(ECHO);
    let server = Arc::new(
        Server::open(Arc::clone(&office.desk), "127.0.0.1:0".parse().unwrap())
            .await
            .unwrap(),
    );
    let mut all = tokio::task::JoinSet::new();
    for number in 0..64 {
        let (server, now) = (Arc::clone(&server), office.now());
        all.spawn(async move {
            let text = format!("text {number}");
            let body = saying(&format!("user {}", number % 8), &text, now).to_string();
            let head = post("X-NCP-CHATBOT_SIGNATURE", &sign(SECRET, body.as_bytes()), "");
            let (status, answer) = tokio::time::timeout(Duration::from_secs(20), send(&server, &head, body.as_bytes()))
                .await
                .unwrap();
            (status, crate::people::first(&answer) == text)
        });
    }
    assert!(all.join_all().await.into_iter().all(|answered| answered == (200, true)));
}
