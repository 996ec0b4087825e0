//! Making, changing and deleting rooms, and what is in them.

use std::sync::Arc;

use rusqlite::{Connection, named_params, params};
use serde_json::json;

use super::RoomId;
use super::passwords::Change;
use crate::events::Event;
use crate::model::assignment::{self, Peer};
use crate::model::room::{self, BLANK, DEFAULT, Room};
use crate::model::{conversation, version};
use crate::outbox;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Filled, Secret, Text, choice, record};
use crate::{Code, Failure, Outcome, Session};

route_table! { Block;
    /// Makes a room. Possible in the default room alone, and while there are fewer than ten, the default and the blank one
    /// included (else 20019). 20018 for the name, 20022 for the password's form, 20020, 20077 or 20078 if it is in use.
    "6.6" crateBlock(NewRoom) -> Room = create;
    /// Moves a contact or a group from the open room to another, with the conversation and its messages, the favourites
    /// taken from it, and what waits to be sent. From any room but the default one the only way is to that one.
    "6.8" changeToBlock(Assignment) -> Moved = assign;
    /// Changes a room; what is absent stays as it is, and everything if something cannot be changed.
    "6.15" updateBlock(RoomChange) -> Room = change;
    /// Deletes a room with its password, conversations, messages and favourites, for good. Its contacts, groups and friend
    /// requests are not lost with it, but move to the default room, from which alone a room can be deleted.
    "6.16" deleteBlock(RoomId) -> crate::wire::Empty = delete;
}

choice! {
    /// Whether new messages are told.
    pub enum Telling: i64 {
        /// They are not.
        Silent = 0,
        /// They are.
        Told = 1,
    }
}

choice! {
    /// How long messages live.
    pub enum NewLifetime: i64 {
        /// One day.
        Day = 0,
        /// Three days.
        ThreeDays = 1,
        /// Seven days.
        Week = 2,
        /// Thirty days.
        Month = 3,
        /// For ever.
        Ever = 4,
    }
}

choice! {
    /// What is moved to a room.
    pub enum Movable: i64 {
        /// A contact.
        Contact = 1,
        /// A group.
        Group = 2,
    }
}

record! {
    /// A room to make (6.6).
    pub struct NewRoom {
        /// Name; 1 to 64 characters.
        name "blockName": Text,
        /// Password that opens it; 6 to 64 characters, unlike all others.
        password "loginPassword": Secret,
        /// Whether new messages are told.
        notify "isOpenMsg": Telling,
        /// What notifications say instead of the messages; at most 50 texts of at most 200 characters.
        notices "messages": Filled<String>,
        /// How long messages live.
        lifetime "exp": NewLifetime,
        /// Number of the built-in picture, -1 for none.
        picture "pfp": i64,
        /// Address of the own picture; at most 2,048 characters.
        picture_url "pfpUrl": String,
    }

    /// Where something is to be moved (6.8).
    pub struct Assignment {
        /// Id of the room.
        room "toBId": Text,
        /// Node address of the contact or id of the group.
        what "cidOrGid": Text,
        /// What it is.
        kind "type": Movable,
        /// Whether the account's other devices are told.
        share "isUpdateP2p": bool,
    }

    /// Where something was moved (6.8).
    pub struct Moved {
        /// Whether it is in the open room now.
        value: bool,
    }

    /// A changed room (6.15).
    pub struct RoomChange {
        /// Id of the room.
        room "bId": Text,
        /// Name; 1 to 64 characters.
        name "blockName": Option<Text>,
        /// Password that opens it; 6 to 64 characters, unlike all others.
        password "loginPassword": Option<Secret>,
        /// Whether new messages are told.
        notify "isOpenMsg": Option<Telling>,
        /// Whether the room appears in no list.
        hidden "isHide": Option<bool>,
        /// What notifications say instead of the messages; at most 50 texts of at most 200 characters.
        notices "messages": Option<Vec<String>>,
    }
}

/// Longest name, in characters.
const NAME: usize = 64;
/// Most notification texts of a room.
const NOTICES: usize = 50;
/// Longest notification text, in characters.
const NOTICE: usize = 200;
/// Longest address of a picture, in characters.
const URL: usize = 2_048;

fn check_name(name: &str) -> Outcome<()> {
    if name.trim().is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(Code::ROOM_NAME.into());
    }
    Ok(())
}

fn check_notices(notices: &[String]) -> Outcome<()> {
    if notices.len() > NOTICES || notices.iter().any(|text| text.chars().count() > NOTICE) {
        return Err(Failure::with(Code::LIMIT, format!("messages: {NOTICES} × {NOTICE}")));
    }
    Ok(())
}

