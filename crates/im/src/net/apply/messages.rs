//! Letters about messages.

use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use super::{Sender, Taken, room_of_contact, room_of_group};
use crate::events::Event;
use crate::model::conversation::{self, GROUP, SINGLE};
use crate::model::message::{self, Draft, Made, kind};
use crate::model::{group, room};
use crate::net::letter::{Posted, are_ids, is_burn_time};
use crate::net::transfers;
use crate::session::within;
use crate::store::Write;
use crate::{Outcome, Session, outbox};

/// The source of a message that the user wrote.
pub(super) const OWN: i64 = 0;
/// The source of a message that somebody else wrote.
pub(super) const THEIRS: i64 = 1;
/// How long after it was written a message can be recalled, with an hour for clocks that differ.
const RECALL: i64 = 25 * 60 * 60 * 1_000;

/// Where a letter belongs: its room, the peer of its conversation and the kind of that.
struct Place {
    room: String,
    peer: String,
    kind: i64,
}

/// Finds where a letter belongs. `None` if its sender has no business there.
fn place(session: &Session, connection: &Connection, from: &Sender) -> Outcome<Option<Place>> {
    let Some(group) = &from.group else {
        let room = room_of_contact(session, connection, &from.user)?;
        let peer = from.user.clone();
        return Ok(room.map(|room| Place {
            room,
            peer,
            kind: SINGLE,
        }));
    };
    let Some(room) = room_of_group(connection, group)? else {
        return Ok(None);
    };
    let present = connection
        .prepare_cached(
            "SELECT 1 FROM group_member m JOIN chat_group g ON g.id = m.group_id
             WHERE m.group_id = ?1 AND m.address = ?2 AND m.state = 1 AND g.state = 1",
        )?
        .exists([group, &from.user])?;
    let peer = group.clone();
    Ok(present.then_some(Place {
        room,
        peer,
        kind: GROUP,
    }))
}

/// Whether a member leads a group.
fn leads(connection: &Connection, group: &str, address: &str) -> Outcome<bool> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM group_member WHERE group_id = ?1 AND address = ?2 AND state = 1 AND is_owner + is_admin > 0",
        )?
        .exists([group, address])?)
}

/// Whether a group is muted for those who do not lead it.
fn is_muted(connection: &Connection, group: &str) -> Outcome<bool> {
    Ok(group::find_config(connection, group)?.is_some_and(|config| config.g_is_all_chat.0 != 0))
}

/// The words by which a message that came can be found.
pub(crate) fn words(kind: i64, body: &Map<String, Value>) -> String {
    let text = |member: &str| body.get(member).and_then(Value::as_str).unwrap_or_default();
    match kind {
        kind::QUOTE => format!("{}\n{}", text("text"), text("quoteContent")),
        kind::FORWARD => {
            let lines = body.get("title").and_then(Value::as_array);
            let lines: Vec<&str> = lines.into_iter().flatten().filter_map(Value::as_str).collect();
            lines.join("\n")
        }
        _ => ["text", "name", "nick"]
            .iter()
            .map(|member| text(member))
            .find(|text| !text.is_empty())
            .unwrap_or_default()
            .to_owned(),
    }
}

/// A message: stored once, and its sender told.
pub(super) fn message(session: &Session, write: &mut Write<'_>, from: &Sender, posted: &Posted) -> Outcome<Taken> {
    let Ok(Value::Object(body)) = serde_json::from_str(&posted.body) else {
        return Ok(Taken::Dropped);
    };
    let Some(place) = place(session, write, from)?.filter(|_| posted.is_well_formed()) else {
        return Ok(Taken::Dropped);
    };
    if place.kind == GROUP && is_muted(write, &place.peer)? && !leads(write, &place.peer, &from.user)? {
        return Ok(Taken::Dropped);
    }
    let is_new = within(session, write, &place.room, |session, write| {
        let is_new = keep(
            session,
            write,
            (&place.peer, place.kind),
            (THEIRS, &from.user),
            posted,
            &body,
        )?;
        if is_new && place.kind == SINGLE {
            let payload = json!({ "messages": [posted.id] });
            outbox::queue(session, write, "delivered", &from.user, &payload)?;
        }
        Ok(is_new)
    })?;
    if is_new && place.room != session.room {
        room::tell_notice(write, &place.room)?;
    }
    Ok(Taken::Done)
}

/// Stores a message, once, and notes the files that are to be fetched for it. Says whether it was new.
pub(super) fn keep(
    session: &Session,
    write: &mut Write<'_>,
    (peer, kind): (&str, i64),
    (source, sender): (i64, &str),
    posted: &Posted,
    body: &Map<String, Value>,
) -> Outcome<bool> {
    let conversation = conversation::ensure(session, write, peer, kind)?;
    let words = words(posted.sort, body);
    let draft = Draft {
        kind: posted.sort,
        source,
        sender,
        body: &Value::Null,
        words: &words,
    };
    let made = Made {
        id: &posted.id,
        created: posted.created,
        burn: posted.burn,
        sent: 1,
    };
    let stored = message::store_made(session, write, conversation, &draft, &posted.body, &made)?;
    if stored.is_some() {
        transfers::expect(session, write, sender, posted)?;
    }
    Ok(stored.is_some())
}

