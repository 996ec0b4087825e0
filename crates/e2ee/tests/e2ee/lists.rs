use coco_e2ee::{DEVICES, DeviceList, E2eeError, NODES, SIGNED_LIST_BYTES, SignedDeviceList, TICKET_BYTES};

use crate::actors::*;

/// Why a list cannot be signed.
fn refused(person: &Person, change: impl FnOnce(&mut DeviceList)) -> String {
    let mut list = person.list.clone();
    change(&mut list);
    word(&list.sign(&person.keys).unwrap_err())
}

#[test]
fn a_full_list_survives() {
    let mut person = person(DEVICES);
    person.list.nodes = vec!["n".repeat(TICKET_BYTES); NODES];
    let signed = person.list.sign(&person.keys).unwrap();
    let bytes = signed.to_bytes().unwrap();
    assert!(bytes.len() <= SIGNED_LIST_BYTES, "{}", bytes.len());
    let read = SignedDeviceList::from_bytes(&bytes).unwrap();
    assert_eq!(read, signed);
    assert_eq!(read.open().unwrap(), person.list);
    assert_eq!(person.list.peers().count(), DEVICES);
    assert_eq!(person.list.curve, person.keys.curve_key());
}

#[test]
fn limits_are_held() {
    let one = person(1);
    let eleven: Vec<_> = (0..=DEVICES).map(|_| one.list.devices[0].clone()).collect();
    assert_eq!(refused(&one, |list| list.devices = eleven), "TooMany");
    assert_eq!(
        refused(&one, |list| list.nodes = vec![String::new(); NODES + 1]),
        "TooMany"
    );
    assert_eq!(
        refused(&one, |list| list.nodes = vec!["n".repeat(TICKET_BYTES + 1)]),
        "TooLong"
    );
    assert_eq!(refused(&one, |list| list.version = 0), "Malformed");
    assert_eq!(
        refused(&one, |list| list.devices.push(list.devices[0].clone())),
        "Forged"
    );
    assert_eq!(
        refused(&one, |list| list.devices =
            vec![one.devices[0].machine.entry(&"m".repeat(65), true, 0)]),
        "TooLong"
    );
    let two = person(2);
    assert_eq!(refused(&two, |list| list.devices[1].primary = true), "Forged");
    let long = vec![0; SIGNED_LIST_BYTES + 1];
    assert!(matches!(
        SignedDeviceList::from_bytes(&long),
        Err(E2eeError::TooLong { .. })
    ));
}

#[test]
fn nobody_lists_what_is_not_his() {
    let (alice, bob) = (person(1), person(1));
    // Bob's device, with the proof that it is Bob's.
    assert_eq!(
        refused(&alice, |list| list.devices.push(bob.list.devices[0].clone())),
        "Forged"
    );
    assert_eq!(refused(&alice, |list| list.curve = bob.list.curve), "Forged");
    assert_eq!(word(&alice.list.sign(&bob.keys).unwrap_err()), "Forged");
    assert_eq!(
        refused(&alice, |list| list.devices[0].olm = bob.list.devices[0].olm),
        "Forged"
    );
    assert_eq!(
        refused(&alice, |list| list.devices[0].sealing = bob.list.devices[0].sealing),
        "Forged"
    );
    assert_eq!(refused(&alice, |list| list.devices[0].machine.push('x')), "Forged");
}

#[test]
fn every_changed_byte_and_every_cut_is_noticed() {
    let person = person(2);
    let bytes = person.signed.to_bytes().unwrap();
    let opens = |bytes: &[u8]| {
        SignedDeviceList::from_bytes(bytes)
            .and_then(|signed| signed.open())
            .is_ok()
    };
    assert!(opens(&bytes));
    for at in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= bit;
            assert!(!opens(&changed), "bit {bit} of byte {at}");
        }
        assert!(!opens(&bytes[..at]), "cut at {at}");
    }
    assert!(!opens(&[&bytes[..], &[0]].concat()));
}

#[test]
fn only_a_newer_list_of_the_same_user_takes_the_place() {
    let (alice, bob) = (person(1), person(1));
    let mut newer = alice.list.clone();
    newer.version = 2;
    assert!(newer.supersedes(&alice.list).is_ok());
    for (list, known) in [(&alice.list, &newer), (&newer, &newer)] {
        match list.supersedes(known) {
            Err(E2eeError::Older { known: 2, offered }) => assert_eq!(offered, list.version),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(word(&newer.supersedes(&bob.list).unwrap_err()), "Forged");
    let mut other = newer.clone();
    other.curve = bob.list.curve;
    assert_eq!(word(&other.supersedes(&alice.list).unwrap_err()), "Forged");
}
