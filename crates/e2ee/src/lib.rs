//! End-to-end encryption between devices and within groups.
//!
//! * [`DeviceList`]: the devices of a user, signed by the user; all that others trust to learn them.
//! * [`Machine`]: encrypts and decrypts for one device. What it remembers lies in a [`Keep`] of the caller's.
//! * [`PrekeyBundle`]: keys by which others begin sessions while the device is away.
//! * Envelopes: [`Machine::seal_first`] for strangers, [`Machine::seal`] from device to device by Olm,
//!   [`Machine::group_seal`] and [`Machine::wrap_group`] for groups by Megolm; [`Machine::open`] for all of them.
//!
//! Every envelope is sealed to one device by HPKE, padded to one of few sizes, and does not show who sent it. There is
//! no I/O here and no clock: times are arguments, in ms. Whatever comes from outside is bounded and is refused with an
//! [`E2eeError`], which has changed nothing. Each call that writes is to be one transaction of the store; if it is rolled
//! back, what the call gave must not be sent, since the same keys would encrypt something else next.

mod error;
mod groups;
mod inner;
mod keep;
#[cfg(feature = "lab")]
pub mod lab;
mod list;
mod machine;
mod open;
mod outer;
mod prekeys;
mod sessions;
mod window;
mod wire;

pub use error::{E2eeError, MissingGroupKey};
pub use groups::{GroupKey, GroupMessage, ROTATION_AGE, ROTATION_MESSAGES};
pub use keep::{Keep, MemoryKeep};
pub use list::{DEVICES, DeviceEntry, DeviceList, NODES, Peer, SIGNED_LIST_BYTES, SignedDeviceList, TICKET_BYTES};
pub use machine::Machine;
pub use open::{Content, Opened};
pub use outer::ENVELOPE_BYTES;
pub use prekeys::{BUNDLE_BYTES, ONE_TIME_KEYS, PREKEY_BYTES, Prekey, PrekeyBundle, PrekeyKind};
pub use sessions::PAYLOAD_BYTES;

/// A user's ed25519 public key; its base58 is the node address.
pub type UserId = [u8; 32];
/// A device's ed25519 public key, by which it is also reached.
pub type DeviceId = [u8; 32];
/// A group's ed25519 public key.
pub type GroupId = [u8; 32];
