//! `coco app install`, `list`, `rollback`, `uninstall`, `run` and `dev`: with a shell that runs, and without.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod developer;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::mpsc;

use coco_package::instance::{Instance, Request};
use coco_package::{Downgrade, Store};
use developer::{Developer, names, text};
use serde_json::{Value, json};

impl Developer {
    /// Runs a command on the data folder `data`.
    fn on_data(&self, arguments: &[&str]) -> Value {
        self.ok(&[arguments, &["--data", "data"]].concat())
    }

    fn address(&self) -> String {
        self.ok(&["verify", "hello"])["address"].as_str().unwrap().to_owned()
    }

    /// The installed versions.
    fn versions(&self) -> Vec<String> {
        let apps = self.on_data(&["list"])["apps"].as_array().unwrap().clone();
        apps.iter()
            .map(|app| app["version"].as_str().unwrap().to_owned())
            .collect()
    }

    /// A shell on the data folder, without windows: it does what it is asked, and tells the test.
    fn shell(&self) -> mpsc::Receiver<Request> {
        let folder = self.path("data");
        fs::create_dir_all(&folder).unwrap();
        let store = Store::open(folder.join("apps")).unwrap();
        let Instance::First(first) = Instance::claim(&folder, &Request::default()).unwrap() else {
            panic!("nobody else runs")
        };
        let (told, heard) = mpsc::channel();
        let take = move |request: Request| {
            for path in &request.install {
                store.install(path, Downgrade::Refuse).unwrap();
            }
            for address in &request.roll_back {
                store.roll_back(address).unwrap();
            }
            for address in &request.uninstall {
                store.uninstall(address).unwrap();
            }
            told.send(request).is_ok()
        };
        first.listen(take).unwrap();
        heard
    }

