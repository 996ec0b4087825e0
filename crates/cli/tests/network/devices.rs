//! Two people, three devices, one node: everything is on all of them, whatever is killed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use coco_rig::engine::{Engine, EngineOptions, PASSWORD};
use coco_rig::node::{Node, NodeOptions};
use coco_rig::scenario::{rounds, seed};
use coco_rig::space::Space;
use coco_rig::talk::{befriend, heard, said, saying};
use coco_rig::wait::{PATIENCE, until};
use serde_json::json;

use crate::people::{person, program};

/// How long everything may take to arrive after all is mended.
const CALM: Duration = Duration::from_secs(120);
/// One of so many actions kills something.
const DEADLY: u64 = 6;

/// Numbers that a seed stands for (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit).unwrap()
    }
}

/// A second device of somebody, let in by its code.
fn second_device(of: &Engine, options: EngineOptions) -> Engine {
    let device = Engine::start(options).unwrap();
    device.get("connectTempP2p", json!({ "isAwait": true })).unwrap();
    let code = device.get("getQrCodeInfo", json!({})).unwrap();
    device.get("requestAuthorize", json!({})).unwrap();
    let body = json!({ "mLoginQrCode": code["content"] });
    until("the device is found", PATIENCE, || {
        of.get("authorize", body.clone()).is_ok()
    })
    .unwrap();
    until("the device is in", PATIENCE, || device.address().is_ok()).unwrap();
    device
}

/// Logs in, with the password or without one.
fn enter(engine: &Engine, number: usize) {
    let body = if number == 1 {
        json!({ "loginType": "text" })
    } else {
        json!({ "password": PASSWORD, "loginType": "text" })
    };
    engine.get("exportLogin", body).unwrap();
}

/// What a view lacks, and what it has too much.
fn lacking(all: &[String], view: &[String]) -> (Vec<String>, usize) {
    let there: BTreeSet<&String> = view.iter().collect();
    let lacking: Vec<String> = all.iter().filter(|text| !there.contains(text)).cloned().collect();
    let extra = (view.len() + lacking.len()).saturating_sub(all.len());
    (lacking, extra)
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable();
    texts
}

#[test]
fn all_devices_show_everything_once_and_in_order_whatever_is_killed() {
    let (seed, folder) = (seed(), tempfile::tempdir().unwrap());
    println!("RIG_SEED={seed}");
    let space = Space::plain();
    let mut node = Node::start(NodeOptions {
        program: program(),
        home: folder.path().join("node"),
        space: Arc::clone(&space),
        args: Vec::new(),
        clock_offset: 0,
    })
    .unwrap();
    let args = ["--node", node.ticket(), "--no-nearby", "--peer", "127.0.0.1:0"].map(str::to_owned);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let anna = person("Anna", folder.path(), &space, &args);
    let bert = person("Bert", folder.path(), &space, &args);
    befriend(&anna.engine, &bert.engine, "may I write to you").unwrap();
    let tablet = second_device(
        &anna.engine,
        EngineOptions {
            program: program(),
            home: folder.path().join("tablet"),
            space: Arc::clone(&space),
            args: args.iter().map(|argument| (*argument).to_owned()).collect(),
            clock_offset: 0,
        },
    );
    let (anna, bert) = ((anna.address, anna.engine), (bert.address, bert.engine));
    let others = [&bert.0, &bert.0, &anna.0];
    let mut engines = [anna.1, tablet, bert.1];
    until("the contact is on the tablet", PATIENCE, || {
        engines[1]
            .get("isFriend", json!({ "nodeId": bert.0 }))
            .is_ok_and(|friend| friend["status"] == true)
    })
    .unwrap();

    let mut numbers = Numbers(seed);
    let mut sure: [Vec<String>; 3] = Default::default();
    for round in 0..rounds(150) {
        let who = numbers.below(3);
        let text = format!("{who} {round:04}");
        let request = saying(&engines[who], others[who], &text).unwrap();
        if numbers.below(DEADLY) > 0 {
            assert_eq!(request.send().unwrap().code, 200);
            sure[who].push(text);
            continue;
        }
        let victim = numbers.below(4);
        let asking = std::thread::spawn(move || request.send());
        std::thread::sleep(Duration::from_micros(numbers.below(8_000) as u64));
        if victim == 3 {
            node.kill9().unwrap();
            node.restart().unwrap();
        } else {
            engines[victim].kill9().unwrap();
        }
        if asking.join().unwrap().is_ok_and(|answer| answer.code == 200) {
            sure[who].push(text);
        }
        if victim < 3 {
            engines[victim].restart().unwrap();
            enter(&engines[victim], victim);
        }
    }

    let written = |number: usize| {
        let own = said(&engines[number], others[number]).unwrap();
        own.into_iter()
            .filter(|text| text.starts_with(&number.to_string()))
            .collect::<Vec<_>>()
    };
    let all: [Vec<String>; 3] = [written(0), written(1), written(2)];
    for (all, sure) in all.iter().zip(&sure) {
        let kept: BTreeSet<&String> = all.iter().collect();
        assert!(sure.iter().all(|text| kept.contains(text)), "{sure:?} of {all:?}");
    }
    let from_anna = sorted([&*all[0], &*all[1]].concat());
    let views = || {
        [
            said(&engines[0], &bert.0).unwrap_or_default(),
            said(&engines[1], &bert.0).unwrap_or_default(),
            heard(&engines[2], &anna.0).unwrap_or_default(),
        ]
    };
    let arrived = until("all devices have all of Anna's", CALM, || {
        views().into_iter().all(|view| sorted(view) == from_anna)
    });
    assert!(
        arrived.is_ok(),
        "lacking: {:?}",
        views().map(|view| lacking(&from_anna, &view))
    );
    for number in [0, 1] {
        let arrived = until("all of Bert's have arrived", CALM, || {
            heard(&engines[number], &bert.0).unwrap_or_default() == all[2]
        });
        assert!(
            arrived.is_ok(),
            "{number}: {:?} of {:?}",
            heard(&engines[number], &bert.0),
            all[2]
        );
    }
    // What one device wrote is in its order at Bert's.
    for number in [0, 1] {
        let of_device: Vec<String> = heard(&engines[2], &anna.0)
            .unwrap()
            .into_iter()
            .filter(|text| text.starts_with(&number.to_string()))
            .collect();
        assert_eq!(of_device, all[number]);
    }
}
