//! Reading below one folder without ever leaving it: no link is followed, neither at the end of a path nor
//! on the way to it, and nothing but regular files is opened.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

use crate::error::{FileError, PackageError};
use crate::limits::{MAX_FOLDER_DEPTH, MAX_ZIP_ENTRIES};

/// An opened folder.
#[derive(Debug)]
pub struct Folder {
    root: Dir,
    path: PathBuf,
}

impl Folder {
    /// Opens the folder at `path`; a link to a folder is fine here, since the user named it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            root: Dir::open_ambient_dir(path, ambient_authority())?,
            path: path.to_path_buf(),
        })
    }

    /// Size in bytes of the regular file at `path` (names separated by `/`).
    pub(crate) fn size(&self, path: &str) -> Result<u64, FileError> {
        let (dir, name) = self.parent(path)?;
        Self::regular_size(dir.as_ref().unwrap_or(&self.root), name)
    }

    /// The bytes of the regular file at `path`, at most `max + 1` of them: more than `max` is the caller's to refuse.
    pub(crate) fn read(&self, path: &str, max: u64) -> Result<Vec<u8>, FileError> {
        let (dir, name) = self.parent(path)?;
        let dir = dir.as_ref().unwrap_or(&self.root);
        // Asked first, because opening a pipe would wait for its other end.
        Self::regular_size(dir, name)?;
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No);
        let file = dir.open_with(name, &options).map_err(|error| unreadable(&error))?;
        read_bounded(file, max)
    }

    /// Every regular file below the folder, sorted, and whether it or a folder above it is hidden (starts with a dot).
    ///
    /// # Errors
    /// A link, a device, a name that is not Unicode, more than [`MAX_ZIP_ENTRIES`] entries, or more than
    /// [`MAX_FOLDER_DEPTH`] levels.
    pub(crate) fn walk(&self) -> Result<Vec<Walked>, PackageError> {
        let mut found = Vec::new();
        let mut left = MAX_ZIP_ENTRIES;
        let root = self
            .root
            .try_clone()
            .map_err(|error| PackageError::io(&self.path, error))?;
        self.walk_into(&root, "", Visibility::Shown, MAX_FOLDER_DEPTH, &mut left, &mut found)?;
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    fn walk_into(
        &self,
        dir: &Dir,
        prefix: &str,
        inherited: Visibility,
        levels: usize,
        left: &mut usize,
        found: &mut Vec<Walked>,
    ) -> Result<(), PackageError> {
        let at = |error| PackageError::io(&self.path.join(prefix), error);
        let levels = levels
            .checked_sub(1)
            .ok_or_else(|| PackageError::Limit(format!("folders are nested deeper than {MAX_FOLDER_DEPTH} levels")))?;
        for entry in dir.entries().map_err(at)? {
            *left = left
                .checked_sub(1)
                .ok_or_else(|| PackageError::Limit(format!("the folder has more than {MAX_ZIP_ENTRIES} entries")))?;
            let entry = entry.map_err(at)?;
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| {
                PackageError::open(
                    &self.path.join(prefix).join(&name),
                    "the name is not valid Unicode; rename it",
                )
            })?;
            let path = format!("{prefix}{name}");
            let visibility = if name.starts_with('.') {
                Visibility::Hidden
            } else {
                inherited
            };
            let kind = entry.file_type().map_err(at)?;
            if kind.is_dir() {
                let inner = dir.open_dir_nofollow(name).map_err(at)?;
                self.walk_into(&inner, &format!("{path}/"), visibility, levels, left, found)?;
            } else if kind.is_file() {
                found.push(Walked { path, visibility });
            } else if kind.is_symlink() {
                return Err(PackageError::file(&path, FileError::Link));
            } else {
                return Err(PackageError::file(&path, FileError::NotAFile));
            }
        }
        Ok(())
    }

    /// The folder that holds `path` (`None` for the root itself), reached without following a link, and the last name.
    fn parent<'a>(&self, path: &'a str) -> Result<(Option<Dir>, &'a str), FileError> {
        let Some((folders, name)) = path.rsplit_once('/') else {
            return Ok((None, path));
        };
        let mut dir: Option<Dir> = None;
        for folder in folders.split('/') {
            let from = dir.as_ref().unwrap_or(&self.root);
            let kind = from
                .symlink_metadata(folder)
                .map_err(|error| unreadable(&error))?
                .file_type();
            if kind.is_symlink() {
                return Err(FileError::Link);
            }
            if !kind.is_dir() {
                return Err(FileError::Missing);
            }
            dir = Some(from.open_dir_nofollow(folder).map_err(|error| unreadable(&error))?);
        }
        Ok((dir, name))
    }

    fn regular_size(dir: &Dir, name: &str) -> Result<u64, FileError> {
        let metadata = dir.symlink_metadata(name).map_err(|error| unreadable(&error))?;
        if metadata.file_type().is_symlink() {
            Err(FileError::Link)
        } else if metadata.file_type().is_file() {
            Ok(metadata.len())
        } else {
            Err(FileError::NotAFile)
        }
    }
}

