//! The identity of whoever uses this computer: there from the first start, behind a password from the moment they set one.
//!
//! Before a password is set, the vault's password is a random key in a file beside it: whoever can read this person's
//! files can read the identity. With a password, that file is gone and the identity stays locked until it is entered.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::{Identity, KeysError, Vault, device};

/// Shortest password in characters.
const SHORTEST: usize = 8;

/// What stands between the identity and somebody at this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// The access rights of a file alone; no password was set.
    Device,
    /// A password, which was entered.
    Unlocked,
    /// A password, which was not entered yet.
    Locked,
    /// The file that holds the identity cannot be read. It is left as it is.
    Damaged,
}

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The password is not the one that was set.
    #[error("wrong password")]
    WrongPassword,
    /// The new password is too short.
    #[error("a password needs at least {SHORTEST} characters")]
    WeakPassword,
    /// The identity is locked.
    #[error("locked: enter the password first")]
    Locked,
    /// The identity cannot be read.
    #[error("{0}")]
    Damaged(String),
    /// Something could not be read or written.
    #[error("{0}")]
    Io(String),
}

impl From<KeysError> for KeyringError {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::WrongPassword => Self::WrongPassword,
            KeysError::VaultCorrupt(_) | KeysError::VaultVersion(_) | KeysError::VaultMissing(_) => {
                Self::Damaged(error.to_string())
            }
            other => Self::Io(other.to_string()),
        }
    }
}

/// The identity in a data folder, made there if there is none.
#[derive(Debug)]
pub struct Keyring {
    vault: PathBuf,
    device: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    protection: Protection,
    identity: Option<Arc<Identity>>,
}

impl Keyring {
    /// Opens the identity of a folder; the first time, makes one that no password protects yet.
    ///
    /// # Errors
    /// [`KeyringError::Io`] when nothing can be read or written there. A damaged identity is no error: see
    /// [`Keyring::protection`].
    pub fn open(folder: &Path) -> Result<Self, KeyringError> {
        let (vault, device) = (folder.join("identity.json"), folder.join("device.key"));
        if !Vault::exists(&vault) {
            let key = device::read_or_create(&device)?;
            Vault::create(&vault, &Identity::generate()?, &key)?;
        }
        let state = match Self::unlock_by_device(&vault, &device) {
            Ok(Some(identity)) => State {
                protection: Protection::Device,
                identity: Some(Arc::new(identity)),
            },
            Ok(None) => State {
                protection: Protection::Locked,
                identity: None,
            },
            Err(KeyringError::Damaged(_)) => State {
                protection: Protection::Damaged,
                identity: None,
            },
            Err(error) => return Err(error),
        };
        Ok(Self {
            vault,
            device,
            state: Mutex::new(state),
        })
    }

