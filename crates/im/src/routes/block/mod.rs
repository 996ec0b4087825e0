//! Rooms (section 6 of the document, which calls them blocks).
//!
//! The default room manages all others. Any other room, the blank one included, knows of itself alone: asked for the default
//! one it answers itself, asked for another one that there is none, so that nobody who opened it learns what else there is.

mod change;
#[cfg(test)]
mod isolation_tests;
mod look;
pub(crate) mod passwords;
#[cfg(test)]
mod tests;

use crate::table::Route;
use crate::wire::{Text, record};

/// The routes of this module.
pub(crate) fn routes() -> Vec<Route> {
    [look::routes(), change::routes(), passwords::routes()].concat()
}

record! {
    /// A room, by its id.
    pub struct RoomId {
        /// Id of the room.
        room "bId": Text,
    }
}
