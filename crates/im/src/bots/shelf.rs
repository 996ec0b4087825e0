use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use coco_chatbot::author::{Bot, Looks, Problems, load};

use super::link::{Link, Place};
use crate::Clock;

/// Most bots of this computer that are kept ready, and most ways to ask one.
const KEPT: usize = 16;

/// What need not be made anew whenever a bot is asked.
#[derive(Default)]
pub(super) struct Shelf {
    bots: Mutex<HashMap<PathBuf, (Looks, Arc<Bot>)>>,
    places: Mutex<HashMap<Link, Place>>,
}

/// Without what it holds, of which much is secret.
impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps one thing more; of too many all that went before are let go.
fn put<K: Eq + std::hash::Hash, V>(kept: &mut HashMap<K, V>, key: K, value: V) {
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(key, value);
}

impl Shelf {
    /// The bot of a folder, read anew if a file of it changed.
    ///
    /// # Errors
    /// What is wrong with the files.
    pub(super) fn bot(&self, folder: &Path) -> Result<Arc<Bot>, Problems> {
        let looks = Looks::of(folder);
        let mut kept = lock(&self.bots);
        if let Some((before, bot)) = kept.get(folder)
            && *before == looks
        {
            return Ok(Arc::clone(bot));
        }
        let bot = Arc::new(load(folder)?);
        put(&mut kept, folder.to_owned(), (looks, Arc::clone(&bot)));
        Ok(bot)
    }

    /// Where a bot is, with what is open to it since the last time. The user's rooms, whom a bot knows as different people, share no
    /// connection. `None` if the address is none that is asked.
    pub(super) fn place(&self, link: &Link, clock: &Clock) -> Option<Place> {
        let mut kept = lock(&self.places);
        if let Some(place) = kept.get(link) {
            return Some(place.clone());
        }
        let place = link.place(clock)?;
        put(&mut kept, link.clone(), place.clone());
        Some(place)
    }
}
