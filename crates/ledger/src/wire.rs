//! Bytes and signatures.

use ed25519_dalek::{Signature, VerifyingKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The value that these bytes are, all of them, and not more bytes than `limit`; `None` if they are anything else.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Option<T> {
    if bytes.len() > limit {
        return None;
    }
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Some(value),
        _ => None,
    }
}

/// A value as bytes, at most `limit` of them; `None` if it has more.
pub(crate) fn encode<T: Serialize>(value: &T, limit: usize) -> Option<Vec<u8>> {
    let bytes = postcard::to_stdvec(value).ok()?;
    (bytes.len() <= limit).then_some(bytes)
}

/// Checks a signature by an ed25519 key; keys and signatures that allow more than one reading are refused.
pub(crate) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let signature = Signature::from_bytes(signature);
    VerifyingKey::from_bytes(key).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
}
