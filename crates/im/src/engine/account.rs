//! How an account begins, is entered and left, and ends (im.md 4).

use super::Engine;
use super::files::Files;

/// What is remembered between the steps of a login.
#[derive(Debug, Default)]
pub(crate) struct Door {}

impl Engine {
    /// The files of the engine's folder.
    pub(crate) fn files(&self) -> Files {
        Files::of(self.folder())
    }
}
