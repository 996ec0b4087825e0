//! To which room a contact or group belongs, and how it comes into another with all that was said.

use rusqlite::{OptionalExtension as _, params};

use super::conversation::GROUP;
use super::room::{self, DEFAULT};
use super::{favourite, version};
use crate::events::Event;
use crate::store::Write;
use crate::{Code, Outcome, Session};

/// Who is assigned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer<'a> {
    /// Node address of the contact or id of the group.
    pub(crate) id: &'a str,
    /// `conversation::SINGLE` or `conversation::GROUP`.
    pub(crate) kind: i64,
}

/// Assigns a contact or group of the open room to another one. Its conversation with all messages, its requests, what
/// waits to be sent, and the favourites that were taken from it go with it; messages keep the lifetime that they were
/// written with. Where the other room knows the contact already, what both know is joined.
///
/// # Errors
/// 20023 for a room that is not there or that the open one may not know of, except the default one: out of a room is
/// always a way. 20058 or 20043 for a contact or group that is not in the open room; 20026 if the open room is named.
pub(crate) fn assign(session: &Session, write: &mut Write<'_>, peer: Peer<'_>, to: &str) -> Outcome<()> {
    let from = &*session.room;
    if !(to == DEFAULT || room::may_know(session, to)) || !room::exists(write, to)? {
        return Err(Code::ROOM_MISSING.into());
    }
    let (sql, missing) = if peer.kind == GROUP {
        (
            "SELECT 1 FROM chat_group WHERE id = ?2 AND room = ?1",
            Code::GROUP_MISSING,
        )
    } else {
        (
            "SELECT 1 FROM contact WHERE room = ?1 AND address = ?2",
            Code::CONTACT_LOOKUP,
        )
    };
    if !write.prepare_cached(sql)?.exists([from, peer.id])? {
        return Err(missing.into());
    }
    if from == to {
        return Err(Code::ROOM_ASSIGNMENT_EXISTS.into());
    }
    if peer.kind == GROUP {
        write
            .prepare_cached("UPDATE chat_group SET room = ?2, updated = ?3 WHERE id = ?1")?
            .execute(params![peer.id, to, session.now()])?;
    } else {
        join_contacts(write, from, to, Some(peer.id))?;
    }
    carry_favourites(session, write, peer.id, to)?;
    let moved = carry_conversation(write, peer.id, from, to)?;
    carry_requests(write, from, to, Some(peer.id))?;
    write
        .prepare_cached("UPDATE outbox SET room = ?3 WHERE recipient = ?2 AND room = ?1")?
        .execute([from, peer.id, to])?;
    version::bump(write, version::of::ROOMS)?;
    let id = peer.id.to_owned();
    if peer.kind == GROUP {
        version::bump(write, version::of::GROUPS)?;
        write.emit(Event::GroupDeleted { group: id.clone() });
    } else {
        version::bump(write, version::of::CONTACTS)?;
        write.emit(Event::ContactDeleted { address: id.clone() });
    }
    if moved {
        write.emit(Event::ConversationDeleted { conversation: id });
    }
    Ok(())
}

/// Brings what belongs to a contact or group into another room, after another device of the user's assigned them to that.
/// Says whether a conversation was among it.
pub(crate) fn follow(session: &Session, write: &mut Write<'_>, peer: &str, from: &str, to: &str) -> Outcome<bool> {
    carry_favourites(&session.view(from), write, peer, to)?;
    let moved = carry_conversation(write, peer, from, to)?;
    write
        .prepare_cached("UPDATE outbox SET room = ?3 WHERE recipient = ?2 AND room = ?1")?
        .execute([from, peer, to])?;
    Ok(moved)
}

/// Brings one contact of a room, or all, into another. Who is known there already stays, and is a contact or blocked there
/// if either room says so.
fn join_contacts(write: &mut Write<'_>, from: &str, to: &str, address: Option<&str>) -> Outcome<()> {
    for sql in [
        "UPDATE contact AS d SET state = max(d.state, s.state), blocked = max(d.blocked, s.blocked),
            blocked_by = max(d.blocked_by, s.blocked_by), remark = coalesce(nullif(d.remark, ''), s.remark)
         FROM contact s
         WHERE s.room = ?1 AND s.address = coalesce(?3, s.address) AND d.room = ?2 AND d.address = s.address",
        "UPDATE OR IGNORE contact SET room = ?2 WHERE room = ?1 AND address = coalesce(?3, address)",
    ] {
        write.prepare_cached(sql)?.execute(params![from, to, address])?;
    }
    write
        .prepare_cached("DELETE FROM contact WHERE room = ?1 AND address = coalesce(?2, address)")?
        .execute(params![from, address])?;
    Ok(())
}

