//! The vault's file: one JSON object.
//!
//! ```json
//! {
//!   "version": 1,
//!   "kdf": { "memoryKiB": 65536, "iterations": 3, "parallelism": 1 },
//!   "salt": "Base64 of 16 bytes",
//!   "key": { "nonce": "Base64 of 24 bytes", "text": "Base64 of 48 bytes" },
//!   "identity": { "nonce": "Base64 of 24 bytes", "text": "Base64 of 32 to 48 bytes" },
//!   "checksum": "hex SHA-256 of the five members above as compact JSON in this order"
//! }
//! ```
//!
//! The checksum is no protection against people, who can compute it too; it tells a failing disk from a wrong password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitcoin::hashes::{Hash as _, sha256};
use serde::{Deserialize, Serialize};

use super::kdf::{Kdf, SALT_LENGTH};
use super::seal::Sealed;
use crate::KeysError;

/// Largest file that is read, in bytes; one that we write has about 500.
pub(super) const SIZE_LIMIT: u64 = 16 * 1024;

/// The version that this program writes, and the only one it reads.
const VERSION: u64 = 1;

/// What a vault's file says, checked for form but still sealed.
pub(super) struct Record {
    /// How the password was made slow.
    pub(super) kdf: Kdf,
    /// The salt of the password.
    pub(super) salt: [u8; SALT_LENGTH],
    /// The data key under the password's key.
    pub(super) key: Sealed,
    /// The identity's entropy under the data key.
    pub(super) identity: Sealed,
}

/// The version alone, to be told before anything else of a file is looked at.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// All members of the file but the checksum, in their order.
#[derive(Serialize)]
struct Body<'a> {
    version: u64,
    kdf: &'a Kdf,
    salt: &'a str,
    key: &'a Sealed,
    identity: &'a Sealed,
}

/// All members of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Whole {
    version: u64,
    kdf: Kdf,
    salt: String,
    key: Sealed,
    identity: Sealed,
    checksum: String,
}

impl Whole {
    /// The checksum that the other members should have.
    pub(super) fn right_checksum(&self) -> String {
        let body = Body {
            version: self.version,
            kdf: &self.kdf,
            salt: &self.salt,
            key: &self.key,
            identity: &self.identity,
        };
        // Strings and numbers always serialise.
        let json = serde_json::to_vec(&body).unwrap_or_default();
        sha256::Hash::hash(&json).to_string()
    }
}

impl Record {
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
        let salt = STANDARD
            .decode(&whole.salt)
            .ok()
            .and_then(|salt| salt.try_into().ok())
            .ok_or(KeysError::VaultCorrupt("its salt is not 16 bytes"))?;
        Ok(Self {
            kdf: whole.kdf,
            salt,
            key: whole.key,
            identity: whole.identity,
        })
    }

    /// The bytes of the file, ending with a line break.
    pub(super) fn into_json(self) -> Vec<u8> {
        let mut whole = Whole {
            version: VERSION,
            kdf: self.kdf,
            salt: STANDARD.encode(self.salt),
            key: self.key,
            identity: self.identity,
            checksum: String::new(),
        };
        whole.checksum = whole.right_checksum();
        // Strings and numbers always serialise.
        let mut bytes = serde_json::to_vec_pretty(&whole).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}
