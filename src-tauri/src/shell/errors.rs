//! The page's view of what can go wrong below.

use coco_keys::KeyringError;
use coco_package::{ModifiedError, PackageError};

use super::wire::{ShellError, ShellErrorKind as Kind};

impl ShellError {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    pub(crate) fn io(error: &dyn std::fmt::Display) -> Self {
        Self::new(Kind::Io, error.to_string())
    }
}

impl From<PackageError> for ShellError {
    fn from(error: PackageError) -> Self {
        use PackageError as E;
        let kind = match &error {
            E::Open { .. } | E::Parse(_) | E::InnerPath(_) => Kind::Parse,
            E::Address(_) => Kind::Address,
            E::Modified(ModifiedError::Future { .. }) => Kind::Future,
            E::Modified(_) => Kind::Older,
            E::Signers(_) | E::Signature(_) | E::WrongKey { .. } => Kind::Signature,
            E::Path { .. } | E::File { .. } | E::KeyInside { .. } => Kind::Files,
            E::Limit(_) | E::ExtendedTooLarge { .. } => Kind::Limits,
            E::Required(_) => Kind::Missing,
            E::NotInstalled(_) | E::NoPrevious(_) => Kind::NotFound,
            E::Damaged { .. } => Kind::Damaged,
            E::DiskFull { .. } => Kind::Disk,
            E::Io { .. } => Kind::Io,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<KeyringError> for ShellError {
    fn from(error: KeyringError) -> Self {
        let kind = match &error {
            KeyringError::WrongPassword | KeyringError::WeakPassword => Kind::Password,
            KeyringError::Locked => Kind::Locked,
            KeyringError::Damaged(_) => Kind::Damaged,
            KeyringError::Io(_) => Kind::Io,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<tauri::Error> for ShellError {
    fn from(error: tauri::Error) -> Self {
        Self::io(&error)
    }
}
