//! Files of messages: copies that are encrypted by themselves, each with a key of its own that only the store knows.
//!
//! A copy is a stream of blocks of 64 KiB (`STREAM` with XChaCha20-Poly1305): no block can be changed, moved, left out or
//! cut off without being noticed, and any of them can be read without those before it. What is deleted from the store
//! cannot be read any more from that moment; the copies themselves are removed by [`tidy`].

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use aead_stream::{NewStream as _, StreamBE32, StreamPrimitive as _};
use chacha20poly1305::XChaCha20Poly1305;
use rusqlite::{Connection, OptionalExtension as _, params};
use rustix::fs::{Advice, fadvise};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::store::Write;
use crate::{Code, Failure, Outcome};

mod sealing;
mod staged;

use sealing::Sealing;
pub(crate) use staged::Staged;

/// Folder of the copies, beside the store.
pub(crate) const FOLDER: &str = crate::engine::files::MEDIA;
/// Largest file that is sent: 1 GiB.
pub(crate) const LARGEST: u64 = 1 << 30;
/// Bytes of a block, and bytes that it is longer when encrypted.
const BLOCK: usize = 64 * 1024;
const TAG: usize = 16;
/// Blocks that are read at once.
const PIECE: u32 = 16;
/// Letters of a file's name that are kept.
const NAME: usize = 255;
/// How the name of a copy begins that is being made.
const BEGUN: &str = "new-";
/// How long such a copy is left alone when nothing is added to it: whoever made it is gone then.
const LEFT: Duration = Duration::from_secs(24 * 60 * 60);

/// What a file is for its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// What was sent.
    File = 0,
    /// The waveform of a voice message.
    Waveform = 1,
}

/// A fresh copy that no message has yet. It is gone when dropped.
#[derive(Debug)]
pub(crate) struct Copy {
    file: NamedTempFile,
    key: Zeroizing<[u8; 32]>,
    /// Name of the original.
    pub(crate) name: String,
    /// Bytes of the original.
    pub(crate) size: u64,
    /// SHA-256 of the original in hex.
    pub(crate) hash: String,
    /// BLAKE3 of the copy in hex: by that others ask for it.
    sealed: String,
}

/// A copy that a message has.
pub(crate) struct Kept {
    file: String,
    key: Zeroizing<[u8; 32]>,
    /// Name of the original.
    pub(crate) name: String,
    /// Bytes of the original.
    pub(crate) size: i64,
}

fn unreadable(error: impl std::fmt::Display) -> Failure {
    Failure::with(Code::FILE_READ, error.to_string())
}

/// Looks whether a file can be sent, and how large it is.
///
/// # Errors
/// 20082 not a file that can be read · 20066 empty · 20067 larger than 1 GiB.
pub(crate) fn measure(path: &Path) -> Outcome<u64> {
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(unreadable("not a file"));
    }
    match metadata.len() {
        0 => Err(Code::FILE_EMPTY.into()),
        size if size > LARGEST => Err(Code::FILE_LARGE.into()),
        size => Ok(size),
    }
}

/// What is to be sent: a copy, and width and height in pixels if it is an image of a known kind, else 0.
pub(crate) struct Fresh {
    /// The copy.
    pub(crate) copy: Copy,
    /// Width and height.
    pub(crate) dimensions: (usize, usize),
}

/// Has a copy of what a client calls by a path: a file of this computer, or one that it handed over.
///
/// # Errors
/// Those of [`copy`] and [`Staged::take`].
pub(crate) fn fresh(folder: &Path, staged: &Staged, path: &str) -> Outcome<Fresh> {
    let size =
        |found: imagesize::ImageResult<imagesize::ImageSize>| found.map_or((0, 0), |size| (size.width, size.height));
    match staged.take(path)? {
        Some(ready) => Ok(Fresh {
            copy: ready.copy,
            dimensions: size(imagesize::blob_size(&ready.head)),
        }),
        None => Ok(Fresh {
            copy: copy(folder, Path::new(path))?,
            dimensions: size(imagesize::size(path)),
        }),
    }
}

