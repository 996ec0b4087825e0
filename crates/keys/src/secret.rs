//! Private keys in memory: wiped when dropped, never printed.

use bitcoin::bip32::Xpriv;
use bitcoin::secp256k1::{SECP256K1, SecretKey};
use bitcoin::{NetworkKind, PublicKey};
use zeroize::Zeroizing;

use crate::KeysError;

/// A secp256k1 private key that is overwritten when it is dropped.
pub(crate) struct Secret(SecretKey);

impl Secret {
    /// A new key from the system's random generator.
    pub(crate) fn generate() -> Result<Self, KeysError> {
        let mut bytes = Zeroizing::new([0; 32]);
        loop {
            random(bytes.as_mut_slice())?;
            // One in 2^128 numbers is no valid key.
            if let Some(secret) = Self::from_bytes(bytes.as_slice()) {
                return Ok(secret);
            }
        }
    }

    /// The key with these 32 bytes, big endian; `None` if they are no valid key.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        SecretKey::from_slice(bytes).ok().map(Self)
    }

    /// The key itself, for the duration of one use.
    pub(crate) fn expose(&self) -> &SecretKey {
        &self.0
    }

    /// The public key, to be serialised compressed.
    pub(crate) fn public_key(&self) -> PublicKey {
        PublicKey::new(self.0.public_key(SECP256K1))
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.non_secure_erase();
    }
}

/// A node of a BIP-32 tree whose private key is overwritten when it is dropped.
pub(crate) struct Node(Xpriv);

impl Node {
    /// The root of the tree that grows from a BIP-39 seed.
    pub(crate) fn master(seed: &[u8; 64]) -> Result<Self, KeysError> {
        Xpriv::new_master(NetworkKind::Main, seed)
            .map(Self)
            .map_err(|_| KeysError::Derivation)
    }

    /// The private key at a path below this node.
    pub(crate) fn derive(&self, path: &[bitcoin::bip32::ChildNumber]) -> Result<Secret, KeysError> {
        let node = self
            .0
            .derive_priv(SECP256K1, &path)
            .map(Self)
            .map_err(|_| KeysError::Derivation)?;
        Ok(Secret(node.0.private_key))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.0.private_key.non_secure_erase();
    }
}

/// Fills the buffer from the system's random generator.
pub(crate) fn random(buffer: &mut [u8]) -> Result<(), KeysError> {
    getrandom::fill(buffer).map_err(|_| KeysError::Random)
}
