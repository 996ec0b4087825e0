//! Who may do what, and what it does.

use std::collections::BTreeSet;

use super::deed::{Deed, MEMBERS, Profile, Setting};
use super::operation::{Author, Operation};
use super::refusal::Refusal;
use super::state::{DEPARTED, Departed, Departure, GroupState, Member, Rank};
use crate::{OperationId, UserId};

/// What is to become of a deed of which only some can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// It is refused.
    All,
    /// It is done for those for whom it can be done.
    Any,
}

/// What is known of an operation beyond what its author knew: what others did at the same time.
#[derive(Debug, Clone, Default)]
pub(super) struct Hindsight {
    /// The most that the author may do, `None` in it for nothing at all.
    pub(super) ceiling: Option<Option<Rank>>,
    /// Whether joining is to be taken for restricted.
    pub(super) joining_restricted: bool,
    /// Whether new members are to be taken to need approval.
    pub(super) approval: bool,
    /// Whether name and picture are to be taken for restricted.
    pub(super) rename_restricted: bool,
    /// Whether the author's device was revoked.
    pub(super) revoked: bool,
    /// The first operation that added to this.
    pub(super) by: Option<OperationId>,
}

/// What came of an operation in its place.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    /// The rank by which the author acted, `None` if the author was not in the group.
    pub(super) rank: Option<Rank>,
    /// Those whom it was done to, or why it was not done.
    pub(super) done: Result<Vec<UserId>, Refusal>,
    /// Those whom it would have removed, had they not been out already.
    pub(super) gone: Vec<UserId>,
    /// Those whom it names to be removed, and who never were in the group as it is at that place.
    pub(super) absent: Vec<UserId>,
}

/// Judges an operation, and does it if it is allowed.
pub(super) fn step(state: &mut GroupState, operation: &Operation, hindsight: &Hindsight) -> Verdict {
    let author = &operation.author;
    let own = state.rank(&author.user);
    let rank = match (own, hindsight.ceiling) {
        (Some(own), Some(ceiling)) => ceiling.map(|ceiling| ceiling.min(own)),
        (own, _) => own,
    };
    let done = judge(state, author, &operation.deed, hindsight);
    let mut verdict = Verdict {
        rank,
        done,
        gone: Vec::new(),
        absent: Vec::new(),
    };
    if let Deed::Remove { members } = &operation.deed
        && let Ok(_) | Err(Refusal::NotMember | Refusal::NotOwner | Refusal::OwnerCannotLeave) = &verdict.done
    {
        for member in members.iter().filter(|member| !state.members.contains_key(*member)) {
            match state.departed.get(member) {
                Some(departed) if Some(departed.rank) < rank => verdict.gone.push(*member),
                Some(_) => {}
                None => verdict.absent.push(*member),
            }
        }
    }
    if let Ok(targets) = &verdict.done {
        apply(state, operation, targets);
    }
    verdict
}

fn judge(state: &GroupState, author: &Author, deed: &Deed, hindsight: &Hindsight) -> Result<Vec<UserId>, Refusal> {
    let revoked = state.revoked.get(&(author.user, author.device));
    if hindsight.revoked || revoked.is_some_and(|version| author.list_version < *version) {
        return Err(Refusal::Revoked);
    }
    let judged = allowed(state, &author.user, deed, hindsight, Scope::Any);
    match (judged, hindsight.by) {
        (Err(refusal), Some(by)) => match allowed(state, &author.user, deed, &Hindsight::default(), Scope::Any) {
            Ok(_) => Err(Refusal::Overruled(by)),
            Err(_) => Err(refusal),
        },
        (judged, _) => judged,
    }
}

