#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::sync::Arc;
use std::thread;

use coco_keys::SigningKey;
use serde_json::json;
use tempfile::TempDir;

use super::kept::{FILE, FILE_BYTES, LISTS, list_path};
use super::*;
use crate::certificate::Signed;

fn address(number: u8) -> Address {
    Address::from_hash160([number; 20])
}

fn signed(key: &SigningKey, content: &str) -> String {
    serde_json::to_string(&Signed::new(content.to_owned(), key)).unwrap()
}

fn list(key: &SigningKey, modified: i64, serials: &[&str]) -> String {
    signed(
        key,
        &json!({ "issuer": key.address(), "modified": modified, "serials": serials }).to_string(),
    )
}

/// A data folder that trusts an authority.
fn setting() -> (TempDir, SigningKey, Authorities) {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::generate().unwrap();
    let authorities = Authorities::open(folder.path());
    authorities.add(key.address(), "Ours").unwrap();
    (folder, key, authorities)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_list_that_is_built_in_can_be_read() {
    let built_in: Vec<Named> = serde_json::from_str(BUILT_IN).unwrap();
    assert_eq!(Authorities::in_memory().list().len(), built_in.len());
}

#[test]
fn what_was_added_outlives_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("not/there/yet");
    let authorities = Authorities::open(&data);
    assert!(authorities.list().is_empty() && authorities.damaged().is_empty() && !data.exists());
    authorities.add(address(2), "Two").unwrap();
    authorities.add(address(1), " One ").unwrap();
    authorities.add(address(2), "Zwei").unwrap();
    let one = |number, name: &str| Authority {
        address: address(number),
        name: name.to_owned(),
        built_in: false,
    };
    let both = [one(1, "One"), one(2, "Zwei")];
    assert_eq!(authorities.list(), both);
    let again = Authorities::open(&data);
    assert_eq!(again.list(), both);
    assert!(again.is_trusted(&address(1)) && !again.is_trusted(&address(3)));
    again.remove(&address(1)).unwrap();
    assert!(!again.is_trusted(&address(1)));
    assert!(matches!(again.remove(&address(1)), Err(AuthoritiesError::Unknown(_))));
    assert_eq!(Authorities::open(&data).list(), [one(2, "Zwei")]);
    assert_eq!(names(&data), [FILE]);
}

#[test]
fn names_and_numbers_are_bounded() {
    let authorities = Authorities::in_memory();
    for name in ["", "  ", "a\nb", "\u{1b}[31m", &"x".repeat(NAME_CHARS + 1)] {
        assert!(
            matches!(authorities.add(address(1), name), Err(AuthoritiesError::Name)),
            "{name:?}"
        );
    }
    for number in 1..=AUTHORITIES {
        authorities.add(address(u8::try_from(number).unwrap()), "x").unwrap();
    }
    assert!(matches!(
        authorities.add(address(200), "x"),
        Err(AuthoritiesError::TooMany)
    ));
    authorities.add(address(1), "another name").unwrap();
    assert_eq!(authorities.list().len(), AUTHORITIES);
}

#[test]
fn every_change_has_a_number_of_its_own() {
    let (_folder, key, authorities) = setting();
    let mut last = authorities.generation();
    let mut changed = |happened: bool| {
        let now = authorities.generation();
        assert_eq!(now != last, happened);
        last = now;
    };
    authorities.add(address(1), "x").unwrap();
    changed(true);
    authorities.remove(&address(1)).unwrap();
    changed(true);
    assert!(authorities.remove(&address(1)).is_err());
    changed(false);
    authorities.import_revocations(&list(&key, 1, &["1"])).unwrap();
    changed(true);
    assert!(authorities.import_revocations(&list(&key, 1, &["1"])).is_err());
    changed(false);
}

#[test]
fn two_programs_do_not_undo_each_other() {
    let (folder, _, one) = setting();
    let two = Authorities::open(folder.path());
    one.add(address(1), "One").unwrap();
    two.add(address(2), "Two").unwrap();
    assert!(two.is_trusted(&address(1)));
    assert_eq!(Authorities::open(folder.path()).list().len(), 3);
}

