//! The account's passwords (im.md 4 and 5): each opens the same data key, and says by its label what it is for.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use coco_keys::{DataKey, KeysError, Safe};

use crate::{Code, Failure, Outcome};

/// Fewest characters of a password.
const SHORTEST: usize = 6;
/// Most characters of a password.
const LONGEST: usize = 64;

/// What a password is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// Logging in to the default room.
    Login,
    /// Destroying everything that was written.
    Wipe,
    /// Logging in to this room, the blank one included.
    Room(String),
    /// Setting a new login password; what the recovery words are turned into, and nobody types.
    Mnemonic,
}

impl Label {
    /// How the safe knows it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Login => "im".to_owned(),
            Self::Wipe => "wipe".to_owned(),
            Self::Room(id) => format!("room:{id}"),
            Self::Mnemonic => "mnemonic".to_owned(),
        }
    }

    /// Reads what the safe knows.
    pub(super) fn parse(text: &str) -> Outcome<Self> {
        match (text, text.strip_prefix("room:")) {
            ("im", _) => Ok(Self::Login),
            ("wipe", _) => Ok(Self::Wipe),
            ("mnemonic", _) => Ok(Self::Mnemonic),
            (_, Some(id)) => Ok(Self::Room(id.to_owned())),
            _ => Err(Failure::with(Code::DATABASE, "a password has an unknown purpose")),
        }
    }

    /// The code for somebody who wants to use this label's password for something else.
    #[must_use]
    pub fn taken(&self) -> Code {
        match self {
            Self::Login => Code::PASSWORD_OF_LOGIN,
            Self::Wipe => Code::PASSWORD_OF_WIPE,
            Self::Room(_) => Code::PASSWORD_OF_ROOM,
            Self::Mnemonic => Code::PASSWORD_EXISTS,
        }
    }
}

/// Whether a text may be a password: 6 to 64 characters.
#[must_use]
pub(crate) fn is_well_formed(password: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&password.chars().take(LONGEST + 1).count())
}

/// The passwords of the account that is logged in. Every call that takes a password costs one derivation, about a fifth
/// of a second.
#[derive(Clone)]
pub struct Passwords {
    path: PathBuf,
    key: DataKey,
    /// Held while the safe is written, by whichever session.
    writing: Arc<Mutex<()>>,
}

impl Passwords {
    /// The passwords of the safe at a path, for whoever has its data key.
    pub(crate) fn new(path: PathBuf, key: DataKey, writing: Arc<Mutex<()>>) -> Self {
        Self { path, key, writing }
    }

    /// What a password is for; `None` if it is none of the account's.
    ///
    /// # Errors
    /// 20015 if the safe is damaged, 500 if the system refuses.
    pub fn owner_of(&self, password: &str) -> Outcome<Option<Label>> {
        let safe = self.safe()?;
        let opened = safe.open(&safe.derive(password).map_err(refused)?).map_err(refused)?;
        opened.map(|(_, label)| Label::parse(&label)).transpose()
    }

    /// Gives a label a password in place of the one it may have. The form is the caller's to check: see
    /// [`is_well_formed`].
    ///
    /// # Errors
    /// 20076, 20077 or 20078 if the password already is a room's, the login's or the wipe's; 20019 if there is no place
    /// for another one; those of [`Passwords::owner_of`]. Nothing is then changed.
    pub fn set(&self, label: &Label, password: &str) -> Outcome<()> {
        let mut safe = self.safe()?;
        let derived = safe.derive(password).map_err(refused)?;
        let _held = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        safe.set(&self.key, &label.text(), &derived).map_err(refused)
    }

    /// Takes a label's password away, if it has one.
    ///
    /// # Errors
    /// Those of [`Passwords::owner_of`].
    pub fn remove(&self, label: &Label) -> Outcome<()> {
        let mut safe = self.safe()?;
        let _held = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        safe.remove(&self.key, &label.text()).map_err(refused)
    }

    /// An opaque token of a label's password, other after each change; empty if it has none.
    ///
    /// # Errors
    /// Those of [`Passwords::owner_of`].
    pub fn token(&self, label: &Label) -> Outcome<String> {
        self.safe()?.token(&self.key, &label.text()).map_err(refused)
    }

    fn safe(&self) -> Outcome<Safe> {
        Safe::at(&self.path).map_err(refused)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}

/// The code of what the safe refused.
pub(super) fn refused(error: KeysError) -> Failure {
    match error {
        KeysError::PasswordTaken(label) => match Label::parse(&label) {
            Ok(label) => label.taken().into(),
            Err(failure) => failure,
        },
        KeysError::SafeFull(_) => Code::ROOM_LIMIT.into(),
        KeysError::VaultVersion(_) => Failure::with(
            Code::DATABASE,
            "the file safe.json was written by a later version of this program; update it",
        ),
        KeysError::VaultCorrupt(_) | KeysError::VaultMissing(_) | KeysError::ForeignKey => Failure::with(
            Code::DATABASE,
            format!("{error}; put back a copy of safe.json, or log in with the recovery words"),
        ),
        KeysError::MnemonicLength(_) | KeysError::MnemonicWord(_) | KeysError::MnemonicChecksum => {
            Failure::with(Code::MNEMONIC_WRONG, error.to_string())
        }
        other => Failure::with(Code::FAILURE, other.to_string()),
    }
}
