//! Conversations.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::events::Event;
use crate::store::Write;
use crate::wire::{Switch, record};

use super::{ConversationKind, LastMessageKind};
use crate::{Code, Outcome, Session};

record! {
    /// A conversation with its last message (5.1).
    pub struct Conversation {
        /// Id: node address of the contact or id of the group.
        rs_id: String,
        /// Room it is in.
        b_id: String,
        /// Unread messages.
        rs_unread: i64,
        /// Node address of the contact or id of the group.
        c_nd_add: String,
        /// The same as `c_nd_add`.
        c_id: String,
        /// 1 single, 2 group.
        rs_type: ConversationKind,
        /// When it began, in milliseconds since 1970.
        created_time: i64,
        /// When it last changed, in milliseconds since 1970.
        updated_time: i64,
        /// Name to show for the writer of the last message.
        msg_nic "msgNic": String,
        /// When the last message was written, in milliseconds since 1970; 0 if there is none.
        msg_created_time: i64,
        /// Number of the built-in picture, -1 for none.
        picture "pfpid": i64,
        /// Address of the own picture.
        picture_url "pfpurl": String,
        /// Name to show.
        nic: String,
        /// Key of the contact in hex; empty for groups.
        curve_key "pubCurve": String,
        /// 1 if its messages make no noise.
        disturb: Switch,
        /// Until when it is hidden, in milliseconds since 1970; 0 if it is not.
        hide_state "hideState": i64,
        /// When it was pinned, in milliseconds since 1970; 0 if it is not.
        top_time: i64,
        /// Id of the last message, empty if there is none.
        msg_id: String,
        /// Type of the last message, 0 if there is none.
        msg_type: LastMessageKind,
        /// Content of the last message as a string of JSON.
        msg_cry: String,
        /// Node address of the writer of the last message.
        msg_address "msgCndadd": String,
        /// Whether a call was missed.
        missed_call "hasAvTips": bool,
        /// Domain name of the contact or group.
        c_domain: String,
        /// Domain name of the writer of the last message.
        msg_domain: String,
        /// The user's remark for the contact.
        cps: String,
        /// The user's remark for the group.
        gps: String,
        /// The user's remark for the writer of the last message.
        msg_remark "msgCps": String,
        /// Name that the contact or group chose.
        origin_nic "orgNic": String,
        /// 1 if the group protects its members.
        members_protected "isMbrChat": Switch,
        /// 1 if the user is an administrator of the group.
        is_admin "isAdmin": Switch,
        /// 1 if the user owns the group.
        is_owner "isOwner": Switch,
        /// State of the contact or of the group.
        state: i64,
        /// For what comes; empty.
        ext: String,
        /// Up to nine members of the group as a string of JSON: an array of strings of JSON; empty for contacts.
        items: String,
        /// 1 if somebody mentioned the user, else 0.
        tip_status: Switch,
    }
}

/// Kinds of conversations, as answers have them.
pub(crate) const SINGLE: i64 = 1;
/// A group.
pub(crate) const GROUP: i64 = 2;

