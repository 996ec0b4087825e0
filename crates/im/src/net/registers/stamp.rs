//! From what was touched to registers.

use coco_ledger::DeviceId;
use coco_ledger::account::{Clock, Key, Row, Stamp, VALUE, Write as Register};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

use super::settle::{self, Dirty};
use super::synced::{self, Rows, Table};
use super::{keep, load};
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session};

/// Where the clock is noted.
const CLOCK: &str = "registers clock";

/// A row that was touched.
struct Touched {
    name: String,
    row: String,
    /// Whether it was made.
    made: bool,
}

/// Writes what differs from the registers in rows that were touched into the registers, and answers with it.
pub(super) fn stamp(
    session: &Session,
    write: &mut Write<'_>,
    clock: &mut Clock,
    most: usize,
) -> Outcome<Vec<Register>> {
    let mut writes = Vec::new();
    let mut behind = Dirty::default();
    for touched in take_touched(write, most)? {
        let Some((place, table)) = synced::table(&touched.name) else {
            continue;
        };
        let before = load(write, table.name, &touched.row)?;
        let mut row = before.clone();
        if !one(session, write, clock, table, &touched, &mut row, &mut writes)? {
            behind.add(place, &touched.row);
        }
        if row != before {
            keep(write, table.name, &touched.row, &row)?;
        }
    }
    settle::settle(session, write, behind)?;
    Ok(writes)
}

fn take_touched(write: &Write<'_>, most: usize) -> Outcome<Vec<Touched>> {
    let mut statement =
        write.prepare_cached("SELECT name, row, made FROM changed WHERE name > '' ORDER BY name, row LIMIT ?1")?;
    let rows = statement.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| {
        Ok(Touched {
            name: row.get(0)?,
            row: row.get(1)?,
            made: row.get(2)?,
        })
    })?;
    let touched: Vec<Touched> = rows.collect::<rusqlite::Result<_>>()?;
    for row in &touched {
        untouch(write, &row.name, &row.row)?;
    }
    Ok(touched)
}

/// Says that a row is as its registers are.
pub(super) fn untouch(write: &Write<'_>, name: &str, row: &str) -> Outcome<()> {
    write
        .prepare_cached("DELETE FROM changed WHERE name = ?1 AND row = ?2")?
        .execute([name, row])?;
    Ok(())
}

/// Brings the registers of a row to what the row has. Says whether the row has what they say then: where a row was made
/// that is known already, what was written elsewhere holds against what every new row has.
fn one(
    session: &Session,
    write: &Write<'_>,
    clock: &mut Clock,
    table: &Table,
    touched: &Touched,
    registers: &mut Row,
    writes: &mut Vec<Register>,
) -> Outcome<bool> {
    let Some(key) = table.parse(&touched.row) else {
        return Ok(true);
    };
    let mut set = |registers: &mut Row, column: &str, value: String, weightless: bool| -> Outcome<()> {
        let over = registers.latest_of(column);
        let stamp = if weightless && over.is_none() {
            Some(Stamp {
                ms: 0,
                counter: 0,
                device: clock.last().device,
            })
        } else {
            clock.stamp(session.now().unsigned_abs(), over.as_ref())
        };
        let key = Key {
            table: table.name.to_owned(),
            row: touched.row.clone(),
            column: column.to_owned(),
        };
        let stamp = stamp.ok_or_else(|| Failure::with(Code::EXCEPTION, "the clock is at its end"))?;
        let register = Register {
            key,
            value: Some(value),
            stamp,
        };
        registers.merge(&register);
        writes.push(register);
        Ok(())
    };
    let Some(values) = table.values(write, &key)? else {
        if table.rows == Rows::Shared && registers.exists() {
            set(registers, "", "false".to_owned(), false)?;
        }
        return Ok(true);
    };
    let defaults = if touched.made {
        table.defaults(write)?
    } else {
        Vec::new()
    };
    let texts: Vec<String> = values.iter().map(Value::to_string).collect();
    if texts.iter().any(|text| text.len() > VALUE) {
        return Ok(true);
    }
    let mut same = true;
    for (at, (column, text)) in table.columns().zip(texts).enumerate() {
        let known = registers.cells().get(column).and_then(|cell| cell.value.as_ref());
        if known == Some(&text) {
            continue;
        }
        let default = defaults
            .get(at)
            .is_some_and(|default| default.as_ref() == values.get(at));
        if touched.made && known.is_some() && (default || table.rows == Rows::Given) {
            same = false;
            continue;
        }
        set(registers, column, text, default)?;
    }
    Ok(same)
}

/// The clock of a device as it was kept, or a new one.
pub(super) fn clock(connection: &Connection, device: DeviceId) -> Outcome<Clock> {
    let kept: Option<String> = connection
        .prepare_cached("SELECT value FROM note WHERE name = ?1")?
        .query_row([CLOCK], |row| row.get(0))
        .optional()?;
    let kept: Option<(u64, u32)> = kept.and_then(|text| serde_json::from_str(&text).ok());
    let last = kept.map(|(ms, counter)| Stamp { ms, counter, device });
    Ok(Clock::new(device, last.as_ref()))
}

/// Keeps where the clock is.
pub(super) fn keep_clock(connection: &Connection, clock: &Clock) -> Outcome<()> {
    let last = clock.last();
    let text = serde_json::to_string(&(last.ms, last.counter)).unwrap_or_default();
    connection
        .prepare_cached("INSERT INTO note (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2")?
        .execute(params![CLOCK, text])?;
    Ok(())
}
