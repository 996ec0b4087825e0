//! The folder of one app. Nothing in it is reached through a link, and nothing outside it is reached at all.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use cap_fs_ext::{DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _};
use cap_std::fs::{Dir, File, OpenOptions};
use coco_keys::Address;

use crate::FilesError;
use crate::limits::{KEPT_FREE, MAX_FOLDER_ENTRIES};
use crate::name::TEMPORARY;

/// The opened folder of an app.
#[derive(Debug)]
pub(crate) struct AppFolder {
    dir: Dir,
}

/// What a folder holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The sizes of all files, in bytes.
    pub(crate) bytes: u64,
    /// Files, folders and whatever else there is.
    pub(crate) entries: usize,
}

impl AppFolder {
    /// Opens the folder if it is there.
    pub(crate) fn open(root: &Dir, app: &Address) -> io::Result<Option<Self>> {
        match root.open_dir_nofollow(app.to_string()) {
            Ok(dir) => Ok(Some(Self { dir })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the folder, and makes it first if it is missing.
    pub(crate) fn create(root: &Dir, app: &Address) -> io::Result<Self> {
        match root.create_dir(app.to_string()) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let dir = root.open_dir_nofollow(app.to_string())?;
        Ok(Self { dir })
    }

    /// What is in the folder, unfinished files included.
    pub(crate) fn usage(&self) -> io::Result<Usage> {
        let mut usage = Usage::default();
        add_usage(&self.dir, &mut usage)?;
        Ok(usage)
    }

    /// How many bytes may still be added: up to `max` in the folder, and some of the disk stays free.
    pub(crate) fn room(&self, max: u64) -> Result<u64, FilesError> {
        let usage = self.usage().map_err(|error| FilesError::failed("the folder", error))?;
        if usage.entries > MAX_FOLDER_ENTRIES {
            return Err(FilesError::TooLarge(format!(
                "the folder of the app has more than {MAX_FOLDER_ENTRIES} entries"
            )));
        }
        Ok(max.saturating_sub(usage.bytes).min(self.free()))
    }

    /// How many bytes the disk has to give; without limit where nobody can tell.
    pub(crate) fn free(&self) -> u64 {
        free_bytes(&self.dir).map_or(u64::MAX, |free| free.saturating_sub(KEPT_FREE))
    }

    /// Whether there is a regular file of this name.
    pub(crate) fn has_file(&self, name: &str) -> bool {
        self.dir.symlink_metadata(name).is_ok_and(|metadata| metadata.is_file())
    }

    /// Whether there is a folder of this name.
    pub(crate) fn has_folder(&self, name: &str) -> bool {
        self.dir.symlink_metadata(name).is_ok_and(|metadata| metadata.is_dir())
    }

    /// Opens the regular file at a checked path, for reading.
    pub(crate) fn open_file(&self, path: &str) -> Result<std::fs::File, FilesError> {
        let (folder, name) = self.parent(path)?;
        let missing = |_| FilesError::NotFound(path.to_owned());
        // Asked first, because opening a pipe would wait for its other end.
        let metadata = folder.dir.symlink_metadata(name).map_err(missing)?;
        if !metadata.is_file() {
            return Err(FilesError::NotFound(path.to_owned()));
        }
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No);
        let file = folder.dir.open_with(name, &options).map_err(missing)?;
        Ok(file.into_std())
    }

    /// The folder that holds a checked path, and the last name of the path.
    pub(crate) fn parent<'a>(&self, path: &'a str) -> Result<(Self, &'a str), FilesError> {
        let failed = |error| FilesError::failed("the folder", error);
        let mut dir = self.dir.try_clone().map_err(failed)?;
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
            dir = dir
                .open_dir_nofollow(folder)
                .map_err(|_| FilesError::NotFound(path.to_owned()))?;
        }
        Ok((Self { dir }, name))
    }

    /// A new file under a temporary name.
    pub(crate) fn temporary_file(&self) -> io::Result<(Temporary, File)> {
        self.temporary(|dir, name| dir.open_with(name, OpenOptions::new().write(true).create_new(true)))
    }

    /// A new folder under a temporary name.
    pub(crate) fn temporary_folder(&self) -> io::Result<(Temporary, Dir)> {
        self.temporary(|dir, name| {
            dir.create_dir(name)?;
            dir.open_dir_nofollow(name)
        })
    }

