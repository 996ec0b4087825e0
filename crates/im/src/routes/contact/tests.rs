//! Contacts and friend requests, by their routes.

use serde_json::{Value, json};

use crate::model::contact::{IncomingRequest, name_of};
use crate::store::plans;
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
    for wrong in [json!("x"), json!(address(1))] {
        assert_eq!(
            lab.refused("onBlack", json!({ "nodeId": wrong })),
            Code::CONTACT_LOOKUP.number()
        );
    }
    assert_eq!(
        lab.refused("addFriend", json!({ "nodeId": address(2), "content": "?" })),
        Code::BLOCKED_BY_YOU.number()
    );
    lab.ask("onBlack", node(2));
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'blocked'"), 3);
    assert_eq!(lab.ask("getContacts", json!({})).as_array().unwrap().len(), 3);
    let listed = |body: Value| lab.ask("getBlacklist", body).as_array().unwrap().len();
    assert_eq!(listed(json!({})), 3);
    assert_eq!(listed(json!({ "page": 2, "size": 2 })), 1);
    assert_eq!(listed(json!({ "keyword": "PERSON 3" })), 1);
    assert_eq!(listed(json!({ "keyword": "%" })), 0);
    lab.ask("updateRemake", json!({ "nodeId": address(4), "remake": "ÄGIDE" }));
    assert_eq!(listed(json!({ "keyword": "ägi" })), 1);
    assert_eq!(lab.ask("getBlacklist", json!({ "keyword": "ägi" }))[0]["nic"], "ÄGIDE");
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
    lab.session()
        .write(|write| {
            for (group, room, member, name) in [("here", "1", address(3), "Member"), ("there", "2", address(4), "Hidden")] {
                write.execute(
                    "INSERT INTO chat_group (id, uid, room, created, updated) VALUES (?1, '', ?2, 0, 0)",
                    [group, room],
                )?;
                write.execute(
                    "INSERT INTO group_member (group_id, address, nickname, created, updated) VALUES (?1, ?2, ?3, 0, 0)",
                    [group, &member, name],
                )?;
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(lab.ask("getUserInfo", node(3))["nic"], "Member");
    assert_eq!(lab.ask("getUserInfo", node(3))["pubKey"], "03".repeat(32));
    assert_eq!(lab.refused("getUserInfo", node(4)), Code::NETWORK.number());
    lab.ask("addFriend", json!({ "nodeId": address(5), "content": "Hello" }));
    assert_eq!(
        lab.refused("getUserInfo", node(5)),
        Code::NETWORK.number(),
        "a made-up name is no knowledge"
    );
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
        "deleteBlack",
        "agreeApplySync",
        "deleteApply",
    ] {
        assert_eq!(lab.refused(method, node(2)), Code::CONTACT_LOOKUP.number(), "{method}");
    }
    assert_eq!(lab.refused("getUserInfo", node(2)), Code::NETWORK.number());
    lab.enter("1");
    assert_eq!(lab.ask("getContactByNoId", node(2))["c_state"], 2);
}

/// Answers with the addresses taken out, so that those about two people can be compared.
fn all_that_is_told(lab: &Lab, number: u8) -> Vec<String> {
    let person = address(number);
    let with = |body: Value| {
        let mut body = body;
        body["nodeId"] = json!(person);
        body
    };
    let calls = [
        ("addFriend", with(json!({ "content": "Hello", "remark": "R" }))),
        ("getContacts", json!({})),
        ("getContactByNoId", with(json!({}))),
        ("getUserInfo", with(json!({}))),
        ("isFriend", with(json!({}))),
        ("getDomainByCnd", with(json!({ "type": 5 }))),
        ("updateContactWithTop", json!({ "cnd": person, "isTop": true })),
        ("updateWithDisturb", json!({ "cId": person })),
        ("updateRemake", with(json!({ "remake": "Other" }))),
        ("editHideState", with(json!({ "time": 1 }))),
        ("onBlack", with(json!({}))),
        ("getBlacklist", json!({})),
        ("addFriend", with(json!({ "content": "Hello" }))),
        ("deleteBlack", with(json!({}))),
        ("getConversations", json!({})),
        ("agreeApplySync", with(json!({}))),
        ("deleteFriend", with(json!({}))),
        ("getContacts", json!({})),
    ];
    calls
        .into_iter()
        .map(|(method, body)| {
            let answer = lab.answer(method, body);
            let told = format!("{method} {} {} {}", answer.code, answer.message, answer.data);
            told.replace(&person, "ADDRESS")
                .replace(&name_of(&person), "NAME")
                .replace(&format!("{number:02x}").repeat(32), "KEY")
        })
        .collect()
}

#[test]
fn who_is_a_contact_elsewhere_cannot_be_told_from_a_stranger() {
    let lab = Lab::new();
    befriended(&lab, 2);
    lab.ask("onBlack", node(2));
    let before = lab.ask("getContacts", json!({}));
    lab.enter("2");
    let (of_contact, of_stranger) = (all_that_is_told(&lab, 2), all_that_is_told(&lab, 9));
    assert_eq!(of_contact, of_stranger);
    assert!(of_contact[1].contains("\"c_state\":0"), "{}", of_contact[1]);
    lab.enter("1");
    assert_eq!(lab.ask("getContacts", json!({})), before);
}

#[test]
fn strangers_are_blocked_without_becoming_contacts() {
    let lab = Lab::new();
    assert!(asked_by(&lab, 2));
    lab.ask("onBlack", node(2));
    assert_eq!(lab.ask("getContacts", json!({})), json!([]));
    assert_eq!(lab.ask("getBlacklist", json!({}))[0]["nic"], "Person 2");
    assert_eq!(lab.ask("getApplyList", json!({}))[0]["applyState"], 2);
    assert_eq!(lab.ask("getApplyBridge", json!({})), json!({ "value": 0 }));
    assert_eq!(lab.refused("agreeApplySync", node(2)), Code::BLOCKED_BY_YOU.number());
    assert_eq!(
        lab.count("SELECT count(*) FROM outbox"),
        0,
        "a stranger is told nothing"
    );
    assert!(!asked_by(&lab, 2));
    lab.enter("2");
    assert!(!asked_by(&lab, 2), "nor is a way round by another room");
    lab.enter("1");
    lab.ask("deleteBlack", node(2));
    assert_eq!(lab.count("SELECT count(*) FROM contact"), 0);
    assert!(asked_by(&lab, 2));
    assert_eq!(lab.ask("getApplyList", json!({}))[0]["applyState"], 0);
}

#[test]
fn asking_somebody_who_has_asked_accepts() {
    let lab = Lab::new();
    asked_by(&lab, 2);
    lab.ask(
        "addFriend",
        json!({ "nodeId": address(2), "content": "Me too", "remark": "Bea" }),
    );
    let contact = lab.ask("getContactByNoId", node(2));
    assert_eq!((&contact["c_state"], &contact["c_ps"]), (&json!(2), &json!("Bea")));
    assert_eq!(
        lab.count("SELECT count(*) FROM outbox WHERE kind = 'friendAccepted'"),
        1
    );
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'friendRequest'"), 0);
}

#[test]
fn a_request_lands_in_the_room_that_knows_the_sender_and_is_told_there_alone() {
    let lab = Lab::new();
    lab.ask(
        "addFriend",
        json!({ "nodeId": address(2), "content": "Hello", "remark": "Bea" }),
    );
    lab.enter("2");
    let mut events = lab.engine.listen();
    assert!(asked_by(&lab, 2));
    assert!(events.take().events.is_empty());
    assert_eq!(lab.ask("getApplyList", json!({})), json!([]));
    assert!(asked_by(&lab, 3));
    assert_eq!(events.take().events.len(), 1);
    assert_eq!(lab.ask("getApplyList", json!({}))[0]["nodeId"], address(3));
    lab.enter("1");
    lab.ask("agreeApplySync", node(2));
    let contact = lab.ask("getContactByNoId", node(2));
    assert_eq!(
        (&contact["c_nic"], &contact["c_ps"]),
        (&json!("Person 2"), &json!("Bea"))
    );
}

#[test]
fn requests_that_are_not_well_formed_or_too_many_are_dropped() {
    let lab = Lab::new();
    let good = IncomingRequest {
        address: address(2),
        domain: "bea-2".to_owned(),
        ..IncomingRequest::default()
    };
    let wrongs: [fn(&mut IncomingRequest); 8] = [
        |wrong| wrong.address = "x".to_owned(),
        |wrong| wrong.address = address(1),
        |wrong| wrong.content = "x".repeat(2_001),
        |wrong| wrong.nickname = "x".repeat(65),
        |wrong| wrong.picture_url = "x".repeat(2_049),
        |wrong| wrong.curve_key = "x".repeat(64),
        |wrong| wrong.domain = "Ada".to_owned(),
        |wrong| wrong.domain = "x".repeat(33),
    ];
    for (number, wrong) in wrongs.iter().enumerate() {
        let mut request = good.clone();
        wrong(&mut request);
        assert!(!lab.session().receive_friend_request(&request).unwrap(), "{number}");
    }
    assert!(lab.session().receive_friend_request(&good).unwrap());
    assert_eq!(lab.ask("getApplyList", json!({}))[0]["nickname"], name_of(&address(2)));
    lab.session()
        .write(|write| {
            let mut insert = write.prepare(
                "INSERT INTO friend_request (id, address, room, incoming, created, updated) VALUES (?1, ?1, '1', 1, 0, 0)",
            )?;
            for number in 1..1_000 {
                insert.execute([number.to_string()])?;
            }
            Ok(())
        })
        .unwrap();
    assert!(!asked_by(&lab, 3), "a thousand are enough");
    assert!(asked_by(&lab, 2), "who is known may still repeat");
    lab.ask("agreeApplySync", node(2));
    assert!(asked_by(&lab, 3));
}

#[test]
fn five_thousand_contacts_are_listed_as_the_index_has_them() {
    let lab = Lab::new();
    lab.session()
        .write(|write| {
            let mut insert = write
                .prepare("INSERT INTO contact (address, room, state, created, updated) VALUES (?1, '1', 2, 0, 0)")?;
            for number in 0..5_000 {
                insert.execute([format!("{number:044}")])?;
            }
            Ok(())
        })
        .unwrap();
    plans::taken();
    assert_eq!(lab.ask("getContacts", json!({})).as_array().unwrap().len(), 5_000);
    let asked: Vec<String> = plans::taken()
        .into_iter()
        .filter(|sql| sql.contains("FROM contact"))
        .collect();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let plan = plans::plan(lab.store(), &asked[0]).join(" ");
    assert!(plan.contains("USING INDEX") && !plan.contains("TEMP B-TREE"), "{plan}");
}
