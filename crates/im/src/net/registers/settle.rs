//! From registers to the tables.

use std::collections::{BTreeMap, BTreeSet};

use coco_ledger::account::{Key, Row};
use rusqlite::{Connection, OptionalExtension as _, ToSql, params_from_iter, types};
use serde_json::Value;

use super::load;
use super::stamp::untouch;
use super::synced::{self, Rows, SYNCED, Table, to_sql};
use crate::events::Event;
use crate::model::{assignment, conversation, room};
use crate::store::Write;
use crate::{Outcome, Session};

/// Rows whose registers changed: the places of their tables, and their names.
#[derive(Debug, Default)]
pub(super) struct Dirty(BTreeSet<(usize, String)>);

impl Dirty {
    pub(super) fn add(&mut self, place: usize, row: &str) {
        self.0.insert((place, row.to_owned()));
    }
}

/// What one pass over rows did.
#[derive(Debug, Default)]
struct Pass {
    /// Contacts that were made.
    arrived: BTreeMap<String, String>,
    /// Rows that are to go.
    gone: BTreeSet<(usize, String)>,
    rooms_made: bool,
    homes: bool,
    unread: bool,
}

/// A row under work.
struct Place<'a> {
    table: &'static Table,
    row: &'a str,
    key: Vec<types::Value>,
}

/// The place of a register's table, if the register is shared.
pub(super) fn place(key: &Key) -> Option<usize> {
    let (place, table) = synced::table(&key.table)?;
    let known = table.has(&key.column) || (key.column.is_empty() && table.rows == Rows::Shared);
    (known && table.parse(&key.row).is_some()).then_some(place)
}

/// Makes the tables what the registers say. Says whether nodes changed.
pub(super) fn settle(session: &Session, write: &mut Write<'_>, dirty: Dirty) -> Outcome<bool> {
    let (mut dirty, mut homes, mut unread) = (dirty, false, false);
    while !dirty.0.is_empty() {
        let mut pass = Pass::default();
        for (place, row) in &dirty.0 {
            one(session, write, &mut pass, *place, row)?;
        }
        for (place, row) in std::mem::take(&mut pass.gone) {
            remove(session, write, &mut pass, place, &row)?;
        }
        homes |= pass.homes;
        unread |= pass.unread;
        dirty = Dirty::default();
        if pass.rooms_made {
            take_postponed(write, &mut dirty)?;
        }
    }
    if unread {
        conversation::tell_unread(session, write)?;
    }
    Ok(homes)
}

/// Rows that wait for their room, or for the open room to be left.
pub(super) fn take_postponed(write: &Write<'_>, dirty: &mut Dirty) -> Outcome<()> {
    let mut statement = write.prepare_cached("DELETE FROM postponed WHERE name > '' RETURNING name, row")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    for row in rows {
        let (name, row) = row?;
        if let Some((place, _)) = synced::table(&name) {
            dirty.add(place, &row);
        }
    }
    Ok(())
}

fn postpone(write: &Write<'_>, at: &Place<'_>) -> Outcome<()> {
    write
        .prepare_cached("INSERT INTO postponed (name, row) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute([at.table.name, at.row])?;
    Ok(())
}

fn one(session: &Session, write: &mut Write<'_>, pass: &mut Pass, place: usize, row: &str) -> Outcome<()> {
    let Some(table) = SYNCED.get(place) else { return Ok(()) };
    let Some(key) = table.parse(row) else { return Ok(()) };
    let at = Place { table, row, key };
    let registers = load(write, table.name, row)?;
    let here = table.values(write, &at.key)?;
    let whole = registers.exists() && (!table.has("created") || registers.cells().contains_key("created"));
    match (here, table.rows) {
        (Some(values), Rows::Given | Rows::Lasting) => update(session, write, pass, &at, &registers, &values),
        (Some(values), Rows::Shared) if whole => update(session, write, pass, &at, &registers, &values),
        (Some(_), Rows::Shared) => {
            let set = table
                .chosen
                .iter()
                .any(|column| registers.cells().contains_key(*column));
            if set {
                touch(write, &at)
            } else {
                pass.gone.insert((place, row.to_owned()));
                Ok(())
            }
        }
        (None, Rows::Shared | Rows::Lasting) if whole => insert(session, write, pass, &at, &registers),
        (None, _) => Ok(()),
    }
}

/// Says that a row has what its registers lack.
fn touch(write: &Write<'_>, at: &Place<'_>) -> Outcome<()> {
    write
        .prepare_cached("INSERT INTO changed (name, row, made) VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING")?
        .execute([at.table.name, at.row])?;
    Ok(())
}

/// The values that the registers of a row have, for the database.
fn cells(table: &Table, registers: &Row) -> Vec<(&'static str, Value, types::Value)> {
    let of = |column: &'static str| {
        let text = registers.cells().get(column)?.value.as_deref()?;
        let value: Value = serde_json::from_str(text).ok()?;
        let sql = to_sql(&value)?;
        Some((column, value, sql))
    };
    table.columns().filter_map(of).collect()
}

