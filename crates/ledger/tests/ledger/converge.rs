//! Groups of people who do anything at any time and hear of each other in any order: all see the same in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug, Formatter};

use coco_ledger::OperationId;
use coco_ledger::group::{Deed, Group, Inserted, Operation, Outcome, Refusal, Setting, SignedOperation};
use proptest::prelude::*;

use crate::actors::{
    Actor, add, appoint, belongs, device_key, dismiss, gather, group_id, named, profile, remove, transfer, user,
};

/// Something that somebody may try.
pub(crate) fn deed() -> impl Strategy<Value = Deed> {
    let people = || proptest::collection::btree_set(1_u8..=6, 1..3).prop_map(|people| people.into_iter().collect());
    let people = move || people().prop_map(|people: Vec<u8>| people);
    let setting = prop_oneof![
        any::<bool>().prop_map(Setting::JoiningRestricted),
        any::<bool>().prop_map(Setting::RenameRestricted),
        any::<bool>().prop_map(Setting::Approval),
        (2_u16..8).prop_map(Setting::MemberLimit),
    ];
    prop_oneof![
        4 => people().prop_map(|people| add(&people)),
        1 => (1_u8..=6).prop_map(|person| Deed::Admit { member: profile(person) }),
        4 => people().prop_map(|people| remove(&people)),
        1 => Just(Deed::Quit),
        1 => prop_oneof![9 => Just(Deed::Quit), 1 => Just(Deed::Dissolve)],
        3 => "[a-z]{1,3}".prop_map(|name| named(&name)),
        2 => setting.prop_map(Deed::SetConfig),
        3 => people().prop_map(|people| appoint(&people)),
        1 => people().prop_map(|people| dismiss(&people)),
        1 => (1_u8..=6).prop_map(transfer),
    ]
}

#[derive(Clone)]
enum Step {
    /// A device does something.
    Do(usize, Deed),
    /// A device revokes another of its user.
    Revoke(usize),
    /// A device hears some of what another knows.
    Hear(usize, usize, usize),
    /// A device gets all that another knows, in another order, some of it twice, and loses some.
    Flood(usize, usize, u64),
}

impl Debug for Step {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Do(actor, deed) => write!(formatter, "{actor} does {}", brief(deed)),
            Self::Revoke(actor) => write!(formatter, "{actor} revokes"),
            Self::Hear(hearer, speaker, some) => write!(formatter, "{hearer} hears {some} of {speaker}"),
            Self::Flood(hearer, speaker, seed) => write!(formatter, "{hearer} is flooded by {speaker} ({seed})"),
        }
    }
}

/// A deed in few words.
fn brief(deed: &Deed) -> String {
    let numbers = |users: &[[u8; 32]]| users.iter().map(|user| user[0]).collect::<Vec<_>>();
    match deed {
        Deed::Add { members } => {
            let members: Vec<_> = members.iter().map(|member| member.user).collect();
            format!("Add {:?}", numbers(&members))
        }
        Deed::Admit { member } => format!("Admit {}", member.user[0]),
        Deed::Remove { members } => format!("Remove {:?}", numbers(members)),
        Deed::Appoint { members } => format!("Appoint {:?}", numbers(members)),
        Deed::Dismiss { members } => format!("Dismiss {:?}", numbers(members)),
        Deed::Transfer { to } => format!("Transfer {}", to[0]),
        Deed::Revoke { .. } => "Revoke".to_owned(),
        other => format!("{other:?}"),
    }
}

const ACTORS: usize = 10;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (0..ACTORS, deed()).prop_map(|(actor, deed)| Step::Do(actor, deed)),
        1 => (0..ACTORS).prop_map(Step::Revoke),
        6 => (0..ACTORS, 0..ACTORS, 1_usize..20).prop_map(|(hearer, speaker, some)| Step::Hear(hearer, speaker, some)),
        1 => (0..ACTORS, 0..ACTORS, any::<u64>()).prop_map(|(hearer, speaker, seed)| Step::Flood(hearer, speaker, seed)),
    ]
}

