//! Engines without any network: what they promise for themselves.

use std::time::Duration;

use coco_rig::events::Events;
use coco_rig::scenario::{Plan, Powers, Scope, World, play, rounds, seed, settle};
use coco_rig::space::Space;
use coco_rig::talk::{said, saying};
use coco_rig::wait::PATIENCE;
use serde_json::{Value, json};

use crate::people::person;

/// Where nobody else is found.
const NOWHERE: &[&str] = &["--no-nearby", "--peer", "127.0.0.1:0"];

#[test]
fn what_is_promised_is_kept_by_engines_that_are_killed_at_any_moment() {
    let (seed, folder) = (seed(), tempfile::tempdir().unwrap());
    println!("RIG_SEED={seed}");
    let space = Space::plain();
    let people = ["Anna Aardvark", "Bert Bumblebee"].map(|name| person(name, folder.path(), &space, NOWHERE));
    for (one, other) in [(0, 1), (1, 0)] {
        let body = json!({ "nodeId": people[other].address, "content": "may I write to you", "remark": "" });
        people[one].engine.get("addFriend", body).unwrap();
    }
    let mut world = World {
        people: people.into(),
        node: None,
        net: None,
    };
    let plan = Plan::new(seed, rounds(150), 2, Powers::default());
    let sent = play(&plan, &mut world).unwrap();
    let secrets = ["may I write to you", "Anna Aardvark"].map(str::to_owned);
    let verdict = settle(
        &mut world,
        seed,
        sent,
        Scope::Senders,
        &secrets,
        Duration::from_secs(20),
    )
    .unwrap();
    println!("{verdict}");
    assert!(verdict.is_good(), "{verdict}");
}

#[test]
fn events_come_by_websocket_and_end_with_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let mut anna = person("Anna", folder.path(), &Space::plain(), NOWHERE);
    let friend = "DgjumZZLvGymHGbGTbwoxF2FMr9HCZ6kUC1bj96CkoUs";
    let events = anna.engine.events(&["addReceive", "addLoginStateListener"]).unwrap();
    let body = json!({ "nodeId": friend, "content": "hello", "remark": "" });
    anna.engine.get("addFriend", body).unwrap();
    assert_eq!(
        saying(&anna.engine, friend, "good morning")
            .unwrap()
            .send()
            .unwrap()
            .code,
        200
    );
    let received = |event: &Value| event["event"] == "addReceive";
    events.wait("a message", PATIENCE, received).unwrap();
    anna.engine.kill9().unwrap();
    let never = |events: &Events| {
        events
            .wait("the impossible", PATIENCE, |event| event["type"] == "never")
            .unwrap_err()
    };
    assert!(never(&events).to_string().contains("the impossible"));
    assert!(anna.engine.get("getContacts", json!({})).is_err());
    anna.engine.restart().unwrap();
    anna.engine.login().unwrap();
    assert_eq!(said(&anna.engine, friend).unwrap(), ["good morning"]);
    anna.engine.stop().unwrap();
    assert!(!anna.engine.is_running());
}

#[test]
fn the_clock_is_as_late_as_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut anna = person("Anna", folder.path(), &Space::plain(), NOWHERE);
    let friend = "DgjumZZLvGymHGbGTbwoxF2FMr9HCZ6kUC1bj96CkoUs";
    let body = json!({ "nodeId": friend, "content": "hello", "remark": "" });
    anna.engine.get("addFriend", body).unwrap();
    let mut time = || {
        anna.engine.restart().unwrap();
        anna.engine.login().unwrap();
        let sent = saying(&anna.engine, friend, "what time is it").unwrap().send().unwrap();
        let time = sent.data[0]["created_time"].as_i64().unwrap();
        anna.engine.set_clock_offset(3 * 86_400_000);
        time
    };
    let (today, later) = (time(), time());
    let days = (later - today) / 86_400_000;
    assert_eq!(days, 3, "{today} {later}");
}
