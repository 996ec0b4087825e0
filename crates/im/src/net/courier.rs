//! Carries envelopes to devices: directly if they can be reached, else into their mailboxes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use coco_e2ee::DeviceId;
use coco_net::NetError;
use coco_net::peer::{BATCH, BATCH_BYTES};
use rusqlite::params;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

use super::{Online, blocking, people};
use crate::events::Event;
use crate::model::message;
use crate::{Outcome, Session};

/// How long a device is dialled before its envelopes go into the mailbox.
const DIRECT: Duration = Duration::from_millis(1_500);
/// How long a device that was not reached is not dialled again, unless it connects by itself.
const AWAY: Duration = Duration::from_secs(20);
/// How long is waited after nothing worked, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(30));
/// Envelopes that go into a mailbox at once.
const PUTS: usize = 16;

/// The lines to devices that something waits for.
#[derive(Default)]
pub(super) struct Lines(Mutex<HashMap<DeviceId, Arc<Line>>>);

/// What one line is told.
#[derive(Default)]
struct Line {
    wake: Notify,
    /// Whether the device came back, so that it is dialled although it was not reached before.
    is_back: AtomicBool,
}

/// An envelope that waits.
struct Parcel {
    seq: i64,
    id: [u8; 16],
    envelope: Vec<u8>,
}

impl Lines {
    /// Sees to a device: something new waits for it.
    pub(super) fn wake(&self, online: &Arc<Online>, device: DeviceId) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(&device) {
            line.wake.notify_one();
        } else {
            let line = Arc::new(Line::default());
            lines.insert(device, Arc::clone(&line));
            online.spawn(run(Arc::clone(online), device, line));
        }
    }

    /// Sees to a device that can be reached now, if something waits for it.
    pub(super) fn is_back(&self, device: &DeviceId) {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(device) {
            line.is_back.store(true, Ordering::Relaxed);
            line.wake.notify_one();
        }
    }
}

/// Carries to one device as long as the session lasts.
async fn run(online: Arc<Online>, device: DeviceId, line: Arc<Line>) {
    let mut pause = PAUSE.0;
    let mut away: Option<Instant> = None;
    loop {
        let session = Arc::clone(online.session());
        let Ok(batch) = blocking(move || next(&session, &device)).await else {
            return;
        };
        let Some((address, batch)) = batch else {
            line.wake.notified().await;
            pause = PAUSE.0;
            continue;
        };
        let done = carry(&online, &device, &address, &batch, &mut away).await;
        if done {
            let session = Arc::clone(online.session());
            let seqs: Vec<i64> = batch.iter().map(|parcel| parcel.seq).collect();
            if blocking(move || delivered(&session, &seqs)).await.is_err() {
                return;
            }
            pause = PAUSE.0;
            continue;
        }
        tokio::select! {
            () = sleep(pause) => pause = (pause * 2).min(PAUSE.1),
            () = line.wake.notified() => {}
        }
        if line.is_back.swap(false, Ordering::Relaxed) || online.peer().is_connected(&device) {
            away = None;
            pause = PAUSE.0;
        }
    }
}

/// The oldest envelopes for a device and whose it is.
fn next(session: &Session, device: &DeviceId) -> Outcome<Option<(String, Vec<Parcel>)>> {
    session.read(|connection| {
        let mut statement = connection
            .prepare_cached("SELECT seq, id, envelope, address FROM parcel WHERE device = ?1 ORDER BY seq LIMIT ?2")?;
        let mut rows = statement.query(params![device, i64::try_from(BATCH).unwrap_or(i64::MAX)])?;
        let (mut address, mut batch, mut bytes) = (String::new(), Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let envelope: Vec<u8> = row.get(2)?;
            bytes += envelope.len();
            if bytes > BATCH_BYTES && !batch.is_empty() {
                break;
            }
            address = row.get(3)?;
            batch.push(Parcel {
                seq: row.get(0)?,
                id: row.get(1)?,
                envelope,
            });
        }
        Ok((!batch.is_empty()).then_some((address, batch)))
    })
}

