//! Looking at contacts and changing them.

use std::sync::Arc;

use rusqlite::params;
use serde_json::{Value, json};

use super::{Somebody, check_remark};
use crate::events::Event;
use crate::model::contact::{self, Contact};
use crate::model::{Conversation, conversation, version};
use crate::outbox;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Empty, Status, Text, record};
use crate::{Code, Outcome, Session, bots};

/// The routes of this file: those of the module `contact` and of `sync`.
pub(super) fn routes() -> Vec<crate::table::Route> {
    [contacts::routes(), shared::routes()].concat()
}

mod contacts {
    use super::*;

    route_table! { Contact;
        /// Lists the contacts of the open room that are not hidden, in the order of their addresses, with those who were
        /// asked and have not answered. Asked for another room, it lists none.
        "3.1" getContacts(OfRoom) -> Vec<Contact> = list;
        /// Gives one contact of the open room.
        "3.4" getContactByNoId(Somebody) -> Contact = one;
        /// Changes the remark that is shown instead of a contact's name.
        "3.5" updateRemake(NewRemark) -> Empty = rename;
        /// Deletes a contact with the conversation. What the other side has stays there.
        "3.6" deleteFriend(Somebody) -> Empty = delete;
        /// Tells what is known of a user: the user, a contact, a member of a group, or whoever asked to be a contact.
        /// Others are known to the network alone.
        "3.7" getUserInfo(Somebody) -> UserInfo = user_info;
        /// Whether somebody is a contact who agreed to be one.
        "3.8" isFriend(Somebody) -> Status = is_friend;
        /// Hides a contact for a time.
        "3.15" editHideState(Hiding) -> Empty = hide;
    }
}

mod shared {
    use super::*;

    route_table! { Sync;
        /// Pins the conversation with a contact above the others, or unpins it.
        "3.18" updateContactWithTop(Pinning) -> Conversation = pin;
        /// Lets messages of a contact make no noise, or noise again.
        "3.19" updateWithDisturb(Muting) -> Status = mute;
    }
}

record! {
    /// Which room's contacts (3.1).
    pub struct OfRoom {
        /// Id of the room; the open one if absent.
        room "blockId": Option<String>,
    }

    /// A new remark (3.5).
    pub struct NewRemark {
        /// Node address of the contact.
        address "nodeId": Text,
        /// The remark; at most 128 characters.
        remark "remake": Text,
        /// Whether the account's other devices are told; they are unless this is false.
        share "isUpdateP2p": Option<bool>,
    }

    /// What is known of a user (3.7).
    pub struct UserInfo {
        /// Name.
        nic: String,
        /// Number of the built-in picture, -1 for none.
        picture "pfpId": i64,
        /// Address of the own picture.
        picture_url "pfpUrl": String,
        /// Ed25519 key in hex.
        public_key "pubKey": String,
        /// X25519 key in hex.
        curve_key "pubCurve": String,
        /// Version of the profile.
        version: i64,
        /// Version of the list of contacts; 0 for others than the user.
        list_version "listVersion": i64,
        /// Most members of a group video call.
        video_members "maxGpVcMbr": i64,
        /// Domain name.
        domain "domainList": String,
    }

    /// How long to hide a contact (3.15).
    pub struct Hiding {
        /// Node address of the contact.
        address "nodeId": Text,
        /// How long, in milliseconds; 0 shows it again.
        time: i64,
    }

    /// Whether to pin a contact (3.18).
    pub struct Pinning {
        /// Node address of the contact.
        address "cnd": Text,
        /// Whether the conversation is to be above the others.
        pinned "isTop": bool,
    }

    /// Whose messages are to make no noise, or noise again (3.19).
    pub struct Muting {
        /// Node address of the contact.
        address "cId": Text,
    }
}

/// Most members of a group video call, as the document's example has it.
const VIDEO_MEMBERS: i64 = 9;

