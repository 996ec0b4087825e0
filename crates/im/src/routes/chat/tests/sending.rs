//! Sending texts, cards, quotes and forwarded messages, and to whom.

use serde_json::{Value, json};

use super::{change, group, page, receive, send, text, to, with};
use crate::Event;
use crate::testing::{Lab, address};

fn content(message: &Value) -> Value {
    serde_json::from_str(message["msg_cry"].as_str().unwrap()).unwrap()
}

#[test]
fn a_text_is_stored_queued_listed_and_told() {
    let lab = Lab::new();
    lab.befriend(2);
    let mut events = lab.engine.listen();
    let sent = lab.ask("sendTextMessage", text(2, "hello"));
    assert_eq!(sent[0]["msg_is_send"], 0);
    assert_eq!(sent[0]["msg_cry"], r#"{"text":"hello"}"#);
    assert_eq!(sent[0]["origin_nic"], "Ada");

    let conversations = lab.ask("getConversations", json!({}));
    assert_eq!(conversations[0]["rs_id"], address(2));
    assert_eq!(conversations[0]["msg_id"], sent[0]["msg_id"]);
    assert_eq!(page(&lab, &address(2)), sent);
    assert_eq!(
        lab.ask("getMessageByIdChat", json!({ "messageId": sent[0]["msg_id"] })),
        sent[0]
    );

    let told = events.take().events;
    assert!(matches!(told.first(), Some(Event::MessageAdded { message }) if message.msg_id == sent[0]["msg_id"]));
    assert!(matches!(told.get(1), Some(Event::ConversationChanged { .. })));
    assert_eq!(lab.count("SELECT count(*) FROM outbox"), 1);
}

#[test]
fn faults_of_a_request_are_answered_in_their_order() {
    let lab = Lab::new();
    lab.befriend(2);
    let wrong =
        |member: &str, value: Value| lab.refused("sendTextMessage", with(text(2, "hello"), json!({ member: value })));
    assert_eq!(wrong("text", json!(null)), 1000);
    assert_eq!(wrong("text", json!(1)), 1002);
    assert_eq!(wrong("text", json!("")), 1001);
    assert_eq!(wrong("conversationType", json!(2)), 1004);
    assert_eq!(wrong("conversationType", json!("x")), 1002);
    assert_eq!(wrong("text", json!("x".repeat(65_537))), 20060);
}

#[test]
fn only_contacts_and_conversations_of_the_room_can_be_written_to() {
    let lab = Lab::new();
    lab.befriend(2);
    let refused = |peer: u8| lab.refused("sendTextMessage", text(peer, "hello"));
    assert_eq!(refused(3), 20058);
    change(&lab, "UPDATE contact SET blocked_by = 1");
    assert_eq!(refused(2), 20075);
    change(&lab, "UPDATE contact SET blocked = 1");
    assert_eq!(refused(2), 20074);
    change(&lab, "UPDATE contact SET blocked = 0, blocked_by = 0, state = 0");
    send(&lab, 2, "the request is pending");
    lab.enter("2");
    assert_eq!(refused(2), 20058);
    lab.enter("1");
    change(&lab, "DELETE FROM contact");
    send(&lab, 2, "the conversation is there still");
}

#[test]
fn groups_take_messages_of_members_unless_they_are_muted() {
    let lab = Lab::new();
    let id = group(&lab, 40, 2, false);
    let say = |kind: u8| json!({ "cnd": id, "cid": id, "conversationType": kind, "pub": "", "text": "hello" });
    let sent = lab.ask("sendTextMessage", say(1));
    assert_eq!((&sent[0]["rs_type"], &sent[0]["rs_id"]), (&json!(2), &json!(id)));
    assert_eq!(lab.refused("sendTextMessage", say(0)), 20058);
    let refused = |sql: &str| {
        change(&lab, sql);
        lab.refused("sendTextMessage", say(1))
    };
    assert_eq!(refused("UPDATE group_config SET all_muted = 1"), 20042);
    change(&lab, "UPDATE group_member SET is_admin = 1");
    lab.ask("sendTextMessage", say(1));
    assert_eq!(refused("UPDATE chat_group SET state = 2"), 20047);
    assert_eq!(refused("UPDATE chat_group SET state = 3"), 20054);
    assert_eq!(refused("UPDATE group_member SET state = 0"), 20054);
    assert_eq!(refused("UPDATE chat_group SET state = 1"), 20048);
    assert_eq!(
        lab.refused("sendTextMessage", with(say(1), json!({ "cnd": address(41) }))),
        20043
    );
}

#[test]
fn a_card_carries_what_is_known_of_a_contact() {
    let lab = Lab::new();
    lab.befriend(2);
    lab.befriend(3);
    let card = |peer: u8| with(to(2), json!({ "contactId": address(peer) }));
    let sent = lab.ask("sendCardMessage", card(3));
    assert_eq!(sent["msg_type"], 10);
    assert_eq!(content(&sent)["nick"], "Friend 3");
    assert_eq!(content(&sent)["cnd"], address(3));
    let own = lab.ask("sendCardMessage", card(1));
    assert_eq!(
        (&content(&own)["nick"], &content(&own)["pub"]),
        (&json!("Ada"), &json!("02".repeat(32)))
    );
    assert_eq!(lab.refused("sendCardMessage", card(4)), 20058);
    assert_eq!(page(&lab, &address(2)), json!([own, sent]));
}

#[test]
fn a_quote_holds_what_it_quotes() {
    let lab = Lab::new();
    lab.befriend(2);
    let quoted = receive(&lab, 2, "the question");
    for message in [quoted.clone(), json!(quoted.to_string())] {
        let sent = lab.ask(
            "sendQuoteMessage",
            with(text(2, "the answer"), json!({ "message": message })),
        );
        assert_eq!(sent[0]["msg_type"], 12);
        let wanted = json!({
            "quoteContent": "Friend 2: the question", "quoteId": quoted["msg_id"], "text": "the answer",
            "msgCry": quoted["msg_cry"], "msgType": 1, "cnd": address(2), "nick": "Friend 2",
        });
        assert_eq!(content(&sent[0]), wanted);
    }
    let broken = with(text(2, "the answer"), json!({ "message": "{" }));
    assert_eq!(lab.refused("sendQuoteMessage", broken), 1002);
}

/// A message as forwarding requests have it.
fn forwarded(kind: i64, content: &str) -> Value {
    json!({
        "msgId": "00", "nic": "Eve", "ndAdd": address(5), "pfpId": 1, "pfpUrl": "", "msgType": kind,
        "msgContent": content, "sendTime": "1745482338456", "domain": "",
    })
}

#[test]
fn messages_are_sent_on_one_by_one_with_a_text_after_them() {
    let lab = Lab::new();
    lab.befriend(2);
    let step = |forwards: Value| {
        with(
            to(2),
            json!({ "conversationType": 1, "cmd": 10, "text": "look", "forwards": forwards }),
        )
    };
    let first = forwarded(1, r#"{"text":"one"}"#);
    let sent = lab.ask(
        "sendStepForwardMessage",
        step(json!([first, forwarded(10, r#"{"nick":"Bob"}"#)])),
    );
    let kinds: Vec<&Value> = sent
        .as_array()
        .unwrap()
        .iter()
        .map(|message| &message["msg_type"])
        .collect();
    assert_eq!(kinds, [1, 10, 1]);
    assert_eq!(content(&sent[2])["text"], "look");
    assert_eq!(lab.count("SELECT count(*) FROM outbox"), 3);

    assert_eq!(
        lab.refused("sendStepForwardMessage", step(json!([first, forwarded(16, "{}")]))),
        20072
    );
    assert_eq!(
        lab.refused("sendStepForwardMessage", step(json!([forwarded(1, "no JSON")]))),
        20060
    );
    assert_eq!(
        lab.refused("sendStepForwardMessage", step(json!(vec![first; 101]))),
        20045
    );
    assert_eq!(page(&lab, &address(2)).as_array().unwrap().len(), 3);
}

#[test]
fn messages_are_sent_on_as_one_and_found_by_what_they_say() {
    let lab = Lab::new();
    lab.befriend(2);
    let merged = with(
        to(2),
        json!({ "forwards": [forwarded(1, r#"{"text":"hidden treasure"}"#)], "title": ["Chat of Eve"], "formDomain": "", "toDomain": "", "fromCnd": "" }),
    );
    let sent = lab.ask("sendMergeForwardMessage", merged);
    assert_eq!(sent[0]["msg_type"], 11);
    assert_eq!(content(&sent[0])["forwards"][0]["sendTime"], 1_745_482_338_456_i64);
    assert_eq!(
        lab.ask("searchMessages", json!({ "text": "treas", "msgType": 11 })),
        sent
    );
}
