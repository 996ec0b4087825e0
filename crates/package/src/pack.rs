//! Packing a signed folder into a ZIP: the same package always gives the same bytes.

use std::fs::File;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::time::SystemTime;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::disk::{self, Readers};
use crate::error::{FileError, PackageError};
use crate::folder::read_bounded;
use crate::limits::MAX_LIST;
use crate::path::{CONTENT, PUBLISH_FILES};
use crate::source::Source;
use crate::verify::{Downgrade, Verified, check_bytes, verify};

/// A ZIP that was written.
#[derive(Debug, Clone)]
pub struct Packed {
    /// The package in it.
    pub verified: Verified,
    /// Size of the ZIP in bytes.
    pub size: u64,
}

/// Verifies a package and writes the listed files, `content.json` and, if there is one, `publishfiles.json` to a ZIP. Entries are
/// sorted and bear no times, owners or local settings. An existing ZIP at `out` is replaced as a whole.
///
/// # Errors
/// The steps of [`verify`]; [`PackageError::Open`] when `out` is there already and no ZIP; [`PackageError::Io`], [`PackageError::DiskFull`].
pub fn pack(source: &Source, now: SystemTime, out: &Path) -> Result<Packed, PackageError> {
    let verified = verify(source, now, None, Downgrade::Refuse)?;
    refuse_to_replace_other_files(out)?;
    let bytes = write_zip(source, &verified).map_err(|error| match error {
        Failure::Package(error) => error,
        Failure::Zip(error) => PackageError::io(out, error.into()),
    })?;
    disk::replace(out, &bytes, Readers::Everyone)?;
    Ok(Packed {
        verified,
        size: bytes.len() as u64,
    })
}

enum Failure {
    Package(PackageError),
    Zip(zip::result::ZipError),
}

fn write_zip(source: &Source, verified: &Verified) -> Result<Vec<u8>, Failure> {
    let zip_error = |error: zip::result::ZipError| Failure::Zip(error);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |path: &str, bytes: &[u8]| {
        zip.start_file(path, options).map_err(zip_error)?;
        zip.write_all(bytes).map_err(|error| Failure::Zip(error.into()))
    };

    let read = |path: &str| source.read(path, MAX_LIST);
    let package_error = |path: &str, reason| Failure::Package(PackageError::file(path, reason));
    add(
        CONTENT,
        &read(CONTENT).map_err(|reason| package_error(CONTENT, reason))?,
    )?;
    match read(PUBLISH_FILES) {
        Ok(bytes) if bytes.len() as u64 > MAX_LIST => {
            return Err(Failure::Package(PackageError::Limit(format!(
                "{PUBLISH_FILES} is larger than {MAX_LIST} bytes"
            ))));
        }
        Ok(bytes) if !verified.content.files().contains_key(PUBLISH_FILES) => add(PUBLISH_FILES, &bytes)?,
        Ok(_) | Err(FileError::Missing) => {}
        Err(reason) => return Err(package_error(PUBLISH_FILES, reason)),
    }
    for (path, entry) in verified.content.files() {
        let bytes = read(path).and_then(|bytes| check_bytes(&bytes, entry).map(|()| bytes));
        add(path, &bytes.map_err(|reason| package_error(path, reason))?)?;
    }
    Ok(zip.finish().map_err(zip_error)?.into_inner())
}

/// A mistyped `--out account.json` must not cost the developer's key.
fn refuse_to_replace_other_files(out: &Path) -> Result<(), PackageError> {
    match File::open(out) {
        Ok(file) => match read_bounded(file, 3) {
            Ok(start) if start.starts_with(b"PK") => Ok(()),
            _ => Err(PackageError::open(out, "exists and is no ZIP; choose another name")),
        },
        Err(_) => Ok(()),
    }
}
