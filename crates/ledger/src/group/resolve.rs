//! What becomes of operations that were done at the same time.
//!
//! The operations of a window are gone through in one order, each judged by what the group is at its place: first those
//! by which the group is handed over, then those by which administrators are appointed, each with all that it builds on
//! and the lower id first; then the others by their depth, then by their id. So nobody removes whom the owner has raised
//! above them, and whoever was the owner does not end the group by what looks as if it had been done before.
//!
//! That alone would let somebody who was removed go on as if they had not heard of it. So what takes a right away is
//! *imposed* on everything that was done at the same time:
//!
//! * Whoever is removed, dismissed, hands over or quits may do nothing at the same time for which they lost the right.
//! * What the owner or an administrator restricts for members was restricted for what members did at the same time.
//! * What a device did, not known to the one by which its user revoked it, does not count.
//!
//! Whoever is out may do nothing either that does not build on having been brought in again, even if they are by then.
//!
//! Highest ranks impose first, then the lower id does. What somebody of higher rank has built on, at the same time, cannot
//! be imposed upon; so nobody undoes by operations made to look old what those above have approved since.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::deed::{Deed, Setting};
use super::operation::Operation;
use super::rules::{Hindsight, Verdict, step};
use super::state::{GroupState, Rank};
use crate::{OperationId, UserId};

/// How often a window is gone through to impose one operation at a time, and then again all that there are at once.
const ROUNDS: usize = 16;

/// An operation of a window.
pub(super) struct Act<'a> {
    pub(super) id: OperationId,
    pub(super) operation: &'a Operation,
    /// Its parents by their places in the window, as far as they are in it.
    pub(super) parents: Vec<usize>,
}

/// Goes through a window, parents before children in the order that everybody has; gives what came of each.
pub(super) fn resolve(state: &mut GroupState, window: &[Act<'_>]) -> Vec<Verdict> {
    let mut resolver = Resolver {
        window,
        imposed: vec![BTreeSet::new(); window.len()],
        hindsight: vec![Hindsight::default(); window.len()],
        hit: vec![false; window.len()],
        sequence: (0..window.len()).collect(),
    };
    resolver.raise_first();
    resolver.shut_out(state);
    resolver.revoke(state);
    for round in 0..ROUNDS.saturating_mul(2) {
        let (after, verdicts) = resolver.fold(state);
        let imposed = if round < ROUNDS {
            resolver.impose_first(&verdicts)
        } else {
            resolver.impose_all(&verdicts)
        };
        if !imposed {
            *state = after;
            return verdicts;
        }
    }
    let (after, verdicts) = resolver.fold(state);
    *state = after;
    verdicts
}

struct Resolver<'a> {
    window: &'a [Act<'a>],
    /// On behalf of whom each operation has imposed already.
    imposed: Vec<BTreeSet<UserId>>,
    hindsight: Vec<Hindsight>,
    /// On which operations something was imposed since they were last gone through.
    hit: Vec<bool>,
    /// The places of the operations in the order in which they are gone through.
    sequence: Vec<usize>,
}

