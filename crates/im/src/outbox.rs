//! What waits for the network. Each entry is written in the transaction of what it is about.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_ledger::group::SignedOperation;
use rusqlite::params;
use serde_json::{Value, json};

use crate::model::Message;
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session, bots};

/// Queues a message for a contact or group. A bot is asked, and the user's other devices are told what was said to it.
pub(crate) fn queue_message(
    session: &Session,
    write: &mut Write<'_>,
    recipient: &str,
    message: &Message,
) -> Outcome<()> {
    let id = Some(&*message.msg_id);
    if bots::is_bot(write, recipient)? {
        insert(session, write, bots::ASK, recipient, id, &Value::Null)?;
        write.note_asked();
    }
    insert(session, write, "message", recipient, id, &Value::Null)
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

/// Most bytes of operations or registers in one letter.
const LETTER: usize = 256 * 1024;

/// Divides texts so that each part fits into a letter; a single one may be longer.
pub(crate) fn parts(texts: Vec<String>) -> Vec<Vec<String>> {
    let (mut parts, mut part, mut bytes) = (Vec::new(), Vec::new(), 0);
    for text in texts {
        if bytes + text.len() > LETTER && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            bytes = 0;
        }
        bytes += text.len();
        part.push(text);
    }
    parts.push(part);
    parts
}

/// Queues operations of a group for somebody, in as many letters as it takes.
pub(crate) fn queue_operations<'a>(
    session: &Session,
    write: &mut Write<'_>,
    recipient: &str,
    group: &str,
    operations: impl Iterator<Item = &'a SignedOperation>,
) -> Outcome<()> {
    let flawed = |flaw: coco_ledger::group::Flaw| Failure::with(Code::GROUP_STORE, flaw.to_string());
    let texts = operations.map(|operation| Ok(STANDARD.encode(operation.to_bytes().map_err(flawed)?)));
    for part in parts(texts.collect::<Outcome<Vec<String>>>()?) {
        let letter = json!({ "kind": "groupOperations", "group": group, "operations": part });
        queue(session, write, "groupLetter", recipient, &letter)?;
    }
    Ok(())
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
