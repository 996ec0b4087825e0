//! Rooms, by their routes.

use serde_json::{Value, json};

use crate::testing::{Lab, PASSWORD, address};
use crate::{Code, Event};

fn room(name: &str, password: &str) -> Value {
    json!({
        "blockName": name, "loginPassword": password, "isOpenMsg": 1, "messages": ["Update done", "Low battery"],
        "exp": 2, "pfp": 3, "pfpUrl": "",
    })
}

/// Makes a room and gives its id.
fn make(lab: &Lab, name: &str, password: &str) -> String {
    let made = lab.ask("crateBlock", room(name, password));
    made["b_id"].as_str().unwrap().to_owned()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|room| room["b_name"].as_str().unwrap())
        .collect()
}

fn check(lab: &Lab, method: &str, body: Value, code: Code) {
    assert_eq!(lab.refused(method, body.clone()), code.number(), "{method} {body}");
}

fn befriend(lab: &Lab, number: u8) {
    lab.session()
        .write(|write| {
            write.execute(
                "INSERT INTO contact (address, room, nickname, state, created, updated) VALUES (?1, ?2, 'Bea', 2, 1, 1)",
                rusqlite::params![address(number), lab.session().room],
            )?;
            Ok(())
        })
        .unwrap();
}

/// Changes what a room knows of its contacts.
fn known_as(lab: &Lab, room: &str, what: &str) {
    lab.store()
        .write(|write| Ok(write.execute(&format!("UPDATE contact SET {what} WHERE room = ?1"), [room])?))
        .unwrap();
}

fn say(lab: &Lab, to: u8, text: &str) -> Value {
    let body = json!({ "cnd": address(to), "cid": address(to), "conversationType": 0, "pub": "", "text": text });
    lab.ask("sendTextMessage", body)[0].clone()
}

fn messages(lab: &Lab, of: u8) -> Vec<String> {
    let page = json!({ "conversationId": address(of), "startTime": -1, "pageSize": 20, "orderBy": "ASC" });
    let found = lab.ask("getMessagesByConversationId", page);
    let text = |message: &Value| message["msg_cry"].as_str().unwrap().to_owned();
    found.as_array().unwrap().iter().map(text).collect()
}

#[test]
fn the_two_rooms_of_every_account_are_there() {
    let lab = Lab::new();
    let open = lab.ask("currentBlock", json!({}));
    assert_eq!((&open["b_id"], &open["b_state"]), (&json!("1"), &json!(1)));
    assert_eq!(lab.ask("getDefaultBlock", json!({})), open);
    assert_eq!(lab.ask("getBlockByBid", json!({ "bid": "1" })), open);
    assert_ne!(open["b_login_pwd"], "");
    let blank = lab.ask("getBlankBlock", json!({}));
    assert_eq!((&blank["b_id"], &blank["b_login_pwd"]), (&json!("2"), &json!("")));
    let config = lab.ask("getDefaultBlockConfig", json!({}));
    assert_eq!(
        (
            &config["b_default"],
            &config["b_empty"],
            &config["b_exp"],
            &config["b_num"]
        ),
        (&json!(1), &json!(0), &json!(4), &json!(5_000))
    );
    assert_eq!(lab.ask("exportCurrentBlockConfig", json!({})), config);
    assert_eq!(lab.ask("getConfigById", json!({ "bId": "1" })), config);
    let config = lab.ask("getBlankBlockConfig", json!({}));
    assert_eq!((&config["b_default"], &config["b_empty"]), (&json!(0), &json!(1)));
    assert_eq!(lab.ask("getBlockNotDefaultAndBlankBlockAndHide", json!({})), json!([]));
    assert_eq!(lab.ask("exportIsBlankBlock", json!({})), json!({ "status": false }));
    lab.enter("2");
    assert_eq!(lab.ask("exportIsBlankBlock", json!({})), json!({ "status": true }));
    // Here the blank room stands for the default one, and the real one is unknown.
    assert_eq!(lab.ask("getDefaultBlock", json!({}))["b_id"], "2");
    assert_eq!(lab.ask("getDefaultBlockConfig", json!({}))["b_id"], "2");
    check(&lab, "getBlockByBid", json!({ "bid": "1" }), Code::ROOM_MISSING);
    check(&lab, "deleteBlock", json!({ "bId": "1" }), Code::ROOM_MISSING);
    lab.enter("1");
    for id in ["1", "2"] {
        check(&lab, "deleteBlock", json!({ "bId": id }), Code::ROOM_NOT_DELETABLE);
        check(
            &lab,
            "updateBlock",
            json!({ "bId": id, "isHide": true }),
            Code::PARAMETERS,
        );
    }
    lab.store()
        .write(|write| Ok(write.execute("UPDATE account SET anonymous = 1", [])?))
        .unwrap();
    assert_eq!(lab.ask("currentBlock", json!({}))["b_login_pwd"], "");
}

