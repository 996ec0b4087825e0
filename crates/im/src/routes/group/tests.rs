//! Groups, by their routes.

use serde_json::{Value, json};

use crate::model::contact::IncomingRequest;
use crate::testing::{Lab, address};
use crate::{Code, Event};

/// Somebody who is a contact.
fn befriended(lab: &Lab, number: u8) {
    let request = IncomingRequest {
        address: address(number),
        nickname: format!("Person {number}"),
        picture: 4,
        curve_key: "aa".repeat(32),
        ..IncomingRequest::default()
    };
    assert!(lab.session().receive_friend_request(&request).unwrap());
    lab.ask("agreeApplySync", json!({ "nodeId": address(number) }));
}

fn chosen(number: u8) -> Value {
    json!({
        "cId": address(number), "cPfpId": -1, "cPfpUrl": "", "cNic": "", "cNdAdd": address(number), "cPs": "",
        "cPubCurve": "",
    })
}

fn member(group: &str, number: u8) -> Value {
    json!({
        "id": format!("{group}{}", address(number)), "g_id": group, "g_is_admin": 1, "g_is_owner": 1, "u_pfp_url": "",
        "g_nick": "Someone", "created_time": 0, "updated_time": 0, "g_ps": "", "state": 1, "pubkey": "",
        "u_nd_add": address(number), "u_pfp_id": -1, "c_domain": "", "g_is_edit_nice": "0",
    })
}

/// A group of the user's with persons 2 and 3.
fn group(lab: &Lab) -> String {
    befriended(lab, 2);
    befriended(lab, 3);
    let body = json!({ "groupName": "Walkers", "itemList": [chosen(2), chosen(3)] });
    lab.ask("createGroup", body)["g_id"].as_str().unwrap().to_owned()
}

/// A group in which person 2 has the say.
fn group_of_another(lab: &Lab) -> String {
    let id = group(lab);
    lab.ask("transferGroupWithGid", json!({ "gId": id, "owner": member(&id, 2) }));
    id
}

fn one(group: &str) -> Value {
    json!({ "gId": group })
}

fn sent(lab: &Lab) -> i64 {
    lab.count(&format!(
        "SELECT count(*) FROM outbox WHERE kind = 'groupLetter' AND recipient <> '{}'",
        address(1)
    ))
}

#[test]
fn a_group_is_made_with_everything_that_belongs_to_it() {
    let lab = Lab::new();
    let mut events = lab.engine.listen();
    let id = group(&lab);
    assert_eq!(bs58::decode(&id).into_vec().unwrap().len(), 32);
    let whole = lab.ask("getGroupAllInfo", json!({ "gId": id, "isGetPs": true }));
    assert_eq!(whole["groupData"]["g_name"], "Walkers");
    assert_eq!(
        (&whole["groupItemSum"], &whole["groupConfigData"]["g_num"]),
        (&json!(3), &json!(200))
    );
    assert_eq!(lab.ask("getCurUserItem", one(&id))["g_is_owner"], 1);
    let second = lab.ask("getGroupItemByNAddAndGid", json!({ "gId": id, "ndAdd": address(2) }));
    assert_eq!(
        (&second["g_is_owner"], &second["g_nick"]),
        (&json!(0), &json!("Person 2"))
    );
    assert_eq!(lab.ask("getGroupItemByGid", one(&id)), whole["groupItems"]);
    assert_eq!(lab.ask("getGroupMemberByService", one(&id))["0"], whole["groupItems"]);
    assert_eq!(
        lab.ask("getGroupConfigByGId", json!({ "gid": id })),
        whole["groupConfigData"]
    );
    for route in ["getAllGroups", "getAllNormalGroup"] {
        assert_eq!(lab.ask(route, json!({})), json!([lab.ask("getGroupByGid2", one(&id))]));
    }
    assert_eq!(lab.ask("getGroupDefaultBlock", json!({})), json!([whole]));
    assert_eq!(lab.ask("getGroupByBid", json!({ "bId": "1" })), json!([whole]));
    let conversations = lab.ask("getConversations", json!({}));
    let listed = conversations
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["rs_id"] == id)
        .unwrap();
    assert_eq!((&listed["msg_type"], &listed["rs_type"]), (&json!(13), &json!(2)));
    assert_eq!(sent(&lab), 2);
    let told = events.take().events;
    assert!(
        told.iter()
            .any(|event| matches!(event, Event::GroupChanged { group } if *group == id))
    );
}

