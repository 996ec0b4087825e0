//! Sending messages. Each route answers once the message is on the disk and queued for its recipient.

use std::sync::Arc;

use rusqlite::{OptionalExtension as _, Row};
use serde_json::{Value, json};

use super::target::{self, Audience};
use crate::model::message::{self, Draft, kind};
use crate::model::{ConversationKind, Message, MessageKind, MessageSource, ReadState, SendState};
use crate::outbox;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Json, Maybe, Switch, Text, record};
use crate::{Code, Outcome, Session};

route_table! { Chat;
    /// Sends a text of at most 64 KiB.
    "7.1" sendTextMessage(SendText) -> Vec<Message> = send_text;
    /// Sends the card of a contact, or the user's own.
    "7.4" sendCardMessage(SendCard) -> Message = send_card;
    /// Sends a text that quotes a message.
    "7.9" sendQuoteMessage(SendQuote) -> Vec<Message> = send_quote;
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

    /// A card to send (7.4).
    pub struct SendCard {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// Node address of the contact on the card.
        contact "contactId": Text,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }

    /// A text that quotes a message (7.9).
    pub struct SendQuote {
        /// Node address of the contact or id of the group.
        cnd: Text,
        /// The same as `cnd`.
        cid: Text,
        /// Contact or group.
        audience "conversationType": Audience,
        /// The message that is quoted.
        message: Json<QuotedMessage>,
        /// The text.
        text: Text,
        /// Key of the contact in hex; empty for groups.
        key "pub": String,
    }

    /// A message as it is quoted: as it was answered (7.9).
    pub struct QuotedMessage {
        /// Id, empty if it is not known.
        msg_id: String,
        /// Id of the conversation.
        rs_id: Text,
        /// Type.
        msg_type: MessageKind,
        /// Who wrote it: 0 the user, 1 somebody else, 2 the program.
        msg_source: MessageSource,
        /// Content as a string of JSON.
        msg_cry: Text,
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
        c_nd_add: Text,
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
        /// When it burns, in milliseconds since 1970.
        exp_red_time: i64,
        /// 1 if the group protects its members.
        is_mbr_chat: Maybe,
        /// 1 if the writer owns the group.
        is_owner: Maybe,
        /// 1 if the writer is an administrator of the group.
        is_admin: Maybe,
    }
}

/// Longest text, and longest content of a message that comes from a caller, in bytes.
pub(super) const TEXT: usize = 64 * 1024;

/// Stores an own message and queues it for its recipient, to whom the user may write.
pub(super) fn send(
    session: &Session,
    write: &mut Write<'_>,
    (peer, conversation): (&str, i64),
    kind: i64,
    body: &Value,
    words: &str,
) -> Outcome<Message> {
    let draft = Draft {
        kind,
        source: 0,
        sender: &session.user.address,
        body,
        words,
    };
    let message = message::store(session, write, conversation, &draft)?;
    outbox::queue_message(session, write, peer, &message)?;
    Ok(message)
}

/// Refuses what is longer than a text may be.
pub(super) fn limit(text: &str) -> Outcome<()> {
    (text.len() <= TEXT).then_some(()).ok_or(Code::MESSAGE_CREATE.into())
}

fn send_text(session: &Arc<Session>, request: SendText) -> Outcome<Vec<Message>> {
    limit(&request.text)?;
    let body = json!({ "text": *request.text });
    session.write(|write| {
        let conversation = target::open(session, write, &request.cnd, request.audience.kind())?;
        let to = (&*request.cnd, conversation);
        Ok(vec![send(session, write, to, kind::TEXT, &body, &request.text)?])
    })
}

fn send_card(session: &Arc<Session>, request: SendCard) -> Outcome<Message> {
    session.write(|write| {
        let conversation = target::open(session, write, &request.cnd, request.audience.kind())?;
        let (sql, key) = if *request.contact == *session.user.address {
            let sql = "SELECT address, nickname, picture, picture_url, domain, ?2 FROM account WHERE only = 1 AND address = ?1";
            (sql, &session.user.curve_key)
        } else {
            let sql = "SELECT address, nickname, picture, picture_url, domain, curve_key FROM contact
                WHERE address = ?1 AND room = ?2";
            (sql, &session.room)
        };
        let found = write
            .prepare_cached(sql)?
            .query_row([&*request.contact, key], card)
            .optional()?;
        let body = found.ok_or(Code::CONTACT_LOOKUP)?;
        let words = body.get("nick").and_then(Value::as_str).unwrap_or_default();
        send(session, write, (&request.cnd, conversation), kind::CARD, &body, words)
    })
}

/// The content of a card.
fn card(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "cnd": row.get::<_, String>(0)?, "nick": row.get::<_, String>(1)?, "pfpId": row.get::<_, i64>(2)?,
        "pfpUrl": row.get::<_, String>(3)?, "domain": row.get::<_, String>(4)?, "pub": row.get::<_, String>(5)?,
    }))
}

fn send_quote(session: &Arc<Session>, request: SendQuote) -> Outcome<Vec<Message>> {
    let quoted = request.message.0;
    for text in [&*request.text, &*quoted.msg_cry, &quoted.msg_id, &quoted.origin_nic] {
        limit(text)?;
    }
    let content = serde_json::from_str(&quoted.msg_cry).unwrap_or(Value::Null);
    let quote = format!("{}: {}", quoted.origin_nic, preview(&content));
    let body = json!({
        "quoteContent": quote, "quoteId": quoted.msg_id, "text": *request.text, "msgCry": *quoted.msg_cry,
        "msgType": quoted.msg_type, "cnd": *quoted.c_nd_add, "nick": quoted.origin_nic,
    });
    let words = format!("{}\n{quote}", &*request.text);
    session.write(|write| {
        let conversation = target::open(session, write, &request.cnd, request.audience.kind())?;
        let to = (&*request.cnd, conversation);
        Ok(vec![send(session, write, to, kind::QUOTE, &body, &words)?])
    })
}

/// What stands for a message where there is little room: its text, or the name of its file or card.
pub(super) fn preview(content: &Value) -> &str {
    ["text", "name", "nick"]
        .iter()
        .find_map(|member| content.get(member).and_then(Value::as_str))
        .unwrap_or_default()
}
