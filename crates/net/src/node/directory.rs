//! Who has which devices, and keys to begin a session with them.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::store::{Fault, Served, Store};
use crate::Key;
use crate::protocol::{Claimed, Listing, PREKEY_BYTES, PREKEYS, Prekeys, Refusal, Signature, TOKENS};

/// How a key may be claimed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Claim {
    /// A one-time key if one is left.
    OneTime,
    /// The fallback, since one-time keys were asked for too often.
    Fallback,
}

/// What is known of a device.
pub(super) fn served(connection: &Connection, device: &Key) -> Result<Option<Served>, Fault> {
    let found = connection
        .prepare_cached("SELECT user, tokens FROM device WHERE device = ?1")?
        .query_row([device], |row| {
            let tokens: Vec<u8> = row.get(1)?;
            Ok(Served {
                user: row.get(0)?,
                tokens: tokens.as_chunks().0.to_vec(),
            })
        })
        .optional()?;
    Ok(found)
}

fn listing(connection: &Connection, user: &Key) -> Result<Option<Listing>, Fault> {
    let found = connection
        .prepare_cached("SELECT version, devices, body, signature FROM listing WHERE user = ?1")?
        .query_row([user], |row| {
            let devices: Vec<u8> = row.get(1)?;
            let signature: [u8; 64] = row.get(3)?;
            Ok(Listing {
                user: *user,
                version: row.get(0)?,
                devices: devices.as_chunks().0.to_vec(),
                body: row.get(2)?,
                signature: Signature::from(signature),
            })
        })
        .optional()?;
    Ok(found)
}

impl Store {
    /// Keeps a list if it is newer, and begins to serve the device that carries it if the list names it. Answers the
    /// devices that the list no longer names; their mailboxes are to be removed.
    pub(crate) fn publish(&self, carrier: &Key, new: &Listing) -> Result<Vec<Key>, Fault> {
        if !self.serves(&new.user) {
            return Err(Refusal::NotServed.into());
        }
        if !new.is_genuine() {
            return Err(Refusal::Forged.into());
        }
        let (changed, gone) = self.within(|transaction| {
            let old = listing(transaction, &new.user)?;
            match &old {
                Some(old) if old == new => {}
                Some(old) if old.version >= new.version => return Err(Refusal::Stale(old.version).into()),
                Some(_) => keep(transaction, new)?,
                None => {
                    let users: u64 = transaction.query_row("SELECT count(*) FROM listing", [], |row| row.get(0))?;
                    if users >= self.limits.users {
                        return Err(Refusal::NotServed.into());
                    }
                    keep(transaction, new)?;
                }
            }
            let mut changed = devices(transaction, &new.user)?;
            let gone: Vec<Key> = changed
                .iter()
                .filter(|device| !new.devices.contains(device))
                .copied()
                .collect();
            for device in &gone {
                transaction.execute("DELETE FROM device WHERE device = ?1", [device])?;
            }
            if new.devices.contains(carrier) && !changed.contains(carrier) {
                // Who lists somebody else's device gets no hold of it: only the device itself can carry it here.
                transaction.execute("DELETE FROM device WHERE device = ?1", [carrier])?;
                transaction.execute(
                    "INSERT INTO device (device, user) VALUES (?1, ?2)",
                    params![carrier, new.user],
                )?;
                changed.push(*carrier);
            }
            Ok((changed, gone))
        })?;
        self.changed(&changed);
        Ok(gone)
    }

    /// The newest list of a user.
    pub(crate) fn list_of(&self, user: &Key) -> Result<Option<Listing>, Fault> {
        self.read(|connection| listing(connection, user))
    }

    /// Replaces the hashes of the tokens that open a mailbox.
    pub(crate) fn set_tokens(&self, device: &Key, hashes: &[[u8; 32]]) -> Result<(), Fault> {
        if hashes.len() > TOKENS {
            return Err(Refusal::TooLarge.into());
        }
        self.served(device)?;
        self.within(|transaction| {
            transaction.execute(
                "UPDATE device SET tokens = ?2 WHERE device = ?1",
                params![device, hashes.as_flattened()],
            )?;
            Ok(())
        })?;
        self.changed(&[*device]);
        Ok(())
    }

