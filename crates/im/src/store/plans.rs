//! Every statement that a test runs is kept, and its plan looked at: none may read a whole table that grows.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use super::Store;
use super::migrations::MIGRATIONS;

/// Tables that stay small: a handful of rows, whatever the user does.
const SMALL: &[&str] = &[
    "account",
    "note",
    "version",
    "setting",
    "device",
    "node",
    "room",
    "room_notice",
    "pragma_table_info",
    "sqlite_schema",
];

thread_local! {
    static STATEMENTS: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// Keeps the statements that a connection runs on this thread.
pub(super) fn watch(connection: &Connection) {
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(keep));
}

fn keep(event: TraceEvent<'_>) {
    // What triggers run is told as a comment.
    if let TraceEvent::Stmt(_, sql) = event
        && ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"]
            .iter()
            .any(|verb| sql.trim_start().starts_with(verb))
    {
        STATEMENTS.with_borrow_mut(|statements| statements.insert(one_line(sql)));
    }
}

fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes the statements that ran on this thread.
pub(crate) fn taken() -> BTreeSet<String> {
    STATEMENTS.with_borrow_mut(std::mem::take)
}

/// Forgets a statement that a test ran for itself.
pub(crate) fn forget(sql: &str) {
    STATEMENTS.with_borrow_mut(|statements| statements.remove(&one_line(sql)));
}

/// The plan of a statement, a line for each step.
pub(crate) fn plan(store: &Store, sql: &str) -> Vec<String> {
    store
        .read(|connection| {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let unbound = vec![rusqlite::types::Null; statement.parameter_count()];
            let rows = statement.query_map(rusqlite::params_from_iter(unbound), |row| row.get(3))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .unwrap()
}

/// Fails if one of the statements reads a table that grows from end to end.
pub(crate) fn hold(statements: &BTreeSet<String>, store: &Store) {
    // Migrations run once.
    let migrations = one_line(&MIGRATIONS.concat());
    for sql in statements.iter().filter(|sql| !migrations.contains(sql.as_str())) {
        for step in plan(store, sql) {
            assert!(!reads_all(&step, sql), "{step}\n{sql}");
        }
    }
}

/// Whether a step of a plan goes through all rows of a table that grows.
fn reads_all(step: &str, sql: &str) -> bool {
    let Some(rest) = step.strip_prefix("SCAN ") else {
        return false;
    };
    let name = rest.split(' ').next().unwrap_or_default();
    // The index of words is asked for words or for one row, and keeps its own small tables.
    let found_by_words = rest.contains("VIRTUAL TABLE INDEX") && (sql.contains("MATCH") || rest.ends_with(":="));
    let of_the_index = name.starts_with("main.message_words_");
    let nothing_stored = name.starts_with('(') || rest == "CONSTANT ROW" || rest.contains("json_each");
    !found_by_words && !of_the_index && !nothing_stored && !SMALL.contains(&table(name, sql))
}

/// The table that an alias stands for.
fn table<'a>(alias: &'a str, sql: &'a str) -> &'a str {
    let words: Vec<&str> = sql
        .split([' ', ',', '(', ')'])
        .filter(|word| !word.is_empty() && *word != "AS")
        .collect();
    let named = words
        .windows(3)
        .find(|three| ["FROM", "JOIN"].contains(&three[0]) && three[2] == alias);
    named.map_or(alias, |three| three[1])
}

#[test]
fn a_scan_is_seen_and_a_search_is_not() {
    let sql = "SELECT c.peer FROM conversation c JOIN room r ON r.id = c.room";
    assert!(reads_all("SCAN c", sql));
    assert!(!reads_all("SCAN r", sql));
    assert!(!reads_all("SEARCH c USING INDEX conversation_by_time (room=?)", sql));
    assert!(reads_all("SCAN message", "DELETE FROM message"));
    assert!(reads_all(
        "SCAN m USING INDEX message_by_time",
        "SELECT 1 FROM message m ORDER BY m.created"
    ));
}
