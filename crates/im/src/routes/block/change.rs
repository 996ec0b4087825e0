//! Making, changing and deleting rooms, and what is in them.

use std::sync::Arc;

use rusqlite::{OptionalExtension as _, named_params, params};

use super::RoomId;
use super::passwords::check_form;
use crate::events::Event;
use crate::model::room::{self, BLANK, DEFAULT, Room};
use crate::model::version;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Filled, Secret, Text, choice, record};
use crate::{Code, Failure, Outcome, Session};

route_table! { Block;
    /// Makes a room. Possible in the default room alone.
    "6.6" crateBlock(NewRoom) -> Room = create;
    /// Moves a contact or a group from the open room to another, with the conversation and its messages.
    "6.8" changeToBlock(Assignment) -> Moved = assign;
    /// Changes a room; what is absent stays as it is.
    "6.15" updateBlock(RoomChange) -> Room = change;
    /// Deletes a room with its conversations, messages and favourites. Its contacts and groups move to the default room.
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

/// Most rooms, the default and the blank one included (im.md 5).
const ROOMS: i64 = 10;
/// Longest name, in characters.
const NAME: usize = 64;
/// Most notification texts of a room.
const NOTICES: usize = 50;
/// Longest notification text, in characters.
const NOTICE: usize = 200;
/// Longest address of a picture, in characters.
const URL: usize = 2_048;

fn check_name(name: &str) -> Outcome<()> {
    if name.trim().is_empty() || name.chars().count() > NAME {
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
fn changed(session: &Session, write: &mut Write<'_>, room: &str) -> Outcome<Room> {
    version::bump(write, version::of::ROOMS)?;
    write.emit(Event::RoomChanged { room: room.to_owned() });
    room::get(session, write, room)
}

fn create(session: &Arc<Session>, request: NewRoom) -> Outcome<Room> {
    check_name(&request.name)?;
    check_notices(&request.notices.0)?;
    check_form(request.password.reveal())?;
    if request.picture_url.chars().count() > URL {
        return Err(Failure::with(Code::LIMIT, format!("pfpUrl: {URL}")));
    }
    if session.room != DEFAULT {
        // Always the same answer, which tells nothing about how many there are.
        return Err(Code::ROOM_LIMIT.into());
    }
    super::passwords::check_free(session, request.password.reveal(), None)?;
    let id = uuid::Uuid::new_v4().to_string();
    session.write(|write| {
        let count: i64 = write
            .prepare_cached("SELECT count(*) FROM room")?
            .query_row([], |row| row.get(0))?;
        if count >= ROOMS {
            return Err(Code::ROOM_LIMIT.into());
        }
        write
            .prepare_cached(
                "INSERT INTO room (id, name, picture, picture_url, notify, lifetime, created, updated)
                 VALUES (:id, :name, :picture, :picture_url, :notify, :lifetime, :now, :now)",
            )?
            .execute(named_params! {
                ":id": id, ":name": &*request.name, ":picture": request.picture, ":picture_url": request.picture_url,
                ":notify": i64::from(request.notify), ":lifetime": i64::from(request.lifetime), ":now": session.now(),
            })?;
        set_notices(session, write, &id, &request.notices.0)
    })?;
    // The room first: one without a password can be given one, a password without a room could not be used again.
    if let Err(failure) = session.passwords().set(&room::label(&id), request.password.reveal()) {
        session.write(|write| Ok(write.execute("DELETE FROM room WHERE id = ?1", [&id])?))?;
        return Err(failure);
    }
    session.write(|write| changed(session, write, &id))
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
    if let Some(password) = &request.password {
        check_form(password.reveal())?;
        super::passwords::replace(session, id, password.reveal())?;
    }
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
        changed(session, write, id)
    })
}

fn delete(session: &Arc<Session>, request: RoomId) -> Outcome<crate::wire::Empty> {
    let id = &*request.room;
    session.read(|connection| room::config(session, connection, id))?;
    if [DEFAULT, BLANK, &session.room].contains(&id) {
        return Err(Code::ROOM_NOT_DELETABLE.into());
    }
    session.passwords().remove(&room::label(id))?;
    session.write(|write| {
        for sql in [
            "DELETE FROM conversation WHERE room = ?1",
            "DELETE FROM favourite WHERE room = ?1",
            "DELETE FROM friend_request WHERE room = ?1",
        ] {
            write.prepare_cached(sql)?.execute([id])?;
        }
        for sql in [
            "UPDATE contact SET room = ?2 WHERE room = ?1",
            "UPDATE chat_group SET room = ?2 WHERE room = ?1",
        ] {
            write.prepare_cached(sql)?.execute([id, DEFAULT])?;
        }
        write.prepare_cached("DELETE FROM room WHERE id = ?1")?.execute([id])?;
        version::bump(write, version::of::ROOMS)?;
        write.emit(Event::RoomDeleted { room: id.to_owned() });
        Ok(crate::wire::Empty {})
    })
}

fn assign(session: &Arc<Session>, request: Assignment) -> Outcome<Moved> {
    let (to, what) = (&*request.room, &*request.what);
    session.write(|write| {
        // From another room the only way is out of it, to the default one.
        if to != DEFAULT && !room::may_know(session, to) {
            return Err(Code::ROOM_MISSING.into());
        }
        let exists: Option<i64> = write
            .prepare_cached("SELECT 1 FROM room WHERE id = ?1")?
            .query_row([to], |row| row.get(0))
            .optional()?;
        if exists.is_none() {
            return Err(Code::ROOM_MISSING.into());
        }
        let (find, set, missing) = match request.kind {
            Movable::Contact => (
                "SELECT room FROM contact WHERE address = ?1",
                "UPDATE contact SET room = ?2, updated = ?3 WHERE address = ?1",
                Code::CONTACT_LOOKUP,
            ),
            Movable::Group => (
                "SELECT room FROM chat_group WHERE id = ?1",
                "UPDATE chat_group SET room = ?2, updated = ?3 WHERE id = ?1",
                Code::GROUP_MISSING,
            ),
        };
        let from: Option<String> = write
            .prepare_cached(find)?
            .query_row([what], |row| row.get(0))
            .optional()?;
        match from {
            Some(from) if from == session.room => {}
            // What is in another room is managed there; the open one does not learn that it exists.
            _ => return Err(missing.into()),
        }
        if to == session.room {
            return Err(Code::ROOM_ASSIGNMENT_EXISTS.into());
        }
        write.prepare_cached(set)?.execute(params![what, to, session.now()])?;
        move_conversation(session, write, what, to)?;
        version::bump(write, version::of::ROOMS)?;
        write.emit(match request.kind {
            Movable::Contact => Event::ContactDeleted {
                address: what.to_owned(),
            },
            Movable::Group => Event::GroupDeleted { group: what.to_owned() },
        });
        write.emit(Event::ConversationDeleted {
            conversation: what.to_owned(),
        });
        Ok(Moved { value: false })
    })
}

/// Moves a conversation of the open room, into the one that may be there already.
fn move_conversation(session: &Session, write: &mut Write<'_>, peer: &str, to: &str) -> Outcome<()> {
    let moved = write
        .prepare_cached("UPDATE OR IGNORE conversation SET room = ?3 WHERE room = ?1 AND peer = ?2")?
        .execute([&session.room, peer, to])?;
    if moved > 0 {
        return Ok(());
    }
    let rows = |room: &str| {
        write
            .prepare_cached("SELECT seq FROM conversation WHERE room = ?1 AND peer = ?2")?
            .query_row([room, peer], |row| row.get::<_, i64>(0))
            .optional()
    };
    if let (Some(from), Some(into)) = (rows(&session.room)?, rows(to)?) {
        write
            .prepare_cached("UPDATE message SET conversation = ?2 WHERE conversation = ?1")?
            .execute([from, into])?;
        write
            .prepare_cached(
                "UPDATE conversation SET unread = unread + (SELECT unread FROM conversation WHERE seq = ?1),
                    last_message = (SELECT seq FROM message WHERE conversation = ?2 ORDER BY created DESC, seq DESC LIMIT 1)
                 WHERE seq = ?2",
            )?
            .execute([from, into])?;
        write
            .prepare_cached("DELETE FROM conversation WHERE seq = ?1")?
            .execute([from])?;
    }
    Ok(())
}