    /// Adds one-time keys, replaces the fallback unless it is empty, and answers how many one-time keys there are.
    pub(crate) fn publish_prekeys(&self, device: &Key, prekeys: &Prekeys) -> Result<u64, Fault> {
        let long = |key: &Vec<u8>| key.is_empty() || key.len() > PREKEY_BYTES;
        if prekeys.one_time.len() > PREKEYS
            || prekeys.one_time.iter().any(long)
            || prekeys.fallback.len() > PREKEY_BYTES
        {
            return Err(Refusal::TooLarge.into());
        }
        self.served(device)?;
        self.within(|transaction| {
            for key in &prekeys.one_time {
                transaction
                    .prepare_cached("INSERT INTO prekey (device, key) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                    .execute(params![device, key])?;
            }
            if !prekeys.fallback.is_empty() {
                transaction.execute(
                    "UPDATE device SET fallback = ?2 WHERE device = ?1",
                    params![device, prekeys.fallback],
                )?;
            }
            let count = left(transaction, device)?;
            if count > PREKEYS as u64 {
                return Err(Refusal::TooLarge.into());
            }
            Ok(count)
        })
    }

    /// Forgets the one-time keys and the fallback of a device.
    pub(crate) fn clear_prekeys(&self, device: &Key) -> Result<(), Fault> {
        self.served(device)?;
        self.within(|transaction| {
            transaction.execute("DELETE FROM prekey WHERE device = ?1", [device])?;
            transaction.execute("UPDATE device SET fallback = NULL WHERE device = ?1", [device])?;
            Ok(())
        })
    }

    /// How many one-time keys of a device are left.
    pub(crate) fn count_prekeys(&self, device: &Key) -> Result<u64, Fault> {
        self.served(device)?;
        self.read(|connection| left(connection, device))
    }

    /// Takes a key of a device, the oldest first.
    pub(crate) fn claim_prekey(&self, device: &Key, claim: Claim) -> Result<Option<Claimed>, Fault> {
        self.served(device)?;
        if claim == Claim::OneTime {
            let taken = self.within(|transaction| {
                let taken = transaction
                    .prepare_cached(
                        "DELETE FROM prekey WHERE number = (SELECT min(number) FROM prekey WHERE device = ?1) RETURNING key",
                    )?
                    .query_row([device], |row| row.get(0))
                    .optional()?;
                Ok(taken)
            })?;
            if let Some(key) = taken {
                return Ok(Some(Claimed::OneTime(key)));
            }
        }
        self.read(|connection| {
            let fallback: Option<Option<Vec<u8>>> = connection
                .prepare_cached("SELECT fallback FROM device WHERE device = ?1")?
                .query_row([device], |row| row.get(0))
                .optional()?;
            Ok(fallback.flatten().map(Claimed::Fallback))
        })
    }
}

fn keep(transaction: &Transaction<'_>, new: &Listing) -> Result<(), Fault> {
    transaction.execute(
        "INSERT INTO listing (user, version, devices, body, signature) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (user) DO UPDATE SET version = excluded.version, devices = excluded.devices,
             body = excluded.body, signature = excluded.signature",
        params![
            new.user,
            new.version,
            new.devices.as_flattened(),
            new.body,
            new.signature.to_bytes()
        ],
    )?;
    Ok(())
}

/// The devices of a user that the node serves.
fn devices(connection: &Connection, user: &Key) -> Result<Vec<Key>, Fault> {
    let mut statement = connection.prepare_cached("SELECT device FROM device WHERE user = ?1")?;
    let found = statement
        .query_map([user], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn left(connection: &Connection, device: &Key) -> Result<u64, Fault> {
    let count = connection
        .prepare_cached("SELECT count(*) FROM prekey WHERE device = ?1")?
        .query_row([device], |row| row.get(0))?;
    Ok(count)
}
