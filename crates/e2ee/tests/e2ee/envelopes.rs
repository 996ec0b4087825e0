use coco_e2ee::{E2eeError, ENVELOPE_BYTES, PAYLOAD_BYTES};

use crate::actors::*;

const GROUP: [u8; 32] = [9; 32];
const SECRET: &str = "the quick brown fox jumps over the lazy dog";

/// Two devices, and one envelope of each kind from the first to the second.
fn envelopes() -> (Device, Device, Vec<(&'static str, Vec<u8>)>) {
    let (mut alice, mut bob) = (device(), device());
    alice.begins(&mut bob);
    alice.machine.rotate(&mut alice.keep, &GROUP, NOW).unwrap();
    let begins = alice.seals(&bob, SECRET);
    assert_eq!(bob.reads(&alice, &begins), SECRET);
    alice.shares(&GROUP, &mut bob);
    alice.begins(&mut bob);
    let begins = alice.seals(&bob, SECRET);
    let answer = bob.seals(&alice, "x");
    alice.reads(&bob, &answer);
    let message = alice.says(&GROUP, SECRET);
    let all = vec![
        ("first", alice.first(&bob, SECRET)),
        ("begins", begins),
        ("goes on", alice.seals(&bob, SECRET)),
        ("group", alice.wraps(&bob, &message)),
    ];
    (alice, bob, all)
}

#[test]
fn every_kind_opens_once_and_only_there() {
    let (alice, mut bob, all) = envelopes();
    let mut carol = device();
    for (kind, envelope) in &all {
        assert_eq!(carol.refuses(&alice, envelope), "NotForUs", "{kind}");
        assert_eq!(bob.reads(&alice, envelope), SECRET, "{kind}");
        assert_eq!(bob.refuses(&alice, envelope), "Duplicate", "{kind}");
    }
}

#[test]
fn every_changed_byte_and_every_cut_is_noticed() {
    let (alice, mut bob, all) = envelopes();
    for (kind, envelope) in &all {
        let places: Vec<usize> = (0..60)
            .chain((60..envelope.len()).step_by(7))
            .chain(envelope.len() - 20..envelope.len())
            .collect();
        for at in places {
            let mut changed = envelope.clone();
            changed[at] ^= 1 << (at % 8);
            let why = bob.refuses(&alice, &changed);
            assert!(why == "NotForUs" || why == "Malformed", "{kind}, byte {at}: {why}");
            bob.refuses(&alice, &envelope[..at]);
        }
        for size in [256, 512] {
            bob.refuses(&alice, &envelope[..size.min(envelope.len() - 1)]);
        }
        bob.refuses(&alice, &[envelope.as_slice(), &vec![0; envelope.len()]].concat());
        assert_eq!(bob.reads(&alice, envelope), SECRET, "{kind}");
    }
}

#[test]
fn neither_the_text_nor_the_sender_is_to_be_seen() {
    let (alice, bob, all) = envelopes();
    let hidden = [
        ("the text", SECRET.as_bytes().to_vec()),
        ("the sender", alice.peer.user.to_vec()),
        ("the sending device", alice.peer.entry.device.to_vec()),
        ("its Olm key", alice.peer.entry.olm.to_vec()),
        ("its sealing key", alice.peer.entry.sealing.to_vec()),
        ("the recipient", bob.peer.user.to_vec()),
        ("the recipient's device", bob.peer.entry.device.to_vec()),
        ("the group", GROUP.to_vec()),
    ];
    for (kind, envelope) in &all {
        for (what, bytes) in &hidden {
            for length in [8, bytes.len()] {
                assert!(!contains(envelope, &bytes[..length]), "{what} in {kind}");
            }
        }
    }
}

#[test]
fn sizes_say_little() {
    let (mut alice, mut bob) = (device(), device());
    alice.begins(&mut bob);
    let sizes: std::collections::BTreeSet<_> = (0..200)
        .map(|length| alice.seals(&bob, &"x".repeat(length * 50)).len())
        .collect();
    assert_eq!(
        sizes.into_iter().collect::<Vec<_>>(),
        [512, 1024, 2048, 4096, 8192, 16384]
    );
}

#[test]
fn the_longest_payload_of_every_kind_fits() {
    let (mut alice, mut bob) = (person(10), device());
    alice.list.nodes = vec!["n".repeat(512); 4];
    let signed = alice.list.sign(&alice.keys).unwrap();
    let alice = &mut alice.devices[0];
    alice.signed = signed;
    alice.begins(&mut bob);
    alice.machine.rotate(&mut alice.keep, &GROUP, NOW).unwrap();
    alice.shares(&GROUP, &mut bob);
    let longest = "x".repeat(PAYLOAD_BYTES);
    let message = alice.says(&GROUP, &longest);
    for envelope in [
        alice.first(&bob, &longest),
        alice.seals(&bob, &longest),
        alice.wraps(&bob, &message),
    ] {
        assert!(envelope.len() <= ENVELOPE_BYTES);
        assert!(bob.reads(alice, &envelope) == longest);
    }
    let longer = vec![0; PAYLOAD_BYTES + 1];
    let before = alice.keep.clone();
    for refused in [
        alice
            .machine
            .seal_first(&mut alice.keep, &bob.peer, &alice.signed, &longer)
            .unwrap_err(),
        alice.machine.seal(&mut alice.keep, &bob.peer, 1, &longer).unwrap_err(),
        alice.machine.group_seal(&mut alice.keep, &GROUP, &longer).unwrap_err(),
    ] {
        assert!(matches!(
            refused,
            E2eeError::TooLong {
                limit: PAYLOAD_BYTES,
                ..
            }
        ));
    }
    assert!(alice.keep == before);
    assert_eq!(bob.refuses(alice, &vec![1; ENVELOPE_BYTES + 1]), "TooLong");
}

#[test]
fn keys_that_are_none_are_refused() {
    let (mut alice, mut bob) = (device(), device());
    alice.begins(&mut bob);
    bob.peer.entry.sealing = [0; 32];
    let refused = alice.machine.seal(&mut alice.keep, &bob.peer, 1, b"x");
    assert_eq!(word(&refused.unwrap_err()), "Forged");
    assert_eq!(read(alice.opens(&[], &[])), "Malformed");
    assert_eq!(read(alice.opens(&[], &[0; 256])), "Malformed");
    assert_eq!(read(alice.opens(&[], &[1; 256])), "NotForUs");
    let mut low = vec![0; 256];
    low[0] = 1;
    assert_eq!(read(alice.opens(&[], &low)), "NotForUs");
}