/// The columns from which [`read`] makes a conversation; `?1` is the user's address, conditions and order follow.
pub(crate) const SELECT: &str = "
    SELECT c.peer, c.room, max(c.unread, c.marked_unread), c.kind, c.created, c.updated,
        coalesce(nullif(s.remark, ''), nullif(w.nickname, ''), s.nickname, ''), coalesce(m.created, 0),
        coalesce(p.picture, g.picture, -1), coalesce(p.picture_url, g.picture_url, ''),
        coalesce(nullif(p.remark, ''), p.nickname, g.name, ''), coalesce(p.curve_key, ''),
        coalesce(p.muted, f.muted, 0), coalesce(p.hidden_until, g.hidden_until, 0), c.pinned_at,
        coalesce(m.id, ''), coalesce(m.kind, 0), coalesce(m.body, ''), coalesce(m.sender, ''), c.missed_call,
        coalesce(p.domain, g.domain, ''), coalesce(s.domain, w.domain, ''), coalesce(p.remark, ''),
        coalesce(s.remark, ''), coalesce(p.nickname, g.name, ''), coalesce(f.members_protected, 0),
        coalesce(u.is_admin, 0), coalesce(u.is_owner, 0), coalesce(p.state, g.state, 0), c.mentioned,
        CASE WHEN c.kind = 2 THEN (SELECT json_group_array(item) FROM (
            SELECT json_object('id', i.group_id || i.address, 'g_id', i.group_id, 'g_is_admin', i.is_admin,
                'g_is_owner', i.is_owner, 'u_pfp_url', i.picture_url, 'g_nick', i.nickname, 'created_time', i.created,
                'updated_time', i.updated, 'g_ps', i.remark, 'state', i.state, 'pubkey', i.curve_key,
                'u_nd_add', i.address, 'u_pfp_id', i.picture, 'c_domain', i.domain, 'g_is_edit_nice',
                CAST(i.renamed AS TEXT)) || '' AS item
            FROM group_member i WHERE i.group_id = c.peer AND i.state = 1 LIMIT 9
        )) ELSE '' END
    FROM conversation c
    LEFT JOIN message m ON m.seq = c.last_message
    LEFT JOIN contact p ON c.kind = 1 AND p.address = c.peer AND p.room = c.room
    LEFT JOIN chat_group g ON c.kind = 2 AND g.id = c.peer
    LEFT JOIN group_config f ON c.kind = 2 AND f.group_id = c.peer
    LEFT JOIN group_member u ON c.kind = 2 AND u.group_id = c.peer AND u.address = ?1
    LEFT JOIN contact s ON s.address = m.sender AND s.room = c.room
    LEFT JOIN group_member w ON c.kind = 2 AND w.group_id = c.peer AND w.address = m.sender
";

/// Makes a conversation from a row of [`SELECT`].
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    let peer: String = row.get(0)?;
    Ok(Conversation {
        rs_id: peer.clone(),
        b_id: row.get(1)?,
        rs_unread: row.get(2)?,
        c_nd_add: peer.clone(),
        c_id: peer,
        rs_type: row.get(3)?,
        created_time: row.get(4)?,
        updated_time: row.get(5)?,
        msg_nic: row.get(6)?,
        msg_created_time: row.get(7)?,
        picture: row.get(8)?,
        picture_url: row.get(9)?,
        nic: row.get(10)?,
        curve_key: row.get(11)?,
        disturb: row.get(12)?,
        hide_state: row.get(13)?,
        top_time: row.get(14)?,
        msg_id: row.get(15)?,
        msg_type: row.get(16)?,
        msg_cry: row.get(17)?,
        msg_address: row.get(18)?,
        missed_call: row.get::<_, i64>(19)? != 0,
        c_domain: row.get(20)?,
        msg_domain: row.get(21)?,
        cps: row.get(22)?,
        gps: String::new(),
        msg_remark: row.get(23)?,
        origin_nic: row.get(24)?,
        members_protected: row.get(25)?,
        is_admin: row.get(26)?,
        is_owner: row.get(27)?,
        state: row.get(28)?,
        ext: String::new(),
        items: row.get(30)?,
        tip_status: row.get(29)?,
    })
}

/// A conversation of the open room, by the address of the contact or the id of the group.
pub(crate) fn find(session: &Session, connection: &Connection, peer: &str) -> Outcome<Option<Conversation>> {
    let sql = format!("{SELECT} WHERE c.room = ?2 AND c.peer = ?3");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([&session.user.address, &session.room, peer], read);
    Ok(found.optional()?)
}

