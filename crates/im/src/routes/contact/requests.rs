//! Friend requests.

use std::sync::Arc;

use rusqlite::{Connection, params};
use serde_json::json;

use super::{Somebody, check_remark};
use crate::events::Event;
use crate::model::contact::{self, CONTENT, REQUESTS};
use crate::outbox;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Empty, Number, Text, record};
use crate::{Code, Failure, Outcome, Session, bots};

route_table! { Contact;
    /// Asks somebody to become a contact. The request is queued until the network takes it; asking again sends it again.
    /// Asking somebody who has asked already accepts. The address of a bot, with its secret as what is written, makes that a
    /// contact at once.
    "3.2" addFriend(FriendRequest) -> Empty = ask;
    /// Accepts a friend request: both sides are contacts, and the conversation begins.
    "3.3" agreeApplySync(Agreement) -> Empty = agree;
    /// Counts the friend requests that were not looked at.
    "3.9" getApplyBridge(Empty) -> Number = badge;
    /// Says that the friend requests were looked at.
    "3.13" clearApplyBridge(Empty) -> Empty = clear_badge;
    /// Deletes a friend request. Who sent it is not told.
    "3.14" deleteApply(Somebody) -> Empty = forget;
    /// Lists the friend requests that were received in the open room, the newest first.
    "3.16" getApplyList(Empty) -> Vec<ReceivedRequest> = list;
}

record! {
    /// A friend request to send (3.2).
    pub struct FriendRequest {
        /// Node address of who is asked, or `https://…` of a bot, or `file:///…` for the folder of one on this computer.
        address "nodeId": Text,
        /// What the user writes, or the secret of a bot; at most 2,000 characters.
        content: Text,
        /// Remark for the contact, kept on this account's devices alone; at most 128 characters.
        remark: Option<String>,
    }

    /// A friend request to accept (3.3).
    pub struct Agreement {
        /// Node address of who asked.
        address "nodeId": Text,
        /// Remark for the contact; at most 128 characters.
        remark: Option<String>,
    }

    /// A friend request that was received (3.16).
    pub struct ReceivedRequest {
        /// Node address of who asked.
        id: String,
        /// Number of the built-in picture, -1 for none.
        picture "pfpId": i64,
        /// Address of the own picture.
        picture_url "pfpUrl": String,
        /// Name.
        nickname: String,
        /// Node address of who asked.
        address "nodeId": String,
        /// The user's remark.
        remark "remake": String,
        /// X25519 key in hex.
        curve_key "pubCurve": String,
        /// Id of the request.
        request "applyId": String,
        /// 0 open, 1 accepted, 2 refused.
        state "applyState": i64,
        /// How often it was sent.
        times "applyCount": i64,
        /// What was written with it.
        content "applyRemark": String,
        /// Where the address was found; 0 if that is not known.
        source "applySrc": i64,
        /// Domain name.
        domain: String,
    }
}

fn ask(session: &Arc<Session>, request: FriendRequest) -> Outcome<Empty> {
    let address = &*request.address;
    let remark = request.remark.unwrap_or_default();
    check_remark(&remark)?;
    if request.content.chars().count() > CONTENT {
        return Err(Failure::with(Code::LIMIT, format!("content: {CONTENT}")));
    }
    if bots::is_link(address) {
        bots::add(session, address, &request.content, &remark)?;
        return Ok(Empty {});
    }
    contact::public_key(address)?;
    if address == session.user.address {
        return Err(Failure::with(Code::CONTACT_LOOKUP, "this is your own address"));
    }
    session.write(|write| {
        refuse_known(session, write, address)?;
        if has_asked(session, write, address)? {
            return accept(session, write, address, Some(&remark));
        }
        write
            .prepare_cached(
                "INSERT INTO friend_request (id, address, room, incoming, content, remark, times, seen, created, updated)
                 VALUES (?1, ?2, ?3, 0, ?4, ?5, 1, 1, ?6, ?6)
                 ON CONFLICT (room, address, incoming) DO UPDATE SET content = excluded.content,
                    remark = excluded.remark, times = friend_request.times + 1, state = 0, updated = excluded.updated",
            )?
            .execute(params![uuid::Uuid::new_v4().to_string(), address, session.room, &*request.content, remark, session.now()])?;
        contact::note(session, write, address, &remark)?;
        let payload = json!({ "content": request.content });
        outbox::queue(session, write, "friendRequest", address, &payload)?;
        contact::changed(write, address)?;
        Ok(Empty {})
    })
}

