//! The safe's file: one JSON object.
//!
//! ```json
//! {
//!   "version": 1,
//!   "kdf": { "memoryKiB": 65536, "iterations": 3, "parallelism": 1 },
//!   "salt": "Base64 of 16 bytes",
//!   "slots": [
//!     { "key": { "nonce": "Base64 of 24 bytes", "text": "Base64 of 112 bytes" },
//!       "label": { "nonce": "Base64 of 24 bytes", "text": "Base64 of 80 bytes" } }
//!   ],
//!   "digest": { "nonce": "Base64 of 24 bytes", "text": "Base64 of 48 bytes" },
//!   "checksum": "hex SHA-256 of the five members above as compact JSON in this order"
//! }
//! ```
//!
//! There are always 24 slots. `key` seals the data key (32 bytes) and the label under the password's key, `label` the
//! label under the data key; a label is its length in one byte, its UTF-8, and zeros up to 64 bytes in all. A slot that is
//! not in use holds random bytes. `digest` seals the SHA-256 of the first four members, as compact JSON in this order,
//! under the data key, so that whoever has it sees every change made without it; the checksum tells a failing disk.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitcoin::hashes::{Hash as _, sha256};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::KeysError;
use crate::vault::kdf::{Kdf, SALT_LENGTH};
use crate::vault::seal::{Role, Sealed};

/// Largest file that is read, in bytes; one that we write has about 13,000.
pub(super) const SIZE_LIMIT: u64 = 64 * 1024;

/// How many passwords a safe can have.
pub(super) const SLOTS: usize = 24;

/// Bytes of a padded label.
pub(super) const PADDED: usize = 64;

/// The version that this program writes, and the only one it reads.
const VERSION: u64 = 1;

/// The place of one password, in use or not.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slot {
    /// Data key and padded label under the password's key.
    pub(super) key: Sealed,
    /// The padded label under the data key.
    pub(super) label: Sealed,
}

/// What a safe's file says, checked for form but still sealed.
pub(super) struct Record {
    /// How every password is made slow.
    pub(super) kdf: Kdf,
    /// The salt of every password.
    pub(super) salt: [u8; SALT_LENGTH],
    /// The places of the passwords, always [`SLOTS`].
    pub(super) slots: Vec<Slot>,
    /// The seal of everything above.
    digest: Sealed,
}

/// The version alone, to be told before anything else of a file is looked at.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// The members that the digest covers.
#[derive(Serialize)]
struct Covered<'a> {
    version: u64,
    kdf: &'a Kdf,
    salt: &'a str,
    slots: &'a [Slot],
}

/// The members that the checksum covers.
#[derive(Serialize)]
struct Body<'a> {
    version: u64,
    kdf: &'a Kdf,
    salt: &'a str,
    slots: &'a [Slot],
    digest: &'a Sealed,
}

/// All members of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Whole {
    version: u64,
    kdf: Kdf,
    salt: String,
    slots: Vec<Slot>,
    digest: Sealed,
    checksum: String,
}

impl Whole {
    /// The checksum that the other members should have.
    pub(super) fn right_checksum(&self) -> String {
        let hash = sha256_of(&Body {
            version: self.version,
            kdf: &self.kdf,
            salt: &self.salt,
            slots: &self.slots,
            digest: &self.digest,
        });
        sha256::Hash::from_byte_array(hash).to_string()
    }
}

/// The SHA-256 of something as compact JSON.
fn sha256_of(value: &impl Serialize) -> [u8; 32] {
    // Strings and numbers always serialise.
    let json = serde_json::to_vec(value).unwrap_or_default();
    sha256::Hash::hash(&json).to_byte_array()
}

/// What the digest of a file with these members seals.
fn digest_of(kdf: &Kdf, salt: &[u8; SALT_LENGTH], slots: &[Slot]) -> [u8; 32] {
    sha256_of(&Covered {
        version: VERSION,
        kdf,
        salt: &STANDARD.encode(salt),
        slots,
    })
}

impl Slot {
    /// The place of a password.
    pub(super) fn used(password_key: &[u8; 32], data_key: &[u8; 32], label: &str) -> Result<Self, KeysError> {
        let padded = pad(label)?;
        // Reserved in full, since growing would leave a copy behind.
        let mut plain = Zeroizing::new(Vec::with_capacity(data_key.len() + PADDED));
        plain.extend_from_slice(data_key);
        plain.extend_from_slice(padded.as_slice());
        Ok(Self {
            key: Sealed::new(password_key, Role::SafeKey, &plain)?,
            label: Sealed::new(data_key, Role::SafeLabel, padded.as_slice())?,
        })
    }

