//! The inside of an envelope: who sent it, its number, and one of three ways to encrypt.

use serde::{Deserialize, Serialize};

use crate::wire::{self, Transcript, encode};
use crate::{DeviceId, E2eeError, GroupId, Machine, SignedDeviceList, UserId};

/// What every envelope says of itself. It is believed only after the message within, or the signature, proved it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// The user who sent it.
    pub(crate) user: UserId,
    /// The device that sent it.
    pub(crate) device: DeviceId,
    /// Counts the envelopes from this device to the recipient, from 1.
    pub(crate) counter: u64,
    /// Version of the sender's device list.
    pub(crate) list_version: u64,
}

/// How the rest of the content is encrypted, and what belongs to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// A first contact: the payload follows as it is.
    First {
        /// The sender's devices.
        list: SignedDeviceList,
        /// The sending device's, see [`First`](Kind::First).
        #[serde(with = "wire::long")]
        signature: [u8; 64],
    },
    /// An Olm message follows.
    Olm {
        /// Whether it is a pre-key message.
        begins: bool,
    },
    /// A group's Megolm message follows.
    Group {
        /// The group.
        group: GroupId,
        /// The public key of the Megolm session.
        session: [u8; 32],
        /// The sending device's.
        #[serde(with = "wire::long")]
        signature: [u8; 64],
    },
}

/// All but the message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) header: Header,
    pub(crate) kind: Kind,
}

impl Head {
    /// The content: the head and the message.
    pub(crate) fn with(&self, message: &[u8]) -> Result<Vec<u8>, E2eeError> {
        let mut content = encode(self)?;
        content.reserve_exact(message.len());
        content.extend(message);
        Ok(content)
    }

    /// Takes content apart into its head and the message.
    pub(crate) fn read(content: &[u8]) -> Result<(Self, &[u8]), E2eeError> {
        postcard::take_from_bytes(content).map_err(|_| E2eeError::Malformed("the content of the envelope"))
    }
}

impl Header {
    /// Binds a purpose to this header and to the recipient.
    pub(crate) fn bound(&self, purpose: &'static str, to: (&UserId, &DeviceId)) -> Transcript {
        Transcript::new(purpose)
            .with(&self.user)
            .with(&self.device)
            .number(self.counter)
            .number(self.list_version)
            .with(to.0)
            .with(to.1)
    }

    /// What a device signs of a first contact.
    pub(crate) fn first(
        &self,
        to: (&UserId, &DeviceId),
        list: &SignedDeviceList,
        payload: &[u8],
    ) -> Result<Transcript, E2eeError> {
        Ok(self.bound("first contact", to).with(&list.to_bytes()?).with(payload))
    }

    /// What a device signs of a group's message to one recipient.
    pub(crate) fn group(
        &self,
        to: (&UserId, &DeviceId),
        (group, session): (&GroupId, &[u8; 32]),
        message: &[u8],
    ) -> Transcript {
        self.bound("group message", to).with(group).with(session).with(message)
    }

    /// What stands before the payload within an Olm message, so that the message holds for nobody else.
    pub(crate) fn olm(&self, to: (&UserId, &DeviceId)) -> [u8; 32] {
        self.bound("olm message", to).fingerprint()
    }
}

impl Machine {
    /// The header of the next envelope to a device.
    pub(crate) fn header(&self, counter: u64, list_version: u64) -> Header {
        Header {
            user: self.user,
            device: self.device(),
            counter,
            list_version,
        }
    }
}

#[cfg(test)]
#[path = "inner_tests.rs"]
mod tests;
