//! What concerns this device and what protects it.

use std::sync::Arc;

use crate::engine::Label;
use crate::engine::passwords::is_well_formed;
use crate::model::version;
use crate::table::route_table;
use crate::wire::{Empty, Secret, Status, record};
use crate::{Code, Engine, Outcome, Session};

route_table! { User;
    /// Sends the log to those who look after the network; possible while it is connected.
    "8.27" sendLogToP2p(Empty) -> Empty = send_log;
    /// Turns the log of this engine on or off. It names routes and codes, never what was said.
    "8.28" setLogSwitch(LogSwitch) -> Empty, Engine = set_log;
    /// Prepares the menu. There is nothing to prepare, so this always succeeds.
    "8.30" initMenu(Empty) -> Empty = init_menu;
    /// Whether a password is the wipe password.
    "8.34" checkEmptyPassword(WipePassword) -> Status = is_wipe_password;
    /// Whether there is a wipe password.
    "8.35" hasEmptyPassword(Empty) -> Status = has_wipe_password;
    /// Sets the wipe password: who logs in with it destroys all messages, conversations, favourites and files of this
    /// device.
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
    let owner = session.passwords().owner_of(request.password.reveal())?;
    Ok(Status {
        status: owner == Some(Label::Wipe),
    })
}

fn has_wipe_password(session: &Arc<Session>, _: Empty) -> Outcome<Status> {
    Ok(Status {
        status: !session.passwords().token(&Label::Wipe)?.is_empty(),
    })
}

fn set_wipe_password(session: &Arc<Session>, request: WipePassword) -> Outcome<Empty> {
    if !is_well_formed(request.password.reveal()) {
        return Err(Code::PASSWORD_FORM.into());
    }
    session.passwords().set(&Label::Wipe, request.password.reveal())?;
    session.write(|write| version::bump(write, version::of::ROOMS))?;
    Ok(Empty {})
}