/// Runs a statement; what the table cannot take is left out.
fn run(write: &Write<'_>, sql: &str, values: &[types::Value]) -> Outcome<bool> {
    let done = write.prepare_cached(sql)?.execute(params_from_iter(values));
    match done {
        Ok(rows) => Ok(rows > 0),
        Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == rusqlite::ErrorCode::ConstraintViolation => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

fn text(value: Option<&types::Value>) -> &str {
    match value {
        Some(types::Value::Text(text)) => text,
        _ => "",
    }
}

fn has_room(write: &Write<'_>, id: &str) -> Outcome<bool> {
    Ok(write.prepare_cached("SELECT 1 FROM room WHERE id = ?1")?.exists([id])?)
}

fn update(
    session: &Session,
    write: &mut Write<'_>,
    pass: &mut Pass,
    at: &Place<'_>,
    registers: &Row,
    values: &[Value],
) -> Outcome<()> {
    let mut sets = Vec::new();
    let mut parameters = at.key.clone();
    let columns: Vec<&str> = at.table.columns().collect();
    for (column, value, sql) in cells(at.table, registers) {
        let now = columns
            .iter()
            .position(|name| *name == column)
            .and_then(|at| values.get(at));
        if now == Some(&value) {
            continue;
        }
        if at.table.name == "version" && now.and_then(Value::as_i64) > value.as_i64() {
            // A count never goes back.
            return touch(write, at);
        }
        if column == "room" {
            let to = value.as_str().unwrap_or_default();
            if !has_room(write, to)? {
                postpone(write, at)?;
                continue;
            }
            if at.table.name == "chat_group" {
                let from = now.and_then(Value::as_str).unwrap_or_default();
                let group = text(at.key.first());
                pass.unread |= assignment::follow(session, write, group, from, to)?;
                if from == session.room {
                    write.emit(Event::GroupDeleted {
                        group: group.to_owned(),
                    });
                }
            }
        }
        parameters.push(sql);
        sets.push(format!("{column} = ?{}", parameters.len()));
    }
    if sets.is_empty() {
        return Ok(());
    }
    if at.table.updated && at.table.rows != Rows::Lasting {
        parameters.push(types::Value::Integer(session.now()));
        sets.push(format!("updated = ?{}", parameters.len()));
    }
    let sql = format!(
        "UPDATE {} SET {} WHERE {}",
        at.table.name,
        sets.join(", "),
        at.table.is_row()
    );
    run(write, &sql, &parameters)?;
    untouch(write, at.table.name, at.row)?;
    tell(session, write, pass, at, false)
}

fn insert(session: &Session, write: &mut Write<'_>, pass: &mut Pass, at: &Place<'_>, registers: &Row) -> Outcome<()> {
    let mut columns: Vec<&str> = at.table.key.to_vec();
    let mut parameters = at.key.clone();
    let mut created = None;
    for (column, value, sql) in cells(at.table, registers) {
        if column == "created" {
            created = value.as_i64();
        }
        columns.push(column);
        parameters.push(sql);
    }
    if let Some(room) = columns.iter().position(|column| *column == "room")
        && !has_room(write, text(parameters.get(room)))?
    {
        return postpone(write, at);
    }
    if at.table.updated {
        let lasting = created.filter(|_| at.table.rows == Rows::Lasting);
        columns.push("updated");
        parameters.push(types::Value::Integer(lasting.unwrap_or_else(|| session.now())));
    }
    let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({})",
        at.table.name,
        columns.join(", "),
        places.join(", ")
    );
    let made = run(write, &sql, &parameters)?;
    untouch(write, at.table.name, at.row)?;
    if !made {
        return Ok(());
    }
    match at.table.name {
        "room" => pass.rooms_made = true,
        "contact" => {
            let (room, address) = (text(at.key.first()), text(at.key.get(1)));
            pass.arrived.insert(address.to_owned(), room.to_owned());
        }
        _ => {}
    }
    tell(session, write, pass, at, false)
}

/// Deletes a row as it was deleted on another device.
fn remove(session: &Session, write: &mut Write<'_>, pass: &mut Pass, place: usize, row: &str) -> Outcome<()> {
    let Some(table) = SYNCED.get(place) else { return Ok(()) };
    let Some(key) = table.parse(row) else { return Ok(()) };
    let at = Place { table, row, key };
    let id = text(at.key.first());
    if table.name == "room" {
        if [room::DEFAULT, room::BLANK].contains(&id) {
            return touch(write, &at);
        }
        if id == session.room {
            return postpone(write, &at);
        }
        if has_room(write, id)? {
            session.passwords().remove(&room::label(id))?;
            assignment::dissolve(write, id)?;
        }
        return untouch(write, table.name, row);
    }
    if table.name == "contact" {
        leave(session, write, pass, id, text(at.key.get(1)))?;
    }
    // What a notice belongs to is not known any more once it is gone.
    tell(session, write, pass, &at, true)?;
    let sql = format!("DELETE FROM {} WHERE {}", table.name, table.is_row());
    run(write, &sql, &at.key)?;
    untouch(write, table.name, row)
}

/// A contact goes: what was said with them goes to the room where they are now, and is not listed if they are in none.
fn leave(session: &Session, write: &mut Write<'_>, pass: &mut Pass, from: &str, address: &str) -> Outcome<()> {
    let moved = match pass.arrived.get(address) {
        Some(to) => assignment::follow(session, write, address, from, to)?,
        None => run(
            write,
            "UPDATE conversation SET listed = 0 WHERE room = ?1 AND peer = ?2",
            &[from.to_owned().into(), address.to_owned().into()],
        )?,
    };
    if moved && from == session.room {
        pass.unread = true;
        write.emit(Event::ConversationDeleted {
            conversation: address.to_owned(),
        });
    }
    Ok(())
}

fn column(connection: &Connection, sql: &str, value: &dyn ToSql) -> Outcome<String> {
    let found = connection
        .prepare_cached(sql)?
        .query_row([value], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Tells what changed in the open room.
fn tell(session: &Session, write: &mut Write<'_>, pass: &mut Pass, at: &Place<'_>, gone: bool) -> Outcome<()> {
    let first = text(at.key.first()).to_owned();
    let second = text(at.key.get(1)).to_owned();
    let here = first == session.room;
    match at.table.name {
        "node" => pass.homes = true,
        "room" => write.emit(Event::RoomChanged { room: first }),
        "room_notice" => {
            let room = column(write, "SELECT room FROM room_notice WHERE id = ?1", &first)?;
            write.emit(Event::RoomChanged { room });
        }
        "contact" if here && gone => write.emit(Event::ContactDeleted { address: second }),
        "contact" if here => write.emit(Event::ContactChanged { address: second }),
        "friend_request" if here => write.emit(Event::RequestChanged { address: second }),
        "conversation" if here => {
            pass.unread = true;
            if let Some(found) = conversation::find(session, write, &second)? {
                write.emit(Event::ConversationChanged {
                    conversation: Box::new(found),
                });
            }
        }
        "chat_group" | "group_config" | "group_member" => {
            let room = column(write, "SELECT room FROM chat_group WHERE id = ?1", &first)?;
            if room == session.room {
                write.emit(Event::GroupChanged { group: first });
            }
        }
        _ => {}
    }
    Ok(())
}
