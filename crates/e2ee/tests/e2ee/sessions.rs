use coco_e2ee::{Content, E2eeError, Machine};
use coco_keys::DeviceKey;

use crate::actors::*;

#[test]
fn two_talk() {
    let (mut alice, mut bob) = (device(), device());
    assert!(!alice.machine.has_session(&alice.keep, &bob.peer).unwrap());
    alice.begins(&mut bob);
    for round in 0..20 {
        for (text, count) in [("hello", 1 + round % 3), ("again", 1 + round % 2)] {
            for _ in 0..count {
                let envelope = alice.seals(&bob, text);
                assert_eq!(bob.reads(&alice, &envelope), text);
            }
            let envelope = bob.seals(&alice, "你好");
            assert_eq!(alice.reads(&bob, &envelope), "你好");
        }
    }
}

#[test]
fn counters_count_every_envelope_of_a_pair() {
    let (mut alice, mut bob, mut carol) = (device(), device(), device());
    let first = alice.first(&bob, "friend?");
    alice.begins(&mut bob);
    alice.begins(&mut carol);
    let group = [1; 32];
    alice.machine.rotate(&mut alice.keep, &group, NOW).unwrap();
    let second = alice.seals(&bob, "two");
    assert_eq!(alice.seals(&carol, "other").len(), second.len());
    let message = alice.says(&group, "three");
    let third = alice.wraps(&bob, &message);
    assert_eq!(bob.opens(&[], &first).unwrap().counter, 1);
    assert_eq!(bob.opens(&[&alice.peer], &second).unwrap().counter, 2);
    alice.shares(&group, &mut bob);
    // The key came as the fourth, and opens what was sent before only from its place on: the message waits in vain.
    assert_eq!(bob.refuses(&alice, &third), "BeforeKey");
    let message = alice.says(&group, "five");
    let fifth = alice.wraps(&bob, &message);
    assert_eq!(bob.opens(&[&alice.peer], &fifth).unwrap().counter, 5);
}

#[test]
fn a_stranger_brings_his_devices() {
    let (mut alice, mut bob) = (person(2), device());
    let envelope = alice.devices[1].first(&bob, "friend?");
    let opened = bob.opens(&[], &envelope).unwrap();
    let Content::First { payload, list, signed } = opened.content else {
        panic!("another content")
    };
    assert_eq!(
        (payload.as_slice(), &list, &signed),
        (&b"friend?"[..], &alice.list, &alice.signed)
    );
    assert_eq!(
        (opened.user, opened.device),
        (alice.keys.public_key(), alice.devices[1].machine.device())
    );
    assert_eq!(bob.refuses(&alice.devices[1], &envelope), "Duplicate");
    // The answer goes by what came with the request.
    bob.begins(&mut alice.devices[0]);
    let answer = bob.seals(&alice.devices[0], "yes");
    assert_eq!(alice.devices[0].reads(&bob, &answer), "yes");
}

#[test]
fn an_unknown_device_is_named_and_opens_later() {
    let (mut alice, mut bob) = (device(), device());
    alice.begins(&mut bob);
    let envelope = alice.seals(&bob, "hello");
    let before = bob.keep.clone();
    match bob.opens(&[], &envelope) {
        Err(E2eeError::UnknownDevice {
            user,
            device,
            list_version: 1,
        }) => assert_eq!((user, device), (alice.peer.user, alice.peer.entry.device)),
        other => panic!("{other:?}"),
    }
    assert!(bob.keep == before);
    assert_eq!(bob.reads(&alice, &envelope), "hello");
}

#[test]
fn both_begin_at_once() {
    let (mut alice, mut bob) = (device(), device());
    alice.begins(&mut bob);
    bob.begins(&mut alice);
    let (hers, his) = (alice.seals(&bob, "a1"), bob.seals(&alice, "b1"));
    let (hers_too, his_too) = (alice.seals(&bob, "a2"), bob.seals(&alice, "b2"));
    assert_eq!(bob.reads(&alice, &hers), "a1");
    assert_eq!(alice.reads(&bob, &his), "b1");
    // As long as it waits, five turns of the ratchet at most may pass.
    for round in 0..3 {
        let text = format!("{round}");
        let envelope = alice.seals(&bob, &text);
        assert_eq!(bob.reads(&alice, &envelope), text);
        let envelope = bob.seals(&alice, &text);
        assert_eq!(alice.reads(&bob, &envelope), text);
    }
    assert_eq!(bob.reads(&alice, &hers_too), "a2");
    assert_eq!(alice.reads(&bob, &his_too), "b2");
}

#[test]
fn sessions_are_bounded_and_the_last_ones_work() {
    let (mut alice, mut bob) = (device(), device());
    let envelopes: Vec<_> = (0..8)
        .map(|number| {
            alice.begins_by_fallback(&mut bob);
            alice.seals(&bob, &number.to_string())
        })
        .collect();
    for (number, envelope) in envelopes.iter().enumerate() {
        assert_eq!(bob.reads(&alice, envelope), number.to_string());
        assert_eq!(bob.refuses(&alice, envelope), "Duplicate");
    }
    // He writes by the last one; she kept that.
    let envelope = bob.seals(&alice, "x");
    assert_eq!(alice.reads(&bob, &envelope), "x");
    for envelope in &envelopes {
        assert_eq!(bob.refuses(&alice, envelope), "Duplicate");
    }
}

