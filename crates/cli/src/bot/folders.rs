use std::fs;
use std::path::{Path, PathBuf};

use crate::report::Failure;

/// The file that every bot has.
const FILE: &str = "bot.yaml";

/// The folders of bots: the one that is named, or those in it.
pub(super) fn find(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if folder.join(FILE).is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let entries = fs::read_dir(folder).map_err(|error| {
        let message = format!("{} cannot be read: {error}", folder.display());
        Failure::new("folder", message, "name the folder of a bot, or one of several bots")
    })?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.join(FILE).is_file());
    found.sort();
    if found.is_empty() {
        let message = format!("there is no {FILE} in {} or in a folder in it", folder.display());
        return Err(Failure::new(
            "folder",
            message,
            "name the folder of a bot, or one of several bots",
        ));
    }
    Ok(found)
}