#[test]
fn a_room_is_made_changed_hidden_and_shown() {
    let lab = Lab::new();
    let mut events = lab.engine.listen();
    let id = make(&lab, "Work", "open sesame");
    assert!(matches!(events.take().events.first(), Some(Event::RoomChanged { room }) if *room == id));
    let made = lab.ask("getBlockByBid", json!({ "bid": id }));
    assert_eq!(
        (&made["b_name"], &made["c_pfp"], &made["b_state"]),
        (&json!("Work"), &json!(3), &json!(0))
    );
    assert_eq!(made["b_login_pwd"], made["b_old_pwd"]);
    let config = lab.ask("getConfigById", json!({ "bId": id }));
    assert_eq!(
        (&config["b_exp"], &config["b_enable_msg"], &config["b_hide"]),
        (&json!(2), &json!(1), &json!(0))
    );
    let notices = lab.ask("getNoticeListByBid", json!({ "bId": id }));
    assert_eq!(
        (
            &notices[0]["bmn_cry"],
            &notices[1]["bmn_cry"],
            &notices[1]["bmn_order"],
            &notices[1]["bmn_type"]
        ),
        (&json!("Update done"), &json!("Low battery"), &json!(2), &json!(1))
    );

    let change = json!({ "bId": id, "blockName": "Play", "loginPassword": "open barley", "isOpenMsg": 0, "messages": ["Rain"], "isHide": true });
    let changed = lab.ask("updateBlock", change);
    assert_eq!(changed["b_name"], "Play");
    assert_ne!(changed["b_login_pwd"], made["b_login_pwd"]);
    let config = lab.ask("getConfigById", json!({ "bId": id }));
    assert_eq!((&config["b_enable_msg"], &config["b_hide"]), (&json!(0), &json!(1)));
    let notices = lab.ask("getNoticeListByBid", json!({ "bId": id }));
    assert_eq!(
        (notices.as_array().unwrap().len(), &notices[0]["bmn_cry"]),
        (1, &json!("Rain"))
    );
    assert_eq!(lab.ask("getBlockNotDefaultAndBlankBlockAndHide", json!({})), json!([]));
    lab.ask("updateBlock", json!({ "bId": id, "isHide": false }));
    let list = lab.ask("getBlockNotDefaultAndBlankBlockAndHide", json!({}));
    assert_eq!(names(&list), ["Play"]);
    assert_eq!(list[0], lab.ask("getBlockByBid", json!({ "bid": id })));
    lab.ask("initBlock", json!({ "bId": id }));

    lab.enter(&id);
    assert_eq!(
        lab.ask("updateBlock", json!({ "bId": id, "blockName": "Mine" }))["b_name"],
        "Mine"
    );
    check(&lab, "deleteBlock", json!({ "bId": id }), Code::ROOM_NOT_DELETABLE);
    check(&lab, "crateBlock", room("More", "open rye bread"), Code::ROOM_LIMIT);
}

#[test]
fn names_texts_and_numbers_of_rooms_have_limits() {
    let lab = Lab::new();
    let with = |member: &str, value: Value| {
        let mut body = room("Work", "open sesame");
        body[member] = value;
        body
    };
    for name in [" ".to_owned(), "x".repeat(65), "a\u{7}b".to_owned()] {
        check(&lab, "crateBlock", with("blockName", json!(name)), Code::ROOM_NAME);
        check(
            &lab,
            "updateBlock",
            json!({ "bId": "2", "blockName": name }),
            Code::ROOM_NAME,
        );
    }
    check(&lab, "crateBlock", with("messages", json!(vec!["x"; 51])), Code::LIMIT);
    check(
        &lab,
        "crateBlock",
        with("messages", json!(["x".repeat(201)])),
        Code::LIMIT,
    );
    check(
        &lab,
        "crateBlock",
        with("pfpUrl", json!("x".repeat(2_049))),
        Code::LIMIT,
    );
    for password in ["short", &"x".repeat(65)] {
        check(
            &lab,
            "crateBlock",
            with("loginPassword", json!(password)),
            Code::ROOM_PASSWORD_LENGTH,
        );
    }
    for number in 0..8 {
        make(&lab, &format!("Room {number}"), &format!("password {number}"));
    }
    check(&lab, "crateBlock", room("Ninth", "password of it"), Code::ROOM_LIMIT);
    assert_eq!(
        lab.ask("checkPwdUnExist", json!({ "password": "password of it" })),
        json!({ "value": 0 })
    );
    assert_eq!(
        names(&lab.ask("getBlockNotDefaultAndBlankBlockAndHide", json!({}))).len(),
        8
    );
}

