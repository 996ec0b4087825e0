//! Installed apps below one folder.
//!
//! ```text
//! apps/.lock                       held by the process that changes something
//! apps/a<hash160>/state.json       which version is current; account index; history; time of uninstallation
//! apps/a<hash160>/versions/g0-…/   one version: content.json and the listed files
//! apps/a<hash160>/extended-0.json  extended data of account index 0
//! ```
//!
//! A version is written beside the others, verified from what was written, and becomes current when
//! `state.json` is replaced: one rename. Whatever the state does not name is a leftover and is removed.
//! Readers need no lock, since a version in use is never changed.

mod history;
mod install;
mod state;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use coco_keys::Address;

pub use self::history::{Difference, Installation, MAX_HISTORY, Way};
use self::state::{DAMAGED_STATE, STATE, State, StateError};
use crate::app::InstalledApp;
use crate::disk::{self, Readers};
use crate::error::PackageError;
use crate::folder::read_bounded;
use crate::host::{address_of_host, host_of};
use crate::limits::MAX_EXTENDED;
use crate::verify::seconds;

const LOCK: &str = ".lock";
const VERSIONS: &str = "versions";
const EXTENDED: &str = "extended-";

/// Tells the time. Tests give their own.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// The installed apps. Cheap to clone; several processes may use the same folder.
#[derive(Clone)]
pub struct Store {
    root: PathBuf,
    clock: Clock,
}

/// What an installation did.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The app was not installed before.
    Installed(InstalledApp),
    /// Another version was installed before, or a damaged one was repaired.
    Updated(InstalledApp),
    /// This very package was installed and whole already.
    Unchanged(InstalledApp),
}

impl Outcome {
    /// The app as it is installed now.
    #[must_use]
    pub fn app(&self) -> &InstalledApp {
        match self {
            Self::Installed(app) | Self::Updated(app) | Self::Unchanged(app) => app,
        }
    }
}

/// One line of [`Store::list`].
#[derive(Debug)]
pub struct Listed {
    /// The app.
    pub address: Address,
    /// The installed version, or what is wrong with it.
    pub app: Result<InstalledApp, PackageError>,
}

