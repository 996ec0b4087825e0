//! Devices and authorisation, by their routes.

use serde_json::{Value, json};

use crate::Event;
use crate::routes::login::tests::{Device, IM};

const MINUTE: i64 = 60_000;

/// One with a second device in its list.
fn with_second() -> Device {
    let device = Device::entered();
    let session = device.engine().session().unwrap();
    session
        .write(|write| {
            write.execute(
                "INSERT INTO device (machine, address, name, platform, role, online, last_seen, created, updated)
                 VALUES ('and0123456789abcdef', 'x', 'Android', 1, 3, 1, 5, 5, 5)",
                [],
            )?;
            Ok(())
        })
        .unwrap();
    device
}

fn named(machine: &str) -> Value {
    json!({ "machineId": machine })
}

#[test]
fn an_account_begins_with_this_device_as_the_primary_one() {
    let device = Device::entered();
    let machine = device.engine().machine().unwrap();
    let list = device.ask("getLocalAllMachine", json!({}));
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["machineId"], machine);
    assert_eq!(list[0]["devType"], 1);
    assert_eq!(list[0]["inOnline"], true);
    assert_eq!(list[0]["devNote"], list[0]["devName"]);
    assert_eq!(device.ask("checkIsPrimaryDevice", json!({})), json!({ "status": true }));
    assert_eq!(device.ask("checkHasTextPwd", json!({})), json!({ "status": true }));
    assert_eq!(
        device.ask("checkIsNeedRemoveDevice", named("and00")),
        json!({ "status": false })
    );
    assert_eq!(device.refused("deleteMachine", named(&machine)), 500);
    assert_eq!(device.refused("offlineMachine", named(&machine)), 500);
    let (prefix, digits) = machine.split_at(3);
    assert!(["lin", "win", "mac"].contains(&prefix) && digits.len() == 16);
}

#[test]
fn a_device_is_noted_taken_offline_and_removed() {
    let device = with_second();
    let mut events = device.engine().listen();
    let second = "and0123456789abcdef";
    device.ask("setMachineNote", json!({ "machineId": second, "note": "phone" }));
    device.ask("offlineMachine", named(second));
    let list = device.ask("getLocalAllMachine", json!({}));
    assert_eq!(list[1]["devNote"], "phone");
    assert_eq!(list[1]["inOnline"], false);
    device.ask("deleteMachine", named(second));
    assert_eq!(device.ask("getLocalAllMachine", json!({})).as_array().unwrap().len(), 1);
    let told = events.take().events;
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|event| matches!(event, Event::DevicesChanged {})));
    for method in ["deleteMachine", "offlineMachine", "setPrimaryMachine"] {
        assert_eq!(device.refused(method, named(second)), 20094);
    }
    let note =
        |machine: &str, note: &str| device.refused("setMachineNote", json!({ "machineId": machine, "note": note }));
    assert_eq!(note(second, "phone"), 20094);
    assert_eq!(note(&device.engine().machine().unwrap(), &"x".repeat(129)), 20045);
}

#[test]
fn only_the_primary_device_decides() {
    let device = with_second();
    let second = "and0123456789abcdef";
    device.ask("setPrimaryMachine", named(second));
    assert_eq!(
        device.ask("checkIsPrimaryDevice", json!({})),
        json!({ "status": false })
    );
    for method in ["setPrimaryMachine", "deleteMachine"] {
        assert_eq!(device.refused(method, named(second)), 20087);
    }
}

#[test]
fn an_account_with_ten_devices_has_no_place_for_another() {
    let device = with_second();
    let session = device.engine().session().unwrap();
    session
        .write(|write| {
            for number in 0..8 {
                write.execute(
                    "INSERT INTO device (machine, address, name, platform, role, last_seen, created, updated)
                     VALUES ('and' || ?1, 'x', 'Android', 1, 3, 5, 5, 5)",
                    [number],
                )?;
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(
        device.ask("checkIsNeedRemoveDevice", named("new")),
        json!({ "status": true })
    );
    assert_eq!(
        device.ask("checkIsNeedRemoveDevice", named("and3")),
        json!({ "status": false })
    );
}

#[test]
fn a_device_shows_itself_before_and_after_it_belongs_to_somebody() {
    let device = Device::new();
    let before = device.ask("getQrCodeInfo", json!({}));
    assert_eq!(before["type"], 7);
    assert_eq!(before["content"]["la"], "-");
    let machine = device.engine().machine().unwrap();
    assert_eq!(before["content"]["mId"], format!("{machine}_temp"));
    device.ask("register", json!({ "imPwd": IM, "type": "text" }));
    device.enter(IM).unwrap();
    let after = device.ask("getQrCodeInfo", json!({}));
    assert_eq!(after["content"]["n"], before["content"]["n"]);
    assert_eq!(after["content"]["mId"], machine);
    assert_eq!(after["content"]["la"], device.engine().session().unwrap().user.address);
}

#[test]
fn codes_expire_and_nobody_can_be_asked_without_a_network() {
    let device = Device::new();
    device.ask("initAuth", json!({}));
    assert_eq!(device.refused("connectTempP2p", json!({ "isAwait": true })), 20003);
    assert_eq!(device.refused("requestAuthorize", json!({})), 20003);
    assert_eq!(device.refused("reqAuthByMn", json!({})), 20087);
    assert_eq!(
        device.ask("getLogInAgainTypeInMobile", json!({})),
        json!({ "value": 1 })
    );
    let code = device.ask("getQrCodeInfo", json!({}));
    device.wait(10 * MINUTE - 1);
    assert_eq!(device.refused("requestAuthorize", json!({})), 20003);
    device.wait(1);
    assert_eq!(device.refused("requestAuthorize", json!({})), 20017);
    device.ask("cancelLoginReq", json!({}));
    assert_eq!(device.refused("requestAuthorize", json!({})), 20003);

    let primary = Device::entered();
    let body = |content: Value| json!({ "mLoginQrCode": content });
    assert_eq!(primary.refused("authorize", body(code["content"].clone())), 20000);
    let mut another = code["content"].clone();
    another["la"] = json!("BgboULwougrXNRPnrdqRBrhbrzxeno7AidsBU7vXvRi4");
    assert_eq!(primary.refused("authorize", body(another)), 20071);
    primary.wait(10 * MINUTE);
    assert_eq!(primary.refused("authorize", body(code["content"].clone())), 20017);
}
