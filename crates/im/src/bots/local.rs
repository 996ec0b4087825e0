use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use coco_chatbot::author::{Bot, Looks, Problems, load};

/// Most bots of this computer that are kept ready.
const KEPT: usize = 16;

/// Bots of this computer that were read.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<HashMap<PathBuf, (Looks, Arc<Bot>)>>);

impl Shelf {
    /// The bot of a folder, read anew if a file of it changed.
    ///
    /// # Errors
    /// What is wrong with the files.
    pub(super) fn bot(&self, folder: &Path) -> Result<Arc<Bot>, Problems> {
        let looks = Looks::of(folder);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((before, bot)) = kept.get(folder)
            && *before == looks
        {
            return Ok(Arc::clone(bot));
        }
        let bot = Arc::new(load(folder)?);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(folder.to_owned(), (looks, Arc::clone(&bot)));
        Ok(bot)
    }
}
