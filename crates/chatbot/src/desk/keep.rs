//! Conversations: in memory while they go on, and encrypted on the disk.

use std::collections::HashMap;
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

/// A bot and a user.
type Name = (Arc<str>, Arc<str>);

#[derive(Default)]
struct Memory {
    /// By bot and user.
    sessions: HashMap<Arc<str>, HashMap<Arc<str>, Held>>,
    /// Those that are not on the disk yet.
    fresh: Vec<Name>,
}

/// A conversation in memory.
struct Held {
    session: Session,
    /// Whether it is among those that are not on the disk yet.
    is_fresh: bool,
}

impl Memory {
    fn get(&self, bot: &str, user: &str) -> Option<&Held> {
        self.sessions.get(bot)?.get(user)
    }

    fn get_mut(&mut self, bot: &str, user: &str) -> Option<&mut Held> {
        self.sessions.get_mut(bot)?.get_mut(user)
    }

    fn len(&self) -> usize {
        self.sessions.values().map(HashMap::len).sum()
    }

    fn put(&mut self, bot: &str, user: &str, session: Session, on_disk: bool) {
        if let Some(held) = self.get_mut(bot, user) {
            held.session = session;
            if held.is_fresh || !on_disk {
                return;
            }
            held.is_fresh = true;
        } else {
            let held = Held {
                session,
                is_fresh: on_disk,
            };
            self.sessions.entry(bot.into()).or_default().insert(user.into(), held);
        }
        if on_disk {
            self.fresh.push((bot.into(), user.into()));
        }
    }
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
        if let Some(held) = lock(&self.memory).get(bot, user) {
            return Ok(held.session.clone());
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
        lock(&self.memory).put(bot, user, session, self.disk.is_some());
    }

    /// Conversations in memory.
    #[must_use]
    pub fn in_memory_now(&self) -> usize {
        lock(&self.memory).len()
    }
}

/// Writes what is fresh, and forgets what is on the disk when there is much.
fn write(memory: &Mutex<Memory>, connection: &Mutex<Connection>) -> Result<(), KeepError> {
    let bodies: Vec<(Name, String)> = {
        let memory = lock(memory);
        let fresh = memory
            .fresh
            .iter()
            .filter_map(|name| Some((name, memory.get(&name.0, &name.1)?)));
        fresh
            .map(|(name, held)| Ok((name.clone(), serde_json::to_string(&held.session)?)))
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
                insert.execute(params![&**bot, &**user, body])?;
            }
        }
        transaction.commit()?;
    }
    let mut memory = lock(memory);
    for ((bot, user), body) in bodies {
        // One that went on in the meantime is written the next time.
        if let Some(held) = memory.get_mut(&bot, &user) {
            held.is_fresh = serde_json::to_string(&held.session).ok().as_ref() != Some(&body);
        }
    }
    let Memory { sessions, fresh } = &mut *memory;
    let is_fresh = |(bot, user): &Name| {
        let held = sessions.get(bot).and_then(|users| users.get(user));
        held.is_some_and(|held| held.is_fresh)
    };
    fresh.retain(is_fresh);
    if memory.len() > IN_MEMORY {
        for users in memory.sessions.values_mut() {
            users.retain(|_, held| held.is_fresh);
        }
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
