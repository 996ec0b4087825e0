//! Mailboxes in PostgreSQL, in partitions by mailbox.
//!
//! Each mailbox belongs to one of several connections. A connection sends what came in meanwhile as one statement, which is
//! one transaction. The row of a mailbox is locked from the first put of a transaction to its end, so that numbers appear in
//! their order also when several nodes share a database.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, Statement};

use super::{
    Clock, DAY, DAYS_REMEMBERED, DAYS_WAITING, ENTRIES, Fill, MAILBOX_BYTES, Mailbox, MailboxError, Outcome, Pending,
    Put, STRANGERS,
};
use crate::Key;
use crate::protocol::Entry;

/// Connections for puts.
const LANES: usize = 8;
/// Puts that may wait for a connection.
const QUEUE: usize = 1024;
/// Puts of one statement.
const TOGETHER: usize = 256;
/// Bytes of envelopes of one statement, about.
const TOGETHER_BYTES: usize = 8 * 1024 * 1024;
/// Entries that expiry deletes at once.
const EXPIRED: i64 = 1000;
/// How long a statement may take before its connection is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Mailboxes in PostgreSQL.
pub struct PostgresMailbox {
    lanes: Vec<mpsc::Sender<Waiting>>,
    tasks: Vec<JoinHandle<()>>,
    other: Arc<Line>,
    clock: Clock,
}

/// A put, and where it is told what became of it.
type Waiting = (Put, oneshot::Sender<Result<Outcome, MailboxError>>);

impl fmt::Debug for PostgresMailbox {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PostgresMailbox").finish_non_exhaustive()
    }
}

impl PostgresMailbox {
    /// Connects to a database and makes the tables if there are none. The address is a URL or `key=value` pairs, as
    /// PostgreSQL's own programs take it. The connection is not encrypted: it is for the same computer or a private network.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, or the tables not be made.
    pub async fn open(address: &str, clock: Clock) -> Result<Self, MailboxError> {
        let line = |address: &str| Arc::new(Line::new(address));
        let other = line(address);
        {
            let statements = other.get().await?;
            let client = &statements.client;
            // One node at a time: two that make a table at once fail.
            let schema = format!(
                "BEGIN; SELECT pg_advisory_xact_lock(8317001); {} COMMIT;",
                include_str!("postgres.sql")
            );
            client.batch_execute(&schema).await.map_err(failed)?;
        }
        let mut lanes = Vec::new();
        let mut tasks = Vec::new();
        for _ in 0..LANES {
            let (lane, queue) = mpsc::channel(QUEUE);
            lanes.push(lane);
            tasks.push(tokio::spawn(run(queue, line(address), clock.clone())));
        }
        Ok(Self {
            lanes,
            tasks,
            other,
            clock,
        })
    }

    async fn store(&self, put: Put) -> Result<Outcome, MailboxError> {
        let lane = put.mailbox.iter().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
        });
        let gone = || MailboxError::new("they are being closed");
        let lane = self.lanes.get(lane % LANES).ok_or_else(gone)?;
        let (tell, told) = oneshot::channel();
        lane.send((put, tell)).await.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }

    async fn ask(&self, query: Query, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, MailboxError> {
        self.other.ask(query, values).await
    }
}

impl Drop for PostgresMailbox {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Mailbox for PostgresMailbox {
    fn put(&self, put: Put) -> Pending<'_, Outcome> {
        Box::pin(async move {
            if put.is_too_large() {
                return Ok(Outcome::TooLarge);
            }
            self.store(put).await
        })
    }