/// Brings a batch to a device or its mailbox. Says whether somebody has it on the disk.
async fn carry(
    online: &Arc<Online>,
    device: &DeviceId,
    address: &str,
    batch: &[Parcel],
    away: &mut Option<Instant>,
) -> bool {
    let connected = online.peer().is_connected(device);
    if connected || away.is_none_or(|since| since.elapsed() > AWAY) {
        match timeout(DIRECT, direct(online, device, address, batch, connected)).await {
            Ok(Ok(())) => {
                *away = None;
                return true;
            }
            Ok(Err(NetError::Refused)) => {}
            _ => *away = Some(Instant::now()),
        }
    }
    mailbox(online, device, address, batch).await
}

async fn direct(
    online: &Arc<Online>,
    device: &DeviceId,
    address: &str,
    batch: &[Parcel],
    connected: bool,
) -> Result<(), NetError> {
    if !connected {
        online.locate(device, address).await;
    }
    let envelopes = batch.iter().map(|parcel| parcel.envelope.clone()).collect();
    online.peer().deliver(device, envelopes).await
}

/// Puts a batch into the mailbox of a device, at the first of its home nodes that takes it.
async fn mailbox(online: &Arc<Online>, device: &DeviceId, address: &str, batch: &[Parcel]) -> bool {
    let (session, owner) = (Arc::clone(online.session()), address.to_owned());
    let known = blocking(move || {
        session.read(|connection| Ok((people::list(connection, &owner)?, people::token(connection, &owner)?)))
    });
    let Ok((list, token)) = known.await else { return false };
    for ticket in list.map(|list| list.nodes).unwrap_or_default() {
        let Some(client) = online.node(&ticket) else { continue };
        let mut all = true;
        for part in batch.chunks(PUTS) {
            let puts = part
                .iter()
                .map(|parcel| client.put(*device, token, parcel.id, &parcel.envelope));
            all = futures_util::future::join_all(puts).await.iter().all(Result::is_ok);
            if !all {
                break;
            }
        }
        if all {
            return true;
        }
    }
    false
}

/// Removes envelopes that somebody has, and tells which messages are sent now.
fn delivered(session: &Session, seqs: &[i64]) -> Outcome<()> {
    session.write(|write| {
        for seq in seqs {
            let mut statement = write.prepare_cached("DELETE FROM parcel WHERE seq = ?1 RETURNING message")?;
            let mut rows = statement.query([seq])?;
            let message: Option<String> = match rows.next()? {
                Some(row) => row.get(0)?,
                None => None,
            };
            drop(rows);
            drop(statement);
            let Some(id) = message else { continue };
            let changed = write
                .prepare_cached("UPDATE message SET sent = 1 WHERE id = ?1 AND source = 0 AND sent = 0")?
                .execute([&id])?;
            if changed > 0
                && let Some(found) = message::find(write, &session.room, &id)?
            {
                write.emit(Event::MessageChanged {
                    message: Box::new(found),
                });
            }
        }
        Ok(())
    })
}

/// How long is tried to send a message: seven days.
const TRIED: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Gives up what could not be sent for seven days.
pub(super) fn give_up(session: &Session) -> Outcome<()> {
    let old = session.now() - TRIED;
    let overdue = session.read(|connection| {
        Ok(connection
            .prepare_cached(
                "SELECT 1 FROM parcel WHERE created <= ?1
                 UNION ALL SELECT 1 FROM outbox WHERE created <= ?1 AND message IS NOT NULL",
            )?
            .exists([old])?)
    })?;
    if !overdue {
        return Ok(());
    }
    let ids: Vec<String> = session.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT message FROM parcel WHERE created <= ?1 AND message IS NOT NULL
             UNION SELECT message FROM outbox WHERE created <= ?1 AND message IS NOT NULL LIMIT 1000",
        )?;
        let rows = statement.query_map([old], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })?;
    session.write(|write| {
        for id in &ids {
            let changed = write
                .prepare_cached("UPDATE message SET sent = 2 WHERE id = ?1 AND source = 0 AND sent = 0")?
                .execute([id])?;
            if changed > 0
                && let Some(found) = message::find(write, &session.room, id)?
            {
                write.emit(Event::MessageChanged {
                    message: Box::new(found),
                });
            }
        }
        for sql in [
            "DELETE FROM parcel WHERE created <= ?1",
            "DELETE FROM outbox WHERE created <= ?1 AND message IS NOT NULL",
        ] {
            write.prepare_cached(sql)?.execute([old])?;
        }
        Ok(())
    })
}
