//! What people do with their engines, by routes alone.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::RigError;
use crate::engine::{Engine, Request};
use crate::wait::{PATIENCE, until};

/// Most messages that the engine gives at once.
const PAGE: usize = 500;
/// A message that somebody else wrote.
const THEIRS: u64 = 1;
/// A message of one's own.
const OWN: u64 = 0;
/// A text.
const TEXT: u64 = 1;
/// The state of a contact that both sides agreed to.
const AGREED: i64 = 2;

/// A request to send a text to a contact.
///
/// # Errors
/// Those of [`Engine::request`].
pub fn saying(engine: &Engine, to: &str, text: &str) -> Result<Request, RigError> {
    let body = json!({ "cnd": to, "cid": to, "conversationType": 0, "pub": "", "text": text });
    engine.request("sendTextMessage", body)
}

/// The messages of a conversation as its page shows them, the oldest first.
///
/// # Errors
/// Those of [`Engine::get`].
pub fn messages(engine: &Engine, with: &str) -> Result<Vec<Value>, RigError> {
    let (mut all, mut seen, mut start) = (Vec::new(), BTreeSet::new(), -1);
    loop {
        let body = json!({ "conversationId": with, "startTime": start, "pageSize": PAGE, "orderBy": "ASC" });
        let page = engine.get("getMessagesByConversationId", body)?;
        let page = page.as_array().cloned().unwrap_or_default();
        let more = page.len() == PAGE;
        start = page
            .last()
            .and_then(|last| last.get("created_time")?.as_i64())
            .unwrap_or(start);
        // The next page begins with the last message of this one.
        all.extend(page.into_iter().filter(|message| seen.insert(id(message))));
        if !more {
            return Ok(all);
        }
    }
}

/// The texts that a contact wrote, the oldest first.
///
/// # Errors
/// Those of [`messages`].
pub fn heard(engine: &Engine, from: &str) -> Result<Vec<String>, RigError> {
    texts(engine, from, THEIRS)
}

/// The texts that one wrote to a contact oneself, the oldest first.
///
/// # Errors
/// Those of [`messages`].
pub fn said(engine: &Engine, to: &str) -> Result<Vec<String>, RigError> {
    texts(engine, to, OWN)
}

/// Makes two people contacts, by a request and its acceptance.
///
/// # Errors
/// If a route refuses, or it does not come to pass with patience.
pub fn befriend(one: &Engine, other: &Engine, words: &str) -> Result<(), RigError> {
    let (first, second) = (one.address()?, other.address()?);
    one.get("addFriend", json!({ "nodeId": second, "content": words, "remark": "" }))?;
    until("the friend request arrives", PATIENCE, || {
        let requests = other.get("getApplyList", json!({})).unwrap_or_default();
        let requests = requests.as_array().map(Vec::as_slice).unwrap_or_default();
        requests
            .iter()
            .any(|request| request.get("nodeId") == Some(&json!(first)))
    })?;
    other.get("agreeApplySync", json!({ "nodeId": first, "remark": "" }))?;
    until("both are contacts", PATIENCE, || {
        agreed(one, &second) && agreed(other, &first)
    })
}

fn agreed(engine: &Engine, address: &str) -> bool {
    let contacts = engine.get("getContacts", json!({})).unwrap_or_default();
    let contacts = contacts.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_it = |contact: &&Value| contact.get("c_nd_add") == Some(&json!(address));
    contacts
        .iter()
        .find(is_it)
        .is_some_and(|contact| contact.get("c_state") == Some(&json!(AGREED)))
}

fn texts(engine: &Engine, with: &str, source: u64) -> Result<Vec<String>, RigError> {
    let number = |message: &Value, member: &str| message.get(member).and_then(Value::as_u64);
    let all = messages(engine, with)?;
    let meant = all
        .iter()
        .filter(|message| number(message, "msg_source") == Some(source) && number(message, "msg_type") == Some(TEXT));
    Ok(meant.map(text).collect())
}

fn text(message: &Value) -> String {
    let content = message.get("msg_cry").and_then(Value::as_str).unwrap_or_default();
    let content: Value = serde_json::from_str(content).unwrap_or_default();
    content
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn id(message: &Value) -> String {
    message
        .get("msg_id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
