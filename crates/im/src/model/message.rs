//! Messages.

use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{ConversationKind, MessageKind, MessageSource, ReadState, SendState, conversation, mention};
use crate::events::Event;
use crate::store::Write;
use crate::wire::{Maybe, Switch, record};
use crate::{Code, Outcome, Session};

record! {
    /// A message (7.1).
    pub struct Message {
        /// Id: 64 hexadecimal digits.
        msg_id: String,
        /// Id of the conversation: node address of the contact or id of the group.
        rs_id: String,
        /// Type: 1 text, 2 system, 3 voice, 4 video, 5 file, 6 image, 10 card, 11 forward, 12 quote, 13 group operation,
        /// 14 call, 15 blacklist, 16 recall, 17 red envelope, 18 transfer.
        msg_type: MessageKind,
        /// Who wrote it: 0 the user, 1 somebody else, 2 the program.
        msg_source: MessageSource,
        /// Content as a string of JSON; its form depends on the type.
        msg_cry: String,
        /// 1 unread, 2 read, 3 delivered.
        msg_state: ReadState,
        /// When it was written, in milliseconds since 1970.
        created_time: i64,
        /// When it last changed, in milliseconds since 1970.
        updated_time: i64,
        /// 0 on its way, 1 sent, 2 failed.
        msg_is_send: SendState,
        /// 1 if it burns after reading.
        b_exp: Switch,
        /// Node address of who wrote it.
        c_nd_add: String,
        /// Counts the messages of a conversation.
        msg_version: i64,
        /// 1 single, 2 group.
        rs_type: ConversationKind,
        /// Number of the writer's built-in picture, -1 for none.
        pfp_id: i64,
        /// Address of the writer's own picture.
        pfp_url: String,
        /// Name to show for the writer.
        nic: String,
        /// Domain name of the writer.
        msg_domain: String,
        /// The user's remark for the writer.
        cps: String,
        /// Name that the writer chose.
        origin_nic: String,
        /// When it burns, in milliseconds since 1970; 0 if it does not or was not read yet.
        exp_red_time: i64,
        /// 1 if the group protects its members.
        is_mbr_chat: Maybe,
        /// 1 if the writer is an administrator of the group.
        is_admin: Maybe,
        /// 1 if the writer owns the group.
        is_owner: Maybe,
    }
}

/// Types of messages; docs/messages.md says what each contains.
pub(crate) mod kind {
    pub(crate) const TEXT: i64 = 1;
    pub(crate) const SYSTEM: i64 = 2;
    pub(crate) const VOICE: i64 = 3;
    pub(crate) const VIDEO: i64 = 4;
    pub(crate) const FILE: i64 = 5;
    pub(crate) const IMAGE: i64 = 6;
    pub(crate) const CARD: i64 = 10;
    pub(crate) const FORWARD: i64 = 11;
    pub(crate) const QUOTE: i64 = 12;
    pub(crate) const GROUP_OPERATION: i64 = 13;
    pub(crate) const RECALL: i64 = 16;
    pub(crate) const RED_ENVELOPE: i64 = 17;
    pub(crate) const TRANSFER: i64 = 18;
}

/// The columns from which [`read`] makes a message; conditions and order follow.
pub(crate) const SELECT: &str = "
    SELECT m.id, c.peer, m.kind, m.source, m.body, m.state, m.created, m.updated, m.sent, m.burn_time, m.sender, m.version,
        c.kind, coalesce(p.picture, g.picture, a.picture, -1), coalesce(p.picture_url, g.picture_url, a.picture_url, ''),
        coalesce(nullif(p.remark, ''), nullif(g.nickname, ''), p.nickname, ''),
        coalesce(p.domain, g.domain, a.domain, ''), coalesce(p.remark, ''),
        coalesce(nullif(p.nickname, ''), nullif(g.nickname, ''), a.nickname, ''), coalesce(m.burn_at, 0),
        iif(m.source = 2, -1, coalesce(f.members_protected, 0)), iif(m.source = 2, -1, coalesce(g.is_admin, 0)),
        iif(m.source = 2, -1, coalesce(g.is_owner, 0)), m.seq
    FROM message m
    JOIN conversation c ON c.seq = m.conversation
    LEFT JOIN contact p ON p.address = m.sender AND p.room = c.room
    LEFT JOIN group_member g ON c.kind = 2 AND g.group_id = c.peer AND g.address = m.sender
    LEFT JOIN group_config f ON c.kind = 2 AND f.group_id = c.peer
    LEFT JOIN account a ON m.source = 0 AND a.only = 1