/// The conversations on the list of the open room, the pinned ones first, then by their time.
pub(crate) fn list(session: &Session, connection: &Connection) -> Outcome<Vec<Conversation>> {
    let sql = format!(
        "{SELECT} WHERE c.room = ?2 AND c.listed = 1 AND coalesce(p.hidden_until, g.hidden_until, 0) <= ?3
         ORDER BY c.pinned_at DESC, c.updated DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![session.user.address, session.room, session.now()], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A conversation by its row.
pub(crate) fn by_seq(session: &Session, connection: &Connection, seq: i64) -> Outcome<Conversation> {
    let sql = format!("{SELECT} WHERE c.seq = ?2");
    Ok(connection
        .prepare_cached(&sql)?
        .query_row(params![session.user.address, seq], read)?)
}

/// The row of a conversation of the open room.
pub(crate) fn seq(session: &Session, connection: &Connection, peer: &str) -> Outcome<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT seq FROM conversation WHERE room = ?1 AND peer = ?2")?;
    Ok(statement
        .query_row([&session.room, peer], |row| row.get(0))
        .optional()?)
}

/// The row of a conversation of the open room that a request names.
///
/// # Errors
/// 20058 if there is none.
pub(crate) fn known(session: &Session, connection: &Connection, peer: &str) -> Outcome<i64> {
    seq(session, connection, peer)?.ok_or(Code::CONTACT_LOOKUP.into())
}

/// The row of the conversation with somebody, which is begun if there is none in the open room, and listed.
pub(crate) fn ensure(session: &Session, write: &mut Write<'_>, peer: &str, kind: i64) -> Outcome<i64> {
    if let Some(seq) = seq(session, write, peer)? {
        write
            .prepare_cached("UPDATE conversation SET listed = 1 WHERE seq = ?1 AND listed = 0")?
            .execute([seq])?;
        return Ok(seq);
    }
    let now = session.now();
    let seq = write
        .prepare_cached(
            "INSERT INTO conversation (room, peer, kind, created, updated) VALUES (?1, ?2, ?3, ?4, ?4) RETURNING seq",
        )?
        .query_row(params![session.room, peer, kind, now], |row| row.get(0))?;
    Ok(seq)
}

/// Counts a conversation's unread messages and finds its last one again, after messages went or were read.
pub(crate) fn recount(connection: &Connection, seq: i64) -> Outcome<()> {
    connection
        .prepare_cached(
            "UPDATE conversation SET
                unread = (SELECT count(*) FROM message WHERE conversation = ?1 AND source = 1 AND state <> 2),
                last_message = (SELECT seq FROM message WHERE conversation = ?1 ORDER BY created DESC, seq DESC LIMIT 1)
             WHERE seq = ?1",
        )?
        .execute([seq])?;
    Ok(())
}

/// Unread messages of the open room. A conversation that is marked unread counts as one; those that are hidden or off
/// the list do not count.
pub(crate) fn unread(session: &Session, connection: &Connection) -> Outcome<i64> {
    Ok(connection
        .prepare_cached(
            "SELECT coalesce(sum(max(c.unread, c.marked_unread)), 0) FROM conversation c
             LEFT JOIN contact p ON c.kind = 1 AND p.address = c.peer AND p.room = c.room
             LEFT JOIN chat_group g ON c.kind = 2 AND g.id = c.peer
             WHERE c.room = ?1 AND c.unread + c.marked_unread > 0 AND c.listed = 1
                AND coalesce(p.hidden_until, g.hidden_until, 0) <= ?2",
        )?
        .query_row(params![session.room, session.now()], |row| row.get(0))?)
}

/// Tells how a conversation of the open room is now.
pub(crate) fn tell(session: &Session, write: &mut Write<'_>, seq: i64) -> Outcome<Conversation> {
    let conversation = by_seq(session, write, seq)?;
    write.emit(Event::ConversationChanged {
        conversation: Box::new(conversation.clone()),
    });
    Ok(conversation)
}

/// Tells how many messages of the open room are unread.
pub(crate) fn tell_unread(session: &Session, write: &mut Write<'_>) -> Outcome<()> {
    let total = unread(session, write)?;
    write.emit(Event::UnreadChanged { total });
    Ok(())
}
