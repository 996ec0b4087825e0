//! Deleting messages, and messages of the program's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::OptionalExtension as _;
use serde_json::{Value, json};

use super::conversations::of_room;
use super::receipts::{IDS, tell_gone};
use super::target::{self, Audience, Sort};
use crate::model::Message;
use crate::model::conversation::{self, GROUP};
use crate::model::message::{self, Draft, kind};
use crate::net::{self, Own};
use crate::outbox;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Empty, Filled, Text, record};
use crate::{Code, Outcome, Session};

route_table! { Chat;
    /// Deletes messages for this user alone, on all devices. Ids that are unknown do not matter.
    "7.20" deleteMessagesByIds(DeleteMessages) -> Empty = delete_some;
    /// Writes a message of the program into a conversation, for this user alone.
    "7.23" createSysMessage(SystemMessage) -> Message = system;
    /// Deletes a message for this user alone, on all devices.
    "7.24" deleteMessageById(DeleteMessage) -> Empty = delete_one;
    /// Deletes all messages of the open room for this user alone, on all devices; the conversations stay, empty.
    "7.25" deleteAllMessages(Empty) -> Empty = delete_all;
    /// Deletes all messages of a conversation on both sides; in groups owner and administrators may.
    "7.35" sendDelEachOtherMessage(DeleteBoth) -> Empty = delete_both;
}

record! {
    /// Messages that are to go (7.20).
    pub struct DeleteMessages {
        /// Ids of the messages.
        messages "messageIds": Filled<Text>,
        /// Whether a conversation takes the time of what is its last message then; no unless told.
        update "isUpdateSession": Option<bool>,
    }

    /// A message of the program (7.23).
    pub struct SystemMessage {
        /// Node address of the contact or id of the group.
        cid: Text,
        /// The same as `cid`.
        cnd: Text,
        /// With a contact or in a group.
        sort "conversationType": Sort,
        /// The content as it will be answered.
        content: Text,
    }

    /// A message that is to go (7.24).
    pub struct DeleteMessage {
        /// Id of the message.
        message "messageId": Text,
    }

    /// A conversation whose messages go on both sides (7.35).
    pub struct DeleteBoth {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }
}

fn delete_some(session: &Arc<Session>, request: DeleteMessages) -> Outcome<Empty> {
    if request.messages.0.len() > IDS {
        return Err(Code::LIMIT.into());
    }
    session.write(|write| {
        remove(session, write, &request.messages.0, request.update == Some(true))?;
        Ok(Empty {})
    })
}

fn delete_one(session: &Arc<Session>, request: DeleteMessage) -> Outcome<Empty> {
    session.write(|write| match remove(session, write, &[request.message], false)? {
        0 => Err(Code::MESSAGE_MISSING.into()),
        _ => Ok(Empty {}),
    })
}

/// Deletes messages of the open room, brings their conversations up to date and tells it. Answers how many there were.
fn remove(session: &Session, write: &mut Write<'_>, ids: &[Text], update: bool) -> Outcome<usize> {
    let mut gone: BTreeMap<(i64, String), Vec<String>> = BTreeMap::new();
    for id in ids {
        let found = write
            .prepare_cached(
                "SELECT m.seq, c.seq, c.peer FROM message m JOIN conversation c ON c.seq = m.conversation
                 WHERE m.id = ?1 AND c.room = ?2",
            )?
            .query_row([&id.0, &session.room], |row| {
                Ok((row.get::<_, i64>(0)?, (row.get(1)?, row.get(2)?)))
            })
            .optional()?;
        if let Some((seq, conversation)) = found {
            write
                .prepare_cached("DELETE FROM message WHERE seq = ?1")?
                .execute([seq])?;
            gone.entry(conversation).or_default().push(id.0.clone());
        }
    }
    let count = gone.values().map(Vec::len).sum();
    for ((seq, peer), messages) in gone {
        conversation::recount(write, seq)?;
        if update {
            write
                .prepare_cached(
                    "UPDATE conversation SET updated = (SELECT created FROM message WHERE seq = last_message)
                     WHERE seq = ?1 AND last_message IS NOT NULL",
                )?
                .execute([seq])?;
        }
        let deed = Own::Deleted {
            room: session.room.clone(),
            peer: peer.clone(),
            messages: messages.clone(),
            until: 0,
        };
        net::tell_others(session, write, deed)?;
        tell_gone(write, &peer, messages);
        conversation::tell(session, write, seq)?;
    }
    if count > 0 {
        conversation::tell_unread(session, write)?;
    }
    Ok(count)
}

fn delete_all(session: &Arc<Session>, _: Empty) -> Outcome<Empty> {
    session.write(|write| {
        for (seq, peer) in of_room(session, write)? {
            empty(session, write, seq, &peer)?;
        }
        conversation::tell_unread(session, write)?;
        Ok(Empty {})
    })
}

/// Deletes all messages of a conversation and tells it, if there are any.
fn empty(session: &Session, write: &mut Write<'_>, conversation: i64, peer: &str) -> Outcome<()> {
    let deleted = write
        .prepare_cached("DELETE FROM message WHERE conversation = ?1")?
        .execute([conversation])?;
    if deleted > 0 {
        conversation::recount(write, conversation)?;
        let deed = Own::Deleted {
            room: session.room.clone(),
            peer: peer.to_owned(),
            messages: Vec::new(),
            until: session.now(),
        };
        net::tell_others(session, write, deed)?;
        tell_gone(write, peer, Vec::new());
        conversation::tell(session, write, conversation)?;
    }
    Ok(())
}

fn delete_both(session: &Arc<Session>, request: DeleteBoth) -> Outcome<Empty> {
    let kind = request.audience.kind();
    session.write(|write| {
        if kind == GROUP {
            target::may_lead(session, write, &request.cnd)?;
        } else {
            target::may_write(session, write, &request.cnd, kind)?;
        }
        if let Some(seq) = conversation::seq(session, write, &request.cnd)? {
            empty(session, write, seq, &request.cnd)?;
            conversation::tell_unread(session, write)?;
        }
        outbox::queue(
            session,
            write,
            "deleteBoth",
            &request.cnd,
            &json!({ "until": session.now() }),
        )?;
        Ok(Empty {})
    })
}

fn system(session: &Arc<Session>, request: SystemMessage) -> Outcome<Message> {
    if request.content.len() > super::send::TEXT {
        return Err(Code::MESSAGE_CREATE.into());
    }
    session.write(|write| {
        let conversation = match conversation::seq(session, write, &request.cid)? {
            Some(seq) => seq,
            None => target::open(session, write, &request.cid, request.sort.into())?,
        };
        let draft = Draft {
            kind: kind::SYSTEM,
            source: 2,
            sender: &request.cid,
            body: &Value::Null,
            words: "",
        };
        message::store_text(session, write, conversation, &draft, &request.content)
    })
}
