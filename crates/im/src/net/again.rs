//! Letters that did not arrive, sent again.
//!
//! A letter can be lost after it was handed over: a node may lose what it took, and the encryption opens nothing that comes too
//! long after later ones. So the sender remembers what it sent, and the receiver, which knows from the numbers that one is
//! missing, asks for it before it goes on without.

use coco_e2ee::{DeviceId, Peer};
use rusqlite::{OptionalExtension as _, params};
use serde_json::Value;

use super::apply::Taken;
use super::incoming::Arrived;
use super::keep::Ratchets;
use super::letter::Letter;
use super::outgoing::{self, Packed, refused};
use super::{Online, people};
use crate::store::Write;
use crate::{Outcome, Session};

/// Most letters that are sent again for one question, and that may wait for a device that asks.
const AT_ONCE: u64 = 256;
/// How long letters are remembered, in milliseconds: seven days.
const REMEMBERED: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Letters to one device that are remembered.
const MOST: i64 = 2_000;

/// Remembers a letter that was just encrypted for a device. A message is remembered by its id alone.
pub(super) fn remember(
    online: &Online,
    session: &Session,
    write: &Write<'_>,
    peer: &Peer,
    group: Option<&str>,
    (message, letter): (Option<&str>, &str),
) -> Outcome<()> {
    let device = peer.entry.device;
    let counter = online.machine().sent(&Ratchets(write), &device).map_err(refused)?;
    write
        .prepare_cached(
            "INSERT INTO sent_letter (device, counter, group_id, message, letter, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            device,
            i64::try_from(counter).unwrap_or(i64::MAX),
            group,
            message,
            message.is_none().then_some(letter),
            session.now()
        ])?;
    write
        .prepare_cached("DELETE FROM sent_letter WHERE device = ?1 AND counter = ?2")?
        .execute(params![device, i64::try_from(counter).unwrap_or(i64::MAX) - MOST])?;
    Ok(())
}

/// Forgets what was sent too long ago.
pub(super) fn forget(session: &Session) -> Outcome<()> {
    let old = session.now() - REMEMBERED;
    let overdue = session.read(|connection| {
        Ok(connection
            .prepare_cached("SELECT 1 FROM sent_letter WHERE created <= ?1")?
            .exists([old])?)
    })?;
    if !overdue {
        return Ok(());
    }
    session.write(|write| {
        write
            .prepare_cached("DELETE FROM sent_letter WHERE created <= ?1")?
            .execute([old])?;
        Ok(())
    })
}

/// Asks a device for the letters with these numbers.
pub(super) fn ask(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    device: &DeviceId,
    (from, until): (i64, i64),
) -> Outcome<()> {
    let Some(peer) = people::device(write, device)? else {
        return Ok(());
    };
    let letter = Letter::Missing {
        from: from.unsigned_abs(),
        until: until.unsigned_abs(),
    };
    outgoing::send(online, session, write, &peer, &letter, None, &mut Packed::default())
}

/// Sends the letters with these numbers again to the device that asks. For one that is not remembered it is told so.
pub(super) fn answer(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    device: &DeviceId,
    (from, until): (u64, u64),
    arrived: &mut Arrived,
) -> Outcome<Taken> {
    let waiting: i64 = write
        .prepare_cached("SELECT count(*) FROM parcel WHERE device = ?1")?
        .query_row([device], |row| row.get(0))?;
    let Some(peer) = people::device(write, device)? else {
        return Ok(Taken::Dropped);
    };
    if from >= until || waiting.unsigned_abs() > AT_ONCE {
        return Ok(Taken::Dropped);
    }
    let until = until.min(from.saturating_add(AT_ONCE));
    let sent = online.machine().sent(&Ratchets(write), device).map_err(refused)?;
    for counter in from..until.min(sent.saturating_add(1)) {
        let (group, letter) = remembered(write, &peer, counter)?;
        let letter = Letter::Again { counter, group, letter };
        outgoing::send(online, session, write, &peer, &letter, None, &mut Packed::default())?;
    }
    arrived.write_to.insert(*device);
    Ok(Taken::Done)
}

/// A letter that was sent to a device, as it would be sent now, and the group that it went to. What was for a group goes only to
/// who is still in it.
fn remembered(write: &Write<'_>, peer: &Peer, counter: u64) -> Outcome<(Option<String>, Option<Value>)> {
    type Row = (Option<String>, Option<String>, Option<String>);
    let row: Option<Row> = write
        .prepare_cached("SELECT group_id, message, letter FROM sent_letter WHERE device = ?1 AND counter = ?2")?
        .query_row(
            params![peer.entry.device, i64::try_from(counter).unwrap_or(i64::MAX)],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((group, message, letter)) = row else {
        return Ok((None, None));
    };
    if let Some(group) = &group {
        let present = write
            .prepare_cached("SELECT 1 FROM group_member WHERE group_id = ?1 AND address = ?2 AND state = 1")?
            .exists([group, &people::address(&peer.user)])?;
        if !present {
            return Ok((None, None));
        }
    }
    let letter = match message {
        Some(id) => {
            let posted = outgoing::posted(write, &id)?;
            posted.and_then(|message| serde_json::to_value(Letter::Message { message }).ok())
        }
        None => letter.and_then(|letter| serde_json::from_str(&letter).ok()),
    };
    Ok((group, letter))
}