impl Store {
    /// Opens the store in `root`, which is created if need be, and removes what interrupted operations left behind,
    /// unless another process is changing something right now.
    ///
    /// # Errors
    /// [`PackageError::Io`] or [`PackageError::DiskFull`] when the folder cannot be created or read.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, PackageError> {
        Self::open_at(root, Arc::new(SystemTime::now))
    }

    /// Like [`Store::open`], with a clock of one's own.
    ///
    /// # Errors
    /// See [`Store::open`].
    pub fn open_at(root: impl Into<PathBuf>, clock: Clock) -> Result<Self, PackageError> {
        let store = Self {
            root: root.into(),
            clock,
        };
        disk::create_dir_all(&store.root)?;
        let lock = store.lock_file()?;
        match lock.try_lock() {
            Ok(()) => store.apps()?.into_iter().for_each(|address| store.sweep(&address)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(PackageError::io(&store.root.join(LOCK), error)),
        }
        Ok(store)
    }

    /// All installed apps in the order of their addresses. A damaged one is listed with its error. Files are looked at, not
    /// hashed: [`InstalledApp::check`] does that.
    ///
    /// # Errors
    /// [`PackageError::Io`] when the store's folder cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, PackageError> {
        let mut apps = Vec::new();
        for address in self.apps()? {
            match self.get(&address) {
                Err(PackageError::NotInstalled(_)) => {}
                found => apps.push(Listed {
                    address,
                    app: found.and_then(|app| app.check_presence().map(|()| app)),
                }),
            }
        }
        Ok(apps)
    }

    /// The installed version of an app.
    ///
    /// # Errors
    /// [`PackageError::NotInstalled`], [`PackageError::Damaged`].
    pub fn get(&self, address: &Address) -> Result<InstalledApp, PackageError> {
        let current = |store: &Self| store.installed_state(address).map(|(_, current)| current);
        let mut version = current(self)?;
        loop {
            let loaded = InstalledApp::load(address, self.version_dir(address, &version));
            // Another process may have replaced the version, and removed it, between the two reads.
            match (loaded, current(self)) {
                (Err(_), Ok(now)) if now != version => version = now,
                (loaded, _) => return loaded,
            }
        }
    }

    /// Removes an app. Its account index and extended data stay for 7 days (`package.md`, uninstalling); its history goes.
    ///
    /// # Errors
    /// [`PackageError::NotInstalled`], [`PackageError::Io`], [`PackageError::DiskFull`].
    pub fn uninstall(&self, address: &Address) -> Result<(), PackageError> {
        let _lock = self.lock()?;
        let state = self.state_or_recovered(address);
        if state.current.is_none() && !matches!(State::read(&self.app_dir(address)), Err(StateError::Damaged(_))) {
            return Err(PackageError::NotInstalled(*address));
        }
        let gone = State {
            uninstalled: Some(self.now()),
            ..State::empty(state.generation)
        };
        self.switch(address, &gone)
    }

    /// Goes back to the previous version. The current one is removed: there is one step back.
    ///
    /// # Errors
    /// [`PackageError::NotInstalled`], [`PackageError::NoPrevious`], [`PackageError::Damaged`] when the previous version is not
    /// whole (the current one stays), [`PackageError::Io`], [`PackageError::DiskFull`].
    pub fn roll_back(&self, address: &Address) -> Result<InstalledApp, PackageError> {
        let _lock = self.lock()?;
        let (state, _) = self.installed_state(address)?;
        let previous = state.previous.clone().ok_or(PackageError::NoPrevious(*address))?;
        let app = InstalledApp::load(address, self.version_dir(address, &previous))?;
        app.check()?;
        let line = Installation::of(app.content(), self.now(), Way::RolledBack);
        self.switch(
            address,
            &State {
                current: Some(previous),
                previous: None,
                history: state.history.clone().and(line),
                ..state
            },
        )?;
        Ok(app)
    }

    /// The account index of an app (`bridge.md` 3, `getAccount`): 0 at first; an app that was uninstalled more than
    /// 7 days ago has the next one when it is installed again.
    #[must_use]
    pub fn generation(&self, address: &Address) -> u32 {
        self.state_or_recovered(address).generation_at(self.now())
    }

    /// Whether an app was uninstalled more than 7 days ago: nothing that it kept is for whoever installs it next.
    #[must_use]
    pub fn is_expired(&self, address: &Address) -> bool {
        self.state_or_recovered(address).is_expired(self.now())
    }

    /// The app's extended data, exactly as stored; `None` if it never stored any.
    ///
    /// # Errors
    /// [`PackageError::NotInstalled`], [`PackageError::Damaged`], [`PackageError::Io`].
    pub fn extended(&self, address: &Address) -> Result<Option<Vec<u8>>, PackageError> {
        let (state, _) = self.installed_state(address)?;
        let path = self.extended_path(address, state.generation);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(PackageError::io(&path, error)),
        };
        let damaged = |reason: String| PackageError::Damaged {
            address: *address,
            reason,
        };
        let bytes =
            read_bounded(file, MAX_EXTENDED as u64).map_err(|error| damaged(format!("extended data {error}")))?;
        if bytes.len() > MAX_EXTENDED {
            return Err(damaged("extended data is larger than can have been stored".into()));
        }
        Ok(Some(bytes))
    }

    /// Replaces the app's extended data. When this returns it is on the disk; when it fails the old data stays.
    ///
    /// # Errors
    /// [`PackageError::ExtendedTooLarge`] over [`MAX_EXTENDED`] bytes, [`PackageError::NotInstalled`], [`PackageError::Damaged`],
    /// [`PackageError::Io`], [`PackageError::DiskFull`].
    pub fn set_extended(&self, address: &Address, data: &[u8]) -> Result<(), PackageError> {
        if data.len() > MAX_EXTENDED {
            return Err(PackageError::ExtendedTooLarge { size: data.len() });
        }
        let _lock = self.lock()?;
        let (state, _) = self.installed_state(address)?;
        disk::replace(&self.extended_path(address, state.generation), data, Readers::Owner)
    }

    fn now(&self) -> i64 {
        seconds((self.clock)())
    }

    fn app_dir(&self, address: &Address) -> PathBuf {
        self.root.join(host_of(address))
    }

    fn version_dir(&self, address: &Address, version: &str) -> PathBuf {
        self.app_dir(address).join(VERSIONS).join(version)
    }

    fn extended_path(&self, address: &Address, generation: u32) -> PathBuf {
        self.app_dir(address).join(format!("{EXTENDED}{generation}.json"))
    }

    /// Waits until no one else is changing the store. The lock ends with the returned file, at the latest with the process.
    fn lock(&self) -> Result<File, PackageError> {
        let file = self.lock_file()?;
        file.lock()
            .map_err(|error| PackageError::io(&self.root.join(LOCK), error))?;
        Ok(file)
    }

    fn lock_file(&self) -> Result<File, PackageError> {
        let path = self.root.join(LOCK);
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| PackageError::io(&path, error))
    }

    /// The addresses of all apps that have a folder, installed or not, in order.
    fn apps(&self) -> Result<Vec<Address>, PackageError> {
        let mut apps: Vec<Address> = names_in(&self.root)?
            .iter()
            .filter_map(|name| address_of_host(name))
            .collect();
        apps.sort();
        Ok(apps)
    }

    /// The state of an app that is installed, and its current version.
    fn installed_state(&self, address: &Address) -> Result<(State, String), PackageError> {
        match State::read(&self.app_dir(address)) {
            Ok(state) => match state.current.clone() {
                Some(current) => Ok((state, current)),
                None => Err(PackageError::NotInstalled(*address)),
            },
            Err(StateError::Missing) => Err(PackageError::NotInstalled(*address)),
            Err(StateError::Damaged(reason)) => Err(PackageError::Damaged {
                address: *address,
                reason,
            }),
        }
    }

    /// The state of an app, whatever happened to it. When the file is damaged, the account index is found from the names of
    /// versions and extended data, which carry it: the app must not become someone else's.
    fn state_or_recovered(&self, address: &Address) -> State {
        match State::read(&self.app_dir(address)) {
            Ok(state) => state,
            Err(StateError::Missing) => State::empty(0),
            Err(StateError::Damaged(_)) => {
                let app = self.app_dir(address);
                let names = [names_in(&app.join(VERSIONS)), names_in(&app)]
                    .into_iter()
                    .flatten()
                    .flatten();
                State::empty(names.filter_map(|name| generation_in(&name)).max().unwrap_or(0))
            }
        }
    }

    /// Makes `state` the app's state, then removes what it no longer names.
    fn switch(&self, address: &Address, state: &State) -> Result<(), PackageError> {
        let folder = self.app_dir(address);
        if let Err(StateError::Damaged(_)) = State::read(&folder) {
            // For a person who wants to look; no reason to fail.
            let _ = fs::copy(folder.join(STATE), folder.join(DAMAGED_STATE));
        }
        let switched = state.write(&folder);
        // Also after a failure: by what the disk says, the new or the old version is the leftover.
        self.sweep(address);
        switched
    }

    /// Removes what the app's state on the disk does not name. Whatever cannot be removed now is removed next time.
    fn sweep(&self, address: &Address) {
        let folder = self.app_dir(address);
        let state = match State::read(&folder) {
            Ok(state) => state,
            Err(StateError::Missing) => State::empty(0),
            // Nothing is known of what is in use.
            Err(StateError::Damaged(_)) => return,
        };
        for version in names_in(&folder.join(VERSIONS)).unwrap_or_default() {
            if !state.versions().any(|used| used == version) {
                let _ = disk::remove(&folder.join(VERSIONS).join(version));
            }
        }
        let kept = (!state.is_expired(self.now())).then(|| format!("{EXTENDED}{}.json", state.generation));
        for name in names_in(&folder).unwrap_or_default() {
            let old_data = name.starts_with(EXTENDED) && kept.as_ref() != Some(&name);
            if old_data || name.starts_with(disk::TEMPORARY) {
                let _ = disk::remove(&folder.join(name));
            }
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

/// The names in a folder that are Unicode, as all of ours are; none when it does not exist.
fn names_in(folder: &Path) -> Result<Vec<String>, PackageError> {
    match fs::read_dir(folder) {
        Ok(entries) => entries
            .filter_map(|entry| entry.map(|entry| entry.file_name().into_string().ok()).transpose())
            .collect::<Result<_, _>>()
            .map_err(|error| PackageError::io(folder, error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(PackageError::io(folder, error)),
    }
}

/// How the folder name of a version of this account index begins.
fn version_prefix(generation: u32) -> String {
    format!("g{generation}-")
}

/// Whether a name can be that of a version: what [`version_prefix`] and the random part make.
fn is_version_name(name: &str) -> bool {
    generation_in(name).is_some()
        && name.starts_with('g')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// The account index in the name of a version or of extended data.
fn generation_in(name: &str) -> Option<u32> {
    let number = match name.strip_prefix(EXTENDED) {
        Some(rest) => rest.strip_suffix(".json")?,
        None => name.strip_prefix('g')?.split_once('-')?.0,
    };
    number.parse().ok()
}
