//! From envelopes to what they do.
//!
//! Decrypting, doing what the letter says and the new state of the encryption are one transaction; the envelope is
//! acknowledged afterwards. Letters of one device are done in the order in which it wrote them, whichever way they came.

use std::collections::BTreeSet;

use coco_e2ee::{Content, DeviceId, E2eeError, Opened};
use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::apply::{self, Sender, Taken};
use super::keep::Ratchets;
use super::letter::{Letter, Own};
use super::{Online, again, backup, groups, own, people, registers};
use crate::store::Write;
use crate::{Outcome, Session};

/// Letters of one device that wait for one before them.
const HELD: i64 = 1_000;
/// Envelopes of one device that wait for the key of a group, or for the device to be known.
const UNOPENED: i64 = 500;
/// Such envelopes of all devices.
const UNOPENED_ALL: i64 = 5_000;
/// How long a letter waits before its sender is asked for those before it, in milliseconds.
const ASKED: i64 = 5_000;
/// How long it waits for them at most.
const GAP: i64 = 30_000;
/// How long an envelope waits for the key of its group, in milliseconds: seven days.
const KEYLESS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// What one batch of envelopes brought about.
#[derive(Debug, Default)]
pub(super) struct Arrived {
    /// Users of devices that are not known, whose envelopes wait.
    pub(super) unknown: BTreeSet<String>,
    /// Users who have a newer list than is known.
    pub(super) outdated: BTreeSet<String>,
    /// Devices whose envelopes cannot be decrypted: a new session is to be begun.
    pub(super) broken: BTreeSet<(String, DeviceId)>,
    /// Devices for which there are envelopes now.
    pub(super) write_to: BTreeSet<DeviceId>,
    /// Whether another device of the user's chose other nodes.
    pub(super) homes: bool,
    /// Whether this device is the primary one from now on.
    pub(super) primary: bool,
    /// Whether this device is to log out.
    pub(super) leaves: bool,
}

/// From where a letter came, as it is kept while it waits.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    user: String,
    group: Option<String>,
}

/// Takes a batch of envelopes, all or nothing.
///
/// # Errors
/// Those of the database; nothing was taken then.
pub(super) fn take(online: &Online, session: &Session, envelopes: &[Vec<u8>]) -> Outcome<Arrived> {
    session.write(|write| {
        let mut arrived = Arrived::default();
        for envelope in envelopes {
            one(online, session, write, envelope, &mut arrived)?;
        }
        Ok(arrived)
    })
}

fn one(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    envelope: &[u8],
    arrived: &mut Arrived,
) -> Outcome<()> {
    let machine = online.machine();
    let opened = machine.open(&mut Ratchets(write), envelope, |device| people::device(write, device));
    match opened {
        Ok(opened) => letter(online, session, write, opened, arrived),
        Err(E2eeError::UnknownDevice { user, device, .. }) => {
            let user = people::address(&user);
            keep_unopened(online, session, write, (&device, &user), envelope)?;
            arrived.unknown.insert(user);
            Ok(())
        }
        Err(E2eeError::Duplicate | E2eeError::TooOld) => Ok(()),
        Err(E2eeError::MissingGroupKey(missing)) => {
            let user = people::address(&missing.user);
            keep_unopened(online, session, write, (&missing.device, &user), envelope)
        }
        Err(E2eeError::Undecryptable { user, device }) => {
            online.drop_one();
            arrived.broken.insert((people::address(&user), device));
            Ok(())
        }
        Err(E2eeError::Keep(error)) => Err(crate::Failure::with(crate::Code::DATABASE_OPERATION, error.to_string())),
        Err(_) => {
            online.drop_one();
            Ok(())
        }
    }
}

/// Keeps an envelope for what may still come.
fn keep_unopened(
    online: &Online,
    session: &Session,
    write: &Write<'_>,
    (device, user): (&DeviceId, &str),
    envelope: &[u8],
) -> Outcome<()> {
    let kept = write
        .prepare_cached(
            "INSERT INTO unopened (device, address, envelope, created) SELECT ?1, ?2, ?3, ?4
             WHERE (SELECT count(*) FROM unopened WHERE device = ?1) < ?5
                AND (SELECT coalesce(max(seq) - min(seq), 0) FROM unopened) < ?6",
        )?
        .execute(params![device, user, envelope, session.now(), UNOPENED, UNOPENED_ALL])?;
    if kept == 0 {
        online.drop_one();
    }
    Ok(())
}

