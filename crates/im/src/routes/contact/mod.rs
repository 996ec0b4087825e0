//! Contacts (section 3 of the document).

mod blacklist;
mod list;
mod requests;
#[cfg(test)]
mod tests;

use crate::table::Route;
use crate::wire::{Text, record};
use crate::{Code, Failure, Outcome};

/// The routes of this module.
pub(crate) fn routes() -> Vec<Route> {
    [list::routes(), requests::routes(), blacklist::routes()].concat()
}

record! {
    /// Somebody, by node address.
    pub struct Somebody {
        /// Node address.
        address "nodeId": Text,
    }
}

/// Longest remark, in characters.
const REMARK: usize = 128;

/// Refuses a remark that is too long.
fn check_remark(remark: &str) -> Outcome<()> {
    if remark.chars().count() > REMARK {
        return Err(Failure::with(Code::LIMIT, format!("remark: {REMARK}")));
    }
    Ok(())
}
