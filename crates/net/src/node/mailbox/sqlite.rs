//! Mailboxes in one SQLite file: one writer that commits together what came in meanwhile, and readers beside it.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

use super::{Clock, DAY, DAYS_REMEMBERED, DAYS_WAITING, Fill, Mailbox, MailboxError, Outcome, Pending, Put};
use crate::Key;
use crate::protocol::Entry;

/// Jobs that may wait for the writer; who comes later waits before the queue.
const QUEUE: usize = 4096;
/// Jobs of one commit.
const TOGETHER: usize = 1024;
/// Bytes of envelopes of one commit, about.
const TOGETHER_BYTES: usize = 16 * 1024 * 1024;
/// Mailboxes whose fill the writer remembers.
const REMEMBERED: usize = 65_536;
/// Readers at the same time.
const READERS: usize = 2;
/// Rows that one job of expiry deletes at most.
const EXPIRED: usize = 1000;

/// Mailboxes in one SQLite file.
#[derive(Debug)]
pub struct SqliteMailbox {
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<thread::JoinHandle<()>>,
    readers: Arc<Readers>,
}

/// One thing for the writer, and where it tells how it went.
#[derive(Debug)]
enum Job {
    Put(Put, oneshot::Sender<Result<Outcome, MailboxError>>),
    Acknowledge(Key, u64, oneshot::Sender<Result<(), MailboxError>>),
    Remove(Key, oneshot::Sender<Result<(), MailboxError>>),
    Expire(oneshot::Sender<Result<Expired, MailboxError>>),
}

/// What one job of expiry did.
#[derive(Debug, Default)]
struct Expired {
    unfetched: u64,
    more: bool,
}

impl SqliteMailbox {
    /// Opens the file, making it if there is none.
    ///
    /// # Errors
    ///
    /// When the file cannot be written, or is no database.
    pub fn open(path: &Path, clock: Clock) -> Result<Self, MailboxError> {
        let connection = connect(path)?;
        connection
            .execute_batch(include_str!("schema.sql"))
            .map_err(MailboxError::new)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let writer = Writer {
            connection,
            clock,
            fills: HashMap::new(),
        };
        let writer = thread::Builder::new()
            .name("mailboxes".to_owned())
            .spawn(move || writer.run(queue))
            .map_err(MailboxError::new)?;
        Ok(Self {
            jobs: Some(jobs),
            writer: Some(writer),
            readers: Arc::new(Readers {
                path: path.to_owned(),
                idle: Mutex::new(Vec::new()),
            }),
        })
    }

    async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, MailboxError>>) -> Job,
    ) -> Result<T, MailboxError> {
        let (tell, told) = oneshot::channel();
        let gone = || MailboxError::new("they are being closed");
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(job(tell)).await.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }

    async fn read<T, F>(&self, read: F) -> Result<T, MailboxError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let readers = self.readers.clone();
        spawn_blocking(move || {
            let connection = readers.take()?;
            let answer = read(&connection).map_err(MailboxError::new);
            readers.give_back(connection);
            answer
        })
        .await
        .map_err(MailboxError::new)?
    }
}

impl Drop for SqliteMailbox {
    /// Waits until what was accepted is written.
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Mailbox for SqliteMailbox {
    fn put(&self, put: Put) -> Pending<'_, Outcome> {
        Box::pin(async move {
            if put.is_too_large() {
                return Ok(Outcome::TooLarge);
            }
            self.ask(|tell| Job::Put(put, tell)).await
        })
    }

    fn fetch(&self, mailbox: Key, since: u64, entries: usize, bytes: usize) -> Pending<'_, Vec<Entry>> {
        Box::pin(self.read(move |connection| fetch(connection, &mailbox, since, entries, bytes)))
    }

    fn acknowledge(&self, mailbox: Key, upto: u64) -> Pending<'_, ()> {
        Box::pin(self.ask(move |tell| Job::Acknowledge(mailbox, upto, tell)))
    }

    fn fill(&self, mailbox: Key) -> Pending<'_, Fill> {
        Box::pin(self.read(move |connection| fill(connection, &mailbox)))
    }

    fn remove(&self, mailbox: Key) -> Pending<'_, ()> {
        Box::pin(self.ask(move |tell| Job::Remove(mailbox, tell)))
    }

    fn expire(&self) -> Pending<'_, u64> {
        Box::pin(async move {
            let mut unfetched = 0;
            loop {
                // In small jobs, so that puts pass in between.
                let expired = self.ask(Job::Expire).await?;
                unfetched += expired.unfetched;
                if !expired.more {
                    return Ok(unfetched);
                }
            }
        })
    }
}

