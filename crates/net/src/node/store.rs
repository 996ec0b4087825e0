//! The node's own database: lists, prekeys, names, backups, and which files there are.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::limits::Limits;
use super::mailbox::{Clock, MailboxError};
use crate::Key;
use crate::protocol::Refusal;

/// Devices whose tokens are remembered.
const REMEMBERED: usize = 65_536;

/// Why the node did not do as asked.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It must not.
    Refused(Refusal),
    /// It could not.
    Failed(String),
}

impl Fault {
    pub(crate) fn failed(error: impl fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::failed(error)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error)
    }
}

impl From<MailboxError> for Fault {
    fn from(error: MailboxError) -> Self {
        Self::failed(error)
    }
}

/// A device that the node serves.
#[derive(Debug)]
pub(crate) struct Served {
    /// Whose device it is.
    pub(crate) user: Key,
    /// Hashes of the tokens that open its mailbox.
    pub(crate) tokens: Vec<[u8; 32]>,
}

/// The node's own database. Calls block.
pub(crate) struct Store {
    connection: Mutex<Connection>,
    served: Mutex<HashMap<Key, Arc<Served>>>,
    pub(super) allowed: Option<BTreeSet<Key>>,
    pub(super) limits: Limits,
    pub(super) clock: Clock,
    pub(super) folder: PathBuf,
}

impl Store {
    /// Opens the database in a folder, making both if there are none. With `allowed`, only these users are served.
    pub(crate) fn open(
        folder: &Path,
        allowed: Option<BTreeSet<Key>>,
        limits: Limits,
        clock: Clock,
    ) -> Result<Self, Fault> {
        for name in ["files", "uploads"] {
            std::fs::create_dir_all(folder.join(name))?;
        }
        let connection = Connection::open(folder.join("node.db"))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -4000;",
        )?;
        connection.execute_batch(include_str!("schema.sql"))?;
        Ok(Self {
            connection: Mutex::new(connection),
            served: Mutex::new(HashMap::new()),
            allowed,
            limits,
            clock,
            folder: folder.to_owned(),
        })
    }

    /// Reads or writes in one transaction, which is durable afterwards.
    pub(super) fn within<T>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Only reads.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        work(&self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is remembered of a device, without asking the database.
    pub(crate) fn remembered(&self, device: &Key) -> Option<Arc<Served>> {
        self.served
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(device)
            .cloned()
    }

    /// What the node knows of a device.
    ///
    /// Reads the database while it holds what is remembered, so that a change in between is not overlooked.
    pub(crate) fn served(&self, device: &Key) -> Result<Arc<Served>, Fault> {
        let mut remembered = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(served) = remembered.get(device) {
            return Ok(served.clone());
        }
        let found = self.read(|connection| super::directory::served(connection, device))?;
        let served = found
            .filter(|served| self.serves(&served.user))
            .ok_or(Refusal::NotServed)?;
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        let served = Arc::new(served);
        remembered.insert(*device, served.clone());
        Ok(served)
    }

    /// Forgets what was remembered, after the database changed.
    pub(super) fn changed(&self, devices: &[Key]) {
        let mut remembered = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        for device in devices {
            remembered.remove(device);
        }
    }

    /// Whether the node is for this user.
    pub(super) fn serves(&self, user: &Key) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(user))
    }

    pub(super) fn now(&self) -> u64 {
        (self.clock)()
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Store")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}
