//! Sending messages. Each route answers once the message is on the disk and queued for its recipient.

use std::sync::Arc;

use serde_json::json;

use crate::model::message::{Draft, kind};
use crate::model::{Message, conversation, message};
use crate::outbox;
use crate::table::route_table;
use crate::wire::{Text, choice, record};
use crate::{Outcome, Session};

route_table! { Chat;
    /// Sends a text.
    "7.1" sendTextMessage(SendText) -> Vec<Message> = send_text;
}

choice! {
    /// Kind of conversation, as senders count it.
    pub enum Audience: i64 {
        /// A contact.
        Single = 0,
        /// A group.
        Group = 1,
    }
}

impl Audience {
    /// The kind as answers and the store count it.
    pub(crate) fn kind(self) -> i64 {
        match self {
            Self::Single => conversation::SINGLE,
            Self::Group => conversation::GROUP,
        }
    }
}

record! {
    /// A text to send (7.1).
    pub struct SendText {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
        /// The text.
        text: Text,
    }
}

fn send_text(session: &Arc<Session>, request: SendText) -> Outcome<Vec<Message>> {
    let body = json!({ "text": *request.text });
    session.write(|write| {
        let conversation = conversation::ensure(session, write, &request.cnd, request.audience.kind())?;
        let draft = Draft {
            kind: kind::TEXT,
            source: 0,
            sender: &session.user.address,
            body: &body,
            words: &request.text,
        };
        let message = message::store(session, write, conversation, &draft)?;
        outbox::queue_message(session, write, &request.cnd, &message)?;
        Ok(vec![message])
    })
}
