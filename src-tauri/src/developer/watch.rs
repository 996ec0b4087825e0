//! Watching a developer's folder for changes.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// How long a folder must be at rest before it counts as changed: an editor or a compiler writes several files in a row.
const REST: Duration = Duration::from_millis(120);

/// Watches a folder for as long as it lives.
pub(crate) struct Watch {
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Calls `changed` on a thread of its own after every change in or below `folder`.
    ///
    /// # Errors
    /// When the system cannot watch it.
    pub(crate) fn start(folder: &Path, changed: impl Fn() + Send + 'static) -> notify::Result<Self> {
        let (touched, touches) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Reading a file, which every reload does, is no change of it.
            if !event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                let _ = touched.send(());
            }
        })?;
        watcher.watch(folder, RecursiveMode::Recursive)?;
        std::thread::Builder::new()
            .name("watch".into())
            .spawn(move || {
                while rest(&touches) {
                    changed()
                }
            })
            .map_err(notify::Error::io)?;
        Ok(Self { _watcher: watcher })
    }
}

/// Waits for a touch and the rest after it; `false` when nobody watches any more.
fn rest(touches: &mpsc::Receiver<()>) -> bool {
    if touches.recv().is_err() {
        return false;
    }
    loop {
        match touches.recv_timeout(REST) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    #[test]
    fn tells_of_changes_and_not_of_reading() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        fs::write(folder.path().join("deep/file"), "one").unwrap();
        let (told, heard) = mpsc::channel();
        let watch = Watch::start(folder.path(), move || told.send(()).unwrap()).unwrap();
        fs::read(folder.path().join("deep/file")).unwrap();
        fs::read_dir(folder.path()).unwrap().count();
        fs::write(folder.path().join("deep/file"), "two").unwrap();
        heard.recv_timeout(Duration::from_secs(20)).unwrap();
        fs::read(folder.path().join("deep/file")).unwrap();
        assert!(heard.recv_timeout(REST * 3).is_err());
        drop(watch);
        assert_eq!(heard.recv(), Err(mpsc::RecvError));
    }
}