/// The users of devices that are not known and whose envelopes wait.
pub(super) fn unknown(session: &Session) -> Outcome<Vec<String>> {
    session.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT DISTINCT u.address FROM unopened u WHERE NOT EXISTS (
                SELECT 1 FROM person_device d WHERE d.device = u.device AND d.listed = 1) LIMIT 16",
        )?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

/// Tries the envelopes again of somebody whose devices are known now.
pub(super) fn retry_user(online: &Online, session: &Session, user: &str) -> Outcome<Arrived> {
    session.write(|write| {
        let mut arrived = Arrived::default();
        let list = people::list(write, user)?;
        for device in list.iter().flat_map(|list| &list.devices) {
            retry_unopened(online, session, write, &device.device, &mut arrived)?;
        }
        Ok(arrived)
    })
}

/// Tries the envelopes of a device again, since a key of its came.
pub(super) fn retry_unopened(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    device: &DeviceId,
    arrived: &mut Arrived,
) -> Outcome<()> {
    let envelopes: Vec<Vec<u8>> = {
        let mut statement = write.prepare_cached("DELETE FROM unopened WHERE device = ?1 RETURNING envelope, seq")?;
        let rows = statement.query_map([device], |row| Ok((row.get::<_, i64>(1)?, row.get(0)?)))?;
        let mut rows: Vec<(i64, Vec<u8>)> = rows.collect::<rusqlite::Result<_>>()?;
        rows.sort_unstable();
        rows.into_iter().map(|(_, envelope)| envelope).collect()
    };
    for envelope in envelopes {
        one(online, session, write, &envelope, arrived)?;
    }
    Ok(())
}

/// Puts a letter into its place among those of its device, and does all whose turn it is.
fn letter(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    opened: Opened,
    arrived: &mut Arrived,
) -> Outcome<()> {
    let user = people::address(&opened.user);
    if opened.list_version > people::version(write, &user)? {
        arrived.outdated.insert(user.clone());
    }
    let (payload, group) = match opened.content {
        Content::First { payload, signed, .. } => {
            // Whoever can still write may ask to be a contact that way, and nothing else: an old list proves no more.
            let asks = matches!(serde_json::from_slice(&payload), Ok(Letter::FriendRequest { .. }));
            if asks {
                people::remember(write, online.machine(), &signed, session.now())?;
            }
            if !asks || people::device(write, &opened.device)?.is_none() {
                online.drop_one();
                return Ok(());
            }
            (payload, None)
        }
        Content::Direct(payload) => (payload, None),
        Content::Group { group, payload, .. } => (payload, Some(people::address(&group))),
    };
    let place = Place { user, group };
    let counter = i64::try_from(opened.counter).unwrap_or(i64::MAX);
    in_order(
        online,
        session,
        write,
        &opened.device,
        (counter, &place, &payload),
        arrived,
    )
}

/// What is held in the place of a letter that was dealt with.
const NOTHING: &[u8] = br#"{"kind":"nothing"}"#;

/// Whether a letter asks for others that are missing, or is such a one.
fn is_about_missing(payload: &[u8]) -> bool {
    let letter = serde_json::from_slice::<Letter>(payload);
    matches!(letter, Ok(Letter::Missing { .. } | Letter::Again { .. }))
}

/// The number of the letter that is expected next from a device.
fn expected(write: &Write<'_>, device: &DeviceId) -> Outcome<i64> {
    let counter = write
        .prepare_cached("SELECT counter FROM person_device WHERE device = ?1")?
        .query_row([device], |row| row.get(0))
        .optional()?;
    Ok(counter.unwrap_or(1))
}

/// Does a letter if it is its turn, and those behind it; else keeps it.
fn in_order(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    device: &DeviceId,
    (counter, place, payload): (i64, &Place, &[u8]),
    arrived: &mut Arrived,
) -> Outcome<()> {
    let expected = expected(write, device)?;
    if counter > expected && is_about_missing(payload) {
        // It is what is waited for, or what another device waits for.
        done(online, session, write, device, place, payload, arrived)?;
        return in_order(online, session, write, device, (counter, place, NOTHING), arrived);
    }
    if counter > expected {
        return hold(online, session, write, device, counter, payload, place);
    }
    done(online, session, write, device, place, payload, arrived)?;
    if counter == expected {
        go_on(online, session, write, device, counter + 1, arrived)?;
    }
    Ok(())
}

