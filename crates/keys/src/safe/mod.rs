//! A data key at rest that several passwords open.
//!
//! Every password is made slow by Argon2id with the file's one salt, so that an attempt costs one derivation however
//! many passwords there are; the outcome is then tried on all slots, those that are not in use included. See `format.rs`
//! for the file.

mod format;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use bitcoin::hex::DisplayHex as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::KeysError;
use crate::secret::random;
use crate::vault::file::{self, Replace};
use crate::vault::kdf::{Kdf, SALT_LENGTH};
use crate::vault::seal::Role;
use format::{Record, SLOTS, Slot};

/// How slow passwords are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Argon2id with 64 MiB and three passes: about a fifth of a second.
    Standard,
    /// Next to nothing, and next to no protection: for tests and benchmarks only.
    Cheap,
}

impl Cost {
    /// The parameters behind the choice.
    pub(crate) fn kdf(self) -> Kdf {
        match self {
            Self::Standard => Kdf::STANDARD,
            Self::Cheap => Kdf::CHEAP,
        }
    }
}

/// What a safe keeps: 32 random bytes, for encrypting everything else. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// The key itself, for the duration of one use.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataKey").finish_non_exhaustive()
    }
}

/// A password after its derivation, good for the one safe that derived it. Wiped when dropped, never printed.
pub struct PasswordKey {
    key: Zeroizing<[u8; 32]>,
    salt: [u8; SALT_LENGTH],
}

impl fmt::Debug for PasswordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordKey").finish_non_exhaustive()
    }
}

/// A file that several passwords open, each under a label of its own; all of them give the same [`DataKey`]
/// (`im.md`, section 4).
///
/// Whoever has the file alone learns neither labels nor how many passwords there are. Whoever has the data key too sees
/// the labels and can set and remove passwords, but never learns one.
///
/// The value remembers the path alone, and every operation reads the file again. A damaged or unknown file is never
/// overwritten. Two operations that write must not run at once on one file: hence `&mut`.
#[derive(Debug)]
pub struct Safe {
    path: PathBuf,
}

impl Safe {
    /// The most passwords that a safe can have.
    pub const CAPACITY: usize = SLOTS;

    /// Makes a safe with a new data key and without passwords, readable by its owner alone. The folder must exist.
    ///
    /// # Errors
    /// [`KeysError::VaultExists`] if there is anything at the path, [`KeysError::Io`] or [`KeysError::Random`].
    pub fn create(path: impl AsRef<Path>) -> Result<(Self, DataKey), KeysError> {
        Self::create_with(path, Cost::Standard)
    }

    /// [`Safe::create`] with a choice of how slow its passwords are made; the file remembers it.
    ///
    /// # Errors
    /// Those of [`Safe::create`].
    pub fn create_with(path: impl AsRef<Path>, cost: Cost) -> Result<(Self, DataKey), KeysError> {
        let path = path.as_ref();
        if file::exists(path) {
            return Err(KeysError::VaultExists(path.to_owned()));
        }
        let mut key = Zeroizing::new([0; 32]);
        random(key.as_mut_slice())?;
        let mut salt = [0; SALT_LENGTH];
        random(&mut salt)?;
        let slots = (0..SLOTS).map(|_| Slot::free()).collect::<Result<_, _>>()?;
        let record = Record::sealed(&key, cost.kdf(), salt, slots)?;
        file::write(path, &record.into_json(), Replace::Never)?;
        Ok((Self { path: path.to_owned() }, DataKey(key)))
    }

    /// Whether there is something at this path, be it a readable safe or not. Also `true` if that cannot be found out:
    /// [`Safe::at`] then tells why.
    #[must_use]
    pub fn exists(path: impl AsRef<Path>) -> bool {
        file::exists(path.as_ref())
    }

    /// Finds the safe at a path and checks that it can be read, without a password.
    ///
    /// # Errors
    /// [`KeysError::VaultMissing`], [`KeysError::VaultVersion`], [`KeysError::VaultCorrupt`] or [`KeysError::Io`].
    pub fn at(path: impl AsRef<Path>) -> Result<Self, KeysError> {
        let safe = Self {
            path: path.as_ref().to_owned(),
        };
        safe.read()?;
        Ok(safe)
    }

    /// Makes a key of a password, whether it is a right one or not. Takes about a fifth of a second and 64 MiB of memory:
    /// not for the user interface's thread. Passwords are compared in Unicode's composed form (NFC).
    ///
    /// # Errors
    /// [`KeysError::OutOfMemory`], and those of [`Safe::at`].
    pub fn derive(&self, password: &str) -> Result<PasswordKey, KeysError> {
        let record = self.read()?;
        Ok(PasswordKey {
            key: record.kdf.key(password, &record.salt)?,
            salt: record.salt,
        })
    }

    /// The data key and the password's label; `None` if the password is none of this safe's. Takes the same time for
    /// every password.
    ///
    /// # Errors
    /// [`KeysError::ForeignKey`] if another safe derived the key, [`KeysError::VaultCorrupt`] if the file was altered by
    /// somebody without the data key, and those of [`Safe::at`].
    pub fn open(&self, password: &PasswordKey) -> Result<Option<(DataKey, String)>, KeysError> {
        try_all(&self.read()?, password)
    }

