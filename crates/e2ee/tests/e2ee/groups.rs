use coco_e2ee::{Content, E2eeError, GroupKey, GroupMessage, ROTATION_AGE, ROTATION_MESSAGES};

use crate::actors::*;

const GROUP: [u8; 32] = [7; 32];

/// One who writes and others who have sessions with him and the group's key.
fn group(members: usize) -> (Device, Vec<Device>) {
    let mut alice = device();
    alice.machine.rotate(&mut alice.keep, &GROUP, NOW).unwrap();
    let mut others: Vec<_> = (0..members).map(|_| device()).collect();
    for other in &mut others {
        alice.begins(other);
        alice.shares(&GROUP, other);
    }
    (alice, others)
}

#[test]
fn three_read_what_was_encrypted_once() {
    let (mut alice, mut others) = group(3);
    for number in 0..5 {
        let message = alice.says(&GROUP, &format!("{number}"));
        let message = GroupMessage::from_bytes(&message.to_bytes()).unwrap();
        for other in &mut others {
            let envelope = alice.wraps(other, &message);
            let opened = other.opens(&[&alice.peer], &envelope).unwrap();
            match opened.content {
                Content::Group {
                    group, index, payload, ..
                } => assert_eq!(
                    (group, index, payload),
                    (GROUP, number, number.to_string().into_bytes())
                ),
                other => panic!("{other:?}"),
            }
            assert_eq!(other.refuses(&alice, &envelope), "Duplicate");
            // Wrapped once more it is the same message.
            let again = alice.wraps(other, &message);
            assert_eq!(other.refuses(&alice, &again), "Duplicate");
        }
    }
}

#[test]
fn without_the_key_the_message_waits() {
    let (mut alice, mut others) = group(1);
    let mut carol = device();
    alice.begins(&mut carol);
    let key = alice.machine.group_key(&alice.keep, &GROUP).unwrap();
    let message = alice.says(&GROUP, "hello");
    let envelope = alice.wraps(&carol, &message);
    let before = carol.keep.clone();
    match carol.opens(&[&alice.peer], &envelope) {
        Err(E2eeError::MissingGroupKey(missing)) => {
            assert_eq!(
                (missing.user, missing.device, missing.group),
                (alice.peer.user, alice.peer.entry.device, GROUP)
            );
            assert_eq!(missing.session, message.to_bytes()[32..64]);
        }
        other => panic!("{other:?}"),
    }
    assert!(carol.keep == before);
    carol
        .machine
        .accept_group_key(&mut carol.keep, &alice.peer.entry.device, &key)
        .unwrap();
    assert_eq!(carol.reads(&alice, &envelope), "hello");
    let envelope = alice.wraps(&others[0], &message);
    assert_eq!(others[0].reads(&alice, &envelope), "hello");
}

#[test]
fn a_new_member_does_not_read_what_was_before() {
    let (mut alice, _) = group(1);
    let mut carol = device();
    alice.begins(&mut carol);
    let before = alice.says(&GROUP, "before");
    alice.shares(&GROUP, &mut carol);
    let after = alice.says(&GROUP, "after");
    let (before, after) = (alice.wraps(&carol, &before), alice.wraps(&carol, &after));
    assert_eq!(carol.refuses(&alice, &before), "BeforeKey");
    assert_eq!(carol.reads(&alice, &after), "after");
}

#[test]
fn a_removed_member_does_not_read_what_comes_after() {
    let (mut alice, mut others) = group(2);
    let message = alice.says(&GROUP, "all");
    let session = message.to_bytes()[32..64].to_vec();
    for other in &mut others {
        let envelope = alice.wraps(other, &message);
        assert_eq!(other.reads(&alice, &envelope), "all");
    }
    let mut gone = others.pop().unwrap();
    alice.machine.rotate(&mut alice.keep, &GROUP, NOW).unwrap();
    assert!(alice.machine.shared_with(&alice.keep, &GROUP).unwrap().is_empty());
    alice.shares(&GROUP, &mut others[0]);
    let message = alice.says(&GROUP, "few");
    let envelope = alice.wraps(&others[0], &message);
    assert_eq!(others[0].reads(&alice, &envelope), "few");
    // Even if he gets hold of it.
    let envelope = alice.wraps(&gone, &message);
    assert_eq!(gone.refuses(&alice, &envelope), "MissingGroupKey");
    // Nor by calling it a message of the session that he has the key of.
    let mut bytes = alice.says(&GROUP, "more").to_bytes();
    bytes[32..64].copy_from_slice(&session);
    let renamed = alice.wraps(&gone, &GroupMessage::from_bytes(&bytes).unwrap());
    assert_eq!(gone.refuses(&alice, &renamed), "Forged");
}

#[test]
fn rotation_is_due_after_100_messages_or_a_week_or_a_forgotten_device() {
    let (mut alice, others) = group(2);
    let due = |alice: &Device, now| alice.machine.needs_rotation(&alice.keep, &GROUP, now).unwrap();
    assert!(alice.machine.needs_rotation(&alice.keep, &[8; 32], NOW).unwrap());
    assert!(!due(&alice, NOW) && !due(&alice, NOW + ROTATION_AGE - 1));
    assert!(due(&alice, NOW + ROTATION_AGE) && due(&alice, NOW - ROTATION_AGE));
    for _ in 0..ROTATION_MESSAGES {
        assert!(!due(&alice, NOW));
        alice.says(&GROUP, "x");
    }
    assert!(due(&alice, NOW));
    alice.machine.rotate(&mut alice.keep, &GROUP, NOW).unwrap();
    assert!(!due(&alice, NOW));
    alice
        .machine
        .forget_device(&mut alice.keep, &others[0].peer.entry.device)
        .unwrap();
    assert!(!due(&alice, NOW), "the device did not have the new key");
    let device = others[1].peer.entry.device;
    alice.machine.mark_shared(&mut alice.keep, &GROUP, &[device]).unwrap();
    alice.machine.forget_device(&mut alice.keep, &device).unwrap();
    assert!(due(&alice, NOW));
    alice.machine.drop_group(&mut alice.keep, &GROUP).unwrap();
    assert!(matches!(
        alice.machine.group_key(&alice.keep, &GROUP),
        Err(E2eeError::NoGroupSession(GROUP))
    ));
    assert!(alice.machine.group_seal(&mut alice.keep, &GROUP, b"x").is_err());
}

