//! HTTP as nobody should use it.

use std::time::Duration;

use crate::visitor::{Open, Visitor, conversations};

async fn status(open: &Open, text: &str) -> u16 {
    let mut visitor = open.knock().await;
    visitor.say(text).await;
    let answer = visitor.hear().await;
    assert!(answer.closes() || answer.status == 200, "{answer:?}");
    answer.status
}

async fn ends(visitor: &mut Visitor) {
    assert!(visitor.hear_or_end().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_refused_before_their_body_is_read() {
    let open = Open::new().await;
    let token = open.doors.token();
    let body = "Content-Length: 1000\r\n\r\n";
    let requests = [
        (403, "POST / HTTP/1.1\r\nHost: evil.example\r\n".to_owned()),
        (403, "POST / HTTP/1.1\r\n".to_owned()),
        (403, "POST / HTTP/1.0\r\n".to_owned()),
        (
            403,
            "POST http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n".to_owned(),
        ),
        (
            403,
            "POST / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n".to_owned(),
        ),
        (
            403,
            "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n".to_owned(),
        ),
        (
            401,
            "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://127.0.0.1:5173\r\n".to_owned(),
        ),
        (401, "POST / HTTP/1.1\r\nHost: localhost\r\n".to_owned()),
        (401, format!("POST /?token={token} HTTP/1.1\r\nHost: localhost\r\n")),
        (
            401,
            format!(
                "POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n",
                "0".repeat(64)
            ),
        ),
        (
            401,
            format!("POST / HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Protocol: bearer.{token}\r\n"),
        ),
    ];
    for (wanted, head) in requests {
        assert_eq!(status(&open, &format!("{head}{body}")).await, wanted, "{head}");
        // With the token no head that a page could send is better for it.
        if wanted == 403 {
            let with_token = format!("{head}Authorization: Bearer {token}\r\n{body}");
            assert_eq!(status(&open, &with_token).await, 403, "{head}");
        }
    }
    assert_eq!(status(&open, &format!("{}{body}", open.head("GET /"))).await, 405);
    assert_eq!(
        status(&open, &format!("{}{body}", open.head("CONNECT localhost:80"))).await,
        405
    );
    assert_eq!(open.lab.count("SELECT count(*) FROM message"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_http_is_not_answered_as_such() {
    let open = Open::new().await;
    for text in [
        "\x16\x03\x01\x02\x00\x01\x00\x01\n\n",
        "POST\r\n\r\n",
        "POST / HTTP/3.0\r\n\r\n",
        "{}\n\n",
    ] {
        let mut visitor = open.knock().await;
        visitor.say(text).await;
        let answer = visitor.hear_or_end().await;
        assert!(answer.is_none_or(|answer| answer.status == 400), "{text:?}");
    }
    // Two lengths, or a length and chunks, are how requests are smuggled past one another.
    for lengths in [
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 2, 3\r\n",
    ] {
        let mut visitor = open.knock().await;
        visitor.say(&format!("{}{lengths}\r\n{{}}", open.head("POST /"))).await;
        assert_eq!(visitor.hear().await.status, 400, "{lengths}");
        ends(&mut visitor).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_one_behind_the_other_are_answered_in_turn() {
    let open = Open::new().await;
    let mut visitor = open.knock().await;
    let one = open.request("POST /", &conversations().to_string());
    visitor.say(&one.repeat(20)).await;
    for _ in 0..20 {
        assert_eq!(visitor.hear().await.code(), 200);
    }
    // Nothing behind one that is refused is looked at.
    let stranger = "POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n";
    visitor.say(&format!("{one}{stranger}{one}")).await;
    assert_eq!(visitor.hear().await.status, 200);
    assert_eq!(visitor.hear().await.status, 403);
    ends(&mut visitor).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_are_bounded_in_size_and_time() {
    let open = Open::with(|limits| limits.head = Duration::from_millis(200)).await;
    let mut large = open.knock().await;
    large
        .say(&format!("{}X: {}\r\n\r\n", open.head("POST /"), "x".repeat(20_000)))
        .await;
    assert_eq!(large.hear().await.status, 431);
    let mut many = open.knock().await;
    many.say(&format!("{}{}\r\n", open.head("POST /"), "X: y\r\n".repeat(100)))
        .await;
    assert_eq!(many.hear().await.status, 431);
    // One that never ends its head, one that says nothing, and one that has nothing more to say.
    let mut slow = open.knock().await;
    slow.say(&open.head("POST /")).await;
    ends(&mut slow).await;
    ends(&mut open.knock().await).await;
    let mut idle = open.knock().await;
    idle.say(&open.request("POST /", "{}")).await;
    assert_eq!(idle.hear().await.status, 200);
    ends(&mut idle).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_bounded_in_size_and_time() {
    let open = Open::with(|limits| {
        limits.body = 1_000;
        limits.arrival = Duration::from_millis(300);
    })
    .await;
    // By what it says of itself, without a byte having been sent.
    let says = |length: &str| format!("{}Content-Length: {length}\r\n\r\n", open.head("POST /"));
    assert_eq!(status(&open, &says("1001")).await, 413);
    assert_eq!(status(&open, &says("9999999999999999999")).await, 413);
    // Sent whole, which takes longer than its refusal: the answer arrives all the same.
    assert_eq!(
        status(&open, &format!("{}{}", says("8000000"), "x".repeat(8_000_000))).await,
        413
    );
    // In chunks, without saying how many there will be.
    let chunked = format!("{}Transfer-Encoding: chunked\r\n\r\n", open.head("POST /"));
    let chunk = format!("64\r\n{}\r\n", "x".repeat(100));
    assert_eq!(status(&open, &format!("{chunked}{}", chunk.repeat(11))).await, 413);
    let mut whole = open.knock().await;
    whole.say(&format!("{chunked}2\r\n{{}}\r\n0\r\n\r\n")).await;
    assert_eq!(whole.hear().await.code(), 300);
    assert_eq!(status(&open, &format!("{chunked}zz\r\n")).await, 400);
    // And one that stops in the middle.
    assert_eq!(status(&open, &format!("{}{{", says("2"))).await, 408);
    assert_eq!(status(&open, &format!("{chunked}{chunk}")).await, 408);
}

#[tokio::test(flavor = "multi_thread")]
async fn further_connections_wait_for_a_place() {
    let open = Open::with(|limits| limits.connections = 1).await;
    let mut first = open.knock().await;
    first.say(&open.request("POST /", "{}")).await;
    first.hear().await;
    let mut second = open.knock().await;
    second.say(&open.request("POST /", "{}")).await;
    first.say(&open.request("POST /", "{}")).await;
    first.hear().await;
    drop(first);
    assert_eq!(second.hear().await.status, 200);
}
