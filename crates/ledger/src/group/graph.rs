//! The operations of a group, each after those that it builds on.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::operation::{Operation, SignedOperation};
use super::resolve::Act;
use crate::OperationId;

/// An operation with what it builds on, by their numbers.
pub(super) struct Node {
    pub(super) id: OperationId,
    pub(super) signed: SignedOperation,
    pub(super) operation: Operation,
    pub(super) parents: Vec<usize>,
    /// Its place in the order.
    place: usize,
}

/// Where an operation came to stand.
pub(super) enum Placed {
    /// After everything else, all of which it builds on.
    Last,
    /// Somewhere; up to this place nothing changed but what follows.
    Among(usize),
}

/// All operations, in the order of their depth, then of their id. Nodes are numbered as they came.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    numbers: HashMap<OperationId, usize>,
    /// Numbers of the nodes by their places.
    order: Vec<usize>,
    /// Those on which no other builds, with their depth.
    heads: BTreeMap<OperationId, u32>,
    /// The places of those that build on all before them, and on which all after them build; ascending.
    narrows: Vec<usize>,
}

impl Graph {
    /// How many operations there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn number(&self, id: &OperationId) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    pub(super) fn node(&self, number: usize) -> Option<&Node> {
        self.nodes.get(number)
    }

    /// The node at a place.
    pub(super) fn at(&self, place: usize) -> Option<&Node> {
        self.node(*self.order.get(place)?)
    }

    /// The number of the node at a place.
    pub(super) fn number_at(&self, place: usize) -> Option<usize> {
        self.order.get(place).copied()
    }

    pub(super) fn heads(&self) -> &BTreeMap<OperationId, u32> {
        &self.heads
    }

    /// The places of those that nothing was done at the same time as.
    pub(super) fn narrows(&self) -> &[usize] {
        &self.narrows
    }

    /// Takes in an operation whose parents are all here.
    pub(super) fn place(&mut self, id: OperationId, signed: SignedOperation, operation: Operation) -> Placed {
        let parents: Vec<usize> = operation.parents.iter().filter_map(|id| self.number(id)).collect();
        let places = parents.iter().filter_map(|parent| self.node(*parent));
        let highest = places.map(|parent| parent.place).max();
        let last = self.covers(&operation.parents);
        let key = (operation.depth, id);
        let place = self.order.partition_point(|number| {
            let node = self.nodes.get(*number);
            node.is_some_and(|node| (node.operation.depth, node.id) < key)
        });
        for parent in &operation.parents {
            self.heads.remove(parent);
        }
        self.heads.insert(id, operation.depth);
        let number = self.nodes.len();
        self.numbers.insert(id, number);
        self.nodes.push(Node {
            id,
            signed,
            operation,
            parents,
            place,
        });
        self.order.insert(place, number);
        for (moved, number) in self.order.iter().enumerate().skip(place) {
            if let Some(node) = self.nodes.get_mut(*number) {
                node.place = moved;
            }
        }
        if last {
            self.narrows.push(place);
            return Placed::Last;
        }
        // It does not build on what lies between its highest parent and itself, nor does what follows build on it.
        let kept = highest.map_or(0, |highest| self.narrows.partition_point(|narrow| *narrow <= highest));
        self.narrows.truncate(kept);
        Placed::Among(self.narrows.last().map_or(0, |narrow| narrow.saturating_add(1)))
    }

    /// The operations at these places, to be resolved together.
    pub(super) fn window(&self, from: usize, to: usize) -> Vec<Act<'_>> {
        let numbers = self.order.get(from..to).unwrap_or_default();
        let nodes = numbers.iter().filter_map(|number| self.node(*number));
        nodes
            .map(|node| Act {
                id: node.id,
                operation: &node.operation,
                parents: node
                    .parents
                    .iter()
                    .filter_map(|parent| self.node(*parent)?.place.checked_sub(from))
                    .collect(),
            })
            .collect()
    }

    /// Whether an operation with these parents would build on everything.
    pub(super) fn covers(&self, parents: &[OperationId]) -> bool {
        self.heads.keys().all(|head| parents.contains(head))
    }

    /// Whether an operation with these parents builds on one of the others.
    pub(super) fn builds_on(&self, parents: &[OperationId], others: &HashSet<usize>) -> bool {
        if self.covers(parents) {
            return !others.is_empty();
        }
        let mut seen: HashSet<usize> = parents.iter().filter_map(|id| self.number(id)).collect();
        let place = |number: &usize| self.node(*number).map_or(0, |node| node.place);
        let highest = seen.iter().map(place).max().unwrap_or(0);
        let narrow = self.narrows.partition_point(|narrow| *narrow <= highest).checked_sub(1);
        let narrow = narrow.and_then(|narrow| self.narrows.get(narrow)).copied();
        // All up to the last narrow place below is built on.
        if narrow.is_some_and(|narrow| others.iter().any(|other| place(other) <= narrow)) {
            return true;
        }
        let mut open: Vec<usize> = seen.iter().copied().collect();
        while let Some(number) = open.pop() {
            if others.contains(&number) {
                return true;
            }
            let Some(node) = self.node(number) else { continue };
            for parent in &node.parents {
                if narrow.is_none_or(|narrow| place(parent) > narrow) && seen.insert(*parent) {
                    open.push(*parent);
                }
            }
        }
        false
    }

    /// What is not among these operations and those that they build on, in order.
    pub(super) fn since(&self, heads: &[OperationId]) -> Vec<&Node> {
        let mut known = vec![false; self.nodes.len()];
        for number in heads.iter().filter_map(|head| self.number(head)) {
            if let Some(mark) = known.get_mut(number) {
                *mark = true;
            }
        }
        let mut missing = Vec::new();
        for number in self.order.iter().rev() {
            let Some(node) = self.node(*number) else { continue };
            if known.get(*number) != Some(&true) {
                missing.push(node);
                continue;
            }
            for parent in &node.parents {
                if let Some(mark) = known.get_mut(*parent) {
                    *mark = true;
                }
            }
        }
        missing.reverse();
        missing
    }
}