#[test]
fn groups_are_made_of_contacts_and_have_proper_names() {
    let lab = Lab::new();
    befriended(&lab, 2);
    let refused =
        |name: &str, people: Value| lab.refused("createGroup", json!({ "groupName": name, "itemList": people }));
    assert_eq!(refused("a", json!([])), Code::PARAMETER_EMPTY_LIST.number());
    assert_eq!(refused("a", json!([chosen(9)])), Code::CONTACT_LOOKUP.number());
    assert_eq!(refused("a", json!([chosen(1)])), Code::ALREADY_MEMBER.number());
    assert_eq!(
        refused("a", json!([chosen(2), chosen(2)])),
        Code::PARAMETER_DUPLICATE.number()
    );
    assert_eq!(refused(&"a".repeat(65), json!([chosen(2)])), Code::GROUP_NAME.number());
    assert_eq!(refused("  ", json!([chosen(2)])), Code::GROUP_NAME_FORM.number());
    assert_eq!(lab.count("SELECT count(*) FROM chat_group"), 0);
    lab.ask("createGroup", json!({ "itemList": [chosen(2)] }));
    assert_eq!(lab.ask("getAllGroups", json!({}))[0]["g_name"], "Ada, Person 2");
}

#[test]
fn the_owner_changes_everything_and_members_what_is_left_to_them() {
    let lab = Lab::new();
    let id = group(&lab);
    let change = |kind: i64, text: &str| json!({ "gId": id, "type": kind, "editContent": text });
    assert_eq!(lab.ask("updateGroupInfo", change(5, "Runners"))["g_name"], "Runners");
    assert_eq!(lab.ask("updateGroupInfo", change(6, "7"))["g_pfp_id"], 7);
    assert_eq!(lab.ask("updateGroupInfo", change(6, "a/b.png"))["g_pfp_url"], "a/b.png");
    assert_eq!(lab.ask("updateGroupInfo", change(9, "Soon"))["g_info"], "Soon");
    assert_eq!(
        lab.refused("updateGroupInfo", change(9, &"x".repeat(2_001))),
        Code::GROUP_NOTICE.number()
    );
    let configure = |kind: i64, value: i64| json!({ "gId": id, "types": kind, "editContent": value });
    for (kind, name) in [
        (10, "g_mbr_chat_"),
        (11, "g_is_astrict"),
        (12, "g_is_all_chat"),
        (13, "g_is_rename"),
        (17, "g_is_applied"),
    ] {
        assert_eq!(lab.ask("changeGroupConfig", configure(kind, 1))[name], 1, "{name}");
    }
    assert_eq!(lab.ask("changeGroupConfig", configure(14, 500))["g_num"], 500);
    for value in [501, 2] {
        assert_eq!(
            lab.refused("changeGroupConfig", configure(14, value)),
            Code::GROUP_MEMBER_LIMIT.number()
        );
    }
    assert_eq!(
        lab.refused("changeGroupConfig", configure(12, 2)),
        Code::PARAMETER_ENUM.number()
    );
    assert_eq!(
        lab.ask("checkGroupAllChatPermission", one(&id)),
        json!({ "status": true })
    );

    lab.ask("transferGroupWithGid", json!({ "gId": id, "owner": member(&id, 2) }));
    assert_eq!(
        lab.refused("updateGroupInfo", change(5, "Mine")),
        Code::NOT_ADMIN.number()
    );
    assert_eq!(
        lab.refused("changeGroupConfig", configure(12, 0)),
        Code::NOT_ADMIN.number()
    );
    assert_eq!(
        lab.ask("checkGroupAllChatPermission", one(&id)),
        json!({ "status": false })
    );
    befriended(&lab, 4);
    let invitation = json!({ "gId": id, "mContacts": [chosen(4)] });
    assert_eq!(
        lab.refused("addGroupMemberWith", invitation),
        Code::GROUP_RESTRICTED.number()
    );
    lab.ask("updateGroupWithNickName", json!({ "gId": id, "nickName": "Addie" }));
    let own = lab.ask("getCurUserItem", one(&id));
    assert_eq!((&own["g_nick"], &own["g_is_edit_nice"]), (&json!("Addie"), &json!("1")));
}

