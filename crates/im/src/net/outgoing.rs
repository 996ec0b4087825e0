//! From the outbox to envelopes.
//!
//! What a route queued becomes one envelope for each device of who it is for, in the same transaction that advances the
//! encryption, so that nothing is encrypted twice or lost between. What lacks something (a list of devices, a key to begin
//! with) waits, and all that is behind it for the same recipient with it.

use std::collections::{BTreeMap, BTreeSet};

use coco_e2ee::{DeviceId, E2eeError, Peer};
use rusqlite::{OptionalExtension as _, params};
use serde_json::Value;

use super::keep::Ratchets;
use super::letter::{Letter, Own, Posted, Profile};
use super::{Online, again, groups, own, people, transfers};
use crate::model::{contact, version};
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session, bots};

/// Rows of the outbox that are worked on in one transaction.
const AT_ONCE: usize = 64;

/// What keeps something from being encrypted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// The devices of a user are not known.
    List(String),
    /// There is no session with a device of a user yet.
    Key(String, DeviceId),
}

/// What one transaction did.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    /// Devices for which there are envelopes.
    pub(super) devices: BTreeSet<DeviceId>,
    /// What is lacking, by recipient.
    pub(super) needs: BTreeMap<String, BTreeSet<Need>>,
    /// Whether rows were worked on, so that there may be more.
    pub(super) more: bool,
}

/// A row of the outbox.
struct Row {
    seq: i64,
    room: String,
    kind: String,
    recipient: String,
    message: Option<String>,
    payload: Value,
}

/// Encrypts what waits, except for those recipients.
pub(super) fn pack(online: &Online, session: &Session, except: &[String]) -> Outcome<Packed> {
    session.write(|write| pack_rows(online, session, write, except, true))
}

/// Encrypts what a route has just queued, in the route's own transaction, so that it is on the disk with it. What is for a
/// group takes longer and is left for later. If it fails, nothing of it has happened.
pub(super) fn pack_at_once(online: &Online, session: &Session, write: &mut Write<'_>, except: &[String]) -> Packed {
    let packed = write.attempt(|write| pack_rows(online, session, write, except, false));
    packed.unwrap_or_else(|_| Packed {
        more: true,
        ..Packed::default()
    })
}

fn pack_rows(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    except: &[String],
    groups_too: bool,
) -> Outcome<Packed> {
    let mut packed = Packed::default();
    let mut stuck: BTreeSet<String> = BTreeSet::new();
    for row in waiting(write, except)? {
        if stuck.contains(&row.recipient) {
            continue;
        }
        if !groups_too && (row.kind == "profile" || is_group(write, &row.recipient)?) {
            stuck.insert(row.recipient);
            packed.more = true;
            continue;
        }
        let needs = lacking(online, session, write, &row)?;
        if needs.is_empty() {
            post(online, session, write, &row, &mut packed)?;
            write
                .prepare_cached("DELETE FROM outbox WHERE seq = ?1")?
                .execute([row.seq])?;
            packed.more |= groups_too;
        } else {
            stuck.insert(row.recipient.clone());
            packed.needs.entry(row.recipient).or_default().extend(needs);
        }
    }
    Ok(packed)
}

