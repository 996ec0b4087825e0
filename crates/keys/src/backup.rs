//! The keys of a person's backup.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use crate::secret::random;
use crate::user::{MESSENGER, derive};
use crate::{Identity, KeysError};

/// The step to the key that signs for the backup.
const SIGNING: u32 = 2;
/// The step to the key that encrypts it.
const SEALING: u32 = 3;
/// Bytes of a nonce.
const NONCE: usize = 24;
/// What is sealed, so that no other seal can stand in for it.
const ROLE: &[u8] = b"cococat backup 1";

/// The keys with which a person's backup is stored at a node and sealed: whoever has the mnemonic has them, and nobody else.
///
/// Both come from the mnemonic's seed by SLIP-0010 in its ed25519 tree: the key that signs at `m/44'/7007'/2'`, the one that
/// encrypts at `m/44'/7007'/3'`. The first is not the person's address, so that whoever has a backup does not know whose it
/// is. Wiped when dropped; `Debug` shows the public key alone.
pub struct BackupKeys {
    signing: SigningKey,
    sealing: Zeroizing<[u8; 32]>,
}

impl BackupKeys {
    /// The keys of a person. Takes a few milliseconds; the same person always has the same.
    ///
    /// # Errors
    /// [`KeysError::Derivation`], which by the laws of chance is never seen.
    pub fn of(person: &Identity) -> Result<Self, KeysError> {
        let seed = person.seed()?;
        let [purpose, messenger] = MESSENGER;
        let key = |step| derive(seed.as_slice(), &[purpose, messenger, step]);
        Ok(Self {
            signing: SigningKey::from_bytes(&*key(SIGNING)?),
            sealing: key(SEALING)?,
        })
    }

    /// The ed25519 public key under which the backup is kept.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    /// Signs by ed25519 (RFC 8032).
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }

    /// Encrypts by XChaCha20-Poly1305 under a fresh nonce, which comes first; 40 bytes are added.
    ///
    /// # Errors
    /// [`KeysError::Random`] if the system has no random bytes to give.
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, KeysError> {
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        let payload = Payload { msg: plain, aad: ROLE };
        let text = XChaCha20Poly1305::new((&*self.sealing).into())
            .encrypt(&XNonce::from(nonce), payload)
            // The cipher refuses only texts of 256 GiB and more.
            .map_err(|_| KeysError::OutOfMemory)?;
        Ok([&nonce[..], &text].concat())
    }

    /// Decrypts what [`BackupKeys::seal`] made; `None` if it is not that, or of somebody else.
    #[must_use]
    pub fn open(&self, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: text, aad: ROLE };
        let plain = XChaCha20Poly1305::new((&*self.sealing).into()).decrypt(&XNonce::from(*nonce), payload);
        plain.ok().map(Zeroizing::new)
    }
}

impl fmt::Debug for BackupKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = bitcoin::base58::encode(&self.public_key());
        f.debug_tuple("BackupKeys").field(&key).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use crate::UserKeys;

    #[test]
    fn only_the_person_opens_the_backup() {
        let person = Identity::generate().unwrap();
        let keys = BackupKeys::of(&person).unwrap();
        let sealed = keys.seal(b"all contacts").unwrap();
        assert_eq!(sealed.len(), 12 + 40);
        let again = BackupKeys::of(&Identity::from_mnemonic(&person.mnemonic()).unwrap()).unwrap();
        assert_eq!(again.public_key(), keys.public_key());
        assert_eq!(again.open(&sealed).unwrap().as_slice(), b"all contacts");
        assert!(
            BackupKeys::of(&Identity::generate().unwrap())
                .unwrap()
                .open(&sealed)
                .is_none()
        );
        for at in 0..sealed.len() {
            let mut spoiled = sealed.clone();
            spoiled[at] ^= 1;
            assert!(keys.open(&spoiled).is_none(), "byte {at}");
        }
        assert!(keys.open(&sealed[..30]).is_none());
        assert!(keys.open(&[]).is_none());
    }

    #[test]
    fn its_keys_are_none_of_the_others() {
        let person = Identity::generate().unwrap();
        let (user, backup) = (UserKeys::of(&person).unwrap(), BackupKeys::of(&person).unwrap());
        assert_ne!(user.public_key(), backup.public_key());
        assert_ne!(backup.sealing.as_slice(), backup.signing.to_bytes());
    }
}