/// Brings the requests of one user in a room, or of all, into another that has none of theirs.
fn carry_requests(write: &mut Write<'_>, from: &str, to: &str, address: Option<&str>) -> Outcome<()> {
    write
        .prepare_cached(
            "UPDATE OR IGNORE friend_request SET room = ?2 WHERE room = ?1 AND address = coalesce(?3, address)",
        )?
        .execute(params![from, to, address])?;
    write
        .prepare_cached("DELETE FROM friend_request WHERE room = ?1 AND address = coalesce(?2, address)")?
        .execute(params![from, address])?;
    Ok(())
}

/// Brings a conversation into another room. If there is one with the same peer already, the messages join those of that
/// one. Says whether there was a conversation.
fn carry_conversation(write: &mut Write<'_>, peer: &str, from: &str, to: &str) -> Outcome<bool> {
    let seq = |room: &str| -> Outcome<Option<i64>> {
        let mut statement = write.prepare_cached("SELECT seq FROM conversation WHERE room = ?1 AND peer = ?2")?;
        Ok(statement.query_row([room, peer], |row| row.get(0)).optional()?)
    };
    let (source, target) = (seq(from)?, seq(to)?);
    match (source, target) {
        (None, _) => return Ok(false),
        (Some(source), None) => {
            write
                .prepare_cached("UPDATE conversation SET room = ?2 WHERE seq = ?1")?
                .execute(params![source, to])?;
        }
        (Some(source), Some(target)) => {
            write
                .prepare_cached("UPDATE message SET conversation = ?2 WHERE conversation = ?1")?
                .execute([source, target])?;
            write
                .prepare_cached(
                    "UPDATE conversation SET
                        unread = unread + (SELECT s.unread FROM conversation s WHERE s.seq = ?1),
                        updated = max(updated, (SELECT s.updated FROM conversation s WHERE s.seq = ?1)),
                        last_message = (SELECT m.seq FROM message m WHERE m.conversation = ?2 ORDER BY m.created DESC, m.seq DESC LIMIT 1)
                     WHERE seq = ?2",
                )?
                .execute([source, target])?;
            write
                .prepare_cached("DELETE FROM conversation WHERE seq = ?1")?
                .execute([source])?;
        }
    }
    Ok(true)
}

/// Brings the favourites of the open room into another that a contact wrote or that stand in a conversation.
fn carry_favourites(session: &Session, write: &mut Write<'_>, peer: &str, to: &str) -> Outcome<()> {
    let taken: Vec<(i64, String)> = write
        .prepare_cached(
            "SELECT f.seq, f.message FROM favourite f WHERE f.room = ?1 AND (f.sender = ?2 OR f.message IN (
                SELECT m.id FROM conversation c JOIN message m ON m.conversation = c.seq WHERE c.room = ?1 AND c.peer = ?2))",
        )?
        .query_map([&session.room, peer], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (seq, message) in &taken {
        write
            .prepare_cached("UPDATE OR REPLACE favourite SET room = ?2, id = ?3, updated = ?4 WHERE seq = ?1")?
            .execute(params![seq, to, favourite::id(to, message), session.now()])?;
    }
    if !taken.is_empty() {
        version::bump(write, version::of::FAVOURITES)?;
    }
    Ok(())
}

/// Ends a room: its conversations, messages and favourites are gone; its contacts, groups and requests are the default
/// room's from then on.
///
/// # Errors
/// Those of the database.
pub(crate) fn dissolve(write: &mut Write<'_>, id: &str) -> Outcome<()> {
    write
        .prepare_cached(
            "DELETE FROM outbox WHERE message IN (
                SELECT m.id FROM conversation c JOIN message m ON m.conversation = c.seq WHERE c.room = ?1)",
        )?
        .execute([id])?;
    write
        .prepare_cached(
            "UPDATE outbox SET room = ?2 WHERE room = ?1 AND recipient IN (
                SELECT address FROM contact WHERE room = ?1 UNION SELECT id FROM chat_group WHERE room = ?1
                UNION SELECT address FROM friend_request WHERE room = ?1)",
        )?
        .execute([id, DEFAULT])?;
    for sql in [
        "DELETE FROM conversation WHERE room = ?1",
        "DELETE FROM favourite WHERE room = ?1",
    ] {
        write.prepare_cached(sql)?.execute([id])?;
    }
    join_contacts(write, id, DEFAULT, None)?;
    carry_requests(write, id, DEFAULT, None)?;
    write
        .prepare_cached("UPDATE chat_group SET room = ?2 WHERE room = ?1")?
        .execute([id, DEFAULT])?;
    write.prepare_cached("DELETE FROM room WHERE id = ?1")?.execute([id])?;
    for name in [
        version::of::ROOMS,
        version::of::CONTACTS,
        version::of::GROUPS,
        version::of::FAVOURITES,
    ] {
        version::bump(write, name)?;
    }
    write.emit(Event::RoomDeleted { room: id.to_owned() });
    Ok(())
}
