//! Files that a client without files of its own hands over piece by piece, to be sent afterwards.
//!
//! They are encrypted as they come, so that nothing is on the disk in the clear, and become a message's copy without being copied
//! again. A session has few of them, and the one that nobody added to for longest goes when there would be more; all are gone with it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::{Copy, Sealing};
use crate::{Code, Failure, Outcome};

/// How the path of such a file begins, where a path is asked for.
const SCHEME: &str = "staged:";
/// Most files of a session that were handed over and not sent yet.
const MOST: usize = 64;
/// First bytes that are kept, by which the size of an image is told.
const HEAD: usize = 64 * 1024;

/// The files of a session.
#[derive(Default)]
pub(crate) struct Staged {
    files: Mutex<HashMap<String, Staging>>,
}

/// One of them.
struct Staging {
    name: String,
    head: Vec<u8>,
    sealing: Sealing,
    touched: Instant,
}

/// A file that is complete as soon as it is sent.
pub(crate) struct Ready {
    /// The copy.
    pub(crate) copy: Copy,
    /// Its first bytes.
    pub(crate) head: Vec<u8>,
}

impl std::fmt::Debug for Staged {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Staged").finish_non_exhaustive()
    }
}

impl Staged {
    /// Begins a file and answers with its path.
    ///
    /// # Errors
    /// 20067 and 700 as they are told by the copy.
    pub(crate) fn begin(&self, folder: &Path, name: &str, bytes: &[u8]) -> Outcome<String> {
        let mut staging = Staging {
            name: name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
            head: Vec::new(),
            sealing: Sealing::begin(folder)?,
            touched: Instant::now(),
        };
        staging.add(bytes)?;
        let path = format!("{SCHEME}{}", uuid::Uuid::new_v4().simple());
        let mut files = self.files();
        if files.len() >= MOST {
            let oldest = files
                .iter()
                .min_by_key(|(_, staging)| staging.touched)
                .map(|(path, _)| path.clone());
            files.remove(&oldest.unwrap_or_default());
        }
        files.insert(path.clone(), staging);
        Ok(path)
    }

    /// Adds to a file; how large it is then. A piece that does not begin where the last one ended is refused.
    ///
    /// # Errors
    /// 20082 for a path that is unknown and a piece that does not fit; those of the copy, after which the file is gone.
    pub(crate) fn add(&self, path: &str, offset: u64, bytes: &[u8]) -> Outcome<u64> {
        let mut files = self.files();
        let staging = files.get_mut(path).ok_or(Code::FILE_READ)?;
        if staging.sealing.size() != offset {
            return Err(Failure::with(
                Code::FILE_READ,
                "the piece does not begin where the last one ended",
            ));
        }
        if let Err(failure) = staging.add(bytes) {
            files.remove(path);
            return Err(failure);
        }
        Ok(staging.sealing.size())
    }

    /// Takes a file out to be sent; `None` for a path of the computer.
    ///
    /// # Errors
    /// 20082 if it is not there; 20066 if it is empty.
    pub(crate) fn take(&self, path: &str) -> Outcome<Option<Ready>> {
        if !path.starts_with(SCHEME) {
            return Ok(None);
        }
        let staging = self.files().remove(path).ok_or(Code::FILE_READ)?;
        let copy = staging.sealing.finish(&staging.name)?;
        Ok(Some(Ready {
            copy,
            head: staging.head,
        }))
    }

    fn files(&self) -> MutexGuard<'_, HashMap<String, Staging>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Staging {
    fn add(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.touched = Instant::now();
        let room = HEAD.saturating_sub(self.head.len());
        self.head
            .extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
        self.sealing.push(bytes)
    }
}
