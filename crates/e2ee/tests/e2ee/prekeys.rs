use std::collections::BTreeSet;

use coco_e2ee::{BUNDLE_BYTES, ONE_TIME_KEYS, PREKEY_BYTES, Prekey, PrekeyBundle, PrekeyKind};

use crate::actors::*;

#[test]
fn a_bundle_is_full_and_comes_again_until_it_is_published() {
    let mut alice = device();
    let bundle = alice.machine.prekeys(&mut alice.keep, 0, NOW).unwrap().unwrap();
    assert_eq!(bundle.one_time.len(), ONE_TIME_KEYS);
    bundle.verify(&alice.peer.entry).unwrap();
    let bytes = bundle.to_bytes().unwrap();
    assert!(bytes.len() <= BUNDLE_BYTES);
    assert_eq!(PrekeyBundle::from_bytes(&bytes).unwrap(), bundle);
    assert_eq!(alice.machine.prekeys(&mut alice.keep, 0, NOW).unwrap().unwrap(), bundle);
    alice.machine.prekeys_published(&mut alice.keep).unwrap();
    assert_eq!(
        alice.machine.prekeys(&mut alice.keep, ONE_TIME_KEYS, NOW).unwrap(),
        None
    );
    assert_eq!(
        alice.machine.prekeys(&mut alice.keep, ONE_TIME_KEYS / 2, NOW).unwrap(),
        None
    );
    let more = alice
        .machine
        .prekeys(&mut alice.keep, ONE_TIME_KEYS / 2 - 1, NOW)
        .unwrap()
        .unwrap();
    assert_eq!(more.one_time.len(), ONE_TIME_KEYS / 2 + 1);
    assert_eq!(more.fallback, bundle.fallback);
    let all: BTreeSet<_> = bundle
        .one_time
        .iter()
        .chain(&more.one_time)
        .map(|key| key.to_bytes().unwrap())
        .collect();
    assert_eq!(all.len(), ONE_TIME_KEYS + more.one_time.len());
    assert!(
        all.iter()
            .all(|key| key.len() <= PREKEY_BYTES && Prekey::from_bytes(key).is_ok())
    );
}

#[test]
fn the_fallback_key_changes_weekly_and_the_last_one_still_serves() {
    let (mut alice, mut bob) = (device(), device());
    let first = alice.machine.fallback(&mut alice.keep, NOW).unwrap();
    assert_eq!(first.kind(), PrekeyKind::Fallback);
    assert_eq!(
        alice.machine.fallback(&mut alice.keep, NOW + 7 * DAY - 1).unwrap(),
        first
    );
    bob.machine.begin(&mut bob.keep, &alice.peer, &first).unwrap();
    let envelope = bob.seals(&alice, "late");
    let second = alice.machine.fallback(&mut alice.keep, NOW + 7 * DAY).unwrap();
    assert_ne!(second, first);
    assert_eq!(alice.reads(&bob, &envelope), "late");
    // What changed is to be published.
    assert_eq!(
        alice
            .machine
            .prekeys(&mut alice.keep, 50, NOW + 7 * DAY)
            .unwrap()
            .unwrap()
            .fallback,
        second
    );
}

#[test]
fn a_one_time_key_serves_once() {
    let (mut alice, mut bob, mut carol) = (device(), device(), device());
    let bundle = alice.machine.prekeys(&mut alice.keep, 0, NOW).unwrap().unwrap();
    for other in [&mut bob, &mut carol] {
        other
            .machine
            .begin(&mut other.keep, &alice.peer, &bundle.one_time[0])
            .unwrap();
    }
    let (his, hers) = (bob.seals(&alice, "his"), carol.seals(&alice, "hers"));
    assert_eq!(alice.reads(&bob, &his), "his");
    assert_eq!(alice.refuses(&carol, &hers), "Undecryptable");
    carol.begins_by_fallback(&mut alice);
    let hers = carol.seals(&alice, "hers");
    assert_eq!(alice.reads(&carol, &hers), "hers");
}

#[test]
fn forged_bundles_are_refused() {
    let (mut alice, mut mallory) = (device(), device());
    let good = alice.machine.prekeys(&mut alice.keep, 0, NOW).unwrap().unwrap();
    let his = mallory.machine.prekeys(&mut mallory.keep, 0, NOW).unwrap().unwrap();
    let refused = |change: &dyn Fn(&mut PrekeyBundle)| {
        let mut bundle = good.clone();
        change(&mut bundle);
        word(&bundle.verify(&alice.peer.entry).unwrap_err())
    };
    assert_eq!(
        refused(&|bundle| bundle.one_time[3] = his.one_time[0].clone()),
        "Forged"
    );
    assert_eq!(refused(&|bundle| bundle.fallback = his.fallback.clone()), "Forged");
    assert_eq!(
        refused(&|bundle| bundle.fallback = bundle.one_time[0].clone()),
        "Forged"
    );
    assert_eq!(
        refused(&|bundle| bundle.one_time[1] = bundle.one_time[0].clone()),
        "Forged"
    );
    assert_eq!(
        refused(&|bundle| bundle.one_time[1] = bundle.fallback.clone()),
        "Forged"
    );
    assert_eq!(
        refused(&|bundle| bundle.one_time.push(bundle.one_time[0].clone())),
        "TooMany"
    );
    let mut entry = alice.peer.entry.clone();
    entry.olm = mallory.peer.entry.olm;
    assert_eq!(word(&good.verify(&entry).unwrap_err()), "Forged");

    let bytes = good.one_time[0].to_bytes().unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let verified = Prekey::from_bytes(&changed).and_then(|prekey| prekey.verify(&alice.peer.entry));
        assert!(verified.is_err(), "byte {at}");
        assert!(Prekey::from_bytes(&bytes[..at]).is_err());
    }
    assert!(
        mallory
            .machine
            .begin(&mut mallory.keep, &mallory.peer.clone(), &good.one_time[0])
            .is_err()
    );
}
