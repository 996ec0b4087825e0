//! Contacts and friend requests, by their routes.

use serde_json::{Value, json};

use crate::model::contact::IncomingRequest;
use crate::testing::{Lab, address};
use crate::{Code, Event};

fn node(number: u8) -> Value {
    json!({ "nodeId": address(number) })
}

/// Somebody asks to be a contact.
fn asked_by(lab: &Lab, number: u8) -> bool {
    let request = IncomingRequest {
        address: address(number),
        content: "It is me".to_owned(),
        nickname: format!("Person {number}"),
        picture: 4,
        curve_key: "aa".repeat(32),
        ..IncomingRequest::default()
    };
    lab.session().receive_friend_request(&request).unwrap()
}

/// Somebody who is a contact.
fn befriended(lab: &Lab, number: u8) {
    assert!(asked_by(lab, number));
    lab.ask("agreeApplySync", node(number));
}

#[test]
fn a_request_is_kept_and_queued_and_counts_when_repeated() {
    let lab = Lab::new();
    let request = json!({ "nodeId": address(2), "content": "Hello", "remark": "From work" });
    for _ in 0..2 {
        assert_eq!(lab.ask("addFriend", request.clone()), json!({}));
    }
    assert_eq!(lab.count("SELECT times FROM friend_request"), 2);
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'friendRequest'"), 2);
    let contacts = lab.ask("getContacts", json!({}));
    assert_eq!(contacts[0]["c_state"], 0);
    assert_eq!(contacts[0]["c_ps"], "From work");
    assert_eq!(lab.ask("isFriend", node(2)), json!({ "status": false }));
    assert_eq!(lab.ask("getApplyList", json!({})), json!([]));
}

#[test]
fn nobody_befriends_what_is_no_address_or_themselves() {
    let lab = Lab::new();
    let unknown = Code::CONTACT_LOOKUP.number();
    for wrong in ["x", "0OIl", &address(1), &"1".repeat(500)] {
        assert_eq!(
            lab.refused("addFriend", json!({ "nodeId": wrong, "content": "Hello" })),
            unknown,
            "{wrong}"
        );
    }
    let long = json!({ "nodeId": address(2), "content": "x".repeat(2_001) });
    assert_eq!(lab.refused("addFriend", long), Code::LIMIT.number());
}

