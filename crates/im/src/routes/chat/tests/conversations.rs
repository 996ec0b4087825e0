//! The list of conversations.

use serde_json::{Value, json};

use super::{change, group, page, receive, send};
use crate::Event;
use crate::testing::{BEGINNING, Lab, address};

fn ids(lab: &Lab) -> Vec<Value> {
    let list = lab.ask("getConversations", json!({}));
    list.as_array()
        .unwrap()
        .iter()
        .map(|one| one["rs_id"].clone())
        .collect()
}

#[test]
fn the_list_goes_by_time_and_pinned_ones_first() {
    let lab = Lab::new();
    for peer in 2..5 {
        lab.befriend(peer);
        lab.wait(10);
        send(&lab, peer, "hello");
    }
    assert_eq!(ids(&lab), [address(4), address(3), address(2)]);
    let pinned = lab.ask(
        "setConversationTopById",
        json!({ "conversationId": address(2), "isTop": true }),
    );
    assert_eq!(pinned["top_time"], lab.session().now());
    let earlier = json!({ "conversationId": address(4), "updateTime": BEGINNING + 1 });
    lab.ask("updateConversionTime", earlier);
    assert_eq!(ids(&lab), [address(2), address(3), address(4)]);
    lab.ask(
        "updateConversionTime",
        json!({ "conversationId": address(4), "updateTime": i64::MAX }),
    );
    assert_eq!(
        lab.ask("getConversations", json!({}))[1]["updated_time"],
        lab.session().now()
    );
    lab.ask(
        "setConversationTopById",
        json!({ "conversationId": address(2), "isTop": false }),
    );
    assert_eq!(ids(&lab), [address(4), address(3), address(2)]);
    for (route, body) in [
        (
            "setConversationTopById",
            json!({ "conversationId": "x", "isTop": true }),
        ),
        ("updateConversionTime", json!({ "conversationId": "x" })),
        (
            "setConversationReadById",
            json!({ "conversationId": "x", "isRead": true }),
        ),
        ("deleteConversationById", json!({ "conversationId": "x" })),
    ] {
        assert_eq!(lab.refused(route, body), 20058, "{route}");
    }
}

#[test]
fn a_hidden_conversation_is_not_listed_and_does_not_count() {
    let lab = Lab::new();
    lab.befriend(2);
    receive(&lab, 2, "hello");
    let unread = |lab: &Lab| lab.ask("getUnreadMessageCount", json!({}))["value"].clone();
    assert_eq!(unread(&lab), 1);
    change(
        &lab,
        &format!("UPDATE contact SET hidden_until = {}", BEGINNING + 1_000),
    );
    assert_eq!((ids(&lab), unread(&lab)), (vec![], json!(0)));
    lab.wait(1_000);
    assert_eq!((ids(&lab), unread(&lab)), (vec![json!(address(2))], json!(1)));
}

#[test]
fn a_group_shows_up_to_nine_members() {
    let lab = Lab::new();
    let id = group(&lab, 40, 11, true);
    let found = lab.ask(
        "getConversationByCidChat",
        json!({ "cnd": id, "cid": id, "conversationType": 1, "createIfNeed": true }),
    );
    let items: Vec<String> = serde_json::from_str(found["items"].as_str().unwrap()).unwrap();
    assert_eq!(items.len(), 9);
    let members: Vec<Value> = items.iter().map(|item| serde_json::from_str(item).unwrap()).collect();
    assert!(
        members
            .iter()
            .all(|member| member["g_id"] == *id && member["g_is_edit_nice"] == "0")
    );
    assert!(members.iter().any(|member| member["g_nick"] == "Member 2"));
    assert_eq!(found["isOwner"], 1);
    assert_eq!(lab.ask("getConversations", json!({}))[0], found);
}

#[test]
fn a_conversation_is_found_or_begun_with_contacts_only() {
    let lab = Lab::new();
    lab.befriend(2);
    let find = |peer: u8, create: bool| json!({ "cnd": address(peer), "cid": address(peer), "conversationType": 0, "createIfNeed": create });
    assert_eq!(lab.refused("getConversationByCidChat", find(2, false)), 20058);
    assert_eq!(lab.refused("getConversationByCidChat", find(3, true)), 20058);
    let begun = lab.ask("getConversationByCidChat", find(2, true));
    assert_eq!((&begun["nic"], &begun["msg_type"]), (&json!("Friend 2"), &json!(0)));
    assert_eq!(lab.ask("getConversationByCidChat", find(2, false)), begun);
    let create = |peer: u8, kind: u8| json!({ "cnd": address(peer), "cid": address(peer), "conversationType": kind });
    assert_eq!(lab.ask("createConversation", create(2, 1)), begun);
    assert_eq!(lab.refused("createConversation", create(3, 1)), 20058);
    assert_eq!(lab.refused("createConversation", create(3, 2)), 20043);
}

