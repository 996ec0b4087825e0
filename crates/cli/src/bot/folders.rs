use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

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

/// What changes when a file of a folder does.
pub(super) fn look(folder: &Path) -> Vec<(PathBuf, Option<SystemTime>, u64)> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let Ok(about) = entry.metadata() else { continue };
            if about.is_dir() && !hidden {
                folders.push(entry.path());
            } else if about.is_file() && !hidden {
                all.push((entry.path(), about.modified().ok(), about.len()));
            }
        }
    }
    all.sort();
    all
}
