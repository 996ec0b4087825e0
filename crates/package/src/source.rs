//! Where a package comes from: a folder or a ZIP, opened.

use std::path::Path;

use crate::content::Content;
use crate::error::{FileError, PackageError};
use crate::folder::Folder;
use crate::limits::MAX_LIST;
use crate::path;
use crate::zipped::Zipped;

/// An opened package, not yet verified. Reading is confined to it: no link is followed, no pipe waited for.
#[derive(Debug)]
pub enum Source {
    /// A folder with `content.json` at its root.
    Folder(Folder),
    /// A ZIP with `content.json` at its root or in one top folder.
    Zip(Zipped),
}

impl Source {
    /// Opens the folder or ZIP at `path`.
    ///
    /// # Errors
    /// [`PackageError::Open`]: nothing there, not readable, or a ZIP that is malformed, too large or dangerous.
    pub fn open(path: &Path) -> Result<Self, PackageError> {
        let metadata = std::fs::metadata(path).map_err(|error| PackageError::open(path, error))?;
        if metadata.is_dir() {
            Ok(Self::Folder(
                Folder::open(path).map_err(|error| PackageError::open(path, error))?,
            ))
        } else if metadata.is_file() {
            Ok(Self::Zip(Zipped::open(path)?))
        } else {
            Err(PackageError::open(path, "neither a folder nor a ZIP file"))
        }
    }

    /// Reads and parses `content.json`.
    ///
    /// # Errors
    /// [`PackageError::Parse`] when it is missing, unreadable, too large or malformed; [`PackageError::Address`].
    pub fn content(&self) -> Result<Content, PackageError> {
        let bytes = self
            .read(path::CONTENT, MAX_LIST)
            .map_err(|error| PackageError::Parse(format!("the file {error}")))?;
        Content::parse(&bytes)
    }

    /// The paths of all files there are, listed or not, sorted.
    ///
    /// # Errors
    /// For a folder: what cannot be read, links, and more entries or levels than [`crate::limits`] allow.
    pub fn names(&self) -> Result<Vec<String>, PackageError> {
        match self {
            Self::Folder(folder) => Ok(folder.walk()?.into_iter().map(|file| file.path).collect()),
            Self::Zip(zip) => Ok(zip.names().map(str::to_owned).collect()),
        }
    }

    /// Size in bytes of one file, listed or not; a ZIP's directory may lie about it.
    ///
    /// # Errors
    /// Why there is no such regular file.
    pub fn size(&self, path: &str) -> Result<u64, FileError> {
        match self {
            Self::Folder(folder) => folder.size(path),
            Self::Zip(zip) => zip.size(path),
        }
    }

    /// At most `max + 1` bytes of one file, listed or not: more than `max` is the caller's to refuse.
    ///
    /// # Errors
    /// Why there is no such regular file, or it cannot be read.
    pub fn read(&self, path: &str, max: u64) -> Result<Vec<u8>, FileError> {
        match self {
            Self::Folder(folder) => folder.read(path, max),
            Self::Zip(zip) => zip.read(path, max),
        }
    }
}