/// The oldest rows. What is for somebody who has not accepted the user's request waits until they have.
fn waiting(write: &Write<'_>, except: &[String]) -> Outcome<Vec<Row>> {
    let except = serde_json::to_string(except).unwrap_or_default();
    let mut statement = write.prepare_cached(
        "SELECT o.seq, o.room, o.kind, o.recipient, o.message, o.payload FROM outbox o
         WHERE o.kind <> 'ask' AND o.recipient NOT IN (SELECT value FROM json_each(?1)) AND NOT (
            o.kind IN ('message', 'receipt', 'delivered', 'recall', 'deleteBoth', 'burnTime') AND EXISTS (
                SELECT 1 FROM contact c WHERE c.room = o.room AND c.address = o.recipient AND c.state <> 2))
         ORDER BY o.seq LIMIT ?2",
    )?;
    let rows = statement.query_map(params![except, i64::try_from(AT_ONCE).unwrap_or(i64::MAX)], |row| {
        Ok(Row {
            seq: row.get(0)?,
            room: row.get(1)?,
            kind: row.get(2)?,
            recipient: row.get(3)?,
            message: row.get(4)?,
            payload: serde_json::from_str(&row.get::<_, String>(5)?).unwrap_or_default(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether a recipient is a group.
fn is_group(write: &Write<'_>, recipient: &str) -> Outcome<bool> {
    Ok(write
        .prepare_cached("SELECT 1 FROM chat_group WHERE id = ?1")?
        .exists([recipient])?)
}

/// The people whose devices a row goes to: not the user, and not bots, which have none.
fn readers(session: &Session, write: &Write<'_>, row: &Row) -> Outcome<Vec<String>> {
    if is_group(write, &row.recipient)? {
        return groups::readers(session, write, &row.recipient);
    }
    Ok(
        if row.recipient == session.user.address || bots::is_bot(write, &row.recipient)? {
            Vec::new()
        } else {
            vec![row.recipient.clone()]
        },
    )
}

/// The device of the user's that a row is for alone, unless it is on the list no more.
fn one_device(session: &Session, write: &Write<'_>, row: &Row) -> Outcome<Option<Peer>> {
    let device = people::user_id(&row.recipient).filter(|_| row.kind == "toDevice");
    let Some(device) = device else { return Ok(None) };
    let own = people::user_id(&session.user.address);
    Ok(people::device(write, &device)?.filter(|peer| Some(peer.user) == own))
}

/// Whether the user's other devices are told what a row says.
fn is_mirrored(row: &Row) -> bool {
    ["message", "receipt", "recall", "deleteBoth", "burnTime"].contains(&&*row.kind)
}

/// Devices of a user other than this one.
fn devices(online: &Online, write: &Write<'_>, address: &str) -> Outcome<Vec<Peer>> {
    let own = online.device();
    let list = people::list(write, address)?;
    Ok(list
        .iter()
        .flat_map(|list| list.peers())
        .filter(|peer| peer.entry.device != own)
        .collect())
}

/// What is lacking to encrypt a row. Of a group, those whom nothing is known of are left behind: they get what was said
/// later, and one member who cannot be found keeps nobody else waiting.
fn lacking(online: &Online, session: &Session, write: &Write<'_>, row: &Row) -> Outcome<BTreeSet<Need>> {
    let mut needs = BTreeSet::new();
    if let Some(device) = one_device(session, write, row)? {
        if !online
            .machine()
            .has_session(&Ratchets(write), &device)
            .map_err(refused)?
        {
            needs.insert(Need::Key(session.user.address.clone(), device.entry.device));
        }
        return Ok(needs);
    }
    let readers = readers(session, write, row)?;
    for reader in readers {
        if people::list(write, &reader)?.is_none() {
            needs.insert(Need::List(reader));
            continue;
        }
        if row.kind == "friendRequest" {
            continue;
        }
        for peer in devices(online, write, &reader)? {
            let keep = Ratchets(write);
            if !online.machine().has_session(&keep, &peer).map_err(refused)? {
                needs.insert(Need::Key(reader.clone(), peer.entry.device));
            }
        }
    }
    needs.retain(|need| !online.is_hopeless(need));
    Ok(needs)
}

pub(super) fn refused(error: E2eeError) -> Failure {
    Failure::with(Code::EXCEPTION, error.to_string())
}

/// What the user says of themselves to those who may write.
pub(super) fn own_profile(online: &Online, write: &Write<'_>) -> Outcome<Profile> {
    let (nickname, picture, picture_url, domain) = contact::own_profile(write)?;
    Ok(Profile {
        nickname,
        picture,
        picture_url,
        domain,
        version: version::get(write, version::of::USER)?,
        token: Some(hex::encode(online.token())),
    })
}

/// Texts of a payload's member.
fn texts(payload: &Value, member: &str) -> Vec<String> {
    let list = payload.get(member).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn text(payload: &Value, member: &str) -> String {
    payload
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn number(payload: &Value, member: &str) -> i64 {
    payload.get(member).and_then(Value::as_i64).unwrap_or_default()
}

/// The letter that a row stands for; `None` if there is nothing to say any more.
fn letter(online: &Online, write: &Write<'_>, row: &Row) -> Outcome<Option<Letter>> {
    let payload = &row.payload;
    Ok(Some(match &*row.kind {
        "message" => match posted(write, row.message.as_deref().unwrap_or_default())? {
            Some(message) => Letter::Message { message },
            None => return Ok(None),
        },
        "friendRequest" => Letter::FriendRequest {
            content: text(payload, "content"),
            // The token is for contacts; who is asked is none yet.
            profile: Profile {
                token: None,
                ..own_profile(online, write)?
            },
        },
        "friendAccepted" => Letter::FriendAccepted {
            profile: own_profile(online, write)?,
        },
        "profileTo" => Letter::Profile {
            profile: own_profile(online, write)?,
        },
        "contactDeleted" => Letter::ContactDeleted {},
        "blocked" => Letter::Blocked {},
        "unblocked" => Letter::Unblocked {},
        "delivered" => Letter::Delivered {
            messages: texts(payload, "messages"),
        },
        "receipt" => Letter::Read {
            messages: texts(payload, "messages"),
        },
        "recall" => Letter::Recall {
            message: text(payload, "message"),
        },
        "deleteBoth" => Letter::DeleteBoth {
            until: number(payload, "until"),
        },
        "burnTime" => Letter::BurnTime {
            time: number(payload, "time"),
        },
        "devices" => match people::signed(write, &online.user_address())? {
            Some(list) => Letter::Devices {
                list: hex::encode(list.to_bytes().map_err(refused)?),
            },
            None => return Ok(None),
        },
        "letter" | "groupLetter" => match serde_json::from_value(payload.clone()) {
            Ok(letter) => letter,
            Err(_) => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

/// A message as it travels.
pub(crate) fn posted(write: &Write<'_>, id: &str) -> Outcome<Option<Posted>> {
    let found = write
        .prepare_cached("SELECT id, kind, body, created, burn_time FROM message WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(Posted {
                id: row.get(0)?,
                sort: row.get(1)?,
                body: row.get(2)?,
                created: row.get(3)?,
                burn: row.get(4)?,
                files: Vec::new(),
            })
        })
        .optional()?;
    let Some(mut posted) = found else { return Ok(None) };
    posted.files = transfers::of_message(write, id)?;
    Ok(Some(posted))
}

/// Encrypts a row for everybody it is for.
fn post(online: &Online, session: &Session, write: &mut Write<'_>, row: &Row, packed: &mut Packed) -> Outcome<()> {
    if row.kind == "profile" {
        return spread(session, write);
    }
    if row.kind == "toDevice" {
        let device = one_device(session, write, row)?;
        let letter = serde_json::from_value::<Letter>(row.payload.clone());
        if let (Some(peer), Ok(letter)) = (device, letter) {
            send(online, session, write, &peer, &letter, None, packed)?;
        }
        return Ok(());
    }
    let Some(letter) = letter(online, write, row)? else {
        return Ok(());
    };
    if let Letter::Message { message } = &letter
        && !message.files.is_empty()
    {
        transfers::offer(session, write, &message.id)?;
        online.files.notify_one();
    }
    if is_mirrored(row) {
        mirror(online, session, write, row, &letter, packed)?;
    }
    if is_group(write, &row.recipient)? {
        return groups::post(
            online,
            session,
            write,
            &row.recipient,
            row.message.as_deref(),
            &letter,
            packed,
        );
    }
    if row.recipient == session.user.address {
        return to_own(online, session, write, &letter, packed);
    }
    for peer in devices(online, write, &row.recipient)? {
        send(online, session, write, &peer, &letter, row.message.as_deref(), packed)?;
    }
    Ok(())
}

/// Queues the user's profile for each contact.
fn spread(session: &Session, write: &mut Write<'_>) -> Outcome<()> {
    write
        .prepare_cached(
            "INSERT INTO outbox (room, kind, recipient, payload, created)
             SELECT min(room), 'profileTo', address, 'null', ?1 FROM contact WHERE state = 2 AND blocked = 0 GROUP BY address",
        )?
        .execute([session.now()])?;
    Ok(())
}

/// Tells the user's other devices.
fn mirror(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    row: &Row,
    letter: &Letter,
    packed: &mut Packed,
) -> Outcome<()> {
    let (room, peer) = (row.room.clone(), row.recipient.clone());
    let deed = match letter {
        Letter::Message { message } => Own::Wrote {
            room,
            group: is_group(write, &peer)?,
            peer,
            message: message.clone(),
        },
        other => Own::Said {
            room,
            peer,
            letter: serde_json::to_value(other).unwrap_or_default(),
        },
    };
    let letter = Letter::Own { deed: Box::new(deed) };
    to_own(online, session, write, &letter, packed)
}

/// Encrypts a letter for the user's other devices. One with which there is no session yet gets it when there is one, and what
/// comes after it as well.
fn to_own(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    letter: &Letter,
    packed: &mut Packed,
) -> Outcome<()> {
    for peer in devices(online, write, &session.user.address)? {
        let device = peer.entry.device;
        let waits = write
            .prepare_cached("SELECT 1 FROM outbox WHERE recipient = ?1")?
            .exists([people::address(&device)])?;
        if !waits && online.machine().has_session(&Ratchets(write), &peer).map_err(refused)? {
            send(online, session, write, &peer, letter, None, packed)?;
        } else {
            own::queue_letter_for(session, write, &device, letter)?;
            packed.more = true;
        }
    }
    Ok(())
}

/// Encrypts a letter for a device. One with whom no session can be had is left out.
pub(super) fn send(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    peer: &Peer,
    letter: &Letter,
    message: Option<&str>,
    packed: &mut Packed,
) -> Outcome<()> {
    let payload = serde_json::to_vec(letter).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    let machine = online.machine();
    let mut keep = Ratchets(write);
    let own = people::signed(write, &session.user.address)?.ok_or(Code::EXCEPTION)?;
    let sealed = if matches!(letter, Letter::FriendRequest { .. }) {
        machine.seal_first(&mut keep, peer, &own, &payload)
    } else {
        let mine = people::version(write, &session.user.address)?;
        machine.seal(&mut keep, peer, mine, &payload)
    };
    let envelope = match sealed {
        Ok(envelope) => envelope,
        Err(E2eeError::NoSession(_)) => return Ok(()),
        Err(error) => return Err(refused(error)),
    };
    if !matches!(letter, Letter::Missing { .. } | Letter::Again { .. }) {
        let text = std::str::from_utf8(&payload).unwrap_or_default();
        again::remember(online, session, write, peer, None, (message, text))?;
    }
    parcel(session, write, peer, message, &envelope)?;
    packed.devices.insert(peer.entry.device);
    Ok(())
}

/// Keeps an envelope until its device has it.
pub(super) fn parcel(
    session: &Session,
    write: &Write<'_>,
    peer: &Peer,
    message: Option<&str>,
    envelope: &[u8],
) -> Outcome<()> {
    write
        .prepare_cached(
            "INSERT INTO parcel (device, address, id, message, envelope, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            peer.entry.device,
            people::address(&peer.user),
            uuid::Uuid::new_v4().as_bytes(),
            message,
            envelope,
            session.now()
        ])?;
    Ok(())
}

/// The devices that something waits for, with how many envelopes.
pub(super) fn pending(session: &Session) -> Outcome<BTreeMap<DeviceId, i64>> {
    session.read(|connection| {
        let mut statement = connection.prepare_cached("SELECT device, count(*) FROM parcel GROUP BY device")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}