    /// A place not in use.
    pub(super) fn free() -> Result<Self, KeysError> {
        Ok(Self {
            key: Sealed::decoy(32 + PADDED)?,
            label: Sealed::decoy(PADDED)?,
        })
    }

    fn is_well_formed(&self) -> bool {
        self.key.has_length(32 + PADDED) && self.label.has_length(PADDED)
    }
}

impl Record {
    /// A record whose digest covers these members.
    pub(super) fn sealed(
        data_key: &[u8; 32],
        kdf: Kdf,
        salt: [u8; SALT_LENGTH],
        slots: Vec<Slot>,
    ) -> Result<Self, KeysError> {
        let digest = Sealed::new(data_key, Role::SafeDigest, &digest_of(&kdf, &salt, &slots))?;
        Ok(Self {
            kdf,
            salt,
            slots,
            digest,
        })
    }

    /// Checks that nothing was changed without the data key.
    ///
    /// # Errors
    /// [`KeysError::ForeignKey`] if it is not the data key of this file, [`KeysError::VaultCorrupt`] after a change.
    pub(super) fn authenticate(&self, data_key: &[u8; 32]) -> Result<(), KeysError> {
        let digest = self
            .digest
            .open(data_key, Role::SafeDigest)
            .ok_or(KeysError::ForeignKey)?;
        if *digest != digest_of(&self.kdf, &self.salt, &self.slots) {
            return Err(KeysError::VaultCorrupt("it was altered"));
        }
        Ok(())
    }

    /// Reads a file's bytes.
    ///
    /// # Errors
    /// [`KeysError::VaultVersion`] for an object with another version, [`KeysError::VaultCorrupt`] for everything else.
    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, KeysError> {
        let Versioned { version } = serde_json::from_slice(bytes)
            .map_err(|_| KeysError::VaultCorrupt("it is not a JSON object with a version"))?;
        if version != VERSION {
            return Err(KeysError::VaultVersion(version));
        }
        let whole: Whole = serde_json::from_slice(bytes)
            .map_err(|_| KeysError::VaultCorrupt("a member is missing, unknown or malformed"))?;
        if whole.checksum != whole.right_checksum() {
            return Err(KeysError::VaultCorrupt("its checksum does not match"));
        }
        if !whole.kdf.is_acceptable() {
            return Err(KeysError::VaultCorrupt("its key derivation is out of bounds"));
        }
        if whole.slots.len() != SLOTS || !whole.slots.iter().all(Slot::is_well_formed) {
            return Err(KeysError::VaultCorrupt("its slots are not as they should be"));
        }
        let salt = STANDARD
            .decode(&whole.salt)
            .ok()
            .and_then(|salt| salt.try_into().ok())
            .ok_or(KeysError::VaultCorrupt("its salt is not 16 bytes"))?;
        Ok(Self {
            kdf: whole.kdf,
            salt,
            slots: whole.slots,
            digest: whole.digest,
        })
    }

    /// The bytes of the file, ending with a line break.
    pub(super) fn into_json(self) -> Vec<u8> {
        let mut whole = Whole {
            version: VERSION,
            kdf: self.kdf,
            salt: STANDARD.encode(self.salt),
            slots: self.slots,
            digest: self.digest,
            checksum: String::new(),
        };
        whole.checksum = whole.right_checksum();
        // Strings and numbers always serialise.
        let mut bytes = serde_json::to_vec_pretty(&whole).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// A label at its fixed length.
pub(super) fn pad(label: &str) -> Result<Zeroizing<[u8; PADDED]>, KeysError> {
    let refused = KeysError::Label(PADDED - 1);
    let mut padded = Zeroizing::new([0; PADDED]);
    let Some((first, rest)) = padded.split_first_mut() else {
        return Err(refused);
    };
    match (u8::try_from(label.len()), rest.get_mut(..label.len())) {
        (Ok(length @ 1..), Some(place)) => {
            *first = length;
            place.copy_from_slice(label.as_bytes());
            Ok(padded)
        }
        _ => Err(refused),
    }
}

/// The label behind its padding; `None` if there is none.
pub(super) fn unpad(padded: &[u8]) -> Option<String> {
    let (&length, rest) = padded.split_first()?;
    let label = rest.get(..usize::from(length))?;
    Some(str::from_utf8(label).ok()?.to_owned())
}
