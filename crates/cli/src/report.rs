//! How commands say what they did, and why they did not.

use std::fmt::{self, Display};
use std::io::{self, Write as _};

use coco_package::PackageError;
use serde::Serialize;

/// The language of standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One line of JSON: what was found out, or `{"error": {"step", "message", "hint"}}`.
    Json,
}

/// Why a command failed, and what to do about it.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    /// One lower-case word: the step of the package's verification that failed, or the part of the command.
    step: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Whether what was printed says it all already.
    #[serde(skip)]
    told: bool,
}

impl Failure {
    /// The failure of a command that has printed what is wrong as what it found out.
    pub(crate) fn told() -> Self {
        Self {
            step: "told",
            message: String::new(),
            hint: None,
            told: true,
        }
    }

    /// A failure of the command itself, with what to do next.
    pub(crate) fn new(step: &'static str, message: impl Display, hint: impl Into<String>) -> Self {
        Self {
            step,
            message: message.to_string(),
            hint: Some(hint.into()),
            told: false,
        }
    }
}

impl From<PackageError> for Failure {
    fn from(error: PackageError) -> Self {
        Self {
            step: error.step(),
            hint: hint(&error).map(str::to_owned),
            message: error.to_string(),
            told: false,
        }
    }
}

/// What to do next, where the message does not say so itself.
fn hint(error: &PackageError) -> Option<&'static str> {
    Some(match error {
        PackageError::Open { .. } => "name the folder that holds content.json, or a ZIP of it",
        PackageError::Parse(_) => {
            "sign the folder with `coco app sign`; content.json must be exactly as it was written"
        }
        PackageError::Address(_) => "content.json must carry the address of the developer's key; sign again",
        PackageError::InnerPath(_) | PackageError::Signers(_) | PackageError::Signature(_) => {
            "sign the folder again with `coco app sign DIR --key account.json`"
        }
        PackageError::Path { .. } => "rename the file, then sign the folder again",
        PackageError::Limit(_) => "make the package smaller: compress pictures, leave out what the app does not need",
        PackageError::Required(_) => "add the file to the folder, then sign it again",
        _ => return None,
    })
}

/// Prints what a command found out: its text, or with [`Format::Json`] the value itself.
pub(crate) fn success<T: Serialize + Display>(found: &T, format: Format) {
    match format {
        Format::Text => line(found),
        Format::Json => json(found),
    }
}

/// Prints a warning to standard error.
pub(crate) fn warning(text: impl Display) {
    // Nobody listens any more: nothing to be done about that.
    let _ = writeln!(io::stderr(), "warning: {text}");
}

/// Prints why a command failed.
pub(crate) fn failure(failure: &Failure, format: Format) {
    #[derive(Serialize)]
    struct Failed<'a> {
        error: &'a Failure,
    }
    if failure.told {
        return;
    }
    if format == Format::Json {
        json(&Failed { error: failure });
    }
    let _ = writeln!(io::stderr(), "error: {}", failure.message);
    if let Some(hint) = &failure.hint {
        let _ = writeln!(io::stderr(), "       {hint}");
    }
}

/// Prints a value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => line(&text),
        Err(error) => warning(error),
    }
}

fn line(text: &impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Formats `names` for one line: all of a few, the first of many.
pub(crate) struct FirstFew<'a>(pub(crate) &'a [String]);

impl Display for FirstFew<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<&str> = self.0.iter().take(3).map(String::as_str).collect();
        write!(f, "{}", shown.join(", "))?;
        match self.0.len().saturating_sub(shown.len()) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
