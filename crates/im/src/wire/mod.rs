//! The form of requests and answers: shapes, how they are declared, and validation.

mod check;
pub(crate) mod macros;
mod shape;
mod types;

pub use check::{Fault, check};
pub(crate) use macros::{choice, figure, record};
pub use shape::{Field, Record, Shape, Shaped};
pub use types::{Distinct, Filled, Json, Nothing, Secret, Text};

/// Joins the lines of a documentation comment.
pub(crate) fn paragraph(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

figure! {
    /// Off or no (0), on or yes (1).
    pub struct Switch = 0 | 1;

    /// No (0), yes (1), or the question does not arise (-1).
    pub struct Maybe = -1 | 0 | 1;
}

record! {
    /// An answer without content.
    pub struct Empty {}

    /// Whether something is so or was done.
    pub struct Status {
        /// The answer to the route's question.
        status: bool,
    }

    /// A single number.
    pub struct Number {
        /// The number; the route says what it counts or means.
        value: i64,
    }

    /// A single text.
    pub struct Word {
        /// The text; the route says what it is.
        value: String,
    }
}

#[cfg(test)]
mod tests;
