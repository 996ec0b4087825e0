//! The passwords of rooms, and the wipe password.
//!
//! Whoever opened the default room may do with every room what they like, so they may ask as often as they like. In any
//! other room, whoever holds the device may be a guest: there no answer tells that a password is somebody else's, the
//! account's own passwords are out of reach, and after five questions in five minutes the next is refused (20011).

use std::sync::Arc;

use rusqlite::{OptionalExtension as _, params};

use crate::engine::Label;
use crate::engine::passwords::is_well_formed;
use crate::model::room::{self, DEFAULT, Room};
use crate::model::version;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Empty, Secret, Status, Text, figure, record};
use crate::{Code, Failure, Outcome, Session};

route_table! { Block;
    /// Changes the password that opens a room; which, as for `getBlockByBid`. 20022 for its form, 20090 if it is the old
    /// one, 20020, 20077 or 20078 if it is in use, in any room but the default one 20031 instead. The default room opens by
    /// the login password, which this does not change (20031).
    "6.10" updatePwd(RoomPassword) -> Room = change;
    /// Whether a password is free: 0 it is, 1 it opens a room, 2 it is the login password, 3 it is the wipe password. In any
    /// room but the default one only that room's own password is not free.
    "6.11" checkPwdUnExist(PasswordToCheck) -> PasswordUse = check;
    /// Puts another wipe password in the place of the one there is. 20088 if there is none, which every room but the default
    /// one says; 20089 for a wrong old one, 20090 if the new one is the old one, 20065 for its form, 20076 or 20077 if it is
    /// in use.
    "6.17" updateCleanPwdBlock(NewWipePassword) -> Empty = change_wipe_password;
    /// Whether a password opens a room; which, as for `getBlockByBid`.
    "6.18" checkOldPassword(RoomPasswordToCheck) -> Status = opens;
}

figure! {
    /// What a password is used for: 0 nothing, 1 a room, 2 logging in, 3 wiping.
    pub struct Use = 0 | 1 | 2 | 3;
}

record! {
    /// A room's new password (6.10).
    pub struct RoomPassword {
        /// Id of the room.
        room "bId": Text,
        /// The password; 6 to 64 characters.
        password "loginPassword": Secret,
    }

    /// A password that may be in use (6.11).
    pub struct PasswordToCheck {
        /// The password; 6 to 64 characters.
        password: Secret,
    }

    /// What a password is used for (6.11).
    pub struct PasswordUse {
        /// The use.
        value: Use,
    }

    /// A new wipe password (6.17).
    pub struct NewWipePassword {
        /// The new one; 6 to 64 characters.
        password: Secret,
        /// The old one.
        old "oldCleanPwd": Secret,
    }

    /// A password that may open a room (6.18).
    pub struct RoomPasswordToCheck {
        /// Id of the room.
        room "bid": Text,
        /// The password.
        password "editPwd": Secret,
    }
}

/// Questions that a room other than the default one may ask in [`WHILE`].
const QUESTIONS: i64 = 5;
/// In milliseconds.
const WHILE: i64 = 5 * 60 * 1_000;
/// Under what they are counted, as the time of the first one and their number.
const COUNTED: &str = "questions about passwords";

/// What a password is for. Questions of rooms other than the default one are counted, before they are answered.
///
/// # Errors
/// 20011 if there were too many, 20015 and 500 if the safe cannot be read.
fn owner_of(session: &Session, password: &Secret) -> Outcome<Option<Label>> {
    if !room::manages(session) {
        session.write(|write| count(write, session.now()))?;
    }
    session.passwords().owner_of(password.reveal())
}

fn count(write: &mut Write<'_>, now: i64) -> Outcome<()> {
    let note: Option<String> = write
        .prepare_cached("SELECT value FROM note WHERE name = ?1")?
        .query_row([COUNTED], |row| row.get(0))
        .optional()?;
    let counted = note.and_then(|note| {
        let (since, number) = note.split_once(' ')?;
        Some((since.parse::<i64>().ok()?, number.parse::<i64>().ok()?))
    });
    let (since, number) = match counted {
        // A clock that went back ends no wait: it begins anew.
        Some((since, number)) if now.saturating_sub(since) < WHILE => (since.min(now), number),
        _ => (now, 0),
    };
    if number >= QUESTIONS {
        return Err(Code::PASSWORD_WRONG_FIVE.into());
    }
    write
        .prepare_cached(
            "INSERT INTO note (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
        )?
        .execute(params![COUNTED, format!("{since} {}", number + 1)])?;
    Ok(())
}

