//! Looking at conversations and messages.

use std::sync::Arc;

use rusqlite::params;

use crate::model::{Conversation, Message, conversation, message};
use crate::table::route_table;
use crate::wire::{Empty, Text, choice, record};
use crate::{Outcome, Session};

route_table! { Chat;
    /// Lists the conversations of the open room: the pinned ones first, then by the time of their last change.
    "5.1" getConversations(Empty) -> Vec<Conversation> = conversations;
    /// Pages through the messages of a conversation.
    "7.2" getMessagesByConversationId(MessagePage) -> Vec<Message> = messages;
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
}

/// Most messages on a page.
const PAGE: i64 = 500;

fn conversations(session: &Arc<Session>, _: Empty) -> Outcome<Vec<Conversation>> {
    session.read(|connection| {
        let sql = format!(
            "{} WHERE c.room = ?2 ORDER BY c.pinned_at DESC, c.updated DESC",
            conversation::SELECT
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map([&session.user.address, &session.room], conversation::read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

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
