//! What an app's page stored by itself: local storage and databases, which WebKit keeps for each origin.
//!
//! WebKit's own list of what websites stored leaves out schemes that it does not know, and with them every app. So the
//! files are measured where they lie, and removed by the means that every page has for its own origin: in a page of the
//! program's, without the app's scripts.

use std::fs;
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use coco_keys::Address;
use coco_package::host_of;
use tauri::{AppHandle, Manager};

use super::webkit::{self, SCHEME};
use crate::shell;

/// Longest wait for WebKit to have removed an app's data.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longest wait for the files to go once they are empty.
const CLOSING: Duration = Duration::from_secs(3);

/// Most folders and files that are looked at.
const ENTRIES: usize = 20_000;

/// Deepest folder below WebKit's that is looked at.
const DEPTH: usize = 8;

/// Removes what the origin of its page stored.
const CLEAR: &str = include_str!("clear.js");

/// Bytes that the page of the app with this host stored, as far as it can be told, in the folder where WebKit keeps them.
pub(crate) fn size(folder: &Path, host: &str) -> u64 {
    let mut left = ENTRIES;
    // WebKit names files and folders so: scheme, host, port.
    add(folder, &format!("{SCHEME}_{host}_"), false, DEPTH, &mut left)
}

/// The sizes of all files below `folder`, if it is the origin's, else of those that are.
fn add(folder: &Path, mark: &str, own: bool, depth: usize, left: &mut usize) -> u64 {
    let mut sum = 0_u64;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if *left == 0 {
            break;
        }
        *left -= 1;
        let own = own || entry.file_name().to_string_lossy().starts_with(mark);
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() && depth > 0 {
            sum = sum.saturating_add(add(&entry.path(), mark, own, depth - 1, left));
        } else if metadata.is_file() && own {
            sum = sum.saturating_add(metadata.len());
        }
    }
    sum
}

/// Removes what the page of an app stored. Its window must be closed. Never called on the main thread.
///
/// # Errors
/// What WebKit says, in English.
pub(crate) fn clear(app: &AppHandle, folder: &Path, address: &Address) -> Result<(), String> {
    let host = host_of(address);
    let launcher = app
        .get_webview_window(shell::WINDOW)
        .ok_or_else(|| "web data: the launcher is closed".to_owned())?;
    let (done, waiting) = mpsc::channel();
    let origin = format!("{SCHEME}://{host}/");
    launcher
        .with_webview(move |view| webkit::run_alone(&view, &origin, CLEAR, done))
        .map_err(|error| format!("web data: {error}"))?;
    waiting
        .recv_timeout(PATIENCE)
        .map_err(|_| "web data: no answer".to_owned())?
        .map_err(|error| format!("web data: {error}"))?;
    let end = Instant::now() + CLOSING;
    while size(folder, &host) > 0 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_what_the_origin_stored_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in [
            ("localstorage/cocoapp_a11_0.localstorage", 3),
            ("localstorage/cocoapp_a11_0.localstorage-wal", 4),
            ("localstorage/cocoapp_a111_0.localstorage", 50),
            ("databases/indexeddb/v1/cocoapp_a11_0/ABC/IndexedDB.sqlite3", 5),
            ("databases/indexeddb/v1/cocoapp_a22_0/ABC/IndexedDB.sqlite3", 60),
            ("cookies", 70),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, vec![b'x'; bytes]).unwrap();
        }
        assert_eq!(size(folder.path(), "a11"), 12);
        assert_eq!(size(folder.path(), "a33"), 0);
        assert_eq!(size(&folder.path().join("missing"), "a11"), 0);
    }
}
