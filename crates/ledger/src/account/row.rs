//! The registers of one row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Key, Merged, Stamp, Write};

/// What a register has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The text of a JSON value, `None` for none.
    pub value: Option<String>,
    /// When it was written, and by which device.
    pub stamp: Stamp,
}

/// The registers of a row, with what must be remembered of those that were deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// When it was last deleted.
    deleted: Option<Stamp>,
    /// When it was last said to be there, if that was after its deletion.
    there: Option<Stamp>,
    /// Its registers that were written after its deletion.
    cells: BTreeMap<String, Cell>,
}

impl Row {
    /// Takes in a write to this row, whichever table and row it names.
    pub fn merge(&mut self, write: &Write) -> Merged {
        if let Err(malformed) = write.check() {
            return Merged::Invalid(malformed);
        }
        let Write { key, value, stamp } = write;
        match (key.column.as_str(), value.as_deref()) {
            ("", Some("false")) => self.delete(stamp),
            ("", _) => self.assert(stamp),
            (column, value) => self.set(column, value, stamp),
        }
    }

    fn delete(&mut self, stamp: &Stamp) -> Merged {
        if let Some(known) = &self.deleted
            && known >= stamp
        {
            return older_or_same(known == stamp);
        }
        self.deleted = Some(*stamp);
        self.there = self.there.filter(|there| there > stamp);
        self.cells.retain(|_, cell| cell.stamp > *stamp);
        Merged::Applied
    }

    fn assert(&mut self, stamp: &Stamp) -> Merged {
        if self.buried(stamp) {
            return Merged::Older;
        }
        if let Some(known) = &self.there
            && known >= stamp
        {
            return older_or_same(known == stamp);
        }
        self.there = Some(*stamp);
        Merged::Applied
    }

    fn set(&mut self, column: &str, value: Option<&str>, stamp: &Stamp) -> Merged {
        if self.buried(stamp) {
            return Merged::Older;
        }
        if let Some(known) = self.cells.get(column) {
            // One device writes one value at a time; should it not, the greater one holds everywhere.
            let order = (known.stamp, known.value.as_deref()).cmp(&(*stamp, value));
            if order.is_ge() {
                return older_or_same(order.is_eq());
            }
        }
        let cell = Cell {
            value: value.map(str::to_owned),
            stamp: *stamp,
        };
        self.cells.insert(column.to_owned(), cell);
        Merged::Applied
    }

    /// Whether the row was deleted after this.
    fn buried(&self, stamp: &Stamp) -> bool {
        self.deleted.is_some_and(|deleted| deleted >= *stamp)
    }

    /// Whether the row is there: it was said to be, or one of its registers was written, after it was last deleted.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.there.is_some() || !self.cells.is_empty()
    }

    /// When the row was last deleted, `None` if never.
    #[must_use]
    pub fn deleted(&self) -> Option<&Stamp> {
        self.deleted.as_ref()
    }

    /// The registers that were written since the row was last deleted, by their columns.
    #[must_use]
    pub fn cells(&self) -> &BTreeMap<String, Cell> {
        &self.cells
    }

    /// The latest stamp that a write to this column has to exceed; for `""` that of the whole row, so that a deletion
    /// takes all of it. `None` if nothing was written yet.
    #[must_use]
    pub fn latest_of(&self, column: &str) -> Option<Stamp> {
        if !column.is_empty() {
            let cell = self.cells.get(column).map(|cell| cell.stamp);
            return cell.max(self.deleted);
        }
        let cells = self.cells.values().map(|cell| cell.stamp).max();
        cells.max(self.deleted).max(self.there)
    }

    /// Writes that make the same row elsewhere.
    pub fn writes(&self, table: &str, row: &str) -> Vec<Write> {
        let write = |column: &str, value: Option<&str>, stamp: &Stamp| Write {
            key: Key {
                table: table.to_owned(),
                row: row.to_owned(),
                column: column.to_owned(),
            },
            value: value.map(str::to_owned),
            stamp: *stamp,
        };
        let deleted = self.deleted.iter().map(|stamp| write("", Some("false"), stamp));
        let there = self.there.iter().map(|stamp| write("", Some("true"), stamp));
        let cells = self.cells.iter();
        let cells = cells.map(|(column, cell)| write(column, cell.value.as_deref(), &cell.stamp));
        deleted.chain(there).chain(cells).collect()
    }
}

fn older_or_same(same: bool) -> Merged {
    if same { Merged::Duplicate } else { Merged::Older }
}