";

/// Makes a message from a row of [`SELECT`].
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        msg_id: row.get(0)?,
        rs_id: row.get(1)?,
        msg_type: row.get(2)?,
        msg_source: row.get(3)?,
        msg_cry: row.get(4)?,
        msg_state: row.get(5)?,
        created_time: row.get(6)?,
        updated_time: row.get(7)?,
        msg_is_send: row.get(8)?,
        b_exp: (row.get::<_, i64>(9)? > 0).into(),
        c_nd_add: row.get(10)?,
        msg_version: row.get(11)?,
        rs_type: row.get(12)?,
        pfp_id: row.get(13)?,
        pfp_url: row.get(14)?,
        nic: row.get(15)?,
        msg_domain: row.get(16)?,
        cps: row.get(17)?,
        origin_nic: row.get(18)?,
        exp_red_time: row.get(19)?,
        is_mbr_chat: row.get(20)?,
        is_admin: row.get(21)?,
        is_owner: row.get(22)?,
    })
}

/// A message of the open room by its id.
pub(crate) fn find(connection: &Connection, room: &str, id: &str) -> Outcome<Option<Message>> {
    let sql = format!("{SELECT} WHERE m.id = ?1 AND c.room = ?2");
    Ok(connection
        .prepare_cached(&sql)?
        .query_row([id, room], read)
        .optional()?)
}

/// A message of the open room that a request names.
///
/// # Errors
/// 20091 if there is none.
pub(crate) fn known(connection: &Connection, room: &str, id: &str) -> Outcome<Message> {
    find(connection, room, id)?.ok_or(Code::MESSAGE_MISSING.into())
}

/// A message by its row, with the row.
pub(crate) fn by_seq(connection: &Connection, seq: i64) -> Outcome<Message> {
    let sql = format!("{SELECT} WHERE m.seq = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([seq], read)?)
}

/// The row of a message of a conversation.
pub(crate) fn seq(connection: &Connection, conversation: i64, id: &str) -> Outcome<Option<i64>> {
    Ok(connection
        .prepare_cached("SELECT seq FROM message WHERE id = ?1 AND conversation = ?2")?
        .query_row(params![id, conversation], |row| row.get(0))
        .optional()?)
}

/// Tells how a message is now.
pub(crate) fn tell(write: &mut Write<'_>, seq: i64) -> Outcome<()> {
    let message = by_seq(write, seq)?;
    write.emit(Event::MessageChanged {
        message: Box::new(message),
    });
    Ok(())
}

/// A message of the user's was stored by who it was for.
pub(crate) const DELIVERED: i64 = 3;
/// A message of the user's was read.
pub(crate) const READ: i64 = 2;

/// A message of the user's was delivered or read, which may begin the time after which it burns.
pub(crate) fn received(session: &Session, write: &mut Write<'_>, seq: i64, state: i64) -> Outcome<()> {
    let changed = write
        .prepare_cached(
            "UPDATE message SET state = ?2, sent = 1, updated = ?3,
                burn_at = iif(?2 = 2 AND burn_time > 0, coalesce(burn_at, ?3 + burn_time), burn_at)
             WHERE seq = ?1 AND source = 0 AND state <> 2 AND state <> ?2",
        )?
        .execute(params![seq, state, session.now()])?;
    if changed > 0 {
        tell(write, seq)?;
    }
    Ok(())
}

/// Takes a message back: its content, words and files are gone, and it says who took it back.
pub(crate) fn take_back(session: &Session, write: &mut Write<'_>, seq: i64, by: &str) -> Outcome<()> {
    let body = json!({ "cnd": by }).to_string();
    write
        .prepare_cached("UPDATE message SET kind = ?2, body = ?3, updated = ?4 WHERE seq = ?1")?
        .execute(params![seq, kind::RECALL, body, session.now()])?;
    crate::search::forget(write, seq)?;
    for sql in [
        "DELETE FROM media WHERE message = ?1",
        "DELETE FROM transfer WHERE message = ?1",
        "DELETE FROM outbox WHERE message = (SELECT id FROM message WHERE seq = ?1)",
    ] {
        write.prepare_cached(sql)?.execute([seq])?;
    }
    tell(write, seq)
}

/// What is to be stored as a message.
pub(crate) struct Draft<'a> {
    pub(crate) kind: i64,
    /// 0 the user, 1 somebody else, 2 the program.
    pub(crate) source: i64,
    pub(crate) sender: &'a str,
    pub(crate) body: &'a Value,
    /// Words by which it can be found.
    pub(crate) words: &'a str,
}