#[test]
fn members_come_and_go_by_rank() {
    let lab = Lab::new();
    let id = group(&lab);
    befriended(&lab, 4);
    let invitation = json!({ "gId": id, "mContacts": [chosen(4)] });
    lab.ask("addGroupMemberWith", invitation.clone());
    assert_eq!(
        lab.refused("addGroupMemberWith", invitation),
        Code::ALREADY_MEMBER.number()
    );
    lab.ask("addGroupItem", json!({ "groupItemData": member(&id, 5) }));
    let fifth = lab.ask("getGroupItemByNAddAndGid", json!({ "gId": id, "ndAdd": address(5) }));
    assert_eq!((&fifth["g_is_owner"], &fifth["g_is_admin"]), (&json!(0), &json!(0)));

    let appoint = |kind: i64, numbers: &[u8]| {
        let members: Vec<Value> = numbers.iter().map(|number| member(&id, *number)).collect();
        json!({ "gId": id, "type": kind, "mSelectGroupItems": members })
    };
    assert_eq!(
        lab.refused("updateGroupWithAdmins", appoint(2, &[2, 3, 4, 5])),
        Code::ADMIN_LIMIT.number()
    );
    lab.ask("updateGroupWithAdmins", appoint(2, &[2, 3]));
    let asked = json!({ "gId": id, "curItem": member(&id, 2) });
    for (route, status) in [
        ("checkIsAdmin", true),
        ("checkIsOwn", false),
        ("checkIsAdminOrOwn", true),
    ] {
        assert_eq!(lab.ask(route, asked.clone()), json!({ "status": status }), "{route}");
    }
    assert_eq!(lab.ask("checkIsOwn", one(&id)), json!({ "status": true }));
    lab.ask("updateGroupWithAdmins", appoint(3, &[3]));

    let removal = |number: u8| json!({ "gId": id, "mSelectGroupItems": [member(&id, number)] });
    let before = sent(&lab);
    lab.ask("removeGroupMemberWith", removal(3));
    assert_eq!(sent(&lab) - before, 4);
    assert_eq!(
        lab.refused("removeGroupMemberWith", removal(3)),
        Code::NOT_MEMBER.number()
    );
    assert_eq!(
        lab.refused("removeGroupMemberWith", removal(1)),
        Code::OWNER_CANNOT_LEAVE.number()
    );
    lab.ask("transferGroupWithGid", json!({ "gId": id, "owner": member(&id, 2) }));
    assert_eq!(
        lab.refused("removeGroupMemberWith", removal(4)),
        Code::NOT_ADMIN.number()
    );
    assert_eq!(
        lab.refused("updateGroupWithAdmins", appoint(2, &[4])),
        Code::NOT_OWNER.number()
    );
}

#[test]
fn leaving_and_dissolving_end_a_group_and_forgetting_deletes_it() {
    let lab = Lab::new();
    let id = group(&lab);
    assert_eq!(lab.refused("quiteGroup", one(&id)), Code::OWNER_CANNOT_LEAVE.number());
    assert_eq!(lab.ask("dissolveGroup", one(&id)), json!({ "status": true }));
    assert_eq!(lab.refused("dissolveGroup", one(&id)), Code::GROUP_DISSOLVED.number());
    assert_eq!(
        lab.ask("checkGroupStateById", json!({ "groupId": id })),
        json!({ "status": false })
    );
    assert_eq!(lab.ask("getAllNormalGroup", json!({})), json!([]));
    lab.ask("deleteGroupAllInfo", json!({ "gId": id, "isDeleteConversation": true }));
    assert_eq!(lab.refused("getGroupByGid2", one(&id)), Code::GROUP_MISSING.number());
    assert_eq!(
        lab.count("SELECT (SELECT count(*) FROM group_member) + (SELECT count(*) FROM conversation WHERE kind = 2)"),
        0
    );
}

#[test]
fn a_member_leaves_and_asks_to_come_back() {
    let lab = Lab::new();
    let id = group_of_another(&lab);
    assert_eq!(lab.refused("dissolveGroup", one(&id)), Code::NOT_OWNER.number());
    let scanned = lab.ask("getGroupAllInfo", json!({ "gId": id, "isGetPs": false }));
    let join = json!({ "gId": id, "curUserItem": member(&id, 1), "groupAllBean": scanned });
    assert_eq!(
        lab.refused("scanJoinGroup", join.clone()),
        Code::ALREADY_MEMBER.number()
    );
    lab.ask("quiteGroup", one(&id));
    assert_eq!(lab.refused("quiteGroup", one(&id)), Code::GROUP_STATE.number());
    assert_eq!(lab.ask("scanJoinGroup", join.clone()), json!({ "status": true }));
    assert_eq!(lab.ask("scanJoinGroupApply", join.clone()), json!({ "status": true }));
    assert_eq!(
        lab.count("SELECT count(*) FROM outbox WHERE payload ->> 'kind' = 'groupJoin'"),
        2
    );
    let mut unknown = join;
    unknown["gId"] = json!(address(9));
    assert_eq!(lab.ask("scanJoinGroup", unknown.clone()), json!({ "status": true }));
    // A code that names nobody who could let the user in is of no use.
    unknown["groupAllBean"]["groupItems"] = json!([member(&id, 1)]);
    assert_eq!(lab.refused("scanJoinGroup", unknown), Code::NETWORK.number());
    for route in ["deleteGroupByGId", "deleteGroupConfigByGid", "deleteGroupItemByGid"] {
        assert_eq!(lab.ask(route, one(&id)), json!({ "status": true }), "{route}");
        assert_eq!(lab.refused(route, one(&id)), Code::GROUP_MISSING.number(), "{route}");
    }
}

