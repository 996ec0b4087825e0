//! How an account begins, is entered and left, and ends (im.md 4).
//!
//! What changes several files is first made beside them and then put in its place by [`Files::commit`]: the program may
//! end at any moment, and what is found afterwards is the account before or the account after.

use std::path::PathBuf;
use std::sync::{Arc, MutexGuard, PoisonError};

use coco_e2ee::SignedDeviceList;
use coco_keys::{DataKey, DeviceKey, Identity, PasswordCheck, Safe};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::ErrorCode;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::attempts::Attempts;
use super::files::{self, ATTEMPTS, DEVICE_KEY, Files, MACHINE, MEDIA, SAFE, STORE, Step, open_store};
use super::found::{Beginning, close, own_device};
use super::pace::Pace;
use super::passwords::{Label, Passwords, is_well_formed, refused};
use super::{Engine, wipe};
use crate::events::Event;
use crate::model::account;
use crate::model::room;
use crate::net::{AccountBackup, Arrival};
use crate::routes::auth_login::Applicant;
use crate::routes::login::Way;
use crate::session::{Opened, OrCode as _};
use crate::store::Store;
use crate::table::{Context, When};
use crate::{Code, Failure, Outcome, Session};

/// What is remembered while nobody may come in or go out.
#[derive(Debug, Default)]
pub(crate) struct Door {
    /// The person whose recovery words were given, until they have entered (sections 2.2 to 2.5).
    pub(crate) arriving: Option<Identity>,
    /// Which way the one who arrives goes.
    pub(crate) way: Option<Way>,
    /// Devices of the account, as the network knew them when it was asked.
    pub(crate) list: Option<SignedDeviceList>,
    /// What the account's backup said.
    pub(crate) backup: Option<AccountBackup>,
    /// The key of this installation until an account takes it over.
    pub(super) device: Option<DeviceKey>,
    /// What the last QR code said.
    pub(crate) code: Option<Applicant>,
    /// This device in the network, while it wants in.
    pub(super) arrival: Option<Arc<Arrival>>,
}

impl Door {
    /// Whether this device is in the network as one who wants in.
    pub(crate) fn is_connected(&self) -> bool {
        self.arrival.is_some()
    }
}

/// What a right password was for, as `exportLogin` answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entrance {
    /// The blank room.
    Blank,
    /// Another room.
    Room,
    /// The default room.
    Default,
    /// Everything that was written was destroyed, and the default room opened.
    Wiped,
}

/// Somebody who is logged in, and the engine.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) engine: Engine,
    pub(crate) session: Arc<Session>,
}

impl Context for Member {
    const WHEN: When = When::LoggedIn;

    fn of(engine: &Engine) -> Outcome<Self> {
        Ok(Self {
            engine: engine.clone(),
            session: engine.session()?,
        })
    }
}

/// Passwords for a new account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen<'a> {
    /// The login password; without one the account is anonymous.
    pub(crate) login: Option<&'a str>,
    /// The wallet password.
    pub(crate) wallet: Option<&'a str>,
}

impl Engine {
    /// The files of the engine's folder.
    pub(crate) fn files(&self) -> Files {
        Files::of(self.folder())
    }