#[test]
fn passwords_are_unique_and_say_what_they_are_for() {
    let lab = Lab::new();
    let (one, two) = (make(&lab, "One", "password one"), make(&lab, "Two", "password two"));
    lab.ask("updateEmptyPassword", json!({ "password": "burn it all" }));
    let used = |password: &str| lab.ask("checkPwdUnExist", json!({ "password": password }))["value"].clone();
    assert_eq!(
        [
            used("password six"),
            used("password two"),
            used(PASSWORD),
            used("burn it all")
        ],
        [json!(0), json!(1), json!(2), json!(3)]
    );
    check(
        &lab,
        "checkPwdUnExist",
        json!({ "password": "x" }),
        Code::ROOM_PASSWORD_LENGTH,
    );
    let set = |id: &str, password: &str| json!({ "bId": id, "loginPassword": password });
    for (password, code) in [
        ("password two", Code::ROOM_PASSWORD_TAKEN),
        (PASSWORD, Code::PASSWORD_OF_LOGIN),
        ("burn it all", Code::PASSWORD_OF_WIPE),
        ("password one", Code::PASSWORD_SAME),
        ("x", Code::ROOM_PASSWORD_LENGTH),
    ] {
        check(&lab, "updatePwd", set(&one, password), code);
        let mut body = set(&one, password);
        body["blockName"] = json!("Not this");
        check(&lab, "updateBlock", body, code);
    }
    check(
        &lab,
        "crateBlock",
        room("Three", "password two"),
        Code::ROOM_PASSWORD_TAKEN,
    );
    check(&lab, "updatePwd", set("1", "password six"), Code::UPDATE_PASSWORD);
    check(&lab, "updatePwd", set("nowhere", "password six"), Code::ROOM_MISSING);
    assert_eq!(
        names(&lab.ask("getBlockNotDefaultAndBlankBlockAndHide", json!({}))),
        ["One", "Two"]
    );

    let opens = |id: &str, password: &str| lab.ask("checkOldPassword", json!({ "bid": id, "editPwd": password }));
    lab.ask("updatePwd", set(&one, "password 1"));
    assert_eq!(opens(&one, "password 1"), json!({ "status": true }));
    assert_eq!(opens(&one, "password one"), json!({ "status": false }));
    assert_eq!(opens(&two, "password 1"), json!({ "status": false }));
    assert_eq!(opens("1", PASSWORD), json!({ "status": true }));
    lab.ask("updatePwd", set("2", "password one"));
    assert_eq!(opens("2", "password one"), json!({ "status": true }));

    let wipe = |old: &str, new: &str| json!({ "oldCleanPwd": old, "password": new });
    check(
        &lab,
        "updateCleanPwdBlock",
        wipe("something", "burn more"),
        Code::OLD_WIPE_PASSWORD_WRONG,
    );
    check(
        &lab,
        "updateCleanPwdBlock",
        wipe("burn it all", "burn it all"),
        Code::PASSWORD_SAME,
    );
    check(
        &lab,
        "updateCleanPwdBlock",
        wipe("burn it all", "x"),
        Code::PASSWORD_FORM,
    );
    check(
        &lab,
        "updateCleanPwdBlock",
        wipe("burn it all", PASSWORD),
        Code::PASSWORD_OF_LOGIN,
    );
    check(
        &lab,
        "updateCleanPwdBlock",
        wipe("burn it all", "password 1"),
        Code::PASSWORD_OF_ROOM,
    );
    let before = lab.ask("currentBlock", json!({}))["b_clr_pwd"].clone();
    lab.ask("updateCleanPwdBlock", wipe("burn it all", "burn more"));
    assert_ne!(lab.ask("currentBlock", json!({}))["b_clr_pwd"], before);
    assert_eq!((used("burn it all"), used("burn more")), (json!(0), json!(3)));
    let bare = Lab::new();
    check(
        &bare,
        "updateCleanPwdBlock",
        wipe("burn it all", "burn more"),
        Code::NO_WIPE_PASSWORD,
    );
}

