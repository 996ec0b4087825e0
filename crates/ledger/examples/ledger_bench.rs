//! What operations cost in a group of 500 members, beside the check of a signature in the same run.
//!
//! `cargo run --release -p coco-ledger --example ledger_bench`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::time::{Duration, Instant};

use coco_ledger::group::{
    Author, Belonging, Deed, Group, MEMBERS, Operation, Picture, Profile, Setting, SignedOperation,
};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

const OPERATIONS: u32 = 10_000;
const FORKS: u32 = 200;

fn key(number: u32) -> SigningKey {
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&number.to_be_bytes());
    SigningKey::from_bytes(&seed)
}

/// Users have one device each; its key is theirs.
fn author(number: u32) -> Author {
    let key = key(number).verifying_key().to_bytes();
    Author {
        user: key,
        device: key,
        list_version: 1,
    }
}

fn profile(number: u32) -> Profile {
    Profile {
        user: author(number).user,
        curve_key: [1; 32],
        nickname: format!("Person {number}"),
        picture: Picture::default(),
        domain: String::new(),
    }
}

fn belongs(_: &[u8; 32], _: &[u8; 32], _: u64) -> Belonging {
    Belonging::Yes
}

fn sign(operation: &Operation, number: u32) -> SignedOperation {
    let by_device = |bytes: &[u8]| key(number).sign(bytes).to_bytes();
    match &operation.deed {
        Deed::Create { .. } => operation.found(by_device, |bytes| key(u32::MAX).sign(bytes).to_bytes()),
        _ => operation.sign(by_device),
    }
    .unwrap()
}

fn report(what: &str, all: Duration, times: u32) {
    println!("{what:<58} {:>9.1} µs", all.as_secs_f64() * 1e6 / f64::from(times));
}

/// One of the things that members do every day.
fn everyday(number: u32) -> Deed {
    match number % 3 {
        0 => Deed::SetNick {
            nickname: format!("Name {number}"),
        },
        1 => Deed::SetName {
            name: format!("Group {number}"),
        },
        _ => Deed::SetProfile {
            nickname: format!("Person {number}"),
            picture: Picture::default(),
            domain: String::new(),
        },
    }
}

fn main() {
    let id = key(u32::MAX).verifying_key().to_bytes();
    let mut group = Group::new(id);
    let draft = |group: &Group, number: u32, deed: Deed| sign(&group.draft(author(number), deed, 0), number);
    let create = Deed::Create {
        name: "Everybody".to_owned(),
        founder: profile(0),
        members: Vec::new(),
    };
    for deed in [create, Deed::SetConfig(Setting::MemberLimit(MEMBERS))] {
        let operation = draft(&group, 0, deed);
        group.insert(operation, &belongs);
    }
    for first in [1, 251] {
        let last = u32::from(MEMBERS).min(first + 250);
        let members = (first..last).map(profile).collect();
        let operation = draft(&group, 0, Deed::Add { members });
        group.insert(operation, &belongs);
    }
    assert_eq!(group.state().count(), usize::from(MEMBERS));

    let mut heads = Duration::ZERO;
    for number in 0..OPERATIONS {
        let operation = draft(&group, number % u32::from(MEMBERS), everyday(number));
        let start = Instant::now();
        group.insert(operation, &belongs);
        heads += start.elapsed();
    }
    println!("{} members, {} operations\n", group.state().count(), group.count());

    let message = vec![1; 300];
    let signature = key(1).sign(&message);
    let start = Instant::now();
    for _ in 0..1_000 {
        let key = VerifyingKey::from_bytes(&author(1).device).unwrap();
        key.verify_strict(&message, &signature).unwrap();
    }
    report("a signature checked", start.elapsed(), 1_000);
    report(
        "an operation inserted that builds on all, its own included",
        heads,
        OPERATIONS,
    );

    let all: Vec<_> = group.operations_since(&[]).into_iter().cloned().collect();
    let start = Instant::now();
    let restored = Group::restore(id, all.clone());
    report("the same restored from the store", start.elapsed(), OPERATIONS);
    assert_eq!(restored.state(), group.state());

    // Two who write at the same time, then one who has heard of both.
    let (mut forks, mut merges) = (Duration::ZERO, Duration::ZERO);
    for number in 0..FORKS {
        let one = draft(&group, 1, everyday(number));
        let two = draft(&group, 2, everyday(number + 1));
        let start = Instant::now();
        group.insert(one, &belongs);
        group.insert(two, &belongs);
        forks += start.elapsed();
        let merge = draft(&group, 3, everyday(number));
        let start = Instant::now();
        group.insert(merge, &belongs);
        merges += start.elapsed();
    }
    report("one of two done at the same time", forks, 2 * FORKS);
    report("one that builds on both", merges, FORKS);

    let start = Instant::now();
    let since = group.operations_since(&[all[all.len() - 10].id()]).len();
    report(&format!("what another lacks ({since} operations)"), start.elapsed(), 1);

    // Somebody who was offline since the beginning, and did something.
    let mut early = Group::restore(id, all[..4].to_vec());
    for number in 0..10 {
        let late = draft(&early, 4, everyday(number));
        early.insert(late.clone(), &belongs);
        let start = Instant::now();
        group.insert(late, &belongs);
        if number == 0 {
            report("one as old as the group", start.elapsed(), 1);
        }
    }
    // An administrator who removes somebody as if nothing had been done since.
    let appoint = Deed::Appoint {
        members: vec![author(1).user],
    };
    let operation = draft(&early, 0, appoint);
    early.insert(operation.clone(), &belongs);
    group.insert(operation, &belongs);
    let removal = draft(
        &early,
        1,
        Deed::Remove {
            members: vec![author(2).user],
        },
    );
    let start = Instant::now();
    group.insert(removal, &belongs);
    report("a removal as old as the group", start.elapsed(), 1);
    assert_eq!(group.state().rank(&author(2).user), None);
    // And then nearly everybody, before the group hears of it.
    let mut removals = Vec::new();
    for number in 3..MEMBERS.into() {
        let members = vec![author(number).user];
        let removal = draft(&early, 1, Deed::Remove { members });
        early.insert(removal.clone(), &belongs);
        removals.push(removal);
    }
    let times = u32::try_from(removals.len()).unwrap();
    let start = Instant::now();
    group.extend(removals, &belongs);
    report("one of 497 such removals that come together", start.elapsed(), times);
    assert_eq!(group.state().count(), 2);
}
