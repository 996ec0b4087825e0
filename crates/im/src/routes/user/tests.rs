//! Profile, settings, favourites, nodes and passwords, by their routes.

use serde_json::{Value, json};

use crate::Code;
use crate::routes::login::tests::{Device, IM};
use crate::testing::{Lab, address};

#[test]
fn a_profile_is_changed_in_part() {
    let lab = Lab::new();
    let before = lab.ask("getUserSingleInfo", json!({}));
    assert_eq!(
        (&before["u_nick"], &before["u_nd_add"]),
        (&json!("Ada"), &json!(address(1)))
    );
    lab.wait(10);
    let after = lab.ask(
        "updateUserSingleInfo",
        json!({ "nickname": "Ada L.", "pfpId": 3, "backUp": true }),
    );
    assert_eq!(
        (&after["u_nick"], &after["u_pfp_id"], &after["back_back_file"]),
        (&json!("Ada L."), &json!(3), &json!(1))
    );
    assert_eq!(after["u_pfp_url"], before["u_pfp_url"]);
    assert_eq!(after["u_version"], 1);
    assert!(after["updated_time"].as_i64() > before["updated_time"].as_i64());
    assert_eq!(lab.ask("getUserSingleInfo", json!({})), after);
    assert_eq!(lab.ask("getVersion", json!({}))["userVersion"], 1);
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'profile'"), 1);
    lab.ask("updateUserSingleInfo", json!({ "cache": false, "mDomain": "ada" }));
    assert_eq!(lab.count("SELECT count(*) FROM outbox WHERE kind = 'profile'"), 1);

    for (wrong, code) in [
        (json!({ "nickname": "" }), Code::LIMIT),
        (json!({ "nickname": "x".repeat(65) }), Code::LIMIT),
        (json!({ "pfpUrl": "x".repeat(2_049) }), Code::LIMIT),
        (json!({ "mDomain": "Ab" }), Code::PARAMETERS),
        (json!({ "mDomain": "with space" }), Code::PARAMETERS),
    ] {
        assert_eq!(lab.refused("updateUserSingleInfo", wrong), code.number());
    }
}

#[test]
fn settings_are_changed_in_part_and_the_language_is_that_of_answers() {
    let lab = Lab::new();
    assert_eq!(lab.ask("getUserSingleSetting", json!({}))["rc_new_msg_info"], 1);
    let after = lab.ask(
        "updateUserSingleSetting",
        json!({ "rcNewMsgInfo": 0, "lang": "zh_CN", "shNic": "A" }),
    );
    assert_eq!(
        (&after["rc_new_msg_info"], &after["lang"], &after["sh_nic"]),
        (&json!(0), &json!("zh-cn"), &json!("A"))
    );
    assert_eq!(after["new_msg_sk"], 1);
    assert_eq!(lab.ask("getUserSingleSetting", json!({})), after);
    assert_eq!(
        lab.refused("updateUserSingleSetting", json!({ "lang": "tlh" })),
        Code::PARAMETER_ENUM.number()
    );
    let message = lab
        .answer("getDomainByP2pToXNX", json!({ "nodeId": address(2) }))
        .message;
    assert_eq!(message, Code::NETWORK.text("zh-cn"));
}

fn favourite(id: &str, kind: i64) -> Value {
    json!({
        "msgId": id, "type": kind, "origin": "Bea", "msgContent": format!("{{\"text\":\"{id}\"}}"),
        "originNdAdd": address(2), "originType": 0,
    })
}

