//! Files that are whole or not there at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::KeysError;

/// Whether a write may take the place of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replace {
    /// If anything is at the path, it stays and the write fails.
    Never,
    /// The file at the path is replaced.
    Existing,
}

/// Whether anything is at the path, a broken link included; `true` also if that cannot be found out.
pub(crate) fn exists(path: &Path) -> bool {
    !matches!(fs::symlink_metadata(path), Err(error) if error.kind() == io::ErrorKind::NotFound)
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// [`KeysError::VaultMissing`], [`KeysError::Io`], or [`KeysError::VaultCorrupt`] if it is larger or no regular file.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, KeysError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => KeysError::VaultMissing(path.to_owned()),
        _ => KeysError::io("read", path)(error),
    };
    // Asked by path first: merely opening a pipe would wait for its other end.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(KeysError::VaultCorrupt("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(failed)?
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(KeysError::VaultCorrupt("it is too large"));
    }
    Ok(bytes)
}

/// Writes a file in one step, readable by its owner alone: a new file beside it is filled, brought to the disk and
/// renamed, and the folder is brought to the disk too.
///
/// # Errors
/// [`KeysError::VaultExists`] or [`KeysError::Io`]; the new file is then removed.
pub(crate) fn write(path: &Path, bytes: &[u8], replace: Replace) -> Result<(), KeysError> {
    let folder = folder_of(path);
    // Created with mode 0600.
    let mut new = tempfile::Builder::new()
        .prefix(".identity-")
        .suffix(".tmp")
        .tempfile_in(folder)
        .map_err(KeysError::io("write", path))?;
    new.write_all(bytes)
        .and_then(|()| new.as_file().sync_all())
        .map_err(KeysError::io("write", path))?;
    match replace {
        Replace::Never => new.persist_noclobber(path),
        Replace::Existing => new.persist(path),
    }
    .map_err(|failure| match failure.error.kind() {
        io::ErrorKind::AlreadyExists => KeysError::VaultExists(path.to_owned()),
        _ => KeysError::io("write", path)(failure.error),
    })?;
    sync_folder(folder).map_err(KeysError::io("write", path))
}

/// Removes a file in one step and then overwrites what it held; `Ok` if there is none.
///
/// Overwriting is the most that a program can do; the disk may keep a copy of its own.
///
/// # Errors
/// [`KeysError::Io`] with the action `remove` if the file is still there, or `erase` if it is gone, but may be readable
/// on the disk.
pub(crate) fn erase(path: &Path) -> Result<(), KeysError> {
    let aside = aside(path);
    match fs::rename(path, &aside) {
        // An erasing that was interrupted is brought to its end.
        Err(error) if error.kind() == io::ErrorKind::NotFound && exists(&aside) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        renamed => renamed.map_err(KeysError::io("remove", path))?,
    }
    let overwritten = overwrite(&aside);
    fs::remove_file(&aside)
        .and_then(|()| sync_folder(folder_of(path)))
        .and(overwritten)
        .map_err(KeysError::io("erase", path))
}

/// The name that a file has while it is being erased; one for each file, so that nothing can pile up.
fn aside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".erased");
    path.with_file_name(name)
}

/// Writes zeros over all of a regular file; a link is left alone, since it would lead elsewhere.
fn overwrite(path: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_file() {
        return Ok(());
    }
    let mut file = File::options().write(true).open(path)?;
    io::copy(&mut io::repeat(0).take(metadata.len()), &mut file)?;
    file.sync_all()
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Brings a renamed entry to the disk.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere the file system does this by itself, and a folder cannot be opened.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
