//! The keys that a person and a device have in the messenger.

use std::fmt;

use bitcoin::base58;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha512;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::secret::random;
use crate::{Identity, KeysError};

/// The bit that makes a step of a path hardened; SLIP-0010 knows no other steps for ed25519.
const HARDENED: u32 = 1 << 31;
/// `m/44'/7007'`, below which the messenger's keys are.
pub(crate) const MESSENGER: [u32; 2] = [44, 7007];
/// The step to the key that signs.
const SIGNING: u32 = 0;
/// The step to the key that agrees on secrets.
const AGREEMENT: u32 = 1;
/// Most characters that 32 bytes have in base58.
const LONGEST_ADDRESS: usize = 44;

/// A person's keys in the messenger: one that signs and one that agrees on secrets (`im.md`, section 3).
///
/// Both come from the mnemonic's seed by SLIP-0010 in its ed25519 tree: the signing key at `m/44'/7007'/0'`, the x25519
/// key at `m/44'/7007'/1'`. Wiped when dropped; `Debug` shows the address alone.
pub struct UserKeys {
    signing: SigningKey,
    agreement: StaticSecret,
}

impl UserKeys {
    /// The keys of a person. Takes a few milliseconds; nothing is random, so the same person always has the same keys.
    ///
    /// # Errors
    /// [`KeysError::Derivation`], which by the laws of chance is never seen.
    pub fn of(person: &Identity) -> Result<Self, KeysError> {
        Self::from_seed(person.seed()?.as_slice())
    }

    /// The keys below a BIP-39 seed.
    fn from_seed(seed: &[u8]) -> Result<Self, KeysError> {
        let [purpose, messenger] = MESSENGER;
        let signing = derive(seed, &[purpose, messenger, SIGNING])?;
        let agreement = derive(seed, &[purpose, messenger, AGREEMENT])?;
        Ok(Self {
            signing: SigningKey::from_bytes(&signing),
            agreement: StaticSecret::from(*agreement),
        })
    }

    /// The person's node address: the public key in base58, 32 to 44 characters.
    #[must_use]
    pub fn address(&self) -> String {
        base58::encode(&self.public_key())
    }

    /// The ed25519 public key (`c_pub_key`).
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    /// The x25519 public key (`c_pub_curve`).
    #[must_use]
    pub fn curve_key(&self) -> [u8; 32] {
        PublicKey::from(&self.agreement).to_bytes()
    }

    /// Signs by ed25519 (RFC 8032); the same bytes always get the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }

    /// The secret shared with the owner of an x25519 public key (RFC 7748), to be put through a key derivation before
    /// use. `None` if the other key is of low order, so that the result would not depend on ours.
    #[must_use]
    pub fn agree(&self, other: &[u8; 32]) -> Option<Zeroizing<[u8; 32]>> {
        let shared = self.agreement.diffie_hellman(&PublicKey::from(*other));
        shared.was_contributory().then(|| Zeroizing::new(shared.to_bytes()))
    }
}

impl fmt::Debug for UserKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserKeys")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

/// The key of one installation of the program: random, and of no person (`im.md`, section 3).
///
/// Wiped when dropped; `Debug` shows the address alone.
pub struct DeviceKey(SigningKey);

impl DeviceKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeysError::Random`] if the system has no random bytes to give.
    pub fn generate() -> Result<Self, KeysError> {
        let mut bytes = Zeroizing::new([0; 32]);
        random(bytes.as_mut_slice())?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The key that was kept as these bytes. Any 32 bytes are a key.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(bytes))
    }

    /// The private key, to be kept where nobody else can read it; wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The device's network node address: the public key in base58.
    #[must_use]
    pub fn address(&self) -> String {
        base58::encode(&self.public_key())
    }

    /// The ed25519 public key.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs by ed25519 (RFC 8032).
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeviceKey").field(&self.address()).finish()
    }
}

/// The 32 bytes that a node address stands for; `None` if it is not base58 of exactly 32 bytes.
///
/// Whether they are a point of the curve is not asked: an address that is none belongs to nobody, which is no error.
#[must_use]
pub fn user_address_bytes(address: &str) -> Option<[u8; 32]> {
    // Decoding takes time by the square of the length.
    if address.len() > LONGEST_ADDRESS {
        return None;
    }
    base58::decode(address).ok()?.try_into().ok()
}

/// The ed25519 key at a path of hardened steps, by SLIP-0010.
pub(crate) fn derive(seed: &[u8], path: &[u32]) -> Result<Zeroizing<[u8; 32]>, KeysError> {
    let (mut key, mut chain) = node(b"ed25519 seed", &[seed])?;
    for step in path {
        let step = (HARDENED | step).to_be_bytes();
        (key, chain) = node(chain.as_slice(), &[&[0], key.as_slice(), &step])?;
    }
    Ok(key)
}

/// A private key and its chain code.
type Node = (Zeroizing<[u8; 32]>, Zeroizing<[u8; 32]>);

/// The two halves of an HMAC-SHA-512.
fn node(key: &[u8], parts: &[&[u8]]) -> Result<Node, KeysError> {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).map_err(|_| KeysError::Derivation)?;
    for part in parts {
        mac.update(part);
    }
    let mut whole = Zeroizing::new([0; 64]);
    whole.copy_from_slice(&mac.finalize().into_bytes());
    let (mut left, mut right) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    let (first, second) = whole.split_at(32);
    left.copy_from_slice(first);
    right.copy_from_slice(second);
    Ok((left, right))
}

#[cfg(test)]
#[path = "user_tests.rs"]
mod tests;
