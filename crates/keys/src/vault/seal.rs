//! Authenticated encryption of what vaults and safes keep: XChaCha20-Poly1305 with a random nonce.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::KeysError;
use crate::secret::random;

/// Bytes of a nonce.
const NONCE_LENGTH: usize = 24;
/// Bytes that a seal is longer than its plain text.
const TAG_LENGTH: usize = 16;

/// What is sealed. Authenticated with the text, so that one seal cannot stand in for the other.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// The data key, under the password's key.
    DataKey,
    /// The identity's entropy, under the data key.
    Identity,
    /// A safe's data key and a password's label, under the password's key.
    SafeKey,
    /// A password's label, under the safe's data key.
    SafeLabel,
    /// The digest of a whole safe, under its data key.
    SafeDigest,
}

impl Role {
    fn associated_data(self) -> &'static [u8] {
        match self {
            Self::DataKey => b"cococat identity 1: data key",
            Self::Identity => b"cococat identity 1: entropy",
            Self::SafeKey => b"cococat safe 1: data key",
            Self::SafeLabel => b"cococat safe 1: label",
            Self::SafeDigest => b"cococat safe 1: digest",
        }
    }
}

/// Something encrypted: nonce (24 bytes) and text with its tag (16 bytes more than the plain one), each in Base64.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sealed {
    nonce: String,
    text: String,
}

impl Sealed {
    /// Random bytes that look like the seal of a plain text of this many bytes, and that no key opens.
    pub(crate) fn decoy(plain_length: usize) -> Result<Self, KeysError> {
        let mut nonce = [0; NONCE_LENGTH];
        random(&mut nonce)?;
        let mut text = vec![0; plain_length + TAG_LENGTH];
        random(&mut text)?;
        Ok(Self {
            nonce: STANDARD.encode(nonce),
            text: STANDARD.encode(text),
        })
    }

    /// Whether this has the form of a seal of a plain text of this many bytes.
    pub(crate) fn has_length(&self, plain_length: usize) -> bool {
        let is = |text: &str, length| STANDARD.decode(text).is_ok_and(|bytes| bytes.len() == length);
        is(&self.nonce, NONCE_LENGTH) && is(&self.text, plain_length + TAG_LENGTH)
    }

    /// The parts as they are written, to be put into a hash.
    pub(crate) fn parts(&self) -> [&str; 2] {
        [&self.nonce, &self.text]
    }

    /// Encrypts under a fresh nonce.
    pub(crate) fn new(key: &[u8; 32], role: Role, plain: &[u8]) -> Result<Self, KeysError> {
        let mut nonce = [0; NONCE_LENGTH];
        random(&mut nonce)?;
        let payload = Payload {
            msg: plain,
            aad: role.associated_data(),
        };
        let text = XChaCha20Poly1305::new(key.into())
            .encrypt(&XNonce::from(nonce), payload)
            // The cipher refuses only texts of 256 GiB and more.
            .map_err(|_| KeysError::OutOfMemory)?;
        Ok(Self {
            nonce: STANDARD.encode(nonce),
            text: STANDARD.encode(text),
        })
    }

    /// Decrypts; `None` if key, role, nonce or text are not those of the seal.
    pub(crate) fn open(&self, key: &[u8; 32], role: Role) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; NONCE_LENGTH] = STANDARD.decode(&self.nonce).ok()?.try_into().ok()?;
        let text = STANDARD.decode(&self.text).ok()?;
        let payload = Payload {
            msg: &text,
            aad: role.associated_data(),
        };
        XChaCha20Poly1305::new(key.into())
            .decrypt(&XNonce::from(nonce), payload)
            .ok()
            .map(Zeroizing::new)
    }
}