    fn temporary<T>(&self, make: impl Fn(&Dir, &str) -> io::Result<T>) -> io::Result<(Temporary, T)> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let name = format!("{TEMPORARY}{}", NEXT.fetch_add(1, Ordering::Relaxed));
            match make(&self.dir, &name) {
                Ok(made) => {
                    let dir = self.dir.try_clone()?;
                    return Ok((Temporary { dir, name }, made));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Removes what an ended process left unfinished.
    pub(crate) fn remove_leftovers(&self) -> io::Result<()> {
        for entry in self.dir.entries()? {
            let name = entry?.file_name();
            if name.to_str().is_some_and(|name| name.starts_with(TEMPORARY)) {
                remove(&self.dir, &name)?;
            }
        }
        Ok(())
    }
}

/// An unfinished file or folder. It is removed when the value is dropped, unless it was given its name.
#[derive(Debug)]
pub(crate) struct Temporary {
    dir: Dir,
    name: String,
}

impl Temporary {
    /// Gives the file its name in `to`, in place of an older file of that name. On the disk when the call returns.
    pub(crate) fn replace_file(self, to: &AppFolder, name: &str) -> io::Result<()> {
        self.dir.rename(&self.name, &to.dir, name)?;
        sync(&to.dir)
    }

    /// Gives the folder its name in `to`, in place of an older folder of that name: there is always the one or the other.
    pub(crate) fn replace_folder(self, to: &AppFolder, name: &str) -> io::Result<()> {
        if to.has_folder(name) {
            // What was replaced has the temporary name now and goes when `self` is dropped.
            exchange(&self.dir, &self.name, &to.dir, name)?;
        } else {
            self.dir.rename(&self.name, &to.dir, name)?;
        }
        sync(&to.dir)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What cannot be removed now is removed at the next start.
        let _ = remove(&self.dir, self.name.as_ref());
    }
}

#[cfg(target_os = "linux")]
fn exchange(from: &Dir, old: &str, to: &Dir, new: &str) -> io::Result<()> {
    use rustix::fs::{RenameFlags, renameat_with};
    renameat_with(from, old, to, new, RenameFlags::EXCHANGE).or_else(|_| exchange_by_steps(from, old, to, new))
}

#[cfg(not(target_os = "linux"))]
fn exchange(from: &Dir, old: &str, to: &Dir, new: &str) -> io::Result<()> {
    exchange_by_steps(from, old, to, new)
}

/// For file systems that cannot exchange two names at once.
fn exchange_by_steps(from: &Dir, old: &str, to: &Dir, new: &str) -> io::Result<()> {
    let aside = format!("{old}-replaced");
    to.rename(new, from, &aside)?;
    if let Err(error) = from.rename(old, to, new) {
        from.rename(&aside, to, new)?;
        return Err(error);
    }
    from.rename(&aside, from, old)
}

/// Waits until everything that was written to the disk of `dir` is there.
#[cfg(target_os = "linux")]
pub(crate) fn sync_all_below(dir: &Dir) -> io::Result<()> {
    rustix::fs::syncfs(dir.open(".")?).map_err(io::Error::from)
}

/// Only Linux has one call for that; elsewhere the names are waited for.
#[cfg(not(target_os = "linux"))]
pub(crate) fn sync_all_below(dir: &Dir) -> io::Result<()> {
    sync(dir)
}

/// Waits until the names in a folder are on the disk.
fn sync(dir: &Dir) -> io::Result<()> {
    if cfg!(unix) { dir.open(".")?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
fn free_bytes(dir: &Dir) -> Option<u64> {
    let disk = rustix::fs::fstatvfs(dir).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn free_bytes(_dir: &Dir) -> Option<u64> {
    None
}

/// Removes a file, a link or a folder with everything in it. Nothing there is fine.
fn remove(dir: &Dir, name: &std::ffi::OsStr) -> io::Result<()> {
    let removed = match dir.symlink_metadata(name) {
        Ok(metadata) if metadata.is_dir() => dir.remove_dir_all(name),
        Ok(_) => dir.remove_file(name),
        Err(error) => Err(error),
    };
    removed.or_else(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            Ok(())
        } else {
            Err(error)
        }
    })
}

/// Stops counting above [`MAX_FOLDER_ENTRIES`].
fn add_usage(dir: &Dir, usage: &mut Usage) -> io::Result<()> {
    for entry in dir.entries()? {
        let entry = entry?;
        usage.entries += 1;
        if usage.entries > MAX_FOLDER_ENTRIES {
            break;
        }
        // What disappears while it is counted does not count.
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() {
            match dir.open_dir_nofollow(entry.file_name()) {
                Ok(inner) => add_usage(&inner, usage)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        } else if metadata.is_file() {
            usage.bytes = usage.bytes.saturating_add(metadata.len());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use cap_std::ambient_authority;

    use super::*;

    fn folder() -> (tempfile::TempDir, AppFolder) {
        let temp = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(temp.path(), ambient_authority()).unwrap();
        (temp, AppFolder { dir })
    }

    #[test]
    fn folders_change_places_also_where_it_takes_steps() {
        for exchange in [exchange, exchange_by_steps] {
            let (_temp, AppFolder { dir }) = folder();
            dir.create_dir_all("new/inner").unwrap();
            dir.create_dir_all("old/other").unwrap();
            exchange(&dir, "new", &dir, "old").unwrap();
            assert!(dir.is_dir("old/inner") && dir.is_dir("new/other"));
            assert_eq!(dir.entries().unwrap().count(), 2);
        }
        let (_temp, AppFolder { dir }) = folder();
        dir.create_dir_all("old/other").unwrap();
        exchange_by_steps(&dir, "missing", &dir, "old").unwrap_err();
        assert!(dir.is_dir("old/other"), "back where it was");
    }

    #[test]
    fn the_disk_is_asked_for_its_room() {
        let (_temp, folder) = folder();
        assert!(folder.free() > 0 && folder.free() < u64::MAX);
        assert_eq!(folder.room(0).unwrap(), 0);
        folder.dir.write("a", [7; 10]).unwrap();
        assert_eq!(folder.room(15).unwrap(), 5);
        assert!(folder.room(u64::MAX).unwrap() <= free_bytes(&folder.dir).unwrap());
    }
}
