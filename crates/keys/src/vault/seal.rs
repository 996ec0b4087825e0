//! Authenticated encryption of the vault's two secrets: XChaCha20-Poly1305 with a random nonce.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::KeysError;
use crate::secret::random;

/// What is sealed. Authenticated with the text, so that one seal cannot stand in for the other.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// The data key, under the password's key.
    DataKey,
    /// The identity's entropy, under the data key.
    Identity,
}

impl Role {
    fn associated_data(self) -> &'static [u8] {
        match self {
            Self::DataKey => b"cococat identity 1: data key",
            Self::Identity => b"cococat identity 1: entropy",
        }
    }
}

/// Something encrypted: nonce (24 bytes) and text with its tag (16 bytes more than the plain one), each in Base64.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    nonce: String,
    text: String,
}

impl Sealed {
    /// Encrypts under a fresh nonce.
    pub(super) fn new(key: &[u8; 32], role: Role, plain: &[u8]) -> Result<Self, KeysError> {
        let mut nonce = [0; 24];
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
    pub(super) fn open(&self, key: &[u8; 32], role: Role) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; 24] = STANDARD.decode(&self.nonce).ok()?.try_into().ok()?;
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