    fn fetch(&self, mailbox: Key, since: u64, entries: usize, bytes: usize) -> Pending<'_, Vec<Entry>> {
        Box::pin(async move {
            let mailbox: &[u8] = &mailbox;
            let (since, limit, bytes) = (number(since), count(entries), count(bytes));
            let rows = self.ask(Query::Fetch, &[&mailbox, &since, &limit, &bytes]).await?;
            rows.iter()
                .map(|row| {
                    Ok(Entry {
                        number: unsigned(row.try_get(0).map_err(failed)?),
                        stranger: row.try_get(1).map_err(failed)?,
                        envelope: row.try_get(2).map_err(failed)?,
                    })
                })
                .collect()
        })
    }

    fn acknowledge(&self, mailbox: Key, upto: u64) -> Pending<'_, ()> {
        Box::pin(async move {
            let (mailbox, now): (&[u8], i64) = (&mailbox, number((self.clock)()));
            self.ask(Query::Acknowledge, &[&mailbox, &number(upto), &now]).await?;
            Ok(())
        })
    }

    fn fill(&self, mailbox: Key) -> Pending<'_, Fill> {
        Box::pin(async move {
            let mailbox: &[u8] = &mailbox;
            let rows = self.ask(Query::Fill, &[&mailbox]).await?;
            let Some(row) = rows.first() else {
                return Ok(Fill::default());
            };
            let at = |index| row.try_get(index).map(unsigned).map_err(failed);
            Ok(Fill {
                entries: at(0)?,
                bytes: at(1)?,
                strangers: at(2)?,
            })
        })
    }

    fn remove(&self, mailbox: Key) -> Pending<'_, ()> {
        Box::pin(async move {
            let mailbox: &[u8] = &mailbox;
            self.ask(Query::Remove, &[&mailbox]).await?;
            Ok(())
        })
    }

    fn expire(&self) -> Pending<'_, u64> {
        Box::pin(async move {
            let now = (self.clock)();
            let waiting = number(now.saturating_sub(DAYS_WAITING * DAY));
            let remembered = number(now.saturating_sub(DAYS_REMEMBERED * DAY));
            let mut unfetched = 0;
            loop {
                let rows = self.ask(Query::Expire, &[&waiting, &remembered, &EXPIRED]).await?;
                let Some(row) = rows.first() else {
                    return Ok(unfetched);
                };
                unfetched += unsigned(row.try_get(0).map_err(failed)?);
                let deleted: i64 = row.try_get(1).map_err(failed)?;
                if deleted < EXPIRED {
                    return Ok(unfetched);
                }
            }
        })
    }
}

/// Sends what comes in, as much together as has come in meanwhile.
async fn run(mut queue: mpsc::Receiver<Waiting>, line: Arc<Line>, clock: Clock) {
    while let Some(first) = queue.recv().await {
        let mut bytes = first.0.envelope.len();
        let mut waiting = vec![first];
        while waiting.len() < TOGETHER && bytes < TOGETHER_BYTES {
            let Ok(next) = queue.try_recv() else { break };
            bytes += next.0.envelope.len();
            waiting.push(next);
        }
        let answers = together(&line, &waiting, number(clock())).await;
        match answers {
            Ok(answers) => {
                for ((_, tell), answer) in waiting.into_iter().zip(answers) {
                    let _ = tell.send(Ok(match answer {
                        0 => Outcome::Full,
                        known if known < 0 => Outcome::Known(known.unsigned_abs()),
                        stored => Outcome::Stored(stored.unsigned_abs()),
                    }));
                }
            }
            Err(error) => {
                for (_, tell) in waiting {
                    let _ = tell.send(Err(error.clone()));
                }
            }
        }
    }
}

async fn together(line: &Line, waiting: &[Waiting], now: i64) -> Result<Vec<i64>, MailboxError> {
    let puts = || waiting.iter().map(|(put, _)| put);
    let mailboxes: Vec<&[u8]> = puts().map(|put| put.mailbox.as_slice()).collect();
    let ids: Vec<&[u8]> = puts().map(|put| put.id.as_slice()).collect();
    let lanes: Vec<bool> = puts().map(|put| put.stranger).collect();
    let envelopes: Vec<&[u8]> = puts().map(|put| put.envelope.as_slice()).collect();
    let most = [number(ENTRIES), number(MAILBOX_BYTES), number(STRANGERS)];
    let [entries, bytes, strangers] = &most;
    let rows = line
        .ask(
            Query::Put,
            &[&mailboxes, &ids, &lanes, &envelopes, &now, entries, bytes, strangers],
        )
        .await?;
    let row = rows.first().ok_or_else(|| MailboxError::new("no answer"))?;
    row.try_get(0).map_err(failed)
}