/// An order made of a number.
fn shuffled<T: Clone>(things: &[T], mut seed: u64) -> Vec<T> {
    let mut left = things.to_vec();
    let mut shuffled = Vec::with_capacity(left.len());
    while !left.is_empty() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let next = usize::try_from(seed >> 33).unwrap() % left.len();
        shuffled.push(left.swap_remove(next));
    }
    shuffled
}

/// Ten devices of five people, after they went through the steps. Person 5 is not in the group at first.
fn played(steps: Vec<Step>) -> Vec<Actor> {
    let owner = Actor::founder(1, &[2, 3, 4]);
    let mut actors: Vec<Actor> = (0..10).map(|number| owner.beside(1 + number / 2, number % 2)).collect();
    for step in steps {
        match step {
            Step::Do(actor, deed) => {
                let signed = actors[actor].signs(deed);
                let inserted = actors[actor].group.insert(signed, &belongs);
                let stranger = Inserted::Invalid(coco_ledger::group::Flaw::Stranger);
                assert!(
                    matches!(inserted, Inserted::Applied { .. }) || inserted == stranger,
                    "{inserted:?}"
                );
            }
            Step::Revoke(actor) => {
                let actor = &mut actors[actor];
                actor.version += 1;
                let device = device_key(actor.person, 1 - actor.device).verifying_key().to_bytes();
                let signed = actor.signs(Deed::Revoke { device });
                actor.group.insert(signed, &belongs);
            }
            Step::Hear(hearer, speaker, some) => {
                let heads = actors[hearer].group.heads();
                let new = actors[speaker].group.operations_since(&heads);
                let new: Vec<_> = new.into_iter().take(some).cloned().collect();
                for inserted in actors[hearer].group.extend(new, &belongs) {
                    assert!(
                        !matches!(inserted, Inserted::Invalid(_) | Inserted::Waiting { .. }),
                        "{inserted:?}"
                    );
                }
            }
            Step::Flood(hearer, speaker, seed) => {
                let all: Vec<_> = actors[speaker]
                    .group
                    .operations_since(&[])
                    .into_iter()
                    .cloned()
                    .collect();
                let all = shuffled(&[all.clone(), all].concat(), seed);
                for (number, operation) in all.into_iter().enumerate() {
                    if number % 5 != 0 {
                        actors[hearer].group.insert(operation, &belongs);
                    }
                }
            }
        }
    }
    actors
}

/// Every operation with all those that it builds on.
fn ancestors(operations: &[&SignedOperation]) -> BTreeMap<OperationId, (Operation, BTreeSet<OperationId>)> {
    let mut all: BTreeMap<OperationId, (Operation, BTreeSet<OperationId>)> = BTreeMap::new();
    for signed in operations {
        let operation = signed.read().unwrap();
        let mut known: BTreeSet<OperationId> = operation.parents.iter().copied().collect();
        for parent in &operation.parents {
            known.extend(&all[parent].1);
        }
        all.insert(signed.id(), (operation, known));
    }
    all
}