#[test]
fn a_guest_in_a_room_learns_no_password_and_not_that_there_are_others() {
    let lab = Lab::new();
    let (one, _) = (make(&lab, "One", "password one"), make(&lab, "Two", "password two"));
    lab.ask("updateEmptyPassword", json!({ "password": "burn it all" }));
    lab.enter(&one);
    let open = lab.ask("currentBlock", json!({}));
    assert_eq!((&open["b_clr_pwd"], &open["b_wallet_pwd"]), (&json!(""), &json!("")));
    assert_ne!(open["b_login_pwd"], "");
    assert_eq!(lab.ask("hasEmptyPassword", json!({})), json!({ "status": false }));
    assert_eq!(
        lab.ask("checkEmptyPassword", json!({ "password": "burn it all" })),
        json!({ "status": false })
    );
    check(
        &lab,
        "updateEmptyPassword",
        json!({ "password": "burn nothing" }),
        Code::UPDATE_PASSWORD,
    );
    let wipe = json!({ "oldCleanPwd": "burn it all", "password": "burn nothing" });
    check(&lab, "updateCleanPwdBlock", wipe, Code::NO_WIPE_PASSWORD);
    assert_eq!(lab.ask("getVersion", json!({}))["blockVersion"], 0);

    let used = |password: &str| lab.ask("checkPwdUnExist", json!({ "password": password }))["value"].clone();
    let set = |password: &str| json!({ "bId": one, "loginPassword": password });
    assert_eq!(
        [used("password one"), used("password two"), used(PASSWORD)],
        [json!(1), json!(0), json!(0)]
    );
    check(&lab, "updatePwd", set(PASSWORD), Code::UPDATE_PASSWORD);
    check(&lab, "updatePwd", set("password two"), Code::UPDATE_PASSWORD);
    check(&lab, "updatePwd", set("password six"), Code::PASSWORD_WRONG_FIVE);
    lab.wait(5 * 60 * 1_000 - 1);
    check(
        &lab,
        "checkPwdUnExist",
        json!({ "password": "password six" }),
        Code::PASSWORD_WRONG_FIVE,
    );
    lab.wait(-3_600_000);
    check(
        &lab,
        "checkPwdUnExist",
        json!({ "password": "password six" }),
        Code::PASSWORD_WRONG_FIVE,
    );
    lab.wait(3_600_000 + 1);
    lab.ask("updatePwd", set("password six"));
}

