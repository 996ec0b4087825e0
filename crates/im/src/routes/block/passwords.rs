//! The passwords that open rooms.

use std::sync::Arc;

use crate::engine::Label;
use crate::engine::passwords::is_well_formed;
use crate::events::Event;
use crate::model::room::{self, Room};
use crate::model::version;
use crate::table::route_table;
use crate::wire::{Empty, Secret, Status, Text, figure, record};
use crate::{Code, Outcome, Session};

route_table! { Block;
    /// Changes the password that opens a room. The blank room is opened by a password only after it was given one here.
    "6.10" updatePwd(NewPassword) -> Room = update;
    /// Whether a password is still free: 0 it is, 1 it opens a room, 2 it is the login password, 3 the wipe password.
    "6.11" checkPwdUnExist(PasswordAsked) -> PasswordUse = in_use;
    /// Changes the wipe password and tells the account's other devices.
    "6.17" updateCleanPwdBlock(NewWipePassword) -> Empty = update_wipe;
    /// Whether a password is that of a room.
    "6.18" checkOldPassword(PasswordOfRoom) -> Status = is_of_room;
}

figure! {
    /// What a password is used for: 0 nothing, 1 a room, 2 the login, 3 the wipe password.
    pub struct Use = 0 | 1 | 2 | 3;
}

record! {
    /// A new password of a room (6.10).
    pub struct NewPassword {
        /// Id of the room.
        room "bId": Text,
        /// The password; 6 to 64 characters, unlike all others.
        password "loginPassword": Secret,
    }

    /// A password that may be in use (6.11).
    pub struct PasswordAsked {
        /// The password.
        password: Secret,
    }

    /// What a password is used for (6.11).
    pub struct PasswordUse {
        /// The use.
        value: Use,
    }

    /// A new wipe password (6.17).
    pub struct NewWipePassword {
        /// The password; 6 to 64 characters, unlike all others.
        password: Secret,
        /// The one so far.
        old "oldCleanPwd": Secret,
    }

    /// A password that may be that of a room (6.18).
    pub struct PasswordOfRoom {
        /// Id of the room.
        room "bid": Text,
        /// The password.
        password "editPwd": Secret,
    }
}

/// Refuses a password of a wrong length.
pub(super) fn check_form(password: &str) -> Outcome<()> {
    if is_well_formed(password) {
        Ok(())
    } else {
        Err(Code::ROOM_PASSWORD_LENGTH.into())
    }
}

/// Refuses a password that something else is opened by; `own` may have it already.
///
/// # Errors
/// 20020 for another room's, 20077 for the login password, 20078 for the wipe password.
pub(super) fn check_free(session: &Session, password: &str, own: Option<&Label>) -> Outcome<()> {
    match session.passwords().owner_of(password)? {
        Some(owner) if Some(&owner) != own => Err(taken(&owner).into()),
        _ => Ok(()),
    }
}

fn taken(owner: &Label) -> Code {
    match owner {
        Label::Room(_) => Code::ROOM_PASSWORD_TAKEN,
        other => other.taken(),
    }
}

/// Gives a room another password.
pub(super) fn replace(session: &Session, id: &str, password: &str) -> Outcome<()> {
    let label = room::label(id);
    check_free(session, password, Some(&label))?;
    session.passwords().set(&label, password)
}

fn update(session: &Arc<Session>, request: NewPassword) -> Outcome<Room> {
    session.read(|connection| room::config(session, connection, &request.room))?;
    check_form(request.password.reveal())?;
    replace(session, &request.room, request.password.reveal())?;
    session.write(|write| {
        write
            .prepare_cached("UPDATE room SET updated = ?2 WHERE id = ?1")?
            .execute(rusqlite::params![&*request.room, session.now()])?;
        version::bump(write, version::of::ROOMS)?;
        write.emit(Event::RoomChanged {
            room: request.room.to_string(),
        });
        room::get(session, write, &request.room)
    })
}

fn in_use(session: &Arc<Session>, request: PasswordAsked) -> Outcome<PasswordUse> {
    let value = match session.passwords().owner_of(request.password.reveal())? {
        None => 0,
        Some(Label::Room(_) | Label::Mnemonic) => 1,
        Some(Label::Login) => 2,
        Some(Label::Wipe) => 3,
    };
    Ok(PasswordUse { value: value.into() })
}

fn update_wipe(session: &Arc<Session>, request: NewWipePassword) -> Outcome<Empty> {
    if session.passwords().token(&Label::Wipe)?.is_empty() {
        return Err(Code::NO_WIPE_PASSWORD.into());
    }
    if session.passwords().owner_of(request.old.reveal())? != Some(Label::Wipe) {
        return Err(Code::OLD_WIPE_PASSWORD_WRONG.into());
    }
    if request.old.reveal() == request.password.reveal() {
        return Err(Code::PASSWORD_SAME.into());
    }
    if !is_well_formed(request.password.reveal()) {
        return Err(Code::PASSWORD_FORM.into());
    }
    session.passwords().set(&Label::Wipe, request.password.reveal())?;
    session.write(|write| version::bump(write, version::of::ROOMS))?;
    Ok(Empty {})
}

fn is_of_room(session: &Arc<Session>, request: PasswordOfRoom) -> Outcome<Status> {
    session.read(|connection| room::config(session, connection, &request.room))?;
    let owner = session.passwords().owner_of(request.password.reveal())?;
    Ok(Status {
        status: owner == Some(room::label(&request.room)),
    })
}