#[test]
fn favourites_are_kept_once_listed_by_kind_and_deleted() {
    let lab = Lab::new();
    for (number, kind) in [1, 6, 1, 3].into_iter().enumerate() {
        lab.ask("addFavorite", favourite(&format!("m{number}"), kind));
        lab.wait(1_000);
    }
    assert_eq!(
        lab.refused("addFavorite", favourite("m0", 1)),
        Code::ALREADY_FAVOURITE.number()
    );
    assert_eq!(
        lab.refused("addFavorite", favourite("m9", 2)),
        Code::PARAMETER_ENUM.number()
    );
    let list = |types: Value, page: i64, size: i64| -> Vec<String> {
        let body = json!({ "types": types, "page": page, "size": size, "startTime": 0, "endTime": 0 });
        let found = lab.ask("getFavoriteList", body);
        found
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["msgId"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(list(json!([1, 3, 4, 5, 6]), 1, 20), ["m3", "m2", "m1", "m0"]);
    assert_eq!(list(json!([1, 3, 4, 5, 6]), 2, 3), ["m0"]);
    assert_eq!(list(json!([1]), 1, 20), ["m2", "m0"]);
    assert_eq!(list(json!([5]), i64::MAX, i64::MAX), Vec::<String>::new());
    let body = json!({ "types": [6], "page": 1, "size": 1, "startTime": 0, "endTime": 0 });
    let image = lab.ask("getFavoriteList", body)[0].clone();
    assert_eq!(
        (&image["type"], &image["originType"]),
        (&json!("image"), &json!("message"))
    );
    assert_eq!(
        lab.ask("isFavorite", json!({ "msgId": "m1" })),
        json!({ "status": true })
    );
    lab.ask("deleteFavorite", json!({ "id": image["id"] }));
    assert_eq!(
        lab.ask("isFavorite", json!({ "msgId": "m1" })),
        json!({ "status": false })
    );
    assert_eq!(
        lab.refused("deleteFavorite", json!({ "id": image["id"] })),
        Code::MESSAGE_MISSING.number()
    );
    lab.enter("2");
    assert_eq!(
        lab.ask("isFavorite", json!({ "msgId": "m0" })),
        json!({ "status": false })
    );
    lab.ask("addFavorite", favourite("m0", 1));
}

#[test]
fn nodes_are_added_chosen_and_removed() {
    let lab = Lab::new();
    let node = |id: &str, ip: &str, port: &str| json!({ "code": "de", "ip": ip, "port": port, "nodeId": id });
    assert_eq!(lab.ask("getSuperNodeId", json!({})), json!({ "value": "" }));
    lab.ask("addProxyInfo", node("first", "10.0.0.1", "8080"));
    lab.ask("addProxyInfo", node("second", "fd00::1", "1"));
    assert_eq!(lab.ask("getSuperNodeId", json!({})), json!({ "value": "first" }));
    let info = json!({ "host": "[fd00::1]:1", "nodeId": "second", "code": "de", "id": "second", "isDefault": false, "isCurrent": false });
    lab.ask("setAllProxy", json!({ "info": info, "isCloud": true }));
    assert_eq!(lab.ask("getSuperNodeId", json!({})), json!({ "value": "first" }));
    lab.ask("setAllProxy", json!({ "info": info, "isCloud": false }));
    assert_eq!(lab.ask("getSuperNodeId", json!({})), json!({ "value": "second" }));
    lab.ask("removeProxyInfo", json!({ "id": "second" }));
    assert_eq!(lab.ask("getSuperNodeId", json!({})), json!({ "value": "" }));
    assert_eq!(
        lab.refused("removeProxyInfo", json!({ "id": "second" })),
        Code::PARAMETERS.number()
    );
    for wrong in [
        node("x", "example.org", "1"),
        node("x", "10.0.0.1", "0"),
        node("x", "10.0.0.1", "99999"),
    ] {
        assert_eq!(lab.refused("addProxyInfo", wrong), Code::PARAMETERS.number());
    }
    assert_eq!(lab.ask("connectionState", json!({})), json!({ "value": 2 }));
    assert_eq!(lab.ask("storageState", json!({})), json!({ "value": 3 }));
    assert_eq!(lab.ask("getSessionNum", json!({})), json!({ "value": "0" }));
}

#[test]
fn a_wipe_password_is_set_and_known() {
    let lab = Lab::new();
    let password = |text: &str| json!({ "password": text });
    assert_eq!(lab.ask("hasEmptyPassword", json!({})), json!({ "status": false }));
    assert_eq!(
        lab.refused("updateEmptyPassword", password("short")),
        Code::PASSWORD_FORM.number()
    );
    lab.ask("updateEmptyPassword", password("burn it all"));
    assert_eq!(lab.ask("hasEmptyPassword", json!({})), json!({ "status": true }));
    assert_eq!(
        lab.ask("checkEmptyPassword", password("burn it all")),
        json!({ "status": true })
    );
    assert_eq!(
        lab.ask("checkEmptyPassword", password("keep it all")),
        json!({ "status": false })
    );
}

#[test]
fn a_cleaned_account_leaves_nothing_but_the_id_of_the_device() {
    let mut device = Device::entered();
    let machine = device.ask("getMachineId", json!({}))["value"].clone();
    assert_eq!(machine.as_str().unwrap().len(), 3 + 16);
    let password = json!({ "password": "burn it all" });
    device.ask("updateEmptyPassword", password);
    device.ask("cleanAccount", json!({}));
    assert_eq!(device.refused("currentBlock", json!({})), Code::NOT_LOGGED_IN.number());
    assert_eq!(device.refused("cleanAccount", json!({})), Code::NOT_LOGGED_IN.number());
    for password in [IM, "burn it all"] {
        assert_eq!(device.enter(password), Err(Code::NOT_REGISTERED.number()));
    }
    assert_eq!(device.ask("getMachineId", json!({}))["value"], machine);
    device.restart();
    assert_eq!(device.ask("getMachineId", json!({}))["value"], machine);
    device.ask(
        "register",
        json!({ "walletPwd": "another wallet", "imPwd": "another login", "type": "text" }),
    );
    assert_eq!(device.enter("another login"), Ok(-2));
    assert_eq!(device.ask("hasEmptyPassword", json!({})), json!({ "status": false }));
}

#[test]
fn what_needs_the_network_says_so_and_the_rest_succeeds() {
    let lab = Lab::new();
    assert_eq!(lab.refused("sendLogToP2p", json!({})), Code::NETWORK.number());
    assert_eq!(lab.ask("pullCollectIndexList", json!({})), json!({ "status": false }));
    assert_eq!(lab.ask("initMenu", json!({})), json!({}));
    assert_eq!(lab.ask("setLogSwitch", json!({ "isOpen": false })), json!({}));
    lab.engine.set_session(None);
    assert_eq!(lab.ask("connectionState", json!({})), json!({ "value": 2 }));
    assert_eq!(lab.ask("setLogSwitch", json!({ "isOpen": false })), json!({}));
    assert_eq!(lab.refused("initMenu", json!({})), Code::NOT_LOGGED_IN.number());
}
