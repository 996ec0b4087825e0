//! What a message to a group of 200 costs, beside the ratchets' library alone in the same run.
//!
//! `cargo run --release -p coco-e2ee --example e2ee_bench`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use coco_e2ee::{DeviceList, GroupKey, Machine, MemoryKeep, Peer};
use coco_keys::{DeviceKey, Identity, UserKeys};
use vodozemac::megolm::{GroupSession, InboundGroupSession, MegolmMessage, SessionConfig};

const MEMBERS: usize = 200;
const ROUNDS: usize = 20;
const GROUP: [u8; 32] = [1; 32];

struct Device {
    keep: MemoryKeep,
    machine: Machine,
    peer: Peer,
}

fn device() -> Device {
    let keys = UserKeys::of(&Identity::generate().unwrap()).unwrap();
    let mut keep = MemoryKeep::default();
    let machine = Machine::create(&mut keep, keys.public_key(), DeviceKey::generate().unwrap()).unwrap();
    let list = DeviceList {
        user: keys.public_key(),
        curve: keys.curve_key(),
        version: 1,
        made: 0,
        devices: vec![machine.entry("bench", true, 0)],
        nodes: Vec::new(),
    };
    list.sign(&keys).unwrap();
    let peer = list.peers().next().unwrap();
    Device { keep, machine, peer }
}

fn main() {
    let payload = vec![b'x'; 500];
    let mut alice = device();
    alice.machine.rotate(&mut alice.keep, &GROUP, 0).unwrap();
    let key = alice.machine.group_key(&alice.keep, &GROUP).unwrap().to_bytes();
    let mut others: Vec<_> = (0..MEMBERS).map(|_| device()).collect();
    let from = alice.peer.entry.device;
    for other in &mut others {
        let key = GroupKey::from_bytes(&key).unwrap();
        other.machine.accept_group_key(&mut other.keep, &from, &key).unwrap();
    }
    let mut bare = GroupSession::new(SessionConfig::version_2());
    let key = bare.session_key();
    let mut readers: Vec<_> = (0..MEMBERS)
        .map(|_| InboundGroupSession::new(&key, SessionConfig::version_2()))
        .collect();

    let (mut seal, mut wrap, mut open, mut encrypt, mut decrypt) = Default::default();
    for _ in 0..ROUNDS {
        let message = timed(&mut seal, || {
            alice.machine.group_seal(&mut alice.keep, &GROUP, &payload).unwrap()
        });
        let envelopes: Vec<_> = timed(&mut wrap, || {
            let wrapped = others
                .iter()
                .map(|to| alice.machine.wrap_group(&mut alice.keep, &to.peer, 1, &message));
            wrapped.map(Result::unwrap).collect()
        });
        timed(&mut open, || {
            for (other, envelope) in others.iter_mut().zip(&envelopes) {
                let known = alice.peer.clone();
                other
                    .machine
                    .open(&mut other.keep, envelope, |_| Ok(Some(known)))
                    .unwrap();
            }
        });
        let message = timed(&mut encrypt, || bare.encrypt(&payload).to_bytes());
        timed(&mut decrypt, || {
            for reader in &mut readers {
                reader.decrypt(&MegolmMessage::from_bytes(&message).unwrap()).unwrap();
            }
        });
    }

    let mut bob = others.remove(0);
    let prekey = bob.machine.fallback(&mut bob.keep, 0).unwrap();
    alice.machine.begin(&mut alice.keep, &bob.peer, &prekey).unwrap();
    let (mut one, mut other) = Default::default();
    for _ in 0..ROUNDS * 10 {
        let envelope = timed(&mut one, || {
            alice.machine.seal(&mut alice.keep, &bob.peer, 1, &payload).unwrap()
        });
        let known = alice.peer.clone();
        timed(&mut other, || {
            bob.machine.open(&mut bob.keep, &envelope, |_| Ok(Some(known))).unwrap()
        });
    }

    let ms = |time: Duration, rounds: usize| time.as_secs_f64() * 1000.0 / rounds as f64;
    println!("A message of 500 bytes to {MEMBERS} devices, ms, mean of {ROUNDS}:");
    println!(
        "  encrypt once         {:8.3}   vodozemac alone {:8.3}",
        ms(seal, ROUNDS),
        ms(encrypt, ROUNDS)
    );
    println!("  wrap for all         {:8.3}", ms(wrap, ROUNDS));
    println!(
        "  open by all          {:8.3}   vodozemac alone {:8.3}",
        ms(open, ROUNDS),
        ms(decrypt, ROUNDS)
    );
    println!(
        "One to one, ms: seal {:.3}, open {:.3}",
        ms(one, ROUNDS * 10),
        ms(other, ROUNDS * 10)
    );
}

fn timed<T>(total: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    *total += start.elapsed();
    result
}
