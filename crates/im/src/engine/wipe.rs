//! The wipe password: everything that was written is destroyed, and the account stays (im.md 4).
//!
//! A new database with a new key takes over what stays; the old one loses the beginning of its file, without which no
//! password opens it any more. How long that takes depends on contacts and groups, not on messages.

use coco_keys::DataKey;
use rusqlite::{Connection, params_from_iter, types::Value};

use super::files::{self, Files, MEDIA, STORE, Step, create_store};
use crate::store::{Store, Write};
use crate::{Code, Failure, Outcome};

/// Tables that stay, those first that others refer to. What stands in neither list does not stay.
const STAYS: &[&str] = &[
    "account",
    "note",
    "version",
    "setting",
    "device",
    "node",
    "room",
    "room_notice",
    "contact",
    "friend_request",
    "chat_group",
    "group_config",
    "group_member",
    "group_application",
    "ratchet",
    "person",
    "person_device",
    "group_operation",
    "group_pending",
    "early_key",
];

/// What waits for the network and says nothing of messages.
const WAITS: &str = "message IS NULL AND (kind GLOB 'friend*' OR kind GLOB 'contact*' OR kind GLOB 'group*'
    OR kind IN ('profile', 'remark'))";

/// Registers of what stays.
const REMEMBERED: &str = "name NOT IN ('conversation', 'favourite')";

/// Makes a database without anything that was written and puts it in the place of the one that is open, which is closed.
pub(super) fn carry_over(old: &Store, files: &Files, key: &DataKey) -> Outcome<()> {
    let new = create_store(&files.new_at(STORE), key)?;
    old.read(|from| {
        let (copied, _) = new.write(|to| {
            STAYS.iter().try_for_each(|table| copy(from, to, table, "true"))?;
            copy(from, to, "register", REMEMBERED)?;
            copy(from, to, "outbox", WAITS)
        })?;
        Ok(copied)
    })?;
    new.close();
    old.close();
    files
        .commit(&[Step::Place(STORE), Step::Remove(MEDIA)])
        .map_err(files::failed(&files.at(STORE)))
}

/// Copies the rows of a table for which a condition holds.
fn copy(from: &Connection, to: &mut Write<'_>, table: &str, condition: &str) -> Outcome<()> {
    let columns: Vec<String> = from
        .prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?
        .query_map([table], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if columns.is_empty() {
        return Err(Failure::with(Code::DATABASE, format!("the table {table} is missing")));
    }
    let (names, places) = (columns.join(", "), vec!["?"; columns.len()].join(", "));
    let mut select = from.prepare(&format!("SELECT {names} FROM {table} WHERE {condition}"))?;
    let mut insert = to.prepare(&format!("INSERT INTO {table} ({names}) VALUES ({places})"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let values: Vec<Value> = (0..columns.len())
            .map(|column| row.get(column))
            .collect::<rusqlite::Result<_>>()?;
        insert.execute(params_from_iter(values))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What goes: whatever was written, or is about what was written.
    const GOES: &[&str] = &[
        "conversation",
        "message",
        "message_words",
        "bot_memory",
        "media",
        "favourite",
        "outbox",
        "parcel",
        "held",
        "sent_letter",
        "unopened",
        "transfer",
        "upload",
        "register",
        "changed",
        "postponed",
    ];

    #[test]
    fn of_every_table_it_is_decided_whether_it_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("im.db"), zeroize::Zeroizing::new([1; 32])).unwrap();
        let tables: Vec<String> = store
            .read(|connection| {
                let mut statement = connection.prepare(
                    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'message_words_*'
                        AND name NOT GLOB 'sqlite_*' ORDER BY name",
                )?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .unwrap();
        let mut decided: Vec<&str> = [STAYS, GOES].concat();
        decided.sort_unstable();
        assert_eq!(tables, decided);
    }
}