impl Resolver<'_> {
    /// Goes through the operations; gives what came of each, by their places.
    fn fold(&mut self, base: &GroupState) -> (GroupState, Vec<Verdict>) {
        self.hit.fill(false);
        let mut state = base.clone();
        let mut verdicts = Vec::with_capacity(self.sequence.len());
        for place in &self.sequence {
            if let (Some(act), Some(hindsight)) = (self.window.get(*place), self.hindsight.get(*place)) {
                verdicts.push((*place, step(&mut state, act.operation, hindsight)));
            }
        }
        verdicts.sort_unstable_by_key(|(place, _)| *place);
        (state, verdicts.into_iter().map(|(_, verdict)| verdict).collect())
    }

    /// Puts the operations that raise somebody before those of their time.
    fn raise_first(&mut self) {
        let mut raising: Vec<(u8, OperationId, usize)> = Vec::new();
        for (place, act) in self.window.iter().enumerate() {
            match act.operation.deed {
                Deed::Transfer { .. } => raising.push((0, act.id, place)),
                Deed::Appoint { .. } => raising.push((1, act.id, place)),
                _ => {}
            }
        }
        if raising.is_empty() {
            return;
        }
        raising.sort_unstable();
        let mut placed = vec![false; self.window.len()];
        let mut sequence = Vec::with_capacity(self.window.len());
        for (_, _, raising) in raising {
            // Another on which it builds is placed with all else that it builds on.
            let before = self.ancestors(raising).into_iter().enumerate();
            for (place, _) in before.filter(|(_, before)| *before) {
                if let Some(placed) = placed.get_mut(place)
                    && !std::mem::replace(placed, true)
                {
                    sequence.push(place);
                }
            }
        }
        let rest = placed.iter().enumerate().filter(|(_, placed)| !**placed);
        sequence.extend(rest.map(|(place, _)| place));
        self.sequence = sequence;
    }

    /// Shuts out those who are not in the group before the window, but for what builds on having been brought in.
    fn shut_out(&mut self, base: &GroupState) {
        let authors: BTreeSet<_> = self.window.iter().map(|act| act.operation.author.user).collect();
        for author in authors.into_iter().filter(|author| base.rank(author).is_none()) {
            let brought_in = self.brought_in(&author, &[]);
            let acts = self.window.iter().zip(brought_in).zip(&mut self.hindsight);
            for ((act, brought_in), hindsight) in acts {
                if act.operation.author.user == author && !brought_in {
                    hindsight.ceiling = Some(None);
                }
            }
        }
    }

    /// Marks what builds on operations that bring a user in, and that are not marked already.
    fn brought_in(&self, user: &UserId, marked: &[bool]) -> Vec<bool> {
        let mut marks: Vec<bool> = Vec::with_capacity(self.window.len());
        for act in self.window {
            let brings = |parent: usize| {
                let act = self.window.get(parent);
                marked.get(parent) != Some(&true) && act.is_some_and(|act| act.operation.deed.brings_in(user))
            };
            let mut parents = act.parents.iter();
            marks.push(parents.any(|parent| brings(*parent) || marks.get(*parent) == Some(&true)));
        }
        marks
    }

    /// Marks what revoked devices did. Of devices that revoke each other the one with the newer list is right: the
    /// other is not in it.
    fn revoke(&mut self, base: &GroupState) {
        let mut revocations: Vec<(u64, OperationId, usize)> = Vec::new();
        for (place, act) in self.window.iter().enumerate() {
            if matches!(act.operation.deed, Deed::Revoke { .. }) {
                revocations.push((act.operation.author.list_version, act.id, place));
            }
        }
        revocations.sort_by_key(|(version, id, _)| (Reverse(*version), *id));
        for (version, id, place) in revocations {
            let Some(act) = self.window.get(place) else { continue };
            let author = act.operation.author;
            let Deed::Revoke { device } = act.operation.deed else {
                continue;
            };
            let before = base.revoked.get(&(author.user, author.device));
            let invalid = before.is_some_and(|before| version < *before);
            if invalid || self.hindsight.get(place).is_some_and(|own| own.revoked) {
                continue;
            }
            let known = self.ancestors(place);
            for ((other, known), hindsight) in self.window.iter().zip(known).zip(&mut self.hindsight) {
                let theirs = &other.operation.author;
                if theirs.user == author.user && theirs.device == device && theirs.list_version < version && !known {
                    hindsight.revoked = true;
                    hindsight.by = hindsight.by.or(Some(id));
                }
            }
        }
    }

    /// Lets the operations impose that have not, in their order, until one changes something; whether one did.
    fn impose_first(&mut self, verdicts: &[Verdict]) -> bool {
        let imposing = self.imposing(verdicts);
        imposing.into_iter().any(|place| self.impose(place, verdicts))
    }

    /// Lets all operations impose that have not, but for those on which another has just done so; whether one changed
    /// something.
    fn impose_all(&mut self, verdicts: &[Verdict]) -> bool {
        let mut changed = false;
        for place in self.imposing(verdicts) {
            if self.hit.get(place) == Some(&false) {
                changed |= self.impose(place, verdicts);
            }
        }
        changed
    }

    /// The places of the operations that have yet to impose something, in the order in which they do.
    fn imposing(&self, verdicts: &[Verdict]) -> Vec<usize> {
        if self.window.len() < 2 {
            return Vec::new();
        }
        let authors: BTreeSet<_> = self.window.iter().map(|act| act.operation.author.user).collect();
        let mut imposing = Vec::new();
        for (place, ((act, verdict), imposed)) in self.window.iter().zip(verdicts).zip(&self.imposed).enumerate() {
            let Some(reach) = self.reach(place, act, verdict) else {
                continue;
            };
            let behalf = reach.behalf(&authors);
            if behalf.iter().any(|user| !imposed.contains(user)) {
                imposing.push((Reverse(verdict.rank), reach.class(), act.id, place));
            }
        }
        imposing.sort_unstable();
        imposing.into_iter().map(|(_, _, _, place)| place).collect()
    }

    /// What an operation imposes, `None` if it has come to nothing. Whoever is to be removed is so on behalf of what
    /// the author knew: even if they are out by something else, or what brought them in does not count.
    fn reach(&self, place: usize, act: &Act<'_>, verdict: &Verdict) -> Option<Reach> {
        let mut users = verdict.gone.clone();
        if !verdict.absent.is_empty() {
            let before = self.ancestors(place);
            let known = |user: &&UserId| {
                let mut acts = self.window.iter().zip(&before);
                acts.any(|(act, before)| *before && act.operation.deed.brings_in(user))
            };
            users.extend(verdict.absent.iter().filter(known));
        }
        match &verdict.done {
            Ok(targets) => users.extend(targets),
            Err(_) if users.is_empty() => return None,
            Err(_) => {}
        }
        Some(Reach::of(act.operation, &users))
    }

    /// Imposes an operation on those of its time; whether that changes what comes of one of them.
    fn impose(&mut self, place: usize, verdicts: &[Verdict]) -> bool {
        let (Some(act), Some(verdict)) = (self.window.get(place), verdicts.get(place)) else {
            return false;
        };
        let Some(reach) = self.reach(place, act, verdict) else {
            return false;
        };
        let rank = verdict.rank;
        let before = self.ancestors(place);
        let after = self.descendants(place);
        let approved = self.approved(place, rank, &after, verdicts);
        let mut changed = false;
        for (other, theirs) in self.window.iter().enumerate() {
            let related = [&before, &after, &approved];
            if other == place || related.iter().any(|marks| marks.get(other) == Some(&true)) {
                continue;
            }
            let (Some(hindsight), Some(verdict)) = (self.hindsight.get_mut(other), verdicts.get(other)) else {
                continue;
            };
            if reach.impose(theirs.operation, hindsight) {
                hindsight.by = hindsight.by.or(Some(act.id));
                changed |= verdict.done.is_ok();
                if let Some(hit) = self.hit.get_mut(other) {
                    *hit = true;
                }
            }
        }
        if let Reach::Lowered(users, None) = &reach {
            for user in users {
                changed |= self.keep_out(user, act.id, (&before, &after), verdicts);
            }
        }
        if let Some(imposed) = self.imposed.get_mut(place) {
            imposed.extend(reach.on_behalf());
        }
        changed
    }

    /// Refuses what somebody did after they were out and that does not build on having been brought in since.
    fn keep_out(
        &mut self,
        user: &UserId,
        by: OperationId,
        (before, after): (&[bool], &[bool]),
        verdicts: &[Verdict],
    ) -> bool {
        let brought_in = self.brought_in(user, before);
        let mut changed = false;
        for (other, act) in self.window.iter().enumerate() {
            let theirs = act.operation.author.user == *user;
            if !theirs || after.get(other) != Some(&true) || brought_in.get(other) == Some(&true) {
                continue;
            }
            if let Some(hindsight) = self.hindsight.get_mut(other)
                && lower(hindsight, None)
            {
                hindsight.by = hindsight.by.or(Some(by));
                changed |= verdicts.get(other).is_some_and(|verdict| verdict.done.is_ok());
            }
        }
        changed
    }

    /// Marks an operation and all that it builds on.
    fn ancestors(&self, place: usize) -> Vec<bool> {
        let mut marks = vec![false; self.window.len()];
        if let Some(mark) = marks.get_mut(place) {
            *mark = true;
        }
        self.mark_parents(&mut marks, |_| true);
        marks
    }

    /// Marks the parents of all marked operations that pass, and theirs.
    fn mark_parents(&self, marks: &mut [bool], pass: impl Fn(usize) -> bool) {
        for (place, act) in self.window.iter().enumerate().rev() {
            if marks.get(place) == Some(&true) && pass(place) {
                for parent in &act.parents {
                    if let Some(mark) = marks.get_mut(*parent) {
                        *mark = true;
                    }
                }
            }
        }
    }

    /// Marks all that build on an operation.
    fn descendants(&self, place: usize) -> Vec<bool> {
        let mut marks: Vec<bool> = Vec::with_capacity(self.window.len());
        for act in self.window {
            let builds = act
                .parents
                .iter()
                .any(|parent| *parent == place || marks.get(*parent) == Some(&true));
            marks.push(builds);
        }
        marks
    }

    /// Marks what somebody of higher rank did or has built on without knowing the operation.
    fn approved(&self, place: usize, rank: Option<Rank>, after: &[bool], verdicts: &[Verdict]) -> Vec<bool> {
        let independent = |other: usize| other != place && after.get(other) == Some(&false);
        let mut marks: Vec<bool> = verdicts
            .iter()
            .enumerate()
            .map(|(other, verdict)| independent(other) && verdict.done.is_ok() && verdict.rank > rank)
            .collect();
        self.mark_parents(&mut marks, independent);
        marks
    }
}

