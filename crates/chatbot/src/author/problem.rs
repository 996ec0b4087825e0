use std::fmt;

use serde::Serialize;
use serde_saphyr::Location;

/// Something that is wrong with a file of a bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, seen from the bot's folder.
    pub file: String,
    /// Its line, from 1; 0 if it is about the whole file.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What is wrong, and what is expected.
    pub message: String,
}

/// Why a bot cannot be used: all that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problems(pub Vec<Problem>);

impl Problem {
    pub(crate) fn new(file: &str, at: Location, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: at.line(),
            column: at.column(),
            message: message.into(),
        }
    }

    /// One about a whole file.
    pub(crate) fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: 0,
            column: 0,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}:{}: {}", self.file, self.column, self.message),
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
