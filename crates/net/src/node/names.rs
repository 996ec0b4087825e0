//! Names: first come, one for each user and group.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::store::{Fault, Store};
use crate::Key;
use crate::protocol::{NameRecord, Owner, Refusal, Signature, is_name};

const USER: i64 = 0;
const GROUP: i64 = 1;

fn kind(owner: Owner) -> i64 {
    match owner {
        Owner::User(_) => USER,
        Owner::Group(_) => GROUP,
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<NameRecord> {
    let owner: Key = row.get(2)?;
    let signature: [u8; 64] = row.get(4)?;
    Ok(NameRecord {
        name: row.get(0)?,
        owner: match row.get(1)? {
            GROUP => Owner::Group(owner),
            _ => Owner::User(owner),
        },
        serial: row.get(3)?,
        signature: Signature::from(signature),
    })
}

fn by_name(connection: &Connection, name: &str) -> Result<Option<NameRecord>, Fault> {
    let found = connection
        .prepare_cached("SELECT name, kind, owner, serial, signature FROM name WHERE name = ?1")?
        .query_row([name], record)
        .optional()?;
    Ok(found)
}

fn by_owner(connection: &Connection, owner: Owner) -> Result<Option<NameRecord>, Fault> {
    let found = connection
        .prepare_cached("SELECT name, kind, owner, serial, signature FROM name WHERE kind = ?1 AND owner = ?2")?
        .query_row(params![kind(owner), owner.key()], record)
        .optional()?;
    Ok(found)
}

fn keep(transaction: &Transaction<'_>, record: &NameRecord, registrant: &Key) -> Result<(), Fault> {
    transaction.execute(
        "INSERT INTO name (name, kind, owner, serial, signature, registrant) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, owner = excluded.owner, serial = excluded.serial,
             signature = excluded.signature, registrant = excluded.registrant",
        params![
            record.name,
            kind(record.owner),
            record.owner.key(),
            record.serial,
            record.signature.to_bytes(),
            registrant
        ],
    )?;
    Ok(())
}

impl Store {
    /// Gives a free name to whom the record names. Repeating it changes nothing.
    pub(crate) fn name_register(&self, device: &Key, record: &NameRecord) -> Result<(), Fault> {
        let user = self.served(device)?.user;
        if !is_name(&record.name) || record.serial != 1 {
            return Err(Refusal::Malformed.into());
        }
        if !record.is_genuine() {
            return Err(Refusal::Forged.into());
        }
        self.within(|transaction| {
            match by_name(transaction, &record.name)? {
                Some(held) if held == *record => return Ok(()),
                Some(_) => return Err(Refusal::Taken.into()),
                None => {}
            }
            if by_owner(transaction, record.owner)?.is_some() {
                return Err(Refusal::Taken.into());
            }
            let registered: u64 = transaction
                .prepare_cached("SELECT count(*) FROM name WHERE registrant = ?1")?
                .query_row([user], |row| row.get(0))?;
            if registered > self.limits.group_names {
                return Err(Refusal::Quota.into());
            }
            keep(transaction, record, &user)
        })
    }

    /// Who holds a name.
    pub(crate) fn name_of(&self, name: &str) -> Result<Option<NameRecord>, Fault> {
        if !is_name(name) {
            return Err(Refusal::Malformed.into());
        }
        self.read(|connection| by_name(connection, name))
    }

    /// The name of somebody.
    pub(crate) fn name_held_by(&self, owner: Owner) -> Result<Option<NameRecord>, Fault> {
        self.read(|connection| by_owner(connection, owner))
    }

    /// Hands a name over, if both want it. Repeating it changes nothing.
    pub(crate) fn name_transfer(&self, device: &Key, new: &NameRecord, release: &Signature) -> Result<(), Fault> {
        let user = self.served(device)?.user;
        if !new.is_genuine() {
            return Err(Refusal::Forged.into());
        }
        self.within(|transaction| {
            let held = by_name(transaction, &new.name)?.ok_or(Refusal::Absent)?;
            if held == *new {
                return Ok(());
            }
            if held.serial.checked_add(1) != Some(new.serial) {
                return Err(Refusal::Stale(held.serial).into());
            }
            let text = NameRecord::release_text(&new.name, held.owner, new.owner, new.serial);
            if !release.is_by(held.owner.key(), &text) {
                return Err(Refusal::Forged.into());
            }
            if new.owner != held.owner && by_owner(transaction, new.owner)?.is_some() {
                return Err(Refusal::Taken.into());
            }
            keep(transaction, new, &user)
        })
    }
}
