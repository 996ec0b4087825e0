//! Conversations and messages, by their routes.

mod conversations;
mod files;
mod money;
mod properties;
mod reading;
mod sending;

use serde_json::{Value, json};

use crate::model::conversation::{self, GROUP, SINGLE};
use crate::model::message::{self, Draft, kind};
use crate::testing::{BEGINNING, Lab, address};

/// Members of a request that sends something to a contact.
fn to(peer: u8) -> Value {
    json!({ "cnd": address(peer), "cid": address(peer), "conversationType": 0, "pub": "" })
}

/// A request with more members.
fn with(mut body: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// A text to a contact.
fn text(peer: u8, text: &str) -> Value {
    with(to(peer), json!({ "text": text }))
}

/// Sends a text and gives back the message.
fn send(lab: &Lab, peer: u8, words: &str) -> Value {
    lab.ask("sendTextMessage", text(peer, words))[0].clone()
}

/// A text that somebody sent to the user, as the network will hand it over.
fn receive(lab: &Lab, peer: u8, words: &str) -> Value {
    let (session, sender) = (lab.session(), address(peer));
    let received = session.write(|write| {
        let conversation = conversation::ensure(&session, write, &sender, SINGLE)?;
        let draft = Draft {
            kind: kind::TEXT,
            source: 1,
            sender: &sender,
            body: &json!({ "text": words }),
            words,
        };
        message::store(&session, write, conversation, &draft)
    });
    serde_json::to_value(received.unwrap()).unwrap()
}

/// A group of the open room with so many members besides the user, who owns it or not.
fn group(lab: &Lab, number: u8, members: u8, owner: bool) -> String {
    let (session, id) = (lab.session(), address(number));
    let made = session.write(|write| {
        write.execute(
            "INSERT INTO chat_group (id, uid, room, name, state, created, updated) VALUES (?1, ?1, ?2, 'The group', 1, ?3, ?3)",
            rusqlite::params![id, session.room, BEGINNING],
        )?;
        write.execute(
            "INSERT INTO group_config (group_id, uid, created, updated) VALUES (?1, ?1, ?2, ?2)",
            rusqlite::params![id, BEGINNING],
        )?;
        for member in 1..=members + 1 {
            let owns = owner == (member == 1) && member < 3;
            write.execute(
                "INSERT INTO group_member (group_id, address, is_owner, nickname, created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
                rusqlite::params![id, address(member), owns, format!("Member {member}"), BEGINNING],
            )?;
        }
        conversation::ensure(&session, write, &id, GROUP)
    });
    made.unwrap();
    id
}

/// The first page of a conversation, the newest message first.
fn page(lab: &Lab, peer: &str) -> Value {
    let page = json!({ "conversationId": peer, "startTime": -1, "pageSize": 500, "orderBy": "DESC" });
    lab.ask("getMessagesByConversationId", page)
}

/// Changes the store behind the engine's back.
fn change(lab: &Lab, sql: &str) {
    let changed = lab.store().write(|write| Ok(write.execute(sql, [])?));
    assert!(changed.unwrap().0 > 0, "{sql}");
    crate::store::plans::forget(sql);
}
