//! A package as a ZIP. The archive is read into memory once, so that what was checked is what is read, and
//! refused as a whole when its names, links, sizes or structure could mislead anyone.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use zip::ZipArchive;
use zip::read::Config;
use zip::unstable::read::ZipIterable;

use crate::error::{FileError, PackageError};
use crate::folder::read_bounded;
use crate::limits::{MAX_ZIP, MAX_ZIP_CONTENT, MAX_ZIP_ENTRIES, MAX_ZIP_RATIO, ZIP_RATIO_FROM};
use crate::path;

/// An opened ZIP.
pub struct Zipped {
    archive: ZipArchive<Cursor<Arc<[u8]>>>,
    /// Files by path below the top folder, if there is one.
    files: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    index: usize,
    size: u64,
}

impl Zipped {
    /// Reads and checks the ZIP at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, PackageError> {
        let file = File::open(path).map_err(|error| PackageError::open(path, error))?;
        let bytes = read_bounded(file, MAX_ZIP).map_err(|error| PackageError::open(path, error))?;
        if bytes.len() as u64 > MAX_ZIP {
            return Err(PackageError::open(
                path,
                format!("the file is larger than {MAX_ZIP} bytes"),
            ));
        }
        Self::from_bytes(bytes.into()).map_err(|reason| PackageError::open(path, reason))
    }

    fn from_bytes(bytes: Arc<[u8]>) -> Result<Self, String> {
        let unusable = |error| format!("not a usable ZIP: {error}");
        let length = bytes.len() as u64;
        let entries = ZipIterable::try_new(Cursor::new(bytes.clone()), Config::default())
            .map_err(unusable)?
            .len();
        if entries > MAX_ZIP_ENTRIES {
            return Err(format!("{entries} entries, at most {MAX_ZIP_ENTRIES} are allowed"));
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unusable)?;
        // Duplicate names, overlapping entries, and local headers that tell another story than the directory.
        archive.validate_header_consistency().map_err(unusable)?;

        let mut names = Vec::new();
        let mut content = 0_u64;
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(unusable)?;
            let name = std::str::from_utf8(entry.name_raw()).map_err(|_| "an entry's name is not UTF-8".to_owned())?;
            if entry.is_symlink() || entry.unix_mode().is_some_and(is_special) {
                return Err(format!("entry {name:?} is a link or a device"));
            }
            if entry.encrypted() {
                return Err(format!("entry {name:?} is encrypted"));
            }
            content = content.saturating_add(entry.size());
            names.push((
                name.to_owned(),
                Entry {
                    index,
                    size: entry.size(),
                },
            ));
        }
        if content > MAX_ZIP_CONTENT {
            return Err(format!("unpacks to more than {MAX_ZIP_CONTENT} bytes"));
        }
        if content > ZIP_RATIO_FROM && content / MAX_ZIP_RATIO > length {
            return Err(format!("unpacks to more than {MAX_ZIP_RATIO} times its size"));
        }
        Ok(Self {
            archive,
            files: checked_files(names)?,
        })
    }

    /// The path of every file, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// What the directory says of the size of a file, in bytes.
    pub(crate) fn size(&self, path: &str) -> Result<u64, FileError> {
        self.files.get(path).map(|entry| entry.size).ok_or(FileError::Missing)
    }

    /// At most `max + 1` bytes of a file; its CRC is checked when all of it was read.
    pub(crate) fn read(&self, path: &str, max: u64) -> Result<Vec<u8>, FileError> {
        let entry = self.files.get(path).ok_or(FileError::Missing)?;
        let mut archive = self.archive.clone();
        let file = archive
            .by_index(entry.index)
            .map_err(|error| FileError::Unreadable(error.to_string()))?;
        read_bounded(file, max)
    }
}

impl fmt::Debug for Zipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zipped")
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

/// Whether a Unix mode names something other than a regular file or a folder; many writers leave the kind out.
fn is_special(mode: u32) -> bool {
    !matches!(mode & 0o170_000, 0 | 0o100_000 | 0o040_000)
}

/// The files by path below the top folder, if there is one; every name, also of folders and of what lies beside the top
/// folder, obeys the path rules.
fn checked_files(names: Vec<(String, Entry)>) -> Result<BTreeMap<String, Entry>, String> {
    let top = top_folder(names.iter().map(|(name, _)| name.as_str()));
    if let Some(name) = top.strip_suffix('/') {
        path::check(name).map_err(|reason| format!("entry {top:?} {reason}"))?;
    }
    let mut files = BTreeMap::new();
    for (name, entry) in names {
        let (inner, inside) = match name.strip_prefix(&top) {
            Some(inner) => (inner, true),
            None => (name.as_str(), false),
        };
        let folder = inner.strip_suffix('/');
        let is_top_itself = inside && inner.is_empty() && !top.is_empty();
        if !is_top_itself {
            path::check(folder.unwrap_or(inner)).map_err(|reason| format!("entry {name:?} {reason}"))?;
        }
        if inside && !is_top_itself && folder.is_none() {
            files.insert(inner.to_owned(), entry);
        }
    }
    let others = files.keys().map(String::as_str).filter(|name| *name != path::CONTENT);
    path::check_all(others).map_err(|(name, reason)| format!("entry {name:?} {reason}"))?;
    Ok(files)
}

/// The one folder at the root that holds `content.json`, with its `/`; empty when the root itself holds it.
fn top_folder<'a>(names: impl Iterator<Item = &'a str> + Clone) -> String {
    if names.clone().any(|name| name == path::CONTENT) {
        return String::new();
    }
    let mut tops = names.filter_map(|name| match name.split_once('/') {
        Some((top, path::CONTENT)) => Some(format!("{top}/")),
        _ => None,
    });
    match (tops.next(), tops.next()) {
        (Some(top), None) => top,
        _ => String::new(),
    }
}
