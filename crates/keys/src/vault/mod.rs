//! An identity at rest.
//!
//! A random data key encrypts the identity's entropy; the password, made slow by Argon2id, encrypts the data key. So a
//! new password rewrites one small record and the identity itself stays sealed. Both seals are XChaCha20-Poly1305.
//! The file is JSON with a version; see `format.rs` for its fields.

pub(crate) mod file;
mod format;
pub(crate) mod kdf;
pub(crate) mod seal;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::secret::random;
use crate::{Identity, KeysError};
use file::Replace;
use format::Record;
use kdf::Kdf;
use seal::{Role, Sealed};

/// The one place where an identity is kept: a file that a password opens.
///
/// The value remembers the path alone. Every operation reads the file again, so two of them on one file never write back
/// something stale. A damaged or unknown file is never overwritten.
///
/// Whatever takes a password takes about a fifth of a second and 64 MiB of memory: not for the user interface's thread.
/// Any text is a password, the empty one included; what makes a good one is for the caller to decide. Passwords are
/// compared in Unicode's composed form (NFC), so that keyboards that differ in it do not matter.
#[derive(Debug)]
pub struct Vault {
    path: PathBuf,
}

impl Vault {
    /// Whether there is something at this path, be it a readable vault or not. Also `true` if that cannot be found out:
    /// [`Vault::open`] then tells why.
    #[must_use]
    pub fn exists(path: impl AsRef<Path>) -> bool {
        file::exists(path.as_ref())
    }

    /// Seals an identity into a new file, readable by its owner alone. The folder must exist.
    ///
    /// # Errors
    /// [`KeysError::VaultExists`] if there is anything at the path, [`KeysError::Io`], [`KeysError::Random`] or
    /// [`KeysError::OutOfMemory`]; then nothing is left behind.
    pub fn create(path: impl AsRef<Path>, identity: &Identity, password: &str) -> Result<Self, KeysError> {
        Self::create_with(path.as_ref(), identity, password, Kdf::STANDARD)
    }

    /// [`Vault::create`] with a choice of how slow the password is made.
    fn create_with(path: &Path, identity: &Identity, password: &str, kdf: Kdf) -> Result<Self, KeysError> {
        if file::exists(path) {
            return Err(KeysError::VaultExists(path.to_owned()));
        }
        let mut data_key = Zeroizing::new([0; 32]);
        random(data_key.as_mut_slice())?;
        let identity = Sealed::new(&data_key, Role::Identity, &identity.entropy())?;
        let record = wrap(&data_key, identity, password, kdf)?;
        file::write(path, &record.into_json(), Replace::Never)?;
        Ok(Self { path: path.to_owned() })
    }

    /// Finds the vault at a path and checks that it can be read, without a password.
    ///
    /// # Errors
    /// [`KeysError::VaultMissing`], [`KeysError::VaultVersion`], [`KeysError::VaultCorrupt`] or [`KeysError::Io`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KeysError> {
        let vault = Self {
            path: path.as_ref().to_owned(),
        };
        vault.read()?;
        Ok(vault)
    }

    /// Opens the identity.
    ///
    /// # Errors
    /// [`KeysError::WrongPassword`], [`KeysError::OutOfMemory`], and those of [`Vault::open`].
    pub fn unlock(&self, password: &str) -> Result<Identity, KeysError> {
        let record = self.read()?;
        let data_key = unwrap(&record, password)?;
        let entropy = record
            .identity
            .open(&data_key, Role::Identity)
            .ok_or(KeysError::VaultCorrupt("the identity was altered"))?;
        Identity::from_entropy(entropy).ok_or(KeysError::VaultCorrupt("the identity has no valid length"))
    }

    /// Replaces the password. A crash at any point leaves a file that the old or the new one opens.
    ///
    /// # Errors
    /// Those of [`Vault::unlock`] for the old password, and [`KeysError::Random`]; the file is then as it was. After a
    /// [`KeysError::Io`] with the action `write` it has either password.
    pub fn change_password(&mut self, old: &str, new: &str) -> Result<(), KeysError> {
        self.change_password_with(old, new, Kdf::STANDARD)
    }

    /// [`Vault::change_password`] with a choice of how slow the new password is made.
    fn change_password_with(&mut self, old: &str, new: &str, kdf: Kdf) -> Result<(), KeysError> {
        let record = self.read()?;
        let data_key = unwrap(&record, old)?;
        if record.identity.open(&data_key, Role::Identity).is_none() {
            return Err(KeysError::VaultCorrupt("the identity was altered"));
        }
        let record = wrap(&data_key, record.identity, new, kdf)?;
        file::write(&self.path, &record.into_json(), Replace::Existing)
    }

    /// Reads and checks the file.
    fn read(&self) -> Result<Record, KeysError> {
        Record::from_json(&file::read(&self.path, format::SIZE_LIMIT)?)
    }
}

/// Makes the record of a vault: wraps the data key by a password with a fresh salt.
fn wrap(data_key: &[u8; 32], identity: Sealed, password: &str, kdf: Kdf) -> Result<Record, KeysError> {
    let mut salt = [0; kdf::SALT_LENGTH];
    random(&mut salt)?;
    let password_key = kdf.key(password, &salt)?;
    Ok(Record {
        kdf,
        salt,
        key: Sealed::new(&password_key, Role::DataKey, data_key)?,
        identity,
    })
}

/// Unwraps the data key. The record's checksum was right, so a seal that does not open means a wrong password.
fn unwrap(record: &Record, password: &str) -> Result<Zeroizing<[u8; 32]>, KeysError> {
    let password_key = record.kdf.key(password, &record.salt)?;
    let bytes = record
        .key
        .open(&password_key, Role::DataKey)
        .ok_or(KeysError::WrongPassword)?;
    let mut data_key = Zeroizing::new([0; 32]);
    if bytes.len() != data_key.len() {
        return Err(KeysError::VaultCorrupt("the data key has no valid length"));
    }
    data_key.copy_from_slice(&bytes);
    Ok(data_key)
}
