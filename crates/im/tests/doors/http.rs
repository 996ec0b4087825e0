//! HTTP as programs use it.

use std::net::SocketAddr;

use coco_im::doors::{DoorError, DoorOptions, Doors, TOKEN_FILE};
use coco_im::testing::Lab;
use serde_json::{Value, json};

use crate::visitor::{Open, conversations, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_route_is_called_by_path_and_by_body() {
    let open = Open::new().await;
    let expected = json!({
        "code": 200, "message": "", "data": [],
        "__SERVER_ROUTE_MODULE": "chat", "__SERVER_ROUTE_METHOD": "getConversations",
    });
    for line in ["POST /", "PUT /", "POST /getConversations", "PUT /getConversations"] {
        let answer = open.ask(line, &conversations()).await;
        assert_eq!((answer.status, answer.json()), (200, expected.clone()), "{line}");
        let head = answer.head.to_ascii_lowercase();
        assert!(
            head.contains("content-type: application/json") && head.contains("cache-control: no-store"),
            "{head}"
        );
        assert!(!head.contains("access-control"), "{head}");
    }
    assert_eq!(open.ask("POST /getConversations", &json!({})).await.json(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_dispatcher_refuses_has_status_200_and_its_code() {
    let open = Open::new().await;
    let mut visitor = open.knock().await;
    let requests = [
        ("POST /", "{", 600),
        ("POST /", "", 600),
        ("POST /", "[]", 600),
        ("POST /", "{}", 300),
        ("POST /noSuchMethod", "{}", 300),
        ("POST /getConversations", r#"{"__SERVER_ROUTE_METHOD":"getUser"}"#, 600),
        ("POST /sendTextMessage", "{}", 1000),
    ];
    for (line, body, code) in requests {
        visitor.say(&open.request(line, body)).await;
        let answer = visitor.hear().await;
        assert_eq!((answer.status, answer.code()), (200, code), "{line} {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_all_answered() {
    let open = Open::with(|limits| limits.connections = 64).await;
    let visits = (0..40).map(|visitor| {
        let open = &open;
        async move {
            let mut connection = open.knock().await;
            for number in 0..10 {
                let words = format!("{visitor} {number}");
                connection.say(&open.request("POST /", &text(&words).to_string())).await;
                let answer = connection.hear().await.json();
                assert_eq!((&answer["code"], &answer["identifier"]), (&json!(200), &json!(words)));
            }
        }
    });
    futures_util::future::join_all(visits).await;
    assert_eq!(open.lab.count("SELECT count(*) FROM message"), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_the_rate_are_refused() {
    let open = Open::with(|limits| (limits.burst, limits.per_second) = (3, 1)).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let answer = open.ask("POST /", &conversations()).await;
        statuses.push(answer.status);
        assert_eq!(answer.code() == 200, answer.status == 200);
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
    // Whoever is not let in does not use it up.
    let open = Open::with(|limits| (limits.burst, limits.per_second) = (1, 1)).await;
    for _ in 0..3 {
        let mut stranger = open.knock().await;
        stranger.say("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        assert_eq!(stranger.hear().await.status, 401);
    }
    assert_eq!(open.ask("POST /", &conversations()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_loopback_is_listened_on_and_the_token_stays() {
    let lab = Lab::new();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let options = DoorOptions {
            listen: address.parse::<SocketAddr>().unwrap(),
            ..DoorOptions::default()
        };
        let refused = Doors::open(lab.engine.clone(), options).await;
        assert!(matches!(refused, Err(DoorError::NotLoopback(_))), "{refused:?}");
    }
    assert!(!lab.engine.folder().join(TOKEN_FILE).exists());
    let foreign = DoorOptions {
        origins: vec!["https://example.org".to_owned()],
        ..DoorOptions::default()
    };
    assert!(matches!(
        Doors::open(lab.engine.clone(), foreign).await,
        Err(DoorError::Origin(_))
    ));
    let first = Doors::open(lab.engine.clone(), DoorOptions::default()).await.unwrap();
    let second = Doors::open(lab.engine.clone(), DoorOptions::default()).await.unwrap();
    assert_eq!(first.token(), second.token());
    let written = std::fs::read_to_string(lab.engine.folder().join(TOKEN_FILE)).unwrap();
    assert_eq!(written.trim_end(), first.token());
    assert!(!format!("{first:?}").contains(first.token()), "{first:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_pass_up_to_the_limit() {
    let open = Open::new().await;
    let mut body = conversations();
    body["filler"] = Value::from("x".repeat(0));
    let rest = (16 << 20) - body.to_string().len();
    body["filler"] = Value::from("x".repeat(rest));
    let answer = open.ask("POST /", &body).await;
    assert_eq!((answer.status, answer.code()), (200, 200));
    body["filler"] = Value::from("x".repeat(rest + 1));
    let answer = open.ask("POST /", &body).await;
    assert_eq!((answer.status, answer.code(), answer.closes()), (413, 600, true));
}