fn list(session: &Arc<Session>, request: OfRoom) -> Outcome<Vec<Contact>> {
    if request.room.is_some_and(|room| room != session.room) {
        return Ok(Vec::new());
    }
    session.read(|connection| {
        let sql = format!(
            "{} WHERE room = ?1 AND hidden_until <= ?2 AND (blocked = 0 OR state = 2) ORDER BY address",
            contact::SELECT
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![session.room, session.now()], contact::read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

fn one(session: &Arc<Session>, request: Somebody) -> Outcome<Contact> {
    session.read(|connection| contact::get(session, connection, &request.address))
}

fn rename(session: &Arc<Session>, request: NewRemark) -> Outcome<Empty> {
    check_remark(&request.remark)?;
    session.write(|write| {
        contact::get(session, write, &request.address)?;
        write
            .prepare_cached("UPDATE contact SET remark = ?2, updated = ?3 WHERE address = ?1 AND room = ?4")?
            .execute(params![
                &*request.address,
                &*request.remark,
                session.now(),
                session.room
            ])?;
        if request.share.unwrap_or(true) {
            let payload = json!({ "address": request.address, "remark": request.remark });
            outbox::queue(session, write, "remark", &session.user.address, &payload)?;
        }
        contact::changed(write, &request.address)?;
        tell_conversation(session, write, &request.address)?;
        Ok(Empty {})
    })
}

fn delete(session: &Arc<Session>, request: Somebody) -> Outcome<Empty> {
    session.write(|write| {
        contact::get(session, write, &request.address)?;
        let is_bot = bots::is_bot(write, &request.address)?;
        let mine = params![session.room, &*request.address];
        write
            .prepare_cached("DELETE FROM friend_request WHERE room = ?1 AND address = ?2")?
            .execute(mine)?;
        write
            .prepare_cached("DELETE FROM conversation WHERE room = ?1 AND peer = ?2")?
            .execute(mine)?;
        write
            .prepare_cached("DELETE FROM contact WHERE room = ?1 AND address = ?2")?
            .execute(mine)?;
        write
            .prepare_cached("DELETE FROM outbox WHERE room = ?1 AND recipient = ?2")?
            .execute(mine)?;
        if !is_bot {
            outbox::queue(session, write, "contactDeleted", &request.address, &Value::Null)?;
        }
        version::bump(write, version::of::CONTACTS)?;
        let address = request.address.to_string();
        write.emit(Event::ContactDeleted {
            address: address.clone(),
        });
        write.emit(Event::ConversationDeleted { conversation: address });
        Ok(Empty {})
    })
}

fn user_info(session: &Arc<Session>, request: Somebody) -> Outcome<UserInfo> {
    let public_key = contact::public_key(&request.address)?;
    session.read(|connection| {
        if *request.address == session.user.address {
            let (nic, picture, picture_url, domain) = contact::own_profile(connection)?;
            return Ok(UserInfo {
                nic,
                picture,
                picture_url,
                public_key,
                curve_key: session.user.curve_key.clone(),
                version: version::get(connection, version::of::USER)?,
                list_version: version::get(connection, version::of::CONTACTS)?,
                video_members: VIDEO_MEMBERS,
                domain,
            });
        }
        let known = contact::profile(connection, &session.room, &request.address)?.ok_or(Code::NETWORK)?;
        Ok(UserInfo {
            nic: known.nickname,
            picture: known.picture,
            picture_url: known.picture_url,
            public_key,
            curve_key: known.curve_key,
            version: known.version,
            list_version: 0,
            video_members: VIDEO_MEMBERS,
            domain: known.domain,
        })
    })
}

fn is_friend(session: &Arc<Session>, request: Somebody) -> Outcome<Status> {
    let found = session.read(|connection| contact::find(connection, &session.room, &request.address))?;
    Ok(Status {
        status: found.is_some_and(|contact| contact.c_state.0 == 2),
    })
}

fn hide(session: &Arc<Session>, request: Hiding) -> Outcome<Empty> {
    let until = if request.time > 0 {
        session.now().saturating_add(request.time)
    } else {
        0
    };
    session.write(|write| {
        contact::get(session, write, &request.address)?;
        write
            .prepare_cached("UPDATE contact SET hidden_until = ?2, updated = ?3 WHERE address = ?1 AND room = ?4")?
            .execute(params![&*request.address, until, session.now(), session.room])?;
        contact::changed(write, &request.address)?;
        tell_conversation(session, write, &request.address)?;
        Ok(Empty {})
    })
}

fn pin(session: &Arc<Session>, request: Pinning) -> Outcome<Conversation> {
    session.write(|write| {
        contact::get(session, write, &request.address)?;
        let seq = conversation::ensure(session, write, &request.address, conversation::SINGLE)?;
        let at = if request.pinned { session.now() } else { 0 };
        write
            .prepare_cached("UPDATE conversation SET pinned_at = ?2 WHERE seq = ?1")?
            .execute([seq, at])?;
        write
            .prepare_cached("UPDATE contact SET pinned = ?2, updated = ?3 WHERE address = ?1 AND room = ?4")?
            .execute(params![&*request.address, request.pinned, session.now(), session.room])?;
        contact::changed(write, &request.address)?;
        let changed = conversation::by_seq(session, write, seq)?;
        write.emit(Event::ConversationChanged {
            conversation: Box::new(changed.clone()),
        });
        Ok(changed)
    })
}

fn mute(session: &Arc<Session>, request: Muting) -> Outcome<Status> {
    session.write(|write| {
        contact::get(session, write, &request.address)?;
        write
            .prepare_cached("UPDATE contact SET muted = 1 - muted, updated = ?2 WHERE address = ?1 AND room = ?3")?
            .execute(params![&*request.address, session.now(), session.room])?;
        contact::changed(write, &request.address)?;
        tell_conversation(session, write, &request.address)?;
        Ok(Status { status: true })
    })
}

/// Tells that what a conversation shows of its contact changed.
fn tell_conversation(session: &Session, write: &mut Write<'_>, address: &str) -> Outcome<()> {
    if let Some(changed) = conversation::find(session, write, address)? {
        write.emit(Event::ConversationChanged {
            conversation: Box::new(changed),
        });
    }
    Ok(())
}