    /// What is remembered at the door. Nobody else comes in or goes out meanwhile.
    pub(crate) fn door(&self) -> MutexGuard<'_, Door> {
        self.inner.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The id of this device: the letters of its system and 16 hexadecimal digits, kept for good (im.md 3).
    ///
    /// # Errors
    /// 500 if it cannot be kept.
    pub(crate) fn machine(&self) -> Outcome<String> {
        let path = self.files().at(MACHINE);
        let failed = files::failed(&path);
        let prefix = match std::env::consts::OS {
            "windows" => "win",
            "macos" => "mac",
            _ => "lin",
        };
        let kept = files::read(&path).map_err(&failed)?;
        let kept = kept.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        let is_id = |text: &String| {
            text.strip_prefix(prefix)
                .is_some_and(|digits| digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        };
        if let Some(id) = kept.filter(is_id) {
            return Ok(id);
        }
        let mut bytes = [0; 8];
        fill(&mut bytes)?;
        let id = format!("{prefix}{}", hex::encode(bytes));
        files::write(&path, id.as_bytes()).map_err(&failed)?;
        Ok(id)
    }

    /// Makes an account, without entering it (1.2). Nothing is touched if there is one.
    ///
    /// # Errors
    /// 20065 for a password that is too short or too long, 500 if there is an account or the system refuses.
    pub(crate) fn register(&self, chosen: Chosen<'_>) -> Outcome<()> {
        let mut door = self.door();
        let files = self.files();
        self.settle()?;
        if files.has_account() {
            return Err(Failure::with(
                Code::FAILURE,
                "there is an account on this device already",
            ));
        }
        let identity = Identity::generate().map_err(refused)?;
        let beginning = Beginning {
            user: account::user(&identity)?,
            words: Some(&identity),
            is_primary: true,
            backup: 0,
            chosen,
            furnish: &|_| Ok(()),
        };
        self.found(&mut door, &beginning).map(drop)
    }

    /// Enters by a password, or without one if the account is anonymous (2.1).
    ///
    /// # Errors
    /// 20008 if there is no account; 20010, 20011 or 20012 if the password is not right or none is looked at now; 20015 if
    /// the safe or the database is damaged or of a later program; 500 if the system refuses.
    pub(crate) fn log_in(&self, password: Option<&str>) -> Outcome<Entrance> {
        let mut door = self.door();
        let (files, cost) = (self.files(), self.options().cost);
        self.settle()?;
        close(&mut door);
        if !files.has_account() {
            return Err(Code::NOT_REGISTERED.into());
        }
        let safe = Safe::at(files.at(SAFE)).map_err(refused)?;
        let Some(password) = password else {
            return self.enter_without_password(&safe);
        };
        let mut attempts = self.attempts()?;
        attempts.begin(self.options().clock.now())?;
        let derived = safe.derive(password).map_err(refused)?;
        let pace = Pace::begin(cost);
        let outcome = match safe.open(&derived).map_err(refused) {
            Ok(Some((key, label))) => attempts
                .reset()
                .and_then(|()| self.enter_typed(key, &Label::parse(&label)?)),
            Ok(None) => Err(attempts.code().into()),
            Err(failure) => Err(failure),
        };
        pace.end();
        outcome
    }

    /// Enters by a password that was typed. A login password ends an anonymous account; here this is finished where it
    /// was interrupted.
    fn enter_typed(&self, key: DataKey, label: &Label) -> Outcome<Entrance> {
        let entrance = self.enter(key, label)?;
        if *label == Label::Login && files::exists(&self.files().at(DEVICE_KEY)) {
            forget_device_key(&self.files(), &*self.session()?)?;
        }
        Ok(entrance)
    }

    /// Enters an anonymous account by the key that is kept beside it. Nobody guesses that, so nothing is counted.
    fn enter_without_password(&self, safe: &Safe) -> Outcome<Entrance> {
        let path = self.files().at(DEVICE_KEY);
        let wrong = Failure::of(Code::PASSWORD_WRONG);
        let bytes = files::read(&path).map_err(files::failed(&path))?.ok_or(wrong.clone())?;
        let password = std::str::from_utf8(&bytes).map_err(|_| wrong.clone())?;
        let derived = safe.derive(password).map_err(refused)?;
        match safe.open(&derived).map_err(refused)? {
            Some((key, label)) => self.enter(key, &Label::parse(&label)?),
            None => Err(wrong),
        }
    }

    /// Lets somebody in who has the data key; whoever was in before is out.
    pub(crate) fn enter(&self, key: DataKey, label: &Label) -> Outcome<Entrance> {
        let (room, entrance) = match label {
            Label::Login => (room::DEFAULT, Entrance::Default),
            Label::Wipe => (room::DEFAULT, Entrance::Wiped),
            Label::Room(id) if id == room::BLANK => (room::BLANK, Entrance::Blank),
            Label::Room(id) => (id.as_str(), Entrance::Room),
            Label::Mnemonic => return Err(Code::PASSWORD_WRONG.into()),
        };
        self.leave();
        let mut store = self.open_database(&key)?;
        if *label == Label::Wipe {
            wipe::carry_over(&store, &self.files(), &key)?;
            self.sweep();
            store = self.open_database(&key)?;
        }
        let now = self.options().clock.now();
        let account = store.read(|connection| {
            connection
                .prepare_cached("SELECT 1 FROM room WHERE id = ?1")?
                .query_row([room], |_| Ok(()))
                .or_code(Code::PASSWORD_WRONG)?;
            account::load(connection)
        })?;
        store.write(|write| account::note_presence(write, true, now))?;
        let user = account.user()?;
        let opened = Opened {
            store: Arc::new(store),
            passwords: self.passwords_with(key),
        };
        let session = Session::new(
            user,
            room.to_owned(),
            opened,
            self.events().clone(),
            self.options().clock.clone(),
        );
        self.set_session(Some(Arc::new(session)));
        self.events().tell(Event::LoggedIn { room: room.to_owned() });
        Ok(entrance)
    }

    /// Sets a login password for whoever knows the recovery words, and enters; nothing is lost (2.4 with `isUpdateIm`).
    ///
    /// # Errors
    /// 20065 for the password's form, 20002 if they are not the words of this account, 20076 or 20078 if the password is
    /// in use, 20008, 20015 and 500 as in [`Engine::log_in`].
    pub(crate) fn restore(&self, identity: &Identity, password: &str) -> Outcome<()> {
        if !is_well_formed(password) {
            return Err(Code::PASSWORD_FORM.into());
        }
        let key = self.recognise(identity)?;
        self.passwords_with(key.clone()).set(&Label::Login, password)?;
        self.attempts()?.reset()?;
        self.enter(key, &Label::Login)?;
        forget_device_key(&self.files(), &*self.session()?)
    }

    /// The data key of the account on this device, for whoever knows its recovery words.
    ///
    /// # Errors
    /// 20008 if there is no account, 20002 if they are not its words, 20015 and 500 as in [`Engine::log_in`].
    pub(crate) fn recognise(&self, identity: &Identity) -> Outcome<DataKey> {
        let files = self.files();
        self.settle()?;
        if !files.has_account() {
            return Err(Code::NOT_REGISTERED.into());
        }
        let safe = Safe::at(files.at(SAFE)).map_err(refused)?;
        let derived = safe.derive(&words_password(identity)?).map_err(refused)?;
        match safe.open(&derived).map_err(refused)? {
            Some((key, label)) if Label::parse(&label)? == Label::Mnemonic => Ok(key),
            _ => Err(Code::MNEMONIC_WRONG.into()),
        }
    }

    /// The passwords, for whoever has the data key.
    pub(crate) fn passwords_with(&self, key: DataKey) -> Passwords {
        Passwords::new(self.files().at(SAFE), key, Arc::clone(&self.inner.safe))
    }

    /// Lets whoever is in out (8.8).
    ///
    /// # Errors
    /// 20061 if nobody is in.
    pub(crate) fn log_out(&self) -> Outcome<()> {
        let _door = self.door();
        let session = self.session()?;
        let now = self.options().clock.now();
        // A full disk keeps nobody in.
        let _ = session.write(|write| account::note_presence(write, false, now));
        self.leave();
        Ok(())
    }

    /// Ends a session, if there is one: its store is closed, whoever still uses it.
    pub(super) fn leave(&self) {
        if let Ok(session) = self.session() {
            self.set_session(None);
            session.store().close();
            self.events().tell(Event::LoggedOut {});
        }
    }

    /// Destroys everything of the account on this device, which is fresh then (`cleanAccount`). Only for who is in.
    ///
    /// # Errors
    /// 20061 if nobody is in, 500 if the system refuses.
    pub(crate) fn destroy_account(&self) -> Outcome<()> {
        let mut door = self.door();
        self.session()?;
        self.leave();
        *door = Door::default();
        let steps = [STORE, SAFE, DEVICE_KEY, ATTEMPTS, MEDIA].map(Step::Remove);
        self.files().commit(&steps).map_err(files::failed(self.folder()))?;
        self.sweep();
        Ok(())
    }

    /// The network node address and key of this installation before an account has taken it over.
    ///
    /// # Errors
    /// 500 if the system has no random bytes to give.
    pub(crate) fn device_address(&self, door: &mut Door) -> Outcome<String> {
        Ok(own_device(door)?.address())
    }

    /// How often a wrong password was tried.
    pub(crate) fn attempts(&self) -> Outcome<Attempts> {
        Attempts::load(self.files().at(ATTEMPTS), self.options().clock.now())
    }

    /// Brings to its end what a crash interrupted.
    pub(crate) fn settle(&self) -> Outcome<()> {
        self.files().settle().map_err(files::failed(self.folder()))
    }

    /// Destroys the files of messages that are out of sight already, meanwhile: how long that takes tells how many there
    /// were. What remains is destroyed at the next start.
    pub(crate) fn sweep(&self) {
        let files = self.files();
        std::thread::spawn(move || files.sweep());
    }

    /// The database. One that is damaged is put aside under a name that says so.
    pub(crate) fn open_database(&self, key: &DataKey) -> Outcome<Store> {
        let files = self.files();
        let path: PathBuf = files.at(STORE);
        if !files::exists(&path) {
            return Err(Failure::with(
                Code::DATABASE,
                "the file im.db is missing; put back a copy, or log in with the recovery words to begin anew",
            ));
        }
        let error = match open_store(&path, key)? {
            Ok(store) => return Ok(store),
            Err(error) => error,
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                let name = files.put_aside(STORE).map_err(files::failed(&path))?;
                Err(Failure::with(
                    Code::DATABASE,
                    format!(
                        "the file im.db is damaged and was kept as {name}; put back a copy as im.db, or log in with the recovery words to begin anew"
                    ),
                ))
            }
            Some(ErrorCode::TypeMismatch) => Err(Failure::with(
                Code::DATABASE,
                format!("the file im.db was written by a later version of this program; update it ({error})"),
            )),
            _ => Err(Failure::with(Code::DATABASE, error.to_string())),
        }
    }
}

