//! Groups (section 4 of the document).

mod applications;
mod delete;
mod joining;
mod members;
mod money;
pub(crate) mod operation;
mod questions;
mod read;
mod settings;
#[cfg(test)]
mod tests;

use crate::table::Route;
use crate::wire::{Text, record};
use crate::{Code, Failure, Outcome};

pub(crate) use members::admit;
pub(crate) use operation::revoke;

/// The routes of this module.
pub(crate) fn routes() -> Vec<Route> {
    [
        read::routes(),
        questions::routes(),
        members::routes(),
        settings::routes(),
        joining::routes(),
        applications::routes(),
        delete::routes(),
        money::routes(),
    ]
    .concat()
}

record! {
    /// A group, by its id.
    pub struct OfGroup {
        /// Id of the group.
        group "gId": Text,
    }
}

/// Longest name of a group or of a member, in characters.
const NAME: usize = 64;
/// Longest notice, in characters.
const NOTICE: usize = 2_000;
/// Longest address of a picture, in bytes.
const PICTURE_URL: usize = 2_048;
/// Most elements of a list in a request.
const LIST: usize = 1_000;

/// Refuses a name that is blank, has control characters (`form`), or is too long (`length`).
fn check_name(name: &str, form: Code, length: Code) -> Outcome<()> {
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(form.into());
    }
    if name.chars().count() > NAME {
        return Err(Failure::with(length, NAME.to_string()));
    }
    Ok(())
}
