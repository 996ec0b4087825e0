//! Whose certificates are trusted, and which of them were revoked (bridge 4).
//!
//! Trusted are the authorities of a list that is built in and those that the person added. None is built in yet, since no
//! authority has been founded. An authority revokes by a signed [`RevocationList`], which names serials.
//!
//! In the data folder, `authorities.json` holds what the person added and `revocations/<address>.json` the newest list of
//! an authority, as it was signed. Files are replaced in one step, so that they are whole or not there.

pub(crate) mod file;
mod kept;
mod list;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use coco_keys::Address;
use serde::Serialize;

pub use kept::Damaged;
pub use list::{LIST_BYTES, RevocationList, SERIAL_CHARS, SERIALS, is_serial};

use kept::{Known, Named};

/// Most authorities that a person can add.
pub const AUTHORITIES: usize = 100;

/// Longest name of an authority, in characters.
pub const NAME_CHARS: usize = 100;

const BUILT_IN: &str = include_str!("built_in.json");

/// Somebody whose certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Authority {
    /// The address that signs.
    pub address: Address,
    /// What it is called; words of whoever added it.
    pub name: String,
    /// Whether it came with the program, so that it cannot be removed.
    pub built_in: bool,
}

/// Why authorities could not be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthoritiesError {
    /// It is in the list that is built in.
    #[error("{0} came with the program and cannot be removed")]
    BuiltIn(Address),
    /// Nobody added it.
    #[error("{0} is no trusted authority")]
    Unknown(Address),
    /// The name is empty, too long, or has control characters.
    #[error("the name of an authority has 1 to {NAME_CHARS} characters on one line")]
    Name,
    /// There are [`AUTHORITIES`] already.
    #[error("at most {AUTHORITIES} authorities can be added")]
    TooMany,
    /// The text is no revocation list, or its issuer did not sign it.
    #[error("not a revocation list: {0}")]
    List(String),
    /// A list that is at least as new is known; when that was made, in seconds since 1970.
    #[error("a list of {issuer} that is at least as new is known: modified {known}")]
    NotNewer {
        /// Whose list it is.
        issuer: Address,
        /// When the known one was made, in seconds since 1970.
        known: i64,
    },
    /// The file system refused.
    #[error("could not {action} {}: {source}", path.display())]
    Io {
        /// What was attempted, as a verb.
        action: &'static str,
        /// The file in question.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
}

/// Trusted authorities and their revocations. Whoever reads never waits for the disk.
pub struct Authorities {
    /// Where they are kept; `None` for as long as the program runs.
    folder: Option<PathBuf>,
    built_in: BTreeMap<Address, String>,
    state: RwLock<State>,
    /// Held while something changes, on disk and in memory.
    writing: Mutex<()>,
    damaged: Mutex<Vec<Damaged>>,
    generation: AtomicU64,
}

#[derive(Default)]
struct State {
    added: BTreeMap<Address, String>,
    lists: HashMap<Address, Known>,
}

