//! Unread messages, receipts, recall and deletion.

use serde_json::{Value, json};

use super::{change, page, receive, send, to, with};
use crate::Event;
use crate::testing::{Lab, address};

const DAY: i64 = 24 * 60 * 60 * 1_000;

fn unread(lab: &Lab) -> i64 {
    let value = lab.ask("getUnreadMessageCount", json!({}))["value"].as_i64().unwrap();
    assert_eq!(
        value,
        lab.count("SELECT count(*) FROM message WHERE source = 1 AND state <> 2"),
        "counted one by one"
    );
    value
}

fn acknowledge(ids: &[&Value], again: bool) -> Value {
    json!({ "conversationId": address(2), "cid": address(2), "conversationType": 1, "messageIds": ids, "pub": "", "isRetry": again })
}

#[test]
fn receipts_mark_as_read_once_and_start_the_burning() {
    let lab = Lab::new();
    lab.befriend(2);
    change(&lab, "UPDATE contact SET burn_time = 3000");
    let (one, two) = (receive(&lab, 2, "one"), receive(&lab, 2, "two"));
    let last = json!({ "conversationId": address(2) });
    assert_eq!(unread(&lab), 2);
    assert_eq!(lab.ask("getLastUnreadMessageByConversationId", last.clone()), two);

    let mut events = lab.engine.listen();
    let known = lab.ask(
        "sendMessageAckByIds",
        acknowledge(&[&one["msg_id"], &json!("unknown")], false),
    );
    assert_eq!(known, json!([one["msg_id"]]));
    assert_eq!(unread(&lab), 1);
    let read = lab.ask("getMessageByIdChat", json!({ "messageId": one["msg_id"] }));
    assert_eq!(
        (&read["msg_state"], &read["exp_red_time"]),
        (&json!(2), &json!(lab.session().now() + 3_000))
    );
    let told = events.take().events;
    assert!(matches!(&told[..], [
        Event::MessageChanged { .. },
        Event::ConversationChanged { conversation },
        Event::UnreadChanged { total: 1 },
    ] if conversation.rs_unread == 1));

    let receipts = || lab.count("SELECT count(*) FROM outbox WHERE kind = 'receipt'");
    lab.ask("sendMessageAckByIds", acknowledge(&[&one["msg_id"]], false));
    assert_eq!(receipts(), 1);
    lab.ask("sendMessageAckByIds", acknowledge(&[&one["msg_id"]], true));
    assert_eq!(receipts(), 2);
    lab.ask("sendMessageAckByIds", acknowledge(&[&two["msg_id"]], false));
    assert_eq!(unread(&lab), 0);
    assert_eq!(lab.ask("getLastUnreadMessageByConversationId", last), json!(null));

    let many = vec![json!("x"); 1_001];
    let many: Vec<&Value> = many.iter().collect();
    assert_eq!(lab.refused("sendMessageAckByIds", acknowledge(&many, false)), 20045);
}

#[test]
fn a_conversation_is_marked_read_and_unread() {
    let lab = Lab::new();
    lab.befriend(2);
    receive(&lab, 2, "one");
    receive(&lab, 2, "two");
    let set = |read: bool| json!({ "conversationId": address(2), "isRead": read });
    lab.ask("setConversationReadById", set(true));
    assert_eq!(unread(&lab), 0);
    assert_eq!(lab.ask("getConversations", json!({}))[0]["rs_unread"], 0);
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'receipt'"), 1);
    lab.ask("setConversationReadById", set(false));
    assert_eq!(lab.ask("getConversations", json!({}))[0]["rs_unread"], 1);
    let mut events = lab.engine.listen();
    lab.ask("updateUnReadTotal", json!({}));
    assert!(matches!(&events.take().events[..], [Event::UnreadChanged { total: 1 }]));
    lab.ask("setConversationReadById", set(true));
    assert_eq!(unread(&lab), 0);
}

#[test]
fn deprecated_routes_answer_nothing() {
    let lab = Lab::new();
    lab.befriend(2);
    receive(&lab, 2, "one");
    let body = json!({ "conversationId": address(2) });
    assert_eq!(lab.ask("getUnreadMessagesByConversationId", body.clone()), json!([]));
    assert_eq!(lab.ask("getFirstUnReadMessage", body), json!(null));
}

#[test]
fn typing_leaves_no_trace() {
    let lab = Lab::new();
    lab.befriend(2);
    let typing = |peer: u8| json!({ "cnd": address(peer), "isInputting": true });
    lab.ask("sendInputStateMessage", typing(2));
    assert_eq!(lab.count("SELECT count(*) FROM outbox"), 0);
    assert_eq!(lab.refused("sendInputStateMessage", typing(3)), 20058);
}

fn recall(message: &Value) -> Value {
    json!({ "conversationId": address(2), "cid": address(2), "conversationType": 1, "messageId": message["msg_id"], "pub": "" })
}

