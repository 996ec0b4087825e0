//! The outside on a person's computer, with a real package on a real disk.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use coco_bridge::local::{Data, Desk, LocalHost};
use coco_bridge::page::{self, Page};
use coco_bridge::{App, Cancel, Host, HostError, Language};
use coco_keys::SigningKey;
use coco_package::{Downgrade, InstalledApp, SignOptions, sign};
use serde_json::value::RawValue;
use tempfile::TempDir;
use url::Url;

#[derive(Clone, Default)]
struct TestDesk(Arc<Mutex<Vec<String>>>);

impl Desk for TestDesk {
    fn loaded(&self, app: &dyn App, name: &str, version: &str) {
        self.0
            .lock()
            .unwrap()
            .push(format!("{} says {name} {version}", app.display_name()));
    }
    fn language(&self) -> Language {
        Language::Korean
    }
    fn copy_text(&self, text: &str) -> Result<(), HostError> {
        self.0.lock().unwrap().push(text.to_owned());
        Ok(())
    }
    fn open_url(&self, url: &Url) -> Result<(), HostError> {
        self.0.lock().unwrap().push(url.to_string());
        Ok(())
    }
    fn scan(&self, _: &dyn App, _: &Cancel) -> Result<String, HostError> {
        Err(HostError::Refused)
    }
}

struct Computer {
    folder: TempDir,
    data: Arc<Data>,
    desk: TestDesk,
}

impl Computer {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            data: Arc::new(Data::open(folder.path()).unwrap()),
            folder,
            desk: TestDesk::default(),
        }
    }

    fn install(&self, files: &[(&str, &str)]) -> Arc<InstalledApp> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [("icon.png", "icon"), ("index.html", "the page")].iter().chain(files) {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let options = SignOptions {
            title: Some("Test".into()),
            version: Some("2.1".into()),
            modified: 1_750_000_000,
            ..SignOptions::default()
        };
        sign(folder.path(), &SigningKey::generate().unwrap(), &options).unwrap();
        Arc::new(
            self.data
                .store
                .install(folder.path(), Downgrade::Refuse)
                .unwrap()
                .app()
                .clone(),
        )
    }

    fn host(&self, app: &Arc<InstalledApp>) -> LocalHost<TestDesk> {
        LocalHost::new(app.clone(), Arc::clone(&self.data), self.desk.clone())
    }
}

fn get(app: &InstalledApp, path: &str) -> (u16, String, &'static str) {
    let Page { status, body, mime } = page::serve(app, path);
    (status, String::from_utf8(body).unwrap(), mime)
}

#[test]
fn pages_are_served_by_path_with_their_types() {
    let computer = Computer::new();
    let app = computer.install(&[("a b/ü.js", "script"), ("data.json", "{}")]);
    let html = "text/html; charset=utf-8";
    for root in ["/", "", "/index.html", "/settings/profile", "//"] {
        assert_eq!(get(&app, root), (200, "the page".into(), html), "{root}");
    }
    assert_eq!(get(&app, "/a%20b/%C3%BC.js").1, "script");
    assert!(get(&app, "/data.json").2.starts_with("application/json"));
    for missing in [
        "/none.js",
        "/content.json",
        "/publishfiles.json",
        "/../a.txt",
        "/%2e%2e/a.txt",
        "/%ff",
        "/a%20b/..%2fdata.json",
        "/.x",
    ] {
        assert_eq!(get(&app, missing).0, 404, "{missing}");
    }
}

#[test]
fn a_file_that_was_changed_on_the_disk_is_not_served() {
    let computer = Computer::new();
    let app = computer.install(&[("a.txt", "signed")]);
    fs::write(app.version_dir().join("a.txt"), "forged").unwrap();
    let (status, body, _) = get(&app, "/a.txt");
    assert!(status == 500 && body.contains("not what was signed"), "{body}");
}

#[test]
fn apps_have_accounts_and_data_of_their_own() {
    let computer = Computer::new();
    let (one, other) = (computer.install(&[]), computer.install(&[]));
    let (mine, its) = (computer.host(&one), computer.host(&other));
    assert_ne!(mine.account().unwrap().address(), its.account().unwrap().address());
    assert_eq!(
        mine.account().unwrap().address(),
        computer.host(&one).account().unwrap().address()
    );

    let value = RawValue::from_string(r#"{"a": 1.50}"#.into()).unwrap();
    mine.set_extended_data(&value).unwrap();
    assert_eq!(computer.host(&one).extended_data().unwrap().unwrap().get(), value.get());
    assert!(its.extended_data().unwrap().is_none());
    let large = RawValue::from_string(format!("\"{}\"", "a".repeat(1_048_575))).unwrap();
    assert!(matches!(mine.set_extended_data(&large), Err(HostError::TooLarge(_))));
    let fits = RawValue::from_string(format!("\"{}\"", "a".repeat(1_048_574))).unwrap();
    mine.set_extended_data(&fits).unwrap();
    assert_eq!(mine.extended_data().unwrap().unwrap().get().len(), 1_048_576);

    assert_eq!(mine.app_version().as_deref(), Some("2.1"));
    assert!(matches!(mine.read_file("none"), Err(HostError::NotFound(_))));
    assert!(matches!(mine.read_file("../../x"), Err(HostError::NotFound(_))));
    assert_eq!(mine.read_file("index.html").unwrap(), b"the page");
    assert_eq!(mine.language(), Language::Korean);
    mine.loaded("n", "1");
    assert_eq!(*computer.desk.0.lock().unwrap(), ["Test says n 1"]);
}

#[test]
fn a_locked_identity_gives_no_account() {
    let computer = Computer::new();
    let app = computer.install(&[]);
    let before = computer.host(&app).account().unwrap().address();
    computer.data.keys.set_password(None, "a long password").unwrap();
    let again = Computer {
        data: Arc::new(Data::open(computer.folder.path()).unwrap()),
        ..computer
    };
    let host = again.host(&app);
    assert_eq!(host.account().unwrap_err(), HostError::Locked);
    again.data.keys.unlock("a long password").unwrap();
    assert_eq!(host.account().unwrap().address(), before);
}

#[test]
fn nothing_is_stored_outside_the_data_folder() {
    let computer = Computer::new();
    let app = computer.install(&[]);
    assert!(app.version_dir().starts_with(Path::new(computer.folder.path())));
}
