use std::fmt::Write as _;

use crate::net::registers::synced::{SYNCED, Table};

/// The part of the migration that stands for the tables: what notes that rows were touched, and the rows there are.
fn generated() -> String {
    let mut sql = String::new();
    for table in SYNCED {
        sql.push_str(&triggers(table));
    }
    sql
}

fn key(table: &Table, row: &str) -> String {
    let parts: Vec<String> = table.key.iter().map(|column| format!("{row}{column}")).collect();
    format!("json_array({})", parts.join(", "))
}

fn condition(table: &Table, row: &str) -> Option<String> {
    let names: Vec<String> = table.names.iter().map(|name| format!("'{name}'")).collect();
    let key = table.key.first().unwrap();
    (!names.is_empty()).then(|| format!("{row}{key} IN ({})", names.join(", ")))
}

fn triggers(table: &Table) -> String {
    let name = table.name;
    let note = |row: &str, made: u8| {
        format!(
            "    INSERT INTO changed (name, row, made) VALUES ('{name}', {}, {made}) ON CONFLICT DO NOTHING;\n",
            key(table, row)
        )
    };
    let when = |row: &str| {
        condition(table, row)
            .map(|condition| format!(" WHEN {condition}"))
            .unwrap_or_default()
    };
    let columns: Vec<&str> = table.key.iter().copied().chain(table.columns()).collect();
    let differs: Vec<String> = columns
        .iter()
        .map(|column| format!("old.{column} IS NOT new.{column}"))
        .collect();
    let mut differs = differs.join("\n    OR ");
    if let Some(condition) = condition(table, "new.") {
        differs = format!("{condition} AND ({differs})");
    }
    let mut sql = String::new();
    write!(
        sql,
        "\nCREATE TRIGGER {name}_made AFTER INSERT ON {name}{} BEGIN\n{}END;\n\
         CREATE TRIGGER {name}_deleted AFTER DELETE ON {name}{} BEGIN\n{}END;\n\
         CREATE TRIGGER {name}_set AFTER UPDATE OF {} ON {name} WHEN {differs} BEGIN\n{}{}END;\n\
         INSERT INTO changed (name, row, made) SELECT '{name}', {}, 1 FROM {name}{};\n",
        when("new."),
        note("new.", 1),
        when("old."),
        note("old.", 0),
        columns.join(", "),
        note("old.", 0),
        note("new.", 0),
        key(table, ""),
        condition(table, "")
            .map(|condition| format!(" WHERE {condition}"))
            .unwrap_or_default(),
    )
    .unwrap();
    sql
}

/// `UPDATE_GENERATED=1 cargo test -p coco-im --lib golden_triggers` writes them anew, which a migration that was released
/// forbids.
#[test]
fn the_migration_has_the_golden_triggers() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/migrations/0003.sql");
    let mark = "-- Generated from `net/registers/synced.rs`.\n";
    let text = std::fs::read_to_string(path).unwrap();
    let (head, tail) = text.split_once(mark).unwrap();
    let made = generated();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(path, format!("{head}{mark}{made}")).unwrap();
    } else {
        assert!(tail == made, "0003.sql is stale");
    }
}
