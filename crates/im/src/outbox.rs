//! What waits for the network. Each entry is written in the transaction of what it is about.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_ledger::group::SignedOperation;
use rusqlite::params;
use serde_json::{Value, json};

use crate::model::Message;
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session};

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

/// Most bytes of operations in one letter.
const OPERATIONS: usize = 256 * 1024;

/// Queues operations of a group for somebody, in as many letters as it takes.
pub(crate) fn queue_operations<'a>(
    session: &Session,
    write: &mut Write<'_>,
    recipient: &str,
    group: &str,
    operations: impl Iterator<Item = &'a SignedOperation>,
) -> Outcome<()> {
    let (mut letter, mut bytes) = (Vec::new(), 0);
    for operation in operations {
        let bytes_of = operation.to_bytes();
        let text = STANDARD.encode(bytes_of.map_err(|flaw| Failure::with(Code::GROUP_STORE, flaw.to_string()))?);
        if bytes + text.len() > OPERATIONS && !letter.is_empty() {
            queue_letter(session, write, recipient, group, &std::mem::take(&mut letter))?;
            bytes = 0;
        }
        bytes += text.len();
        letter.push(text);
    }
    queue_letter(session, write, recipient, group, &letter)
}

fn queue_letter(session: &Session, write: &mut Write<'_>, to: &str, group: &str, operations: &[String]) -> Outcome<()> {
    let letter = json!({ "kind": "groupOperations", "group": group, "operations": operations });
    queue(session, write, "groupLetter", to, &letter)
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
