use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use coco_chatbot::client::{ClientError, Remote};
use coco_chatbot::desk::PATH;
use coco_chatbot::protocol::{Code, Component, Event, Response};
use coco_chatbot::server::Server;

use crate::people::{ECHO, NOW, Office, SECRET, TOKEN};

/// A server of ours that answers somebody's requests, in a runtime of its own.
struct Serving {
    url: String,
    office: Office,
    _server: Server,
    _runtime: tokio::runtime::Runtime,
}

fn serve(yaml: &str) -> Serving {
    let office = Office::new(yaml);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let opening = Server::open(Arc::clone(&office.desk), "127.0.0.1:0".parse().unwrap());
    let server = runtime.block_on(opening).unwrap();
    Serving {
        url: format!("http://{}{PATH}echo/{TOKEN}", server.address()),
        office,
        _server: server,
        _runtime: runtime,
    }
}

fn remote(url: &str, secret: &str, now: u64) -> Remote {
    Remote::new(url, secret.to_owned(), Arc::new(move || now)).unwrap()
}

fn say(text: &str) -> Event {
    Event::Send(text.to_owned())
}

fn said(response: &Response) -> Option<&str> {
    match response.bubbles() {
        [Component::Text(part)] => part.data.description.as_deref(),
        _ => None,
    }
}

/// Answers each connection with bytes as they stand, and counts connections.
fn answering(answers: Vec<Vec<u8>>) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/bot", listener.local_addr().unwrap());
    let count = Arc::new(AtomicU64::new(0));
    let counting = Arc::clone(&count);
    std::thread::spawn(move || {
        for (answer, stream) in answers.into_iter().zip(listener.incoming()) {
            let Ok(mut stream) = stream else { return };
            counting.fetch_add(1, Ordering::Relaxed);
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(&answer);
        }
    });
    (url, count)
}

fn http(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[test]
fn a_bot_elsewhere_is_asked_and_answers() {
    let serving = serve(ECHO);
    let remote = remote(&serving.url, SECRET, NOW);
    assert_eq!(said(&remote.ask("u", &Event::Open(None)).unwrap()), Some("hello"));
    assert_eq!(said(&remote.ask("u", &say("안녕")).unwrap()), Some("안녕"));
    assert!(serving.office.log.lock().unwrap().is_empty());
}

#[test]
fn what_is_asked_soon_after_goes_over_the_same_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/bot", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        // One connection alone is ever taken.
        let (mut stream, _) = listener.accept().unwrap();
        let body = r#"{"userId":"u","timestamp":1,"event":"send"}"#;
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let mut read = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            read.extend_from_slice(&buffer[..count]);
            // Every request of the protocol ends so.
            if read.ends_with(b"}") {
                read.clear();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        }
    });
    let remote = remote(&url, SECRET, NOW);
    for text in ["one", "two", "three"] {
        assert_eq!(remote.ask("u", &say(text)).unwrap().user_id, "u");
    }
}

#[test]
fn what_a_bot_refuses_is_told() {
    let serving = serve(ECHO);
    let wrong = remote(&serving.url, "another secret", NOW).ask("u", &say("hi"));
    assert!(matches!(wrong, Err(ClientError::Refused(refusal)) if refusal.code == Code::Signature));
    let late = remote(&serving.url, SECRET, NOW + 65_000)
        .ask("u", &say("hi"))
        .unwrap_err();
    assert!(matches!(late, ClientError::Clock { ahead: 65_000 }), "{late}");
    assert!(late.to_string().contains("differ by 65 seconds"));
    let failing = remote(&serving.url, SECRET, NOW).ask("u", &say("break"));
    assert!(matches!(failing, Err(ClientError::Refused(refusal)) if refusal.code == Code::Failed));
}

#[test]
fn who_cannot_be_reached_is_asked_again_and_who_heard_is_not() {
    let good =
        r#"{"userId":"u","timestamp":1,"event":"send","bubbles":[{"type":"text","data":{"description":"back"}}]}"#;
    let (url, count) = answering(vec![http("503 Busy", ""), http("502 Gone", ""), http("200 OK", good)]);
    assert_eq!(
        said(&remote(&url, SECRET, NOW).ask("u", &say("hi")).unwrap()),
        Some("back")
    );
    assert_eq!(count.load(Ordering::Relaxed), 3);
    let (url, count) = answering(vec![Vec::new(), http("200 OK", good)]);
    let cut = remote(&url, SECRET, NOW).ask("u", &say("hi"));
    assert!(matches!(cut, Err(ClientError::Unreadable(_))), "{cut:?}");
    assert_eq!(count.load(Ordering::Relaxed), 1);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = remote(&format!("http://{closed}/"), SECRET, NOW).ask("u", &say("hi"));
    assert!(matches!(nobody, Err(ClientError::Unreachable(_))), "{nobody:?}");
}

#[test]
fn hostile_answers_are_refused() {
    let deep = format!(
        r#"{{"userId":"u","timestamp":1,"event":"send","bubbles":{}{}}}"#,
        "[".repeat(1_000),
        "]".repeat(1_000)
    );
    let carousel = r#"{"userId":"u","timestamp":1,"event":"send","bubbles":[{"type":"image","data":{"imageUrl":"http://a.example/"}}]}"#;
    let answers = [
        http("200 OK", &deep),
        http("200 OK", carousel),
        http("200 OK", "<html>"),
        http("200 OK", &" ".repeat(300 * 1024)),
        http("301 Moved", ""),
        http("500 Oh", r#"{"code":"9999","message":"m","timestamp":1}"#),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec(),
    ];
    for answer in answers {
        let shown = String::from_utf8_lossy(&answer).chars().take(120).collect::<String>();
        let (url, count) = answering(vec![answer]);
        let asked = remote(&url, SECRET, NOW).ask("u", &say("hi"));
        assert!(matches!(asked, Err(ClientError::Unreadable(_))), "{shown}: {asked:?}");
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn only_encrypted_addresses_are_asked_or_this_computer() {
    let new = |url: &str| Remote::new(url, String::new(), Arc::new(|| 0)).is_ok();
    for right in [
        "https://bot.example/custom/v1/a/b",
        "http://127.0.0.1:1/",
        "http://[::1]:1/",
        "http://localhost/",
    ] {
        assert!(new(right), "{right}");
    }
    for wrong in [
        "http://bot.example/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "bot",
        "http://127.0.0.1.bot.example/",
    ] {
        assert!(!new(wrong), "{wrong}");
    }
}