#[test]
fn a_deleted_conversation_takes_its_messages_along_unless_told() {
    let lab = Lab::new();
    lab.befriend(2);
    send(&lab, 2, "one");
    receive(&lab, 2, "two");
    let mut events = lab.engine.listen();
    let keep = json!({ "conversationId": address(2), "deleteMessages": false });
    assert_eq!(lab.ask("deleteConversationById", keep)["rs_unread"], 1);
    assert_eq!(ids(&lab), Vec::<Value>::new());
    assert_eq!(lab.ask("getUnreadMessageCount", json!({})), json!({ "value": 0 }));
    assert!(matches!(
        &events.take().events[..],
        [Event::ConversationDeleted { .. }, Event::UnreadChanged { total: 0 }]
    ));
    send(&lab, 2, "three");
    assert_eq!(page(&lab, &address(2)).as_array().unwrap().len(), 3);

    let all = json!({ "conversationId": address(2), "isSendUnReadMessage": true });
    lab.ask("deleteConversationById", all);
    assert_eq!((ids(&lab), page(&lab, &address(2))), (vec![], json!([])));
    for sql in [
        "SELECT count(*) FROM message",
        "SELECT count(*) FROM message_words",
        "SELECT count(*) FROM outbox WHERE kind = 'message'",
    ] {
        assert_eq!(lab.count(sql), 0, "{sql}");
    }
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'receipt'"), 1);
}

#[test]
fn all_conversations_of_the_room_and_no_others_are_deleted() {
    let lab = Lab::new();
    lab.befriend(2);
    send(&lab, 2, "stays");
    lab.enter("2");
    lab.befriend(3);
    send(&lab, 3, "goes");
    receive(&lab, 3, "goes");
    lab.ask("deleteAllConversations", json!({ "isSendUnReadMessage": true }));
    assert_eq!(ids(&lab), Vec::<Value>::new());
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'receipt'"), 1);
    lab.enter("1");
    assert_eq!(ids(&lab), [address(2)]);
    assert_eq!(page(&lab, &address(2)).as_array().unwrap().len(), 1);
}

#[test]
fn the_time_to_burn_is_set_told_and_holds_for_new_messages() {
    let lab = Lab::new();
    lab.befriend(2);
    let before = send(&lab, 2, "before");
    let set = |time: i64| json!({ "cnd": address(2), "time": time });
    assert_eq!(lab.ask("setBurnAfterTime", set(5_000)), json!({ "status": true }));
    let after = send(&lab, 2, "after");
    assert_eq!((&before["b_exp"], &after["b_exp"]), (&json!(0), &json!(1)));
    let said = page(&lab, &address(2))[1].clone();
    assert_eq!(said["msg_cry"], r#"{"time":5000,"type":1}"#);
    assert_eq!((&said["msg_source"], &said["is_owner"]), (&json!(2), &json!(-1)));
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'burnTime'"), 1);
    assert_eq!(lab.refused("setBurnAfterTime", set(-1)), 1004);
    assert_eq!(
        lab.refused("setBurnAfterTime", json!({ "cnd": address(3), "time": 1 })),
        20058
    );
    let id = group(&lab, 40, 2, false);
    assert_eq!(lab.refused("setBurnAfterTime", json!({ "cnd": id, "time": 1 })), 20042);
    assert_eq!(lab.count("SELECT burn_time FROM chat_group"), 0);
    change(&lab, "UPDATE group_member SET is_admin = 1");
    lab.ask("setBurnAfterTime", json!({ "cnd": id, "time": 1 }));
    assert_eq!(lab.count("SELECT burn_time FROM chat_group"), 1);
}

#[test]
fn the_conversation_that_is_looked_at_is_known_to_the_session() {
    let lab = Lab::new();
    lab.befriend(2);
    send(&lab, 2, "hello");
    lab.ask("setCurRsId", json!({ "rsId": address(2) }));
    assert_eq!(lab.session().open_conversation(), Some(address(2)));
    lab.ask("setCurRsId", json!({ "rsId": "none" }));
    assert_eq!(lab.session().open_conversation(), None);
}
