//! Groups (`im.md`, section 8).
//!
//! An [`Operation`] is signed by a device and names the latest operations that its author knew; so they form a graph.
//! A [`Group`] takes them in whatever order they come, and its [`GroupState`] depends on nothing but which there are.
//! Operations that are not allowed at their place are kept, since others may build on them, but have no effect.
//! What becomes of operations that were done at the same time is said in the file `resolve.rs`.
//!
//! The founding is signed by the group's own key as well, so that nobody else can found it. Since whoever kept that key
//! could found it once more, the first founding that is seen holds; invitations name it ([`Group::joining`]).

mod changes;
mod deed;
mod graph;
mod operation;
mod refusal;
mod resolve;
mod rules;
mod state;
mod waiting;

use std::collections::{HashMap, HashSet};

use crate::{GroupId, OperationId, UserId};

pub use changes::{Change, changes};
pub use deed::{
    ADMINISTRATORS, ADMINISTRATORS_AT_FIRST, DOMAIN, Deed, MEMBERS, MEMBERS_AT_FIRST, NAME, NOTICE, PICTURE_URL,
    Picture, Profile, Setting,
};
use graph::{Graph, Placed};
pub use operation::{
    Author, Belonging, Devices, Flaw, OPERATION_BYTES, Operation, PARENTS, SIGNED_OPERATION_BYTES, SignedOperation,
};
pub use refusal::Refusal;
use rules::{Hindsight, Scope, Verdict};
pub use state::{Config, DEPARTED, Departed, Departure, GroupState, Member, Rank};
pub use waiting::WAITING;
use waiting::Waiting;

/// Most operations of a group.
pub const OPERATIONS: usize = 100_000;
/// How many operations lie between states that are kept at least.
const KEPT_EVERY: usize = 64;
/// How many states are kept of the latest; of older ones, one in [`KEPT_SELDOM`] operations.
const KEPT: usize = 16;
/// How many operations lie between older states that are kept.
const KEPT_SELDOM: usize = 2_048;

/// What became of an operation that was offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inserted {
    /// It is one of the group's, and so are others that had waited for it.
    Applied {
        /// It and those others, parents before children.
        landed: Vec<OperationId>,
    },
    /// It waits, in memory only, for others that it builds on.
    Waiting {
        /// Those of its parents that are not here.
        missing: Vec<OperationId>,
    },
    /// It was here before.
    Duplicate,
    /// The author's device list of this version is not known. Fetch it, and offer the operation again.
    UnknownDevice(Author),
    /// It is none of the group's, and was not kept.
    Invalid(Flaw),
}

/// What an operation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It has an effect, on some of those named at least.
    Effective,
    /// It has none.
    Void(Refusal),
}

/// A group: its operations, and what they make of it.
pub struct Group {
    id: GroupId,
    founding: Option<OperationId>,
    graph: Graph,
    waiting: Waiting,
    /// The operations that bring somebody in, by their numbers.
    introductions: HashMap<UserId, HashSet<usize>>,
    outcomes: Vec<Outcome>,
    state: GroupState,
    /// How many operations, in their order, the state has gone through.
    done: usize,
    /// States after some of the operations that nothing was done at the same time as, by their places.
    kept: Vec<(usize, GroupState)>,
}

impl Group {
    /// A group of which nothing is known; the first founding that comes holds.
    #[must_use]
    pub fn new(id: GroupId) -> Self {
        Self {
            id,
            founding: None,
            graph: Graph::default(),
            waiting: Waiting::default(),
            introductions: HashMap::new(),
            outcomes: Vec::new(),
            state: GroupState::default(),
            done: 0,
            kept: Vec::new(),
        }
    }

    /// A group into which one is invited, of which nothing but the founding's id is known.
    #[must_use]
    pub fn joining(id: GroupId, founding: OperationId) -> Self {
        Self {
            founding: Some(founding),
            ..Self::new(id)
        }
    }

    /// A group as its operations were kept, in any order. Signatures are not checked again; what is spoiled otherwise
    /// is left out.
    #[must_use]
    pub fn restore(id: GroupId, operations: impl IntoIterator<Item = SignedOperation>) -> Self {
        let mut group = Self::new(id);
        for signed in operations {
            let id = signed.id();
            if let Ok(operation) = signed.read() {
                let _ = group.offer(id, signed, operation);
            }
        }
        group.settle();
        group
    }

    /// The group's id.
    #[must_use]
    pub fn id(&self) -> &GroupId {
        &self.id
    }

    /// The id of the founding, `None` before it is known.
    #[must_use]
    pub fn founding(&self) -> Option<&OperationId> {
        self.founding.as_ref()
    }

    /// What the group is.
    #[must_use]
    pub fn state(&self) -> &GroupState {
        &self.state
    }

