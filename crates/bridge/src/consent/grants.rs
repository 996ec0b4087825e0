//! What the person said, kept in a file.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use coco_keys::Address;
use serde::{Deserialize, Serialize};

use super::wish::Wish;

/// Most answers remembered for one app; the oldest is forgotten for one more.
const GRANTS: usize = 200;

/// Largest file that is read, in bytes.
const FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// Allowed.
    Yes,
    /// Not allowed.
    No,
}

/// A remembered answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// To what.
    pub wish: Wish,
    /// Which.
    pub word: Word,
    /// When it was given, in milliseconds since 1970.
    pub since: i64,
}

type ByApp = BTreeMap<String, Vec<Grant>>;

/// Remembered answers, in `consent.json` of the data folder.
#[derive(Debug)]
pub struct Grants {
    file: PathBuf,
    by_app: Mutex<ByApp>,
}

impl Grants {
    /// Reads the file; one that cannot be understood is set aside as `consent.json.damaged`.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let file = folder.join("consent.json");
        let by_app = match fs::metadata(&file) {
            Ok(found) if found.len() <= FILE_BYTES => serde_json::from_slice(&fs::read(&file)?).ok(),
            Ok(_) => None,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(ByApp::new()),
            Err(error) => return Err(error),
        };
        if by_app.is_none() {
            fs::rename(&file, folder.join("consent.json.damaged"))?;
        }
        Ok(Self {
            file,
            by_app: Mutex::new(by_app.unwrap_or_default()),
        })
    }

    /// The answer to a wish, if there is one.
    pub fn get(&self, app: &Address, wish: &Wish) -> Option<Word> {
        let by_app = self.lock();
        let grants = by_app.get(&app.to_string())?;
        grants.iter().find(|grant| grant.wish == *wish).map(|grant| grant.word)
    }

    /// The answers for an app, oldest first.
    pub fn of(&self, app: &Address) -> Vec<Grant> {
        self.lock().get(&app.to_string()).cloned().unwrap_or_default()
    }

    /// Remembers an answer.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing has changed.
    pub fn set(&self, app: &Address, wish: &Wish, word: Word) -> io::Result<()> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let grant = Grant {
            wish: wish.clone(),
            word,
            since: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        };
        self.change(|by_app| {
            let grants = by_app.entry(app.to_string()).or_default();
            grants.retain(|old| old.wish != *wish);
            grants.push(grant);
            let surplus = grants.len().saturating_sub(GRANTS);
            grants.drain(..surplus);
        })
    }

    /// Forgets the answer to a wish, so that it is asked again.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing has changed.
    pub fn forget(&self, app: &Address, wish: &Wish) -> io::Result<()> {
        self.change(|by_app| {
            if let Some(grants) = by_app.get_mut(&app.to_string()) {
                grants.retain(|grant| grant.wish != *wish);
            }
        })
    }

    /// Forgets every answer for an app.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing has changed.
    pub fn forget_all(&self, app: &Address) -> io::Result<()> {
        self.change(|by_app| drop(by_app.remove(&app.to_string())))
    }

    /// Changes the answers, in the file first.
    fn change(&self, change: impl FnOnce(&mut ByApp)) -> io::Result<()> {
        let mut by_app = self.lock();
        let mut changed = by_app.clone();
        change(&mut changed);
        changed.retain(|_, grants| !grants.is_empty());
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, &changed)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(&self.file).map_err(|error| error.error)?;
        *by_app = changed;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, ByApp> {
        self.by_app.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