/// A letter that did not arrive came again. One that was given up is done all the same if doing it twice does no harm.
fn came_again(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    (device, user): (&DeviceId, &str),
    (counter, group, letter): (u64, Option<String>, Option<serde_json::Value>),
    arrived: &mut Arrived,
) -> Outcome<Taken> {
    let text = letter
        .unwrap_or_else(|| serde_json::json!({ "kind": "nothing" }))
        .to_string();
    let counter = i64::try_from(counter).unwrap_or(i64::MAX);
    let expected = expected(write, device)?;
    let is_message = matches!(
        serde_json::from_str::<Letter>(&text),
        Ok(Letter::Message { .. } | Letter::Own { .. } | Letter::GroupOperations { .. } | Letter::GroupKey { .. })
    );
    if is_about_missing(text.as_bytes()) || (counter < expected && !is_message) {
        return Ok(Taken::Dropped);
    }
    let place = Place {
        user: user.to_owned(),
        group,
    };
    in_order(
        online,
        session,
        write,
        device,
        (counter, &place, text.as_bytes()),
        arrived,
    )?;
    Ok(Taken::Done)
}

/// Does the letters that waited for one before them, and notes which one is expected next.
fn go_on(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    device: &DeviceId,
    mut next: i64,
    arrived: &mut Arrived,
) -> Outcome<()> {
    loop {
        let held: Option<(String, String)> = write
            .prepare_cached("DELETE FROM held WHERE device = ?1 AND counter = ?2 RETURNING letter, place")?
            .query_row(params![device, next], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((payload, place)) = held else { break };
        if let Ok(place) = serde_json::from_str(&place) {
            done(online, session, write, device, &place, payload.as_bytes(), arrived)?;
        }
        next += 1;
    }
    write
        .prepare_cached("UPDATE person_device SET counter = max(counter, ?2) WHERE device = ?1")?
        .execute(params![device, next])?;
    Ok(())
}

fn hold(
    online: &Online,
    session: &Session,
    write: &Write<'_>,
    device: &DeviceId,
    counter: i64,
    payload: &[u8],
    place: &Place,
) -> Outcome<()> {
    let Ok(payload) = std::str::from_utf8(payload) else {
        online.drop_one();
        return Ok(());
    };
    let place = serde_json::to_string(place).unwrap_or_default();
    write
        .prepare_cached(
            "INSERT OR IGNORE INTO held (device, counter, letter, place, created) SELECT ?1, ?2, ?3, ?4, ?5
             WHERE (SELECT count(*) FROM held WHERE device = ?1) < ?6",
        )?
        .execute(params![device, counter, payload, place, session.now(), HELD])?;
    Ok(())
}

/// Does what a letter says.
fn done(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    device: &DeviceId,
    place: &Place,
    payload: &[u8],
    arrived: &mut Arrived,
) -> Outcome<()> {
    let Ok(letter) = serde_json::from_slice::<Letter>(payload) else {
        online.drop_one();
        return Ok(());
    };
    let from = Sender {
        user: place.user.clone(),
        group: place.group.clone(),
    };
    let taken = match letter {
        Letter::Missing { from: first, until } => {
            again::answer(online, session, write, device, (first, until), arrived)?
        }
        Letter::Again { counter, group, letter } => came_again(
            online,
            session,
            write,
            (device, &from.user),
            (counter, group, letter),
            arrived,
        )?,
        Letter::Nothing {} => Taken::Done,
        Letter::GroupKey { group, key } => {
            let taken = groups::take_key(online, session, write, &from, device, &group, &key)?;
            if taken == Taken::Done {
                retry_unopened(online, session, write, device, arrived)?;
            }
            taken
        }
        Letter::GroupOperations { group, operations } => {
            let (taken, unknown) = apply::groups::operations(session, write, &from, &group, &operations)?;
            arrived.outdated.extend(unknown);
            for device in groups::take_early_keys(online, write, &group)? {
                retry_unopened(online, session, write, &device, arrived)?;
            }
            taken
        }
        Letter::Devices { list } => {
            let signed = hex::decode(list).ok();
            let signed = signed.and_then(|bytes| coco_e2ee::SignedDeviceList::from_bytes(&bytes).ok());
            let theirs =
                signed.filter(|signed| signed.open().is_ok_and(|list| people::address(&list.user) == from.user));
            match theirs {
                Some(signed) => people::remember(write, online.machine(), &signed, session.now())?.into(),
                None => Taken::Dropped,
            }
        }
        Letter::Own { deed } if from.user == session.user.address && from.group.is_none() => {
            own_deed(online, session, write, *deed, arrived)?
        }
        other => apply::apply(session, write, &from, other)?,
    };
    if taken == Taken::Dropped {
        online.drop_one();
    }
    Ok(())
}

/// Does what another device of the user's says.
fn own_deed(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    deed: Own,
    arrived: &mut Arrived,
) -> Outcome<Taken> {
    Ok(match deed {
        Own::Wrote {
            room,
            peer,
            group,
            message,
        } => apply::own::wrote(session, write, (&room, &peer), group, &message)?,
        Own::Answered { room, peer, message } => apply::own::answered(session, write, (&room, &peer), &message)?,
        Own::Said { room, peer, letter } => apply::own::said(session, write, (&room, &peer), letter)?,
        Own::Deleted {
            room,
            peer,
            messages,
            until,
        } => apply::own::deleted(session, write, (&room, &peer), &messages, until)?,
        Own::Registers { writes } => {
            let taken = registers::take(session, write, &writes)?;
            arrived.homes |= taken.homes;
            (!taken.dropped).into()
        }
        Own::Snapshot { writes, first } => {
            arrived.homes |= registers::apply_snapshot(session, write, &writes, first)?;
            Taken::Done
        }
        Own::People { people } => {
            let mut all = true;
            for known in &people {
                all &= backup::meet(session, write, online.machine(), known)?;
            }
            all.into()
        }
        Own::Offline {} => {
            arrived.leaves = true;
            Taken::Done
        }
        Own::Primary { entropy } => {
            let taken = own::take_words(write, &entropy, session.now())?;
            if taken {
                own::tell_others(session, write, Own::HasWords {})?;
                arrived.primary = true;
            }
            taken.into()
        }
        Own::HasWords {} => {
            own::forget_words(write, session.now())?;
            Taken::Done
        }
    })
}

/// A device of whose letters one is missing.
struct Late {
    device: DeviceId,
    /// The first number that is there.
    next: i64,
    /// The number that is expected.
    expected: i64,
    /// Up to which number it was asked.
    asked: i64,
    /// Since when the oldest that is there waits.
    since: i64,
}

fn late(session: &Session) -> Outcome<Vec<Late>> {
    session.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT h.device, min(h.counter), d.counter, d.asked, min(h.created) FROM held h
             JOIN person_device d ON d.device = h.device
             WHERE h.device IN (SELECT device FROM held WHERE created <= ?1) GROUP BY h.device",
        )?;
        let rows = statement.query_map([session.now() - ASKED], |row| {
            Ok(Late {
                device: row.get(0)?,
                next: row.get(1)?,
                expected: row.get(2)?,
                asked: row.get(3)?,
                since: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

/// Asks for letters that are missing; gives up on those that never came, so that those behind them are done, and on envelopes
/// whose key never came. To be called now and then, when what waited in the mailboxes was fetched. Gives the devices for which
/// there are envelopes then.
pub(super) fn close_gaps(online: &Online, session: &Session) -> Outcome<BTreeSet<DeviceId>> {
    let mut arrived = Arrived::default();
    for late in late(session)? {
        session.write(|write| {
            if late.asked < late.next {
                write
                    .prepare_cached("UPDATE person_device SET asked = ?2 WHERE device = ?1")?
                    .execute(params![late.device, late.next])?;
                arrived.write_to.insert(late.device);
                again::ask(online, session, write, &late.device, (late.expected, late.next))
            } else if late.since <= session.now() - GAP {
                go_on(online, session, write, &late.device, late.next, &mut arrived)
            } else {
                Ok(())
            }
        })?;
    }
    let old = session.now() - KEYLESS;
    let overdue = session.read(|connection| {
        Ok(connection
            .prepare_cached(
                "SELECT 1 FROM unopened WHERE created <= ?1 UNION ALL SELECT 1 FROM early_key WHERE created <= ?1
                 UNION ALL SELECT 1 FROM group_pending WHERE created <= ?1",
            )?
            .exists([old])?)
    })?;
    if overdue {
        session.write(|write| {
            for table in ["unopened", "early_key", "group_pending"] {
                write
                    .prepare_cached(&format!("DELETE FROM {table} WHERE created <= ?1"))?
                    .execute([old])?;
            }
            Ok(())
        })?;
    }
    Ok(arrived.write_to)
}

/// Tries the operations again that waited for the devices of people to be known.
pub(super) fn retry_operations(online: &Online, session: &Session) -> Outcome<Arrived> {
    let waiting = session.read(apply::groups::waiting_groups)?;
    let mut arrived = Arrived::default();
    for (group, sender) in waiting {
        session.write(|write| {
            let from = Sender {
                user: sender,
                group: None,
            };
            let (_, unknown) = apply::groups::operations(session, write, &from, &group, &[])?;
            arrived.outdated.extend(unknown);
            for device in groups::take_early_keys(online, write, &group)? {
                retry_unopened(online, session, write, &device, &mut arrived)?;
            }
            Ok(())
        })?;
    }
    Ok(arrived)
}
