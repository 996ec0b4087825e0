//! Files that are whole or not there at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The bytes of a file, `None` if there is none.
///
/// # Errors
/// What the system says, and `InvalidData` for more than `limit` bytes and for what is no regular file.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let invalid = |what| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    // Asked by path first: merely opening a pipe would wait for its other end.
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return invalid("it is not a regular file"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return invalid("it is too large");
    }
    Ok(Some(bytes))
}

/// Replaces a file in one step; its folder is made if there is none.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Gives a file that makes no sense another name beside its own, one that is free; gives that.
pub(crate) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = (1..=1_000)
        .map(|number| path.with_file_name(format!("{name}.damaged-{number}")))
        .find(|aside| !aside.exists())
        .ok_or_else(|| io::Error::new(io::ErrorKind::AlreadyExists, "too many damaged files beside it"))?;
    fs::rename(path, &aside)?;
    Ok(aside)
}