/// Messages of the user's were delivered or read.
pub(super) fn receipt(
    session: &Session,
    write: &mut Write<'_>,
    from: &Sender,
    ids: &[String],
    state: i64,
) -> Outcome<Taken> {
    let Some(place) = place(session, write, from)?.filter(|_| are_ids(ids)) else {
        return Ok(Taken::Dropped);
    };
    within(session, write, &place.room, |session, write| {
        let Some(conversation) = conversation::seq(session, write, &place.peer)? else {
            return Ok(Taken::Dropped);
        };
        for id in ids {
            let Some(seq) = message::seq(write, conversation, id)? else {
                continue;
            };
            message::received(session, write, seq, state)?;
        }
        Ok(Taken::Done)
    })
}

/// Somebody takes a message of theirs back.
pub(super) fn recall(session: &Session, write: &mut Write<'_>, from: &Sender, id: &str) -> Outcome<Taken> {
    let Some(place) = place(session, write, from)? else {
        return Ok(Taken::Dropped);
    };
    within(session, write, &place.room, |session, write| {
        let Some(conversation) = conversation::seq(session, write, &place.peer)? else {
            return Ok(Taken::Dropped);
        };
        let Some(seq) = message::seq(write, conversation, id)? else {
            return Ok(Taken::Dropped);
        };
        let theirs = write
            .prepare_cached("SELECT 1 FROM message WHERE seq = ?1 AND source = 1 AND sender = ?2 AND created >= ?3")?
            .exists(params![seq, from.user, session.now() - RECALL])?;
        if !theirs {
            return Ok(Taken::Dropped);
        }
        message::take_back(session, write, seq, &from.user)?;
        conversation::recount(write, conversation)?;
        conversation::tell(session, write, conversation)?;
        conversation::tell_unread(session, write)?;
        Ok(Taken::Done)
    })
}

/// Somebody deletes a conversation on both sides; in a group those who lead it may.
pub(super) fn delete_both(session: &Session, write: &mut Write<'_>, from: &Sender, until: i64) -> Outcome<Taken> {
    let Some(place) = place(session, write, from)? else {
        return Ok(Taken::Dropped);
    };
    if place.kind == GROUP && !leads(write, &place.peer, &from.user)? {
        return Ok(Taken::Dropped);
    }
    within(session, write, &place.room, |session, write| {
        match conversation::seq(session, write, &place.peer)? {
            Some(conversation) => clear(session, write, conversation, &place.peer, until),
            None => Ok(Taken::Done),
        }
    })
}

/// Deletes the messages of a conversation up to a time.
pub(super) fn clear(
    session: &Session,
    write: &mut Write<'_>,
    conversation: i64,
    peer: &str,
    until: i64,
) -> Outcome<Taken> {
    let gone: Vec<String> = {
        let mut statement =
            write.prepare_cached("DELETE FROM message WHERE conversation = ?1 AND created <= ?2 RETURNING id")?;
        let rows = statement.query_map(params![conversation, until], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    if gone.is_empty() {
        return Ok(Taken::Done);
    }
    conversation::recount(write, conversation)?;
    write.emit(Event::MessagesDeleted {
        conversation: peer.to_owned(),
        messages: gone,
    });
    conversation::tell(session, write, conversation)?;
    conversation::tell_unread(session, write)?;
    Ok(Taken::Done)
}

/// Somebody changes how long messages are there after they were read; in a group those who lead it may.
pub(super) fn burn_time(session: &Session, write: &mut Write<'_>, from: &Sender, time: i64) -> Outcome<Taken> {
    let Some(place) = place(session, write, from)?.filter(|_| is_burn_time(time)) else {
        return Ok(Taken::Dropped);
    };
    if place.kind == GROUP && !leads(write, &place.peer, &from.user)? {
        return Ok(Taken::Dropped);
    }
    within(session, write, &place.room, |session, write| {
        let sql = if place.kind == GROUP {
            "UPDATE chat_group SET burn_time = ?3, updated = ?4 WHERE id = ?1 AND room = ?2"
        } else {
            "UPDATE contact SET burn_time = ?3, updated = ?4 WHERE address = ?1 AND room = ?2"
        };
        write
            .prepare_cached(sql)?
            .execute(params![place.peer, session.room, time, session.now()])?;
        let conversation = conversation::ensure(session, write, &place.peer, place.kind)?;
        let draft = Draft {
            kind: kind::SYSTEM,
            source: 2,
            sender: &from.user,
            body: &json!({ "type": 1, "time": time }),
            words: "",
        };
        message::store(session, write, conversation, &draft)?;
        Ok(Taken::Done)
    })
}
