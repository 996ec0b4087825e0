//! The devices of a user, signed by the user's key: the one thing by which others learn them.

use std::collections::BTreeSet;

use coco_keys::{DeviceKey, UserKeys};
use serde::{Deserialize, Serialize};

use crate::wire::{self, Transcript, decode, encode};
use crate::{DeviceId, E2eeError, UserId};

/// Most devices of a user (`im.md`, section 4).
pub const DEVICES: usize = 10;
/// Most home nodes of a user.
pub const NODES: usize = 4;
/// Most bytes of a home node's ticket.
pub const TICKET_BYTES: usize = 512;
/// Most bytes of a signed list.
pub const SIGNED_LIST_BYTES: usize = 8 * 1024;
/// Most bytes of a machine's identifier.
const MACHINE_BYTES: usize = 64;
/// Most bytes of a list without its signature.
const BODY_BYTES: usize = SIGNED_LIST_BYTES - 128;

/// What others need to know of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceEntry {
    /// The device's ed25519 key, by which it signs and by which it is reached.
    pub device: DeviceId,
    /// The curve25519 identity key of its Olm account.
    pub olm: [u8; 32],
    /// The x25519 key to which envelopes for it are sealed.
    pub sealing: [u8; 32],
    /// Its `machineId` (`im.md`, section 3), at most 64 bytes.
    pub machine: String,
    /// Whether it is the one that keeps the recovery words.
    pub primary: bool,
    /// When it was added, in ms.
    pub added: u64,
    /// The device's own signature that it belongs to the user and has these keys.
    #[serde(with = "wire::long")]
    pub proof: [u8; 64],
}

impl DeviceEntry {
    /// Makes an entry with its proof.
    pub(crate) fn prove(
        key: &DeviceKey,
        user: &UserId,
        (olm, sealing): (&[u8; 32], &[u8; 32]),
        machine: &str,
        primary: bool,
        added: u64,
    ) -> Self {
        let mut entry = Self {
            device: key.public_key(),
            olm: *olm,
            sealing: *sealing,
            machine: machine.to_owned(),
            primary,
            added,
            proof: [0; 64],
        };
        entry.proof = key.sign(&entry.claim(user));
        entry
    }

    /// Whether the device itself says that it belongs to this user and has these keys.
    ///
    /// # Errors
    /// [`E2eeError::Forged`], and [`E2eeError::TooLong`] for the machine's identifier.
    pub fn verify(&self, user: &UserId) -> Result<(), E2eeError> {
        if self.machine.len() > MACHINE_BYTES {
            return Err(E2eeError::TooLong {
                what: "the machine's identifier",
                limit: MACHINE_BYTES,
            });
        }
        if !wire::verify(&self.device, &self.claim(user), &self.proof) {
            return Err(E2eeError::Forged("the device did not sign its entry"));
        }
        Ok(())
    }

    /// What the device signs. That it is the primary one, and since when it is there, is the user's to say.
    fn claim(&self, user: &UserId) -> Vec<u8> {
        Transcript::new("device entry")
            .with(user)
            .with(&self.device)
            .with(&self.olm)
            .with(&self.sealing)
            .with(self.machine.as_bytes())
            .message()
    }
}

/// A device that is known from its user's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The user whose device it is.
    pub user: UserId,
    /// The device.
    pub entry: DeviceEntry,
}

/// The devices of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceList {
    /// The user's ed25519 key.
    pub user: UserId,
    /// The user's x25519 key (`c_pub_curve`).
    pub curve: [u8; 32],
    /// Grows by at least one with every list.
    pub version: u64,
    /// When the list was made, in ms.
    pub made: u64,
    /// At most [`DEVICES`], each once, at most one of them primary.
    pub devices: Vec<DeviceEntry>,
    /// Tickets of the home nodes: at most [`NODES`] of at most [`TICKET_BYTES`] bytes.
    pub nodes: Vec<String>,
}

impl DeviceList {
    /// Signs the list by its user's keys.
    ///
    /// # Errors
    /// [`E2eeError::Forged`] if the list is another's or an entry's proof does not hold; [`E2eeError::TooMany`] and
    /// [`E2eeError::TooLong`] beyond the limits.
    pub fn sign(&self, keys: &UserKeys) -> Result<SignedDeviceList, E2eeError> {
        if self.user != keys.public_key() || self.curve != keys.curve_key() {
            return Err(E2eeError::Forged("the list is another user's"));
        }
        self.check()?;
        let body = encode(self)?;
        let signature = keys.sign(&claim(&body));
        Ok(SignedDeviceList { body, signature })
    }