    /// A program in place of `cococat` that writes down how it was called, says `lines`, and ends with `code`.
    fn cococat(&self, lines: &str, code: i32) -> String {
        let path = self.path("fake-cococat");
        let script = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > called\ncat <<'END'\n{lines}\nEND\nexit {code}\n");
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// What the program in place of `cococat` was called with.
    fn called(&self) -> Vec<String> {
        let called = fs::read_to_string(self.path("called")).unwrap();
        called.lines().map(str::to_owned).collect()
    }
}

/// Through all commands; `by` is who must have done it.
fn from_install_to_uninstall(developer: &Developer, by: &str) {
    let address = developer.address();
    let installed = developer.on_data(&["install", "hello"]);
    assert_eq!(
        (&installed["change"], &installed["by"]),
        (&json!("installed"), &json!(by))
    );
    assert_eq!(
        (&installed["address"], &installed["title"]),
        (&json!(address), &json!("Hello & <you>"))
    );
    assert_eq!(developer.on_data(&["install", "hello"])["change"], "unchanged");
    assert_eq!(developer.fails(&["rollback", &address, "--data", "data"]).0, "store");

    developer.sign(&["--version", "2.0.0"]);
    let zip = developer.ok(&["pack", "hello"])["out"].as_str().unwrap().to_owned();
    assert_eq!(developer.on_data(&["install", &zip])["change"], "updated");
    assert_eq!(developer.versions(), ["2.0.0"]);
    assert_eq!(developer.on_data(&["list"])["apps"][0]["previous"], "1.0.0");

    let back = developer.on_data(&["rollback", &address]);
    assert_eq!((&back["version"], &back["by"]), (&json!("1.0.0"), &json!(by)));
    assert_eq!(developer.versions(), ["1.0.0"]);

    let gone = developer.on_data(&["uninstall", &address]);
    assert_eq!((&gone["change"], &gone["by"]), (&json!("uninstalled"), &json!(by)));
    assert!(developer.versions().is_empty());
    assert_eq!(developer.fails(&["uninstall", &address, "--data", "data"]).0, "store");
}

#[test]
fn apps_come_and_go_without_a_shell() {
    let developer = Developer::with_app();
    let data = developer.path("data");
    from_install_to_uninstall(&developer, "coco");
    assert_eq!(fs::read_to_string(data.join("consent.json")).unwrap(), "{}");
    assert_eq!(fs::read_dir(data.join("downloads")).unwrap().count(), 0);
    let mode = fs::metadata(developer.path("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_shell_that_runs_does_it() {
    let developer = Developer::with_app();
    let heard = developer.shell();
    from_install_to_uninstall(&developer, "shell");
    let requests: Vec<Request> = heard.try_iter().collect();
    assert!(requests[0].install[0].is_absolute() && requests[0].install[0].ends_with("hello"));
    assert_eq!(requests.iter().map(|request| request.uninstall.len()).sum::<usize>(), 1);
}

#[test]
fn bad_packages_are_refused_before_anybody_is_bothered() {
    let developer = Developer::with_app();
    developer.on_data(&["install", "hello"]);
    let heard = developer.shell();
    developer.sign(&["--modified", "1500000000"]);
    let (step, said) = developer.fails(&["install", "hello", "--data", "data"]);
    assert!(step == "modified" && said.contains("older"), "{said}");
    developer.sign(&[]);
    developer.file("app.js", "evil");
    assert_eq!(developer.fails(&["install", "hello", "--data", "data"]).0, "files");
    assert_eq!(developer.fails(&["run", "hello", "--data", "data"]).0, "files");
    assert_eq!(heard.try_iter().count(), 0);
}

#[test]
fn looking_leaves_nothing_behind() {
    let developer = Developer::with_app();
    let address = developer.address();
    let before = names(developer.0.path());
    assert_eq!(developer.on_data(&["list"])["apps"], json!([]));
    for command in ["rollback", "uninstall", "run"] {
        let (step, said) = developer.fails(&[command, &address, "--data", "data"]);
        assert!(step == "store" && said.contains("not installed"), "{said}");
    }
    assert_eq!(names(developer.0.path()), before);
}

#[test]
fn the_data_folder_is_the_shells_own() {
    let developer = Developer::with_app();
    let mut list = developer.command(&["list", "--json"]);
    let output = list.env("XDG_DATA_HOME", "/xdg").output().unwrap();
    assert!(text(&output.stdout).contains(r#""data":"/xdg/cococat""#));
    let mut list = developer.command(&["list", "--json"]);
    let output = list
        .env_remove("XDG_DATA_HOME")
        .env("HOME", "/home/someone")
        .output()
        .unwrap();
    assert!(text(&output.stdout).contains(r#""data":"/home/someone/.local/share/cococat""#));
}

#[test]
fn run_starts_the_program_with_the_windows() {
    let developer = Developer::with_app();
    let host = developer.ok(&["verify", "hello"])["host"].as_str().unwrap().to_owned();
    let loaded =
        format!("{{\"event\":\"ready\",\"pid\":1}}\nnoise\n{{\"event\":\"loaded\",\"window\":\"coco-{host}\"}}");
    let program = developer.cococat(&loaded, 0);
    let mut run = developer.command(&["run", "hello", "--data", "data", "--json"]);
    let output = run.env("COCOCAT", &program).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown, json!({"address": developer.address(), "by": "coco"}));
    let data = developer.path("data").to_str().unwrap().to_owned();
    let hello = developer.path("hello").to_str().unwrap().to_owned();
    assert_eq!(
        developer.called(),
        [
            "--data",
            &data,
            "--install",
            &hello,
            "--open",
            &developer.address(),
            "--report"
        ]
    );
}

#[test]
fn what_the_program_with_the_windows_says_is_passed_on() {
    let developer = Developer::with_app();
    for (lines, code, said) in [
        (r#"{"event":"refused","path":"x","message":"no room"}"#, 0, "no room"),
        (
            r#"{"event":"notOpened","address":"x","message":"no window"}"#,
            0,
            "no window",
        ),
        ("", 1, "ended with exit status: 1"),
    ] {
        let program = developer.cococat(lines, code);
        let mut run = developer.command(&["run", "hello", "--data", "data"]);
        let output = run.env("COCOCAT", &program).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
    let mut run = developer.command(&["run", "hello", "--data", "data"]);
    let output = run.env("COCOCAT", "/nowhere/cococat").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn run_tells_the_shell_that_runs() {
    let developer = Developer::with_app();
    let heard = developer.shell();
    assert_eq!(
        developer.on_data(&["run", "hello"]),
        json!({"address": developer.address(), "by": "shell"})
    );
    developer.on_data(&["run", &developer.address()]);
    let requests: Vec<Request> = heard.try_iter().collect();
    assert_eq!((requests[0].install.len(), requests[1].install.len()), (1, 0));
    assert!(requests.iter().all(|request| request.open.len() == 1));
}

#[test]
fn dev_finds_the_address_and_passes_the_target_on() {
    let developer = Developer::with_app();
    let program = developer.cococat("", 0);
    let dev = |arguments: &[&str]| {
        let mut command = developer.command(&[&["dev"], arguments, &["--data", "data"]].concat());
        let output = command.env("COCOCAT", &program).output().unwrap();
        (output.status.code(), text(&output.stderr))
    };
    let address = developer.address();
    let folder = developer.path("hello").to_str().unwrap().to_owned();
    for (target, passed) in [
        ("hello", folder.as_str()),
        ("http://localhost:5173/", "http://localhost:5173"),
    ] {
        assert_eq!(dev(&[target]).0, Some(0));
        let called = developer.called();
        assert_eq!(called[2..], ["--dev", passed, "--dev-address", &address, "--report"]);
    }
    let other = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2";
    dev(&["hello", "--address", other]);
    assert_eq!(developer.called()[5], other);
    for wrong in [
        "https://localhost:1/",
        "http://example.org/",
        "http://localhost:1/path",
        "nowhere",
    ] {
        let (code, said) = dev(&[wrong]);
        assert_eq!(code, Some(1), "{wrong}");
        assert!(said.contains("http://localhost:PORT"), "{said}");
    }
    fs::rename(developer.path("account.json"), developer.path("key.json")).unwrap();
    let (code, said) = dev(&["hello"]);
    assert!(code == Some(1) && said.contains("--key"), "{said}");
    assert_eq!(dev(&["hello", "--key", "key.json"]).0, Some(0));
    assert!(Path::new(&folder).is_dir());
}
