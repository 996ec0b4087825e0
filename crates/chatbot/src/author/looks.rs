use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::load::find;

/// How the files of a bot look from outside: it changes when one of them does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks(Vec<(PathBuf, Option<SystemTime>, u64)>);

impl Looks {
    /// Looks at the files that [`load`](super::load) would read from a folder now.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let mut paths = Vec::new();
        // What is wrong with the folder is told by whoever reads it.
        let _ = find(folder, 0, &mut paths);
        paths.sort();
        let look = |path: PathBuf| {
            let about = fs::metadata(&path).ok();
            let modified = about.as_ref().and_then(|about| about.modified().ok());
            (path, modified, about.map_or(0, |about| about.len()))
        };
        Self(paths.into_iter().map(look).collect())
    }
}
