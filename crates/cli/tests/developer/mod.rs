//! What the tests of `coco` share: a developer who uses the real program.

#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A developer in a folder of their own.
pub(crate) struct Developer(pub(crate) TempDir);

impl Developer {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A command of `coco app`, not yet run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coco"));
        command
            .arg("app")
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("SOURCE_DATE_EPOCH");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that succeeds, and gives what it printed with `--json`.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Value {
        succeeds(|arguments| self.run(arguments), arguments)
    }

    /// Runs a command that fails, and gives the failed step and what was printed for people.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (String, String) {
        fails(|arguments| self.run(arguments), arguments)
    }

    /// A developer with the app `hello`.
    pub(crate) fn with_app() -> Self {
        let developer = Self::new();
        developer.ok(&["create", "hello", "--title", "Hello & <you>"]);
        developer
    }

    /// Writes a file of the app `hello`.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path("hello").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn sign(&self, more: &[&str]) -> Value {
        self.ok(&[&["sign", "hello", "--key", "account.json"], more].concat())
    }
}

/// Runs a command that succeeds, and gives what it printed with `--json`.
pub(crate) fn succeeds(run: impl Fn(&[&str]) -> Output, arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    assert_eq!(text(&output.stdout).lines().count(), 1);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs a command that fails, and gives the failed step and what was printed for people.
pub(crate) fn fails(run: impl Fn(&[&str]) -> Output, arguments: &[&str]) -> (String, String) {
    let output = run(&[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let plain = run(arguments);
    assert_eq!(plain.status.code(), Some(1));
    assert!(plain.stdout.is_empty());
    (
        answer["error"]["step"].as_str().unwrap().to_owned(),
        text(&plain.stderr),
    )
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
