//! What the devices of one user share: registers, each with the value that was written last.
//!
//! A register is a column of a row of a table. Every [`Write`] to one has a [`Stamp`]; the latest stamp wins, so that
//! devices that have the same writes have the same values, in whatever order they came. The register `""` of a row
//! says whether the row is there: deleting it takes every register of the row that was not written later.

mod clock;
mod row;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire;

pub use clock::{AHEAD, Clock, LATEST, Stamp};
pub use row::{Cell, Row};

/// Most bytes of a table's name.
pub const TABLE: usize = 64;
/// Most bytes of a row's key.
pub const ROW: usize = 512;
/// Most bytes of a column's name.
pub const COLUMN: usize = 64;
/// Most bytes of a value.
pub const VALUE: usize = 256 * 1024;
/// Most bytes of a write.
pub const WRITE_BYTES: usize = VALUE + 1_024;

/// Which register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Table, 1 to [`TABLE`] bytes.
    pub table: String,
    /// The row's key, at most [`ROW`] bytes.
    pub row: String,
    /// Column, at most [`COLUMN`] bytes; `""` for the row itself.
    pub column: String,
}

/// What one device wrote into a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// The register.
    pub key: Key,
    /// The value as the text of a JSON value, at most [`VALUE`] bytes, `None` for none. For a row itself `true` says
    /// that it is there, and `false` deletes it.
    pub value: Option<String>,
    /// When it was written, and by which device.
    pub stamp: Stamp,
}

/// Why a write is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Bytes that are not of our format, or too many.
    #[error("the write cannot be read")]
    Bytes,
    /// The name of the table is empty or too long.
    #[error("the name of the table is empty or too long")]
    Table,
    /// The key of the row is too long.
    #[error("the key of the row is too long")]
    Row,
    /// The name of the column is too long.
    #[error("the name of the column is too long")]
    Column,
    /// The value is too long, or that of a row itself is neither `true` nor `false`.
    #[error("the value is not allowed")]
    Value,
    /// The stamp lies beyond [`LATEST`].
    #[error("the stamp lies too far in the future")]
    Stamp,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    /// It is what the register has now.
    Applied,
    /// The register, or its row, has something later.
    Older,
    /// It was merged before.
    Duplicate,
    /// It is malformed.
    Invalid(Malformed),
}

impl Write {
    /// The bytes that travel.
    ///
    /// # Errors
    /// What is wrong with the write.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Malformed> {
        self.check()?;
        wire::encode(self, WRITE_BYTES).ok_or(Malformed::Bytes)
    }

    /// Reads what [`Write::to_bytes`] wrote.
    ///
    /// # Errors
    /// What is wrong with the write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let write: Self = wire::decode(bytes, WRITE_BYTES).ok_or(Malformed::Bytes)?;
        write.check()?;
        Ok(write)
    }

    /// Checks lengths and limits, which are the same for every device.
    fn check(&self) -> Result<(), Malformed> {
        let Key { table, row, column } = &self.key;
        if table.is_empty() || table.len() > TABLE {
            return Err(Malformed::Table);
        }
        if row.len() > ROW {
            return Err(Malformed::Row);
        }
        if column.len() > COLUMN {
            return Err(Malformed::Column);
        }
        let value = self.value.as_deref();
        if value.is_some_and(|value| value.len() > VALUE) {
            return Err(Malformed::Value);
        }
        if column.is_empty() && !matches!(value, Some("true" | "false")) {
            return Err(Malformed::Value);
        }
        if self.stamp.ms > LATEST {
            return Err(Malformed::Stamp);
        }
        Ok(())
    }
}

/// All registers of an account, in memory. Whoever keeps them elsewhere reads a [`Row`], merges and writes it back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registers {
    rows: BTreeMap<(String, String), Row>,
}

impl Registers {
    /// Takes in a write.
    pub fn merge(&mut self, write: &Write) -> Merged {
        if let Err(malformed) = write.check() {
            return Merged::Invalid(malformed);
        }
        let key = (write.key.table.clone(), write.key.row.clone());
        self.rows.entry(key).or_default().merge(write)
    }

    /// The registers of a row, `None` if nothing was ever written to it.
    #[must_use]
    pub fn row(&self, table: &str, row: &str) -> Option<&Row> {
        self.rows.get(&(table.to_owned(), row.to_owned()))
    }

    /// All rows, deleted ones too, by table and key.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str, &Row)> {
        let rows = self.rows.iter();
        rows.map(|((table, row), registers)| (table.as_str(), row.as_str(), registers))
    }

    /// Writes that make the same registers on another device.
    pub fn writes(&self) -> impl Iterator<Item = Write> {
        self.rows()
            .flat_map(|(table, row, registers)| registers.writes(table, row))
    }
}