impl Authorities {
    /// Those of a data folder, which need not exist yet.
    ///
    /// What cannot be read is told by [`Authorities::damaged`]: added authorities are then not trusted, and a damaged list
    /// of revocations revokes everything by its issuer.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        let authorities = Self::with(Some(folder.to_owned()));
        let (lists, damaged) = kept::read_lists(folder);
        damaged.into_iter().for_each(|damaged| authorities.report(damaged));
        *authorities.write() = State {
            added: authorities.read_added(folder).unwrap_or_default(),
            lists,
        };
        authorities
    }

    /// Those that are built in; what is added is forgotten with this value.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::with(None)
    }

    /// The same, but what changes from now on is forgotten with this value.
    #[must_use]
    pub fn unkept(self) -> Self {
        Self { folder: None, ..self }
    }

    fn with(folder: Option<PathBuf>) -> Self {
        let built_in = serde_json::from_str::<Vec<Named>>(BUILT_IN).unwrap_or_default();
        Self {
            folder,
            built_in: built_in.into_iter().map(|one| (one.address, one.name)).collect(),
            state: RwLock::default(),
            writing: Mutex::default(),
            damaged: Mutex::default(),
            generation: AtomicU64::new(0),
        }
    }

    /// Whether certificates by this address are trusted.
    #[must_use]
    pub fn is_trusted(&self, address: &Address) -> bool {
        self.built_in.contains_key(address) || self.read().added.contains_key(address)
    }

    /// Whether this authority revoked the certificate with this serial. A list that cannot be read revokes all.
    #[must_use]
    pub fn is_revoked(&self, issuer: &Address, serial: &str) -> bool {
        self.read().lists.get(issuer).is_some_and(|known| match known {
            Known::List(list) => list.serials().contains(serial),
            Known::Unreadable => true,
        })
    }

    /// All that are trusted, those that are built in first.
    #[must_use]
    pub fn list(&self) -> Vec<Authority> {
        let line = |built_in| {
            move |(address, name): (&Address, &String)| Authority {
                address: *address,
                name: name.clone(),
                built_in,
            }
        };
        let state = self.read();
        let added = state
            .added
            .iter()
            .filter(|(address, _)| !self.built_in.contains_key(address));
        self.built_in
            .iter()
            .map(line(true))
            .chain(added.map(line(false)))
            .collect()
    }

    /// The newest list of revocations of an authority: when it was made, in seconds since 1970, and how many it names.
    #[must_use]
    pub fn revocations(&self, issuer: &Address) -> Option<(i64, usize)> {
        match self.read().lists.get(issuer)? {
            Known::List(list) => Some((list.modified(), list.serials().len())),
            Known::Unreadable => None,
        }
    }

    /// What could not be read since these were opened.
    #[must_use]
    pub fn damaged(&self) -> Vec<Damaged> {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A number that is another after every change.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Trusts an authority from now on, or gives it another name.
    ///
    /// # Errors
    /// [`AuthoritiesError::Name`], [`AuthoritiesError::TooMany`], [`AuthoritiesError::Io`]; nothing is changed then.
    pub fn add(&self, address: Address, name: &str) -> Result<(), AuthoritiesError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
            return Err(AuthoritiesError::Name);
        }
        self.change(|added| {
            added.insert(address, name.to_owned());
            if added.len() > AUTHORITIES {
                return Err(AuthoritiesError::TooMany);
            }
            Ok(())
        })
    }

    /// Trusts an added authority no longer. Its revocations stay, in case it is added again.
    ///
    /// # Errors
    /// [`AuthoritiesError::BuiltIn`], [`AuthoritiesError::Unknown`], [`AuthoritiesError::Io`]; nothing is changed then.
    pub fn remove(&self, address: &Address) -> Result<(), AuthoritiesError> {
        if self.built_in.contains_key(address) {
            return Err(AuthoritiesError::BuiltIn(*address));
        }
        self.change(|added| match added.remove(address) {
            Some(_) => Ok(()),
            None => Err(AuthoritiesError::Unknown(*address)),
        })
    }

    /// Takes over a list of revocations that a trusted authority signed, in place of an older one; gives its issuer.
    ///
    /// # Errors
    /// [`AuthoritiesError::List`] when it is none or its issuer did not sign it, [`AuthoritiesError::Unknown`] when its
    /// issuer is not trusted, [`AuthoritiesError::NotNewer`], [`AuthoritiesError::Io`]; nothing is changed then.
    pub fn import_revocations(&self, text: &str) -> Result<Address, AuthoritiesError> {
        let list = RevocationList::open(text).map_err(AuthoritiesError::List)?;
        let issuer = *list.issuer();
        let _writing = self.writing();
        if !self.is_trusted(&issuer) {
            return Err(AuthoritiesError::Unknown(issuer));
        }
        let path = self.folder.as_deref().map(|folder| kept::list_path(folder, &issuer));
        let mut unreadable = false;
        if let Some(path) = &path {
            // Another program may have taken over a newer one meanwhile.
            match kept::read_list(path, &issuer) {
                Ok(Some(list))
                    if self
                        .revocations(&issuer)
                        .is_none_or(|(known, _)| known < list.modified()) =>
                {
                    self.write().lists.insert(issuer, Known::List(list));
                    self.changed();
                }
                Ok(_) => {}
                Err(_) => unreadable = true,
            }
        }
        if let Some((known, _)) = self.revocations(&issuer).filter(|(known, _)| *known >= list.modified()) {
            return Err(AuthoritiesError::NotNewer { issuer, known });
        }
        if let Some(path) = path {
            if unreadable {
                file::set_aside(&path).map_err(io_error("set aside", &path))?;
            }
            file::write(&path, text.as_bytes()).map_err(io_error("write", &path))?;
        }
        self.write().lists.insert(issuer, Known::List(list));
        self.changed();
        Ok(issuer)
    }

    /// Changes what was added, on disk first. Another program may have changed the file, so it is read again.
    fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<Address, String>) -> Result<(), AuthoritiesError>,
    ) -> Result<(), AuthoritiesError> {
        let _writing = self.writing();
        let on_disk = self.folder.as_deref().and_then(|folder| self.read_added(folder));
        let mut added = on_disk.unwrap_or_else(|| self.read().added.clone());
        change(&mut added)?;
        if let Some(folder) = &self.folder {
            let path = kept::path(folder);
            kept::write(&path, &added).map_err(io_error("write", &path))?;
        }
        self.write().added = added;
        self.changed();
        Ok(())
    }

    fn read_added(&self, folder: &Path) -> Option<BTreeMap<Address, String>> {
        kept::read(folder).unwrap_or_else(|damaged| {
            self.report(damaged);
            None
        })
    }

    fn report(&self, damaged: Damaged) {
        self.damaged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(damaged);
    }

    fn changed(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state is replaced by single assignments, so a poisoned lock is still good.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> AuthoritiesError {
    let path = path.to_owned();
    move |source| AuthoritiesError::Io { action, path, source }
}

#[cfg(test)]
mod tests;
