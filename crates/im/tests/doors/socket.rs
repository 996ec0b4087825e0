//! WebSockets.

use std::collections::BTreeSet;
use std::time::Duration;

use coco_im::Event;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::visitor::{NEVER, Open, PAGE, conversations, text, until};

/// A program's WebSocket.
pub(crate) struct Client(WebSocketStream<TcpStream>);

impl Client {
    /// Shakes hands with these headers; what was agreed on as subprotocol, or the status of the refusal.
    pub(crate) async fn with(open: &Open, url: &str, headers: &[(&'static str, &str)]) -> Result<(Self, String), u16> {
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(open.doors.address()).await.unwrap();
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, answer)) => {
                let agreed = answer.headers().get("sec-websocket-protocol");
                Ok((
                    Self(socket),
                    agreed.map_or("", |agreed| agreed.to_str().unwrap()).to_owned(),
                ))
            }
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn new(open: &Open) -> Self {
        let bearer = format!("Bearer {}", open.doors.token());
        let connected = Self::with(open, &open.doors.ws(), &[("authorization", &bearer)]).await;
        connected.map_err(|status| panic!("{status}")).unwrap().0
    }

    pub(crate) async fn say(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next text frame; `None` when the connection ends.
    pub(crate) async fn hear(&mut self) -> Option<Value> {
        loop {
            let next = tokio::time::timeout(NEVER, self.0.next())
                .await
                .expect("a frame or an end");
            match next? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Listens to conversations and messages.
    async fn listen(&mut self, identifier: &str) {
        self.say(&json!({ "__SERVER_ROUTE_METHOD": "addReceive", "identifier": identifier }))
            .await;
        let answer = self.hear().await.unwrap();
        assert_eq!(
            (&answer["code"], &answer["identifier"]),
            (&json!(200), &json!(identifier))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_token_is_let_in() {
    let open = Open::new().await;
    let url = open.doors.ws();
    let token = open.doors.token();
    let (bearer, carried) = (format!("Bearer {token}"), format!("bearer.{token}"));
    let both = format!("cococat, {carried}");
    let agreed =
        async |headers: &[(&'static str, &str)]| Client::with(&open, &url, headers).await.map(|(_, agreed)| agreed);
    assert_eq!(agreed(&[("authorization", &bearer)]).await, Ok(String::new()));
    assert_eq!(
        agreed(&[("sec-websocket-protocol", &both)]).await,
        Ok("cococat".to_owned())
    );
    assert_eq!(
        agreed(&[("sec-websocket-protocol", &carried)]).await,
        Ok(carried.clone())
    );
    assert_eq!(
        agreed(&[("sec-websocket-protocol", &both), ("origin", PAGE)]).await,
        Ok("cococat".to_owned())
    );

    assert_eq!(agreed(&[]).await, Err(401));
    assert_eq!(
        agreed(&[("sec-websocket-protocol", "cococat, bearer.abc")]).await,
        Err(401)
    );
    assert_eq!(
        agreed(&[("authorization", &bearer), ("origin", "https://evil.example")]).await,
        Err(403)
    );
    assert_eq!(
        agreed(&[("authorization", &bearer), ("host", "evil.example")]).await,
        Err(403)
    );
    let in_url = Client::with(&open, &format!("{url}?token={token}"), &[]).await;
    assert_eq!(in_url.err(), Some(401));
    // Elsewhere there are no WebSockets, and here nothing else.
    let elsewhere = Client::with(&open, &url.replace("/ws", "/"), &[("authorization", &bearer)]).await;
    assert_eq!(elsewhere.err(), Some(405));
    assert_eq!(open.ask("POST /ws", &json!({})).await.json()["code"], 600);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_answered_by_identifier_in_any_number() {
    let open = Open::new().await;
    let mut client = Client::new(&open).await;
    let mut awaited = BTreeSet::new();
    for number in 0..500 {
        let words = format!("message {number}");
        client.say(&text(&words)).await;
        awaited.insert(words);
    }
    while !awaited.is_empty() {
        let answer = client.hear().await.unwrap();
        assert_eq!(answer["code"], 200);
        assert!(awaited.remove(answer["identifier"].as_str().unwrap()), "{answer}");
    }
    assert_eq!(open.lab.count("SELECT count(*) FROM message"), 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_is_sent_is_answered_too() {
    let open = Open::with(|limits| limits.body = 100_000).await;
    let mut client = Client::new(&open).await;
    client.say(&json!([1])).await;
    assert_eq!(client.hear().await.unwrap()["code"], 600);
    client.0.send(Message::binary(vec![0, 255])).await.unwrap();
    assert_eq!(client.hear().await.unwrap()["code"], 600);
    client
        .say(&json!({ "hash": "ab", "data": "AAAA", "type": 0, "identifier": 5 }))
        .await;
    let accepted = client.hear().await.unwrap();
    assert_eq!((&accepted["code"], &accepted["identifier"]), (&json!(200), &json!(5)));
    client
        .say(&json!({ "__SERVER_ROUTE_METHOD": "noSuchMethod", "identifier": [1] }))
        .await;
    let unknown = client.hear().await.unwrap();
    assert_eq!((&unknown["code"], &unknown["identifier"]), (&json!(300), &json!([1])));
    client.say(&Value::from("x".repeat(100_001))).await;
    assert_eq!(client.hear().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_reach_those_who_listen() {
    let open = Open::new().await;
    let (mut one, mut two, mut deaf) = (
        Client::new(&open).await,
        Client::new(&open).await,
        Client::new(&open).await,
    );
    one.listen("one").await;
    one.listen("again").await;
    two.listen("two").await;
    assert_eq!(open.ask("POST /", &text("hello")).await.code(), 200);
    let added = two.hear().await.unwrap();
    assert_eq!(
        (&added["event"], &added["type"]),
        (&json!("two"), &json!("messageAdded"))
    );
    assert!(
        added["data"]["message"]["msg_cry"].as_str().unwrap().contains("hello"),
        "{added}"
    );
    assert_eq!(two.hear().await.unwrap()["type"], "conversationChanged");
    let heard: Vec<(Value, Value)> = [one.hear().await, one.hear().await, one.hear().await, one.hear().await]
        .into_iter()
        .map(|frame| (frame.as_ref().unwrap()["event"].clone(), frame.unwrap()["type"].clone()))
        .collect();
    let expected = [
        ("again", "messageAdded"),
        ("one", "messageAdded"),
        ("again", "conversationChanged"),
        ("one", "conversationChanged"),
    ];
    assert_eq!(heard, expected.map(|(event, kind)| (json!(event), json!(kind))));
    // Events come before what is asked for after them, so there was none.
    deaf.say(&conversations()).await;
    assert_eq!(deaf.hear().await.unwrap()["data"].as_array().unwrap().len(), 1);
}

/// Tells an event.
fn tell(open: &Open, number: usize) {
    open.lab.session().emit(Event::ConversationDeleted {
        conversation: format!("{number:01000}"),
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_too_slowly_is_told_what_was_missed() {
    let open = Open::new().await;
    let mut client = Client::new(&open).await;
    client.listen("mine").await;
    // More than the connection's buffers and the backlog hold.
    let told = 60_000;
    for number in 0..told {
        tell(&open, number);
    }
    let (mut heard, mut missed) = (0, 0);
    while heard + missed < told {
        let frame = client.hear().await.unwrap();
        assert_eq!(frame["event"], "mine");
        if frame["type"] == "overflow" {
            missed += usize::try_from(frame["data"]["missed"].as_u64().unwrap()).unwrap();
        } else {
            assert_eq!(frame["data"]["conversation"], format!("{:01000}", heard + missed));
            heard += 1;
        }
    }
    assert!(missed > 0 && heard > 0, "{heard} heard, {missed} missed");
    assert_eq!(heard + missed, told);
    tell(&open, 7);
    assert_eq!(
        client.hear().await.unwrap()["data"]["conversation"],
        format!("{:01000}", 7)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_few_and_become_free() {
    let open = Open::with(|limits| {
        limits.sockets = 1;
        limits.stall = Duration::from_millis(200);
        limits.quiet = Duration::from_millis(200);
    })
    .await;
    let bearer = format!("Bearer {}", open.doors.token());
    let url = open.doors.ws();
    let headers = [("authorization", bearer.as_str())];
    let free = || async { Client::with(&open, &url, &headers).await };
    let mut client = free().await.ok().unwrap().0;
    assert_eq!(free().await.err(), Some(503));
    // While it answers pings it keeps its place.
    for _ in 0..3 {
        assert!(matches!(client.0.next().await, Some(Ok(Message::Ping(_)))));
    }
    assert_eq!(free().await.err(), Some(503));
    // One that does not even read loses it.
    until(|| async { free().await.is_ok() }).await;
    drop(client);

    // So does one that listens and takes nothing of what it is told.
    until(|| async { free().await.is_ok() }).await;
    let open = Open::with(|limits| {
        limits.sockets = 1;
        limits.stall = Duration::from_millis(200);
    })
    .await;
    let mut stuck = Client::new(&open).await;
    stuck.listen("stuck").await;
    let bearer = format!("Bearer {}", open.doors.token());
    let url = open.doors.ws();
    let headers = [("authorization", bearer.as_str())];
    let mut number = 0;
    until(|| {
        for _ in 0..1_000 {
            number += 1;
            tell(&open, number);
        }
        async { Client::with(&open, &url, &headers).await.is_ok() }
    })
    .await;
}
