//! Under which identifiers a caller wants to hear of what happens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Topic;
use crate::{Code, Failure, Outcome};

/// Most identifiers of one caller for one topic.
const IDENTIFIERS: usize = 16;
/// Longest identifier in bytes.
const LONGEST: usize = 256;

/// What one caller listens to: the identifiers it gave to the routes of the module `socketEvent`, by topic. An event goes
/// to it once for each identifier of the event's topic.
#[derive(Debug, Default)]
pub struct Listeners(Mutex<BTreeMap<Topic, BTreeSet<String>>>);

impl Listeners {
    /// Listens to a topic. The same identifier again changes nothing.
    ///
    /// # Errors
    /// 20045 if the identifier is longer than 256 bytes, or the topic has 16 others already.
    pub fn add(&self, topic: Topic, identifier: &str) -> Outcome<()> {
        if identifier.len() > LONGEST {
            return Err(Failure::with(
                Code::LIMIT,
                format!("identifier: at most {LONGEST} bytes"),
            ));
        }
        let mut listeners = self.lock();
        let identifiers = listeners.entry(topic).or_default();
        if identifiers.len() >= IDENTIFIERS && !identifiers.contains(identifier) {
            return Err(Failure::with(Code::LIMIT, format!("at most {IDENTIFIERS} identifiers")));
        }
        identifiers.insert(identifier.to_owned());
        Ok(())
    }

    /// The identifiers that hear of a topic.
    #[must_use]
    pub fn of(&self, topic: Topic) -> Vec<String> {
        self.lock().get(&topic).into_iter().flatten().cloned().collect()
    }

    /// All identifiers, each once.
    #[must_use]
    pub fn all(&self) -> BTreeSet<String> {
        self.lock().values().flatten().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Topic, BTreeSet<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_kept_by_topic_once_each_and_not_without_end() {
        let listeners = Listeners::default();
        for identifier in ["b", "a", "b"] {
            listeners.add(Topic::Receive, identifier).unwrap();
        }
        listeners.add(Topic::Group, "a").unwrap();
        assert_eq!(listeners.of(Topic::Receive), ["a", "b"]);
        assert_eq!(listeners.of(Topic::Contact), [""; 0]);
        assert_eq!(listeners.all().into_iter().collect::<Vec<_>>(), ["a", "b"]);
        let code = |identifier: &str| listeners.add(Topic::Group, identifier).unwrap_err().code;
        assert_eq!(code(&"x".repeat(257)), Code::LIMIT);
        for number in 1..16 {
            listeners.add(Topic::Group, &number.to_string()).unwrap();
        }
        assert_eq!(code("one more"), Code::LIMIT);
        listeners.add(Topic::Group, "a").unwrap();
    }
}