/// Connections for reading, made as needed.
#[derive(Debug)]
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    fn take(&self) -> Result<Connection, MailboxError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| connect(&self.path), Ok)
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < READERS {
            idle.push(connection);
        }
    }
}

fn connect(path: &Path) -> Result<Connection, MailboxError> {
    let connection = Connection::open(path).map_err(MailboxError::new)?;
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA busy_timeout = 10000;
             PRAGMA cache_size = -8000;
             PRAGMA wal_autocheckpoint = 4000;",
        )
        .map_err(MailboxError::new)?;
    Ok(connection)
}

fn fetch(
    connection: &Connection,
    mailbox: &Key,
    since: u64,
    entries: usize,
    bytes: usize,
) -> rusqlite::Result<Vec<Entry>> {
    let mut statement = connection.prepare_cached(
        "SELECT number, stranger, envelope FROM entry
         WHERE mailbox = ?1 AND number > ?2 AND acknowledged IS NULL
         ORDER BY number LIMIT ?3",
    )?;
    let since = i64::try_from(since).unwrap_or(i64::MAX);
    let limit = i64::try_from(entries).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![mailbox, since, limit])?;
    let (mut found, mut total) = (Vec::new(), 0);
    while total < bytes {
        let Some(row) = rows.next()? else { break };
        let entry = Entry {
            number: row.get(0)?,
            stranger: row.get(1)?,
            envelope: row.get(2)?,
        };
        total += entry.envelope.len();
        found.push(entry);
    }
    Ok(found)
}

fn fill(connection: &Connection, mailbox: &Key) -> rusqlite::Result<Fill> {
    connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(size), 0), coalesce(sum(stranger), 0) FROM entry
             WHERE mailbox = ?1 AND acknowledged IS NULL",
        )?
        .query_row([mailbox], |row| {
            Ok(Fill {
                entries: row.get(0)?,
                bytes: row.get(1)?,
                strangers: row.get(2)?,
            })
        })
}

/// Who alone writes, and so knows how full the mailboxes are.
struct Writer {
    connection: Connection,
    clock: Clock,
    fills: HashMap<Key, Fill>,
}

impl Writer {
    fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.blocking_recv() {
            let mut bytes = weight(&first);
            let mut jobs = vec![first];
            while jobs.len() < TOGETHER && bytes < TOGETHER_BYTES {
                let Ok(job) = queue.try_recv() else { break };
                bytes += weight(&job);
                jobs.push(job);
            }
            self.commit(jobs);
        }
    }

    /// Does all jobs in one transaction, and tells only once that is durable.
    fn commit(&mut self, jobs: Vec<Job>) {
        if self.fills.len() > REMEMBERED {
            self.fills.clear();
        }
        let now = (self.clock)();
        match together(&mut self.connection, &mut self.fills, jobs, now) {
            Ok(tells) => tells.into_iter().for_each(|tell| tell()),
            // What the transaction would have changed did not happen. Whoever asked finds that the answer never comes.
            Err(_) => self.fills.clear(),
        }
    }
}

fn weight(job: &Job) -> usize {
    match job {
        Job::Put(put, _) => put.envelope.len(),
        _ => 0,
    }
}

type Tell = Box<dyn FnOnce()>;

