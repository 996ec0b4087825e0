//! What can go wrong.

use std::error::Error;

use crate::{DeviceId, GroupId, UserId};

/// Why something was not made, not accepted or not opened. Whatever came with an error has changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum E2eeError {
    /// More bytes than are allowed.
    #[error("{what} has at most {limit} bytes")]
    TooLong {
        /// What it is.
        what: &'static str,
        /// Most bytes that it may have.
        limit: usize,
    },
    /// More of something than is allowed.
    #[error("there are too many {0}")]
    TooMany(&'static str),
    /// Bytes from outside that are not of our format.
    #[error("{0} cannot be read")]
    Malformed(&'static str),
    /// A signature, a key or a claim that does not hold.
    #[error("it is forged: {0}")]
    Forged(&'static str),
    /// A device list that is not newer than the one that is known.
    #[error("version {offered} of the device list is not newer than version {known}")]
    Older {
        /// Version of the list that is known.
        known: u64,
        /// Version of the list that was offered.
        offered: u64,
    },
    /// The envelope does not open by this device's key: it is for another, or it was changed.
    #[error("the envelope is for another device, or it was changed")]
    NotForUs,
    /// The envelope says that it comes from a device that the caller does not know. Fetch the list of the user, and open
    /// again. Nothing about the claim is proven yet.
    #[error("the sending device is not known")]
    UnknownDevice {
        /// The user who is said to have sent it.
        user: UserId,
        /// The device that is said to have sent it.
        device: DeviceId,
        /// The version of the user's list at the sender.
        list_version: u64,
    },
    /// No session with the device yet: claim one of its prekeys and begin one.
    #[error("there is no session with the device")]
    NoSession(DeviceId),
    /// No session that is kept opens the message. If it goes on like this, begin a new session and say so to the device;
    /// anybody can claim to be it, so not for each such envelope.
    #[error("no session opens the message")]
    Undecryptable {
        /// The user who is said to have sent it.
        user: UserId,
        /// The device that is said to have sent it.
        device: DeviceId,
    },
    /// A group's message whose key has not come yet. It is signed by the device; open it again after the key.
    #[error("the key of the group's message is missing")]
    MissingGroupKey(Box<MissingGroupKey>),
    /// A group's message from before the key that this device was given; it never opens.
    #[error("the group's message is from before this device got the key")]
    BeforeKey,
    /// There is no session of ours to encrypt by for the group: rotate first.
    #[error("there is no session for the group")]
    NoGroupSession(GroupId),
    /// It was opened before.
    #[error("it was opened before")]
    Duplicate,
    /// It is so much older than others from the same device that nobody knows whether it was opened before.
    #[error("it is too old")]
    TooOld,
    /// What was kept cannot be read, or belongs to another device.
    #[error("the state that was kept is spoiled: {0}")]
    Spoiled(&'static str),
    /// The store's own error.
    #[error("the store failed")]
    Keep(#[source] Box<dyn Error + Send + Sync>),
}

/// Whose key is missing, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingGroupKey {
    /// The user who sent the message.
    pub user: UserId,
    /// The device that sent it.
    pub device: DeviceId,
    /// The group.
    pub group: GroupId,
    /// The public key of the Megolm session that the message belongs to.
    pub session: [u8; 32],
}

impl E2eeError {
    /// Wraps an error of the store.
    pub(crate) fn keep<E: Error + Send + Sync + 'static>(error: E) -> Self {
        Self::Keep(Box::new(error))
    }
}
