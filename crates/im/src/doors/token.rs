//! The token that opens the doors: whoever can read the file may use the engine.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use zeroize::Zeroizing;

/// Name of the file in the data folder.
pub const FILE: &str = "door.token";
/// Random bytes of a token, which is written as hex.
const BYTES: usize = 32;

/// Reads the token of a data folder, or makes one that only the owner of the folder can read.
pub(super) fn load(folder: &Path) -> io::Result<String> {
    let path = folder.join(FILE);
    match File::open(&path) {
        Ok(file) => read(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(folder, &path),
        Err(error) => Err(error),
    }
}

fn read(file: File) -> io::Result<String> {
    only_owner(&file)?;
    let mut text = String::new();
    file.take(2 * BYTES as u64 + 3).read_to_string(&mut text)?;
    let token = text.trim_end();
    if token.len() == 2 * BYTES && token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(token.to_owned())
    } else {
        let message = "this holds no token; delete it and a new one is made";
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }
}

/// Makes a token. It appears under its name when it is whole.
fn make(folder: &Path, path: &Path) -> io::Result<String> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    getrandom::fill(bytes.as_mut_slice()).map_err(io::Error::other)?;
    let token = hex::encode(bytes.as_slice());
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    only_owner(file.as_file())?;
    writeln!(file, "{token}")?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(token),
        // Somebody else made one meanwhile.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => read(fs::File::open(path)?),
        Err(error) => Err(error.error),
    }
}

#[cfg(unix)]
fn only_owner(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

/// Elsewhere a user's folders are closed to others by themselves.
#[cfg(not(unix))]
fn only_owner(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let token = load(folder.path()).unwrap();
        assert_eq!(token.len(), 64);
        assert_eq!(load(folder.path()).unwrap(), token);
        let other = tempfile::tempdir().unwrap();
        assert_ne!(load(other.path()).unwrap(), token);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let path = folder.path().join(FILE);
            let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(), 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert_eq!(load(folder.path()).unwrap(), token);
            assert_eq!(mode(), 0o600);
        }
    }

    #[test]
    fn what_is_no_token_is_not_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        for content in ["", "abc", &"g".repeat(64), &"0".repeat(65), &"0".repeat(1 << 20)] {
            fs::write(folder.path().join(FILE), content).unwrap();
            assert_eq!(load(folder.path()).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }
}
