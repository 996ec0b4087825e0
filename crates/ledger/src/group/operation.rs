//! Operations: what is done to groups, as it is signed and travels.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::deed::Deed;
use crate::{DeviceId, GroupId, OperationId, UserId, wire};

/// Most bytes of an operation without its signatures.
pub const OPERATION_BYTES: usize = 64 * 1024;
/// Most bytes of an operation with its signatures.
pub const SIGNED_OPERATION_BYTES: usize = OPERATION_BYTES + 160;
/// Most operations that one builds on.
pub const PARENTS: usize = 8;
/// Before everything that is signed here, so that no signature serves another protocol of the same key.
const SIGNED: &[u8] = b"cococat group 1: ";

/// Who does something: a user, by a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The user.
    pub user: UserId,
    /// The user's device, which signs.
    pub device: DeviceId,
    /// Version of the user's device list that the device goes by; the device is in it.
    pub list_version: u64,
}

/// What the signed device lists of a user say of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belonging {
    /// The device is in the user's list of that version.
    Yes,
    /// It is not.
    No,
    /// The list of that version is not known yet.
    Unknown,
}

/// Tells whose a device is.
pub trait Devices {
    /// Whether the user's device list of this version has the device. Answers other than [`Belonging::Unknown`] must
    /// be the same for ever and everywhere.
    fn belongs(&self, user: &UserId, device: &DeviceId, list_version: u64) -> Belonging;
}

impl<F: Fn(&UserId, &DeviceId, u64) -> Belonging> Devices for F {
    fn belongs(&self, user: &UserId, device: &DeviceId, list_version: u64) -> Belonging {
        self(user, device, list_version)
    }
}

/// Something done to a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// The group.
    pub group: GroupId,
    /// Who does it.
    pub author: Author,
    /// The latest operations that the author knew: 1 to [`PARENTS`], each once, ascending; none for the founding.
    pub parents: Vec<OperationId>,
    /// One more than the highest of the parents; 0 for the founding.
    pub depth: u32,
    /// When, by the author's clock, in ms. Nothing is decided by it.
    pub time: u64,
    /// What is done.
    pub deed: Deed,
}

/// Why an operation is not one of the group's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// More bytes than [`OPERATION_BYTES`].
    #[error("the operation is too large")]
    TooLarge,
    /// Bytes that are not of our format.
    #[error("the operation cannot be read")]
    Malformed,
    /// It is of another group.
    #[error("the operation belongs to another group")]
    OtherGroup,
    /// A name, a text or a number in it is not allowed.
    #[error("the content of the operation is not allowed: {0}")]
    Content(super::Refusal),
    /// Its parents are too many, twice the same, or not in order; or a founding has some, or another has none.
    #[error("the operation does not name what it builds on as it should")]
    Parents,
    /// Its depth is not one more than the highest of its parents.
    #[error("the depth of the operation is wrong")]
    Depth,
    /// The device did not sign it.
    #[error("the signature of the operation does not hold")]
    Signature,
    /// A founding that the group's key did not sign.
    #[error("the group's own key did not sign the founding")]
    Founding,
    /// The group was founded by another operation.
    #[error("the group was founded otherwise")]
    Founded,
    /// The device is not the user's.
    #[error("the device does not belong to the user")]
    Device,
    /// Nobody had brought the user into the group in what the operation builds on.
    #[error("the user was never brought into the group")]
    Stranger,
    /// The group has [`super::OPERATIONS`] operations.
    #[error("the group has too many operations")]
    TooMany,
}

