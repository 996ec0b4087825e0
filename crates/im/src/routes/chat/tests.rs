//! Conversations and messages, by their routes.

use serde_json::json;

use crate::Event;
use crate::testing::{Lab, address};

fn text(to: u8, text: &str) -> serde_json::Value {
    json!({ "cnd": address(to), "cid": address(to), "conversationType": 0, "pub": "", "text": text })
}

#[test]
fn a_text_is_stored_queued_listed_and_told() {
    let lab = Lab::new();
    let mut events = lab.engine.listen();
    let sent = lab.ask("sendTextMessage", text(2, "hello"));
    assert_eq!(sent[0]["msg_is_send"], 0);
    assert_eq!(sent[0]["msg_cry"], r#"{"text":"hello"}"#);

    let conversations = lab.ask("getConversations", json!({}));
    assert_eq!(conversations[0]["rs_id"], address(2));
    assert_eq!(conversations[0]["msg_id"], sent[0]["msg_id"]);

    let page = json!({ "conversationId": address(2), "startTime": -1, "pageSize": 20, "orderBy": "DESC" });
    assert_eq!(lab.ask("getMessagesByConversationId", page), sent);

    let told = events.take().events;
    assert!(matches!(told.first(), Some(Event::MessageAdded { message }) if message.msg_id == sent[0]["msg_id"]));
    assert_eq!(lab.count("SELECT count(*) FROM outbox"), 1);
}

#[test]
fn faults_of_a_request_are_answered_in_their_order() {
    let lab = Lab::new();
    let with = |member: &str, value: serde_json::Value| {
        let mut body = text(2, "hello");
        body[member] = value;
        lab.refused("sendTextMessage", body)
    };
    assert_eq!(with("text", json!(null)), 1000);
    assert_eq!(with("text", json!(1)), 1002);
    assert_eq!(with("text", json!("")), 1001);
    assert_eq!(with("conversationType", json!(2)), 1004);
    assert_eq!(with("conversationType", json!("x")), 1002);
}

#[test]
fn another_room_shows_nothing() {
    let lab = Lab::new();
    lab.ask("sendTextMessage", text(2, "hello"));
    lab.enter("2");
    assert_eq!(lab.ask("getConversations", json!({})), json!([]));
}
