//! Keeps the devices of a user in step.
//!
//! Triggers note which rows of the tables in `synced` were touched. What differs there from the registers is written into
//! them with a stamp, and sent to the user's other devices; what these send is merged, and the tables follow. The latest
//! write of a register wins, and the tables are what the registers say, so that devices that had the same writes show the
//! same, whatever the order. As only differences are written, nothing that came from another device goes back.

mod settle;
mod stamp;
mod synced;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_keys::DeviceKey;
use coco_ledger::account::{Clock, Merged, Row, Write as Register};
use rusqlite::{Connection, OptionalExtension as _, params};
use zeroize::Zeroizing;

use super::letter::Own;
use super::own;
use crate::session::OrCode as _;
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session, outbox};
use settle::Dirty;

/// Rows that are stamped in one transaction.
const AT_ONCE: usize = 500;
/// Most writes that one letter may bring.
const WRITES: usize = 20_000;
/// Rows of the registers that are read in one go.
const PAGE: i64 = 500;

/// What a letter with registers did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    /// Whether nodes changed.
    pub(super) homes: bool,
    /// Whether some of it was no write, or of nothing that is shared.
    pub(super) dropped: bool,
}

/// Stamps what changed since the last time, and queues it for the user's other devices. Says whether there was anything.
///
/// # Errors
/// 20094 if the account does not know this device, and those of the database.
pub(super) fn spread(session: &Session) -> Outcome<bool> {
    if !session.read(any_changed)? {
        return Ok(false);
    }
    session.write(|write| {
        let mut clock = clock(write)?;
        let writes = stamp::stamp(session, write, &mut clock, AT_ONCE)?;
        stamp::keep_clock(write, &clock)?;
        send(session, write, &writes)
    })?;
    Ok(true)
}

/// Does what was postponed until the room that was open is not any more.
///
/// # Errors
/// Those of the database.
pub(super) fn settle(session: &Session) -> Outcome<()> {
    session.write(|write| {
        let mut dirty = Dirty::default();
        settle::take_postponed(write, &mut dirty)?;
        settle::settle(session, write, dirty)?;
        Ok(())
    })
}

/// Merges what another device of the user's wrote, base64. The caller has seen to it that it is one of the user's.
///
/// # Errors
/// Those of the database; nothing was taken then.
pub(super) fn take(session: &Session, write: &mut Write<'_>, writes: &[String]) -> Outcome<Taken> {
    let mut clock = clock(write)?;
    loop {
        // What was done here came before, and must not be lost in what comes.
        let writes = stamp::stamp(session, write, &mut clock, AT_ONCE)?;
        send(session, write, &writes)?;
        if !any_changed(write)? {
            break;
        }
    }
    merge(session, write, &mut clock, writes)
}

/// Everything that the devices of the user share, for one that is new: writes in base64.
///
/// # Errors
/// 20094 if the account does not know this device, and those of the database.
pub(crate) fn snapshot(session: &Session) -> Outcome<Vec<String>> {
    while session.read(any_changed)? {
        spread(session)?;
    }
    session.read(|connection| {
        let mut all = Vec::new();
        let mut last = (String::new(), String::new());
        loop {
            let page = page(connection, &last)?;
            let Some((name, row, _)) = page.last() else { break };
            last = (name.clone(), row.clone());
            for (name, row, registers) in &page {
                for write in registers.writes(name, row) {
                    all.extend(write.to_bytes().ok().map(|bytes| STANDARD.encode(bytes)));
                }
            }
        }
        Ok(all)
    })
}

/// Takes what [`snapshot`] gave on another device. If it is the first part, what this device did until now, which is to have
/// been set up, does not count. Says whether nodes changed.
///
/// # Errors
/// Those of the database.
pub(crate) fn apply_snapshot(
    session: &Session,
    write: &mut Write<'_>,
    writes: &[String],
    is_first: bool,
) -> Outcome<bool> {
    if is_first {
        write
            .prepare_cached("DELETE FROM changed WHERE name > ''")?
            .execute([])?;
    }
    let mut clock = clock(write)?;
    let mut homes = false;
    for writes in writes.chunks(WRITES) {
        homes |= merge(session, write, &mut clock, writes)?.homes;
    }
    Ok(homes)
}