#[test]
fn another_member_cannot_send_it_on_as_hers() {
    let (mut alice, mut others) = group(2);
    let message = alice.says(&GROUP, "hers");
    let mut mallory = others.pop().unwrap();
    let mut bob = others.pop().unwrap();
    // He has the message, and a session with Bob; what he wraps is signed by him and of no session of his.
    let envelope = mallory.wraps(&bob, &message);
    assert_eq!(bob.refuses(&mallory, &envelope), "MissingGroupKey");
    let key = alice.machine.group_key(&alice.keep, &GROUP).unwrap();
    bob.machine
        .accept_group_key(&mut bob.keep, &mallory.peer.entry.device, &key)
        .unwrap();
    let later = alice.says(&GROUP, "later");
    let envelope = mallory.wraps(&bob, &later);
    // Who says that her session is his own makes her words his own; they never count as hers.
    assert_eq!(bob.opens(&[&mallory.peer], &envelope).unwrap().user, mallory.peer.user);
    let hers = alice.wraps(&bob, &later);
    assert_eq!(bob.opens(&[&alice.peer], &hers).unwrap().user, alice.peer.user);
}

#[test]
fn keys_are_bounded_and_old_sessions_go() {
    let (mut alice, mut others) = group(1);
    let bob = &mut others[0];
    let mut envelopes = Vec::new();
    for number in 0..6 {
        alice.machine.rotate(&mut alice.keep, &GROUP, NOW).unwrap();
        alice.shares(&GROUP, bob);
        let message = alice.says(&GROUP, &number.to_string());
        envelopes.push(alice.wraps(bob, &message));
    }
    for envelope in &envelopes[..2] {
        assert_eq!(bob.refuses(&alice, envelope), "MissingGroupKey");
    }
    for (number, envelope) in envelopes.iter().enumerate().skip(2).rev() {
        assert_eq!(bob.reads(&alice, envelope), number.to_string());
    }
    let device = alice.peer.entry.device;
    let key = alice.machine.group_key(&alice.keep, &GROUP).unwrap().to_bytes();
    let mut refused = None;
    for number in 0..1_100_u32 {
        let mut bytes = key.to_vec();
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        let key = GroupKey::from_bytes(&bytes).unwrap();
        if bob.machine.accept_group_key(&mut bob.keep, &device, &key).is_err() {
            refused = refused.or(Some(number));
        }
    }
    assert_eq!(refused, Some(1_023));
    bob.machine.forget_device(&mut bob.keep, &device).unwrap();
    assert!(
        bob.machine
            .accept_group_key(&mut bob.keep, &device, &GroupKey::from_bytes(&key).unwrap())
            .is_ok()
    );
}

#[test]
fn a_later_key_of_the_same_session_takes_nothing_away() {
    let (mut alice, mut others) = group(1);
    let bob = &mut others[0];
    let early = alice.says(&GROUP, "early");
    alice.shares(&GROUP, bob);
    let late = alice.says(&GROUP, "late");
    for (message, text) in [(late, "late"), (early, "early")] {
        let envelope = alice.wraps(bob, &message);
        assert_eq!(bob.reads(&alice, &envelope), text);
        alice.shares(&GROUP, bob);
        let again = alice.wraps(bob, &message);
        assert_eq!(bob.refuses(&alice, &again), "Duplicate");
    }
}

#[test]
fn who_leaves_forgets() {
    let (mut alice, mut others) = group(1);
    let bob = &mut others[0];
    bob.machine.rotate(&mut bob.keep, &GROUP, NOW).unwrap();
    let message = alice.says(&GROUP, "x");
    let envelope = alice.wraps(bob, &message);
    bob.machine
        .leave_group(&mut bob.keep, &GROUP, &[alice.peer.entry.device])
        .unwrap();
    assert_eq!(bob.refuses(&alice, &envelope), "MissingGroupKey");
    assert!(bob.machine.group_key(&bob.keep, &GROUP).is_err());
}

#[test]
fn keys_are_not_printed() {
    let (alice, _) = group(0);
    let key = alice.machine.group_key(&alice.keep, &GROUP).unwrap();
    let group = "07".repeat(32);
    assert_eq!(format!("{key:?}"), format!("GroupKey {{ group: \"{group}\", .. }}"));
    let text = format!("{:?}", alice.machine);
    let address = text
        .strip_prefix("Machine { device: \"")
        .unwrap()
        .strip_suffix("\", .. }")
        .unwrap();
    assert_eq!(coco_keys::user_address_bytes(address), Some(alice.machine.device()));
    for bytes in [&key.to_bytes()[..40], &[][..], &[0; 600][..]] {
        assert!(GroupKey::from_bytes(bytes).is_err());
    }
    for at in 32..key.to_bytes().len() {
        let mut bytes = key.to_bytes();
        bytes[at] ^= 1;
        assert!(GroupKey::from_bytes(&bytes).is_err(), "{at}");
    }
}
