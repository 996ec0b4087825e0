//! What concerns this device and what protects it.

use std::sync::Arc;

use crate::engine::Label;
use crate::engine::account::Member;
use crate::model::room;
use crate::routes::block::passwords;
use crate::table::route_table;
use crate::wire::{Empty, Secret, Status, Word, record};
use crate::{Code, Engine, Outcome, Session};

route_table! { User;
    /// Tells the id of this device: the letters of its system and 16 hexadecimal digits, for good. There is one before
    /// there is an account, and it stays when the account goes.
    "8.20" getMachineId(Empty) -> Word, Engine = machine;
    /// Destroys everything of the account on this device, whichever room is open: messages, files, keys and passwords.
    /// Nobody is logged in then, and the engine is as if it had never been used. Only the recovery words bring the account
    /// back. What a crash interrupts is finished at the next start.
    "8.22" cleanAccount(Empty) -> Empty, Member = clean;
    /// Sends the log to those who look after the network; possible while it is connected.
    "8.27" sendLogToP2p(Empty) -> Empty = send_log;
    /// Turns the log of this engine on or off. It names routes and codes, never what was said.
    "8.28" setLogSwitch(LogSwitch) -> Empty, Engine = set_log;
    /// Prepares the menu. There is nothing to prepare, so this always succeeds.
    "8.30" initMenu(Empty) -> Empty = init_menu;
    /// Whether a password is the wipe password; false in any room but the default one.
    "8.34" checkEmptyPassword(WipePassword) -> Status = is_wipe_password;
    /// Whether there is a wipe password; false in any room but the default one.
    "8.35" hasEmptyPassword(Empty) -> Status = has_wipe_password;
    /// Sets the wipe password: who logs in with it destroys all messages, conversations, favourites and files of this
    /// device. Only from the default room (else 20031).
    "8.36" updateEmptyPassword(WipePassword) -> Empty = set_wipe_password;
}

record! {
    /// Whether to keep a log (8.28).
    pub struct LogSwitch {
        /// On or off.
        on "isOpen": bool,
    }

    /// A wipe password (8.34, 8.36).
    pub struct WipePassword {
        /// The password; 6 to 64 characters.
        password: Secret,
    }
}

fn machine(engine: &Engine, _: Empty) -> Outcome<Word> {
    Ok(Word {
        value: engine.machine()?,
    })
}

fn clean(member: &Member, _: Empty) -> Outcome<Empty> {
    member.engine.destroy_account()?;
    Ok(Empty {})
}

fn send_log(_: &Arc<Session>, _: Empty) -> Outcome<Empty> {
    Err(Code::NETWORK.into())
}

fn set_log(engine: &Engine, request: LogSwitch) -> Outcome<Empty> {
    engine.set_log(request.on);
    Ok(Empty {})
}

fn init_menu(_: &Arc<Session>, _: Empty) -> Outcome<Empty> {
    Ok(Empty {})
}

fn is_wipe_password(session: &Arc<Session>, request: WipePassword) -> Outcome<Status> {
    let status =
        room::manages(session) && session.passwords().owner_of(request.password.reveal())? == Some(Label::Wipe);
    Ok(Status { status })
}

fn has_wipe_password(session: &Arc<Session>, _: Empty) -> Outcome<Status> {
    let status = room::manages(session) && !session.passwords().token(&Label::Wipe)?.is_empty();
    Ok(Status { status })
}

fn set_wipe_password(session: &Arc<Session>, request: WipePassword) -> Outcome<Empty> {
    passwords::set_wipe_password(session, &request.password)?;
    Ok(Empty {})
}
