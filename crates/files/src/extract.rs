//! Unpacking a ZIP. The archive is judged as a whole before the first byte is written, and refused when its names,
//! links, sizes or structure could mislead anyone.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write as _};
use std::sync::Arc;

use cap_std::fs::{Dir, OpenOptions};
use coco_package::path::fold;
use zip::read::Config;
use zip::unstable::read::ZipIterable;
use zip::{CompressionMethod, ZipArchive};

use crate::FilesError;
use crate::folder::sync_all_below;
use crate::limits::{MAX_DEPTH, MAX_DIRECTORY, MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED, RATIO_FROM};
use crate::name;
use crate::works::Stop;

/// How many bytes are unpacked at once.
const CHUNK: usize = 64 * 1024;

/// Where the archive at a checked path is unpacked to.
pub(crate) fn target(path: &str) -> Result<String, FilesError> {
    let stem = path
        .len()
        .checked_sub(4)
        .and_then(|at| path.split_at_checked(at))
        .filter(|(_, ending)| ending.eq_ignore_ascii_case(".zip"))
        .and_then(|(stem, _)| name::relative("archivePath", stem).ok());
    match stem {
        Some(stem) => Ok(stem),
        None => name::relative("archivePath", &format!("{path}-extracted")),
    }
}

/// An archive that was judged fit to be unpacked.
pub(crate) struct Plan {
    archive: ZipArchive<Watched>,
    entries: Vec<Entry>,
    bytes: u64,
}

struct Entry {
    /// As it stands in the archive.
    name: String,
    /// Composed, without a `/` at its end.
    path: String,
    kind: Kind,
    size: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
}

impl Plan {
    /// Reads the directory of the archive and checks everything that can be checked without unpacking.
    pub(crate) fn of(archive: File, stop: &Arc<Stop>) -> Result<Self, FilesError> {
        let judged = Self::judge(archive, stop);
        // What a cancelled reader made of it does not count.
        stop.check()?;
        judged.map_err(|reason| FilesError::Invalid(format!("the archive: {reason}")))
    }

    fn judge(archive: File, stop: &Arc<Stop>) -> Result<Self, String> {
        let unusable = |error| format!("not a usable ZIP: {error}");
        let mut reader = Watched {
            file: BufReader::new(archive),
            stop: stop.clone(),
        };
        let length = reader.seek(SeekFrom::End(0)).map_err(|error| error.to_string())?;

        let mut directory = ZipIterable::try_new(&mut reader, Config::default()).map_err(unusable)?;
        if directory.len() > MAX_ENTRIES {
            return Err(format!(
                "{} entries, at most {MAX_ENTRIES} are allowed",
                directory.len()
            ));
        }
        let mut entries = Vec::new();
        let (mut bytes, mut start) = (0_u64, None);
        for entry in directory.files().map_err(unusable)? {
            let entry = entry.map_err(unusable)?;
            let start = *start.get_or_insert(entry.central_header_start());
            if entry.central_header_start().saturating_sub(start) > MAX_DIRECTORY {
                return Err(format!("its directory is larger than {MAX_DIRECTORY} bytes"));
            }
            let name = std::str::from_utf8(entry.name_raw()).map_err(|_| "an entry's name is not UTF-8".to_owned())?;
            let of = |rule: &str| format!("entry {name:?}: {rule}");
            if entry.is_symlink() || entry.unix_mode().is_some_and(is_special) {
                return Err(of("is a link or a device"));
            }
            if entry.encrypted() {
                return Err(of("is encrypted"));
            }
            if !matches!(
                entry.compression(),
                CompressionMethod::Stored | CompressionMethod::Deflated
            ) {
                return Err(of("is packed by another method than Deflate"));
            }
            let checked = checked(name, entry.size())?;
            bytes = bytes.saturating_add(checked.size);
            entries.push(checked);
        }
        if bytes > MAX_UNPACKED {
            return Err(format!("unpacks to more than {MAX_UNPACKED} bytes"));
        }
        if bytes > RATIO_FROM && bytes / MAX_RATIO > length {
            return Err(format!("unpacks to more than {MAX_RATIO} times its size"));
        }
        check_clashes(&entries)?;

        let mut archive = ZipArchive::new(reader).map_err(unusable)?;
        // Duplicate names, overlapping entries, and local headers that tell another story than the directory.
        archive.validate_header_consistency().map_err(unusable)?;
        Ok(Self {
            archive,
            entries,
            bytes,
        })
    }

