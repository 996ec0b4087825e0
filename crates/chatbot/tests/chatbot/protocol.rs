use coco_chatbot::protocol::{Component, Event, Refusal, Request, Response, Version};
use serde_json::{Value, json};

/// The examples of the document in structure, with texts and addresses of our own.
const EXAMPLES: &str = include_str!("../data/examples.json");

fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &Value) -> Value {
    let read: T = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"));
    serde_json::to_value(read).unwrap()
}

#[test]
fn every_example_of_the_document_is_read_and_written_as_it_was() {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap();
    let responses = examples["responses"].as_array().unwrap();
    assert_eq!(responses.len(), 12);
    for example in responses {
        let name = &example["name"];
        assert_eq!(again::<Response>(&example["body"]), example["body"], "{name}");
        let response: Response = serde_json::from_value(example["body"].clone()).unwrap();
        assert_eq!(response.check(), Ok(()), "{name}");
        assert!(
            !response
                .bubbles()
                .iter()
                .any(|bubble| matches!(bubble, Component::Unknown(_)))
        );
    }
    for error in examples["errors"].as_array().unwrap() {
        let mut written = again::<Refusal>(error);
        // The table beside the example has it, the example has not.
        assert_eq!(written.as_object_mut().unwrap().remove("event"), Some(json!("send")));
        assert_eq!(&written, error);
    }
    let requests = examples["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 2);
    for request in requests {
        let parsed = Request::parse(request.to_string().as_bytes(), 0).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&parsed.body()).unwrap(), *request);
    }
}

#[test]
fn what_is_not_known_is_kept() {
    let answer = json!({
        "version": "v2", "userId": "u", "timestamp": 1, "event": "send", "later": {"a": [1]},
        "scenario": "hello", "entities": {"x": 1}, "keywords": ["k"],
        "bubbles": [
            {"type": "text", "later": 1, "data": {"description": "d", "later": [null]}, "information": [{"key": "k", "value": "v", "later": 2}]},
            {"type": "hologram", "data": 7},
            {"type": "button", "data": {"type": "basic", "later": 1, "action": {"type": "postback", "later": 1, "data": {"postback": "p", "later": 2}}}},
            {"type": "flex", "data": {"altText": "a", "contents": {}}},
        ],
        "persistentMenu": {"type": "template", "data": {"contentTable": [[{"rowSpan": 1, "colSpan": 1, "later": 1, "data": {"type": "text", "data": {}}}]]}},
    });
    assert_eq!(again::<Response>(&answer), answer);
    let response: Response = serde_json::from_value(answer).unwrap();
    assert_eq!(response.check(), Ok(()));
    assert_eq!(response.bubbles()[1].kind(), "hologram");
}

#[test]
fn what_may_not_be_shown_is_named() {
    let button = json!({"type": "button", "data": {"type": "basic", "action": {"type": "link", "data": {"url": "https://a.example"}}}});
    let cases = [
        (
            json!({"type": "image", "data": {"imageUrl": "http://a.example/a.png"}}),
            "bubbles[0].data.imageUrl",
        ),
        (
            json!({"type": "image", "data": {"imageUrl": "javascript:x"}}),
            "bubbles[0].data.imageUrl",
        ),
        (
            json!({"type": "text", "data": {"url": "file:///etc/passwd"}}),
            "bubbles[0].data.url",
        ),
        (
            json!({"type": "button", "data": {"type": "basic", "action": {"type": "link", "data": {"url": "javascript:x"}}}}),
            "bubbles[0].data.action.data.url",
        ),
        (
            json!({"type": "button", "data": {"type": "basic", "action": {"type": "postback", "data": {}}}}),
            "bubbles[0].data.action.data.postback",
        ),
        (
            json!({"type": "button", "data": {"type": "basic", "action": {"type": "phone"}}}),
            "bubbles[0].data.action.data.number",
        ),
        (
            json!({"type": "button", "data": {"type": "basic", "iconUrl": "http://a.example", "action": button["data"]["action"]}}),
            "bubbles[0].data.iconUrl",
        ),
        (json!({"type": "template", "data": {}}), "bubbles[0].data.cover"),
        (
            json!({"type": "template", "data": {"cover": {"type": "carousel", "data": {"cards": []}}}}),
            "bubbles[0].data.cover.type",
        ),
        (
            json!({"type": "template", "data": {"cover": button, "contentTable": [[{"colSpan": 0, "rowSpan": 1, "data": button}]]}}),
            "bubbles[0].data.contentTable[0][0]",
        ),
        (
            json!({"type": "template", "data": {"cover": button, "footTable": [[{"colSpan": 1, "rowSpan": 1, "data": {"type": "template", "data": {"cover": button}}}]]}}),
            "bubbles[0].data.footTable[0][0].data.type",
        ),
        (
            json!({"type": "carousel", "data": {"cards": [{"type": "carousel", "data": {"cards": []}}]}}),
            "bubbles[0].data.cards[0].type",
        ),
        (
            json!({"type": "carousel", "data": {"cards": vec![button.clone(); 51]}}),
            "bubbles[0].data.cards",
        ),
    ];
    for (bubble, path) in cases {
        let answer = json!({"userId": "u", "timestamp": 1, "event": "send", "bubbles": [bubble]});
        let response: Response = serde_json::from_value(answer).unwrap();
        assert_eq!(response.check().unwrap_err().path, path);
    }
    let quick = json!({"userId": "u", "timestamp": 1, "event": "send", "quickButtons": [{"type": "text", "data": {}}]});
    let response: Response = serde_json::from_value(quick).unwrap();
    assert_eq!(response.check().unwrap_err().path, "quickButtons[0].type");
}

