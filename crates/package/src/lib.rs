//! CocoAPP packages: the signed list, its verification, and the store of installed apps.
//!
//! A package is a folder or a ZIP with a `content.json` that lists every file with its hash and is
//! signed by the key behind the app's address (`package.md`). The flow through this crate:
//!
//! ```text
//! folder ── sign ──► content.json ── pack ──► ZIP
//!                                              │
//! folder or ZIP ── Source::open ── verify ── Store::install ── InstalledApp::read
//! ```
//!
//! Everything read from a package is foreign input: bounded in size, depth and count, and refused
//! with an error that names the step of `package.md` that failed ([`PackageError::step`]).

mod app;
pub mod canonical;
mod content;
mod disk;
mod error;
mod folder;
mod host;
mod icon;
#[cfg(unix)]
pub mod instance;
pub mod limits;
mod mime;
mod pack;
pub mod path;
mod secrets;
mod sign;
mod source;
mod store;
mod types;
mod verify;
mod zipped;

#[cfg(test)]
mod package_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod zip_tests;

pub use app::{InstalledApp, ReadError, displayable};
pub use content::{Content, FileEntry, Permission};
pub use error::{FileError, ModifiedError, PackageError, STEPS};
pub use host::{address_of_host, host_of};
pub use icon::Icon;
pub use mime::mime_of;
pub use pack::{Packed, pack};
pub use secrets::{FoundKey, find_private_key};
pub use sign::{SignOptions, Signed, sign};
pub use source::Source;
pub use store::{Clock, Difference, Installation, Listed, MAX_HISTORY, Outcome, Store, Way};
pub use types::{AppType, app_types};
pub use verify::{Downgrade, Relation, Verified, verify};
