//! What waits for the network. Each entry is written in the transaction of what it is about.

use rusqlite::params;
use serde_json::Value;

use crate::model::Message;
use crate::store::Write;
use crate::{Outcome, Session};

/// Queues a message for a contact or group.
pub(crate) fn queue_message(
    session: &Session,
    write: &mut Write<'_>,
    recipient: &str,
    message: &Message,
) -> Outcome<()> {
    insert(
        session,
        write,
        "message",
        recipient,
        Some(&message.msg_id),
        &Value::Null,
    )
}

/// Queues anything else, such as a friend request or a receipt; `kind` says of what, `payload` what the recipient gets.
pub(crate) fn queue(
    session: &Session,
    write: &mut Write<'_>,
    kind: &str,
    recipient: &str,
    payload: &Value,
) -> Outcome<()> {
    insert(session, write, kind, recipient, None, payload)
}

fn insert(
    session: &Session,
    write: &mut Write<'_>,
    kind: &str,
    recipient: &str,
    message: Option<&str>,
    payload: &Value,
) -> Outcome<()> {
    write
        .prepare_cached(
            "INSERT INTO outbox (room, kind, recipient, message, payload, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            session.room,
            kind,
            recipient,
            message,
            payload.to_string(),
            session.now()
        ])?;
    write.note_queued();
    Ok(())
}
