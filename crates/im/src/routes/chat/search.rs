//! Looking for messages.

use std::sync::Arc;

use rusqlite::OptionalExtension as _;

use crate::model::{Message, message};
use crate::search::{self, Question};
use crate::table::route_table;
use crate::wire::{Text, choice, record};
use crate::{Outcome, Session};

route_table! { Chat;
    /// Finds the messages of the open room that contain all that is typed, the newest first: words by how they begin, and
    /// any part of texts in scripts without spaces.
    "beyond 1" searchMessages(Search) -> Vec<Message> = find;
}

choice! {
    /// Types of messages that can be found.
    pub enum Findable: i64 {
        /// Texts.
        Text = 1,
        /// Voice messages.
        Voice = 3,
        /// Videos.
        Video = 4,
        /// Files, by their names.
        File = 5,
        /// Images, by their names.
        Image = 6,
        /// Cards, by the names on them.
        Card = 10,
        /// Forwarded messages, by what they contain.
        Forward = 11,
        /// Quotes, by their text and by what they quote.
        Quote = 12,
    }
}

record! {
    /// What is looked for.
    pub struct Search {
        /// What to look for.
        text: Text,
        /// Id of the only conversation to look through.
        conversation "conversationId": Option<Text>,
        /// The only type of messages to look for.
        kind "msgType": Option<Findable>,
        /// Id of the last message found so far, to find older ones.
        before: Option<Text>,
        /// How many at most, between 1 and 100; 50 unless told.
        size: Option<i64>,
    }
}

/// How many messages are found at once, unless told and at most.
const SIZE: (i64, i64) = (50, 100);
/// Letters of a question that are looked at.
const LETTERS: usize = 200;

fn find(session: &Arc<Session>, request: Search) -> Outcome<Vec<Message>> {
    let text: String = request.text.chars().take(LETTERS).collect();
    session.read(|connection| {
        let before = match &request.before {
            None => i64::MAX,
            Some(id) => connection
                .prepare_cached(
                    "SELECT m.seq FROM message m JOIN conversation c ON c.seq = m.conversation
                     WHERE m.id = ?1 AND c.room = ?2",
                )?
                .query_row([&id.0, &session.room], |row| row.get(0))
                .optional()?
                .ok_or(crate::Code::MESSAGE_MISSING)?,
        };
        let question = Question {
            text: &text,
            peer: request.conversation.as_deref(),
            kind: request.kind.map(i64::from),
            before,
            size: request.size.unwrap_or(SIZE.0).clamp(1, SIZE.1),
        };
        let found = search::find(connection, &session.room, &question)?;
        found.into_iter().map(|seq| message::by_seq(connection, seq)).collect()
    })
}
