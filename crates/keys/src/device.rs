//! The random key that stands in for a password until one is set: 32 bytes in Base64, readable by their owner alone.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::KeysError;
use crate::secret::random;
use crate::vault::file::{self, Replace};

/// Longest file in bytes that is read.
const LONGEST: u64 = 128;

/// The key, `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, KeysError> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KeysError::io("read", path)(error)),
    };
    let mut key = Zeroizing::new(String::new());
    file.take(LONGEST)
        .read_to_string(&mut key)
        .map_err(KeysError::io("read", path))?;
    Ok(Some(key))
}

/// The key, made first if there is none.
pub(crate) fn read_or_create(path: &Path) -> Result<Zeroizing<String>, KeysError> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    let mut bytes = Zeroizing::new([0; 32]);
    random(bytes.as_mut_slice())?;
    let key = Zeroizing::new(STANDARD.encode(bytes.as_slice()));
    file::write(path, key.as_bytes(), Replace::Never)?;
    Ok(key)
}

/// Removes the key.
pub(crate) fn remove(path: &Path) -> Result<(), KeysError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(KeysError::io("write", path)(error)),
        _ => Ok(()),
    }
}
