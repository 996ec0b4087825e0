//! The one door for writing to the store: everything through here is on the disk when the call returns, and
//! tests can make any single step fail or end the process.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::error::PackageError;

type Result<T> = std::result::Result<T, PackageError>;

/// Creates a folder and those above it; existing ones are fine.
pub(crate) fn create_dir_all(path: &Path) -> Result<()> {
    step(path, || fs::create_dir_all(path))
}

/// Creates a folder of a new name that begins with `prefix`; it is removed when the value is dropped.
pub(crate) fn temporary_dir(parent: &Path, prefix: &str) -> Result<tempfile::TempDir> {
    step(parent, || tempfile::Builder::new().prefix(prefix).tempdir_in(parent))
}

/// Writes a new file and waits until it is on the disk.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = step(path, || OpenOptions::new().write(true).create_new(true).open(path))?;
    step(path, || file.write_all(bytes))?;
    step(path, || file.sync_all())
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner alone.
    Owner,
    /// Everyone: a file that is going to be published.
    Everyone,
}

/// Replaces a file as a whole: after a crash there is either the old or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8], readers: Readers) -> Result<()> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = step(path, || tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(parent))?;
    step(path, || file.write_all(bytes))?;
    step(path, || set_readers(file.as_file(), readers))?;
    step(path, || file.as_file().sync_all())?;
    step(path, || file.persist(path).map(drop).map_err(|error| error.error))?;
    sync_dir(parent)
}

#[cfg(unix)]
fn set_readers(file: &File, readers: Readers) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = match readers {
        Readers::Owner => 0o600,
        Readers::Everyone => 0o644,
    };
    file.set_permissions(fs::Permissions::from_mode(mode))
}

/// Elsewhere a file inherits its readers from the folder.
#[cfg(not(unix))]
fn set_readers(_file: &File, _readers: Readers) -> io::Result<()> {
    Ok(())
}

/// How the names of files begin that [`replace`] leaves behind when it is interrupted.
pub(crate) const TEMPORARY: &str = ".tmp";

/// Waits until the names in a folder are on the disk.
pub(crate) fn sync_dir(path: &Path) -> Result<()> {
    step(path, || {
        if cfg!(unix) {
            File::open(path)?.sync_all()
        } else {
            Ok(())
        }
    })
}

/// Removes a file or a folder with everything in it, without following links. Nothing there is fine.
pub(crate) fn remove(path: &Path) -> Result<()> {
    step(path, || {
        let removed = match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path),
            Err(error) => Err(error),
        };
        removed.or_else(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                Ok(())
            } else {
                Err(error)
            }
        })
    })
}

fn step<T>(path: &Path, action: impl FnOnce() -> io::Result<T>) -> Result<T> {
    #[cfg(test)]
    faults::hit().map_err(|error| PackageError::io(path, error))?;
    action().map_err(|error| PackageError::io(path, error))
}

/// Lets a test choose the step, counted per thread, at which writing fails or the process ends.
#[cfg(test)]
pub(crate) mod faults {
    use std::cell::Cell;
    use std::io;

    /// What happens at the chosen step.
    #[derive(Debug, Clone, Copy)]
    pub(crate) enum Fault {
        /// The step fails with this error, and so does every later one until [`clear`].
        Fail(io::ErrorKind),
        /// The process ends at once, as after `kill -9`.
        Abort,
    }

    thread_local! {
        static PLAN: Cell<Option<(u32, Fault)>> = const { Cell::new(None) };
    }

    /// Lets `steps` steps pass, then strikes.
    pub(crate) fn after(steps: u32, fault: Fault) {
        PLAN.set(Some((steps, fault)));
    }

    /// Back to normal; whether the fault had struck.
    pub(crate) fn clear() -> bool {
        matches!(PLAN.take(), Some((0, _)))
    }

    pub(super) fn hit() -> io::Result<()> {
        match PLAN.get() {
            None => Ok(()),
            Some((0, Fault::Fail(kind))) => Err(kind.into()),
            Some((0, Fault::Abort)) => std::process::abort(),
            Some((left, fault)) => {
                PLAN.set(Some((left - 1, fault)));
                Ok(())
            }
        }
    }
}
