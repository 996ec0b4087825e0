use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use coco_chatbot::desk::Keep;
use coco_chatbot::protocol::{Code, sign};
use serde_json::json;

use crate::people::{ECHO, NOW, Office, SECRET, TOKEN, bot, first, read, saying};

#[test]
fn a_signed_request_is_answered_in_full() {
    let office = Office::new(ECHO);
    let (status, answer) = office.send("echo", &saying("anna", "안녕", NOW));
    assert_eq!(status, 200);
    assert_eq!(first(&answer), "안녕");
    assert_eq!((&answer["version"], &answer["event"]), (&json!("v2"), &json!("send")));
    assert_eq!((&answer["userId"], &answer["timestamp"]), (&json!("anna"), &json!(NOW)));
    assert_eq!(answer["sessionId"].as_str().unwrap().len(), 32);
    assert_eq!(answer["quickButtons"], json!([]));
    let again = office.say("echo", "anna", "more");
    assert_eq!(again["sessionId"], answer["sessionId"]);
    assert_ne!(office.say("echo", "bert", "more")["sessionId"], answer["sessionId"]);
}

#[test]
fn each_error_has_its_code() {
    let office = Office::new(&ECHO.replace("fallback: echo}", "fallback: echo, limit: 2}"));
    let path = format!("/custom/v1/echo/{TOKEN}");
    let send = |path: &str, body: &str, signed: bool| {
        let signature = sign(SECRET, body.as_bytes());
        let reply = office
            .desk
            .answer(path, signed.then_some(signature.as_str()), body.as_bytes());
        let (status, answer) = read(&reply);
        assert_eq!(
            (status, &answer["event"], &answer["timestamp"]),
            (500, &json!("send"), &json!(office.now())),
            "{answer}"
        );
        assert!(!answer["message"].as_str().unwrap().contains("on purpose"));
        answer["code"].as_str().unwrap().to_owned()
    };
    let right = saying("u", "hi", NOW).to_string();
    let mut reached = BTreeSet::new();
    let mut expect = |code: &str, path: &str, body: &str, signed: bool| {
        assert_eq!(send(path, body, signed), code);
        reached.insert(code.to_owned());
    };
    for wrong in [
        "/",
        "/custom/v1/echo",
        "/custom/v2/echo/0123456789",
        "/custom/v1/echo/short",
        "/custom/v1/echo/0123456789/more",
        "/custom/v1/echo/%00%00%00%00",
    ] {
        expect("1002", wrong, &right, true);
    }
    expect("1001", &format!("/custom/v1/other/{TOKEN}"), &right, true);
    expect("4010", "/custom/v1/echo/0123456789abcdee", &right, true);
    expect("4031", &path, &right, false);
    expect("1000", &path, &right.replace("v2", "v3"), true);
    expect("4000", &path, "{}", true);
    expect("4032", &path, &saying("u", "hi", NOW - 10_001).to_string(), true);
    expect("4032", &path, &saying("u", "hi", NOW + 10_001).to_string(), true);
    expect("5000", &path, &saying("u", "break", NOW).to_string(), true);
    let v1 = json!({"userId": "u", "timestamp": NOW, "event": "send", "content": [{"type": "text", "data": {"details": "picture"}}]});
    expect("5010", &path, &v1.to_string(), true);
    for _ in 0..4 {
        expect("4000", &path, "{}", true);
    }
    expect("4030", &path, &right, true);
    let all: BTreeSet<String> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(reached, all);
    assert_eq!(*office.log.lock().unwrap(), ["echo: it was told to fail: on purpose"]);
}

