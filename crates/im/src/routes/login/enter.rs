//! Beginning, entering and leaving.

use super::LoginMeans;
use crate::engine::account::{Chosen, Entrance};
use crate::engine::files::{DEVICE_KEY, exists};
use crate::table::route_table;
use crate::wire::{Empty, Nothing, Secret, Status, choice, record};
use crate::{Engine, Outcome};

route_table! { Login;
    /// Prepares the engine; called first. Called again, it changes nothing.
    "1.1" init(Empty) -> Readiness, Engine = init;
    /// Makes an account, its recovery words, the default and the blank room. Without a login password it is anonymous.
    /// Nobody is logged in by this. 500 if there is an account already, 20065 for a password of the wrong length.
    "1.2" register(Registration) -> Nothing, Engine = register;
    /// Logs in, opens another room, or wipes, by what the password is for; without a password an anonymous account.
    /// 20008 if there is no account, 20010 if the password is wrong, 20011 and 20012 while none is looked at.
    "2.1" exportLogin(Login) -> Entered, Engine = log_in;
    /// Logs out.
    "8.8" exportLogout(Empty) -> Status, Engine = log_out;
}

record! {
    /// What the engine found when it was prepared (1.1).
    pub struct Readiness {
        /// Whether there is an account on this device.
        account: bool,
        /// Whether it is entered without a password.
        anonymous: bool,
    }

    /// A new account (1.2).
    pub struct Registration {
        /// Wallet password, 6 to 64 characters. Without one there is none.
        wallet_password "walletPwd": Option<Secret>,
        /// Login password, 6 to 64 characters. Without one the account is anonymous.
        password "imPwd": Option<Secret>,
        /// How the user logs in.
        means "type": LoginMeans,
    }

    /// A login (2.1).
    pub struct Login {
        /// A password of the account; none for an anonymous one.
        password: Option<Secret>,
        /// How the user logs in.
        means "loginType": Option<LoginMeans>,
    }

    /// A login that worked (2.1).
    pub struct Entered {
        /// What the password was for.
        value: Purpose,
    }
}

choice! {
    /// What a password was for: 0 the blank room, -1 another room, -2 the default room, -3 wiping, after which the default
    /// room is open.
    pub enum Purpose: i64 {
        /// Messages, conversations, favourites and files were destroyed; the default room is open.
        Wipe = -3,
        /// The default room is open.
        Default = -2,
        /// The password's room is open.
        Room = -1,
        /// The blank room is open.
        Blank = 0,
    }
}

impl From<Entrance> for Purpose {
    fn from(entrance: Entrance) -> Self {
        match entrance {
            Entrance::Wiped => Self::Wipe,
            Entrance::Default => Self::Default,
            Entrance::Room => Self::Room,
            Entrance::Blank => Self::Blank,
        }
    }
}

/// A password that was given; the empty text is none.
pub(super) fn given(password: Option<&Secret>) -> Option<&str> {
    password.map(Secret::reveal).filter(|text| !text.is_empty())
}

fn init(engine: &Engine, _: Empty) -> Outcome<Readiness> {
    let _door = engine.door();
    let files = engine.files();
    engine.settle()?;
    engine.machine()?;
    engine.attempts()?;
    Ok(Readiness {
        account: files.has_account(),
        anonymous: files.has_account() && exists(&files.at(DEVICE_KEY)),
    })
}

fn register(engine: &Engine, request: Registration) -> Outcome<Nothing> {
    engine.register(Chosen {
        login: given(request.password.as_ref()),
        wallet: given(request.wallet_password.as_ref()),
    })?;
    Ok(Nothing)
}

fn log_in(engine: &Engine, request: Login) -> Outcome<Entered> {
    let entrance = engine.log_in(given(request.password.as_ref()))?;
    Ok(Entered { value: entrance.into() })
}

fn log_out(engine: &Engine, _: Empty) -> Outcome<Status> {
    engine.log_out()?;
    Ok(Status { status: true })
}
