//! The encrypted database: one connection that writes, several that read.
//!
//! What a write answered is on the disk: the log is brought there before the answer (`synchronous = FULL`).

mod gate;
mod migrations;
#[cfg(test)]
pub(crate) mod plans;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use crate::events::Event;
use crate::{Code, Failure, Outcome};
use gate::Gate;

/// Most connections that wait for the next reader.
const READERS: usize = 4;
/// How long one process waits for another that has the file open.
const PATIENCE: Duration = Duration::from_secs(5);
/// Statements that each connection keeps prepared.
const STATEMENTS: usize = 256;

/// Bytes of salt that the file of a store begins with.
pub(crate) const SALT: usize = 16;

/// Whether the library is ready. SQLite says so before SQLCipher has made itself ready, so that without this a second
/// thread could come too early when a process opens its first stores, and find that no key is accepted.
static READY: Once = Once::new();

/// The key that a store is encrypted with.
pub type StoreKey = Zeroizing<[u8; 32]>;

/// An open store.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    key: StoreKey,
    gate: Gate,
    writer: Mutex<Option<Connection>>,
    readers: Mutex<Vec<Connection>>,
}

/// A write under way: the transaction, and the events that are to be told when it is on the disk.
#[derive(Debug)]
pub struct Write<'a> {
    transaction: Transaction<'a>,
    events: Vec<Event>,
    /// Whether what happens is nobody's business, because it belongs to a room that is not open.
    silent: bool,
    queued: bool,
    asked: bool,
}

/// What is to be done once a write is on the disk.
#[derive(Debug)]
pub struct Done {
    /// Events to tell, in their order.
    pub events: Vec<Event>,
    /// Whether something is not stamped yet that the user's devices share.
    pub(crate) touched: bool,
    /// Whether a bot is to be asked something.
    pub(crate) asked: bool,
}

impl<'a> std::ops::Deref for Write<'a> {
    type Target = Transaction<'a>;

    fn deref(&self) -> &Self::Target {
        &self.transaction
    }
}

impl Write<'_> {
    /// Tells an event once the write is on the disk, and never if it fails.
    pub fn emit(&mut self, event: Event) {
        if !self.silent {
            self.events.push(event);
        }
    }

    /// Does something that leaves nothing behind if it fails, events included.
    pub(crate) fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        self.transaction.execute_batch("SAVEPOINT attempt")?;
        let told = self.events.len();
        let done = work(self);
        if done.is_err() {
            self.transaction.execute_batch("ROLLBACK TO attempt")?;
            self.events.truncate(told);
        }
        self.transaction.execute_batch("RELEASE attempt")?;
        done
    }

    /// Whether something was queued for the network.
    pub(crate) fn is_queued(&self) -> bool {
        self.queued
    }

    /// Says that something was queued for the network.
    pub(crate) fn note_queued(&mut self) {
        self.queued = true;
    }

    /// Says that a bot is to be asked something.
    pub(crate) fn note_asked(&mut self) {
        self.asked = true;
    }

    /// Does something of which no event is told.
    pub(crate) fn silently<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.silent, true);
        let done = work(self);
        self.silent = before;
        done
    }
}

