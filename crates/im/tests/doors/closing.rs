//! The end: what is under way is answered, and nothing more is taken.

use std::sync::mpsc;
use std::time::Duration;

use tokio::net::TcpStream;

use crate::socket::Client;
use crate::visitor::{Open, conversations, text, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_answered() {
    let open = Open::new().await;
    let mut socket = Client::new(&open).await;
    let (mut busy, idle) = (open.knock().await, open.knock().await);
    let body = text("by http").to_string();
    let head = format!(
        "{}Content-Length: {}
Expect: 100-continue

",
        open.head("POST /"),
        body.len()
    );
    // Somebody else writes, so that requests that write have to wait.
    let (begun, begins) = mpsc::channel();
    let (end, ends) = mpsc::channel::<()>();
    let session = open.lab.session();
    let writer = std::thread::spawn(move || {
        session.write(|_| {
            begun.send(()).unwrap();
            ends.recv().unwrap();
            Ok(())
        })
    });
    begins.recv().unwrap();

    let (lab, doors) = (open.lab, open.doors);
    let address = doors.address();
    busy.say(&head).await;
    assert_eq!(busy.hear().await.status, 100);
    busy.say(&body).await;
    socket.say(&text("by socket")).await;
    // Answered, so the one before it was taken.
    socket.say(&conversations()).await;
    assert_eq!(
        socket.hear().await.unwrap()["__SERVER_ROUTE_METHOD"],
        "getConversations"
    );
    let closed = tokio::spawn(doors.close());
    until(|| async { TcpStream::connect(address).await.is_err() }).await;
    end.send(()).unwrap();
    assert_eq!(busy.hear().await.code(), 200);
    assert!(busy.hear_or_end().await.is_none());
    let answer = socket.hear().await.unwrap();
    assert_eq!(
        (&answer["code"], &answer["identifier"]),
        (&200.into(), &"by socket".into())
    );
    assert_eq!(socket.hear().await, None);
    closed.await.unwrap();
    writer.join().unwrap().unwrap();
    drop(idle);
    assert_eq!(lab.count("SELECT count(*) FROM message"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_hold_the_doors_open() {
    let open = Open::with(|limits| limits.grace = Duration::from_millis(200)).await;
    let mut slow = open.knock().await;
    slow.say(&format!("{}Content-Length: 10\r\n\r\n", open.head("POST /")))
        .await;
    let mut answered = open.knock().await;
    answered.say(&open.request("POST /", "{}")).await;
    answered.hear().await;
    open.doors.close().await;
    assert!(slow.hear_or_end().await.is_none());
    assert!(answered.hear_or_end().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn doors_that_are_dropped_are_closed() {
    let open = Open::new().await;
    let mut socket = Client::new(&open).await;
    let address = open.doors.address();
    drop(open.doors);
    until(|| async { TcpStream::connect(address).await.is_err() }).await;
    assert_eq!(socket.hear().await, None);
}
