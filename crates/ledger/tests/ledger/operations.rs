//! Operations as they travel: what is none of the group's is not kept, and what comes early waits.

use coco_ledger::group::{
    Author, Belonging, Deed, Flaw, Group, Inserted, Operation, Outcome, Refusal, SIGNED_OPERATION_BYTES,
    SignedOperation, WAITING,
};
use ed25519_dalek::Signer as _;

use crate::actors::{
    Actor, add, appoint, author, belongs, device_key, gather, group_id, group_key, named, profile, profiles, remove,
    user,
};

fn signed(operation: &Operation, person: u8) -> SignedOperation {
    operation
        .sign(|bytes| device_key(person, 0).sign(bytes).to_bytes())
        .unwrap()
}

/// A founding, signed by these keys.
fn founding(person: u8, name: &str, by_group: u8) -> SignedOperation {
    let draft = Group::new(group_id()).draft(
        author(person, 0, 1),
        Deed::Create {
            name: name.to_owned(),
            founder: profile(person),
            members: profiles(&[2]),
        },
        1,
    );
    let key = match by_group {
        0 => group_key(),
        other => device_key(other, 0),
    };
    draft
        .found(
            |bytes| device_key(person, 0).sign(bytes).to_bytes(),
            |bytes| key.sign(bytes).to_bytes(),
        )
        .unwrap()
}

#[test]
fn only_the_groups_own_key_founds_it() {
    let mut group = Group::new(group_id());
    assert_eq!(
        group.insert(founding(1, "Walkers", 1), &belongs),
        Inserted::Invalid(Flaw::Founding)
    );
    assert!(!group.state().founded);
    let first = founding(1, "Walkers", 0);
    let id = first.id();
    assert_eq!(
        group.insert(first.clone(), &belongs),
        Inserted::Applied { landed: vec![id] }
    );
    assert_eq!(group.insert(first.clone(), &belongs), Inserted::Duplicate);
    assert_eq!(group.founding(), Some(&id));
    // The founder kept the key, and founds the group once more.
    let second = founding(1, "Runners", 0);
    assert_eq!(group.insert(second.clone(), &belongs), Inserted::Invalid(Flaw::Founded));
    let mut invited = Group::joining(group_id(), id);
    assert_eq!(invited.insert(second, &belongs), Inserted::Invalid(Flaw::Founded));
    assert_eq!(invited.insert(first, &belongs), Inserted::Applied { landed: vec![id] });
    assert_eq!(invited.state(), group.state());
}

#[test]
fn a_founding_and_other_deeds_are_not_signed_as_each_other() {
    let mut owner = Actor::founder(1, &[2]);
    let no = |_: &[u8]| [0; 64];
    let other = owner.group.draft(owner.author(), named("x"), 1);
    assert_eq!(other.found(no, no), Err(Flaw::Founding));
    let mut again = owner.group.draft(
        owner.author(),
        Deed::Create {
            name: "x".to_owned(),
            founder: profile(1),
            members: Vec::new(),
        },
        1,
    );
    assert_eq!(again.sign(no), Err(Flaw::Founding));
    assert_eq!(again.found(no, no), Err(Flaw::Parents));
    again.parents.clear();
    assert_eq!(again.found(no, no), Err(Flaw::Depth));
    again.depth = 0;
    again.author.user = user(2);
    assert_eq!(again.found(no, no), Err(Flaw::Content(Refusal::NotOwner)));
    owner.does(named("y"));
}