fn brings_in(deed: &Deed, person: &[u8; 32]) -> bool {
    match deed {
        Deed::Add { members } => members.iter().any(|member| member.user == *person),
        Deed::Admit { member } => member.user == *person,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everybody_sees_the_same_in_the_end(
        steps in proptest::collection::vec(step(), 1..80), seed in any::<u64>(),
    ) {
        let mut actors = played(steps);
        let mut all: Vec<&mut Actor> = actors.iter_mut().collect();
        gather(&mut all);
        let reference = &actors[0].group;
        let operations: Vec<_> = reference.operations_since(&[]).into_iter().cloned().collect();
        prop_assert_eq!(operations.len(), reference.count());

        // One by one in any order, each twice; and all at once, as from a store.
        let founding = *reference.founding().unwrap();
        let mut late = Group::joining(group_id(), founding);
        for operation in shuffled(&[operations.clone(), operations.clone()].concat(), seed) {
            late.insert(operation, &belongs);
        }
        let restored = Group::restore(group_id(), shuffled(&operations, !seed));
        for group in [&late, &restored].into_iter().chain(actors.iter().map(|actor| &actor.group)) {
            prop_assert_eq!(group.state(), reference.state());
            prop_assert_eq!(group.heads(), reference.heads());
            prop_assert!(group.missing().is_empty());
            for operation in &operations {
                prop_assert_eq!(group.outcome(&operation.id()), reference.outcome(&operation.id()));
            }
        }
    }

    #[test]
    fn whoever_is_out_does_nothing_more(steps in proptest::collection::vec(step(), 20..100)) {
        let mut actors = played(steps);
        let mut everybody: Vec<&mut Actor> = actors.iter_mut().collect();
        gather(&mut everybody);
        let group = &actors[0].group;
        let operations = group.operations_since(&[]);
        let all = ancestors(&operations);
        let effective = |id: &OperationId| group.outcome(id) == Some(&Outcome::Effective);
        let handed_over = all.iter().any(|(id, (operation, _))| {
            matches!(operation.deed, Deed::Transfer { .. }) && effective(id)
        });
        for (removal, (operation, before)) in all.iter().filter(|(id, _)| effective(id)) {
            let gone = match &operation.deed {
                Deed::Remove { members } => members.clone(),
                Deed::Quit => vec![operation.author.user],
                _ => continue,
            };
            // Of several some may have been of too high a rank, but for the owner.
            let by_owner = operation.author.user == user(1) && !handed_over;
            if gone.len() > 1 && !by_owner {
                continue;
            }
            let was_in = |person: &[u8; 32]| person[0] < 5 || before.iter().any(|id| brings_in(&all[id].0.deed, person));
            let gone = gone.into_iter().filter(|person| was_in(person) && (!by_owner || *person != user(1)));
            for person in gone {
                let back = |known: &BTreeSet<OperationId>| known.iter().any(|id| {
                    brings_in(&all[id].0.deed, &person) && !before.contains(id)
                });
                for (id, (theirs, known)) in &all {
                    let exempt = matches!(theirs.deed, Deed::Revoke { .. } | Deed::Quit);
                    if theirs.author.user != person || exempt || before.contains(id) || id == removal {
                        continue;
                    }
                    if known.contains(removal) {
                        prop_assert!(back(known) || !effective(id), "later: {:?} by {:?}", theirs.deed, person[0]);
                    } else if by_owner {
                        let refused = matches!(group.outcome(id), Some(Outcome::Void(_)));
                        prop_assert!(refused, "at the same time: {:?} by {:?}", theirs.deed, person[0]);
                    }
                }
            }
        }
    }

    #[test]
    fn no_group_gets_out_of_bounds(steps in proptest::collection::vec(step(), 1..80)) {
        for actor in played(steps) {
            let state = actor.group.state();
            let owners = state.members().iter().filter(|member| member.rank == coco_ledger::group::Rank::Owner).count();
            prop_assert_eq!(owners, 1);
            let administrators = state.members().len() - owners
                - state.members().iter().filter(|member| member.rank == coco_ledger::group::Rank::Member).count();
            prop_assert!(administrators <= 3);
            prop_assert!(state.count() <= usize::from(state.config.member_limit));
            for person in 1..=6 {
                let (here, gone) = (state.member(&user(person)), state.departed.get(&user(person)));
                prop_assert!(here.is_none() || gone.is_none());
            }
            for operation in actor.group.operations_since(&[]) {
                let outcome = actor.group.outcome(&operation.id()).unwrap();
                prop_assert!(*outcome != Outcome::Void(Refusal::Unfounded));
            }
        }
    }
}
