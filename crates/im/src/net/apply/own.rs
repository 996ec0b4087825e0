//! What the user did on another device.

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::messages;
use super::{Taken, room_of_contact, room_of_group};
use crate::events::Event;
use crate::model::conversation::{self, GROUP, SINGLE};
use crate::model::message::{self, Draft, kind};
use crate::net::letter::{Letter, Posted, are_ids, is_burn_time};
use crate::session::within;
use crate::store::Write;
use crate::{Outcome, Session};

/// The room in which something was said: the one that is named, unless this device does not have it, or no more.
fn room(session: &Session, connection: &Connection, named: &str, peer: &str) -> Outcome<Option<String>> {
    let there = connection
        .prepare_cached("SELECT 1 FROM room WHERE id = ?1")?
        .exists([named])?;
    if there {
        return Ok(Some(named.to_owned()));
    }
    match room_of_group(connection, peer)? {
        Some(room) => Ok(Some(room)),
        None => room_of_contact(session, connection, peer),
    }
}

/// The user wrote a message: stored once, as an own one.
pub(crate) fn wrote(
    session: &Session,
    write: &mut Write<'_>,
    (named, peer): (&str, &str),
    is_group: bool,
    posted: &Posted,
) -> Outcome<Taken> {
    let Ok(Value::Object(body)) = serde_json::from_str(&posted.body) else {
        return Ok(Taken::Dropped);
    };
    let place = room(session, write, named, peer)?.filter(|_| posted.is_well_formed());
    let Some(room) = place else { return Ok(Taken::Dropped) };
    within(session, write, &room, |session, write| {
        let kind = if is_group { GROUP } else { SINGLE };
        let author = (messages::OWN, &*session.user.address);
        messages::keep(session, write, (peer, kind), author, posted, &body)?;
        Ok(Taken::Done)
    })
}

/// A bot answered the user: stored once, as the bot's.
pub(crate) fn answered(
    session: &Session,
    write: &mut Write<'_>,
    (named, peer): (&str, &str),
    posted: &Posted,
) -> Outcome<Taken> {
    let Ok(Value::Object(body)) = serde_json::from_str(&posted.body) else {
        return Ok(Taken::Dropped);
    };
    let place = room(session, write, named, peer)?.filter(|_| posted.is_well_formed());
    let Some(room) = place else { return Ok(Taken::Dropped) };
    within(session, write, &room, |session, write| {
        messages::keep(session, write, (peer, SINGLE), (messages::THEIRS, peer), posted, &body)?;
        Ok(Taken::Done)
    })
}

/// The user said something else to somebody.
pub(crate) fn said(
    session: &Session,
    write: &mut Write<'_>,
    (named, peer): (&str, &str),
    letter: Value,
) -> Outcome<Taken> {
    let Ok(letter) = serde_json::from_value::<Letter>(letter) else {
        return Ok(Taken::Dropped);
    };
    let Some(room) = room(session, write, named, peer)? else {
        return Ok(Taken::Dropped);
    };
    within(session, write, &room, |session, write| {
        let Some(conversation) = conversation::seq(session, write, peer)? else {
            return Ok(Taken::Dropped);
        };
        match letter {
            Letter::Read { messages } if are_ids(&messages) => read(session, write, conversation, &messages),
            Letter::Recall { message } => recalled(session, write, conversation, &message),
            Letter::DeleteBoth { until } => messages::clear(session, write, conversation, peer, until),
            Letter::BurnTime { time } if is_burn_time(time) => {
                let draft = Draft {
                    kind: kind::SYSTEM,
                    source: 2,
                    sender: peer,
                    body: &json!({ "type": 1, "time": time }),
                    words: "",
                };
                message::store(session, write, conversation, &draft)?;
                Ok(Taken::Done)
            }
            _ => Ok(Taken::Dropped),
        }
    })
}

/// The user read messages of somebody else's.
fn read(session: &Session, write: &mut Write<'_>, conversation: i64, ids: &[String]) -> Outcome<Taken> {
    for id in ids {
        let Some(seq) = message::seq(write, conversation, id)? else {
            continue;
        };
        let changed = write
            .prepare_cached(
                "UPDATE message SET state = 2, updated = ?2, burn_at = iif(burn_time > 0, ?2 + burn_time, NULL)
                 WHERE seq = ?1 AND source = 1 AND state <> 2",
            )?
            .execute([seq, session.now()])?;
        if changed > 0 {
            message::tell(write, seq)?;
        }
    }
    brought_up_to_date(session, write, conversation)
}

/// The user took a message back.
fn recalled(session: &Session, write: &mut Write<'_>, conversation: i64, id: &str) -> Outcome<Taken> {
    let Some(seq) = message::seq(write, conversation, id)? else {
        return Ok(Taken::Dropped);
    };
    let own = write
        .prepare_cached("SELECT 1 FROM message WHERE seq = ?1 AND source = 0")?
        .exists([seq])?;
    if !own {
        return Ok(Taken::Dropped);
    }
    message::take_back(session, write, seq, &session.user.address)?;
    brought_up_to_date(session, write, conversation)
}

fn brought_up_to_date(session: &Session, write: &mut Write<'_>, conversation: i64) -> Outcome<Taken> {
    conversation::recount(write, conversation)?;
    conversation::tell(session, write, conversation)?;
    conversation::tell_unread(session, write)?;
    Ok(Taken::Done)
}

/// The user deleted messages; all up to a time if none is named.
pub(crate) fn deleted(
    session: &Session,
    write: &mut Write<'_>,
    (named, peer): (&str, &str),
    ids: &[String],
    until: i64,
) -> Outcome<Taken> {
    let place = room(session, write, named, peer)?.filter(|_| are_ids(ids));
    let Some(room) = place else { return Ok(Taken::Dropped) };
    within(session, write, &room, |session, write| {
        let Some(conversation) = conversation::seq(session, write, peer)? else {
            return Ok(Taken::Done);
        };
        if ids.is_empty() {
            return messages::clear(session, write, conversation, peer, until);
        }
        let mut gone = Vec::new();
        for id in ids {
            let deleted = write
                .prepare_cached("DELETE FROM message WHERE conversation = ?1 AND id = ?2")?
                .execute(params![conversation, id])?;
            gone.extend((deleted > 0).then(|| id.clone()));
        }
        if gone.is_empty() {
            return Ok(Taken::Done);
        }
        write.emit(Event::MessagesDeleted {
            conversation: peer.to_owned(),
            messages: gone,
        });
        brought_up_to_date(session, write, conversation)
    })
}
