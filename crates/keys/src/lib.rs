//! The keys of one person and of one developer.
//!
//! * [`Identity`]: a person, unlocked; BIP-39 entropy from which everything of that person is derived.
//! * [`Vault`]: the identity at rest, in a file that only a password opens.
//! * [`Keyring`]: the identity of whoever uses this computer, in a vault that is made at the first start.
//! * [`Safe`]: a data key at rest, in a file that any of several passwords opens.
//! * [`PasswordCheck`]: tells whether a password is the right one, and nothing else.
//! * [`AppAccount`]: what one CocoAPP sees of a person, two keys derived for this app alone.
//! * [`UserKeys`], [`DeviceKey`]: the keys of a person and of an installation in the messenger.
//! * [`BackupKeys`]: the keys under which a person's backup is kept and sealed.
//! * [`SigningKey`]: a private key as it stands, such as a developer's deployment key in WIF.
//! * [`message`]: Bitcoin signed messages, the one signature format of packages, certificates and accounts.
//! * [`Address`]: a mainnet P2PKH address, the name of an app, an account or an authority.
//!
//! Secrets are wiped when they are dropped, and no `Debug` output contains one. Whatever is read from outside
//! (addresses, signatures, mnemonics, vault files) is bounded in size and refused with a [`KeysError`].

mod account;
mod address;
mod backup;
mod device;
mod ecies;
mod error;
mod identity;
mod keyring;
pub mod message;
mod password_check;
mod safe;
mod secret;
mod service;
mod signing;
mod user;
mod vault;

pub use account::AppAccount;
pub use address::Address;
pub use backup::BackupKeys;
pub use ecies::{CIPHERTEXT_BYTES, MESSAGE_BYTES};
pub use error::KeysError;
pub use identity::{Identity, WordList};
pub use keyring::{Keyring, KeyringError, Protection};
pub use password_check::PasswordCheck;
pub use safe::{Cost, DataKey, PasswordKey, Safe};
pub use signing::SigningKey;
pub use user::{DeviceKey, UserKeys, user_address_bytes};
pub use vault::Vault;
