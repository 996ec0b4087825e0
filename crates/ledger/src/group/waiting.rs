//! Operations that came before those that they build on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::operation::{Operation, SignedOperation};
use crate::{OperationId, UserId};

/// Most operations that wait.
pub const WAITING: usize = 1_000;
/// Most bytes of the operations that wait.
const BYTES: usize = 8 * 1024 * 1024;

/// The operations that wait for others.
#[derive(Default)]
pub(super) struct Waiting {
    operations: HashMap<OperationId, (SignedOperation, Operation)>,
    /// Who waits for what.
    needed: BTreeMap<OperationId, BTreeSet<OperationId>>,
    /// How many wait, by their authors.
    authors: BTreeMap<UserId, usize>,
    bytes: usize,
}

impl Waiting {
    pub(super) fn has(&self, id: &OperationId) -> bool {
        self.operations.contains_key(id)
    }

    /// What is waited for and does not wait itself.
    pub(super) fn missing(&self) -> Vec<OperationId> {
        let needed = self.needed.keys();
        needed.filter(|id| !self.has(id)).copied().collect()
    }

    /// Lets an operation wait for these others. If that makes too many, of whose author most wait gives one up.
    pub(super) fn keep(
        &mut self,
        id: OperationId,
        signed: SignedOperation,
        operation: Operation,
        others: &[OperationId],
    ) {
        self.bytes = self.bytes.saturating_add(signed.size());
        let count = self.authors.entry(operation.author.user).or_default();
        *count = count.saturating_add(1);
        for other in others {
            self.needed.entry(*other).or_default().insert(id);
        }
        self.operations.insert(id, (signed, operation));
        while self.operations.len() > WAITING || self.bytes > BYTES {
            let Some((author, _)) = self.authors.iter().max_by_key(|(_, count)| **count) else {
                return;
            };
            let author = *author;
            let theirs = self.operations.iter().filter(|(_, (_, one))| one.author.user == author);
            let Some(id) = theirs.max_by_key(|(id, (_, one))| (one.depth, **id)).map(|(id, _)| *id) else {
                return;
            };
            self.take(&id);
        }
    }

    /// Those who wait for an operation that came.
    pub(super) fn waiters(&mut self, came: &OperationId) -> BTreeSet<OperationId> {
        self.needed.remove(came).unwrap_or_default()
    }

    /// The operation, which waits no more.
    pub(super) fn take(&mut self, id: &OperationId) -> Option<(SignedOperation, Operation)> {
        let (signed, operation) = self.operations.remove(id)?;
        self.bytes = self.bytes.saturating_sub(signed.size());
        if let Some(count) = self.authors.get_mut(&operation.author.user) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.authors.remove(&operation.author.user);
            }
        }
        for parent in &operation.parents {
            if let Some(waiters) = self.needed.get_mut(parent) {
                waiters.remove(id);
                if waiters.is_empty() {
                    self.needed.remove(parent);
                }
            }
        }
        Some((signed, operation))
    }

    /// The parents of a waiting operation.
    pub(super) fn parents(&self, id: &OperationId) -> &[OperationId] {
        self.operations.get(id).map_or(&[], |(_, operation)| &operation.parents)
    }
}
