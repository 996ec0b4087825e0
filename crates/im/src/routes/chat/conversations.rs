//! The list of conversations (section 5 of the document).

use std::sync::Arc;

use rusqlite::{Connection, params};
use serde_json::json;

use super::receipts;
use super::target::{self, Audience, Sort};
use crate::events::Event;
use crate::model::Conversation;
use crate::model::conversation::{self, GROUP, SINGLE};
use crate::model::message::{self, Draft, kind};
use crate::outbox;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Empty, Status, Text, record};
use crate::{Code, Failure, Outcome, Session};

route_table! { Chat;
    /// Lists the conversations of the open room: the pinned ones first, then by the time of their last change. Those that
    /// are hidden now are left out.
    "5.1" getConversations(Empty) -> Vec<Conversation> = conversations;
    /// Moves a conversation to another place in the list by giving it another time, the present one unless told.
    "5.2" updateConversionTime(ConversationTime) -> Empty = update_time;
    /// Finds a conversation by the node address of a contact or the id of a group. 20058 if there is none.
    "5.3" getConversationByCidChat(ConversationOf) -> Conversation = conversation_of;
    /// Takes a conversation off the list, with its messages unless told otherwise, and answers what it was. If the messages
    /// are kept, the next one brings all of them back.
    "5.4" deleteConversationById(DeleteConversation) -> Conversation = delete;
    /// Begins a conversation with a contact or in a group.
    "5.5" createConversation(CreateConversation) -> Conversation = create;
    /// Marks a conversation as read, with all its messages, or as unread. Their writers learn that they were read.
    "5.6" setConversationReadById(ConversationRead) -> Empty = set_read;
    /// Sets how long messages live once they were read; for the messages to come, on both sides. In groups owner and
    /// administrators may.
    "5.7" setBurnAfterTime(BurnTime) -> Status = set_burn_time;
    /// Says which conversation the user looks at. An unknown one stands for none.
    "5.8" setCurRsId(CurrentConversation) -> Empty = set_current;
    /// Deletes all conversations of the open room and their messages.
    "5.9" deleteAllConversations(DeleteConversations) -> Empty = delete_all;
    /// Pins a conversation to the head of the list or loosens it.
    "7.26" setConversationTopById(ConversationTop) -> Conversation = set_top;
}

record! {
    /// A new time for a conversation (5.2).
    pub struct ConversationTime {
        /// Id of the conversation.
        conversation "conversationId": Text,
        /// The time in milliseconds since 1970; later than now counts as now.
        time "updateTime": Option<i64>,
    }

    /// A conversation by its partner (5.3).
    pub struct ConversationOf {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// Whether to begin a conversation with a contact if there is none; does nothing for groups.
        create "createIfNeed": bool,
    }

    /// A conversation that is to go (5.4).
    pub struct DeleteConversation {
        /// Id of the conversation.
        conversation "conversationId": Text,
        /// Whether its messages go as well; yes unless told.
        messages "deleteMessages": Option<bool>,
        /// Whether the writers of unread messages are told that they were read; no unless told.
        receipts "isSendUnReadMessage": Option<bool>,
    }

    /// A conversation that is to begin (5.5).
    pub struct CreateConversation {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// With a contact or in a group.
        sort "conversationType": Sort,
    }

    /// Whether a conversation is read (5.6).
    pub struct ConversationRead {
        /// Id of the conversation.
        conversation "conversationId": Text,
        /// Read or unread.
        read "isRead": bool,
    }

    /// How long messages live after they were read (5.7).
    pub struct BurnTime {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// Milliseconds, at most a year; 0 for ever.
        time: i64,
    }

    /// The conversation that is looked at (5.8).
    pub struct CurrentConversation {
        /// Id of the conversation.
        conversation "rsId": Text,
    }

    /// How all conversations are to go (5.9).
    pub struct DeleteConversations {
        /// Whether the writers of unread messages are told that they were read.
        receipts "isSendUnReadMessage": bool,
    }

    /// Whether a conversation is pinned (7.26).
    pub struct ConversationTop {
        /// Id of the conversation.
        conversation "conversationId": Text,
        /// Pinned or not.
        top "isTop": bool,
    }
}

/// Longest life of messages after they were read: a year.
const BURN_LIMIT: i64 = 366 * 24 * 60 * 60 * 1_000;

fn conversations(session: &Arc<Session>, _: Empty) -> Outcome<Vec<Conversation>> {
    session.read(|connection| conversation::list(session, connection))
}

fn update_time(session: &Arc<Session>, request: ConversationTime) -> Outcome<Empty> {
    let now = session.now();
    let time = request.time.unwrap_or(now).clamp(0, now);
    session.write(|write| {
        let seq = conversation::known(session, write, &request.conversation)?;
        write
            .prepare_cached("UPDATE conversation SET updated = ?2 WHERE seq = ?1")?
            .execute([seq, time])?;
        conversation::tell(session, write, seq)?;
        Ok(Empty {})
    })
}

fn conversation_of(session: &Arc<Session>, request: ConversationOf) -> Outcome<Conversation> {
    let kind = request.audience.kind();
    let found = session.read(|connection| listed(session, connection, &request.cnd, kind))?;
    match found {
        Some(found) => Ok(found),
        None if request.create && kind == SINGLE => begin(session, &request.cnd, kind),
        None => Err(Code::CONTACT_LOOKUP.into()),
    }
}