#[test]
fn a_contact_moves_with_all_that_was_said() {
    let lab = Lab::new();
    let id = make(&lab, "Work", "open sesame");
    befriend(&lab, 2);
    let first = say(&lab, 2, "one");
    lab.wait(1_000);
    say(&lab, 2, "two");
    let favourite = |message: &str, sender: u8| {
        json!({
            "msgId": message, "type": 1, "origin": "x", "msgContent": "{}", "originNdAdd": address(sender), "originType": 0,
        })
    };
    lab.ask("addFavorite", favourite(first["msg_id"].as_str().unwrap(), 1));
    lab.ask("addFavorite", favourite("forwarded", 2));
    lab.ask("addFavorite", favourite("another", 3));
    let to = |room: &str, peer: u8| json!({ "toBId": room, "cidOrGid": address(peer), "type": 1, "isUpdateP2p": true });
    let mut events = lab.engine.listen();
    assert_eq!(lab.ask("changeToBlock", to(&id, 2)), json!({ "value": false }));
    let told = events.take().events;
    assert!(
        matches!(&told[..], [Event::ContactDeleted { address: one }, Event::ConversationDeleted { .. }] if *one == address(2))
    );
    assert_eq!(lab.ask("getConversations", json!({})), json!([]));
    let page = json!({ "types": [1], "page": 1, "size": 9, "startTime": 0, "endTime": 0 });
    assert_eq!(lab.ask("getFavoriteList", page.clone()).as_array().unwrap().len(), 1);
    check(&lab, "changeToBlock", to(&id, 2), Code::CONTACT_LOOKUP);
    check(&lab, "changeToBlock", to("nowhere", 2), Code::ROOM_MISSING);
    let group = json!({ "toBId": id, "cidOrGid": address(9), "type": 2, "isUpdateP2p": false });
    check(&lab, "changeToBlock", group, Code::GROUP_MISSING);

    lab.enter(&id);
    assert_eq!(messages(&lab, 2), [r#"{"text":"one"}"#, r#"{"text":"two"}"#]);
    assert_eq!(lab.ask("getFavoriteList", page).as_array().unwrap().len(), 2);
    assert_eq!(
        lab.refused("addFavorite", favourite("forwarded", 2)),
        Code::ALREADY_FAVOURITE.number()
    );
    check(&lab, "changeToBlock", to(&id, 2), Code::ROOM_ASSIGNMENT_EXISTS);
    check(&lab, "changeToBlock", to("2", 2), Code::ROOM_MISSING);

    // Who is known where they come back to stays, and a conversation there takes the messages in.
    lab.enter("1");
    lab.wait(1_000);
    lab.fill(&address(2), 1, |_| "left behind".to_owned());
    befriend(&lab, 2);
    known_as(&lab, "1", "state = 0, remark = ''");
    known_as(&lab, &id, "blocked = 1, remark = 'Bee'");
    befriend(&lab, 4);
    lab.enter(&id);
    assert_eq!(lab.ask("changeToBlock", to("1", 2)), json!({ "value": false }));
    assert_eq!(lab.ask("getConversations", json!({})), json!([]));
    lab.enter("1");
    assert_eq!(
        messages(&lab, 2),
        [r#"{"text":"left behind"}"#, r#"{"text":"one"}"#, r#"{"text":"two"}"#]
    );
    assert_eq!(
        lab.ask("getConversations", json!({}))[0]["msg_cry"],
        r#"{"text":"two"}"#
    );
    assert_eq!(lab.count("SELECT count(*) FROM conversation"), 1);
    assert_eq!(
        lab.count("SELECT count(*) FROM outbox WHERE room <> '1' AND kind <> 'assignment'"),
        0
    );
    let joined = "SELECT count(*) FROM contact WHERE room = '1' AND state = 2 AND blocked = 1 AND remark = 'Bee'";
    assert_eq!(lab.count(joined), 1);
    assert_eq!(lab.count("SELECT count(*) FROM contact"), 2);
}

#[test]
fn a_deleted_room_leaves_its_contacts_and_nothing_that_was_said() {
    let lab = Lab::new();
    let id = make(&lab, "Work", "open sesame");
    befriend(&lab, 3);
    say(&lab, 3, "stays");
    lab.enter(&id);
    befriend(&lab, 2);
    befriend(&lab, 3);
    say(&lab, 2, "secret");
    let favourite =
        json!({ "msgId": "m", "type": 1, "origin": "x", "msgContent": "{}", "originNdAdd": "n", "originType": 0 });
    lab.ask("addFavorite", favourite);
    lab.enter("1");
    let mut events = lab.engine.listen();
    lab.ask("deleteBlock", json!({ "bId": id }));
    assert!(matches!(&events.take().events[..], [Event::RoomDeleted { room }] if *room == id));
    check(&lab, "getBlockByBid", json!({ "bid": id }), Code::ROOM_MISSING);
    check(&lab, "deleteBlock", json!({ "bId": id }), Code::ROOM_MISSING);
    assert_eq!(lab.count("SELECT count(*) FROM contact WHERE room = '1'"), 2);
    assert_eq!((messages(&lab, 3).len(), messages(&lab, 2).len()), (1, 0));
    for table in ["favourite", "room_notice"] {
        assert_eq!(lab.count(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    assert_eq!(lab.count("SELECT count(*) FROM message"), 1);
    assert_eq!(lab.count("SELECT count(*) FROM message_words"), 1);
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE message IS NOT NULL"), 1);
    assert_eq!(
        lab.ask("checkPwdUnExist", json!({ "password": "open sesame" })),
        json!({ "value": 0 })
    );
    make(&lab, "Again", "open sesame");
}

#[test]
fn the_last_room_is_remembered_for_five_minutes_and_by_itself_alone() {
    let lab = Lab::new();
    let id = make(&lab, "Work", "open sesame");
    lab.enter(&id);
    assert_eq!(lab.ask("restoreRecentBlock", json!({})), json!({}));
    lab.ask("storeRecentBlock", json!({}));
    lab.wait(5 * 60 * 1_000);
    assert_eq!(lab.ask("restoreRecentBlock", json!({})), json!({ "b_id": id }));
    for other in ["1", "2"] {
        lab.enter(other);
        assert_eq!(lab.ask("restoreRecentBlock", json!({})), json!({}));
    }
    lab.enter(&id);
    lab.wait(1);
    assert_eq!(lab.ask("restoreRecentBlock", json!({})), json!({}));
}