fn set_notices(session: &Session, write: &mut Write<'_>, room: &str, notices: &[String]) -> Outcome<()> {
    write
        .prepare_cached("DELETE FROM room_notice WHERE room = ?1")?
        .execute([room])?;
    let mut insert = write.prepare_cached(
        "INSERT INTO room_notice (id, room, position, text, created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
    )?;
    for (position, text) in (1_i64..).zip(notices) {
        insert.execute(params![
            uuid::Uuid::new_v4().to_string(),
            room,
            position,
            text,
            session.now()
        ])?;
    }
    Ok(())
}

/// Says that a room changed, and gives it back.
pub(super) fn changed(session: &Session, write: &mut Write<'_>, room: &str) -> Outcome<Room> {
    version::bump(write, version::of::ROOMS)?;
    write.emit(Event::RoomChanged { room: room.to_owned() });
    room::get(session, write, room)
}

fn create(session: &Arc<Session>, request: NewRoom) -> Outcome<Room> {
    check_name(&request.name)?;
    check_notices(&request.notices.0)?;
    if request.picture_url.chars().count() > URL {
        return Err(Failure::with(Code::LIMIT, format!("pfpUrl: {URL}")));
    }
    if session.room != DEFAULT {
        // Always the same answer, which tells nothing about how many there are.
        return Err(Code::ROOM_LIMIT.into());
    }
    let id = uuid::Uuid::new_v4().to_string();
    session.read(has_place)?;
    let password = Change::prepare(session, &id, &request.password)?;
    session.write(|write| {
        has_place(write)?;
        write
            .prepare_cached(
                "INSERT INTO room (id, name, picture, picture_url, notify, lifetime, created, updated)
                 VALUES (:id, :name, :picture, :picture_url, :notify, :lifetime, :now, :now)",
            )?
            .execute(named_params! {
                ":id": id, ":name": &*request.name, ":picture": request.picture, ":picture_url": request.picture_url,
                ":notify": i64::from(request.notify), ":lifetime": i64::from(request.lifetime), ":now": session.now(),
            })?;
        set_notices(session, write, &id, &request.notices.0)?;
        password.make(session)?;
        changed(session, write, &id)
    })
}

/// # Errors
/// 20019 if there are as many rooms as there can be.
fn has_place(connection: &Connection) -> Outcome<()> {
    let rooms: i64 = connection
        .prepare_cached("SELECT count(*) FROM room")?
        .query_row([], |row| row.get(0))?;
    if rooms >= room::MOST {
        return Err(Code::ROOM_LIMIT.into());
    }
    Ok(())
}

fn change(session: &Arc<Session>, request: RoomChange) -> Outcome<Room> {
    let id = &*request.room;
    session.read(|connection| room::config(session, connection, id))?;
    if let Some(name) = &request.name {
        check_name(name)?;
    }
    if let Some(notices) = &request.notices {
        check_notices(notices)?;
    }
    if request.hidden == Some(true) && [DEFAULT, BLANK].contains(&id) {
        return Err(Failure::with(Code::PARAMETERS, "isHide"));
    }
    let password = match &request.password {
        Some(password) => Some(Change::prepare(session, id, password)?),
        None => None,
    };
    session.write(|write| {
        write
            .prepare_cached(
                "UPDATE room SET name = coalesce(?2, name), notify = coalesce(?3, notify), hidden = coalesce(?4, hidden),
                    updated = ?5 WHERE id = ?1",
            )?
            .execute(params![
                id,
                request.name.as_deref(),
                request.notify.map(i64::from),
                request.hidden,
                session.now()
            ])?;
        if let Some(notices) = &request.notices {
            set_notices(session, write, id, notices)?;
        }
        if let Some(password) = password {
            password.make(session)?;
        }
        changed(session, write, id)
    })
}

fn delete(session: &Arc<Session>, request: RoomId) -> Outcome<crate::wire::Empty> {
    let id = &*request.room;
    session.read(|connection| room::config(session, connection, id))?;
    if [DEFAULT, BLANK, &session.room].contains(&id) {
        return Err(Code::ROOM_NOT_DELETABLE.into());
    }
    // The password first: without it nobody opens the room, whatever happens meanwhile.
    session.passwords().remove(&room::label(id))?;
    session.write(|write| assignment::dissolve(write, id))?;
    Ok(crate::wire::Empty {})
}

fn assign(session: &Arc<Session>, request: Assignment) -> Outcome<Moved> {
    let peer = Peer {
        id: &request.what,
        kind: match request.kind {
            Movable::Contact => conversation::SINGLE,
            Movable::Group => conversation::GROUP,
        },
    };
    session.write(|write| {
        assignment::assign(session, write, peer, &request.room)?;
        if request.share {
            let payload = json!({ "peer": peer.id, "room": &*request.room });
            outbox::queue(session, write, "assignment", &session.user.address, &payload)?;
        }
        Ok(Moved { value: false })
    })
}