/// Whether somebody may do something; gives those of whom it is done.
pub(super) fn allowed(
    state: &GroupState,
    author: &UserId,
    deed: &Deed,
    hindsight: &Hindsight,
    scope: Scope,
) -> Result<Vec<UserId>, Refusal> {
    match (deed, state.founded) {
        (Deed::Revoke { .. }, true) => return Ok(Vec::new()),
        (Deed::Create { .. }, false) => return Ok(Vec::new()),
        (Deed::Create { .. }, true) => return Err(Refusal::Founded),
        (_, false) => return Err(Refusal::Unfounded),
        _ => {}
    }
    if state.dissolved {
        return Err(Refusal::Dissolved);
    }
    let own = state.rank(author).ok_or(Refusal::Outside)?;
    if matches!(deed, Deed::Quit) {
        // Whoever lost a right meanwhile may leave all the same.
        return match own {
            Rank::Owner => Err(Refusal::OwnerCannotLeave),
            _ => Ok(vec![*author]),
        };
    }
    let rank = match hindsight.ceiling {
        None => own,
        Some(ceiling) => own.min(ceiling.ok_or(Refusal::Outside)?),
    };
    let at_least = |needed: Rank| match needed {
        _ if rank >= needed => Ok(()),
        Rank::Owner => Err(Refusal::NotOwner),
        _ => Err(Refusal::NotAdministrator),
    };
    let nobody = Ok(Vec::new());
    match deed {
        Deed::Add { members } => {
            if rank == Rank::Member && (state.config.joining_restricted || hindsight.joining_restricted) {
                return Err(Refusal::Restricted);
            }
            if rank == Rank::Member && (state.config.approval || hindsight.approval) {
                return Err(Refusal::Approval);
            }
            joining(state, members, scope)
        }
        Deed::Admit { member } => {
            at_least(Rank::Administrator)?;
            joining(state, std::slice::from_ref(member), scope)
        }
        Deed::Remove { members } => {
            at_least(Rank::Administrator)?;
            chosen(members, scope, |member| {
                let theirs = state.rank(member).ok_or(Refusal::NotMember)?;
                match theirs {
                    Rank::Owner if member == author => Err(Refusal::OwnerCannotLeave),
                    theirs if theirs >= rank => Err(Refusal::NotOwner),
                    _ => Ok(()),
                }
            })
        }
        Deed::Dissolve => at_least(Rank::Owner).and(nobody),
        Deed::SetName { .. } | Deed::SetPicture { .. } => {
            if state.config.rename_restricted || hindsight.rename_restricted {
                at_least(Rank::Administrator)?;
            }
            nobody
        }
        Deed::SetNotice { .. } => at_least(Rank::Administrator).and(nobody),
        Deed::SetConfig(setting) => {
            at_least(Rank::Administrator)?;
            match setting {
                Setting::MemberLimit(limit) if usize::from(*limit) < state.count() => Err(Refusal::MemberLimit),
                Setting::AdministratorLimit(limit) => {
                    at_least(Rank::Owner)?;
                    if usize::from(*limit) < state.administrators() {
                        return Err(Refusal::AdministratorLimit);
                    }
                    nobody
                }
                _ => nobody,
            }
        }
        Deed::Appoint { members } => {
            at_least(Rank::Owner)?;
            let appointed = ranked(state, members, scope)?;
            let new = appointed
                .iter()
                .filter(|member| state.rank(member) == Some(Rank::Member));
            let after = state.administrators().saturating_add(new.count());
            if after > usize::from(state.config.administrator_limit) {
                return Err(Refusal::AdministratorLimit);
            }
            Ok(appointed)
        }
        Deed::Dismiss { members } => {
            at_least(Rank::Owner)?;
            ranked(state, members, scope)
        }
        Deed::Transfer { to } => {
            at_least(Rank::Owner)?;
            ranked(state, std::slice::from_ref(to), scope)
        }
        _ => nobody,
    }
}

/// Those of the users for whom it can be done.
fn chosen(
    users: &[UserId],
    scope: Scope,
    can: impl Fn(&UserId) -> Result<(), Refusal>,
) -> Result<Vec<UserId>, Refusal> {
    let mut chosen = Vec::with_capacity(users.len());
    let mut reason = None;
    for user in users {
        match can(user) {
            Ok(()) => chosen.push(*user),
            Err(refusal) if scope == Scope::All => return Err(refusal),
            Err(refusal) => reason = reason.or(Some(refusal)),
        }
    }
    match reason {
        Some(refusal) if chosen.is_empty() => Err(refusal),
        _ => Ok(chosen),
    }
}

