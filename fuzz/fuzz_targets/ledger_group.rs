//! Operations of strangers, and groups of a few people who do anything at any time: nothing comes in that nobody signed, and everybody
//! sees the same whatever the order.
#![no_main]

use coco_ledger::group::{
    Author, Belonging, Deed, Group, Inserted, Operation, PARENTS, Profile, Rank, SignedOperation,
};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;

const GROUP: [u8; 32] = [9; 32];
/// Most operations of one try.
const MOST: usize = 60;

/// Somebody does something, knowing some of what was done before.
#[derive(Deserialize)]
struct Act {
    person: u8,
    list_version: u8,
    known: u64,
    deed: Deed,
}

fn person(number: u8) -> [u8; 32] {
    [number % 6; 32]
}

/// The same deed among six people.
fn small(deed: Deed) -> Deed {
    let users = |users: Vec<[u8; 32]>| users.into_iter().map(|user| person(user[0])).collect();
    let profile = |profile: Profile| Profile {
        user: person(profile.user[0]),
        ..profile
    };
    match deed {
        Deed::Create { name, founder, members } => Deed::Create {
            name,
            founder: profile(founder),
            members: members.into_iter().map(profile).collect(),
        },
        Deed::Add { members } => Deed::Add {
            members: members.into_iter().map(profile).collect(),
        },
        Deed::Admit { member } => Deed::Admit {
            member: profile(member),
        },
        Deed::Remove { members } => Deed::Remove {
            members: users(members),
        },
        Deed::Appoint { members } => Deed::Appoint {
            members: users(members),
        },
        Deed::Dismiss { members } => Deed::Dismiss {
            members: users(members),
        },
        Deed::Transfer { to } => Deed::Transfer { to: person(to[0]) },
        Deed::Revoke { device } => Deed::Revoke {
            device: person(device[0]),
        },
        other => other,
    }
}

/// The operations of a script; those that nobody could have made are left out.
fn played(acts: Vec<Act>) -> Vec<SignedOperation> {
    let mut done: Vec<(SignedOperation, u32)> = Vec::new();
    for act in acts.into_iter().take(MOST) {
        let deed = small(act.deed);
        let known = done
            .iter()
            .enumerate()
            .rev()
            .filter(|(place, _)| act.known >> (place % 64) & 1 == 1);
        let mut known: Vec<_> = known
            .map(|(_, (operation, depth))| (operation.id(), *depth))
            .take(PARENTS)
            .collect();
        if known.is_empty() && !done.is_empty() {
            known.extend(done.last().map(|(operation, depth)| (operation.id(), *depth)));
        }
        let depth = known.iter().map(|(_, depth)| depth + 1).max().unwrap_or(0);
        let mut parents: Vec<_> = known.into_iter().map(|(id, _)| id).collect();
        parents.sort_unstable();
        let user = person(act.person);
        let device = if act.person >= 128 { [user[0] + 1; 32] } else { user };
        let author = Author {
            user,
            device,
            list_version: act.list_version.into(),
        };
        let operation = Operation {
            group: GROUP,
            author,
            parents,
            depth,
            time: 0,
            deed,
        };
        let no = |_: &[u8]| [0; 64];
        let signed = match operation.deed {
            Deed::Create { .. } => operation.found(no, no),
            _ => operation.sign(no),
        };
        done.extend(signed.map(|signed| (signed, depth)));
    }
    done.into_iter().map(|(operation, _)| operation).collect()
}

fuzz_target!(|data: &[u8]| {
    let anybody = |_: &[u8; 32], _: &[u8; 32], _: u64| Belonging::Yes;
    if let Ok(signed) = SignedOperation::from_bytes(data) {
        assert_eq!(
            SignedOperation::from_bytes(&signed.to_bytes().expect("bytes")).as_ref(),
            Ok(&signed)
        );
        let mut group = Group::new(GROUP);
        assert!(
            !matches!(group.insert(signed, &anybody), Inserted::Applied { .. }),
            "forged"
        );
    }
    let Ok(acts) = postcard::from_bytes::<Vec<Act>>(data) else {
        return;
    };
    let operations = played(acts);
    let one = Group::restore(GROUP, operations.clone());
    let state = one.state();
    if state.founded {
        assert_eq!(
            state
                .members()
                .iter()
                .filter(|member| member.rank == Rank::Owner)
                .count(),
            1
        );
        assert!(state.count() <= usize::from(state.config.member_limit));
    }
    let mut other = Group::restore(GROUP, operations.iter().rev().cloned());
    assert_eq!(other.state(), state);
    assert_eq!(other.heads(), one.heads());
    assert_eq!(one.operations_since(&one.heads()).len(), 0);
    for operation in operations {
        assert_eq!(other.outcome(&operation.id()), one.outcome(&operation.id()));
        assert!(
            !matches!(other.insert(operation, &anybody), Inserted::Applied { .. }),
            "forged"
        );
    }
});