#[test]
fn an_accepted_request_makes_a_contact_and_a_conversation() {
    let lab = Lab::new();
    assert!(asked_by(&lab, 2) && asked_by(&lab, 2));
    assert_eq!(lab.ask("getApplyBridge", json!({})), json!({ "value": 1 }));
    let requests = lab.ask("getApplyList", json!({}));
    assert_eq!(
        (&requests[0]["applyCount"], &requests[0]["applyState"]),
        (&json!(2), &json!(0))
    );
    lab.ask("clearApplyBridge", json!({}));
    assert_eq!(lab.ask("getApplyBridge", json!({})), json!({ "value": 0 }));

    let mut events = lab.engine.listen();
    lab.ask("agreeApplySync", json!({ "nodeId": address(2), "remark": "My friend" }));
    let contact = lab.ask("getContactByNoId", node(2));
    assert_eq!(
        (&contact["c_state"], &contact["c_nic"], &contact["c_ps"]),
        (&json!(2), &json!("Person 2"), &json!("My friend"))
    );
    assert_eq!(contact["c_pub_key"], "02".repeat(32));
    let conversations = lab.ask("getConversations", json!({}));
    assert_eq!(conversations[0]["msg_type"], 2);
    assert_eq!(conversations[0]["msg_cry"], r#"{"type":0}"#);
    assert_eq!(conversations[0]["nic"], "My friend");
    assert_eq!(lab.ask("isFriend", node(2)), json!({ "status": true }));
    assert_eq!(lab.ask("getApplyList", json!({}))[0]["applyState"], 1);
    assert!(
        events
            .take()
            .events
            .iter()
            .any(|event| matches!(event, Event::ContactChanged { .. }))
    );

    assert_eq!(lab.refused("agreeApplySync", node(2)), Code::ALREADY_FRIENDS.number());
    assert_eq!(
        lab.refused("addFriend", json!({ "nodeId": address(2), "content": "?" })),
        Code::ALREADY_FRIENDS.number()
    );
    assert_eq!(lab.refused("agreeApplySync", node(3)), Code::CONTACT_LOOKUP.number());
    assert!(!asked_by(&lab, 2), "a contact asks in vain");
}

#[test]
fn a_request_can_be_deleted() {
    let lab = Lab::new();
    asked_by(&lab, 2);
    lab.ask("deleteApply", node(2));
    assert_eq!(lab.ask("getApplyList", json!({})), json!([]));
    assert_eq!(lab.refused("deleteApply", node(2)), Code::CONTACT_LOOKUP.number());
}

#[test]
fn a_contact_is_renamed_pinned_muted_and_hidden() {
    let lab = Lab::new();
    befriended(&lab, 2);
    lab.ask("updateRemake", json!({ "nodeId": address(2), "remake": "Käthe" }));
    assert_eq!(lab.ask("getContactByNoId", node(2))["c_ps"], "Käthe");
    let long = json!({ "nodeId": address(2), "remake": "x".repeat(129) });
    assert_eq!(lab.refused("updateRemake", long), Code::LIMIT.number());

    let pinned = lab.ask("updateContactWithTop", json!({ "cnd": address(2), "isTop": true }));
    assert!(pinned["top_time"].as_i64().unwrap() > 0);
    assert_eq!(
        lab.ask("updateContactWithTop", json!({ "cnd": address(2), "isTop": false }))["top_time"],
        0
    );

    for expected in [1, 0] {
        assert_eq!(
            lab.ask("updateWithDisturb", json!({ "cId": address(2) })),
            json!({ "status": true })
        );
        assert_eq!(lab.ask("getContactByNoId", node(2))["c_is_disturb"], expected);
    }

    lab.ask("editHideState", json!({ "nodeId": address(2), "time": 5_000 }));
    assert_eq!(lab.ask("getContacts", json!({})), json!([]));
    lab.wait(5_000);
    assert_eq!(lab.ask("getContacts", json!({})).as_array().unwrap().len(), 1);
    lab.ask("editHideState", json!({ "nodeId": address(2), "time": 5_000 }));
    lab.ask("editHideState", json!({ "nodeId": address(2), "time": 0 }));
    assert_eq!(lab.ask("getContacts", json!({})).as_array().unwrap().len(), 1);
}

#[test]
fn a_deleted_contact_is_gone_with_the_conversation() {
    let lab = Lab::new();
    befriended(&lab, 2);
    lab.ask("deleteFriend", node(2));
    assert_eq!(lab.ask("getContacts", json!({})), json!([]));
    assert_eq!(lab.ask("getConversations", json!({})), json!([]));
    assert_eq!(lab.count("SELECT count(*) FROM message"), 0);
    assert_eq!(
        lab.count("SELECT count(*) FROM outbox WHERE kind = 'contactDeleted'"),
        1
    );
    assert_eq!(lab.refused("deleteFriend", node(2)), Code::CONTACT_LOOKUP.number());
}

#[test]
fn who_is_blocked_is_listed_and_asks_in_vain() {
    let lab = Lab::new();
    for number in 2..=4 {
        befriended(&lab, number);
        lab.ask("onBlack", node(number));
    }
    assert_eq!(lab.refused("onBlack", node(9)), Code::CONTACT_LOOKUP.number());
    let listed = |body: Value| lab.ask("getBlacklist", body).as_array().unwrap().len();
    assert_eq!(listed(json!({})), 3);
    assert_eq!(listed(json!({ "page": 2, "size": 2 })), 1);
    assert_eq!(listed(json!({ "keyword": "PERSON 3" })), 1);
    assert_eq!(listed(json!({ "keyword": "%" })), 0);
    assert_eq!(listed(json!({ "page": i64::MAX, "size": i64::MAX })), 0);
    assert_eq!(lab.ask("getBlacklist", json!({}))[0]["blackState"], "yes");
    assert!(!asked_by(&lab, 2));
    lab.ask("deleteBlack", node(2));
    assert_eq!(listed(json!({})), 2);
}

#[test]
fn users_are_looked_up_here_and_else_in_the_network() {
    let lab = Lab::new();
    asked_by(&lab, 2);
    assert_eq!(lab.ask("getUserInfo", node(1))["nic"], "Ada");
    assert_eq!(lab.ask("getUserInfo", node(2))["nic"], "Person 2");
    assert_eq!(lab.refused("getUserInfo", node(3)), Code::NETWORK.number());
    assert_eq!(
        lab.refused("getUserInfo", json!({ "nodeId": "x" })),
        Code::CONTACT_LOOKUP.number()
    );
}

#[test]
fn domain_names_are_known_here_or_asked_of_the_network() {
    let lab = Lab::new();
    befriended(&lab, 2);
    lab.session()
        .write(|write| {
            write.execute("UPDATE contact SET domain = 'bea' WHERE address = ?1", [address(2)])?;
            write.execute("UPDATE account SET domain = 'ada' WHERE only = 1", [])?;
            Ok(())
        })
        .unwrap();
    let known = |number: u8, of: i64| {
        lab.ask("getDomainByCnd", json!({ "nodeId": address(number), "type": of }))["value"].clone()
    };
    assert_eq!([1, 3, 4, 5, 6].map(|of| known(2, of)), ["bea", "", "", "bea", "bea"]);
    assert_eq!([1, 2, 4, 5, 6].map(|of| known(1, of)), ["", "", "ada", "ada", "ada"]);
    let asked = |number: u8| json!({ "nodeId": address(number), "type": 1 });
    assert_eq!(lab.ask("getDomainByP2p", asked(1)), json!({ "value": "ada" }));
    assert_eq!(lab.refused("getDomainByP2p", asked(2)), Code::NETWORK.number());
}

#[test]
fn another_room_knows_nobody_and_does_not_tell_that_this_one_does() {
    let lab = Lab::new();
    befriended(&lab, 2);
    asked_by(&lab, 3);
    lab.enter("2");
    assert_eq!(lab.ask("getContacts", json!({})), json!([]));
    assert_eq!(lab.ask("getContacts", json!({ "blockId": "1" })), json!([]));
    assert_eq!(lab.ask("getBlacklist", json!({ "blockId": "1" })), json!([]));
    assert_eq!(lab.ask("getApplyList", json!({})), json!([]));
    assert_eq!(lab.ask("getApplyBridge", json!({})), json!({ "value": 0 }));
    assert_eq!(lab.ask("isFriend", node(2)), json!({ "status": false }));
    for method in [
        "getContactByNoId",
        "deleteFriend",
        "onBlack",
        "deleteBlack",
        "agreeApplySync",
        "deleteApply",
    ] {
        assert_eq!(lab.refused(method, node(2)), Code::CONTACT_LOOKUP.number(), "{method}");
    }
    assert_eq!(lab.refused("getUserInfo", node(2)), Code::NETWORK.number());
    assert_eq!(
        lab.ask("addFriend", json!({ "nodeId": address(2), "content": "Hello" })),
        json!({})
    );
    lab.enter("1");
    assert_eq!(lab.ask("getContactByNoId", node(2))["c_state"], 2);
}