fn together(
    connection: &mut Connection,
    fills: &mut HashMap<Key, Fill>,
    jobs: Vec<Job>,
    now: u64,
) -> rusqlite::Result<Vec<Tell>> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut tells = Vec::with_capacity(jobs.len());
    for job in jobs {
        let tell: Tell = match job {
            Job::Put(put, tell) => {
                let outcome = store(&transaction, fills, &put, now)?;
                Box::new(move || drop(tell.send(Ok(outcome))))
            }
            Job::Acknowledge(mailbox, upto, tell) => {
                acknowledge(&transaction, &mailbox, upto, now)?;
                fills.remove(&mailbox);
                Box::new(move || drop(tell.send(Ok(()))))
            }
            Job::Remove(mailbox, tell) => {
                transaction
                    .prepare_cached("DELETE FROM entry WHERE mailbox = ?1")?
                    .execute([mailbox])?;
                fills.remove(&mailbox);
                Box::new(move || drop(tell.send(Ok(()))))
            }
            Job::Expire(tell) => {
                let expired = expire(&transaction, now)?;
                fills.clear();
                Box::new(move || drop(tell.send(Ok(expired))))
            }
        };
        tells.push(tell);
    }
    transaction.commit()?;
    Ok(tells)
}

fn store(
    transaction: &Transaction<'_>,
    fills: &mut HashMap<Key, Fill>,
    put: &Put,
    now: u64,
) -> rusqlite::Result<Outcome> {
    let fill = match fills.entry(put.mailbox) {
        Slot::Occupied(slot) => slot.into_mut(),
        Slot::Vacant(slot) => slot.insert(fill(transaction, &put.mailbox)?),
    };
    if !fill.has_room(put) {
        return Ok(known(transaction, put)?.map_or(Outcome::Full, Outcome::Known));
    }
    let stored = transaction
        .prepare_cached(
            "INSERT INTO entry (mailbox, id, stranger, size, arrived, envelope) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (mailbox, id) DO NOTHING",
        )?
        .execute(params![
            put.mailbox,
            put.id,
            put.stranger,
            put.envelope.len(),
            now,
            put.envelope
        ])?;
    if stored == 0 {
        return Ok(known(transaction, put)?.map_or(Outcome::Full, Outcome::Known));
    }
    fill.entries += 1;
    fill.bytes += put.envelope.len() as u64;
    fill.strangers += u64::from(put.stranger);
    Ok(Outcome::Stored(
        u64::try_from(transaction.last_insert_rowid()).unwrap_or_default(),
    ))
}

fn known(transaction: &Transaction<'_>, put: &Put) -> rusqlite::Result<Option<u64>> {
    transaction
        .prepare_cached("SELECT number FROM entry WHERE mailbox = ?1 AND id = ?2")?
        .query_row(params![put.mailbox, put.id], |row| row.get(0))
        .optional()
}

fn acknowledge(transaction: &Transaction<'_>, mailbox: &Key, upto: u64, now: u64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE entry SET acknowledged = ?3, size = 0, envelope = x''
             WHERE mailbox = ?1 AND number <= ?2 AND acknowledged IS NULL",
        )?
        .execute(params![mailbox, i64::try_from(upto).unwrap_or(i64::MAX), now])?;
    Ok(())
}

fn expire(transaction: &Transaction<'_>, now: u64) -> rusqlite::Result<Expired> {
    let remembered = now.saturating_sub(DAYS_REMEMBERED * DAY);
    let forgotten = transaction
        .prepare_cached(
            "DELETE FROM entry WHERE number IN (
                 SELECT number FROM entry WHERE acknowledged < ?1 ORDER BY acknowledged LIMIT ?2)",
        )?
        .execute(params![remembered, EXPIRED])?;
    // Numbers follow the time of arrival, so those that are too old stand at the beginning.
    let waiting = now.saturating_sub(DAYS_WAITING * DAY);
    let mut unfetched = 0;
    let mut old = Vec::new();
    {
        let mut statement = transaction
            .prepare_cached("SELECT number, arrived, acknowledged IS NULL FROM entry ORDER BY number LIMIT ?1")?;
        let mut rows = statement.query([EXPIRED])?;
        while let Some(row) = rows.next()? {
            let arrived: u64 = row.get(1)?;
            if arrived >= waiting {
                break;
            }
            unfetched += u64::from(row.get::<_, bool>(2)?);
            old.push(row.get::<_, i64>(0)?);
        }
    }
    if let Some(last) = old.last() {
        transaction
            .prepare_cached("DELETE FROM entry WHERE number <= ?1")?
            .execute([last])?;
    }
    Ok(Expired {
        unfetched,
        more: forgotten == EXPIRED || old.len() == EXPIRED,
    })
}
