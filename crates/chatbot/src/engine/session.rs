use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a bot remembers of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Its name, for both sides.
    pub id: String,
    /// In which language the user talks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What the author keeps.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Value>,
    /// The form that is being filled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Filling>,
    /// Until when a person answers, in ms since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<u64>,
    /// How often the user said something.
    pub turns: u64,
}

/// A form that is being filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    /// The form.
    pub form: String,
    /// The slot that is asked for.
    pub slot: usize,
}

impl Session {
    /// A conversation that begins.
    #[must_use]
    pub fn new(id: String) -> Self {
        Self { id, ..Self::default() }
    }
}
