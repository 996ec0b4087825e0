//! Conversations and messages (sections 5 and 7 of the document). What messages contain: docs/messages.md.

mod conversations;
mod delete;
mod forward;
mod media;
mod money;
mod postback;
mod read;
mod receipts;
mod search;
mod send;
mod target;

use crate::table::Route;

/// The routes of this module.
pub(crate) fn routes() -> Vec<Route> {
    [
        conversations::routes(),
        send::routes(),
        read::routes(),
        media::routes(),
        forward::routes(),
        receipts::routes(),
        delete::routes(),
        money::routes(),
        search::routes(),
        postback::routes(),
    ]
    .concat()
}

#[cfg(test)]
mod tests;
