#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use coco_keys::{DeviceKey, Identity, UserKeys};

use super::*;
use crate::{Content, DeviceList, GroupKey, MemoryKeep, Opened, Peer, outer};

struct Device {
    keep: MemoryKeep,
    machine: Machine,
    peer: Peer,
    signed: SignedDeviceList,
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
        devices: vec![machine.entry("m", true, 0)],
        nodes: Vec::new(),
    };
    Device {
        keep,
        peer: list.peer(&machine.device()).unwrap(),
        signed: list.sign(&keys).unwrap(),
        machine,
    }
}

/// Opens a content as if the peer had sealed it; what is refused must change nothing.
fn open(to: &mut Device, from: &Peer, content: &[u8]) -> Result<Opened, E2eeError> {
    let envelope = outer::seal(&to.peer.entry.device, &to.peer.entry.sealing, content).unwrap();
    let before = to.keep.clone();
    let opened = to.machine.open(&mut to.keep, &envelope, |_| Ok(Some(from.clone())));
    assert!(opened.is_ok() || to.keep == before);
    opened
}

/// The content of an envelope.
fn content(to: &Device, envelope: &[u8]) -> Vec<u8> {
    outer::open(&to.peer.entry.device, &to.machine.sealing, envelope)
        .unwrap()
        .to_vec()
}

/// Two devices, and the contents of envelopes of each kind from the first to the second.
fn contents() -> (Device, Device, Vec<Vec<u8>>) {
    let (mut alice, mut bob) = (device(), device());
    let group = [5; 32];
    let prekey = bob.machine.fallback(&mut bob.keep, 0).unwrap();
    alice.machine.begin(&mut alice.keep, &bob.peer, &prekey).unwrap();
    alice.machine.rotate(&mut alice.keep, &group, 0).unwrap();
    let key = alice.machine.group_key(&alice.keep, &group).unwrap().to_bytes();
    let key = GroupKey::from_bytes(&key).unwrap();
    bob.machine
        .accept_group_key(&mut bob.keep, &alice.peer.entry.device, &key)
        .unwrap();
    let message = alice.machine.group_seal(&mut alice.keep, &group, b"text").unwrap();
    let own = alice.signed.clone();
    let envelopes = [
        alice
            .machine
            .seal_first(&mut alice.keep, &bob.peer, &own, b"text")
            .unwrap(),
        alice.machine.seal(&mut alice.keep, &bob.peer, 1, b"text").unwrap(),
        alice
            .machine
            .wrap_group(&mut alice.keep, &bob.peer, 1, &message)
            .unwrap(),
    ];
    let contents = envelopes.iter().map(|envelope| content(&bob, envelope)).collect();
    (alice, bob, contents)
}

#[test]
fn no_byte_of_the_inside_can_be_changed_by_who_seals_it_again() {
    let (alice, mut bob, contents) = contents();
    for (kind, content) in contents.iter().enumerate() {
        for at in 0..content.len() {
            let mut changed = content.clone();
            changed[at] ^= 1;
            assert!(open(&mut bob, &alice.peer, &changed).is_err(), "kind {kind}, byte {at}");
            assert!(
                open(&mut bob, &alice.peer, &content[..at]).is_err(),
                "kind {kind}, cut at {at}"
            );
        }
        assert!(open(&mut bob, &alice.peer, content).is_ok(), "kind {kind}");
    }
}

#[test]
fn nobody_can_send_it_on_to_another() {
    let (alice, _, contents) = contents();
    let mut carol = device();
    for content in &contents {
        let (Head { kind, .. }, _) = Head::read(content).unwrap();
        let error = open(&mut carol, &alice.peer, content).unwrap_err();
        match kind {
            Kind::Olm { .. } => assert!(matches!(error, E2eeError::Undecryptable { .. })),
            _ => assert!(matches!(error, E2eeError::Forged(_)), "{error:?}"),
        }
    }
}

#[test]
fn a_first_contact_is_of_a_device_in_its_list() {
    let (mut alice, mut bob, mallory) = (device(), device(), device());
    let header = |user, list_version| Header {
        user,
        device: mallory.machine.device(),
        counter: 1,
        list_version,
    };
    let to = (&bob.peer.user.clone(), &bob.peer.entry.device.clone());
    let signed_by_mallory = |header: Header, list: &SignedDeviceList| {
        let signature = mallory
            .machine
            .key
            .sign(&header.first(to, list, b"x").unwrap().message());
        let list = list.clone();
        Head {
            header,
            kind: Kind::First { list, signature },
        }
        .with(b"x")
        .unwrap()
    };
    for (header, list) in [
        (header(alice.peer.user, 1), &alice.signed),
        (header(alice.peer.user, 1), &mallory.signed),
        (header(mallory.peer.user, 2), &mallory.signed),
    ] {
        let content = signed_by_mallory(header, list);
        assert!(matches!(
            open(&mut bob, &alice.peer, &content),
            Err(E2eeError::Forged(_))
        ));
    }
    let content = signed_by_mallory(header(mallory.peer.user, 1), &mallory.signed);
    let opened = open(&mut bob, &alice.peer, &content).unwrap();
    assert!(matches!(opened.content, Content::First { .. }));
    assert_eq!(opened.user, mallory.peer.user);
    // One's own device is nobody who writes.
    let own = alice.signed.clone();
    let envelope = alice
        .machine
        .seal_first(&mut alice.keep, &alice.peer, &own, b"x")
        .unwrap();
    let opened = alice.machine.open(&mut alice.keep, &envelope, |_| Ok(None));
    assert!(matches!(opened, Err(E2eeError::Malformed(_))));
}
