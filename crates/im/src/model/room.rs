//! Rooms.

use rusqlite::params;

use crate::Outcome;
use crate::store::Write;

/// The default room, which always exists.
pub(crate) const DEFAULT: &str = "1";
/// The blank room, which always exists.
pub(crate) const BLANK: &str = "2";

/// Makes the two rooms of a new account.
pub(crate) fn found(write: &mut Write<'_>, now: i64) -> Outcome<()> {
    for id in [DEFAULT, BLANK] {
        write
            .prepare_cached("INSERT INTO room (id, name, state, created, updated) VALUES (?1, '', 1, ?2, ?2)")?
            .execute(params![id, now])?;
    }
    Ok(())
}