/// Copies a file into a folder, encrypted.
///
/// # Errors
/// Those of [`measure`], also for files that change meanwhile; 700 if the copy cannot be written.
pub(crate) fn copy(folder: &Path, path: &Path) -> Outcome<Copy> {
    measure(path)?;
    let mut original = File::open(path).map_err(unreadable)?.take(LARGEST + 1);
    let mut sealing = Sealing::begin(folder)?;
    loop {
        let block = next_block(&mut original)?;
        if block.is_empty() {
            break;
        }
        sealing.push(&block)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    sealing.finish(&name)
}

/// The next block of a file, empty at its end.
fn next_block(file: &mut impl std::io::Read) -> Outcome<Zeroizing<Vec<u8>>> {
    let mut block = Zeroizing::new(Vec::with_capacity(BLOCK));
    file.take(BLOCK as u64).read_to_end(&mut block).map_err(unreadable)?;
    Ok(block)
}

/// Gives a copy to a message.
///
/// # Errors
/// 700 if it cannot be moved to its place, and those of the database.
pub(crate) fn keep(write: &Write<'_>, message: &str, part: Part, copy: Copy, now: i64) -> Outcome<()> {
    let file = uuid::Uuid::new_v4().simple().to_string();
    let place = copy.file.path().with_file_name(&file);
    copy.file
        .persist_noclobber(place)
        .map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    write
        .prepare_cached(
            "INSERT INTO media (message, part, file, key, name, size, hash, created, sealed)
             SELECT seq, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM message WHERE id = ?1",
        )?
        .execute(params![
            message,
            part as i64,
            file,
            copy.key.as_slice(),
            copy.name,
            i64::try_from(copy.size).unwrap_or(i64::MAX),
            copy.hash,
            now,
            copy.sealed
        ])?;
    Ok(())
}

/// Gives the copies of one message to another one as well.
pub(crate) fn share(write: &Write<'_>, from: &str, to: &str) -> Outcome<()> {
    write
        .prepare_cached(
            "INSERT INTO media (message, part, file, key, name, size, hash, created, sealed)
             SELECT (SELECT seq FROM message WHERE id = ?2), f.part, f.file, f.key, f.name, f.size, f.hash, f.created, f.sealed
             FROM message m JOIN media f ON f.message = m.seq WHERE m.id = ?1",
        )?
        .execute([from, to])?;
    Ok(())
}

/// The copy of a message.
///
/// # Errors
/// 20081 if it has none.
pub(crate) fn find(connection: &Connection, message: &str, part: Part) -> Outcome<Kept> {
    let found = connection
        .prepare_cached(
            "SELECT f.file, f.key, f.name, f.size FROM message m JOIN media f ON f.message = m.seq
             WHERE m.id = ?1 AND f.part = ?2",
        )?
        .query_row(params![message, part as i64], |row| {
            Ok(Kept {
                file: row.get(0)?,
                key: Zeroizing::new(row.get(1)?),
                name: row.get(2)?,
                size: row.get(3)?,
            })
        })
        .optional()?;
    found.ok_or(Code::FILE_DOWNLOAD.into())
}

/// Reads up to 1 MiB of a copy from a place of the original on; nothing at its end.
///
/// # Errors
/// 20082 if the copy is gone or was changed.
pub(crate) fn read(folder: &Path, kept: &Kept, offset: i64) -> Outcome<Vec<u8>> {
    let size = u64::try_from(kept.size).unwrap_or_default();
    let offset = u64::try_from(offset).map_err(|_| Failure::with(Code::PARAMETER_ENUM, "offset"))?;
    if offset >= size {
        return Ok(Vec::new());
    }
    let block = BLOCK as u64;
    let index = |at: u64| u32::try_from(at / block).map_err(unreadable);
    let (first, last) = (index(offset)?, index(size - 1)?);
    let mut file = File::open(folder.join(&kept.file)).map_err(unreadable)?;
    file.seek(SeekFrom::Start(u64::from(first) * (BLOCK + TAG) as u64))
        .map_err(unreadable)?;
    let stream = StreamBE32::<XChaCha20Poly1305>::new((&*kept.key).into(), &Default::default());
    let mut piece = Vec::new();
    for position in first..=last.min(first.saturating_add(PIECE - 1)) {
        let mut sealed = Vec::with_capacity(BLOCK + TAG);
        (&mut file)
            .take((BLOCK + TAG) as u64)
            .read_to_end(&mut sealed)
            .map_err(unreadable)?;
        let opened = stream
            .decrypt(position, position == last, sealed.as_slice())
            .map_err(|_| unreadable("the copy was changed"))?;
        piece.extend_from_slice(&opened);
    }
    let begin = usize::try_from(offset % block).map_err(unreadable)?;
    Ok(piece.split_off(begin.min(piece.len())))
}

/// Bytes of the encrypted copy of a file.
pub(crate) fn sealed_size(size: u64) -> u64 {
    size + size.div_ceil(BLOCK as u64) * TAG as u64
}

/// Opens an encrypted copy as it is, to be sent from a place of it on.
///
/// # Errors
/// 20082 if it is gone or the place is behind its end.
pub(crate) fn open_sealed(folder: &Path, file: &str, offset: u64) -> Outcome<File> {
    let mut copy = File::open(folder.join(file)).map_err(unreadable)?;
    if offset > copy.metadata().map_err(unreadable)?.len() {
        return Err(unreadable("the copy is shorter"));
    }
    copy.seek(SeekFrom::Start(offset)).map_err(unreadable)?;
    Ok(copy)
}

/// Of the blocks that arrive one in so many is decrypted at once, so that who sends something else is soon found out.
const LOOKED_AT: u32 = 64;
/// Blocks after which what came is brought to the disk while the next ones come: 16 MiB.
const FLUSHED: u32 = 256;

/// A copy that grows as its blocks arrive. Some are looked at as they come; whether all are right is told by the digest of the
/// whole, and if they are not, by each block, as it is when a copy goes on: what is kept then is right, and the rest can come at
/// another time and from somebody else.
pub(crate) struct Growing {
    file: File,
    stream: StreamBE32<XChaCha20Poly1305>,
    seal: blake3::Hasher,
    size: u64,
    /// Block that is expected next.
    next: u32,
    /// Bytes of it that came.
    came: usize,
    /// They, if it is looked at.
    piece: Vec<u8>,
    /// The block that was looked at last, in the clear: one place for all, which is wiped at the end.
    plain: Zeroizing<Vec<u8>>,
    /// Brings blocks to the disk.
    flush: Option<JoinHandle<std::io::Result<()>>>,
}

impl Growing {
    /// Begins a copy, or goes on with one: its whole blocks are kept.
    ///
    /// # Errors
    /// 20082 if the system refuses or more blocks are there than the file has.
    pub(crate) fn open(folder: &Path, local: &str, key: &[u8; 32], size: u64) -> Outcome<Self> {
        std::fs::create_dir_all(folder).map_err(unreadable)?;
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(local))
            .map_err(unreadable)?;
        let mut growing = Self {
            stream: StreamBE32::new(key.into(), &Default::default()),
            seal: blake3::Hasher::new(),
            size,
            next: 0,
            came: 0,
            piece: Vec::with_capacity(BLOCK + TAG),
            plain: Zeroizing::new(Vec::with_capacity(BLOCK + TAG)),
            file: file.try_clone().map_err(unreadable)?,
            flush: None,
        };
        let mut block = Vec::with_capacity(BLOCK + TAG);
        while !growing.is_whole() {
            block.clear();
            let wanted = growing.expected();
            (&mut file)
                .take(wanted as u64)
                .read_to_end(&mut block)
                .map_err(unreadable)?;
            if block.len() < wanted || growing.look_at(&block).is_err() {
                break;
            }
            growing.seal.update(&block);
            growing.next += 1;
        }
        let kept = growing.kept();
        growing.file.set_len(kept).map_err(unreadable)?;
        growing.file.seek(SeekFrom::Start(kept)).map_err(unreadable)?;
        Ok(growing)
    }

    /// Bytes of the encrypted copy that are kept: where to go on.
    pub(crate) fn kept(&self) -> u64 {
        sealed_size((u64::from(self.next) * BLOCK as u64).min(self.size))
    }

    /// Bytes of the original that are there.
    pub(crate) fn done(&self) -> u64 {
        (u64::from(self.next) * BLOCK as u64).min(self.size)
    }

    /// Whether all is there.
    pub(crate) fn is_whole(&self) -> bool {
        u64::from(self.next) * BLOCK as u64 >= self.size
    }

    /// Bytes of the next block as it travels.
    fn expected(&self) -> usize {
        let left = self.size - self.done();
        usize::try_from(left.min(BLOCK as u64)).unwrap_or(BLOCK) + TAG
    }

    /// Whether the next block is the last.
    fn is_last(&self) -> bool {
        u64::from(self.next) * BLOCK as u64 + BLOCK as u64 >= self.size
    }

    /// Decrypts the next block.
    fn look_at(&mut self, sealed: &[u8]) -> Outcome<()> {
        let last = self.is_last();
        self.plain.clear();
        self.plain.extend_from_slice(sealed);
        self.stream
            .decrypt_in_place(self.next, last, &[], &mut *self.plain)
            .map_err(|_| unreadable("a block of the file is not what was sent"))
    }

    /// Takes bytes as they arrive.
    ///
    /// # Errors
    /// 20082 if a block that is looked at is not what was sent, more comes than the file has, or the disk is full.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) -> Outcome<()> {
        if bytes.len() as u64 > sealed_size(self.size) - self.kept() - self.came as u64 {
            return Err(unreadable("more arrived than the file has"));
        }
        // In pieces as large as they come: block by block it would take twice as long.
        self.seal.update(bytes);
        self.file.write_all(bytes).map_err(unreadable)?;
        while !bytes.is_empty() {
            let wanted = self.expected() - self.came;
            let (head, tail) = bytes.split_at(wanted.min(bytes.len()));
            bytes = tail;
            let looked_at = self.next.is_multiple_of(LOOKED_AT) || self.is_last();
            if looked_at {
                self.piece.extend_from_slice(head);
            }
            self.came += head.len();
            if head.len() == wanted {
                if looked_at {
                    let block = std::mem::take(&mut self.piece);
                    self.look_at(&block)?;
                    self.piece = block;
                    self.piece.clear();
                }
                self.count()?;
            }
        }
        Ok(())
    }

    /// Goes on to the block after the next.
    fn count(&mut self) -> Outcome<()> {
        self.next += 1;
        self.came = 0;
        if self.next.is_multiple_of(FLUSHED) {
            self.flush()?;
        }
        Ok(())
    }

    /// Begins to bring to the disk what came, unless the last time is not over yet.
    fn flush(&mut self) -> Outcome<()> {
        if self.flush.as_ref().is_some_and(|flush| !flush.is_finished()) {
            return Ok(());
        }
        self.flushed()?;
        let file = self.file.try_clone().map_err(unreadable)?;
        self.flush = Some(std::thread::spawn(move || {
            file.sync_data()?;
            // What is on the disk need not take memory from what is used.
            Ok(fadvise(&file, 0, None, Advice::DontNeed)?)
        }));
        Ok(())
    }

    /// Waits for what is being brought to the disk.
    fn flushed(&mut self) -> Outcome<()> {
        match self.flush.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(done)) => done.map_err(unreadable),
            Some(Err(_)) => Err(unreadable("the disk was not written to")),
        }
    }

    /// Ends it: all is on the disk, and is the copy whose BLAKE3 (in hex) was told. If it is not, says so: open it again to know
    /// which blocks are right.
    ///
    /// # Errors
    /// 20082 if something is missing or the disk fails.
    pub(crate) fn finish(mut self, seal: &str) -> Outcome<bool> {
        if !self.is_whole() {
            return Err(unreadable("the file is not whole yet"));
        }
        if self.seal.finalize().to_hex().as_str() != seal.to_ascii_lowercase() {
            return Ok(false);
        }
        self.flushed()?;
        self.file.sync_all().map_err(unreadable)?;
        Ok(true)
    }
}

/// Removes the copies that no message has, and what was begun a day ago and never ended. Runs within a write, so that no copy is
/// between its place and its message.
pub(crate) fn tidy(write: &Write<'_>, folder: &Path) -> Outcome<()> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let copy = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if name.starts_with(BEGUN) {
            if age(&entry).is_some_and(|age| age > LEFT) {
                let _ = std::fs::remove_file(entry.path());
            }
            continue;
        }
        let kept = write
            .prepare_cached("SELECT 1 FROM media WHERE file = ?1 UNION ALL SELECT 1 FROM transfer WHERE local = ?1")?
            .exists([&name])?;
        if copy && !kept {
            // One that cannot be removed now is tried again the next time, and cannot be read in any case.
            let _ = std::fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// How long nothing was written to a file.
fn age(entry: &std::fs::DirEntry) -> Option<Duration> {
    entry.metadata().ok()?.modified().ok()?.elapsed().ok()
}

#[cfg(test)]
mod tests;
