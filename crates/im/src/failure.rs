//! Why a route did not do what was asked.

use crate::Code;

/// A code of the document and, where it helps, what exactly is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}{}", .detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default())]
pub struct Failure {
    /// The code that the caller gets.
    pub code: Code,
    /// The member, file or reason that is meant. Goes to the caller behind the code's text, so it holds no secret.
    pub detail: Option<String>,
}

impl Failure {
    /// A failure that the code alone explains.
    #[must_use]
    pub fn of(code: Code) -> Self {
        Self { code, detail: None }
    }

    /// A failure that needs a word more.
    #[must_use]
    pub fn with(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: Some(detail.into()),
        }
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::of(code)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::with(Code::DATABASE_OPERATION, error.to_string())
    }
}

/// What a route's handler answers.
pub type Outcome<T> = Result<T, Failure>;
