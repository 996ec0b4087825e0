//! Watching a developer's folder for changes.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use inotify::{EventMask, Inotify, WatchDescriptor, WatchMask};

/// How long a folder must be at rest before it counts as changed: an editor or a compiler writes several files in a row.
const REST: Duration = Duration::from_millis(120);

/// Pause between two looks at what the system has told.
const PAUSE: Duration = Duration::from_millis(40);

/// Most folders that are watched; an app of 15 MiB has far fewer.
const FOLDERS: usize = 4_096;

/// Room for what the system tells at once, in bytes.
const BUFFER: usize = 16 * 1024;

/// Watches a folder for as long as it lives.
pub(crate) struct Watch {
    ended: Arc<AtomicBool>,
}

impl Watch {
    /// Calls `changed` on a thread of its own after every change in or below `folder`. Reading a file, which every reload
    /// does, is none.
    ///
    /// # Errors
    /// When the system cannot watch it, or there are too many folders in it.
    pub(crate) fn start(folder: &Path, changed: impl Fn() + Send + 'static) -> io::Result<Self> {
        let mut tree = Tree::new()?;
        tree.add(folder)?;
        let ended = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ended);
        std::thread::Builder::new().name("watch".into()).spawn(move || {
            let mut touched: Option<Instant> = None;
            while !end.load(Ordering::Relaxed) {
                if tree.touched() {
                    touched = Some(Instant::now());
                } else if touched.is_some_and(|moment| moment.elapsed() >= REST) {
                    touched = None;
                    changed();
                }
                std::thread::sleep(PAUSE);
            }
        })?;
        Ok(Self { ended })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

/// The watched folders.
struct Tree {
    inotify: Inotify,
    folders: HashMap<WatchDescriptor, PathBuf>,
}

impl Tree {
    fn new() -> io::Result<Self> {
        Ok(Self {
            inotify: Inotify::init()?,
            folders: HashMap::new(),
        })
    }

    /// Watches a folder with all that are in it. Links are not followed.
    fn add(&mut self, folder: &Path) -> io::Result<()> {
        let mask = WatchMask::CREATE | WatchMask::DELETE | WatchMask::MODIFY | WatchMask::MOVE | WatchMask::ONLYDIR;
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            if self.folders.len() >= FOLDERS {
                return Err(io::Error::other(format!("more than {FOLDERS} folders are not watched")));
            }
            let watch = self.inotify.watches().add(&folder, mask)?;
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    waiting.push(entry.path());
                }
            }
            self.folders.insert(watch, folder);
        }
        Ok(())
    }

    /// Whether anything has changed since the last look.
    fn touched(&mut self) -> bool {
        let mut buffer = [0; BUFFER];
        let Ok(events) = self.inotify.read_events(&mut buffer) else {
            return false;
        };
        let (mut any, mut gone, mut new) = (false, Vec::new(), Vec::new());
        for event in events {
            any = true;
            if event.mask.contains(EventMask::IGNORED) {
                gone.push(event.wd);
            } else if event.mask.contains(EventMask::ISDIR)
                && event.mask.intersects(EventMask::CREATE | EventMask::MOVED_TO)
                && let (Some(parent), Some(name)) = (self.folders.get(&event.wd), event.name)
            {
                new.push(parent.join(name));
            }
        }
        for watch in &gone {
            self.folders.remove(watch);
        }
        for folder in new {
            // One that is gone again, or one too many, is not watched: its parent told of it.
            let _ = self.add(&folder);
        }
        any
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn tells_of_changes_and_not_of_reading() {
        let folder = tempfile::tempdir().unwrap();
        let file = |path: &str| folder.path().join(path);
        fs::create_dir(file("deep")).unwrap();
        fs::write(file("deep/file"), "one").unwrap();
        let (told, heard) = mpsc::channel();
        let watch = Watch::start(folder.path(), move || told.send(()).unwrap()).unwrap();
        let changed = || heard.recv_timeout(Duration::from_secs(20)).unwrap();
        fs::read(file("deep/file")).unwrap();
        fs::read_dir(folder.path()).unwrap().count();
        fs::write(file("deep/file"), "two").unwrap();
        changed();
        fs::read(file("deep/file")).unwrap();
        assert!(heard.recv_timeout(REST * 3).is_err());

        fs::create_dir_all(file("new/folder")).unwrap();
        changed();
        fs::write(file("new/folder/file"), "one").unwrap();
        changed();
        fs::rename(file("new"), file("old")).unwrap();
        changed();
        fs::remove_dir_all(file("old")).unwrap();
        changed();
        drop(watch);
        assert_eq!(heard.recv(), Err(mpsc::RecvError));
    }
}