/// A file found by [`Folder::walk`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Walked {
    /// Relative to the folder, names separated by `/`.
    pub(crate) path: String,
    /// Whether any name in it starts with a dot.
    pub(crate) visibility: Visibility,
}

/// Whether a file counts as part of the developer's work, or belongs to a tool (`.git`, `.DS_Store`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    Shown,
    Hidden,
}

/// At most `max + 1` bytes of `reader`.
pub(crate) fn read_bounded(reader: impl Read, max: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    reader
        .take(max.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| FileError::Unreadable(error.to_string()))?;
    Ok(bytes)
}

fn unreadable(error: &io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound => FileError::Missing,
        _ => FileError::Unreadable(error.to_string()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn reads_inside_and_never_through_links() {
        let temp = tempfile::tempdir().unwrap();
        let (outside, inside) = (temp.path().join("outside"), temp.path().join("inside"));
        fs::create_dir_all(inside.join("sub")).unwrap();
        fs::create_dir_all(&outside).unwrap();
        fs::write(outside.join("secret"), "secret").unwrap();
        fs::write(inside.join("sub/file"), "hello").unwrap();
        symlink(outside.join("secret"), inside.join("link")).unwrap();
        symlink(&outside, inside.join("dir")).unwrap();
        symlink("sub", inside.join("alias")).unwrap();
        std::process::Command::new("mkfifo")
            .arg(inside.join("pipe"))
            .status()
            .unwrap();

        let folder = Folder::open(&inside).unwrap();
        assert_eq!(folder.read("sub/file", 5).unwrap(), b"hello");
        assert_eq!(folder.read("sub/file", 2).unwrap(), b"hel");
        assert_eq!(folder.size("sub/file"), Ok(5));
        for (path, error) in [
            ("link", FileError::Link),
            ("dir/secret", FileError::Link),
            ("alias/file", FileError::Link),
            ("sub", FileError::NotAFile),
            ("pipe", FileError::NotAFile),
            ("none", FileError::Missing),
            ("none/file", FileError::Missing),
            ("sub/file/x", FileError::Missing),
        ] {
            assert_eq!(folder.read(path, 10), Err(error.clone()), "{path}");
            assert_eq!(folder.size(path), Err(error), "{path}");
        }
        assert!(folder.read("../outside/secret", 10).is_err());
        assert!(folder.read("sub/../../outside/secret", 10).is_err());
        assert!(folder.read(outside.join("secret").to_str().unwrap(), 10).is_err());
    }

    #[test]
    fn walk_is_sorted_marks_hidden_and_refuses_links() {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir_all(temp.path().join("b/.git/x")).unwrap();
        for path in ["z", "b/c", "b/.git/x/y", ".hidden"] {
            fs::write(temp.path().join(path), "").unwrap();
        }
        let folder = Folder::open(temp.path()).unwrap();
        let found: Vec<_> = folder
            .walk()
            .unwrap()
            .into_iter()
            .map(|file| (file.path, file.visibility))
            .collect();
        let expected = [
            (".hidden", Visibility::Hidden),
            ("b/.git/x/y", Visibility::Hidden),
            ("b/c", Visibility::Shown),
            ("z", Visibility::Shown),
        ];
        assert_eq!(found, expected.map(|(path, visibility)| (path.to_owned(), visibility)));

        symlink("z", temp.path().join("b/link")).unwrap();
        assert!(matches!(folder.walk(), Err(PackageError::File { path, reason: FileError::Link }) if path == "b/link"));
    }
}
