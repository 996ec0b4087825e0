//! How often each kind of data that devices share has changed.

use rusqlite::{Connection, OptionalExtension as _};

use crate::Outcome;
use crate::store::Write;

/// Kinds of shared data, by the names under which they are counted.
pub(crate) mod of {
    pub(crate) const CONTACTS: &str = "contacts";
    pub(crate) const GROUPS: &str = "groups";
    pub(crate) const USER: &str = "user";
    pub(crate) const ROOMS: &str = "rooms";
    pub(crate) const FAVOURITES: &str = "favourites";
    pub(crate) const BLACKLIST: &str = "blacklist";
    pub(crate) const DOMAINS: &str = "domains";
    pub(crate) const LOGIN: &str = "login";
    pub(crate) const MESSAGES: &str = "messages";
    pub(crate) const GROUP_MESSAGES: &str = "groupMessages";
}

/// Counts a change.
pub(crate) fn bump(write: &mut Write<'_>, name: &str) -> Outcome<()> {
    write
        .prepare_cached(
            "INSERT INTO version (name, value) VALUES (?1, 1) ON CONFLICT DO UPDATE SET value = version.value + 1",
        )?
        .execute([name])?;
    Ok(())
}

/// How often something changed.
pub(crate) fn get(connection: &Connection, name: &str) -> Outcome<i64> {
    let mut statement = connection.prepare_cached("SELECT value FROM version WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?.unwrap_or(0))
}
