//! What can be wrong with a package or the store, in the words a developer needs.

use std::io;
use std::path::{Path, PathBuf};

use coco_keys::Address;
use thiserror::Error;

use crate::path::PathError;

/// Why a package was refused, or an operation of the store failed.
///
/// The first group of variants are the steps of verification in the order of `package.md`;
/// [`PackageError::step`] names them.
#[derive(Debug, Error)]
pub enum PackageError {
    /// The folder or ZIP cannot be opened, or the ZIP as a whole is malformed or dangerous.
    #[error("{path}: {reason}", path = .path.display())]
    Open {
        /// What was to be opened.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Step 1: `content.json` is missing, is not acceptable JSON, or a key has the wrong type.
    #[error("content.json: {0}")]
    Parse(String),
    /// Step 2: `address` is no P2PKH address, or not the one of the installed app.
    #[error("content.json: address: {0}")]
    Address(String),
    /// Step 3: `inner_path` is not `content.json`.
    #[error("content.json: inner_path must be \"content.json\", found {0}")]
    InnerPath(String),
    /// Step 4: `modified` does not fit the clock or the installed version.
    #[error("content.json: modified: {0}")]
    Modified(#[from] ModifiedError),
    /// Step 5: `signers` without a valid `signers_sign`.
    #[error("content.json: signers_sign: {0}")]
    Signers(String),
    /// Step 6: no valid signature by `address` or one of `signers`.
    #[error("content.json: signs: {0}")]
    Signature(String),
    /// Step 7: a listed path breaks the path rules.
    #[error("the listed file {path:?} {reason}")]
    Path {
        /// The path as listed.
        path: String,
        /// The rule that it breaks.
        reason: PathError,
    },
    /// Step 8: a listed file is missing or differs from the list.
    #[error("the listed file {path:?} {reason}")]
    File {
        /// The path as listed.
        path: String,
        /// What is wrong with it.
        reason: FileError,
    },
    /// Step 9: the package is larger than the limits.
    #[error("{0}")]
    Limit(String),
    /// Step 10: a file that every package needs is not listed.
    #[error("{0} is not listed: every package needs index.html and icon.png")]
    Required(&'static str),

    /// Something that looks like a private key lies in the folder to be signed.
    #[error("{path:?} {found}: a private key must never be in a package; move it out of the folder")]
    KeyInside {
        /// The file, relative to the folder.
        path: String,
        /// What was recognised in it.
        found: &'static str,
    },
    /// The key may not sign this package.
    #[error(
        "the key belongs to {key}, but content.json belongs to {app}: sign with the key of {app}, or delete content.json to make this a new app"
    )]
    WrongKey {
        /// The address of the key that was given.
        key: Address,
        /// The address in `content.json`.
        app: Address,
    },

    /// No app with this address is installed.
    #[error("{0} is not installed")]
    NotInstalled(Address),
    /// There is no earlier version to go back to.
    #[error("{0} has no previous version to go back to")]
    NoPrevious(Address),
    /// What the store holds of this app is damaged. Installing it again repairs it.
    #[error("the installed app {address} is damaged: {reason}; install it again")]
    Damaged {
        /// The app.
        address: Address,
        /// What is wrong.
        reason: String,
    },
    /// Extended data over the limit of `bridge.md` 3. The previous data stays.
    #[error(
        "extended data has {size} bytes, at most {} are allowed",
        crate::limits::MAX_EXTENDED
    )]
    ExtendedTooLarge {
        /// Bytes given.
        size: usize,
    },
    /// The disk, or the user's quota, is full. Nothing was changed.
    #[error("the disk is full while writing {path}; free some space and try again", path = .path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// Reading or writing failed for another reason.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// The file or folder concerned.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// The steps of verification in the order of `package.md`, as [`PackageError::step`] names them.
pub const STEPS: [&str; 10] = [
    "parse",
    "address",
    "inner_path",
    "modified",
    "signers_sign",
    "signature",
    "path",
    "files",
    "limits",
    "required",
];

impl PackageError {
    /// The failed step as one lower-case word: `open`, then [`STEPS`], then `key`, `store`, `disk`.
    #[must_use]
    pub fn step(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Parse(_) => "parse",
            Self::Address(_) => "address",
            Self::InnerPath(_) => "inner_path",
            Self::Modified(_) => "modified",
            Self::Signers(_) => "signers_sign",
            Self::Signature(_) => "signature",
            Self::Path { .. } => "path",
            Self::File { .. } => "files",
            Self::Limit(_) => "limits",
            Self::Required(_) => "required",
            Self::KeyInside { .. } | Self::WrongKey { .. } => "key",
            Self::NotInstalled(_) | Self::NoPrevious(_) | Self::Damaged { .. } | Self::ExtendedTooLarge { .. } => {
                "store"
            }
            Self::DiskFull { .. } | Self::Io { .. } => "disk",
        }
    }

    /// An I/O failure at `path`, a full disk told apart.
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { path, source },
        }
    }

    /// A folder or ZIP that cannot be used as a package.
    pub(crate) fn open(path: &Path, reason: impl ToString) -> Self {
        Self::Open {
            path: path.to_path_buf(),
            reason: reason.to_string(),
        }
    }

    /// A listed file that is not as listed.
    pub(crate) fn file(path: &str, reason: FileError) -> Self {
        Self::File {
            path: path.to_owned(),
            reason,
        }
    }
}

/// Why `modified` was refused. All times are seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ModifiedError {
    /// More than 24 hours ahead of the clock.
    #[error(
        "{modified} is more than 24 hours ahead of the clock ({now}); check the clock of the machine that signed, or of this one"
    )]
    Future {
        /// The package's time.
        modified: i64,
        /// The clock.
        now: i64,
    },
    /// Older than the installed version, and no roll-back was asked for.
    #[error("{modified} is older than the installed version ({installed}); allow a downgrade to install it anyway")]
    Older {
        /// The package's time.
        modified: i64,
        /// The installed version's time.
        installed: i64,
    },
    /// The installed version has the same time but different content.
    #[error("{modified} is the time of the installed version, whose content differs; sign again with a later time")]
    SameTimeOtherContent {
        /// The time of both.
        modified: i64,
    },
}

/// What is wrong with one file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileError {
    /// It does not exist.
    #[error("is missing")]
    Missing,
    /// It, or a folder above it, is a symbolic link.
    #[error("is, or lies behind, a symbolic link")]
    Link,
    /// It is a folder, a device or a pipe.
    #[error("is not a regular file")]
    NotAFile,
    /// Its size differs from the list.
    #[error("has {actual} bytes, {listed} are listed; sign the package again")]
    Size {
        /// Bytes by the list.
        listed: u64,
        /// Bytes found, or a lower bound of it.
        actual: u64,
    },
    /// Its hash differs from the list.
    #[error("differs from what was signed; sign the package again")]
    Hash,
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
}
