//! The outside of an envelope: sealed to one device, of one of few sizes, and silent about who sent it.
//!
//! ```text
//! version (1) | encapsulated key (32) | ciphertext of: length (4, little endian) | content | zeros | tag (16)
//! ```
//!
//! HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _, single_shot_open, single_shot_seal};
use zeroize::Zeroizing;

use crate::{DeviceId, E2eeError};

/// Most bytes of an envelope.
pub const ENVELOPE_BYTES: usize = 1024 * 1024;

/// The first byte of every envelope.
const VERSION: u8 = 1;
/// Bytes of the encapsulated key.
const KEY: usize = 32;
/// Bytes of the tag.
const TAG: usize = 16;
/// Bytes of the length before the content.
const LENGTH: usize = 4;
/// Bytes of an envelope beside its content.
const AROUND: usize = 1 + KEY + LENGTH + TAG;
/// The smallest size.
const SMALLEST: usize = 256;
/// Up to here sizes double, beyond it they grow by a sixteenth of the power of two below.
const DOUBLING: usize = 16 * 1024;
/// What the key schedule is bound to.
const INFO: &[u8] = b"cococat e2ee 1: envelope";

type Private = <X25519HkdfSha256 as Kem>::PrivateKey;

/// The private key to which envelopes for this device are sealed. Wiped when dropped.
pub(crate) struct SealingKey(Private);

impl SealingKey {
    /// A new key.
    pub(crate) fn generate() -> Self {
        Self(X25519HkdfSha256::gen_keypair().0)
    }

    /// The key that was kept as these bytes.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Result<Self, E2eeError> {
        Private::from_bytes(bytes)
            .map(Self)
            .map_err(|_| E2eeError::Spoiled("the sealing key cannot be read"))
    }

    /// The key as it is kept.
    pub(crate) fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes().into())
    }

    /// What others seal to.
    pub(crate) fn public_key(&self) -> [u8; 32] {
        X25519HkdfSha256::sk_to_pk(&self.0).to_bytes().into()
    }
}

/// Seals content to a device.
pub(crate) fn seal(device: &DeviceId, sealing: &[u8; 32], content: &[u8]) -> Result<Vec<u8>, E2eeError> {
    let size = class(content.len() + AROUND).ok_or(E2eeError::TooLong {
        what: "the envelope",
        limit: ENVELOPE_BYTES,
    })?;
    let length = u32::try_from(content.len()).map_err(|_| E2eeError::Malformed("the content"))?;
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    padded.extend(length.to_le_bytes());
    padded.extend(content);
    padded.resize(size - (AROUND - LENGTH), 0);

    let refused = |_| E2eeError::Forged("the device's sealing key is none");
    let to = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(sealing).map_err(refused)?;
    let (key, text) =
        single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(&OpModeS::Base, &to, INFO, &padded, device)
            .map_err(refused)?;

    let mut envelope = Vec::with_capacity(size);
    envelope.push(VERSION);
    envelope.extend(key.to_bytes());
    envelope.extend(text);
    Ok(envelope)
}

/// Opens what was sealed to this device; gives the content.
pub(crate) fn open(device: &DeviceId, key: &SealingKey, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, E2eeError> {
    if envelope.len() > ENVELOPE_BYTES {
        return Err(E2eeError::TooLong {
            what: "the envelope",
            limit: ENVELOPE_BYTES,
        });
    }
    let malformed = || E2eeError::Malformed("the envelope");
    if class(envelope.len()) != Some(envelope.len()) {
        return Err(malformed());
    }
    let (version, rest) = envelope.split_first().ok_or_else(malformed)?;
    if *version != VERSION {
        return Err(E2eeError::Malformed("an envelope of this version"));
    }
    let (encapsulated, text) = rest.split_first_chunk::<KEY>().ok_or_else(malformed)?;
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| malformed())?;
    let mut padded = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &key.0,
        &encapsulated,
        INFO,
        text,
        device,
    )
    .map(Zeroizing::new)
    .map_err(|_| E2eeError::NotForUs)?;

    let length = padded.first_chunk::<LENGTH>().copied().ok_or_else(malformed)?;
    let length = usize::try_from(u32::from_le_bytes(length)).map_err(|_| malformed())?;
    if length > padded.len() - LENGTH {
        return Err(malformed());
    }
    padded.copy_within(LENGTH..LENGTH + length, 0);
    padded.truncate(length);
    Ok(padded)
}

/// The size of the envelope in which so many bytes are sent, `None` if there is no such.
fn class(bytes: usize) -> Option<usize> {
    let size = if bytes <= DOUBLING {
        bytes.next_power_of_two().max(SMALLEST)
    } else {
        let below = (bytes - 1).checked_ilog2()?;
        bytes.next_multiple_of(1 << (below - 4))
    };
    (size <= ENVELOPE_BYTES).then_some(size)
}