#[test]
fn to_open_comes_in_every_form_that_callers_send() {
    let bodies = [
        "[]",
        r#"[{"type":"text","data":{}}]"#,
        "null",
        "[null]",
        r#"[{"type":"text","data":null}]"#,
    ];
    let open = |bubbles: &str| format!(r#"{{"version":"v2","userId":"u","timestamp":1,"event":"open"{bubbles}}}"#);
    for bubbles in bodies {
        let request = Request::parse(open(&format!(r#","bubbles":{bubbles}"#)).as_bytes(), 0).unwrap();
        assert_eq!(request.event, Event::Open(None), "{bubbles}");
    }
    assert_eq!(Request::parse(open("").as_bytes(), 0).unwrap().event, Event::Open(None));
    let postback = open(r#","bubbles":[{"type":"text","data":{"description":"again"}}]"#);
    assert_eq!(
        Request::parse(postback.as_bytes(), 0).unwrap().event,
        Event::Open(Some("again".to_owned()))
    );
}

#[test]
fn the_last_text_counts_in_both_versions() {
    let v2 = json!({"version": "v2", "userId": "u", "timestamp": 1, "event": "send", "bubbles": [
        {"type": "text", "data": {"description": "one"}}, {"type": "text", "data": {"description": "two"}},
    ]});
    let request = Request::parse(v2.to_string().as_bytes(), 0).unwrap();
    assert_eq!(
        (request.version, request.event),
        (Version::V2, Event::Send("two".to_owned()))
    );
    let v1 = json!({"userId": "u", "timestamp": 1, "event": "send", "content": [{"type": "text", "data": {"details": "one"}}]});
    let request = Request::parse(v1.to_string().as_bytes(), 0).unwrap();
    assert_eq!(
        (request.version, request.event),
        (Version::V1, Event::Send("one".to_owned()))
    );
}

#[test]
fn what_is_wrong_with_a_request_is_named() {
    let right = json!({"version": "v2", "userId": "u", "timestamp": 1, "event": "send", "bubbles": [{"type": "text", "data": {"description": "d"}}]});
    let cases = [
        ("userId", json!("")),
        ("userId", json!("u".repeat(257))),
        ("userId", json!(7)),
        ("userIp", json!([])),
        ("timestamp", json!("1")),
        ("timestamp", json!(-1)),
        ("timestamp", json!(1.5)),
        ("event", json!("close")),
        ("bubbles", json!({})),
        ("bubbles", json!([])),
        ("bubbles[0].type", json!([{"type": "image", "data": {}}])),
        ("bubbles[0].data", json!([{"type": "text", "data": 1}])),
        (
            "bubbles[0].data.description",
            json!([{"type": "text", "data": {"description": 1}}]),
        ),
    ];
    for (field, value) in cases {
        let mut wrong = right.clone();
        wrong[field.split(['[', '.']).next().unwrap()] = value.clone();
        let refusal = Request::parse(wrong.to_string().as_bytes(), 5).unwrap_err();
        assert_eq!(
            (refusal.code.as_str(), refusal.timestamp),
            ("4000", 5),
            "{field} {value}"
        );
        assert!(refusal.message.contains(field), "{field}: {}", refusal.message);
    }
    let mut other = right.clone();
    other["version"] = json!("v3");
    assert_eq!(
        Request::parse(other.to_string().as_bytes(), 0)
            .unwrap_err()
            .code
            .as_str(),
        "1000"
    );
    let longest = "u".repeat(256);
    let mut long = right;
    long["userId"] = json!("가".repeat(256));
    assert!(Request::parse(long.to_string().as_bytes(), 0).is_ok());
    long["userId"] = json!(longest);
    assert!(Request::parse(long.to_string().as_bytes(), 0).is_ok());
}

#[test]
fn hostile_json_is_refused() {
    let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(1_000), "]".repeat(1_000));
    let tree = format!(
        r#"{}{{}}{}"#,
        r#"{"type":"carousel","data":{"cards":["#.repeat(1_000),
        "]}}".repeat(1_000)
    );
    let large = format!(r#"{{"userId":"{}"}}"#, "u".repeat(1024 * 1024));
    for (body, code) in [
        (deep.as_str(), "4000"),
        (&tree, "4000"),
        (&large, "4030"),
        ("", "4000"),
        ("[]", "4000"),
        ("{", "4000"),
        ("\u{0}", "4000"),
    ] {
        assert_eq!(Request::parse(body.as_bytes(), 0).unwrap_err().code.as_str(), code);
        assert!(serde_json::from_str::<Response>(body).is_err());
    }
    assert_eq!(Request::parse(b"\xff\xfe{}", 0).unwrap_err().code.as_str(), "4000");
}