/// What is asked, in the order of [`Query::TEXTS`].
#[derive(Clone, Copy)]
enum Query {
    Put,
    Fetch,
    Acknowledge,
    Fill,
    Remove,
    Expire,
}

impl Query {
    const TEXTS: [&'static str; 6] = [
        "SELECT put_entries($1, $2, $3, $4, $5, $6, $7, $8)",
        // Entries are taken until those before have reached the bytes.
        "SELECT number, stranger, envelope FROM (
             SELECT number, stranger, envelope, coalesce(sum(octet_length(envelope)) OVER (
                 ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
             FROM (SELECT number, stranger, envelope FROM entry
                   WHERE mailbox = $1 AND number > $2 AND acknowledged IS NULL ORDER BY number LIMIT $3) AS next
         ) AS counted WHERE before < $4 ORDER BY number",
        "SELECT acknowledge_entries($1, $2, $3)",
        "SELECT entries, bytes, strangers FROM mailbox WHERE mailbox = $1",
        "WITH counted AS (UPDATE mailbox SET entries = 0, bytes = 0, strangers = 0 WHERE mailbox = $1)
         DELETE FROM entry WHERE mailbox = $1",
        "SELECT unfetched, deleted FROM expire_entries($1, $2, $3)",
    ];
}

/// A connection with everything that is asked on it.
struct Statements {
    client: Client,
    prepared: Mutex<Vec<Statement>>,
}

/// A connection that is made again when it broke.
struct Line {
    address: String,
    kept: AsyncMutex<Option<Arc<Statements>>>,
}

impl Line {
    fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            kept: AsyncMutex::new(None),
        }
    }

    async fn get(&self) -> Result<Arc<Statements>, MailboxError> {
        let mut kept = self.kept.lock().await;
        if let Some(statements) = kept.as_ref().filter(|statements| !statements.client.is_closed()) {
            return Ok(statements.clone());
        }
        let connecting = tokio_postgres::connect(&self.address, NoTls);
        let connected = timeout(PATIENCE, connecting).await;
        let (client, connection) = connected
            .map_err(|_| MailboxError::new("PostgreSQL does not answer"))?
            .map_err(failed)?;
        // It ends with the client.
        tokio::spawn(connection);
        client
            .batch_execute(
                "SET synchronous_commit = on; SET statement_timeout = '30s'; SET client_min_messages = warning",
            )
            .await
            .map_err(failed)?;
        let statements = Arc::new(Statements {
            client,
            prepared: Mutex::default(),
        });
        *kept = Some(statements.clone());
        Ok(statements)
    }

    async fn ask(&self, query: Query, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, MailboxError> {
        let statements = self.get().await?;
        let asked = async {
            let statement = statements.prepare(query).await?;
            statements.client.query(&statement, values).await.map_err(failed)
        };
        match timeout(PATIENCE, asked).await {
            Ok(answer) => answer,
            Err(_) => {
                // Nobody knows what it is doing: the next one gets another.
                self.kept.lock().await.take();
                Err(MailboxError::new("PostgreSQL does not answer"))
            }
        }
    }
}

impl Statements {
    async fn prepare(&self, query: Query) -> Result<Statement, MailboxError> {
        let ready = {
            let prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
            prepared.get(query as usize).cloned()
        };
        if let Some(statement) = ready {
            return Ok(statement);
        }
        let mut all = Vec::new();
        for text in Query::TEXTS {
            all.push(self.client.prepare(text).await.map_err(failed)?);
        }
        let statement = all.get(query as usize).cloned();
        *self.prepared.lock().unwrap_or_else(PoisonError::into_inner) = all;
        statement.ok_or_else(|| MailboxError::new("an unknown question"))
    }
}

/// The database's own words, which the error of the library leaves out.
fn failed(error: tokio_postgres::Error) -> MailboxError {
    match error.as_db_error() {
        Some(told) => MailboxError::new(format_args!("PostgreSQL: {}", told.message())),
        None => MailboxError::new(error),
    }
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}