/// What an operation imposes on those of its time.
enum Reach {
    /// Nothing.
    Nothing,
    /// Users may do no more than this, `None` for nothing at all.
    Lowered(Vec<UserId>, Option<Rank>),
    /// Members have to bear a restriction, on behalf of its author.
    Tightened(UserId, Setting),
}

impl Reach {
    fn of(operation: &Operation, targets: &[UserId]) -> Self {
        let author = operation.author.user;
        match &operation.deed {
            Deed::Remove { .. } | Deed::Quit => Self::Lowered(targets.to_vec(), None),
            Deed::Dismiss { .. } => Self::Lowered(targets.to_vec(), Some(Rank::Member)),
            Deed::Transfer { .. } => Self::Lowered(vec![author], Some(Rank::Member)),
            Deed::SetConfig(
                setting
                @ (Setting::JoiningRestricted(true) | Setting::Approval(true) | Setting::RenameRestricted(true)),
            ) => Self::Tightened(author, *setting),
            _ => Self::Nothing,
        }
    }

    /// What takes rights from somebody goes before restrictions.
    fn class(&self) -> u8 {
        match self {
            Self::Lowered(..) => 0,
            _ => 1,
        }
    }

    /// On behalf of whom it imposes.
    fn on_behalf(&self) -> Vec<UserId> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Lowered(users, _) => users.clone(),
            Self::Tightened(author, _) => vec![*author],
        }
    }

    /// The same, without those who did nothing on whom anything could be imposed.
    fn behalf(&self, authors: &BTreeSet<UserId>) -> Vec<UserId> {
        let mut users = self.on_behalf();
        users.retain(|user| authors.contains(user));
        users
    }

    /// Adds to what is known of an operation in hindsight; whether that was not known.
    fn impose(&self, other: &Operation, hindsight: &mut Hindsight) -> bool {
        match self {
            Self::Nothing => false,
            Self::Lowered(users, ceiling) => users.contains(&other.author.user) && lower(hindsight, *ceiling),
            Self::Tightened(_, setting) => {
                let flag = match (setting, &other.deed) {
                    (Setting::JoiningRestricted(_), Deed::Add { .. }) => &mut hindsight.joining_restricted,
                    (Setting::Approval(_), Deed::Add { .. }) => &mut hindsight.approval,
                    (Setting::RenameRestricted(_), Deed::SetName { .. } | Deed::SetPicture { .. }) => {
                        &mut hindsight.rename_restricted
                    }
                    _ => return false,
                };
                !std::mem::replace(flag, true)
            }
        }
    }
}

fn lower(hindsight: &mut Hindsight, ceiling: Option<Rank>) -> bool {
    if hindsight.ceiling.is_some_and(|known| known <= ceiling) {
        return false;
    }
    hindsight.ceiling = Some(ceiling);
    true
}
