//! What was installed when, what lies before it, and what a person may have removed of it.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use coco_keys::Address;
use serde::{Deserialize, Deserializer, Serialize};

use super::Store;
use crate::app::InstalledApp;
use crate::content::{Content, FileEntry};
use crate::disk;
use crate::error::PackageError;

/// Most installations that are remembered of one app; the oldest is forgotten for one more.
pub const MAX_HISTORY: usize = 20;

/// Longest name of a version that is remembered, in characters.
const MAX_VERSION: usize = 64;

/// How a version became the installed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// No version was installed before.
    Installed,
    /// It was installed over another version.
    Updated,
    /// The same version was damaged and was installed again.
    Repaired,
    /// The person went back to it.
    RolledBack,
}

/// One line of an app's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Installation {
    /// The developer's name for the version, shortened to 64 characters.
    pub version: Option<String>,
    /// When it was signed, in seconds since 1970.
    pub modified: i64,
    /// When it became the installed version, in seconds since 1970.
    pub at: i64,
    /// How it became that.
    pub way: Way,
}

impl Installation {
    pub(super) fn of(content: &Content, at: i64, way: Way) -> Self {
        Self {
            version: content
                .version()
                .map(|version| version.chars().take(MAX_VERSION).collect()),
            modified: content.modified(),
            at,
            way,
        }
    }
}

/// The installations that a state file remembers, oldest first. Nothing depends on them: a line that cannot be read is left
/// out, and the file stays good.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct History(Vec<Installation>);

impl History {
    /// The same with one more line.
    pub(super) fn and(mut self, line: Installation) -> Self {
        self.0.push(line);
        self.bounded()
    }

    fn bounded(mut self) -> Self {
        let surplus = self.0.len().saturating_sub(MAX_HISTORY);
        self.0.drain(..surplus);
        self
    }
}

impl<'de> Deserialize<'de> for History {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let lines = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Array(lines) => lines,
            _ => Vec::new(),
        };
        let read = lines.into_iter().filter_map(|line| serde_json::from_value(line).ok());
        Ok(Self(read.collect()).bounded())
    }
}

/// How many files differ between two versions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Difference {
    /// Files that only the newer one lists.
    pub added: usize,
    /// Files that only the older one lists.
    pub removed: usize,
    /// Files that both list with different content.
    pub changed: usize,
}

impl Difference {
    /// Counts what differs from `older` to `newer`, by their signed lists.
    #[must_use]
    pub fn between(older: &Content, newer: &Content) -> Self {
        fn missing(of: &BTreeMap<String, FileEntry>, from: &BTreeMap<String, FileEntry>) -> usize {
            of.keys().filter(|path| !from.contains_key(*path)).count()
        }
        let (before, after) = (older.files(), newer.files());
        let changed = |(path, entry): &(&String, &FileEntry)| before.get(*path).is_some_and(|old| old != *entry);
        Self {
            added: missing(after, before),
            removed: missing(before, after),
            changed: after.iter().filter(changed).count(),
        }
    }
}

impl Store {
    /// The installations of an app that are remembered, at most [`MAX_HISTORY`], oldest first. The last one is what is
    /// installed; there is none for what an older program installed.
    ///
    /// # Errors
    /// [`PackageError::NotInstalled`], [`PackageError::Damaged`].
    pub fn history(&self, address: &Address) -> Result<Vec<Installation>, PackageError> {
        self.installed_state(address).map(|(state, _)| state.history.0)
    }

    /// The version that [`Store::roll_back`] would go back to, if there is one.
    ///
    /// # Errors
    /// [`PackageError::NotInstalled`], [`PackageError::Damaged`] also when the previous version is.
    pub fn previous(&self, address: &Address) -> Result<Option<InstalledApp>, PackageError> {
        let (state, _) = self.installed_state(address)?;
        state
            .previous
            .map(|version| InstalledApp::load(address, self.version_dir(address, &version)))
            .transpose()
    }

    /// The size of the app's extended data in bytes; 0 if it never stored any.
    ///
    /// # Errors
    /// [`PackageError::NotInstalled`], [`PackageError::Damaged`], [`PackageError::Io`].
    pub fn extended_size(&self, address: &Address) -> Result<u64, PackageError> {
        let (state, _) = self.installed_state(address)?;
        let path = self.extended_path(address, state.generation);
        match fs::symlink_metadata(&path) {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(PackageError::io(&path, error)),
        }
    }

    /// Removes the app's extended data, as if it had never stored any.
    ///
    /// # Errors
    /// [`PackageError::NotInstalled`], [`PackageError::Damaged`], [`PackageError::Io`].
    pub fn clear_extended(&self, address: &Address) -> Result<(), PackageError> {
        let _lock = self.lock()?;
        let (state, _) = self.installed_state(address)?;
        disk::remove(&self.extended_path(address, state.generation))?;
        disk::sync_dir(&self.app_dir(address))
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
