//! Backups: one sealed blob for each user, for who holds the key that signs for it.

use rusqlite::{OptionalExtension, params};

use super::store::{Fault, Store};
use crate::Key;
use crate::protocol::{BACKUP_BYTES, Refusal, Signature, backup_get_text, backup_put_text};

/// A backup that is announced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewBackup {
    pub(crate) key: Key,
    pub(crate) version: u64,
    pub(crate) size: u64,
    pub(crate) hash: [u8; 32],
    pub(crate) signature: Signature,
}

impl Store {
    /// Whether a backup may be sent. Answers the user whose it is.
    pub(crate) fn backup_check(&self, device: &Key, new: &NewBackup) -> Result<Key, Fault> {
        let user = self.served(device)?.user;
        if new.size > BACKUP_BYTES {
            return Err(Refusal::TooLarge.into());
        }
        let text = backup_put_text(&new.key, new.version, new.size, &new.hash);
        if i64::try_from(new.version).is_err() || !new.signature.is_by(&new.key, &text) {
            return Err(Refusal::Forged.into());
        }
        match self.backup_version(&new.key)? {
            Some(version) if version >= new.version => Err(Refusal::Stale(version).into()),
            _ => Ok(user),
        }
    }

    /// Keeps a backup that was checked and has arrived, in place of the user's former one.
    pub(crate) fn backup_put(&self, user: &Key, new: &NewBackup, blob: &[u8]) -> Result<(), Fault> {
        if blake3::hash(blob) != new.hash {
            return Err(Refusal::Forged.into());
        }
        self.within(|transaction| {
            let version: Option<u64> = transaction
                .query_row("SELECT version FROM backup WHERE key = ?1", [new.key], |row| row.get(0))
                .optional()?;
            if let Some(version) = version.filter(|version| *version >= new.version) {
                return Err(Refusal::Stale(version).into());
            }
            transaction.execute("DELETE FROM backup WHERE key = ?1 OR user = ?2", params![new.key, user])?;
            transaction.execute(
                "INSERT INTO backup (key, user, version, blob) VALUES (?1, ?2, ?3, ?4)",
                params![new.key, user, new.version, blob],
            )?;
            Ok(())
        })
    }

    /// The backup of a key: its number and bytes, for a reader who has the key.
    pub(crate) fn backup_get(
        &self,
        node: &Key,
        reader: &Key,
        key: &Key,
        signature: &Signature,
    ) -> Result<(u64, Vec<u8>), Fault> {
        if !signature.is_by(key, &backup_get_text(key, node, reader)) {
            return Err(Refusal::Forged.into());
        }
        self.read(|connection| {
            let found = connection
                .query_row("SELECT version, blob FROM backup WHERE key = ?1", [key], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            found.ok_or_else(|| Refusal::Absent.into())
        })
    }

    fn backup_version(&self, key: &Key) -> Result<Option<u64>, Fault> {
        self.read(|connection| {
            let version = connection
                .query_row("SELECT version FROM backup WHERE key = ?1", [key], |row| row.get(0))
                .optional()?;
            Ok(version)
        })
    }
}
