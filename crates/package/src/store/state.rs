//! The state file of one app: which version is current, and what outlives an uninstallation. Replacing this
//! small file is the switch between versions.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::history::History;
use crate::disk::{self, Readers};
use crate::error::PackageError;
use crate::folder::read_bounded;
use crate::limits::KEPT_AFTER_UNINSTALL_SECONDS;

/// Name of the state file in an app's folder.
pub(super) const STATE: &str = "state.json";

/// Where a damaged state file is put, so that nothing is lost that someone could still read.
pub(super) const DAMAGED_STATE: &str = "state.damaged.json";

/// Far more than a state file ever has, in bytes.
const MAX_STATE: u64 = 64 * 1024;

/// The version of the file's format.
const FORMAT: u32 = 1;

/// The content of `state.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct State {
    pub(super) format: u32,
    /// The account index (`bridge.md` 3, `getAccount`).
    pub(super) generation: u32,
    /// Folder name of the installed version.
    pub(super) current: Option<String>,
    /// Folder name of the version before it.
    pub(super) previous: Option<String>,
    /// When it was uninstalled, in seconds since 1970.
    pub(super) uninstalled: Option<i64>,
    /// What was installed when. Files of older programs have none.
    #[serde(default)]
    pub(super) history: History,
}

/// Why a state file could not be used.
#[derive(Debug)]
pub(super) enum StateError {
    /// There is none: the app was never installed.
    Missing,
    /// It is damaged, or of a format that this program does not know.
    Damaged(String),
}

impl State {
    /// The state of an app that has no version yet.
    pub(super) fn empty(generation: u32) -> Self {
        Self {
            format: FORMAT,
            generation,
            current: None,
            previous: None,
            uninstalled: None,
            history: History::default(),
        }
    }

    /// Reads the state of the app in `folder`.
    pub(super) fn read(folder: &Path) -> Result<Self, StateError> {
        let damaged = |reason: &dyn ToString| StateError::Damaged(format!("{STATE}: {}", reason.to_string()));
        let file = fs::File::open(folder.join(STATE)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StateError::Missing,
            _ => damaged(&error),
        })?;
        let bytes = read_bounded(file, MAX_STATE).map_err(|error| damaged(&error))?;
        let state: Self = serde_json::from_slice(&bytes).map_err(|error| damaged(&error))?;
        if state.format != FORMAT {
            return Err(damaged(&format!(
                "has format {}, this program knows {FORMAT}",
                state.format
            )));
        }
        if state.versions().any(|version| !super::is_version_name(version)) {
            return Err(damaged(&"names an impossible version"));
        }
        Ok(state)
    }

    /// Replaces the state of the app in `folder`, all or nothing.
    pub(super) fn write(&self, folder: &Path) -> Result<(), PackageError> {
        let path = folder.join(STATE);
        let bytes = serde_json::to_vec(self).map_err(|error| PackageError::io(&path, error.into()))?;
        disk::replace(&path, &bytes, Readers::Owner)
    }

    /// The folder names of the versions that are in use.
    pub(super) fn versions(&self) -> impl Iterator<Item = &str> {
        self.current.iter().chain(&self.previous).map(String::as_str)
    }

    /// Whether the app was uninstalled so long ago that its account index and data are gone (`package.md`, uninstalling).
    pub(super) fn is_expired(&self, now: i64) -> bool {
        self.uninstalled
            .is_some_and(|then| now.saturating_sub(then) > KEPT_AFTER_UNINSTALL_SECONDS)
    }

    /// The account index that the app has when it is installed (again) now.
    pub(super) fn generation_at(&self, now: i64) -> u32 {
        if self.is_expired(now) {
            self.generation.saturating_add(1)
        } else {
            self.generation
        }
    }
}