/// Those who are not in the group, if there is room for them.
fn joining(state: &GroupState, members: &[Profile], scope: Scope) -> Result<Vec<UserId>, Refusal> {
    let users: Vec<_> = members.iter().map(|member| member.user).collect();
    let new = chosen(&users, scope, |user| match state.rank(user) {
        Some(_) => Err(Refusal::Already),
        None => Ok(()),
    })?;
    if state.count().saturating_add(new.len()) > usize::from(state.config.member_limit.min(MEMBERS)) {
        return Err(Refusal::MemberLimit);
    }
    Ok(new)
}

/// Those who are in the group and do not own it.
fn ranked(state: &GroupState, members: &[UserId], scope: Scope) -> Result<Vec<UserId>, Refusal> {
    chosen(members, scope, |member| match state.rank(member) {
        None => Err(Refusal::NotMember),
        Some(Rank::Owner) => Err(Refusal::Already),
        Some(_) => Ok(()),
    })
}

/// Does what is allowed to those of whom it is to be done.
fn apply(state: &mut GroupState, operation: &Operation, targets: &[UserId]) {
    let author = operation.author.user;
    match &operation.deed {
        Deed::Create { name, founder, members } => {
            state.founded = true;
            state.created = operation.time;
            name.clone_into(&mut state.name);
            for member in members {
                join(state, member, Rank::Member, operation);
            }
            join(state, founder, Rank::Owner, operation);
        }
        Deed::Add { members } => {
            let targets: BTreeSet<_> = targets.iter().collect();
            for member in members.iter().filter(|member| targets.contains(&member.user)) {
                join(state, member, Rank::Member, operation);
            }
        }
        Deed::Admit { member } => join(state, member, Rank::Member, operation),
        Deed::Remove { .. } => {
            for target in targets {
                leave(state, target, Departure::Removed { by: author }, operation.time);
            }
        }
        Deed::Quit => leave(state, &author, Departure::Quit, operation.time),
        Deed::Dissolve => state.dissolved = true,
        Deed::SetName { name } => name.clone_into(&mut state.name),
        Deed::SetPicture { picture } => picture.clone_into(&mut state.picture),
        Deed::SetNotice { notice } => notice.clone_into(&mut state.notice),
        Deed::SetConfig(setting) => state.config.set(*setting),
        Deed::SetNick { nickname } => {
            if let Some(member) = state.members.get_mut(&author) {
                nickname.clone_into(&mut member.profile.nickname);
                member.renamed = true;
            }
        }
        Deed::SetProfile {
            nickname,
            picture,
            domain,
        } => {
            if let Some(member) = state.members.get_mut(&author) {
                picture.clone_into(&mut member.profile.picture);
                domain.clone_into(&mut member.profile.domain);
                if !member.renamed {
                    nickname.clone_into(&mut member.profile.nickname);
                }
            }
        }
        Deed::Appoint { .. } => rank(state, targets, Rank::Administrator),
        Deed::Dismiss { .. } => rank(state, targets, Rank::Member),
        Deed::Transfer { to } => {
            rank(state, &[author], Rank::Member);
            rank(state, &[*to], Rank::Owner);
        }
        Deed::Revoke { device } => {
            let version = state.revoked.entry((author, *device)).or_default();
            *version = operation.author.list_version.max(*version);
        }
    }
    state.version = state.version.saturating_add(1);
}

fn join(state: &mut GroupState, profile: &Profile, rank: Rank, operation: &Operation) {
    state.departed.remove(&profile.user);
    let member = Member {
        profile: profile.clone(),
        renamed: false,
        rank,
        joined: operation.time,
        inviter: operation.author.user,
    };
    state.members.insert(profile.user, member);
}

fn leave(state: &mut GroupState, user: &UserId, departure: Departure, at: u64) {
    let Some(member) = state.members.remove(user) else {
        return;
    };
    let departed = Departed {
        profile: member.profile,
        rank: member.rank,
        departure,
        at,
        order: state.version,
    };
    state.departed.insert(*user, departed);
    if state.departed.len() > DEPARTED {
        let first = state
            .departed
            .iter()
            .min_by_key(|(user, departed)| (departed.order, **user));
        if let Some(first) = first.map(|(user, _)| *user) {
            state.departed.remove(&first);
        }
    }
}

fn rank(state: &mut GroupState, users: &[UserId], rank: Rank) {
    for user in users {
        if let Some(member) = state.members.get_mut(user) {
            member.rank = rank;
        }
    }
}