#[test]
fn a_damaged_file_is_set_aside_and_told() {
    for content in [
        "{",
        "{}",
        "[{}]",
        r#"[{"address":"1x","name":"x"}]"#,
        &" ".repeat(usize::try_from(FILE_BYTES).unwrap() + 1),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), content).unwrap();
        let authorities = Authorities::open(folder.path());
        assert!(authorities.list().is_empty());
        let damaged = authorities.damaged();
        assert_eq!(damaged.len(), 1, "{content:.50}");
        assert_eq!(fs::read_to_string(&damaged[0].path).unwrap(), *content);
        assert!(damaged[0].to_string().contains("add them again"));
        authorities.add(address(1), "x").unwrap();
        // The next one is set aside too, beside the first.
        fs::write(folder.path().join(FILE), "[").unwrap();
        Authorities::open(folder.path()).add(address(2), "x").unwrap();
        assert_eq!(
            names(folder.path()),
            [FILE, "authorities.json.damaged-1", "authorities.json.damaged-2"]
        );
    }
}

#[test]
fn revocations_outlive_the_program_and_their_authority() {
    let (folder, key, authorities) = setting();
    assert_eq!(authorities.revocations(&key.address()), None);
    assert_eq!(
        authorities.import_revocations(&list(&key, 5, &["a", "b", ""])).unwrap(),
        key.address()
    );
    for authorities in [&authorities, &Authorities::open(folder.path())] {
        assert_eq!(authorities.revocations(&key.address()), Some((5, 3)));
        for serial in ["a", "b", ""] {
            assert!(authorities.is_revoked(&key.address(), serial), "{serial}");
        }
        assert!(!authorities.is_revoked(&key.address(), "A"));
        assert!(!authorities.is_revoked(&address(1), "a"));
    }
    authorities.remove(&key.address()).unwrap();
    authorities.add(key.address(), "Again").unwrap();
    assert!(authorities.is_revoked(&key.address(), "a"));
}

#[test]
fn only_a_newer_list_takes_the_place_of_another() {
    let (folder, key, authorities) = setting();
    authorities.import_revocations(&list(&key, 5, &["a"])).unwrap();
    for modified in [5, 4, -1, i64::MIN] {
        let older = authorities.import_revocations(&list(&key, modified, &[]));
        assert!(
            matches!(older, Err(AuthoritiesError::NotNewer { known: 5, .. })),
            "{modified}"
        );
    }
    authorities.import_revocations(&list(&key, 6, &["b"])).unwrap();
    for authorities in [&authorities, &Authorities::open(folder.path())] {
        assert!(authorities.is_revoked(&key.address(), "b") && !authorities.is_revoked(&key.address(), "a"));
    }
}

