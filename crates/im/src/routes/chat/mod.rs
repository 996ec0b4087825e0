//! Conversations and messages (sections 5 and 7 of the document).

mod read;
mod send;

use crate::table::Route;

/// The routes of this module.
pub(crate) fn routes() -> Vec<Route> {
    [read::routes(), send::routes()].concat()
}

#[cfg(test)]
mod tests;