    /// How many operations there are, those that wait not counted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.graph.len()
    }

    /// The operations on which no other builds, by their ids.
    #[must_use]
    pub fn heads(&self) -> Vec<OperationId> {
        self.graph.heads().keys().copied().collect()
    }

    /// What others build on and is not here.
    #[must_use]
    pub fn missing(&self) -> Vec<OperationId> {
        self.waiting.missing()
    }

    /// An operation of the group, `None` if it is not here or waits.
    #[must_use]
    pub fn get(&self, id: &OperationId) -> Option<&SignedOperation> {
        let node = self.graph.node(self.graph.number(id)?)?;
        Some(&node.signed)
    }

    /// What an operation came to, which may change as others come that were done at the same time; `None` if it is not
    /// here or waits.
    #[must_use]
    pub fn outcome(&self, id: &OperationId) -> Option<&Outcome> {
        self.outcomes.get(self.graph.number(id)?)
    }

    /// What another who has these heads does not have, parents before children; heads that are not known here are
    /// passed over. Any beginning of it can be sent by itself.
    #[must_use]
    pub fn operations_since(&self, heads: &[OperationId]) -> Vec<&SignedOperation> {
        self.graph.since(heads).into_iter().map(|node| &node.signed).collect()
    }

    /// Whether somebody may do something now. Unlike operations from elsewhere, of which what can be done is done, a
    /// deed must be possible for everybody whom it names.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, author: &Author, deed: &Deed) -> Result<(), Refusal> {
        deed.check(author)?;
        rules::allowed(&self.state, &author.user, deed, &Hindsight::default(), Scope::All).map(|_| ())
    }

    /// An operation that builds on everything here, to be signed and inserted.
    #[must_use]
    pub fn draft(&self, author: Author, deed: Deed, now: u64) -> Operation {
        let mut heads: Vec<_> = self.graph.heads().iter().collect();
        heads.sort_by_key(|(id, depth)| (std::cmp::Reverse(**depth), **id));
        heads.truncate(PARENTS);
        let depth = heads.first().map_or(0, |(_, depth)| depth.saturating_add(1));
        let mut parents: Vec<OperationId> = heads.into_iter().map(|(id, _)| *id).collect();
        parents.sort_unstable();
        Operation {
            group: self.id,
            author,
            parents,
            depth,
            time: now,
            deed,
        }
    }

    /// Takes in an operation.
    pub fn insert(&mut self, signed: SignedOperation, devices: &impl Devices) -> Inserted {
        let inserted = self.examine(signed, devices);
        self.settle();
        inserted
    }

    /// Takes in many operations at once, which costs less than one by one.
    pub fn extend(
        &mut self,
        operations: impl IntoIterator<Item = SignedOperation>,
        devices: &impl Devices,
    ) -> Vec<Inserted> {
        let operations = operations.into_iter();
        let inserted = operations.map(|signed| self.examine(signed, devices)).collect();
        self.settle();
        inserted
    }

    /// Checks an operation from outside, and takes it in.
    fn examine(&mut self, signed: SignedOperation, devices: &impl Devices) -> Inserted {
        let id = signed.id();
        if self.graph.number(&id).is_some() || self.waiting.has(&id) {
            return Inserted::Duplicate;
        }
        let operation = match signed.read() {
            Ok(operation) => operation,
            Err(flaw) => return Inserted::Invalid(flaw),
        };
        if let Err(flaw) = self.expected(&id, &operation).and_then(|()| signed.verify(&operation)) {
            return Inserted::Invalid(flaw);
        }
        let author = operation.author;
        match devices.belongs(&author.user, &author.device, author.list_version) {
            Belonging::Yes => self.offer(id, signed, operation),
            Belonging::No => Inserted::Invalid(Flaw::Device),
            Belonging::Unknown => Inserted::UnknownDevice(author),
        }
    }

    /// Whether an operation can be one of this group's.
    fn expected(&self, id: &OperationId, operation: &Operation) -> Result<(), Flaw> {
        if operation.group != self.id {
            return Err(Flaw::OtherGroup);
        }
        if operation.parents.is_empty() && self.founding.is_some_and(|founding| founding != *id) {
            return Err(Flaw::Founded);
        }
        if self.graph.len() >= OPERATIONS {
            return Err(Flaw::TooMany);
        }
        Ok(())
    }

    /// Takes in an operation that is signed well, and those that waited for it.
    fn offer(&mut self, id: OperationId, signed: SignedOperation, operation: Operation) -> Inserted {
        if self.graph.number(&id).is_some() || self.waiting.has(&id) {
            return Inserted::Duplicate;
        }
        if let Err(flaw) = self.expected(&id, &operation) {
            return Inserted::Invalid(flaw);
        }
        let missing = self.lacking(&operation.parents);
        if !missing.is_empty() {
            self.waiting.keep(id, signed, operation, &missing);
            return Inserted::Waiting { missing };
        }
        if let Err(flaw) = self.land(id, signed, operation) {
            return Inserted::Invalid(flaw);
        }
        let mut landed = vec![id];
        let mut next = 0;
        while let Some(came) = landed.get(next).copied() {
            for waiter in self.waiting.waiters(&came) {
                if !self.lacking(self.waiting.parents(&waiter)).is_empty() {
                    continue;
                }
                if let Some((signed, operation)) = self.waiting.take(&waiter)
                    && self.expected(&waiter, &operation).is_ok()
                    && self.land(waiter, signed, operation).is_ok()
                {
                    landed.push(waiter);
                }
            }
            next = next.saturating_add(1);
        }
        Inserted::Applied { landed }
    }

    fn lacking(&self, parents: &[OperationId]) -> Vec<OperationId> {
        let missing = parents.iter().filter(|parent| self.graph.number(parent).is_none());
        missing.copied().collect()
    }

    /// Places an operation whose parents are here, if it fits to them.
    fn land(&mut self, id: OperationId, signed: SignedOperation, operation: Operation) -> Result<(), Flaw> {
        let parents = operation.parents.iter().filter_map(|id| self.graph.number(id));
        let parents = parents.filter_map(|number| self.graph.node(number));
        let highest = parents.map(|parent| parent.operation.depth).max();
        if highest.map_or(Some(0), |highest| highest.checked_add(1)) != Some(operation.depth) {
            return Err(Flaw::Depth);
        }
        let introduced: Vec<UserId> = match &operation.deed {
            Deed::Create { founder, members, .. } => {
                self.founding = Some(id);
                members.iter().chain([founder]).map(|member| member.user).collect()
            }
            deed => {
                let introductions = self.introductions.get(&operation.author.user).ok_or(Flaw::Stranger)?;
                if !self.graph.builds_on(&operation.parents, introductions) {
                    return Err(Flaw::Stranger);
                }
                match deed {
                    Deed::Add { members } => members.iter().map(|member| member.user).collect(),
                    Deed::Admit { member } => vec![member.user],
                    _ => Vec::new(),
                }
            }
        };
        let number = self.graph.len();
        let covers = self.graph.covers(&operation.parents);
        for user in introduced {
            let known = self.introductions.entry(user).or_default();
            // Whoever builds on this one builds on those before it, too.
            if !covers || known.is_empty() {
                known.insert(number);
            }
        }
        // What it comes to is found when the group is settled.
        self.outcomes.push(Outcome::Void(Refusal::Unfounded));
        if let Placed::Among(unchanged) = self.graph.place(id, signed, operation) {
            self.kept.retain(|(place, _)| *place < unchanged);
            if unchanged < self.done {
                let (done, state) = match self.kept.last() {
                    Some((place, state)) => (place.saturating_add(1), state.clone()),
                    None => (0, GroupState::default()),
                };
                (self.done, self.state) = (done, state);
            }
        }
        Ok(())
    }

    /// Goes through the operations that the state has not gone through.
    fn settle(&mut self) {
        let narrows = self.graph.narrows();
        let mut next = narrows.partition_point(|narrow| *narrow < self.done);
        while self.done < self.graph.len() {
            let narrow = narrows.get(next).copied();
            next = next.saturating_add(1);
            let until = narrow.unwrap_or(self.graph.len());
            if self.done < until {
                let window = self.graph.window(self.done, until);
                let verdicts = resolve::resolve(&mut self.state, &window);
                for (place, verdict) in (self.done..until).zip(verdicts) {
                    note(&mut self.outcomes, self.graph.number_at(place), &verdict);
                }
            }
            self.done = until;
            let Some(node) = narrow.and_then(|narrow| self.graph.at(narrow)) else {
                continue;
            };
            let verdict = rules::step(&mut self.state, &node.operation, &Hindsight::default());
            note(&mut self.outcomes, self.graph.number_at(until), &verdict);
            self.done = until.saturating_add(1);
            if self
                .kept
                .last()
                .is_none_or(|(kept, _)| until.saturating_sub(*kept) >= KEPT_EVERY)
            {
                self.kept.push((until, self.state.clone()));
                thin(&mut self.kept);
            }
        }
    }
}

/// Writes down what an operation came to.
fn note(outcomes: &mut [Outcome], number: Option<usize>, verdict: &Verdict) {
    if let Some(outcome) = number.and_then(|number| outcomes.get_mut(number)) {
        *outcome = match verdict.done {
            Ok(_) => Outcome::Effective,
            Err(refusal) => Outcome::Void(refusal),
        };
    }
}

/// Drops some of the older states.
fn thin(kept: &mut Vec<(usize, GroupState)>) {
    let Some(old) = kept.len().checked_sub(KEPT + 1) else {
        return;
    };
    let (Some((before, _)), Some((place, _))) = (old.checked_sub(1).and_then(|before| kept.get(before)), kept.get(old))
    else {
        return;
    };
    if before / KEPT_SELDOM == place / KEPT_SELDOM {
        kept.remove(old);
    }
}
