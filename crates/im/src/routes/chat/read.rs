//! Looking at messages.

use std::sync::Arc;

use rusqlite::{OptionalExtension as _, params};

use super::receipts::IDS;
use crate::model::{Message, conversation, message};
use crate::table::route_table;
use crate::wire::{Empty, Filled, Number, Text, choice, record};
use crate::{Code, Outcome, Session};

route_table! { Chat;
    /// Pages through the messages of a conversation. No two of them have the same time, so the next page begins one
    /// millisecond after (`ASC`) or before (`DESC`) the last message of this one.
    "7.2" getMessagesByConversationId(MessagePage) -> Vec<Message> = messages;
    /// Counts the unread messages of the open room; a conversation that is marked unread counts as one.
    "7.12" getUnreadMessageCount(Empty) -> Number = unread_count;
    /// Finds a message.
    "7.14" getMessageByIdChat(MessageId) -> Message = message_of;
    /// Has the number of unread messages told to whoever listens.
    "7.15" updateUnReadTotal(Empty) -> Empty = tell_unread;
    /// Finds messages, in the order of the ids; unknown ones are left out.
    "7.16" getMessageByIds(MessageIds) -> Vec<Message> = messages_of;
    /// Nothing: answers an empty list.
    @old "7.17" getUnreadMessagesByConversationId(UnreadPage) -> Vec<Message> = unread_messages;
    /// Finds the newest unread message of a conversation; null if there is none.
    "7.18" getLastUnreadMessageByConversationId(UnreadOf) -> Option<Message> = last_unread;
    /// Nothing: answers null.
    @old "7.19" getFirstUnReadMessage(UnreadOf) -> Option<Message> = first_unread;
}

choice! {
    /// Which end comes first.
    pub enum Order: str {
        /// The oldest first.
        Ascending = "ASC",
        /// The newest first.
        Descending = "DESC",
    }
}

record! {
    /// Which messages of a conversation (7.2).
    pub struct MessagePage {
        /// Id of the conversation.
        conversation "conversationId": Text,
        /// Time in milliseconds since 1970 after which (`ASC`) or before which (`DESC`) messages are wanted, that moment
        /// included; -1 for all.
        start "startTime": i64,
        /// How many at most; between 1 and 500.
        size "pageSize": i64,
        /// The order.
        order "orderBy": Order,
    }

    /// A message by its id (7.14).
    pub struct MessageId {
        /// Id of the message.
        message "messageId": Text,
    }

    /// Messages by their ids (7.16).
    pub struct MessageIds {
        /// Ids of the messages, at most 1,000.
        messages "messageIds": Filled<Text>,
    }

    /// Unread messages of a conversation (7.17).
    pub struct UnreadPage {
        /// Id of the conversation.
        conversation "conversationId": Text,
        /// How many at most; 500 unless told.
        size "pageSize": Option<i64>,
    }

    /// A conversation whose unread messages are asked for (7.18, 7.19).
    pub struct UnreadOf {
        /// Id of the conversation.
        conversation "conversationId": Text,
    }
}

/// Most messages on a page.
const PAGE: i64 = 500;

fn messages(session: &Arc<Session>, page: MessagePage) -> Outcome<Vec<Message>> {
    session.read(|connection| {
        let Some(seq) = conversation::seq(session, connection, &page.conversation)? else {
            return Ok(Vec::new());
        };
        let (compare, order, start) = match page.order {
            Order::Ascending => (">=", "ASC", page.start),
            Order::Descending => ("<=", "DESC", if page.start < 0 { i64::MAX } else { page.start }),
        };
        let sql = format!(
            "{} WHERE m.conversation = ?1 AND m.created {compare} ?2 ORDER BY m.created {order}, m.seq {order} LIMIT ?3",
            message::SELECT
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![seq, start, page.size.clamp(1, PAGE)], message::read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

fn unread_count(session: &Arc<Session>, _: Empty) -> Outcome<Number> {
    let value = session.read(|connection| conversation::unread(session, connection))?;
    Ok(Number { value })
}

fn message_of(session: &Arc<Session>, request: MessageId) -> Outcome<Message> {
    session.read(|connection| message::known(connection, &session.room, &request.message))
}

fn tell_unread(session: &Arc<Session>, _: Empty) -> Outcome<Empty> {
    let total = session.read(|connection| conversation::unread(session, connection))?;
    session.emit(crate::Event::UnreadChanged { total });
    Ok(Empty {})
}

fn messages_of(session: &Arc<Session>, request: MessageIds) -> Outcome<Vec<Message>> {
    if request.messages.0.len() > IDS {
        return Err(Code::LIMIT.into());
    }
    session.read(|connection| {
        let found = request
            .messages
            .0
            .iter()
            .map(|id| message::find(connection, &session.room, id));
        found.filter_map(Outcome::transpose).collect()
    })
}

fn unread_messages(_: &Arc<Session>, _: UnreadPage) -> Outcome<Vec<Message>> {
    Ok(Vec::new())
}

fn last_unread(session: &Arc<Session>, request: UnreadOf) -> Outcome<Option<Message>> {
    session.read(|connection| {
        let Some(seq) = conversation::seq(session, connection, &request.conversation)? else {
            return Ok(None);
        };
        let sql = format!(
            "{} WHERE m.conversation = ?1 AND m.source = 1 AND m.state <> 2 ORDER BY m.created DESC, m.seq DESC LIMIT 1",
            message::SELECT
        );
        let found = connection
            .prepare_cached(&sql)?
            .query_row([seq], message::read)
            .optional()?;
        Ok(found)
    })
}

fn first_unread(_: &Arc<Session>, _: UnreadOf) -> Outcome<Option<Message>> {
    Ok(None)
}
