//! Conversations: in memory while they go on, and encrypted on the disk.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::lock;
use crate::engine::Session;

/// How long what happened may be in memory alone.
const BEHIND: Duration = Duration::from_millis(100);
/// Conversations in memory at most, of those that are on the disk too.
const IN_MEMORY: usize = 20_000;
const KEY: &str = "sessions.key";
const FILE: &str = "sessions.db";

/// Why conversations cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The folder cannot be used.
    #[error("{0}")]
    Folder(#[from] std::io::Error),
    /// The database cannot be used.
    #[error("{0}")]
    Database(#[from] rusqlite::Error),
    /// A conversation is none that can be read.
    #[error("a conversation cannot be read: {0}")]
    Damaged(#[from] serde_json::Error),
}

type Name = (String, String);

#[derive(Default)]
struct Memory {
    sessions: HashMap<Name, Session>,
    /// Those that are not on the disk yet.
    fresh: HashSet<Name>,
}

/// The conversations of bots with users.
pub struct Keep {
    memory: Arc<Mutex<Memory>>,
    disk: Option<Disk>,
}

struct Disk {
    connection: Arc<Mutex<Connection>>,
    /// Dropped to end the writer.
    ending: Option<Sender<()>>,
    writer: Option<JoinHandle<()>>,
}

impl Keep {
    /// Keeps conversations until the program ends.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            memory: Arc::default(),
            disk: None,
        }
    }

    /// Keeps conversations in a folder, encrypted with a key beside them: who copies the database alone reads nothing.
    /// What happened in the last 100 ms before the program is killed is lost.
    ///
    /// # Errors
    /// [`KeepError`].
    pub fn in_folder(folder: &Path) -> Result<Self, KeepError> {
        fs::create_dir_all(folder)?;
        let key = key(&folder.join(KEY))?;
        let connection = Connection::open(folder.join(FILE))?;
        connection.pragma_update(None, "key", format!("x'{key}'"))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS session (
                bot  TEXT NOT NULL,
                user TEXT NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (bot, user)
            ) STRICT, WITHOUT ROWID",
        )?;
        let (memory, connection) = (Arc::<Mutex<Memory>>::default(), Arc::new(Mutex::new(connection)));
        let (ending, ended) = mpsc::channel::<()>();
        let writer = std::thread::spawn({
            let (memory, connection) = (Arc::clone(&memory), Arc::clone(&connection));
            move || {
                while ended.recv_timeout(BEHIND) == Err(RecvTimeoutError::Timeout) {
                    // What could not be written stays in memory and is tried again.
                    let _ = write(&memory, &connection);
                }
                let _ = write(&memory, &connection);
            }
        });
        Ok(Self {
            memory,
            disk: Some(Disk {
                connection,
                ending: Some(ending),
                writer: Some(writer),
            }),
        })
    }

    /// The conversation of a user with a bot, or a new one.
    pub(super) fn load(&self, bot: &str, user: &str) -> Result<Session, KeepError> {
        let name = (bot.to_owned(), user.to_owned());
        if let Some(session) = lock(&self.memory).sessions.get(&name) {
            return Ok(session.clone());
        }
        if let Some(disk) = &self.disk {
            let connection = disk.connection.lock().unwrap_or_else(PoisonError::into_inner);
            let body: Option<String> = connection
                .prepare_cached("SELECT body FROM session WHERE bot = ?1 AND user = ?2")?
                .query_row(params![bot, user], |row| row.get(0))
                .optional()?;
            if let Some(body) = body {
                return Ok(serde_json::from_str(&body)?);
            }
        }
        Ok(Session::new(name_of_session()))
    }

    /// Keeps a conversation.
    pub(super) fn save(&self, bot: &str, user: &str, session: Session) {
        let name = (bot.to_owned(), user.to_owned());
        let mut memory = lock(&self.memory);
        if self.disk.is_some() {
            memory.fresh.insert(name.clone());
        }
        memory.sessions.insert(name, session);
    }

    /// Conversations in memory.
    #[must_use]
    pub fn in_memory_now(&self) -> usize {
        lock(&self.memory).sessions.len()
    }
}

/// Writes what is fresh, and forgets what is on the disk when there is much.
fn write(memory: &Mutex<Memory>, connection: &Mutex<Connection>) -> Result<(), KeepError> {
    let bodies: Vec<(Name, String)> = {
        let memory = lock(memory);
        let fresh = memory
            .fresh
            .iter()
            .filter_map(|name| Some((name, memory.sessions.get(name)?)));
        fresh
            .map(|(name, session)| Ok((name.clone(), serde_json::to_string(session)?)))
            .collect::<Result<_, serde_json::Error>>()?
    };
    if !bodies.is_empty() {
        let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO session (bot, user, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (bot, user) DO UPDATE SET body = excluded.body",
            )?;
            for ((bot, user), body) in &bodies {
                insert.execute(params![bot, user, body])?;
            }
        }
        transaction.commit()?;
    }
    let mut memory = lock(memory);
    for (name, body) in bodies {
        // One that went on in the meantime is written the next time.
        let unchanged = memory
            .sessions
            .get(&name)
            .and_then(|session| serde_json::to_string(session).ok())
            .is_some_and(|now| now == body);
        if unchanged {
            memory.fresh.remove(&name);
        }
    }
    if memory.sessions.len() > IN_MEMORY {
        let Memory { sessions, fresh } = &mut *memory;
        sessions.retain(|name, _| fresh.contains(name));
    }
    Ok(())
}

/// Reads the key, or makes one, in hex.
fn key(path: &Path) -> Result<String, KeepError> {
    match fs::read_to_string(path) {
        Ok(key) if key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(key),
        Ok(_) => Err(std::io::Error::other(format!("{} is no key", path.display())).into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = random_hex::<32>()?;
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path)?;
            file.write_all(key.as_bytes())?;
            file.sync_all()?;
            Ok(key)
        }
        Err(error) => Err(error.into()),
    }
}

/// Random bytes in hex.
pub(crate) fn random_hex<const N: usize>() -> std::io::Result<String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

fn name_of_session() -> String {
    random_hex::<16>().unwrap_or_default()
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.ending.take());
        if let Some(writer) = self.writer.take() {
            // What it could not write is lost; there is nobody left to tell.
            let _ = writer.join();
        }
    }
}