fn agree(session: &Arc<Session>, request: Agreement) -> Outcome<Empty> {
    let address = &*request.address;
    if let Some(remark) = &request.remark {
        check_remark(remark)?;
    }
    session.write(|write| {
        refuse_known(session, write, address)?;
        if !has_asked(session, write, address)? {
            return Err(Code::CONTACT_LOOKUP.into());
        }
        accept(session, write, address, request.remark.as_deref())
    })
}

/// Refuses whom the user has blocked (20074), and contacts (20063).
fn refuse_known(session: &Session, connection: &Connection, address: &str) -> Outcome<()> {
    match contact::find(connection, &session.room, address)? {
        Some(known) if known.c_black_state.0 != 0 => Err(Code::BLOCKED_BY_YOU.into()),
        Some(known) if known.c_state.0 == 2 => Err(Code::ALREADY_FRIENDS.into()),
        _ => Ok(()),
    }
}

/// Whether somebody's request is open.
fn has_asked(session: &Session, connection: &Connection, address: &str) -> Outcome<bool> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM friend_request WHERE room = ?1 AND address = ?2 AND incoming = 1 AND state = 0)",
        )?
        .query_row([&session.room, address], |row| row.get(0))?)
}

fn accept(session: &Session, write: &mut Write<'_>, address: &str, remark: Option<&str>) -> Outcome<Empty> {
    contact::befriend(session, write, address, remark)?;
    outbox::queue(session, write, "friendAccepted", address, &serde_json::Value::Null)?;
    Ok(Empty {})
}

fn badge(session: &Arc<Session>, _: Empty) -> Outcome<Number> {
    session.read(|connection| {
        let value = connection
            .prepare_cached("SELECT count(*) FROM friend_request WHERE room = ?1 AND incoming = 1 AND seen = 0")?
            .query_row([&session.room], |row| row.get(0))?;
        Ok(Number { value })
    })
}

fn clear_badge(session: &Arc<Session>, _: Empty) -> Outcome<Empty> {
    session.write(|write| {
        write
            .prepare_cached("UPDATE friend_request SET seen = 1 WHERE room = ?1 AND incoming = 1 AND seen = 0")?
            .execute([&session.room])?;
        Ok(Empty {})
    })
}

fn forget(session: &Arc<Session>, request: Somebody) -> Outcome<Empty> {
    session.write(|write| {
        let gone = write
            .prepare_cached("DELETE FROM friend_request WHERE room = ?1 AND address = ?2 AND incoming = 1")?
            .execute([&session.room, &*request.address])?;
        if gone == 0 {
            return Err(Code::CONTACT_LOOKUP.into());
        }
        write.emit(Event::RequestChanged {
            address: request.address.to_string(),
        });
        Ok(Empty {})
    })
}

fn list(session: &Arc<Session>, _: Empty) -> Outcome<Vec<ReceivedRequest>> {
    session.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT address, picture, picture_url, nickname, remark, curve_key, id, state, times, content, source, domain
             FROM friend_request WHERE room = ?1 AND incoming = 1 ORDER BY updated DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![session.room, REQUESTS], |row| {
            let address: String = row.get(0)?;
            Ok(ReceivedRequest {
                id: address.clone(),
                picture: row.get(1)?,
                picture_url: row.get(2)?,
                nickname: row.get(3)?,
                address,
                remark: row.get(4)?,
                curve_key: row.get(5)?,
                request: row.get(6)?,
                state: row.get(7)?,
                times: row.get(8)?,
                content: row.get(9)?,
                source: row.get(10)?,
                domain: row.get(11)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}
