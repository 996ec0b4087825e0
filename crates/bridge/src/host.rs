//! What a command may use of the outside world.

use std::sync::Arc;

use coco_keys::{Address, AppAccount};
use serde_json::value::RawValue;
use url::Url;

use crate::cancel::Cancel;
use crate::certificate::Certificates;
use crate::code::{BridgeError, Code};
use crate::language::Language;

/// The outside, as one app sees it. Every implementation belongs to exactly one app, so no method names one.
///
/// Methods may block for as long as a disk or a clipboard takes; they are called from the app's own workers. Those that
/// take a [`Cancel`] may wait for a person, at most as long as the person has patience, and ask for their word first where
/// that is needed.
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

    /// Whether the calling page has a guard that fetches this file from the page's own origin, and gains by that: then it is
    /// told to, and the file is not read here. Small files are better read here.
    fn page_fetches(&self, _path: &str) -> bool {
        false
    }

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

    /// Opens a web page in the person's browser.
    ///
    /// # Errors
    /// [`HostError::Refused`] when the person does not want that, [`HostError::Failed`] when there is no browser.
    fn open_url(&self, url: &Url, cancel: &Cancel) -> Result<(), HostError>;

    /// Lets the person scan a QR code: its text.
    ///
    /// # Errors
    /// [`HostError::Refused`] when they cancel.
    fn scan(&self, cancel: &Cancel) -> Result<String, HostError>;

    /// Gives the person a picture or a video, in the folder where they keep such.
    ///
    /// # Errors
    /// [`HostError::Invalid`] for what is no picture or video, [`HostError::NotFound`] for a file that is not there,
    /// [`HostError::TooLarge`], [`HostError::Refused`], [`HostError::Failed`] when it cannot be written.
    fn save_media(&self, media: Media, source: MediaSource, cancel: &Cancel) -> Result<(), HostError>;

    /// Downloads a file into the app's download folder, until it is there.
    ///
    /// # Errors
    /// [`HostError::Invalid`], [`HostError::Refused`], [`HostError::TooLarge`], and [`HostError::Download`] when it fails
    /// or another download takes its place.
    fn download(&self, download: Download, cancel: &Cancel) -> Result<(), HostError>;

    /// Whether a file is in the app's download folder, and whole.
    ///
    /// # Errors
    /// [`HostError::Invalid`] for what is no plain name.
    fn is_downloaded(&self, file_name: &str) -> Result<bool, HostError>;

    /// Unpacks a ZIP of the app's download folder into a folder beside it.
    ///
    /// # Errors
    /// [`HostError::NotFound`] when it is not there, [`HostError::Invalid`] when it is no sound ZIP: then nothing is left.
    fn extract(&self, archive: &str) -> Result<(), HostError>;

    /// Whose certificates are trusted, and what was said about those that were shown.
    fn certificates(&self) -> &Certificates;

    /// Now, in milliseconds since 1970.
    fn now_ms(&self) -> i64;
}

/// Answer of `getSafeAreaInsets`, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SafeArea {
    /// Height that is covered at the top.
    pub safe_area_top: u32,
    /// Height that is covered at the bottom.
    pub safe_area_bottom: u32,
}

/// What is given to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// A PNG, GIF or JPEG.
    Image,
    /// An MP4 or MOV.
    Video,
}

/// Where a picture or a video comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaSource {
    /// A data URL, or its Base64 alone.
    Data(String),
    /// A path relative to the app's download folder.
    File(String),
}

/// A file to download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// From where; always `https:`.
    pub url: Url,
    /// What it shall be called.
    pub file_name: String,
    /// Headers of the request, as the app gave them.
    pub headers: Vec<Header>,
}

/// A header of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Why the outside could not do what a command asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The thing asked for does not exist, or is not this app's.
    #[error("{0}")]
    NotFound(String),
    /// What the app gave makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// The person does not want it, or did not answer in time.
    #[error("user rejected")]
    Refused,
    /// A download failed.
    #[error("{0}")]
    Download(String),
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
            HostError::Invalid(_) => Code::Invalid,
            HostError::Download(_) => Code::DownloadFailed,
            HostError::TooLarge(_) => Code::TooLarge,
            HostError::Locked | HostError::Refused | HostError::Failed(_) => Code::Failed,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
pub(crate) mod fake;