#[test]
fn forgeries_are_not_kept() {
    let owner = Actor::founder(1, &[2]);
    let draft = |person: u8| owner.group.draft(author(person, 0, 1), named("Mine"), 1);
    let mut flawed: Vec<(SignedOperation, Inserted)> = Vec::new();
    flawed.push((signed(&draft(1), 2), Inserted::Invalid(Flaw::Signature)));
    let mut other_group = draft(1);
    other_group.group = [1; 32];
    flawed.push((signed(&other_group, 1), Inserted::Invalid(Flaw::OtherGroup)));
    let mut deep = draft(1);
    deep.depth = 7;
    flawed.push((signed(&deep, 1), Inserted::Invalid(Flaw::Depth)));
    // Person 1 says to be person 2, by a device of person 1.
    let mut claimed = draft(1);
    claimed.author.user = user(2);
    flawed.push((signed(&claimed, 1), Inserted::Invalid(Flaw::Device)));
    flawed.push((signed(&draft(3), 3), Inserted::Invalid(Flaw::Stranger)));
    let mut unknown = draft(1);
    unknown.author.list_version = 100;
    flawed.push((signed(&unknown, 1), Inserted::UnknownDevice(unknown.author)));
    for (operation, expected) in flawed {
        let mut replica = owner.beside(2, 0);
        assert_eq!(replica.group.insert(operation, &belongs), expected);
        assert_eq!(replica.group.count(), 1);
        assert_eq!(replica.group.state(), owner.group.state());
    }
    let no = |_: &[u8]| [0; 64];
    let mut many = draft(1);
    many.parents = (0..9).map(|number| [number; 32]).collect();
    assert_eq!(many.sign(no), Err(Flaw::Parents));
    many.parents = vec![[2; 32], [1; 32]];
    assert_eq!(many.sign(no), Err(Flaw::Parents));
    many.parents = vec![[1; 32], [1; 32]];
    assert_eq!(many.sign(no), Err(Flaw::Parents));
}

#[test]
fn who_was_only_added_elsewhere_is_a_stranger_there() {
    let mut owner = Actor::founder(1, &[2]);
    let mut second = owner.beside(2, 0);
    second.does(named("Runners"));
    // Person 3 is brought in, but builds on what does not know that.
    owner.does(add(&[3]));
    let mut third = second.beside(3, 0);
    let stray = third.signs(named("Mine"));
    gather(&mut [&mut owner, &mut second]);
    for actor in [&mut owner, &mut second] {
        assert_eq!(
            actor.group.insert(stray.clone(), &belongs),
            Inserted::Invalid(Flaw::Stranger)
        );
    }
    // The second builds on both; whoever builds on that is known.
    second.does(named("Both"));
    let mut third = second.beside(3, 0);
    third.succeeds(named("Mine"));
}

#[test]
fn bytes_come_back_and_spoiled_ones_do_not() {
    let mut owner = Actor::founder(1, &[2]);
    let operation = owner.signs(named("Runners"));
    let bytes = operation.to_bytes().unwrap();
    assert_eq!(SignedOperation::from_bytes(&bytes).unwrap(), operation);
    for length in 0..bytes.len() {
        assert_eq!(SignedOperation::from_bytes(&bytes[..length]), Err(Flaw::Malformed));
    }
    let too_many = vec![0; SIGNED_OPERATION_BYTES + 1];
    assert_eq!(SignedOperation::from_bytes(&too_many), Err(Flaw::TooLarge));
    for place in 0..bytes.len() {
        let mut spoiled = bytes.clone();
        spoiled[place] ^= 1;
        let Ok(spoiled) = SignedOperation::from_bytes(&spoiled) else {
            continue;
        };
        let inserted = owner.group.insert(spoiled, &belongs);
        assert!(!matches!(inserted, Inserted::Applied { .. }), "byte {place}");
    }
    assert_eq!(owner.group.count(), 1);
}

#[test]
fn an_operation_has_at_most_64_kib() {
    let owner = Actor::founder(1, &[]);
    let members = (0_u32..400)
        .map(|number| {
            let mut one = profile(9);
            one.user[..4].copy_from_slice(&number.to_be_bytes());
            one.picture.url = "u".repeat(200);
            one
        })
        .collect();
    let draft = owner.group.draft(owner.author(), Deed::Add { members }, 1);
    assert_eq!(draft.sign(|_| [0; 64]), Err(Flaw::TooLarge));
}

