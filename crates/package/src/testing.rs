//! What the tests share: a developer with an app in a temporary folder.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use coco_keys::{Address, SigningKey};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::canonical::{self, Object, Value};
use crate::content::Content;
use crate::error::PackageError;
use crate::sign::{SignOptions, sign};
use crate::source::Source;
use crate::verify::{Downgrade, Verified, verify};

/// The time at which the tests happen, in seconds since 1970.
pub(crate) const NOW: i64 = 1_750_000_000;

/// A private key that everyone knows: the number 1.
pub(crate) const WIF: &str = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn";

/// The time `seconds` after 1970.
pub(crate) fn at(seconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds.try_into().unwrap())
}

/// A developer's app in a folder of its own.
pub(crate) struct TestApp {
    pub(crate) key: SigningKey,
    pub(crate) temp: TempDir,
}

impl TestApp {
    /// A folder with the two required files, not signed yet.
    pub(crate) fn new() -> Self {
        let app = Self {
            key: SigningKey::from_wif(WIF).unwrap(),
            temp: tempfile::tempdir().unwrap(),
        };
        app.file("index.html", b"<!doctype html><title>Hello</title>")
            .file("icon.png", b"\x89PNG\r\n\x1a\n")
    }

    /// The same with another key, and so another address.
    pub(crate) fn of_another_developer() -> Self {
        Self {
            key: SigningKey::generate().unwrap(),
            ..Self::new()
        }
    }

    /// The same folder in the hands of someone with another key.
    pub(crate) fn with_key(self, wif: &str) -> Self {
        Self {
            key: SigningKey::from_wif(wif).unwrap(),
            ..self
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.temp.path()
    }

    pub(crate) fn address(&self) -> Address {
        self.key.address()
    }

    pub(crate) fn file(self, path: &str, bytes: &[u8]) -> Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Signs the folder as it is.
    pub(crate) fn signed(self, modified: i64) -> Self {
        self.sign(modified).unwrap();
        self
    }

    pub(crate) fn sign(&self, modified: i64) -> Result<Content, PackageError> {
        sign(
            self.path(),
            &self.key,
            &SignOptions {
                modified,
                title: Some("Hello".into()),
                ..SignOptions::default()
            },
        )
        .map(|signed| signed.content)
    }

    /// Changes `content.json` without caring whether the result makes sense, and signs it again, so that the signature is
    /// never what is wrong.
    pub(crate) fn forge(self, change: impl FnOnce(&mut Object)) -> Self {
        let mut tree = self.tree();
        change(&mut tree);
        tree.remove("signs");
        let sign = self.key.sign_message(&Value::Object(tree.clone()).canonical());
        tree.insert(
            "signs".into(),
            Value::Object(Object::from([(self.address().to_string(), sign.as_str().into())])),
        );
        self.write_tree(tree)
    }

    /// Changes `content.json` behind the signature's back.
    pub(crate) fn tamper(self, change: impl FnOnce(&mut Object)) -> Self {
        let mut tree = self.tree();
        change(&mut tree);
        self.write_tree(tree)
    }

    /// Lists files that need not exist.
    pub(crate) fn listing(self, paths: &[&str]) -> Self {
        self.forge(|tree| {
            let Some(Value::Object(files)) = tree.get_mut("files") else {
                panic!("no files")
            };
            let entry = files["index.html"].clone();
            files.extend(paths.iter().map(|path| ((*path).to_owned(), entry.clone())));
        })
    }

    fn tree(&self) -> Object {
        match canonical::parse(&fs::read(self.path().join("content.json")).unwrap()).unwrap() {
            Value::Object(tree) => tree,
            other => panic!("{other:?}"),
        }
    }

    fn write_tree(self, tree: Object) -> Self {
        self.file("content.json", Value::Object(tree).pretty().as_bytes())
    }

    /// Verifies the folder as if nothing were installed.
    pub(crate) fn verify(&self) -> Result<Verified, PackageError> {
        verify(&Source::open(self.path())?, at(NOW), None, Downgrade::Refuse)
    }

    /// The step at which verification fails.
    pub(crate) fn failing_step(&self) -> &'static str {
        match self.verify() {
            Ok(_) => "none",
            Err(error) => error.step(),
        }
    }

    /// Every file of the folder as ZIP entries below `prefix`.
    pub(crate) fn entries(&self, prefix: &str) -> Vec<(String, Vec<u8>)> {
        let source = Source::open(self.path()).unwrap();
        let names = source.names().unwrap();
        names
            .into_iter()
            .map(|name| (format!("{prefix}{name}"), fs::read(self.path().join(name)).unwrap()))
            .collect()
    }
}

/// A ZIP file with these entries, in a folder that lives as long as the first value.
pub(crate) fn zip_file(entries: &[(String, Vec<u8>)]) -> (TempDir, PathBuf) {
    raw_zip(&zip_bytes(entries))
}

pub(crate) fn zip_bytes(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn raw_zip(bytes: &[u8]) -> (TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("app.zip");
    fs::write(&path, bytes).unwrap();
    (temp, path)
}

/// Replaces every occurrence of a text by another of the same length: names in a ZIP that no writer would write.
pub(crate) fn patch(mut bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = bytes
        .windows(from.len())
        .enumerate()
        .filter(|(_, window)| *window == from.as_bytes())
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty(), "{from} is not there");
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    bytes
}
