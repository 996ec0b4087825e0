//! Keys by which others begin sessions while this device is away.

use std::collections::BTreeSet;

use coco_keys::DeviceKey;
use serde::{Deserialize, Serialize};

use crate::wire::{self, Transcript, decode, encode};
use crate::{DeviceEntry, DeviceId, E2eeError};

/// Most one-time keys of a bundle, and as many as are kept ready at the home node.
pub const ONE_TIME_KEYS: usize = 50;
/// Most bytes of a prekey.
pub const PREKEY_BYTES: usize = 256;
/// Most bytes of a bundle.
pub const BUNDLE_BYTES: usize = 16 * 1024;
/// How long a fallback key is given out before another takes its place, in ms: a week.
pub(crate) const FALLBACK_LIFE: u64 = 7 * 24 * 60 * 60 * 1000;

/// Whether a prekey serves once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrekeyKind {
    /// For one session.
    OneTime,
    /// For those who come when all others are taken, and where nobody counts.
    Fallback,
}

/// One key by which a session with a device can be begun, signed by the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prekey {
    pub(crate) device: DeviceId,
    pub(crate) olm: [u8; 32],
    pub(crate) key: [u8; 32],
    pub(crate) kind: PrekeyKind,
    pub(crate) made: u64,
    #[serde(with = "wire::long")]
    signature: [u8; 64],
}

impl Prekey {
    /// Makes and signs one.
    pub(crate) fn sign(device: &DeviceKey, olm: [u8; 32], key: [u8; 32], kind: PrekeyKind, made: u64) -> Self {
        let mut prekey = Self {
            device: device.public_key(),
            olm,
            key,
            kind,
            made,
            signature: [0; 64],
        };
        prekey.signature = device.sign(&prekey.claim());
        prekey
    }

    /// The device that made it.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Whether it serves once.
    #[must_use]
    pub fn kind(&self) -> PrekeyKind {
        self.kind
    }

    /// The bytes that travel, at most [`PREKEY_BYTES`].
    ///
    /// # Errors
    /// None for a prekey that was made or read here.
    pub fn to_bytes(&self) -> Result<Vec<u8>, E2eeError> {
        encode(self)
    }

    /// Reads what [`Prekey::to_bytes`] wrote; to be checked by [`Prekey::verify`].
    ///
    /// # Errors
    /// [`E2eeError::TooLong`], [`E2eeError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, E2eeError> {
        decode(bytes, PREKEY_BYTES, "the prekey")
    }

    /// Whether this device made it, for the Olm account that it has now.
    ///
    /// # Errors
    /// [`E2eeError::Forged`].
    pub fn verify(&self, entry: &DeviceEntry) -> Result<(), E2eeError> {
        if self.device != entry.device || self.olm != entry.olm {
            return Err(E2eeError::Forged("the prekey is another device's"));
        }
        if !wire::verify(&self.device, &self.claim(), &self.signature) {
            return Err(E2eeError::Forged("the device did not sign the prekey"));
        }
        Ok(())
    }

    fn claim(&self) -> Vec<u8> {
        let purpose = match self.kind {
            PrekeyKind::OneTime => "one-time prekey",
            PrekeyKind::Fallback => "fallback prekey",
        };
        Transcript::new(purpose)
            .with(&self.device)
            .with(&self.olm)
            .with(&self.key)
            .number(self.made)
            .message()
    }
}

/// What a device publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrekeyBundle {
    /// At most [`ONE_TIME_KEYS`]. For one home node alone: a key that two give out fails for the second who takes it.
    pub one_time: Vec<Prekey>,
    /// The key for whoever finds no other.
    pub fallback: Prekey,
}

impl PrekeyBundle {
    /// The bytes that travel, at most [`BUNDLE_BYTES`].
    ///
    /// # Errors
    /// None for a bundle that was made or read here.
    pub fn to_bytes(&self) -> Result<Vec<u8>, E2eeError> {
        encode(self)
    }

    /// Reads what [`PrekeyBundle::to_bytes`] wrote; to be checked by [`PrekeyBundle::verify`].
    ///
    /// # Errors
    /// [`E2eeError::TooLong`], [`E2eeError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, E2eeError> {
        decode(bytes, BUNDLE_BYTES, "the bundle of prekeys")
    }

    /// Whether this device made all of it, each key once.
    ///
    /// # Errors
    /// [`E2eeError::Forged`], [`E2eeError::TooMany`].
    pub fn verify(&self, entry: &DeviceEntry) -> Result<(), E2eeError> {
        if self.one_time.len() > ONE_TIME_KEYS {
            return Err(E2eeError::TooMany("one-time keys"));
        }
        let mut seen = BTreeSet::from([self.fallback.key]);
        if self.fallback.kind != PrekeyKind::Fallback {
            return Err(E2eeError::Forged("the fallback key is none"));
        }
        self.fallback.verify(entry)?;
        for prekey in &self.one_time {
            if prekey.kind != PrekeyKind::OneTime || !seen.insert(prekey.key) {
                return Err(E2eeError::Forged("a one-time key is not there once"));
            }
            prekey.verify(entry)?;
        }
        Ok(())
    }
}