/// A room's new password that was found to be well formed and free.
pub(super) struct Change<'a> {
    room: &'a str,
    password: &'a Secret,
}

impl<'a> Change<'a> {
    /// Looks whether a room may have a password. The room itself need not be there yet.
    ///
    /// # Errors
    /// 20031 for the default room, 20022 for the form, 20090 for the password that it has, 20020, 20077 or 20078 if it is in
    /// use, or 20031 instead of these three in any room but the default one.
    pub(super) fn prepare(session: &Session, room: &'a str, password: &'a Secret) -> Outcome<Self> {
        if room == DEFAULT {
            return Err(Failure::with(
                Code::UPDATE_PASSWORD,
                "the default room opens by the login password: exportChangeImPwd",
            ));
        }
        if !is_well_formed(password.reveal()) {
            return Err(Code::ROOM_PASSWORD_LENGTH.into());
        }
        let change = Self { room, password };
        let taken = match owner_of(session, password)? {
            None => return Ok(change),
            Some(Label::Room(other)) if other == room => return Err(Code::PASSWORD_SAME.into()),
            Some(Label::Room(other)) => {
                if !session.read(|connection| room::exists(connection, &other))? {
                    // Left behind by a room that a crash kept from being made.
                    session.passwords().remove(&Label::Room(other))?;
                    return Ok(change);
                }
                Code::ROOM_PASSWORD_TAKEN
            }
            Some(label) => label.taken(),
        };
        if room::manages(session) {
            return Err(taken.into());
        }
        Err(Code::UPDATE_PASSWORD.into())
    }

    /// Sets it; the last thing that a write does, since it cannot be taken back.
    pub(super) fn make(self, session: &Session) -> Outcome<()> {
        session.passwords().set(&room::label(self.room), self.password.reveal())
    }
}

fn change(session: &Arc<Session>, request: RoomPassword) -> Outcome<Room> {
    let id = &*request.room;
    session.read(|connection| room::config(session, connection, id))?;
    let password = Change::prepare(session, id, &request.password)?;
    session.write(|write| {
        write
            .prepare_cached("UPDATE room SET updated = ?2 WHERE id = ?1")?
            .execute(params![id, session.now()])?;
        password.make(session)?;
        super::change::changed(session, write, id)
    })
}

fn check(session: &Arc<Session>, request: PasswordToCheck) -> Outcome<PasswordUse> {
    if !is_well_formed(request.password.reveal()) {
        return Err(Code::ROOM_PASSWORD_LENGTH.into());
    }
    let value = match owner_of(session, &request.password)? {
        Some(Label::Room(id)) if room::manages(session) || id == session.room => 1,
        Some(Label::Login) if room::manages(session) => 2,
        Some(Label::Wipe) if room::manages(session) => 3,
        _ => 0,
    };
    Ok(PasswordUse { value: value.into() })
}

fn opens(session: &Arc<Session>, request: RoomPasswordToCheck) -> Outcome<Status> {
    session.read(|connection| room::config(session, connection, &request.room))?;
    let owner = owner_of(session, &request.password)?;
    Ok(Status {
        status: owner == Some(room::label(&request.room)),
    })
}

fn change_wipe_password(session: &Arc<Session>, request: NewWipePassword) -> Outcome<Empty> {
    let passwords = session.passwords();
    if !room::manages(session) || passwords.token(&Label::Wipe)?.is_empty() {
        return Err(Code::NO_WIPE_PASSWORD.into());
    }
    if passwords.owner_of(request.old.reveal())? != Some(Label::Wipe) {
        return Err(Code::OLD_WIPE_PASSWORD_WRONG.into());
    }
    if request.old.reveal() == request.password.reveal() {
        return Err(Code::PASSWORD_SAME.into());
    }
    set_wipe_password(session, &request.password)?;
    Ok(Empty {})
}

/// Sets the wipe password.
///
/// # Errors
/// 20065 for its form, 20031 in any room but the default one, 20076 or 20077 if it is in use.
pub(crate) fn set_wipe_password(session: &Session, password: &Secret) -> Outcome<()> {
    if !is_well_formed(password.reveal()) {
        return Err(Code::PASSWORD_FORM.into());
    }
    if !room::manages(session) {
        return Err(Code::UPDATE_PASSWORD.into());
    }
    session.passwords().set(&Label::Wipe, password.reveal())?;
    session.write(|write| version::bump(write, version::of::ROOMS))
}