    /// Whether this list takes the place of the other.
    ///
    /// # Errors
    /// [`E2eeError::Forged`] if they are of different users or the user's x25519 key changed, [`E2eeError::Older`] if
    /// this one's version is not higher.
    pub fn supersedes(&self, known: &Self) -> Result<(), E2eeError> {
        if self.user != known.user {
            return Err(E2eeError::Forged("the list is another user's"));
        }
        if self.curve != known.curve {
            return Err(E2eeError::Forged("the user's keys do not change"));
        }
        if self.version <= known.version {
            return Err(E2eeError::Older {
                known: known.version,
                offered: self.version,
            });
        }
        Ok(())
    }

    /// The entry of a device, `None` if it is not in the list.
    #[must_use]
    pub fn entry(&self, device: &DeviceId) -> Option<&DeviceEntry> {
        self.devices.iter().find(|entry| entry.device == *device)
    }

    /// The device with its user, `None` if it is not in the list.
    #[must_use]
    pub fn peer(&self, device: &DeviceId) -> Option<Peer> {
        self.entry(device).map(|entry| Peer {
            user: self.user,
            entry: entry.clone(),
        })
    }

    /// All devices, each with its user.
    pub fn peers(&self) -> impl Iterator<Item = Peer> + '_ {
        self.devices.iter().map(|entry| Peer {
            user: self.user,
            entry: entry.clone(),
        })
    }

    /// Checks everything but the user's signature.
    fn check(&self) -> Result<(), E2eeError> {
        if self.devices.len() > DEVICES {
            return Err(E2eeError::TooMany("devices"));
        }
        if self.nodes.len() > NODES {
            return Err(E2eeError::TooMany("home nodes"));
        }
        if self.nodes.iter().any(|node| node.len() > TICKET_BYTES) {
            return Err(E2eeError::TooLong {
                what: "the ticket of a home node",
                limit: TICKET_BYTES,
            });
        }
        if self.version == 0 {
            return Err(E2eeError::Malformed("a device list of version 0"));
        }
        let mut seen = BTreeSet::new();
        for entry in &self.devices {
            if !seen.insert(entry.device) {
                return Err(E2eeError::Forged("a device is in the list twice"));
            }
            entry.verify(&self.user)?;
        }
        if self.devices.iter().filter(|entry| entry.primary).count() > 1 {
            return Err(E2eeError::Forged("only one device is the primary one"));
        }
        Ok(())
    }
}

/// A device list as it travels and is kept: its bytes and the user's signature over them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedDeviceList {
    body: Vec<u8>,
    #[serde(with = "wire::long")]
    signature: [u8; 64],
}

impl SignedDeviceList {
    /// The bytes that travel.
    ///
    /// # Errors
    /// None for a list that was signed or read here.
    pub fn to_bytes(&self) -> Result<Vec<u8>, E2eeError> {
        encode(self)
    }

    /// Reads what [`SignedDeviceList::to_bytes`] wrote. Nothing is checked but the size: see
    /// [`SignedDeviceList::open`].
    ///
    /// # Errors
    /// [`E2eeError::TooLong`] beyond [`SIGNED_LIST_BYTES`], [`E2eeError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, E2eeError> {
        decode(bytes, SIGNED_LIST_BYTES, "the signed device list")
    }

    /// Checks the user's signature, the proof of every device and all limits; gives the list.
    ///
    /// # Errors
    /// [`E2eeError::Forged`], [`E2eeError::Malformed`], [`E2eeError::TooMany`], [`E2eeError::TooLong`].
    pub fn open(&self) -> Result<DeviceList, E2eeError> {
        let list: DeviceList = decode(&self.body, BODY_BYTES, "the device list")?;
        if !wire::verify(&list.user, &claim(&self.body), &self.signature) {
            return Err(E2eeError::Forged("the user did not sign the list"));
        }
        list.check()?;
        Ok(list)
    }
}

/// What a user signs of a list.
fn claim(body: &[u8]) -> Vec<u8> {
    Transcript::new("device list").with(body).message()
}
