//! Favourites.

use sha2::{Digest as _, Sha256};

/// The id of a message as a favourite of a room.
pub(crate) fn id(room: &str, message: &str) -> String {
    hex::encode(Sha256::digest(format!("{room}\n{message}")))
}
