//! What goes wrong in the rig itself, or with what it runs.

use std::fmt::Display;

/// Says what was being done, and why it failed. For people who read the output of a test.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RigError(String);

impl RigError {
    /// A failure with these words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

/// Adds to an error what was being done.
pub(crate) trait During<T> {
    /// The value, or an error that begins with what was being done.
    fn during(self, doing: impl Display) -> Result<T, RigError>;
}

impl<T, E: Display> During<T> for Result<T, E> {
    fn during(self, doing: impl Display) -> Result<T, RigError> {
        self.map_err(|error| RigError(format!("{doing}: {error}")))
    }
}
