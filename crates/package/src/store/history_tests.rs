//! The history of an app, the version before, and extended data that are removed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;

use super::super::tests::{TestStore, running_version, version};
use super::*;
use crate::testing::{NOW, TestApp};
use crate::verify::Downgrade;

#[test]
fn history_tells_what_was_installed_when_and_how() {
    let test = TestStore::new();
    let (one, two) = (version(1), version(2));
    let address = one.address();
    assert!(matches!(
        test.store.history(&address),
        Err(PackageError::NotInstalled(_))
    ));
    let first = test.install(&one).app().clone();
    assert!(test.store.previous(&address).unwrap().is_none());
    test.install(&one);
    test.wait(10);
    test.install(&two);
    let previous = test.store.previous(&address).unwrap().unwrap();
    assert_eq!(running_version(&previous), "version 1");
    assert_eq!(
        Difference::between(previous.content(), test.store.get(&address).unwrap().content()),
        Difference {
            changed: 1,
            ..Difference::default()
        }
    );
    test.wait(10);
    test.store.roll_back(&address).unwrap();
    assert!(test.store.previous(&address).unwrap().is_none());
    fs::write(first.version_dir().join("sub/app.js"), "version X").unwrap();
    test.wait(10);
    test.install(&one);
    let lines: Vec<_> = test.reopened().history(&address).unwrap();
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.modified - NOW, line.at - NOW, line.way))
        .collect();
    assert_eq!(
        told,
        [
            (1, 0, Way::Installed),
            (2, 10, Way::Updated),
            (1, 20, Way::RolledBack),
            (1, 30, Way::Repaired)
        ]
    );

    test.store.uninstall(&address).unwrap();
    test.install(&two);
    assert_eq!(test.store.history(&address).unwrap().len(), 1);
}

#[test]
fn files_that_come_and_go_are_counted() {
    let before = version(1).file("old.txt", b"old").file("same.txt", b"same").signed(NOW);
    let after = TestApp::new()
        .file("new.txt", b"new")
        .file("same.txt", b"same")
        .file("sub/app.js", b"other");
    let counted = Difference::between(&before.sign(NOW).unwrap(), &after.sign(NOW).unwrap());
    assert_eq!(
        counted,
        Difference {
            added: 1,
            removed: 1,
            changed: 1
        }
    );
}

#[test]
fn history_is_bounded_and_forgives_what_it_cannot_read() {
    let test = TestStore::new();
    let (one, two) = (version(1), version(2));
    let address = one.address();
    test.install(&one);
    for _ in 0..MAX_HISTORY {
        test.store.install(two.path(), Downgrade::Allow).unwrap();
        test.store.roll_back(&address).unwrap();
    }
    assert_eq!(test.store.history(&address).unwrap().len(), MAX_HISTORY);

    let written: serde_json::Value = serde_json::from_slice(&fs::read(test.state_file(&one)).unwrap()).unwrap();
    let with = |history: Option<serde_json::Value>| {
        let mut state = written.clone();
        match history {
            Some(history) => state["history"] = history,
            None => drop(state.as_object_mut().unwrap().remove("history")),
        }
        fs::write(test.state_file(&one), state.to_string()).unwrap();
        test.store.history(&address).unwrap()
    };
    assert!(with(None).is_empty(), "a file of an older program");
    assert!(with(Some("lost".into())).is_empty());
    let sound = written["history"][0].clone();
    assert_eq!(with(Some(serde_json::json!([1, {}, sound, {"at": "never"}]))).len(), 1);
    assert_eq!(with(Some(vec![sound; MAX_HISTORY * 2].into())).len(), MAX_HISTORY);
    assert_eq!(running_version(&test.store.get(&address).unwrap()), "version 1");
}

#[test]
fn extended_data_is_measured_and_removed() {
    let test = TestStore::new();
    let app = version(1);
    let address = app.address();
    assert!(matches!(
        test.store.clear_extended(&address),
        Err(PackageError::NotInstalled(_))
    ));
    test.install(&app);
    assert_eq!(test.store.extended_size(&address).unwrap(), 0);
    test.store.set_extended(&address, b"12345").unwrap();
    assert_eq!(test.store.extended_size(&address).unwrap(), 5);
    for _ in 0..2 {
        test.store.clear_extended(&address).unwrap();
        assert_eq!(test.store.extended(&address).unwrap(), None);
        assert_eq!(test.store.extended_size(&address).unwrap(), 0);
    }
    assert_eq!(test.store.generation(&address), 0, "the account stays");
}
