//! Chatbots among the contacts.
//!
//! A bot is a contact that a [`Link`] says how to ask: over HTTP by the Custom API, or on this computer, from the folder that
//! its author wrote. What the user says to it waits in the outbox, as what is said to people does; `worker` asks the bots
//! and `answer` turns what they say into messages.

mod answer;
mod link;
mod note;
mod picture;
mod shelf;
#[cfg(test)]
mod tests;
mod worker;

use rusqlite::Connection;

use crate::Outcome;
pub(crate) use link::{add, is_link};
pub(crate) use picture::picture;
pub(crate) use worker::Bots;

/// What waits in the outbox for a bot. Statements write it out, for the sake of their index.
pub(crate) const ASK: &str = "ask";

/// Whether an address is that of a bot among the contacts, in whatever room.
pub(crate) fn is_bot(connection: &Connection, address: &str) -> Outcome<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM contact WHERE address = ?1 AND bot IS NOT NULL")?
        .exists([address])?)
}