impl Operation {
    /// Signs the operation by its author's device; the bytes to be signed are given to `sign`.
    ///
    /// # Errors
    /// [`Flaw::TooLarge`], [`Flaw::Parents`], [`Flaw::Content`]; [`Flaw::Founding`] for one that founds a group.
    pub fn sign(&self, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Result<SignedOperation, Flaw> {
        if matches!(self.deed, Deed::Create { .. }) {
            return Err(Flaw::Founding);
        }
        self.sealed(sign, None::<fn(&[u8]) -> [u8; 64]>)
    }

    /// Signs the founding of a group by its author's device and by the group's key. Forget the group's key then:
    /// nothing else is signed by it.
    ///
    /// # Errors
    /// [`Flaw::TooLarge`], [`Flaw::Parents`], [`Flaw::Content`]; [`Flaw::Founding`] for one that founds no group.
    pub fn found(
        &self,
        by_device: impl FnOnce(&[u8]) -> [u8; 64],
        by_group: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Result<SignedOperation, Flaw> {
        if !matches!(self.deed, Deed::Create { .. }) {
            return Err(Flaw::Founding);
        }
        self.sealed(by_device, Some(by_group))
    }

    fn sealed(
        &self,
        by_device: impl FnOnce(&[u8]) -> [u8; 64],
        by_group: Option<impl FnOnce(&[u8]) -> [u8; 64]>,
    ) -> Result<SignedOperation, Flaw> {
        self.check()?;
        let body = wire::encode(self, OPERATION_BYTES).ok_or(Flaw::TooLarge)?;
        let message = message(&body);
        Ok(SignedOperation {
            signature: Long(by_device(&message)),
            founding: by_group.map(|sign| Long(sign(&message))),
            body,
        })
    }

    /// Checks all that can be seen in the operation alone.
    pub(super) fn check(&self) -> Result<(), Flaw> {
        let founds = matches!(self.deed, Deed::Create { .. });
        let once: BTreeSet<_> = self.parents.iter().collect();
        if self.parents.len() > PARENTS || once.len() < self.parents.len() || !self.parents.is_sorted() {
            return Err(Flaw::Parents);
        }
        if founds != self.parents.is_empty() {
            return Err(Flaw::Parents);
        }
        if founds != (self.depth == 0) {
            return Err(Flaw::Depth);
        }
        self.deed.check(&self.author).map_err(Flaw::Content)
    }
}

/// What a signature covers.
fn message(body: &[u8]) -> Vec<u8> {
    [SIGNED, body].concat()
}

/// A signature, which serde does not know: two halves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Long([u8; 64]);

impl Serialize for Long {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (halves, _) = self.0.as_chunks::<32>();
        match halves {
            [first, second] => (first, second).serialize(serializer),
            _ => Err(serde::ser::Error::custom("64 bytes are two halves")),
        }
    }
}

impl<'de> Deserialize<'de> for Long {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let halves = <([u8; 32], [u8; 32])>::deserialize(deserializer)?;
        let whole = [halves.0, halves.1].concat().try_into();
        whole
            .map(Self)
            .map_err(|_| serde::de::Error::custom("two halves are 64 bytes"))
    }
}

/// An operation as it travels and is kept: its bytes and the signatures over them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOperation {
    body: Vec<u8>,
    signature: Long,
    founding: Option<Long>,
}

impl SignedOperation {
    /// The bytes that travel; at most [`SIGNED_OPERATION_BYTES`].
    ///
    /// # Errors
    /// None for one that was signed or read here.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Flaw> {
        wire::encode(self, SIGNED_OPERATION_BYTES).ok_or(Flaw::TooLarge)
    }

    /// Reads what [`SignedOperation::to_bytes`] wrote. Nothing is checked but the size.
    ///
    /// # Errors
    /// [`Flaw::TooLarge`], [`Flaw::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Flaw> {
        if bytes.len() > SIGNED_OPERATION_BYTES {
            return Err(Flaw::TooLarge);
        }
        wire::decode(bytes, SIGNED_OPERATION_BYTES).ok_or(Flaw::Malformed)
    }

    /// The id: SHA-256 of what was signed.
    #[must_use]
    pub fn id(&self) -> OperationId {
        let mut digest = Sha256::new();
        digest.update(SIGNED);
        digest.update(&self.body);
        digest.finalize().into()
    }

    /// Bytes of the operation without its signatures.
    pub(super) fn size(&self) -> usize {
        self.body.len()
    }

    /// Reads the operation, and checks all that can be seen in it alone but its signatures.
    ///
    /// # Errors
    /// [`Flaw::TooLarge`], [`Flaw::Malformed`], [`Flaw::Parents`], [`Flaw::Depth`], [`Flaw::Content`].
    pub fn read(&self) -> Result<Operation, Flaw> {
        if self.body.len() > OPERATION_BYTES {
            return Err(Flaw::TooLarge);
        }
        let operation: Operation = wire::decode(&self.body, OPERATION_BYTES).ok_or(Flaw::Malformed)?;
        operation.check()?;
        Ok(operation)
    }

    /// Checks the signatures of the operation that was read from it.
    pub(super) fn verify(&self, operation: &Operation) -> Result<(), Flaw> {
        let message = message(&self.body);
        if !wire::verify(&operation.author.device, &message, &self.signature.0) {
            return Err(Flaw::Signature);
        }
        match (&operation.deed, &self.founding) {
            (Deed::Create { .. }, Some(founding)) if wire::verify(&operation.group, &message, &founding.0) => Ok(()),
            (Deed::Create { .. }, _) => Err(Flaw::Founding),
            (_, Some(_)) => Err(Flaw::Founding),
            _ => Ok(()),
        }
    }
}
