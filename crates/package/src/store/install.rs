//! Installing and updating: staged, verified from the staged bytes, switched.

use std::collections::BTreeSet;
use std::path::Path;

use coco_keys::Address;

use super::state::State;
use super::{Installation, Outcome, Store, VERSIONS, Way, version_prefix};
use crate::app::InstalledApp;
use crate::content::Content;
use crate::disk;
use crate::error::PackageError;
use crate::limits::{MAX_FILE, MAX_LIST};
use crate::path;
use crate::source::Source;
use crate::verify::{Downgrade, Relation, verify};

impl Store {
    /// Installs or updates the app in the folder or ZIP at `path`. Whatever fails, and whenever the process ends, the version
    /// that was installed before stays whole. Installing the installed version again repairs it if it is damaged.
    ///
    /// # Errors
    /// Every step of [`verify`], [`PackageError::Open`], [`PackageError::Io`], [`PackageError::DiskFull`].
    pub fn install(&self, path: &Path, downgrade: Downgrade) -> Result<Outcome, PackageError> {
        let source = Source::open(path)?;
        let address = *source.content()?.address();
        let _lock = self.lock()?;

        let state = self.state_or_recovered(&address);
        let now = (self.clock)();
        let installed = self.get(&address).ok();
        let verified = verify(&source, now, installed.as_ref().map(InstalledApp::content), downgrade)?;
        let same = verified.relation == Relation::Same;
        if let Some(app) = installed.as_ref().filter(|app| same && app.check().is_ok()) {
            return Ok(Outcome::Unchanged(app.clone()));
        }

        let generation = state.generation_at(self.now());
        let staged = self.stage(&address, generation, &source, &verified.content)?;
        // The source may have changed since it was verified: what counts is what was written.
        let written = verify(
            &Source::open(staged.path())?,
            now,
            installed.as_ref().map(InstalledApp::content),
            downgrade,
        )?;
        if written.content != verified.content {
            return Err(PackageError::open(
                path,
                "the package changed while it was being installed; try again",
            ));
        }
        let version = staged
            .path()
            .file_name()
            .and_then(|name| name.to_str())
            .ok_or_else(|| PackageError::open(staged.path(), "the version has no name"))?
            .to_owned();
        // From here on the state on the disk decides whether the folder stays.
        let _ = staged.keep();

        let was_installed = state.current.is_some();
        let way = match (was_installed, same) {
            (false, _) => Way::Installed,
            (true, true) => Way::Repaired,
            (true, false) => Way::Updated,
        };
        let line = Installation::of(&verified.content, self.now(), way);
        let previous = if installed.is_some() && !same {
            state.current
        } else {
            state.previous
        };
        self.switch(
            &address,
            &State {
                current: Some(version.clone()),
                previous,
                history: state.history.and(line),
                ..State::empty(generation)
            },
        )?;
        let app = InstalledApp::load(&address, self.version_dir(&address, &version))?;
        Ok(if was_installed {
            Outcome::Updated(app)
        } else {
            Outcome::Installed(app)
        })
    }

    /// Writes the listed files and `content.json` to a new version's folder, and waits until all of it is on the disk. The
    /// folder is removed again unless it is kept.
    fn stage(
        &self,
        address: &Address,
        generation: u32,
        source: &Source,
        content: &Content,
    ) -> Result<tempfile::TempDir, PackageError> {
        let versions = self.app_dir(address).join(VERSIONS);
        disk::create_dir_all(&versions)?;
        disk::sync_dir(&self.root)?;
        disk::sync_dir(&self.app_dir(address))?;
        let staged = disk::temporary_dir(&versions, &version_prefix(generation))?;

        let list = source
            .read(path::CONTENT, MAX_LIST)
            .map_err(|reason| PackageError::Parse(reason.to_string()))?;
        disk::write_new(&staged.path().join(path::CONTENT), &list)?;
        let mut folders = BTreeSet::new();
        for (path, entry) in content.files() {
            let bytes = source
                .read(path, entry.size.min(MAX_FILE))
                .map_err(|reason| PackageError::file(path, reason))?;
            for (at, _) in path.match_indices('/') {
                if let Some(folder) = path.get(..at).filter(|folder| folders.insert((*folder).to_owned())) {
                    disk::create_dir_all(&staged.path().join(folder))?;
                }
            }
            disk::write_new(&staged.path().join(path), &bytes)?;
        }
        for folder in folders.iter().rev() {
            disk::sync_dir(&staged.path().join(folder))?;
        }
        disk::sync_dir(staged.path())?;
        disk::sync_dir(&versions)?;
        Ok(staged)
    }
}
