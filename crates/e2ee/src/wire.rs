//! Bytes and signatures: how values are written, and what exactly is signed.

use std::fmt::Write as _;

use ed25519_dalek::VerifyingKey;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::E2eeError;

/// Before everything that is signed here, so that no signature serves another protocol of the same key.
const SIGNED: &[u8] = b"cococat e2ee 1: ";

/// A value as bytes.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, E2eeError> {
    postcard::to_stdvec(value).map_err(|_| E2eeError::Malformed("a value"))
}

/// The value that these bytes are, all of them, and not more bytes than `limit`.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], limit: usize, what: &'static str) -> Result<T, E2eeError> {
    if bytes.len() > limit {
        return Err(E2eeError::TooLong { what, limit });
    }
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        _ => Err(E2eeError::Malformed(what)),
    }
}

/// What a signature covers: a purpose, and parts that cannot run into each other.
pub(crate) struct Transcript {
    purpose: &'static str,
    digest: Sha256,
}

impl Transcript {
    /// Begins with the purpose alone.
    pub(crate) fn new(purpose: &'static str) -> Self {
        Self {
            purpose,
            digest: Sha256::new(),
        }
    }

    /// Adds a part.
    pub(crate) fn with(mut self, part: &[u8]) -> Self {
        self.digest.update((part.len() as u64).to_le_bytes());
        self.digest.update(part);
        self
    }

    /// Adds a number.
    pub(crate) fn number(self, number: u64) -> Self {
        self.with(&number.to_le_bytes())
    }

    /// The bytes to be signed: the protocol, the purpose, and SHA-256 over the parts.
    pub(crate) fn message(self) -> Vec<u8> {
        let mut message = SIGNED.to_vec();
        message.extend(self.purpose.as_bytes());
        message.push(0);
        message.extend(self.digest.finalize());
        message
    }

    /// A digest of all that [`Transcript::message`] stands for.
    pub(crate) fn fingerprint(self) -> [u8; 32] {
        Sha256::digest(self.message()).into()
    }
}

/// Checks a signature by an ed25519 key; keys and signatures that allow more than one reading are refused.
pub(crate) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let signature = ed25519_dalek::Signature::from_bytes(signature);
    VerifyingKey::from_bytes(key).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Arrays of 64 bytes, which serde does not know: two halves.
pub(crate) mod long {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    /// Writes the halves.
    pub(crate) fn serialize<S: Serializer>(bytes: &[u8; 64], serializer: S) -> Result<S::Ok, S::Error> {
        let (halves, _) = bytes.as_chunks::<32>();
        match halves {
            [first, second] => (first, second).serialize(serializer),
            _ => Err(serde::ser::Error::custom("64 bytes are two halves")),
        }
    }

    /// Reads the halves.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 64], D::Error> {
        let halves = <([u8; 32], [u8; 32])>::deserialize(deserializer)?;
        [halves.0, halves.1]
            .concat()
            .try_into()
            .map_err(|_| D::Error::custom("two halves are 64 bytes"))
    }
}
