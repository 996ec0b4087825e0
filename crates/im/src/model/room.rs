//! Rooms.

use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use crate::engine::Label;
use crate::events::Event;
use crate::session::OrCode as _;
use crate::store::Write;
use crate::wire::{Switch, figure, record};
use crate::{Code, Outcome, Session};

/// The default room, which always exists.
pub(crate) const DEFAULT: &str = "1";
/// The blank room, which always exists.
pub(crate) const BLANK: &str = "2";

/// Makes the two rooms of a new account.
pub(crate) fn found(write: &mut Write<'_>, now: i64) -> Outcome<()> {
    for id in [DEFAULT, BLANK] {
        write
            .prepare_cached("INSERT INTO room (id, name, state, created, updated) VALUES (?1, '', 1, ?2, ?2)")?
            .execute(params![id, now])?;
    }
    Ok(())
}

record! {
    /// A room (6.1).
    pub struct Room {
        /// Id: "1" for the default one, "2" for the blank one.
        b_id: String,
        /// Name.
        b_name: String,
        /// Number of the built-in picture, -1 for none.
        c_pfp: i64,
        /// Address of the own picture.
        c_pfp_url: String,
        /// Token of the wipe password, empty if there is none; told in the default room alone.
        b_clr_pwd: String,
        /// Token of the password that opens the room, empty if there is none. It says that the password changed, and
        /// nothing about what it is.
        b_login_pwd: String,
        /// Token of the wallet password, empty if there is none; told in the default room alone.
        b_wallet_pwd: String,
        /// When the room was made, in milliseconds since 1970.
        created_time: i64,
        /// When it last changed, in milliseconds since 1970.
        updated_time: i64,
        /// Friend requests that were not looked at.
        u_apply_count: i64,
        /// The same as `b_login_pwd`.
        b_old_pwd: String,
        /// 0 being made, 1 known to the account's node.
        b_state: Switch,
    }

    /// Configuration of a room (6.4).
    pub struct RoomConfig {
        /// Id of the configuration, which is that of the room.
        id: String,
        /// Id of the room.
        b_id: String,
        /// Most contacts and groups in it.
        b_num: i64,
        /// Whether it is the default room.
        b_default: Switch,
        /// Whether new messages are told.
        b_enable_msg: Switch,
        /// How long messages live: 0 one day, 1 three days, 2 seven days, 3 thirty days, 4 for ever.
        b_exp: Lifetime,
        /// When the room was made, in milliseconds since 1970.
        created_time: i64,
        /// When it last changed, in milliseconds since 1970.
        updated_time: i64,
        /// Whether it is the blank room.
        b_empty: Switch,
        /// Whether it appears in no list.
        b_hide: Switch,
    }
}

figure! {
    /// How long messages live: 0 one day, 1 three days, 2 seven days, 3 thirty days, 4 for ever.
    pub struct Lifetime = 0 | 1 | 2 | 3 | 4;
}

/// Most rooms, the default and the blank one included (im.md 5).
pub(crate) const MOST: i64 = 10;
/// Most contacts and groups in a room.
const MEMBERS: i64 = 5_000;

/// Whether the open room may know of another: the default room of all, any other of itself alone.
pub(crate) fn may_know(session: &Session, id: &str) -> bool {
    manages(session) || session.room == id
}

/// Whether the open room manages all rooms: the default one does.
pub(crate) fn manages(session: &Session) -> bool {
    session.room == DEFAULT
}

/// Whether there is a room, whoever may know of it.
pub(crate) fn exists(connection: &Connection, id: &str) -> Outcome<bool> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM room WHERE id = ?1")?;
    Ok(statement.exists([id])?)
}

/// What the password of a room is known by.
pub(crate) fn label(id: &str) -> Label {
    if id == DEFAULT {
        Label::Login
    } else {
        Label::Room(id.to_owned())
    }
}

/// A room that the open one may know of.
///
/// # Errors
/// 20023 if there is no such room, or the open one must not know.
pub(crate) fn get(session: &Session, connection: &Connection, id: &str) -> Outcome<Room> {
    if !may_know(session, id) {
        return Err(Code::ROOM_MISSING.into());
    }
    let tokens = Tokens::of(session, connection, id)?;
    connection
        .prepare_cached(
            "SELECT id, name, picture, picture_url, created, updated, state,
                (SELECT count(*) FROM friend_request WHERE room = r.id AND incoming = 1 AND seen = 0)
             FROM room r WHERE id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Room {
                b_id: row.get(0)?,
                b_name: row.get(1)?,
                c_pfp: row.get(2)?,
                c_pfp_url: row.get(3)?,
                b_clr_pwd: tokens.wipe,
                b_login_pwd: tokens.room.clone(),
                b_wallet_pwd: tokens.wallet,
                created_time: row.get(4)?,
                updated_time: row.get(5)?,
                b_state: row.get(6)?,
                u_apply_count: row.get(7)?,
                b_old_pwd: tokens.room,
            })
        })
        .or_code(Code::ROOM_MISSING)
}

/// What is told of passwords.
struct Tokens {
    room: String,
    wipe: String,
    wallet: String,
}

impl Tokens {
    fn of(session: &Session, connection: &Connection, id: &str) -> Outcome<Self> {
        let (check, anonymous): (String, bool) = connection
            .prepare_cached("SELECT wallet_check, anonymous FROM account WHERE only = 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let room = if anonymous && id == DEFAULT {
            // Nobody chose the password that opens it.
            String::new()
        } else {
            session.passwords().token(&label(id))?
        };
        if !manages(session) {
            return Ok(Self {
                room,
                wipe: String::new(),
                wallet: String::new(),
            });
        }
        // The check holds a salt that nobody else knows, so its hash cannot be attacked.
        let wallet = if check.is_empty() {
            check
        } else {
            hex::encode(Sha256::digest(format!("wallet token\n{check}")))
        };
        Ok(Self {
            room,
            wipe: session.passwords().token(&Label::Wipe)?,
            wallet,
        })
    }
}

/// The configuration of a room that the open one may know of.
///
/// # Errors
/// 20023 if there is no such room, or the open one must not know.
pub(crate) fn config(session: &Session, connection: &Connection, id: &str) -> Outcome<RoomConfig> {
    if !may_know(session, id) {
        return Err(Code::ROOM_MISSING.into());
    }
    connection
        .prepare_cached("SELECT notify, lifetime, created, updated, hidden FROM room WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(RoomConfig {
                id: id.to_owned(),
                b_id: id.to_owned(),
                b_num: MEMBERS,
                b_default: (id == DEFAULT).into(),
                b_enable_msg: row.get(0)?,
                b_exp: row.get(1)?,
                created_time: row.get(2)?,
                updated_time: row.get(3)?,
                b_empty: (id == BLANK).into(),
                b_hide: row.get(4)?,
            })
        })
        .or_code(Code::ROOM_MISSING)
}

/// Tells one of the texts that a room has for messages which come while it is closed, if it has any.
pub(crate) fn tell_notice(write: &mut Write<'_>, room: &str) -> Outcome<()> {
    let text: Option<String> = write
        .prepare_cached(
            "SELECT n.text FROM room r JOIN room_notice n ON n.room = r.id WHERE r.id = ?1 AND r.notify = 1 ORDER BY random() LIMIT 1",
        )?
        .query_row([room], |row| row.get(0))
        .optional()?;
    if let Some(text) = text {
        write.emit(Event::NoticeOfRoom { text });
    }
    Ok(())
}