/// The conversation of a kind with somebody, unless it was taken off the list.
fn listed(session: &Session, connection: &Connection, peer: &str, kind: i64) -> Outcome<Option<Conversation>> {
    let found = conversation::find(session, connection, peer)?.filter(|found| found.rs_type.0 == kind);
    let off = connection
        .prepare_cached("SELECT 1 FROM conversation WHERE room = ?1 AND peer = ?2 AND listed = 0")?
        .exists([&session.room, peer])?;
    Ok(found.filter(|_| !off))
}

fn create(session: &Arc<Session>, request: CreateConversation) -> Outcome<Conversation> {
    begin(session, &request.cnd, request.sort.into())
}

fn begin(session: &Session, peer: &str, kind: i64) -> Outcome<Conversation> {
    session.write(|write| {
        let seq = target::open(session, write, peer, kind)?;
        conversation::tell(session, write, seq)
    })
}

fn delete(session: &Arc<Session>, request: DeleteConversation) -> Outcome<Conversation> {
    session.write(|write| {
        let gone =
            conversation::find(session, write, &request.conversation)?.ok_or(Failure::of(Code::CONTACT_LOOKUP))?;
        let seq = conversation::known(session, write, &gone.rs_id)?;
        if request.receipts == Some(true) {
            receipts::read_all(session, write, seq, &gone.rs_id)?;
        }
        let sql = if request.messages == Some(false) {
            "UPDATE conversation SET listed = 0 WHERE seq = ?1"
        } else {
            "DELETE FROM conversation WHERE seq = ?1"
        };
        write.prepare_cached(sql)?.execute([seq])?;
        write.emit(Event::ConversationDeleted {
            conversation: gone.rs_id.clone(),
        });
        conversation::tell_unread(session, write)?;
        Ok(gone)
    })
}

fn set_read(session: &Arc<Session>, request: ConversationRead) -> Outcome<Empty> {
    session.write(|write| {
        let seq = conversation::known(session, write, &request.conversation)?;
        if request.read {
            receipts::read_all(session, write, seq, &request.conversation)?;
        }
        write
            .prepare_cached(
                "UPDATE conversation SET marked_unread = ?2, mentioned = mentioned * ?2, missed_call = missed_call * ?2
                 WHERE seq = ?1",
            )?
            .execute(params![seq, !request.read])?;
        conversation::tell(session, write, seq)?;
        conversation::tell_unread(session, write)?;
        Ok(Empty {})
    })
}

fn set_burn_time(session: &Arc<Session>, request: BurnTime) -> Outcome<Status> {
    if !(0..=BURN_LIMIT).contains(&request.time) {
        return Err(Failure::with(Code::PARAMETER_ENUM, "time"));
    }
    session.write(|write| {
        let change = |sql: &str| -> Outcome<bool> {
            Ok(write
                .prepare_cached(sql)?
                .execute(params![request.cnd.0, session.room, request.time, session.now()])?
                > 0)
        };
        let kind = if change("UPDATE contact SET burn_time = ?3, updated = ?4 WHERE address = ?1 AND room = ?2")? {
            SINGLE
        } else if change("UPDATE chat_group SET burn_time = ?3, updated = ?4 WHERE id = ?1 AND room = ?2")? {
            target::may_lead(session, write, &request.cnd)?;
            GROUP
        } else {
            return Err(Code::CONTACT_LOOKUP.into());
        };
        outbox::queue(
            session,
            write,
            "burnTime",
            &request.cnd,
            &json!({ "time": request.time }),
        )?;
        let conversation = conversation::ensure(session, write, &request.cnd, kind)?;
        let body = json!({ "type": 1, "time": request.time });
        let draft = Draft {
            kind: kind::SYSTEM,
            source: 2,
            sender: &request.cnd,
            body: &body,
            words: "",
        };
        message::store(session, write, conversation, &draft)?;
        Ok(Status { status: true })
    })
}

fn set_current(session: &Arc<Session>, request: CurrentConversation) -> Outcome<Empty> {
    let known = session.read(|connection| conversation::seq(session, connection, &request.conversation))?;
    session.look_at(known.map(|_| request.conversation.0));
    Ok(Empty {})
}

fn delete_all(session: &Arc<Session>, request: DeleteConversations) -> Outcome<Empty> {
    session.write(|write| {
        for (seq, peer) in of_room(session, write)? {
            if request.receipts {
                receipts::read_all(session, write, seq, &peer)?;
            }
            write.emit(Event::ConversationDeleted { conversation: peer });
        }
        write
            .prepare_cached("DELETE FROM conversation WHERE room = ?1")?
            .execute([&session.room])?;
        conversation::tell_unread(session, write)?;
        Ok(Empty {})
    })
}

/// Rows and partners of all conversations of the open room.
pub(super) fn of_room(session: &Session, write: &Write<'_>) -> Outcome<Vec<(i64, String)>> {
    let mut statement = write.prepare_cached("SELECT seq, peer FROM conversation WHERE room = ?1")?;
    let rows = statement.query_map([&session.room], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn set_top(session: &Arc<Session>, request: ConversationTop) -> Outcome<Conversation> {
    let time = if request.top { session.now() } else { 0 };
    session.write(|write| {
        let seq = conversation::known(session, write, &request.conversation)?;
        write
            .prepare_cached("UPDATE conversation SET pinned_at = ?2 WHERE seq = ?1")?
            .execute([seq, time])?;
        conversation::tell(session, write, seq)
    })
}