fn merge(session: &Session, write: &mut Write<'_>, clock: &mut Clock, writes: &[String]) -> Outcome<Taken> {
    let now = session.now().unsigned_abs();
    let mut dirty = Dirty::default();
    let mut dropped = writes.len() > WRITES;
    for text in writes.iter().take(WRITES) {
        let bytes = STANDARD.decode(text).ok();
        let register = bytes.and_then(|bytes| Register::from_bytes(&bytes).ok());
        let shared = register.and_then(|register| Some((settle::place(&register.key)?, register)));
        let Some((place, register)) = shared else {
            dropped = true;
            continue;
        };
        let key = &register.key;
        let mut row = load(write, &key.table, &key.row)?;
        match row.merge(&register) {
            Merged::Applied => {
                clock.observe(now, &register.stamp);
                keep(write, &key.table, &key.row, &row)?;
                dirty.add(place, &key.row);
            }
            Merged::Older | Merged::Duplicate => {}
            Merged::Invalid(_) => dropped = true,
        }
    }
    stamp::keep_clock(write, clock)?;
    let homes = settle::settle(session, write, dirty)?;
    Ok(Taken { homes, dropped })
}

/// Queues writes for the user's other devices, if there are any.
fn send(session: &Session, write: &mut Write<'_>, writes: &[Register]) -> Outcome<()> {
    if writes.is_empty() || !own::has_others(session, write)? {
        return Ok(());
    }
    let texts = writes.iter().filter_map(|register| register.to_bytes().ok());
    for writes in outbox::parts(texts.map(|bytes| STANDARD.encode(bytes)).collect()) {
        own::tell_others(session, write, Own::Registers { writes })?;
    }
    Ok(())
}

fn any_changed(connection: &Connection) -> Outcome<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM changed WHERE name > '' LIMIT 1")?
        .exists([])?)
}

/// The clock of this device, as it was kept.
fn clock(connection: &Connection) -> Outcome<Clock> {
    let secret: Zeroizing<Vec<u8>> = connection
        .prepare_cached("SELECT secret FROM device WHERE secret IS NOT NULL")?
        .query_row([], |row| Ok(Zeroizing::new(row.get(0)?)))
        .or_code(Code::DEVICE_MISSING)?;
    let secret: Zeroizing<[u8; 32]> = Zeroizing::new(secret.as_slice().try_into().map_err(|_| Code::KEY)?);
    let device = DeviceKey::from_bytes(&secret).public_key();
    stamp::clock(connection, device)
}

/// The registers of a row.
fn load(connection: &Connection, table: &str, row: &str) -> Outcome<Row> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached("SELECT cells FROM register WHERE name = ?1 AND row = ?2")?
        .query_row([table, row], |row| row.get(0))
        .optional()?;
    match bytes {
        Some(bytes) => unpack(&bytes),
        None => Ok(Row::default()),
    }
}

fn keep(connection: &Connection, table: &str, row: &str, registers: &Row) -> Outcome<()> {
    let bytes = postcard::to_stdvec(registers).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    connection
        .prepare_cached(
            "INSERT INTO register (name, row, cells) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET cells = ?3",
        )?
        .execute(params![table, row, bytes])?;
    Ok(())
}

fn unpack(bytes: &[u8]) -> Outcome<Row> {
    postcard::from_bytes(bytes).map_err(|error| Failure::with(Code::DATABASE, error.to_string()))
}

/// The registers that follow a row's.
fn page(connection: &Connection, last: &(String, String)) -> Outcome<Vec<(String, String, Row)>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, row, cells FROM register WHERE (name, row) > (?1, ?2) ORDER BY name, row LIMIT ?3",
    )?;
    let rows = statement.query_map(params![last.0, last.1, PAGE], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?))
    })?;
    rows.map(|row| {
        let (name, row, cells) = row?;
        Ok((name, row, unpack(&cells)?))
    })
    .collect()
}