#[test]
fn a_lost_session_is_repaired_by_whoever_noticed() {
    let (mut alice, mut bob) = (device(), device());
    alice.begins(&mut bob);
    let envelope = alice.seals(&bob, "1");
    bob.reads(&alice, &envelope);
    let envelope = bob.seals(&alice, "2");
    alice.reads(&bob, &envelope);
    // Bob loses what he had with Alice.
    bob.machine
        .forget_device(&mut bob.keep, &alice.peer.entry.device)
        .unwrap();
    let lost = alice.seals(&bob, "3");
    assert_eq!(bob.refuses(&alice, &lost), "Undecryptable");
    bob.begins(&mut alice);
    let repair = bob.seals(&alice, "again, please");
    assert_eq!(alice.reads(&bob, &repair), "again, please");
    let again = alice.seals(&bob, "3");
    assert_eq!(bob.reads(&alice, &again), "3");
    // What was opened before the loss does not open after it.
    assert_eq!(bob.refuses(&alice, &envelope), "NotForUs");
}

#[test]
fn replays_by_a_fallback_key_stay_duplicates_when_the_session_is_gone() {
    let (mut alice, mut bob) = (device(), device());
    alice.begins_by_fallback(&mut bob);
    let envelope = alice.seals(&bob, "once");
    assert_eq!(bob.reads(&alice, &envelope), "once");
    bob.machine
        .forget_device(&mut bob.keep, &alice.peer.entry.device)
        .unwrap();
    assert_eq!(bob.refuses(&alice, &envelope), "Duplicate");
}

#[test]
fn forty_skipped_keys_are_kept_and_no_more() {
    let (mut alice, mut bob) = (device(), device());
    alice.begins(&mut bob);
    let envelopes: Vec<_> = (0..60).map(|number| alice.seals(&bob, &number.to_string())).collect();
    assert_eq!(bob.reads(&alice, &envelopes[59]), "59");
    for (number, envelope) in envelopes.iter().enumerate().take(19) {
        assert_eq!(bob.refuses(&alice, envelope), "Undecryptable", "{number}");
    }
    for (number, envelope) in envelopes.iter().enumerate().take(59).skip(19) {
        assert_eq!(bob.reads(&alice, envelope), number.to_string());
        assert_eq!(bob.refuses(&alice, envelope), "Duplicate");
    }
}

#[test]
fn a_message_of_another_identity_key_is_refused() {
    let (mut alice, mut bob) = (device(), device());
    alice.begins(&mut bob);
    let envelope = alice.seals(&bob, "hello");
    // The list says something else of her device.
    let mut other = alice.peer.clone();
    other.entry.olm = device().peer.entry.olm;
    assert_eq!(read(bob.opens(&[&other], &envelope)), "Forged");
    // The list says that her device is another user's.
    let mut other = alice.peer.clone();
    other.user = device().peer.user;
    assert_eq!(read(bob.opens(&[&other], &envelope)), "Forged");
    assert_eq!(bob.reads(&alice, &envelope), "hello");
}

#[test]
fn a_device_with_a_new_account_begins_anew() {
    let mut bob = device();
    let keys = keys();
    let key = DeviceKey::generate().unwrap().to_bytes();
    let make = |version: u64, keep| {
        let mut device = device();
        device.keep = keep;
        let key = DeviceKey::from_bytes(&key);
        device.machine = Machine::create(&mut device.keep, keys.public_key(), key).unwrap();
        let list = coco_e2ee::DeviceList {
            user: keys.public_key(),
            curve: keys.curve_key(),
            version,
            made: NOW,
            devices: vec![device.machine.entry("m", true, NOW)],
            nodes: Vec::new(),
        };
        device.signed = list.sign(&keys).unwrap();
        device.peer = list.peers().next().unwrap();
        device
    };
    let mut alice = make(1, Default::default());
    alice.begins(&mut bob);
    let envelope = alice.seals(&bob, "old");
    assert_eq!(bob.reads(&alice, &envelope), "old");
    let mut renewed = make(2, Default::default());
    renewed.begins(&mut bob);
    let first = renewed.seals(&bob, "new");
    assert_eq!(bob.reads(&renewed, &first), "new");
    let answer = bob.seals(&renewed, "answer");
    assert_eq!(renewed.reads(&bob, &answer), "answer");
}

#[test]
fn a_machine_is_loaded_by_its_own_device_alone() {
    let mut alice = device();
    let mut bob = device();
    let key = DeviceKey::generate().unwrap();
    let own = DeviceKey::from_bytes(&key.to_bytes());
    let user = alice.peer.user;
    let mut keep = coco_e2ee::MemoryKeep::default();
    assert!(
        Machine::load(&keep, user, DeviceKey::from_bytes(&key.to_bytes()))
            .unwrap()
            .is_none()
    );
    let made = Machine::create(&mut keep, user, own).unwrap();
    let entry = made.entry("m", false, 0);
    let loaded = Machine::load(&keep, user, DeviceKey::from_bytes(&key.to_bytes()))
        .unwrap()
        .unwrap();
    assert_eq!(loaded.entry("m", false, 0), entry);
    assert!(Machine::load(&keep, bob.peer.user, key).is_err());
    assert!(Machine::load(&keep, user, DeviceKey::generate().unwrap()).is_err());
    // State is in the store alone: another machine over the same store goes on.
    bob.begins(&mut alice);
    let envelope = bob.seals(&alice, "x");
    assert_eq!(alice.reads(&bob, &envelope), "x");
}