impl Store {
    /// Opens the store at a path or makes a new one, and brings it to the newest version.
    ///
    /// # Errors
    /// Those of the database. A file that is damaged or that another key encrypts gives `NotADatabase` or
    /// `DatabaseCorrupt` and is left as it is.
    pub fn open(path: &Path, key: StoreKey) -> rusqlite::Result<Self> {
        let mut writer = connect(
            path,
            &key,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        )?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "FULL")?;
        writer.pragma_update(None, "foreign_keys", true)?;
        writer.pragma_update(None, "secure_delete", true)?;
        migrations::migrate(&mut writer)?;
        Ok(Self {
            path: path.to_owned(),
            key,
            gate: Gate::default(),
            writer: Mutex::new(Some(writer)),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Makes a new store whose file begins with this salt, which is no secret; nothing must be at the path. Whoever keeps
    /// the key as a secret and the salt of the file can make the file unreadable by overwriting its beginning.
    ///
    /// # Errors
    /// Those of the database.
    pub fn create(path: &Path, key: StoreKey, salt: &[u8; SALT]) -> rusqlite::Result<Self> {
        {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
            let connection = connect_salted(path, &key, Some(salt), flags)?;
            // Anything that is written makes the first page, which the salt is in.
            connection.pragma_update(None, "journal_mode", "DELETE")?;
            connection.execute_batch("VACUUM")?;
        }
        Self::open(path, key)
    }

    /// Ends the store once all that is under way has ended: its files are whole, its log is gone, and every later use
    /// answers 20061. Not to be called from within a read or a write.
    pub fn close(&self) {
        self.gate.close();
        lock(&self.readers).clear();
        drop(lock(&self.writer).take());
    }

    /// Whether the store was not closed yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.gate.is_open()
    }

    /// The folder that the store's file is in.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Reads. Several threads read at once, and while another writes; all that one call reads is of one moment.
    ///
    /// # Errors
    /// Those of the closure and of the database.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        let _inside = self.gate.enter()?;
        let pooled = lock(&self.readers).pop();
        let mut connection = match pooled {
            Some(connection) => connection,
            None => self.reader()?,
        };
        let transaction = connection.transaction()?;
        let answer = read(&transaction);
        transaction.finish()?;
        let mut readers = lock(&self.readers);
        if readers.len() < READERS {
            readers.push(connection);
        }
        answer
    }

    /// Writes, one caller after the other, all or nothing. Answers with what the closure made and what is to be done then.
    ///
    /// # Errors
    /// Those of the closure and of the database; then nothing was written and no event is to be told.
    pub fn write<T>(&self, write: impl FnOnce(&mut Write<'_>) -> Outcome<T>) -> Outcome<(T, Done)> {
        let _inside = self.gate.enter()?;
        let mut writer = lock(&self.writer);
        let connection = writer.as_mut().ok_or(Code::NOT_LOGGED_IN)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut writing = Write {
            transaction,
            events: Vec::new(),
            silent: false,
            queued: false,
            asked: false,
        };
        let answer = write(&mut writing)?;
        let touched = writing
            .prepare_cached("SELECT 1 FROM changed WHERE name > '' LIMIT 1")?
            .exists([])?;
        let Write {
            transaction,
            events,
            asked,
            ..
        } = writing;
        transaction.commit()?;
        let done = Done { events, touched, asked };
        Ok((answer, done))
    }

    fn reader(&self) -> Result<Connection, Failure> {
        let connection = connect(&self.path, &self.key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }
}

#[cfg(feature = "lab")]
impl Store {
    /// A connection of the caller's own, set up as the one that writes.
    ///
    /// # Errors
    /// Those of the database.
    pub fn bare(&self) -> rusqlite::Result<Connection> {
        let connection = connect(&self.path, &self.key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
        Ok(connection)
    }

    /// Opens the same file once more.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub fn again(&self) -> rusqlite::Result<Self> {
        Self::open(&self.path, self.key.clone())
    }
}

/// Opens one connection. The key is raw, so it costs no derivation.
fn connect(path: &Path, key: &StoreKey, flags: OpenFlags) -> rusqlite::Result<Connection> {
    connect_salted(path, key, None, flags)
}

/// Opens one connection; a new file begins with the salt, or with a random one if there is none.
fn connect_salted(
    path: &Path,
    key: &StoreKey,
    salt: Option<&[u8; SALT]>,
    flags: OpenFlags,
) -> rusqlite::Result<Connection> {
    READY.call_once(|| drop(Connection::open_in_memory()));
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let hex = Zeroizing::new(hex::encode(key.as_slice()));
    let pragma = Zeroizing::new(format!(
        "PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'{}{}'\"; PRAGMA temp_store = MEMORY;",
        hex.as_str(),
        salt.map(hex::encode).unwrap_or_default(),
    ));
    connection.execute_batch(&pragma)?;
    #[cfg(test)]
    plans::watch(&connection);
    Ok(connection)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