#[test]
fn applications_are_accepted_or_ignored_once() {
    let lab = Lab::new();
    let id = group(&lab);
    lab.store()
        .write(|write| {
            for number in [6, 7] {
                write.execute(
                    "INSERT INTO group_application (id, group_id, address, incoming, created, updated) VALUES (?1, ?2, ?3, 1, 0, 0)",
                    [&format!("a{number}"), &id, &address(number)],
                )?;
            }
            Ok(())
        })
        .unwrap();
    let answer = |application: &str| json!({ "gid": id, "applyNoId": application });
    let waiting = || {
        let list = lab.ask("getGroupApplications", one(&id));
        let ids = list
            .as_array()
            .unwrap()
            .iter()
            .map(|application| application["id"].clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(waiting(), ["a6", "a7"]);
    let all = lab.ask("getGroupApplications", json!({}));
    assert_eq!(all, lab.ask("getGroupApplications", one(&id)));
    assert_eq!(all[0]["gId"], id.as_str());
    lab.enter("2");
    assert_eq!(lab.ask("getGroupApplications", json!({})), json!([]));
    lab.enter("1");
    lab.ask("agreeGroupEntryApplication", answer("a6"));
    assert_eq!(
        lab.ask("getGroupItemByNAddAndGid", json!({ "gId": id, "ndAdd": address(6) }))["state"],
        1
    );
    let ignored = json!({ "gId": id, "applyNoId": address(7) });
    assert_eq!(
        lab.ask("ignoreGroupEntryApplication", ignored),
        json!({ "status": true })
    );
    assert!(waiting().is_empty());
    for application in ["a6", "a7", "a8"] {
        assert_eq!(
            lab.refused("agreeGroupEntryApplication", answer(application)),
            Code::APPLICATION_STATE.number()
        );
    }
}

#[test]
fn a_group_is_pinned_muted_and_hidden() {
    let lab = Lab::new();
    let id = group(&lab);
    assert_ne!(
        lab.ask("updateGroupWithTop", json!({ "gid": id, "isTop": true }))["top_time"],
        0
    );
    lab.ask("updateGroupWithDisturb", json!({ "gid": id }));
    let config = lab.ask("getGroupConfigByGId", json!({ "gid": id }));
    assert_eq!((&config["g_is_top"], &config["g_is_disturb"]), (&json!(1), &json!(1)));
    lab.ask("updateGroupWithDisturb", json!({ "gid": id }));
    assert_eq!(lab.ask("getGroupConfigByGId", json!({ "gid": id }))["g_is_disturb"], 0);
    let shown = || lab.ask("getGroupByCurBlockAndNotHide", json!({ "groupState": 1 }));
    lab.ask("setGroupHideState", json!({ "gId": id, "time": 1_000 }));
    assert_eq!(shown(), json!([]));
    assert_eq!(lab.ask("getAllGroups", json!({}))[0]["b_hide_state"], 1);
    lab.wait(1_000);
    assert_eq!(shown().as_array().unwrap().len(), 1);
}

#[test]
fn another_room_knows_nothing_of_a_group() {
    let lab = Lab::new();
    let id = group(&lab);
    lab.enter("2");
    let missing = Code::GROUP_MISSING.number();
    for route in [
        "getGroupByGid2",
        "getCurUserItem",
        "getGroupItemByGid",
        "quiteGroup",
        "dissolveGroup",
        "deleteGroupByGId",
        "deleteGroupConfigByGid",
        "deleteGroupItemByGid",
    ] {
        assert_eq!(lab.refused(route, one(&id)), missing, "{route}");
    }
    assert_eq!(
        lab.refused("updateGroupInfo", json!({ "gId": id, "type": 5, "editContent": "x" })),
        missing
    );
    assert_eq!(
        lab.refused("updateGroupWithTop", json!({ "gid": id, "isTop": true })),
        missing
    );
    for (route, body) in [
        ("getAllGroups", json!({})),
        ("getGroupDefaultBlock", json!({})),
        ("getGroupByBid", json!({ "bId": "1" })),
    ] {
        assert_eq!(lab.ask(route, body), json!([]), "{route}");
    }
    lab.enter("1");
    assert_eq!(lab.ask("getGroupItemByGid", one(&id)).as_array().unwrap().len(), 3);
}

#[test]
fn money_waits_for_the_wallet_under_either_module() {
    let lab = Lab::new();
    for module in ["chat", "group"] {
        let body = json!({
            "__SERVER_ROUTE_MODULE": module, "__SERVER_ROUTE_METHOD": "groupReceiveTransfer", "gas": 1, "password": "p",
            "receiveNodeId": address(2), "receiveNickName": "x", "message": {},
        });
        assert_eq!(lab.engine.answer(body.as_object().unwrap()).code, 300);
    }
    assert_eq!(
        lab.refused("groupReceiveTransfer", json!({ "gas": 1 })),
        Code::PARAMETER_NULL.number()
    );
}
