//! Durable puts into the mailboxes of a node's backends, beside SQLite alone with the same settings and the same number of
//! rows in a commit.
//!
//! `cargo run --release -p coco-net --example node_bench -- [POSTGRES-ADDRESS]`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;
use std::time::Instant;

use coco_net::node::mailbox::{Mailbox, Outcome, PostgresMailbox, Put, SqliteMailbox};

const PUTS: usize = 60_000;
const SENDERS: usize = 256;
const ENVELOPE: usize = 1024;
const ROUNDS: usize = 5;

fn now() -> u64 {
    1_800_000_000_000
}

/// Puts by many senders at once into a thousand mailboxes; puts in a second.
async fn puts(mailbox: Arc<dyn Mailbox>, round: usize) -> f64 {
    let begin = Instant::now();
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let mailbox = mailbox.clone();
            tokio::spawn(async move {
                for number in (sender..PUTS).step_by(SENDERS) {
                    let mut at = [0; 32];
                    at[..8].copy_from_slice(&(number % 1000).to_be_bytes());
                    let mut id = [0; 16];
                    id[..8].copy_from_slice(&blake3::hash(&(round * PUTS + number).to_be_bytes()).as_bytes()[..8]);
                    let put = Put {
                        mailbox: at,
                        id,
                        stranger: false,
                        envelope: vec![7; ENVELOPE],
                    };
                    assert!(matches!(mailbox.put(put).await, Ok(Outcome::Stored(_))));
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    PUTS as f64 / begin.elapsed().as_secs_f64()
}

/// The same rows by SQLite alone, into the simplest table that finds an envelope by mailbox and name.
fn bare(path: &std::path::Path, round: usize) -> f64 {
    let mut connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000;
             PRAGMA wal_autocheckpoint = 4000;
             CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY, mailbox BLOB NOT NULL, id BLOB NOT NULL,
                 envelope BLOB NOT NULL);
             CREATE UNIQUE INDEX IF NOT EXISTS entry_by_id ON entry (mailbox, id);
             CREATE INDEX IF NOT EXISTS entry_by_mailbox ON entry (mailbox, number);",
        )
        .unwrap();
    let envelope = vec![7_u8; ENVELOPE];
    let begin = Instant::now();
    for first in (0..PUTS).step_by(SENDERS) {
        let transaction = connection.transaction().unwrap();
        for number in first..(first + SENDERS).min(PUTS) {
            let mut at = [0_u8; 32];
            at[..8].copy_from_slice(&(number % 1000).to_be_bytes());
            let mut id = [0_u8; 16];
            id[..8].copy_from_slice(&blake3::hash(&(round * PUTS + number).to_be_bytes()).as_bytes()[..8]);
            transaction
                .prepare_cached("INSERT INTO entry (mailbox, id, envelope) VALUES (?1, ?2, ?3)")
                .unwrap()
                .execute((at, id, &envelope))
                .unwrap();
        }
        transaction.commit().unwrap();
    }
    PUTS as f64 / begin.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let sqlite = SqliteMailbox::open(&folder.path().join("mailboxes.db"), Arc::new(now)).unwrap();
    let sqlite: Arc<dyn Mailbox> = Arc::new(sqlite);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // In turn, so that both meet the same weather.
    for round in 0..ROUNDS {
        ours.push(puts(sqlite.clone(), round).await);
        theirs.push(bare(&folder.path().join("bare.db"), round));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("durable puts of {ENVELOPE} bytes by {SENDERS} senders, median of {ROUNDS} rounds of {PUTS}");
    println!("mailboxes in SQLite   {ours:>9.0} a second");
    println!(
        "SQLite alone          {theirs:>9.0} a second, ratio {:.2}",
        ours / theirs
    );
    if let Some(address) = std::env::args().nth(1) {
        let postgres: Arc<dyn Mailbox> = Arc::new(PostgresMailbox::open(&address, Arc::new(now)).await.unwrap());
        let base = usize::try_from(std::process::id()).unwrap() * ROUNDS;
        let mut found = Vec::new();
        for round in 0..ROUNDS {
            found.push(puts(postgres.clone(), base + round).await);
        }
        println!("mailboxes in PostgreSQL {:>7.0} a second", median(found));
    }
}
