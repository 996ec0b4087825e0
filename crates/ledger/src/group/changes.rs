//! What differs between two moments of a group.

use super::deed::Setting;
use super::state::{Departure, GroupState, Rank};
use crate::UserId;

/// One difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The group was founded.
    Founded,
    /// The group was dissolved, or it turned out that it was not.
    Dissolved(bool),
    /// The name changed.
    Name,
    /// The picture changed.
    Picture,
    /// The notice changed.
    Notice,
    /// The group allows something else.
    Config(Setting),
    /// Somebody joined.
    Joined(UserId),
    /// Somebody left; `None` if it turned out that they never were in it.
    Left(UserId, Option<Departure>),
    /// Somebody may do more or less.
    Rank(UserId, Rank),
    /// Somebody looks different, or has another name.
    Profile(UserId),
}

/// What is different in the newer state: the group itself, its configuration, who left, who joined, who changed.
#[must_use]
pub fn changes(old: &GroupState, new: &GroupState) -> Vec<Change> {
    let mut changes = Vec::new();
    if new.founded && !old.founded {
        changes.push(Change::Founded);
    }
    if new.dissolved != old.dissolved {
        changes.push(Change::Dissolved(new.dissolved));
    }
    let differences = [
        (new.name != old.name, Change::Name),
        (new.picture != old.picture, Change::Picture),
        (new.notice != old.notice, Change::Notice),
    ];
    changes.extend(
        differences
            .into_iter()
            .filter(|(differs, _)| *differs)
            .map(|(_, change)| change),
    );
    let settings = settings(old).into_iter().zip(settings(new));
    changes.extend(
        settings
            .filter(|(old, new)| old != new)
            .map(|(_, new)| Change::Config(new)),
    );
    for user in old.members.keys().filter(|user| !new.members.contains_key(*user)) {
        let departed = new.departed.get(user).map(|departed| departed.departure);
        changes.push(Change::Left(*user, departed));
    }
    for (user, member) in &new.members {
        let Some(before) = old.members.get(user) else {
            changes.push(Change::Joined(*user));
            if member.rank != Rank::Member {
                changes.push(Change::Rank(*user, member.rank));
            }
            continue;
        };
        if before.rank != member.rank {
            changes.push(Change::Rank(*user, member.rank));
        }
        if before.profile != member.profile || before.renamed != member.renamed {
            changes.push(Change::Profile(*user));
        }
    }
    changes
}

fn settings(state: &GroupState) -> [Setting; 8] {
    let config = &state.config;
    [
        Setting::MembersProtected(config.members_protected),
        Setting::JoiningRestricted(config.joining_restricted),
        Setting::AllMuted(config.all_muted),
        Setting::RenameRestricted(config.rename_restricted),
        Setting::Approval(config.approval),
        Setting::QrJoining(config.qr_joining),
        Setting::MemberLimit(config.member_limit),
        Setting::AdministratorLimit(config.administrator_limit),
    ]
}
