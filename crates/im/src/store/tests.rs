//! The store by itself: its form, its migrations, what it does with files that are not its own.

use std::path::Path;

use rusqlite::{Connection, ErrorCode};
use tempfile::tempdir;
use zeroize::Zeroizing;

use super::{Store, migrations};
use crate::Outcome;

fn open(path: &Path) -> rusqlite::Result<Store> {
    Store::open(path, Zeroizing::new([3; 32]))
}

fn keep(store: &Store, name: &str) {
    store
        .write(|write| {
            write.execute("INSERT INTO note (name, value) VALUES (?1, 'kept')", [name])?;
            Ok(())
        })
        .unwrap();
}

fn notes(store: &Store) -> Vec<String> {
    let read = |connection: &Connection| -> Outcome<Vec<String>> {
        let mut statement = connection.prepare("SELECT name FROM note ORDER BY name")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    store.read(read).unwrap()
}

/// What a database is made of, in words that two databases share if they are alike.
fn schema(connection: &Connection) -> String {
    let mut statement = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'message_words_%' ORDER BY type DESC, name")
        .unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|sql| sql.unwrap() + ";\n").collect()
}

/// `UPDATE_GENERATED=1 cargo test -p coco-im golden` writes it anew.
#[test]
fn a_new_store_has_the_golden_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/schema.sql");
    let folder = tempdir().unwrap();
    let store = open(&folder.path().join("im.db")).unwrap();
    let made = store.read(|connection| Ok(schema(connection))).unwrap();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap() == made,
        "schema.sql is stale; a changed schema needs a migration"
    );
}

#[test]
fn every_earlier_version_becomes_the_newest_and_keeps_its_rows() {
    for version in 1..=migrations::MIGRATIONS.len() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("im.db");
        {
            super::READY.call_once(|| drop(Connection::open_in_memory()));
            let connection = Connection::open(&path).unwrap();
            connection
                .execute_batch(&format!("PRAGMA key = \"x'{}'\"", "03".repeat(32)))
                .unwrap();
            for sql in &migrations::MIGRATIONS[..version] {
                connection.execute_batch(sql).unwrap();
            }
            connection
                .pragma_update(None, "user_version", i64::try_from(version).unwrap())
                .unwrap();
            connection
                .execute("INSERT INTO note (name, value) VALUES ('old', 'kept')", [])
                .unwrap();
        }
        let store = open(&path).unwrap();
        assert_eq!(notes(&store), ["old"]);
        let (have, made) = store.read(|c| Ok((migrations::version(c)?, schema(c)))).unwrap();
        assert_eq!(have, migrations::MIGRATIONS.len());
        assert_eq!(made, include_str!("schema.sql"));
    }
}

#[test]
fn a_later_programs_store_is_refused_and_left_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("im.db");
    let store = open(&path).unwrap();
    store
        .write(|write| Ok(write.pragma_update(None, "user_version", 9_999)?))
        .unwrap();
    drop(store);
    let before = std::fs::read(&path).unwrap();
    assert!(open(&path).unwrap_err().to_string().contains("9999"));
    assert!(std::fs::read(&path).unwrap() == before);
}

#[test]
fn what_was_written_is_there_again_and_what_failed_is_not() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("im.db");
    let store = open(&path).unwrap();
    keep(&store, "one");
    let failed: Outcome<((), _)> = store.write(|write| {
        write.execute("INSERT INTO note (name, value) VALUES ('two', 'lost')", [])?;
        Err(crate::Code::FAILURE.into())
    });
    assert!(failed.is_err());
    drop(store);
    assert_eq!(notes(&open(&path).unwrap()), ["one"]);
}

#[test]
fn readers_see_what_was_written_before_them_and_cannot_write() {
    let folder = tempdir().unwrap();
    let store = open(&folder.path().join("im.db")).unwrap();
    for name in ["a", "b", "c"] {
        keep(&store, name);
        assert_eq!(notes(&store).last().map(String::as_str), Some(name));
    }
    let refused = store
        .read(|connection| Ok(connection.execute("DELETE FROM note", [])?))
        .unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
}

#[test]
fn nothing_readable_is_on_the_disk() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("im.db");
    let store = open(&path).unwrap();
    keep(&store, "a name that would be seen");
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!has("a name that would be seen") && !has("SQLite format 3") && !has("CREATE TABLE"));
    }
}

#[test]
fn a_file_of_another_key_or_a_damaged_one_is_refused_and_left_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("im.db");
    drop(open(&path).unwrap());
    let whole = std::fs::read(&path).unwrap();
    let refusal = |bytes: &[u8], key: [u8; 32]| {
        std::fs::write(&path, bytes).unwrap();
        let error = Store::open(&path, Zeroizing::new(key)).unwrap_err();
        assert!(std::fs::read(&path).unwrap() == bytes);
        error.sqlite_error_code()
    };
    assert_eq!(refusal(&whole, [4; 32]), Some(ErrorCode::NotADatabase));
    let mut damaged = whole.clone();
    damaged[100] ^= 1;
    assert_eq!(refusal(&damaged, [3; 32]), Some(ErrorCode::NotADatabase));
    assert_eq!(
        refusal(&whole[..whole.len() / 2 + 17], [3; 32]),
        Some(ErrorCode::DatabaseCorrupt)
    );
    assert_eq!(refusal(&[7; 5_000], [3; 32]), Some(ErrorCode::NotADatabase));
}