#[test]
fn a_signature_counts_once_and_only_for_its_bytes() {
    let office = Office::new(ECHO);
    let path = format!("/custom/v1/echo/{TOKEN}");
    let body = saying("u", "hi", NOW).to_string();
    let signature = sign(SECRET, body.as_bytes());
    let code = |body: &str, signature: &str| {
        let (status, answer) = read(&office.desk.answer(&path, Some(signature), body.as_bytes()));
        if status == 200 {
            "200".to_owned()
        } else {
            answer["code"].as_str().unwrap().to_owned()
        }
    };
    assert_eq!(code(&body.replace("hi", "ho"), &signature), "4031");
    assert_eq!(code(&format!("{body} "), &signature), "4031");
    assert_eq!(code(&body, &signature), "200");
    assert_eq!(code(&body, &signature), "4031");
    office.clock.fetch_add(10_000, Ordering::Relaxed);
    assert_eq!(code(&body, &signature), "4031");
    office.clock.fetch_add(1, Ordering::Relaxed);
    assert_eq!(code(&body, &signature), "4032");
}

#[test]
fn a_bot_without_a_window_takes_any_time_and_repetition() {
    let office = Office::new(&ECHO.replace("fallback: echo}", "fallback: echo, window: 0}"));
    for _ in 0..2 {
        assert_eq!(office.send("echo", &saying("u", "hi", 12_345_678)).0, 200);
    }
}

#[test]
fn callers_of_v1_get_texts() {
    let office = Office::new(ECHO);
    let body = json!({"userId": "u", "timestamp": NOW, "event": "send", "content": [{"type": "text", "data": {"details": "hi"}}]});
    let (status, answer) = office.send("echo", &body);
    assert_eq!(status, 200);
    assert_eq!(answer["content"], json!([{"type": "text", "data": {"details": "hi"}}]));
    assert!(answer.get("bubbles").is_none());
}

#[test]
fn conversations_survive_and_cannot_be_read_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let remembering = ECHO.replace("  welcome: [{text: hello}]", "  welcome: [{text: hello}]\n  count: [{set: {count: '{{ (count or 0) + 1 }}', secret: remember-this-sentence}}, {text: '{{ count }}'}]");
    let remembering = remembering.replace("broken: [break]", "broken: [break], count: [count]");
    let open = || Office::with(bot(&remembering).unwrap(), Keep::in_folder(folder.path()).unwrap());
    let office = open();
    assert_eq!(first(&office.say("echo", "u", "count")), "1");
    assert_eq!(first(&office.say("echo", "u", "count")), "2");
    drop(office);
    let office = open();
    office.clock.fetch_add(60_000, Ordering::Relaxed);
    assert_eq!(first(&office.say("echo", "u", "count")), "3");
    assert_eq!(first(&office.say("echo", "v", "count")), "1");
    drop(office);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let found = bytes.windows(22).any(|window| window == b"remember-this-sentence");
        assert!(!found && !bytes.starts_with(b"SQLite format 3"));
    }
}

#[test]
fn another_version_of_a_bot_goes_on_with_the_conversation() {
    let office = Office::new(ECHO);
    let before = office.say("echo", "u", "hi");
    office.desk.put(
        bot(&ECHO.replace("{{ said }}", "new {{ said }}")).unwrap(),
        crate::people::access(),
    );
    let after = office.say("echo", "u", "hi");
    assert_eq!((first(&before), first(&after)), ("hi", "new hi"));
    assert_eq!(before["sessionId"], after["sessionId"]);
    office.desk.remove("echo");
    let (status, answer) = office.send("echo", &saying("u", "hi", office.now()));
    assert_eq!((status, &answer["code"]), (500, &json!("1001")));
}

#[test]
fn the_menu_comes_with_every_opening_and_when_asked_for() {
    let with_menu = ECHO.replace(
        "fallback: echo}",
        "fallback: echo, menu: {table: [[{button: Echo, tap: {go: echo}}]]}}",
    );
    let office = Office::new(&with_menu);
    for event in ["open", "getPersistentMenu"] {
        let (status, answer) = office.send(
            "echo",
            &json!({"version": "v2", "userId": "u", "timestamp": NOW, "bubbles": [], "event": event}),
        );
        assert_eq!(status, 200, "{answer}");
        assert_eq!(
            answer["persistentMenu"]["data"]["contentTable"][0][0]["data"]["title"],
            "Echo"
        );
        assert_eq!(
            answer["bubbles"].as_array().unwrap().len(),
            usize::from(event == "open")
        );
    }
    assert!(office.say("echo", "u", "hi").get("persistentMenu").is_none());
}