#[test]
fn what_comes_early_waits_and_then_lands_with_the_others() {
    let mut owner = Actor::founder(1, &[2]);
    let first = owner.does(named("1"));
    let second = owner.does(named("2"));
    let third = owner.does(named("3"));
    let all: Vec<SignedOperation> = owner.group.operations_since(&[]).into_iter().cloned().collect();
    let mut group = Group::new(group_id());
    let waits = |missing| Inserted::Waiting { missing: vec![missing] };
    assert_eq!(group.insert(all[3].clone(), &belongs), waits(second));
    assert_eq!(group.insert(all[3].clone(), &belongs), Inserted::Duplicate);
    assert_eq!(group.insert(all[2].clone(), &belongs), waits(first));
    assert_eq!(group.missing(), [first]);
    assert_eq!(
        group.insert(all[0].clone(), &belongs),
        Inserted::Applied {
            landed: vec![all[0].id()]
        }
    );
    assert_eq!(group.count(), 1);
    assert_eq!(group.outcome(&third), None);
    assert_eq!(
        group.insert(all[1].clone(), &belongs),
        Inserted::Applied {
            landed: vec![first, second, third]
        }
    );
    assert_eq!(group.missing(), [[0; 32]; 0]);
    assert_eq!(group.state(), owner.group.state());
    assert_eq!(group.get(&third), Some(&all[3]));
    assert_eq!(group.outcome(&third), Some(&Outcome::Effective));
}

#[test]
fn whoever_floods_the_waiting_loses_their_own() {
    let mut owner = Actor::founder(1, &[2]);
    let missing = owner.does(named("missing"));
    let waiting = owner.signs(named("waiting"));
    let mut group = Group::new(group_id());
    assert!(matches!(
        group.insert(waiting.clone(), &belongs),
        Inserted::Waiting { .. }
    ));
    let flood = |number: u32| {
        let author = author(3, 0, 1);
        let mut parent = [7; 32];
        parent[..4].copy_from_slice(&number.to_be_bytes());
        let operation = Operation {
            group: group_id(),
            author,
            parents: vec![parent],
            depth: 5,
            time: 0,
            deed: Deed::Quit,
        };
        signed(&operation, 3)
    };
    let operations = (0..u32::try_from(WAITING).unwrap() + 50).map(flood);
    group.extend(operations, &belongs);
    assert_eq!(group.missing().len(), WAITING);
    assert!(group.missing().contains(&missing));
    let all: Vec<_> = owner.group.operations_since(&[]).into_iter().cloned().collect();
    group.extend(all, &belongs);
    assert_eq!(group.outcome(&waiting.id()), Some(&Outcome::Effective));
}

#[test]
fn a_group_is_restored_from_what_was_kept() {
    let mut owner = Actor::founder(1, &[2, 3]);
    owner.does(appoint(&[2]));
    let mut second = owner.beside(2, 0);
    second.does(remove(&[3]));
    owner.does(named("Runners"));
    owner.hears(&second);
    let mut kept: Vec<_> = owner.group.operations_since(&[]).into_iter().cloned().collect();
    kept.reverse();
    let restored = Group::restore(group_id(), kept);
    assert_eq!(restored.state(), owner.group.state());
    assert_eq!(restored.heads(), owner.group.heads());
    let none: Vec<&SignedOperation> = Vec::new();
    assert_eq!(restored.operations_since(&owner.group.heads()), none);
    assert_eq!(restored.operations_since(&[[5; 32]]).len(), 4);
}

#[test]
fn a_list_that_comes_later_lets_the_device_in() {
    let owner = Actor::founder(1, &[2]);
    let mut second = owner.beside(2, 0);
    let operation = second.signs(named("Runners"));
    let mut group = Group::new(group_id());
    let unknown = |user: &[u8; 32], device: &[u8; 32], version: u64| match user[0] {
        2 => Belonging::Unknown,
        _ => belongs(user, device, version),
    };
    let all: Vec<_> = owner.group.operations_since(&[]).into_iter().cloned().collect();
    group.extend(all, &unknown);
    let who: Author = author(2, 0, 1);
    assert_eq!(group.insert(operation.clone(), &unknown), Inserted::UnknownDevice(who));
    assert!(matches!(group.insert(operation, &belongs), Inserted::Applied { .. }));
}
