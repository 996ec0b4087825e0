//! Looking at rooms.

use std::sync::Arc;

use rusqlite::{OptionalExtension as _, params};
use serde_json::{Map, Value, json};

use super::RoomId;
use crate::model::room::{self, BLANK, DEFAULT, Room, RoomConfig};
use crate::table::route_table;
use crate::wire::{Empty, Status, Text, figure, record};
use crate::{Outcome, Session};

route_table! { Block;
    /// Gives the open room.
    "6.1" currentBlock(Empty) -> Room = current;
    /// Gives the default room; in any other room that one.
    "6.2" getDefaultBlock(Empty) -> Room = default;
    /// Gives the blank room. Only the default room and itself know of it.
    "6.3" getBlankBlock(Empty) -> Room = blank;
    /// Gives the configuration of the default room; in any other room that one's.
    "6.4" getDefaultBlockConfig(Empty) -> RoomConfig = default_config;
    /// Gives the configuration of the blank room. Only the default room and itself know of it.
    "6.5" getBlankBlockConfig(Empty) -> RoomConfig = blank_config;
    /// Gives a room.
    "6.7" getBlockByBid(RoomAsked) -> Room = one;
    /// Lists the rooms that are neither the default nor the blank one and not hidden. Rooms but the default one list none.
    "6.9" getBlockNotDefaultAndBlankBlockAndHide(Empty) -> Vec<Room> = list;
    /// Whether the blank room is open.
    "6.12" exportIsBlankBlock(Empty) -> Status = is_blank;
    /// Gives the configuration of a room.
    "6.13" getConfigById(RoomId) -> RoomConfig = config;
    /// Lists what a room's notifications say instead of the messages.
    "6.14" getNoticeListByBid(RoomId) -> Vec<Notice> = notices;
    /// Prepares a room, which needs nothing more than that it is there.
    "6.19" initBlock(RoomId) -> Empty = prepare;
    /// Tells which room was remembered in the last five minutes: `b_id`, or nothing.
    "6.20" restoreRecentBlock(Empty) -> Map<String, Value> = recent;
    /// Remembers the open room for five minutes.
    @old "6.21" storeRecentBlock(Empty) -> Empty = remember;
    /// Gives the configuration of the open room.
    "6.22" exportCurrentBlockConfig(Empty) -> RoomConfig = current_config;
}

figure! {
    /// Type of a notification text: always 1.
    pub struct NoticeKind = 1;
}

record! {
    /// A room, by its id (6.7).
    pub struct RoomAsked {
        /// Id of the room.
        room "bid": Text,
    }

    /// What a room's notifications say instead of a message (6.14).
    pub struct Notice {
        /// Id.
        id: String,
        /// Id of the room.
        b_id: String,
        /// Place in the list, from 1.
        position "bmn_order": i64,
        /// Type.
        kind "bmn_type": NoticeKind,
        /// When it was made, in milliseconds since 1970.
        created_time: i64,
        /// When it last changed, in milliseconds since 1970.
        updated_time: i64,
        /// The text.
        text "bmn_cry": String,
    }
}

/// How long a room is remembered, in milliseconds.
const MEMORY: i64 = 5 * 60 * 1_000;

fn current(session: &Arc<Session>, _: Empty) -> Outcome<Room> {
    session.read(|connection| room::get(session, connection, &session.room))
}

fn default(session: &Arc<Session>, request: Empty) -> Outcome<Room> {
    // Whatever room is open stands for the default one.
    current(session, request)
}

fn blank(session: &Arc<Session>, _: Empty) -> Outcome<Room> {
    session.read(|connection| room::get(session, connection, BLANK))
}

fn default_config(session: &Arc<Session>, request: Empty) -> Outcome<RoomConfig> {
    // Whatever room is open stands for the default one.
    current_config(session, request)
}

fn blank_config(session: &Arc<Session>, _: Empty) -> Outcome<RoomConfig> {
    session.read(|connection| room::config(session, connection, BLANK))
}

fn one(session: &Arc<Session>, request: RoomAsked) -> Outcome<Room> {
    session.read(|connection| room::get(session, connection, &request.room))
}

fn list(session: &Arc<Session>, _: Empty) -> Outcome<Vec<Room>> {
    if session.room != DEFAULT {
        return Ok(Vec::new());
    }
    session.read(|connection| {
        let mut statement = connection
            .prepare_cached("SELECT id FROM room WHERE id NOT IN (?1, ?2) AND hidden = 0 ORDER BY created, rowid")?;
        let ids: Vec<String> = statement
            .query_map([DEFAULT, BLANK], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        ids.iter().map(|id| room::get(session, connection, id)).collect()
    })
}

fn is_blank(session: &Arc<Session>, _: Empty) -> Outcome<Status> {
    Ok(Status {
        status: session.room == BLANK,
    })
}

fn config(session: &Arc<Session>, request: RoomId) -> Outcome<RoomConfig> {
    session.read(|connection| room::config(session, connection, &request.room))
}

fn notices(session: &Arc<Session>, request: RoomId) -> Outcome<Vec<Notice>> {
    session.read(|connection| {
        room::config(session, connection, &request.room)?;
        let mut statement = connection.prepare_cached(
            "SELECT id, room, position, created, updated, text FROM room_notice WHERE room = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([&*request.room], |row| {
            Ok(Notice {
                id: row.get(0)?,
                b_id: row.get(1)?,
                position: row.get(2)?,
                kind: 1.into(),
                created_time: row.get(3)?,
                updated_time: row.get(4)?,
                text: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

fn prepare(session: &Arc<Session>, request: RoomId) -> Outcome<Empty> {
    session.read(|connection| room::config(session, connection, &request.room))?;
    Ok(Empty {})
}

/// The name under which the remembered room is kept: each room remembers by itself.
fn memory(session: &Session) -> String {
    format!("recent room {}", session.room)
}

fn remember(session: &Arc<Session>, _: Empty) -> Outcome<Empty> {
    session.write(|write| {
        write
            .prepare_cached(
                "INSERT INTO note (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
            )?
            .execute(params![memory(session), session.now().to_string()])?;
        Ok(Empty {})
    })
}

fn recent(session: &Arc<Session>, _: Empty) -> Outcome<Map<String, Value>> {
    let time: Option<String> = session.read(|connection| {
        let mut statement = connection.prepare_cached("SELECT value FROM note WHERE name = ?1")?;
        Ok(statement.query_row([memory(session)], |row| row.get(0)).optional()?)
    })?;
    let age = time
        .and_then(|time| time.parse::<i64>().ok())
        .map(|time| session.now().saturating_sub(time));
    let mut answer = Map::new();
    if age.is_some_and(|age| (0..=MEMORY).contains(&age)) {
        answer.insert("b_id".to_owned(), json!(session.room));
    }
    Ok(answer)
}

fn current_config(session: &Arc<Session>, _: Empty) -> Outcome<RoomConfig> {
    session.read(|connection| room::config(session, connection, &session.room))
}