    /// Lets a password open the safe under a label of 1 to 63 bytes; the label's password before it no longer does.
    /// A crash leaves the one or the other.
    ///
    /// # Errors
    /// [`KeysError::PasswordTaken`] with the other label that has this password, [`KeysError::SafeFull`],
    /// [`KeysError::Label`], [`KeysError::Random`], [`KeysError::ForeignKey`] if either key is not this safe's, and those
    /// of [`Safe::at`]; nothing is then changed.
    pub fn set(&mut self, key: &DataKey, label: &str, password: &PasswordKey) -> Result<(), KeysError> {
        let mut record = self.read_with(key)?;
        let slot = Slot::used(&password.key, &key.0, label)?;
        match try_all(&record, password)? {
            Some((_, same)) if same == label => return Ok(()),
            Some((_, other)) => return Err(KeysError::PasswordTaken(other)),
            None => {}
        }
        let labels = labels_of(&record, key);
        let place = labels
            .iter()
            .position(|used| used.as_deref() == Some(label))
            .or_else(|| labels.iter().position(Option::is_none))
            .and_then(|index| record.slots.get_mut(index))
            .ok_or(KeysError::SafeFull(SLOTS))?;
        *place = slot;
        self.write(key, record)
    }

    /// Takes the password of a label away, if it has one.
    ///
    /// # Errors
    /// [`KeysError::ForeignKey`] if the data key is not this safe's, [`KeysError::Random`], and those of [`Safe::at`];
    /// nothing is then changed.
    pub fn remove(&mut self, key: &DataKey, label: &str) -> Result<(), KeysError> {
        let mut record = self.read_with(key)?;
        let place = labels_of(&record, key)
            .iter()
            .position(|used| used.as_deref() == Some(label))
            .and_then(|index| record.slots.get_mut(index));
        let Some(place) = place else { return Ok(()) };
        *place = Slot::free()?;
        self.write(key, record)
    }

    /// The labels that have a password, sorted.
    ///
    /// # Errors
    /// [`KeysError::ForeignKey`] if the data key is not this safe's, and those of [`Safe::at`].
    pub fn labels(&self, key: &DataKey) -> Result<Vec<String>, KeysError> {
        let record = self.read_with(key)?;
        let mut labels: Vec<_> = labels_of(&record, key).into_iter().flatten().collect();
        labels.sort_unstable();
        Ok(labels)
    }

    /// An opaque token of a label's password: 64 hex digits, other ones after every change of it; empty if the label has
    /// no password. It is keyed by the data key and made of random bytes, so that nobody can try passwords on it.
    ///
    /// # Errors
    /// Those of [`Safe::labels`].
    pub fn token(&self, key: &DataKey, label: &str) -> Result<String, KeysError> {
        let record = self.read_with(key)?;
        let slot = labels_of(&record, key)
            .iter()
            .position(|used| used.as_deref() == Some(label))
            .and_then(|index| record.slots.get(index));
        let Some(slot) = slot else { return Ok(String::new()) };
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_slice()).map_err(|_| KeysError::Derivation)?;
        mac.update(b"cococat safe 1: token");
        // Both parts have a fixed length, and the nonce is new for every password.
        for part in slot.key.parts() {
            mac.update(part.as_bytes());
        }
        let token: [u8; 32] = mac.finalize().into_bytes().into();
        Ok(token.to_lower_hex_string())
    }

    /// Removes the safe and overwrites what it held; whatever its data key encrypts is lost. `Ok` if it is gone already.
    ///
    /// # Errors
    /// [`KeysError::Io`] with the action `remove` if the file is still there, or `erase` if it is gone, but may be
    /// readable on the disk.
    pub fn erase(&mut self) -> Result<(), KeysError> {
        file::erase(&self.path)
    }

    /// Reads and checks the file.
    fn read(&self) -> Result<Record, KeysError> {
        Record::from_json(&file::read(&self.path, format::SIZE_LIMIT)?)
    }

    /// Reads the file for somebody who has its data key.
    fn read_with(&self, key: &DataKey) -> Result<Record, KeysError> {
        let record = self.read()?;
        record.authenticate(&key.0)?;
        Ok(record)
    }

    /// Replaces the file by a record whose slots have changed.
    fn write(&self, key: &DataKey, record: Record) -> Result<(), KeysError> {
        let record = Record::sealed(&key.0, record.kdf, record.salt, record.slots)?;
        file::write(&self.path, &record.into_json(), Replace::Existing)
    }
}

/// Tries a password on every slot, without stopping at the one that it opens.
fn try_all(record: &Record, password: &PasswordKey) -> Result<Option<(DataKey, String)>, KeysError> {
    if password.salt != record.salt {
        return Err(KeysError::ForeignKey);
    }
    let mut opened = None;
    for slot in &record.slots {
        if let Some(plain) = slot.key.open(&password.key, Role::SafeKey) {
            opened = Some(plain);
        }
    }
    let Some(plain) = opened else { return Ok(None) };
    let damaged = || KeysError::VaultCorrupt("a slot holds something else than it should");
    let (key, padded) = plain.split_first_chunk::<32>().ok_or_else(damaged)?;
    let label = format::unpad(padded).ok_or_else(damaged)?;
    let key = DataKey(Zeroizing::new(*key));
    match record.authenticate(&key.0) {
        Ok(()) => Ok(Some((key, label))),
        // The password was right, so the key is too.
        Err(KeysError::ForeignKey) => Err(KeysError::VaultCorrupt("it was altered")),
        Err(error) => Err(error),
    }
}

/// What each slot is used for, `None` for one that is free.
fn labels_of(record: &Record, key: &DataKey) -> Vec<Option<String>> {
    let label = |slot: &Slot| format::unpad(&slot.label.open(&key.0, Role::SafeLabel)?);
    record.slots.iter().map(label).collect()
}
