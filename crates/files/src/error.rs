//! Why something was not put on the disk.

use std::fmt::Display;

use thiserror::Error;

/// Why a download, an archive or a picture was refused. The messages are English, for the app's developer, and say what
/// was wrong and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FilesError {
    /// The request or the content breaks a rule (30001).
    #[error("{0}")]
    Invalid(String),
    /// There is no such file in the folder of the app (30005).
    #[error("{0}: there is no such file in the folder of the app")]
    NotFound(String),
    /// More than a bound allows, or than fits on the disk (30010).
    #[error("{0}")]
    TooLarge(String),
    /// The person cancelled it, a newer download took its place, or the app was removed (30007 for a download).
    #[error("cancelled")]
    Cancelled,
    /// The network, the server or the disk failed (30007 for a download, else 30100).
    #[error("{0}")]
    Failed(String),
}

impl FilesError {
    /// A rule that was broken.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }

    /// Something that failed while doing `what`.
    pub(crate) fn failed(what: &str, error: impl Display) -> Self {
        Self::Failed(format!("{what}: {error}"))
    }
}
