//! Where the state of the end-to-end encryption is kept: in the store, within the transaction that is under way.

use coco_e2ee::Keep;
use rusqlite::{Connection, OptionalExtension as _};

use crate::{Failure, Outcome};

/// The encryption's state as one transaction sees it. What is rolled back was never encrypted or decrypted.
pub(super) struct Ratchets<'a>(pub(super) &'a Connection);

impl Keep for Ratchets<'_> {
    type Error = Failure;

    fn get(&self, name: &str) -> Outcome<Option<Vec<u8>>> {
        Ok(self
            .0
            .prepare_cached("SELECT value FROM ratchet WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?)
    }

    fn put(&mut self, name: &str, value: &[u8]) -> Outcome<()> {
        self.0
            .prepare_cached("INSERT INTO ratchet (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2")?
            .execute(rusqlite::params![name, value])?;
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Outcome<()> {
        self.0
            .prepare_cached("DELETE FROM ratchet WHERE name = ?1")?
            .execute([name])?;
        Ok(())
    }
}
