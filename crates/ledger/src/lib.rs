//! Groups and accounts as functions of signed operations.
//!
//! * [`group`]: a group is what its members' signed operations make of it. Each names the operations that its author
//!   knew, so that they form a graph; everybody who has the same operations sees the same group, in whatever order
//!   they came.
//! * [`account`]: what the devices of one user share is kept in registers, each written by the last writer.
//!
//! There is no I/O here and no clock: times are arguments, in ms since 1970. Whatever comes from outside is bounded and
//! is refused with a reason that has changed nothing.

pub mod account;
pub mod group;
mod wire;

/// A user's ed25519 public key; its base58 is the node address.
pub type UserId = [u8; 32];
/// A device's ed25519 public key, by which it is also reached.
pub type DeviceId = [u8; 32];
/// A group's ed25519 public key.
pub type GroupId = [u8; 32];
/// SHA-256 of what the author of an operation signed.
pub type OperationId = [u8; 32];