/// Takes away what stands in for the password of an anonymous account, now that there is one.
///
/// # Errors
/// 500 if the system refuses, 20013.
pub(crate) fn forget_device_key(files: &Files, session: &Session) -> Outcome<()> {
    let path = files.at(DEVICE_KEY);
    files::erase(&path).map_err(files::failed(&path))?;
    session.write(|write| {
        write
            .prepare_cached("UPDATE account SET anonymous = 0, updated = ?1 WHERE only = 1 AND anonymous = 1")?
            .execute([session.now()])?;
        Ok(())
    })
}

/// What opens the safe for somebody who has the recovery words: 64 hexadecimal digits that nobody types.
pub(super) fn words_password(identity: &Identity) -> Outcome<Zeroizing<String>> {
    let entropy = identity.entropy();
    let mut mac = Hmac::<Sha256>::new_from_slice(entropy.as_slice())
        .map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    mac.update(b"cococat im 1: recovery words");
    let digest: Zeroizing<[u8; 32]> = Zeroizing::new(mac.finalize().into_bytes().into());
    Ok(Zeroizing::new(hex::encode(digest.as_slice())))
}

pub(super) fn fill(bytes: &mut [u8]) -> Outcome<()> {
    getrandom::fill(bytes).map_err(|error| Failure::with(Code::FAILURE, error.to_string()))
}

impl Member {
    /// Whether this is the wallet password, or the login password where there is none (8.4, 8.5). Wrong ones count as
    /// wrong logins do.
    ///
    /// # Errors
    /// 20011 and 20012 as in [`Engine::log_in`] while none is looked at or from now on, 20015, 500.
    pub(crate) fn is_wallet_password(&self, password: &str) -> Outcome<bool> {
        let _door = self.engine.door();
        let check = self
            .session
            .read(|connection| Ok(account::load(connection)?.wallet_check))?;
        let mut attempts = self.engine.attempts()?;
        attempts.begin(self.session.now())?;
        let right = if check.is_empty() {
            self.session.passwords().owner_of(password)? == Some(Label::Login)
        } else {
            PasswordCheck::matches(&check, password).map_err(refused)?
        };
        match (right, attempts.code()) {
            (true, _) => attempts.reset()?,
            (false, Code::PASSWORD_WRONG) => {}
            (false, locked) => return Err(locked.into()),
        }
        Ok(right)
    }
}
