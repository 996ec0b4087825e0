//! What the tests share: an app, its folder, and a real HTTPS server on this machine.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

pub(crate) mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use coco_files::{Downloads, Progress, Request, Settings};
use coco_keys::Address;
use tempfile::TempDir;

/// The app that most tests are about.
pub(crate) fn app() -> Address {
    "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH".parse().unwrap()
}

/// Another app.
pub(crate) fn other_app() -> Address {
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa".parse().unwrap()
}

/// What the observer heard, and a way to wait for it.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<(Mutex<Vec<Progress>>, Condvar)>);

impl Heard {
    pub(crate) fn hear(&self, progress: &Progress) {
        self.0.0.lock().unwrap().push(progress.clone());
        self.0.1.notify_all();
    }

    pub(crate) fn all(&self) -> Vec<Progress> {
        self.0.0.lock().unwrap().clone()
    }

    /// Waits until something was heard.
    pub(crate) fn wait(&self, what: impl Fn(&Progress) -> bool) {
        let heard = self.0.0.lock().unwrap();
        let (_heard, waited) = self
            .0
            .1
            .wait_timeout_while(heard, Duration::from_secs(30), |heard| !heard.iter().any(&what))
            .unwrap();
        assert!(!waited.timed_out(), "never heard");
    }
}

/// Download folders in a temporary place.
pub(crate) struct Place {
    pub(crate) downloads: Downloads,
    pub(crate) heard: Heard,
    pub(crate) temp: TempDir,
}

impl Place {
    pub(crate) fn new(settings: Settings) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let heard = Heard::default();
        let hearing = heard.clone();
        let downloads = Downloads::open_with(temp.path(), move |progress| hearing.hear(progress), settings).unwrap();
        Self { downloads, heard, temp }
    }

    /// The folder of [`app`].
    pub(crate) fn folder(&self) -> PathBuf {
        self.temp.path().join(app().to_string())
    }

    /// Writes a file into the folder of [`app`].
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.folder()).unwrap();
        fs::write(self.folder().join(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder().join(name)).unwrap()
    }

    /// Everything below the root, sorted, relative to the folder of [`app`] where it is in it.
    pub(crate) fn tree(&self) -> Vec<String> {
        let mut found = Vec::new();
        walk(self.temp.path(), &mut found);
        let mut names: Vec<String> = found
            .iter()
            .map(|path| {
                let path = path.strip_prefix(self.temp.path()).unwrap();
                let path = path.strip_prefix(app().to_string()).unwrap_or(path);
                path.to_str().unwrap().to_owned()
            })
            .filter(|path| !path.is_empty())
            .collect();
        names.sort();
        names
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        found.push(entry.path());
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), found);
        }
    }
}

/// A request without authorizations.
pub(crate) fn request(url: &str, file_name: &str) -> Request {
    Request {
        url: url.to_owned(),
        file_name: file_name.to_owned(),
        authorizations: Vec::new(),
    }
}
