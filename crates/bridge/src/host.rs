//! What a command may use of the outside world.

use std::sync::Arc;

use coco_keys::{Address, AppAccount};
use serde_json::value::RawValue;

use crate::code::{BridgeError, Code};
use crate::language::Language;

/// The outside, as one app sees it. Every implementation belongs to exactly one app, so no method names one.
///
/// Methods may block for as long as a disk or a clipboard takes; they are called from the app's own worker.
pub trait Host: Send + Sync {
    /// The calling app's address.
    fn app(&self) -> Address;

    /// Version of the installed package, as its developer wrote it.
    fn app_version(&self) -> Option<String>;

    /// The page has loaded and says who it is. Only noted: nothing is ever held back until it comes.
    fn loaded(&self, name: &str, version: &str);

    /// The shell's language.
    fn language(&self) -> Language;

    /// Height in CSS pixels of what covers the window's top and bottom edge.
    fn safe_area(&self) -> SafeArea;

    /// Bytes of one of the app's own signed files, named relative to its root.
    ///
    /// # Errors
    /// [`HostError::NotFound`] for anything that the signed package does not list.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError>;

    /// Puts text on the system clipboard.
    ///
    /// # Errors
    /// [`HostError::Failed`] where there is no clipboard or it refuses.
    fn copy_text(&self, text: &str) -> Result<(), HostError>;

    /// The person's account in this app.
    ///
    /// # Errors
    /// [`HostError::Locked`] while the person's keys are locked by their password.
    fn account(&self) -> Result<Arc<AppAccount>, HostError>;

    /// What the app stored last, as the JSON text it stored; `None` if nothing.
    ///
    /// # Errors
    /// [`HostError::Failed`] when it cannot be read.
    fn extended_data(&self) -> Result<Option<Box<RawValue>>, HostError>;

    /// Replaces what the app stored. After a failure the previous value is still there.
    ///
    /// # Errors
    /// [`HostError::TooLarge`] over 1,048,576 bytes, [`HostError::Failed`] when it cannot be written.
    fn set_extended_data(&self, json: &RawValue) -> Result<(), HostError>;

    /// Addresses whose certificates are trusted.
    fn authorities(&self) -> Vec<Address>;

    /// Now, in milliseconds since 1970.
    fn now_ms(&self) -> i64;
}

/// Answer of `getSafeAreaInsets`, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SafeArea {
    /// Height that is covered at the top.
    pub safe_area_top: u32,
    /// Height that is covered at the bottom.
    pub safe_area_bottom: u32,
}

/// Why the outside could not do what a command asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The thing asked for does not exist, or is not this app's.
    #[error("{0}")]
    NotFound(String),
    /// More than may be stored.
    #[error("{0}")]
    TooLarge(String),
    /// The person's keys are locked.
    #[error("locked: the user's keys are locked by a password; ask again after they were unlocked in CocoCat")]
    Locked,
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl From<HostError> for BridgeError {
    fn from(error: HostError) -> Self {
        let code = match error {
            HostError::NotFound(_) => Code::NotFound,
            HostError::TooLarge(_) => Code::TooLarge,
            HostError::Locked | HostError::Failed(_) => Code::Failed,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
pub(crate) mod fake;
