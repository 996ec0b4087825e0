//! What was read, on both sides: receipts, typing, recall.

use std::sync::Arc;

use rusqlite::Connection;
use serde_json::json;

use super::target::{self, Sort};
use crate::events::Event;
use crate::model::conversation::{self, SINGLE};
use crate::model::message::{self, kind};
use crate::outbox;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Empty, Filled, Text, record};
use crate::{Code, Outcome, Session};

route_table! { Chat;
    /// Tells a contact that the user is typing or stopped. Only a connection carries it: nothing of it is kept or queued.
    "7.8" sendInputStateMessage(Typing) -> Empty = typing;
    /// Tells the senders of received messages that they were read; from then on those that burn do. Answers the ids of the
    /// messages that are known.
    "7.21" sendMessageAckByIds(Acknowledge) -> Vec<String> = acknowledge;
    /// Recalls an own message, 24 hours long: it loses its content here and with everybody who got it.
    "7.22" recallMessageById(Recall) -> Empty = recall;
}

record! {
    /// Whether the user is typing (7.8).
    pub struct Typing {
        /// Node address of the contact.
        cnd: Text,
        /// Typing or not.
        typing "isInputting": bool,
    }

    /// Messages that were read (7.21).
    pub struct Acknowledge {
        /// Id of the conversation.
        conversation "conversationId": Text,
        /// Node address of the contact or id of the group.
        cid: Text,
        /// With a contact or in a group.
        sort "conversationType": Sort,
        /// Ids of the messages.
        messages "messageIds": Filled<Text>,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
        /// Whether to tell it again although it was told before.
        again "isRetry": bool,
    }

    /// A message that is to be recalled (7.22).
    pub struct Recall {
        /// Id of the conversation.
        conversation "conversationId": Text,
        /// Node address of the contact or id of the group.
        cid: Text,
        /// With a contact or in a group.
        sort "conversationType": Sort,
        /// Id of the message.
        message "messageId": Text,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }
}

/// Most ids in one request and in one receipt.
pub(super) const IDS: usize = 1_000;
/// How long an own message can be recalled.
const RECALL: i64 = 24 * 60 * 60 * 1_000;

fn typing(session: &Arc<Session>, request: Typing) -> Outcome<Empty> {
    session.read(|connection| target::may_write(session, connection, &request.cnd, SINGLE))?;
    if let Some(online) = session.online() {
        online.tell_typing(&request.cnd, request.typing);
    }
    Ok(Empty {})
}

fn acknowledge(session: &Arc<Session>, request: Acknowledge) -> Outcome<Vec<String>> {
    if request.messages.0.len() > IDS {
        return Err(Code::LIMIT.into());
    }
    session.write(|write| {
        let conversation = conversation::known(session, write, &request.conversation)?;
        let (mut known, mut told, mut read) = (Vec::new(), Vec::new(), Vec::new());
        for id in request.messages.0 {
            let Some(seq) = message::seq(write, conversation, &id)? else {
                continue;
            };
            let unread = unread(write, seq)?;
            if unread == Some(true) || (unread == Some(false) && request.again) {
                told.push(id.0.clone());
            }
            if unread == Some(true) {
                read.push(seq);
            }
            known.push(id.0);
        }
        for seq in &read {
            mark_read(session, write, *seq)?;
            message::tell(write, *seq)?;
        }
        queue_receipt(session, write, &request.conversation, &told)?;
        if !read.is_empty() {
            conversation::recount(write, conversation)?;
            conversation::tell(session, write, conversation)?;
            conversation::tell_unread(session, write)?;
        }
        Ok(known)
    })
}

/// Whether a received message is unread; `None` for those that nobody waits for a receipt of.
fn unread(connection: &Connection, seq: i64) -> Outcome<Option<bool>> {
    let (source, state): (i64, i64) = connection
        .prepare_cached("SELECT source, state FROM message WHERE seq = ?1")?
        .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((source == 1).then_some(state != 2))
}

fn mark_read(session: &Session, connection: &Connection, seq: i64) -> Outcome<()> {
    connection
        .prepare_cached(
            "UPDATE message SET state = 2, updated = ?2, burn_at = iif(burn_time > 0, ?2 + burn_time, NULL) WHERE seq = ?1",
        )?
        .execute([seq, session.now()])?;
    Ok(())
}

fn queue_receipt(session: &Session, write: &mut Write<'_>, peer: &str, ids: &[String]) -> Outcome<()> {
    for part in ids.chunks(IDS) {
        outbox::queue(session, write, "receipt", peer, &json!({ "messages": part }))?;
    }
    Ok(())
}

/// Marks all messages of a conversation as read and queues the receipts. Those that burn now are told.
pub(super) fn read_all(session: &Session, write: &mut Write<'_>, conversation: i64, peer: &str) -> Outcome<()> {
    let unread: Vec<(i64, String, bool)> = {
        let mut statement = write.prepare_cached(
            "SELECT seq, id, burn_time > 0 FROM message WHERE conversation = ?1 AND source = 1 AND state <> 2
             ORDER BY created, seq",
        )?;
        let rows = statement.query_map([conversation], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for (seq, _, burns) in &unread {
        mark_read(session, write, *seq)?;
        if *burns {
            message::tell(write, *seq)?;
        }
    }
    let ids: Vec<String> = unread.into_iter().map(|(_, id, _)| id).collect();
    queue_receipt(session, write, peer, &ids)?;
    conversation::recount(write, conversation)
}

fn recall(session: &Arc<Session>, request: Recall) -> Outcome<Empty> {
    session.write(|write| {
        let found = message::known(write, &session.room, &request.message)?;
        let conversation = conversation::known(session, write, &request.conversation)?;
        let seq = message::seq(write, conversation, &found.msg_id)?.ok_or(Code::MESSAGE_MISSING)?;
        let fixed = [kind::SYSTEM, kind::RECALL, kind::RED_ENVELOPE, kind::TRANSFER].contains(&found.msg_type.0);
        let old = session.now() - found.created_time > RECALL;
        if found.msg_source.0 != 0 || fixed || old {
            return Err(Code::MESSAGE_STATE.into());
        }
        message::take_back(session, write, seq, &session.user.address)?;
        let told = json!({ "message": found.msg_id });
        outbox::queue(session, write, "recall", &request.conversation, &told)?;
        conversation::tell(session, write, conversation)?;
        Ok(Empty {})
    })
}

/// Tells which messages of a conversation are gone.
pub(super) fn tell_gone(write: &mut Write<'_>, conversation: &str, messages: Vec<String>) {
    write.emit(Event::MessagesDeleted {
        conversation: conversation.to_owned(),
        messages,
    });
}
