//! What a group is, at one moment.

use std::collections::BTreeMap;

use super::deed::{ADMINISTRATORS_AT_FIRST, MEMBERS_AT_FIRST, Picture, Profile, Setting};
use crate::{DeviceId, UserId};

/// Most of those who left that a group remembers; the first to leave are forgotten first.
pub const DEPARTED: usize = 1_000;

/// What somebody may do in a group; each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Nothing but what is left to everybody.
    Member,
    /// Decides about members.
    Administrator,
    /// Decides about everything.
    Owner,
}

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// How others see them. The name is the one chosen for this group, if one was.
    pub profile: Profile,
    /// Whether they chose a name for this group.
    pub renamed: bool,
    /// What they may do.
    pub rank: Rank,
    /// When they joined, by the clock of who brought them in, in ms.
    pub joined: u64,
    /// Who brought them in.
    pub inviter: UserId,
}

/// How somebody left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// By themselves.
    Quit,
    /// Removed by somebody.
    Removed {
        /// Who did it.
        by: UserId,
    },
}

/// Somebody who was in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departed {
    /// How others saw them.
    pub profile: Profile,
    /// What they could do.
    pub rank: Rank,
    /// How they left.
    pub departure: Departure,
    /// When, by the clock of who did it, in ms.
    pub at: u64,
    /// Counts the operations that had an effect before.
    pub(super) order: u64,
}

/// What a group allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Whether members are protected from each other.
    pub members_protected: bool,
    /// Whether only the owner and administrators bring in new members.
    pub joining_restricted: bool,
    /// Whether only the owner and administrators may write.
    pub all_muted: bool,
    /// Whether only the owner and administrators change name and picture.
    pub rename_restricted: bool,
    /// Whether new members must be approved.
    pub approval: bool,
    /// Whether a QR code lets people in.
    pub qr_joining: bool,
    /// Most members.
    pub member_limit: u16,
    /// Most administrators.
    pub administrator_limit: u16,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            members_protected: false,
            joining_restricted: false,
            all_muted: false,
            rename_restricted: false,
            approval: false,
            qr_joining: false,
            member_limit: MEMBERS_AT_FIRST,
            administrator_limit: ADMINISTRATORS_AT_FIRST,
        }
    }
}

impl Config {
    /// Changes one thing.
    pub(super) fn set(&mut self, setting: Setting) {
        match setting {
            Setting::MembersProtected(on) => self.members_protected = on,
            Setting::JoiningRestricted(on) => self.joining_restricted = on,
            Setting::AllMuted(on) => self.all_muted = on,
            Setting::RenameRestricted(on) => self.rename_restricted = on,
            Setting::Approval(on) => self.approval = on,
            Setting::QrJoining(on) => self.qr_joining = on,
            Setting::MemberLimit(limit) => self.member_limit = limit,
            Setting::AdministratorLimit(limit) => self.administrator_limit = limit,
        }
    }
}

/// What a group is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupState {
    /// Whether it was founded. Everything else is empty before.
    pub founded: bool,
    /// When it was founded, by the founder's clock, in ms.
    pub created: u64,
    /// Name.
    pub name: String,
    /// Picture.
    pub picture: Picture,
    /// Notice.
    pub notice: String,
    /// What it allows.
    pub config: Config,
    /// Whether it was dissolved.
    pub dissolved: bool,
    /// Counts the operations that had an effect.
    pub version: u64,
    /// Those who left and are not in it again, at most [`DEPARTED`].
    pub departed: BTreeMap<UserId, Departed>,
    pub(super) members: BTreeMap<UserId, Member>,
    /// The highest version of the owner's device list at which a device was revoked.
    pub(super) revoked: BTreeMap<(UserId, DeviceId), u64>,
}

impl GroupState {
    /// Everybody in the group: the owner, the administrators, then by the time of joining.
    #[must_use]
    pub fn members(&self) -> Vec<&Member> {
        let mut members: Vec<_> = self.members.values().collect();
        members.sort_by_key(|member| (std::cmp::Reverse(member.rank), member.joined, member.profile.user));
        members
    }

    /// How many are in the group.
    #[must_use]
    pub fn count(&self) -> usize {
        self.members.len()
    }

    /// Somebody in the group, `None` if they are not.
    #[must_use]
    pub fn member(&self, user: &UserId) -> Option<&Member> {
        self.members.get(user)
    }

    /// What somebody may do, `None` if they are not in the group.
    #[must_use]
    pub fn rank(&self, user: &UserId) -> Option<Rank> {
        self.members.get(user).map(|member| member.rank)
    }

    /// Who owns the group, `None` before it is founded.
    #[must_use]
    pub fn owner(&self) -> Option<&Member> {
        self.members.values().find(|member| member.rank == Rank::Owner)
    }

    /// Whether somebody may write messages.
    #[must_use]
    pub fn may_write(&self, user: &UserId) -> bool {
        let rank = self.rank(user);
        !self.dissolved && rank.is_some_and(|rank| !self.config.all_muted || rank > Rank::Member)
    }

    /// How many administrators there are.
    pub(super) fn administrators(&self) -> usize {
        let ranks = self.members.values().map(|member| member.rank);
        ranks.filter(|rank| *rank == Rank::Administrator).count()
    }
}
