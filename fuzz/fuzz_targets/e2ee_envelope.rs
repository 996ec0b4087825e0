//! Envelopes of a stranger: as they come, and sealed properly with anything inside.
#![no_main]

use std::sync::LazyLock;

use coco_e2ee::{DeviceList, Machine, MemoryKeep, Peer};
use coco_keys::{DeviceKey, Identity, UserKeys};
use libfuzzer_sys::fuzz_target;

struct Device {
    keep: MemoryKeep,
    machine: Machine,
    peer: Peer,
}

fn device(words: &str, key: u8) -> Device {
    let keys = UserKeys::of(&Identity::from_mnemonic(words).expect("words")).expect("keys");
    let mut keep = MemoryKeep::default();
    let machine = Machine::create(&mut keep, keys.public_key(), DeviceKey::from_bytes(&[key; 32])).expect("a machine");
    let list = DeviceList {
        user: keys.public_key(),
        curve: keys.curve_key(),
        version: 1,
        made: 0,
        devices: vec![machine.entry("fuzz", true, 0)],
        nodes: Vec::new(),
    };
    let peer = list.peer(&machine.device()).expect("the device");
    Device { keep, machine, peer }
}

/// One who opens, and one who is known to him and has a session with him.
static DEVICES: LazyLock<(Device, Device)> = LazyLock::new(|| {
    let mut alice = device(
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        1,
    );
    let mut bob = device(
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
        2,
    );
    let prekey = alice.machine.fallback(&mut alice.keep, 0).expect("a prekey");
    bob.machine
        .begin(&mut bob.keep, &alice.peer, &prekey)
        .expect("a session");
    (alice, bob)
});

fuzz_target!(|data: &[u8]| {
    let (alice, bob) = &*DEVICES;
    let mut keep = alice.keep.clone();
    assert!(
        alice
            .machine
            .open(&mut keep, data, |_| Ok(Some(bob.peer.clone())))
            .is_err()
    );
    assert!(keep == alice.keep, "what was refused changed something");
    // The same as the inside of an envelope that opens: no content is proven by itself.
    if let Ok(envelope) = coco_e2ee::lab::seal_content(&alice.peer, data) {
        assert!(
            alice
                .machine
                .open(&mut keep, &envelope, |_| Ok(Some(bob.peer.clone())))
                .is_err()
        );
        assert!(keep == alice.keep, "what was refused changed something");
    }
    let payload = data.get(..coco_e2ee::PAYLOAD_BYTES).unwrap_or(data);
    let mut sender = bob.keep.clone();
    let envelope = bob
        .machine
        .seal(&mut sender, &alice.peer, 1, payload)
        .expect("an envelope");
    alice
        .machine
        .open(&mut keep, &envelope, |_| Ok(Some(bob.peer.clone())))
        .expect("the payload");
});