#[test]
fn a_list_is_signed_by_an_issuer_that_is_trusted() {
    let (folder, key, authorities) = setting();
    let stranger = SigningKey::generate().unwrap();
    assert!(matches!(
        authorities.import_revocations(&list(&stranger, 5, &["a"])),
        Err(AuthoritiesError::Unknown(issuer)) if issuer == stranger.address()
    ));
    let content = |value: serde_json::Value| value.to_string();
    let good = json!({ "issuer": key.address(), "modified": 5, "serials": ["a"] });
    let without = |name: &str| {
        let mut changed = good.clone();
        changed.as_object_mut().unwrap().remove(name);
        changed.to_string()
    };
    let with = |name: &str, value: serde_json::Value| {
        let mut changed = good.clone();
        changed[name] = value;
        changed.to_string()
    };
    for text in [
        String::new(),
        "{}".to_owned(),
        "[]".to_owned(),
        content(good.clone()),
        // The list of somebody else, as ours.
        signed(&stranger, &good.to_string()),
        signed(&key, &without("issuer")),
        signed(&key, &without("modified")),
        signed(&key, &without("serials")),
        signed(&key, &with("issuer", json!(7))),
        signed(&key, &with("modified", json!("5"))),
        signed(&key, &with("serials", json!("a"))),
        signed(&key, &with("serials", json!([7]))),
        signed(&key, &with("serials", json!(["x".repeat(SERIAL_CHARS + 1)]))),
        signed(&key, &with("serials", json!(vec![""; SERIALS + 1]))),
        signed(&key, &good.to_string().replacen('{', r#"{"modified":9,"#, 1)),
        " ".repeat(LIST_BYTES + 1),
        list(&key, 5, &["a"]).replace("\\\"a\\\"", "\\\"b\\\""),
    ] {
        let refused = authorities.import_revocations(&text);
        assert!(matches!(refused, Err(AuthoritiesError::List(_))), "{text:.100}");
    }
    assert_eq!(names(folder.path()), [FILE]);
    let most: Vec<String> = (0..SERIALS).map(|number| number.to_string()).collect();
    authorities
        .import_revocations(&signed(&key, &with("serials", json!(most))))
        .unwrap();
    assert_eq!(authorities.revocations(&key.address()), Some((5, SERIALS)));
}

#[test]
fn two_programs_do_not_take_back_revocations() {
    let (folder, key, one) = setting();
    let two = Authorities::open(folder.path());
    one.import_revocations(&list(&key, 6, &["a"])).unwrap();
    let older = two.import_revocations(&list(&key, 5, &[]));
    assert!(matches!(older, Err(AuthoritiesError::NotNewer { known: 6, .. })));
    for authorities in [&two, &Authorities::open(folder.path())] {
        assert!(authorities.is_revoked(&key.address(), "a"));
    }
}

#[test]
fn a_damaged_list_revokes_everything_until_there_is_one_again() {
    let (folder, key, authorities) = setting();
    authorities.import_revocations(&list(&key, 5, &["a"])).unwrap();
    let path = list_path(folder.path(), &key.address());
    let stranger = SigningKey::generate().unwrap();
    for damage in ["", "{", &list(&stranger, 9, &[])] {
        fs::write(&path, damage).unwrap();
        let authorities = Authorities::open(folder.path());
        assert!(authorities.is_revoked(&key.address(), "b"));
        assert_eq!(authorities.revocations(&key.address()), None);
        assert_eq!(authorities.damaged().len(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), *damage);
        authorities.import_revocations(&list(&key, 5, &["a"])).unwrap();
        assert!(!authorities.is_revoked(&key.address(), "b"));
    }
    // Each damaged one lies beside the good one; other files are none of ours.
    fs::write(folder.path().join(LISTS).join("notes.txt"), "x").unwrap();
    assert_eq!(names(&folder.path().join(LISTS)).len(), 5);
    assert!(Authorities::open(folder.path()).damaged().is_empty());
}

#[test]
fn lists_are_made_and_extended_by_their_issuer() {
    let key = SigningKey::generate().unwrap();
    let mut made = RevocationList::new(key.address(), 100);
    assert!(made.revoke("a", 50).unwrap() && made.revoke("b", 300).unwrap());
    assert!(!made.revoke("a", 300).unwrap());
    // Every change is later than the one before, whatever the clock says.
    assert_eq!(made.modified(), 301);
    assert!(made.revoke(&"x".repeat(SERIAL_CHARS + 1), 1).is_err());
    let text = made.sign(&key).unwrap();
    assert_eq!(RevocationList::open(&text).unwrap(), made);
    assert!(made.sign(&SigningKey::generate().unwrap()).is_err());
}

#[test]
fn many_threads_may_ask_and_change() {
    let (folder, key, authorities) = setting();
    let authorities = Arc::new(authorities);
    thread::scope(|scope| {
        for number in 1..=4 {
            let authorities = Arc::clone(&authorities);
            scope.spawn(move || {
                for _ in 0..5 {
                    authorities.add(address(number), "x").unwrap();
                    assert!(authorities.is_trusted(&address(number)));
                    authorities.remove(&address(number)).unwrap();
                }
                authorities.add(address(number), "x").unwrap();
            });
        }
    });
    assert!(authorities.is_trusted(&key.address()));
    assert_eq!(Authorities::open(folder.path()).list(), authorities.list());
    assert_eq!(authorities.list().len(), 5);
}
