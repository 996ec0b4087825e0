//! An installed app, and reading its files.

use std::path::{Path, PathBuf};

use coco_keys::Address;
use thiserror::Error;

use crate::content::Content;
use crate::error::{FileError, PackageError};
use crate::folder::Folder;
use crate::icon::Icon;
use crate::limits::{MAX_FILE, MAX_LIST};
use crate::{path, verify};

/// Longest name shown for an app, in characters.
const MAX_DISPLAY_NAME: usize = 64;

/// One installed version of an app. A version stays readable while it is the current or the previous one.
#[derive(Debug, Clone)]
pub struct InstalledApp {
    content: Content,
    signer: Address,
    folder: PathBuf,
}

/// Why a file of an installed app was not read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The signed list has no such path. Everything that is not listed ends here: folders, traversal, other apps' files.
    #[error("{0:?} is not a file of this app")]
    NotListed(String),
    /// The file is listed, but what lies on the disk is not what was signed.
    #[error("the installed file {path:?} {reason}")]
    Damaged {
        /// The listed path.
        path: String,
        /// What is wrong with it.
        reason: FileError,
    },
    /// The file is there and not signed, and cannot be read.
    #[error("the file {path:?} {reason}")]
    Unreadable {
        /// Its path in the app.
        path: String,
        /// What is wrong with it.
        reason: FileError,
    },
}

impl InstalledApp {
    /// Loads the version in `folder`, which must be a version of `address`.
    ///
    /// # Errors
    /// [`PackageError::Damaged`] when its list is missing, unreadable, no longer signed, or another app's.
    pub(crate) fn load(address: &Address, folder: PathBuf) -> Result<Self, PackageError> {
        let damaged = |reason: String| PackageError::Damaged {
            address: *address,
            reason,
        };
        let opened = Folder::open(&folder).map_err(|error| damaged(error.to_string()))?;
        let bytes = opened
            .read(path::CONTENT, MAX_LIST)
            .map_err(|error| damaged(format!("content.json {error}")))?;
        let content = Content::parse(&bytes).map_err(|error| damaged(error.to_string()))?;
        if content.address() != address {
            return Err(damaged(format!("content.json belongs to {}", content.address())));
        }
        let signer = verify::check_signature(&content).map_err(|error| damaged(error.to_string()))?;
        verify::check_paths(&content).map_err(|error| damaged(error.to_string()))?;
        Ok(Self {
            content,
            signer,
            folder,
        })
    }

    /// Whether every listed file is there with its size: a quick look, for lists. Reading a file checks its hash as well.
    pub(crate) fn check_presence(&self) -> Result<(), PackageError> {
        self.each_file(|folder, path, size| match folder.size(path)? {
            actual if actual == size => Ok(()),
            actual => Err(FileError::Size { listed: size, actual }),
        })
    }

    /// Reads every file and compares it with the signed list.
    ///
    /// # Errors
    /// [`PackageError::Damaged`] for the first file that differs.
    pub fn check(&self) -> Result<(), PackageError> {
        self.each_file(|folder, path, size| {
            let bytes = folder.read(path, size)?;
            self.content
                .files()
                .get(path)
                .map_or(Err(FileError::Missing), |entry| verify::check_bytes(&bytes, entry))
        })
    }

    fn each_file(&self, check: impl Fn(&Folder, &str, u64) -> Result<(), FileError>) -> Result<(), PackageError> {
        let damaged = |reason: String| PackageError::Damaged {
            address: *self.address(),
            reason,
        };
        let folder = Folder::open(&self.folder).map_err(|error| damaged(error.to_string()))?;
        self.content.files().iter().try_for_each(|(path, entry)| {
            check(&folder, path, entry.size).map_err(|reason| damaged(format!("{path:?} {reason}")))
        })
    }

    /// Its icon, if that is a PNG picture of a sensible size.
    #[must_use]
    pub fn icon(&self) -> Option<Icon> {
        Icon::read(self.read("icon.png").ok()?)
    }

    /// Who signed it: the app's own key, or one that it names as a signer.
    #[must_use]
    pub fn signer(&self) -> &Address {
        &self.signer
    }

    /// The app.
    #[must_use]
    pub fn address(&self) -> &Address {
        self.content.address()
    }

    /// The signed list of this version.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The folder that holds this version's files. For files use [`InstalledApp::read`], which checks them.
    #[must_use]
    pub fn version_dir(&self) -> &Path {
        &self.folder
    }

    /// The bytes of one listed file, exactly as signed. `path` is relative to the app, as listed: nothing is decoded,
    /// normalised or guessed. Size and hash are checked at every call, and no link is followed.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let entry = self
            .content
            .files()
            .get(path)
            .ok_or_else(|| ReadError::NotListed(path.to_owned()))?;
        let damaged = |reason| ReadError::Damaged {
            path: path.to_owned(),
            reason,
        };
        let folder = Folder::open(&self.folder).map_err(|error| damaged(FileError::Unreadable(error.to_string())))?;
        let bytes = folder.read(path, entry.size.min(MAX_FILE)).map_err(damaged)?;
        verify::check_bytes(&bytes, entry).map_err(damaged)?;
        Ok(bytes)
    }

    /// The app's title made fit for display (one line, no control or direction-changing characters, at most 64 characters);
    /// its address when nothing remains.
    #[must_use]
    pub fn display_name(&self) -> String {
        displayable(self.content.title().unwrap_or_default()).unwrap_or_else(|| self.address().to_string())
    }
}

/// A title made fit for display: one line, no control or direction-changing characters, at most 64 characters. `None` when
/// nothing remains.
#[must_use]
pub fn displayable(title: &str) -> Option<String> {
    let visible: String = title
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    let mut shown: String = line.chars().take(MAX_DISPLAY_NAME).collect();
    if shown.len() < line.len() {
        shown.pop();
        shown.push('…');
    }
    (!shown.is_empty()).then_some(shown)
}

/// Characters that reorder or hide text: marks, embeddings, overrides and isolates of the bidirectional algorithm, invisible
/// operators, the byte order mark, tags. The joiners (U+200C, U+200D) stay, since scripts and emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_made_fit_for_display() {
        let shown = |title: &str| displayable(title);
        assert_eq!(shown("Cat Cafe").as_deref(), Some("Cat Cafe"));
        assert_eq!(shown(" a\n\n b\u{3000}c\t").as_deref(), Some("a b c"));
        assert_eq!(shown("\u{202e}evil\u{0}\u{feff}").as_deref(), Some("evil"));
        assert_eq!(shown("👩\u{200d}💻 میخواهم").as_deref(), Some("👩\u{200d}💻 میخواهم"));
        assert_eq!(shown(""), None);
        assert_eq!(shown(" \u{200b}\u{2066} "), None);
        assert_eq!(shown(&"猫".repeat(100)), Some(format!("{}…", "猫".repeat(63))));
        assert_eq!(shown(&"a".repeat(64)), Some("a".repeat(64)));
    }
}