/// Stores a message in a conversation of the open room, which then is its last one, and tells it.
///
/// An own message is on its way (`msg_is_send` 0) until a device of the recipient or its mailbox has taken it.
pub(crate) fn store(
    session: &Session,
    write: &mut Write<'_>,
    conversation: i64,
    draft: &Draft<'_>,
) -> Outcome<Message> {
    store_text(session, write, conversation, draft, &draft.body.to_string())
}

/// Stores a message whose content is written already and may be anything but JSON, as with [`store`].
///
/// No two messages of a conversation have the same time: one that is written in the same millisecond as the one before
/// gets the next. So a page that begins at a time misses none and repeats none.
pub(crate) fn store_text(
    session: &Session,
    write: &mut Write<'_>,
    conversation: i64,
    draft: &Draft<'_>,
    body: &str,
) -> Outcome<Message> {
    let (now, burn) = write
        .prepare_cached(
            "SELECT max(?2, coalesce((SELECT max(created) FROM message WHERE conversation = ?1), 0) + 1),
                coalesce(p.burn_time, g.burn_time, 0)
             FROM conversation c
             LEFT JOIN contact p ON c.kind = 1 AND p.address = c.peer AND p.room = c.room
             LEFT JOIN chat_group g ON c.kind = 2 AND g.id = c.peer
             WHERE c.seq = ?1",
        )?
        .query_row(params![conversation, session.now()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
    let id = new_id(&session.user.address, conversation, now, body);
    let burn = if draft.source == 2 { 0 } else { burn };
    let made = Made {
        id: &id,
        created: now,
        burn,
        sent: i64::from(draft.source != 0),
    };
    insert(session, write, conversation, draft, body, &made)
}

/// When and under which id a message was made.
pub(crate) struct Made<'a> {
    pub(crate) id: &'a str,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
    /// How long it is there after it was read, in milliseconds; 0 for good.
    pub(crate) burn: i64,
    /// 0 on its way, 1 sent.
    pub(crate) sent: i64,
}

/// Stores a message that another device made, in the place that its time gives it: after a message of the same time, and
/// not in the future. `None` if a message of this id is there.
pub(crate) fn store_made(
    session: &Session,
    write: &mut Write<'_>,
    conversation: i64,
    draft: &Draft<'_>,
    body: &str,
    made: &Made<'_>,
) -> Outcome<Option<Message>> {
    if write
        .prepare_cached("SELECT 1 FROM message WHERE id = ?1")?
        .exists([made.id])?
    {
        return Ok(None);
    }
    let mut created = made.created.min(session.now() + SKEW);
    let taken = |created: i64| -> Outcome<bool> {
        let mut statement = write.prepare_cached("SELECT 1 FROM message WHERE conversation = ?1 AND created = ?2")?;
        Ok(statement.exists([conversation, created])?)
    };
    let last = created + CROWD;
    while taken(created)? {
        created += 1;
        if created == last {
            created = write
                .prepare_cached("SELECT max(created) + 1 FROM message WHERE conversation = ?1")?
                .query_row([conversation], |row| row.get(0))?;
        }
    }
    let made = Made { created, ..*made };
    insert(session, write, conversation, draft, body, &made).map(Some)
}

/// How far the clocks of others may be before ours, in milliseconds.
const SKEW: i64 = 60_000;
/// Milliseconds in a row that may be taken before a message goes to the end.
const CROWD: i64 = 64;

fn insert(
    session: &Session,
    write: &mut Write<'_>,
    conversation: i64,
    draft: &Draft<'_>,
    body: &str,
    made: &Made<'_>,
) -> Outcome<Message> {
    let lifetime = write
        .prepare_cached("SELECT r.lifetime FROM conversation c JOIN room r ON r.id = c.room WHERE c.seq = ?1")?
        .query_row([conversation], |row| row.get(0))?;
    let seq: i64 = write
        .prepare_cached(
            "INSERT INTO message (id, conversation, kind, source, sender, body, state, sent, version, burn_time, expires_at, created, updated)
             SELECT :id, :conversation, :kind, :source, :sender, :body, :state, :sent, counter + 1, :burn, :expires, :created, :created
             FROM conversation WHERE seq = :conversation RETURNING seq",
        )?
        .query_row(
            named_params! {
                ":id": made.id, ":conversation": conversation, ":kind": draft.kind, ":source": draft.source,
                ":sender": draft.sender, ":body": body, ":state": if draft.source == 2 { 2 } else { 1 },
                ":sent": made.sent, ":burn": made.burn, ":expires": expiry(lifetime).map(|span| made.created + span),
                ":created": made.created,
            },
            |row| row.get(0),
        )?;
    if !draft.words.is_empty() {
        crate::search::remember(write, seq, conversation, draft.kind, draft.words)?;
    }
    let unread = i64::from(draft.source == 1);
    let meant = mention::is_meant(session, write, conversation, draft)?;
    write
        .prepare_cached(
            "UPDATE conversation SET unread = unread + ?4, counter = counter + 1, listed = 1, mentioned = mentioned OR ?5,
                last_message = iif(?3 >= coalesce((SELECT created FROM message WHERE seq = last_message), 0), ?2, last_message),
                updated = max(updated, ?3)
             WHERE seq = ?1",
        )?
        .execute(params![conversation, seq, made.created, unread, meant])?;
    let message = by_seq(write, seq)?;
    write.emit(Event::MessageAdded {
        message: Box::new(message.clone()),
    });
    conversation::tell(session, write, conversation)?;
    if unread > 0 {
        conversation::tell_unread(session, write)?;
    }
    Ok(message)
}

/// Milliseconds that a room's messages live, `None` for ever (im.md 5).
pub(crate) fn expiry(lifetime: i64) -> Option<i64> {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    match lifetime {
        0 => Some(DAY),
        1 => Some(3 * DAY),
        2 => Some(7 * DAY),
        3 => Some(30 * DAY),
        _ => None,
    }
}

/// A fresh id: the hash of what makes the message one of its kind, and of chance.
fn new_id(sender: &str, conversation: i64, now: i64, body: &str) -> String {
    let chance = uuid::Uuid::new_v4();
    let mut hash = Sha256::new();
    for part in [
        sender.as_bytes(),
        &conversation.to_be_bytes(),
        &now.to_be_bytes(),
        body.as_bytes(),
        chance.as_bytes(),
    ] {
        hash.update(part);
    }
    hex::encode(hash.finalize())
}