#[test]
fn own_messages_are_recalled_for_a_day_and_lose_their_content() {
    let lab = Lab::new();
    lab.befriend(2);
    let (own, theirs, late) = (
        send(&lab, 2, "regretted"),
        receive(&lab, 2, "regretted too"),
        send(&lab, 2, "late"),
    );
    lab.ask("recallMessageById", recall(&own));
    let found = lab.ask("getMessageByIdChat", json!({ "messageId": own["msg_id"] }));
    assert_eq!(found["msg_type"], 16);
    assert!(!found["msg_cry"].as_str().unwrap().contains("regretted"));
    assert_eq!(
        lab.ask("searchMessages", json!({ "text": "regretted" })),
        json!([theirs])
    );
    let waiting = format!(
        "SELECT count(*) FROM outbox WHERE message = '{}'",
        own["msg_id"].as_str().unwrap()
    );
    assert_eq!(lab.count(&waiting), 0);
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'recall'"), 1);

    assert_eq!(lab.refused("recallMessageById", recall(&own)), 20072);
    assert_eq!(lab.refused("recallMessageById", recall(&theirs)), 20072);
    assert_eq!(
        lab.refused("recallMessageById", recall(&json!({ "msg_id": "x" }))),
        20091
    );
    lab.wait(DAY + 10);
    assert_eq!(lab.refused("recallMessageById", recall(&late)), 20072);
}

#[test]
fn deleted_messages_leave_the_conversation_with_what_came_before() {
    let lab = Lab::new();
    lab.befriend(2);
    let (one, two, three) = (send(&lab, 2, "one"), receive(&lab, 2, "two"), receive(&lab, 2, "three"));
    let mut events = lab.engine.listen();
    let some = json!({ "messageIds": [three["msg_id"], "unknown"], "isUpdateSession": true });
    lab.ask("deleteMessagesByIds", some);
    let list = lab.ask("getConversations", json!({}));
    assert_eq!(
        (&list[0]["msg_id"], &list[0]["updated_time"]),
        (&two["msg_id"], &two["created_time"])
    );
    assert_eq!(unread(&lab), 1);
    assert!(matches!(&events.take().events[0], Event::MessagesDeleted { messages, .. } if messages.len() == 1));
    lab.ask("deleteMessageById", json!({ "messageId": two["msg_id"] }));
    assert_eq!(unread(&lab), 0);
    assert_eq!(page(&lab, &address(2)), json!([one]));
    assert_eq!(
        lab.refused("deleteMessageById", json!({ "messageId": two["msg_id"] })),
        20091
    );
    lab.enter("2");
    assert_eq!(
        lab.refused("deleteMessageById", json!({ "messageId": one["msg_id"] })),
        20091
    );
    lab.ask("deleteMessagesByIds", json!({ "messageIds": [one["msg_id"]] }));
    lab.ask("deleteAllMessages", json!({}));
    assert_eq!(lab.count("SELECT count(*) FROM message"), 1);
    lab.enter("1");
    lab.ask("deleteAllMessages", json!({}));
    let list = lab.ask("getConversations", json!({}));
    assert_eq!((&list[0]["msg_id"], &list[0]["msg_type"]), (&json!(""), &json!(0)));
    assert_eq!(page(&lab, &address(2)), json!([]));
    assert!(send(&lab, 2, "again")["msg_version"].as_i64() > three["msg_version"].as_i64());
}

#[test]
fn both_sides_are_asked_to_delete() {
    let lab = Lab::new();
    lab.befriend(2);
    send(&lab, 2, "one");
    receive(&lab, 2, "two");
    lab.ask("sendDelEachOtherMessage", to(2));
    assert_eq!((page(&lab, &address(2)), unread(&lab)), (json!([]), 0));
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'deleteBoth'"), 1);
    assert_eq!(lab.refused("sendDelEachOtherMessage", to(3)), 20058);
    let id = super::group(&lab, 40, 2, false);
    let group = with(to(2), json!({ "cnd": id, "conversationType": 1 }));
    assert_eq!(lab.refused("sendDelEachOtherMessage", group), 20042);
}

#[test]
fn a_message_of_the_program_says_what_it_was_given() {
    let lab = Lab::new();
    lab.befriend(2);
    let body =
        |content: &str| json!({ "cid": address(2), "cnd": address(2), "conversationType": 1, "content": content });
    let made = lab.ask("createSysMessage", body("any \"content\""));
    assert_eq!(
        (&made["msg_cry"], &made["msg_type"]),
        (&json!("any \"content\""), &json!(2))
    );
    assert_eq!((&made["msg_source"], &made["msg_state"]), (&json!(2), &json!(2)));
    assert_eq!(page(&lab, &address(2)), json!([made]));
    assert_eq!(lab.count("SELECT count(*) FROM outbox"), 0);
    assert_eq!(lab.refused("createSysMessage", body(&"x".repeat(65_537))), 20060);
}

#[test]
fn messages_are_found_in_the_order_of_their_ids() {
    let lab = Lab::new();
    lab.befriend(2);
    let (one, two) = (send(&lab, 2, "one"), send(&lab, 2, "two"));
    let ids = json!({ "messageIds": [two["msg_id"], "unknown", one["msg_id"]] });
    assert_eq!(lab.ask("getMessageByIds", ids.clone()), json!([two, one]));
    assert_eq!(
        lab.refused("getMessageByIdChat", json!({ "messageId": "unknown" })),
        20091
    );
    lab.enter("2");
    assert_eq!(lab.ask("getMessageByIds", ids), json!([]));
    assert_eq!(
        lab.refused("getMessageByIdChat", json!({ "messageId": one["msg_id"] })),
        20091
    );
}