    /// `None` when a password protects the identity.
    fn unlock_by_device(vault: &Path, device: &Path) -> Result<Option<Identity>, KeyringError> {
        let vault = Vault::open(vault)?;
        let Some(key) = device::read(device)? else {
            return Ok(None);
        };
        match vault.unlock(&key) {
            Ok(identity) => Ok(Some(identity)),
            // A password was set and the program ended before the key was removed, or one of the two files is not what it
            // was. Which of them it is shows when a password opens the vault; until then nothing is removed.
            Err(KeysError::WrongPassword) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What protects the identity now.
    pub fn protection(&self) -> Protection {
        self.lock().protection
    }

    /// The identity, `None` while it is locked or damaged.
    pub fn identity(&self) -> Option<Arc<Identity>> {
        self.lock().identity.clone()
    }

    /// Unlocks the identity. Takes about a fifth of a second.
    ///
    /// # Errors
    /// [`KeyringError::WrongPassword`], or another if the file cannot be read any more.
    pub fn unlock(&self, password: &str) -> Result<(), KeyringError> {
        let identity = Vault::open(&self.vault)?.unlock(password)?;
        device::remove(&self.device)?;
        *self.lock() = State {
            protection: Protection::Unlocked,
            identity: Some(Arc::new(identity)),
        };
        Ok(())
    }

    /// Sets the first password (`old` is `None`) or another one.
    ///
    /// # Errors
    /// [`KeyringError::WeakPassword`]; [`KeyringError::WrongPassword`], also for no old password where there is one; then
    /// the old one still holds.
    pub fn set_password(&self, old: Option<&str>, new: &str) -> Result<(), KeyringError> {
        if new.chars().count() < SHORTEST {
            return Err(KeyringError::WeakPassword);
        }
        let mut state = self.lock();
        let old = match (state.protection, old) {
            (Protection::Damaged, _) => return Err(KeyringError::Damaged("the identity file is damaged".to_owned())),
            (Protection::Device, _) => device::read(&self.device)?.ok_or(KeyringError::WrongPassword)?,
            (_, Some(old)) => Zeroizing::new(old.to_owned()),
            (_, None) => return Err(KeyringError::WrongPassword),
        };
        let mut vault = Vault::open(&self.vault)?;
        vault.change_password(&old, new)?;
        device::remove(&self.device)?;
        let identity = vault.unlock(new)?;
        *state = State {
            protection: Protection::Unlocked,
            identity: Some(Arc::new(identity)),
        };
        Ok(())
    }

    /// The recovery words. Where there is a password it is asked again, even while unlocked.
    ///
    /// # Errors
    /// [`KeyringError::WrongPassword`] or [`KeyringError::Locked`].
    pub fn reveal_mnemonic(&self, password: Option<&str>) -> Result<Zeroizing<String>, KeyringError> {
        match (self.protection(), password) {
            (Protection::Device, _) => Ok(self.identity().ok_or(KeyringError::Locked)?.mnemonic()),
            (Protection::Damaged, _) => Err(KeyringError::Damaged("the identity file is damaged".to_owned())),
            (_, Some(password)) => Ok(Vault::open(&self.vault)?.unlock(password)?.mnemonic()),
            (_, None) => Err(KeyringError::WrongPassword),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    fn words(keyring: &Keyring) -> String {
        keyring.identity().unwrap().mnemonic().to_string()
    }

    #[test]
    fn an_identity_is_made_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let first = Keyring::open(folder.path()).unwrap();
        let second = Keyring::open(folder.path()).unwrap();
        assert_eq!(
            (first.protection(), words(&first)),
            (Protection::Device, words(&second))
        );
        assert_eq!(*first.reveal_mnemonic(None).unwrap(), words(&second));
    }

    #[test]
    fn a_password_locks_from_the_next_start_on() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Keyring::open(folder.path()).unwrap();
        let before = words(&keyring);
        assert!(matches!(
            keyring.set_password(None, "short"),
            Err(KeyringError::WeakPassword)
        ));
        keyring.set_password(None, "a long password").unwrap();
        assert_eq!(
            (keyring.protection(), words(&keyring)),
            (Protection::Unlocked, before.clone())
        );
        assert!(!folder.path().join("device.key").exists());

        let keyring = Keyring::open(folder.path()).unwrap();
        assert_eq!(keyring.protection(), Protection::Locked);
        assert!(keyring.identity().is_none());
        assert!(matches!(
            keyring.unlock("another password"),
            Err(KeyringError::WrongPassword)
        ));
        assert!(matches!(
            keyring.set_password(None, "a new password"),
            Err(KeyringError::WrongPassword)
        ));
        assert!(matches!(
            keyring.reveal_mnemonic(None),
            Err(KeyringError::WrongPassword)
        ));
        keyring.unlock("a long password").unwrap();
        assert_eq!(words(&keyring), before);
        keyring.set_password(Some("a long password"), "a new password").unwrap();
        assert_eq!(*keyring.reveal_mnemonic(Some("a new password")).unwrap(), before);
    }

    #[test]
    fn a_device_key_that_does_not_open_the_vault_stays_until_a_password_does() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("device.key");
        let keyring = Keyring::open(folder.path()).unwrap();
        let kept = fs::read(&key).unwrap();
        keyring.set_password(None, "a long password").unwrap();
        fs::write(&key, kept).unwrap();
        let keyring = Keyring::open(folder.path()).unwrap();
        assert_eq!(keyring.protection(), Protection::Locked);
        assert!(key.exists(), "it may be the vault that is not what it was");
        keyring.unlock("a long password").unwrap();
        assert!(!key.exists());
    }

    #[test]
    fn a_damaged_identity_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        Keyring::open(folder.path()).unwrap();
        let file = folder.path().join("identity.json");
        fs::write(&file, "half of it").unwrap();
        let keyring = Keyring::open(folder.path()).unwrap();
        assert_eq!(keyring.protection(), Protection::Damaged);
        assert!(keyring.set_password(None, "a long password").is_err() && keyring.unlock("x").is_err());
        assert_eq!(fs::read(&file).unwrap(), b"half of it");
    }
}