    /// What all entries together unpack to, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Unpacks everything into `folder`, which is new and empty. On the disk when the call returns.
    pub(crate) fn unpack(self, folder: &Dir, stop: &Stop) -> Result<(), FilesError> {
        let Self {
            mut archive, entries, ..
        } = self;
        let mut buffer = vec![0; CHUNK];
        for (index, entry) in entries.iter().enumerate() {
            stop.check()?;
            let unpacked = unpack_entry(&mut archive, index, entry, folder, &mut buffer);
            stop.check()?;
            unpacked?;
        }
        sync_all_below(folder).map_err(writing_failed)
    }
}

fn unpack_entry(
    archive: &mut ZipArchive<Watched>,
    index: usize,
    entry: &Entry,
    folder: &Dir,
    buffer: &mut [u8],
) -> Result<(), FilesError> {
    let of = |rule: String| FilesError::Invalid(format!("the archive: entry {:?}: {rule}", entry.name));
    if entry.kind == Kind::Folder {
        return folder.create_dir_all(&entry.path).map_err(writing_failed);
    }
    let mut packed = archive.by_index(index).map_err(|error| of(error.to_string()))?;
    if packed.name_raw() != entry.name.as_bytes() {
        return Err(of("is not where the directory says".to_owned()));
    }
    if let Some((above, _)) = entry.path.rsplit_once('/') {
        folder.create_dir_all(above).map_err(writing_failed)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = folder.open_with(&entry.path, &options).map_err(writing_failed)?;
    let mut left = entry.size;
    loop {
        // The checksum is compared where the data ends.
        let count = packed.read(buffer).map_err(|error| of(error.to_string()))?;
        let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else {
            break;
        };
        left = left
            .checked_sub(chunk.len() as u64)
            .ok_or_else(|| of(format!("unpacks to more than the {} bytes it claims", entry.size)))?;
        file.write_all(chunk).map_err(writing_failed)?;
    }
    if left > 0 {
        return Err(of(format!("unpacks to less than the {} bytes it claims", entry.size)));
    }
    Ok(())
}

fn writing_failed(error: io::Error) -> FilesError {
    FilesError::failed("unpacking", error)
}

/// The rules for one entry by itself.
fn checked(name: &str, size: u64) -> Result<Entry, String> {
    let (path, kind) = match name.strip_suffix('/') {
        Some(folder) => (folder, Kind::Folder),
        None => (name, Kind::File),
    };
    let path = name::relative(&format!("entry {name:?}"), path).map_err(|error| error.to_string())?;
    if path.split('/').count() > MAX_DEPTH {
        return Err(format!("entry {name:?}: is nested deeper than {MAX_DEPTH} levels"));
    }
    if kind == Kind::Folder && size > 0 {
        return Err(format!("entry {name:?}: is a folder with {size} bytes in it"));
    }
    Ok(Entry {
        name: name.to_owned(),
        path,
        kind,
        size,
    })
}

/// No two entries may be one on a system that ignores case or normalises names, and none a file and a folder at once.
fn check_clashes(entries: &[Entry]) -> Result<(), String> {
    let mut seen: BTreeMap<String, (&str, Kind)> = BTreeMap::new();
    for entry in entries {
        let folders = entry.path.match_indices('/').filter_map(|(at, _)| entry.path.get(..at));
        let places = folders
            .map(|folder| (folder, Kind::Folder))
            .chain([(entry.path.as_str(), entry.kind)]);
        for (path, kind) in places {
            match seen.insert(fold(path), (path, kind)) {
                Some(other) if other != (path, kind) || kind == Kind::File => {
                    return Err(format!(
                        "entry {:?}: cannot be told apart from {:?} on some systems, or is there twice",
                        entry.name, other.0
                    ));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Whether a Unix mode names something other than a regular file or a folder; many writers leave the kind out.
fn is_special(mode: u32) -> bool {
    !matches!(mode & 0o170_000, 0 | 0o100_000 | 0o040_000)
}

/// A file that ends with an error once the work was cancelled.
struct Watched {
    file: BufReader<File>,
    stop: Arc<Stop>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stop.check().map_err(io::Error::other)?;
        self.file.read(buffer)
    }
}

impl Seek for Watched {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}
