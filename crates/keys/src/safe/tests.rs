#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

/// A folder of its own with a safe in it whose passwords cost nothing.
struct Place {
    folder: TempDir,
    path: PathBuf,
    safe: Safe,
    key: DataKey,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("safe.json");
        let (safe, key) = Safe::create_with(&path, Cost::Cheap).unwrap();
        Self {
            folder,
            path,
            safe,
            key,
        }
    }

    fn with(passwords: &[(&str, &str)]) -> Self {
        let mut place = Self::new();
        for (label, password) in passwords {
            place.set(label, password).unwrap();
        }
        place
    }

    fn set(&mut self, label: &str, password: &str) -> Result<(), KeysError> {
        let password = self.safe.derive(password)?;
        self.safe.set(&self.key, label, &password)
    }

    /// The label that a password opens; the data key must be the right one.
    fn label(&self, password: &str) -> Result<Option<String>, KeysError> {
        let opened = self.safe.open(&self.safe.derive(password)?)?;
        Ok(opened.map(|(key, label)| {
            assert_eq!(key.expose(), self.key.expose());
            label
        }))
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    fn names(&self) -> Vec<String> {
        fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    /// Changes the file's JSON and puts its checksum right, as an attacker would.
    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut value: Value = serde_json::from_str(&self.text()).unwrap();
        change(&mut value);
        if let Ok(whole) = serde_json::from_value::<format::Whole>(value.clone()) {
            value["checksum"] = json!(whole.right_checksum());
        }
        fs::write(&self.path, value.to_string()).unwrap();
    }
}

#[test]
fn several_passwords_open_one_safe() {
    let mut place = Place::with(&[("login", "first one"), ("room", "caf\u{e9}")]);
    assert_eq!(place.label("first one").unwrap().as_deref(), Some("login"));
    assert_eq!(place.label("cafe\u{301}").unwrap().as_deref(), Some("room"));
    assert_eq!(place.label("neither").unwrap(), None);
    assert_eq!(place.safe.labels(&place.key).unwrap(), ["login", "room"]);

    place.set("room", "changed").unwrap();
    assert_eq!(place.label("cafe\u{301}").unwrap(), None);
    assert_eq!(place.label("changed").unwrap().as_deref(), Some("room"));

    place.safe.remove(&place.key, "login").unwrap();
    place.safe.remove(&place.key, "login").unwrap();
    assert_eq!(place.label("first one").unwrap(), None);
    assert_eq!(place.safe.labels(&place.key).unwrap(), ["room"]);
    assert_eq!(place.names(), ["safe.json"]);
}

#[test]
fn the_standard_is_slow() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("safe.json");
    let (mut safe, key) = Safe::create(&path).unwrap();
    let password = safe.derive("a").unwrap();
    safe.set(&key, "login", &password).unwrap();
    assert!(Safe::at(&path).unwrap().open(&password).unwrap().is_some());
    let file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(
        file["kdf"],
        json!({"memoryKiB": 65536, "iterations": 3, "parallelism": 1})
    );
}

#[test]
fn a_file_of_today_can_be_read_for_ever() {
    // Written by other implementations: Argon2's reference code and libsodium, from the format's description.
    let mut place = Place::new();
    fs::write(&place.path, include_str!("fixture-v1.json")).unwrap();
    place.key = DataKey(Zeroizing::new(std::array::from_fn(|index| index as u8)));
    assert_eq!(place.label("pässword 1").unwrap().as_deref(), Some("login"));
    assert_eq!(place.label("второй").unwrap().as_deref(), Some("房间"));
    assert_eq!(place.safe.labels(&place.key).unwrap(), ["login", "房间"]);
}

#[test]
fn one_password_has_one_label() {
    let mut place = Place::with(&[("login", "same"), ("room", "other")]);
    let before = place.text();
    let refusal = place.set("room", "same").unwrap_err();
    assert!(matches!(&refusal, KeysError::PasswordTaken(label) if label == "login"));
    assert!(!refusal.to_string().contains("same"));
    place.set("login", "same").unwrap();
    assert_eq!(place.text(), before);
}

#[test]
fn there_is_room_for_so_many_and_no_more() {
    let mut place = Place::new();
    let size = place.text().len();
    for number in 0..Safe::CAPACITY {
        place
            .set(&format!("label {number}"), &format!("password {number}"))
            .unwrap();
        // Nobody can count the passwords by the size.
        assert_eq!(place.text().len(), size);
    }
    let full = place.set("more", "one more").unwrap_err();
    assert!(matches!(full, KeysError::SafeFull(Safe::CAPACITY)));
    place.set("label 3", "replaced").unwrap();
    assert_eq!(place.label("password 23").unwrap().as_deref(), Some("label 23"));
    assert_eq!(place.label("password 3").unwrap(), None);
    place.safe.remove(&place.key, "label 0").unwrap();
    place.set("more", "one more").unwrap();
    assert_eq!(place.label("one more").unwrap().as_deref(), Some("more"));
}

#[test]
fn labels_are_bounded() {
    let mut place = Place::new();
    for bad in ["", &"x".repeat(64), &"x".repeat(300), &"é".repeat(32)] {
        assert!(matches!(place.set(bad, "a"), Err(KeysError::Label(63))), "{bad}");
    }
    place.set(&"x".repeat(63), "a").unwrap();
    assert_eq!(place.label("a").unwrap(), Some("x".repeat(63)));
}

#[test]
fn tokens_change_with_the_password_alone() {
    let mut place = Place::with(&[("a", "one"), ("b", "two")]);
    let token = |place: &Place, label| place.safe.token(&place.key, label).unwrap();
    let (first, other) = (token(&place, "a"), token(&place, "b"));
    assert_eq!(first.len(), 64);
    assert!(first.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(first, other);
    assert_eq!(token(&place, "none"), "");

    place.set("a", "three").unwrap();
    assert_ne!(token(&place, "a"), first);
    assert_eq!(token(&place, "b"), other);
    // Back to the first password: not even that shows.
    place.set("a", "one").unwrap();
    assert_ne!(token(&place, "a"), first);
    place.safe.remove(&place.key, "a").unwrap();
    assert_eq!(token(&place, "a"), "");
}

#[test]
fn keys_of_another_safe_are_refused() {
    let mut place = Place::with(&[("a", "one")]);
    let other = Place::with(&[("a", "one")]);
    let before = place.text();
    let (password, foreign) = (place.safe.derive("two").unwrap(), other.safe.derive("two").unwrap());
    for refusal in [
        place.safe.open(&foreign).unwrap_err(),
        place.safe.set(&place.key, "b", &foreign).unwrap_err(),
        place.safe.set(&other.key, "b", &password).unwrap_err(),
        place.safe.remove(&other.key, "a").unwrap_err(),
        place.safe.labels(&other.key).unwrap_err(),
        place.safe.token(&other.key, "a").unwrap_err(),
    ] {
        assert!(matches!(refusal, KeysError::ForeignKey), "{refusal}");
    }
    assert_eq!(place.text(), before);
}

#[test]
fn a_safe_is_made_once_and_erased() {
    let mut place = Place::with(&[("a", "one")]);
    let before = place.text();
    assert!(matches!(
        Safe::create_with(&place.path, Cost::Cheap),
        Err(KeysError::VaultExists(path)) if path == place.path
    ));
    assert_eq!(place.text(), before);
    place.safe.erase().unwrap();
    assert!(place.names().is_empty() && !Safe::exists(&place.path));
    assert!(matches!(Safe::at(&place.path), Err(KeysError::VaultMissing(_))));
    place.safe.erase().unwrap();

    // Interrupted after the first step.
    fs::write(place.folder.path().join("safe.json.erased"), before).unwrap();
    place.safe.erase().unwrap();
    assert!(place.names().is_empty());
}

#[test]
fn a_damaged_file_is_told_and_kept() {
    let mut place = Place::with(&[("a", "one")]);
    let good = place.text();
    let password = place.safe.derive("two").unwrap();
    let bad = [
        String::new(),
        "{\"version\":1}".to_owned(),
        good.replacen('{', "{\"extra\": 1,", 1),
        good.replacen("\"digest\"", "\"digset\"", 1),
        format!("{good}{}", " ".repeat(70_000)),
        "[".repeat(10_000),
    ];
    for text in bad {
        fs::write(&place.path, &text).unwrap();
        for refusal in [
            Safe::at(&place.path).unwrap_err(),
            place.safe.derive("one").unwrap_err(),
            place.safe.open(&password).unwrap_err(),
            place.safe.set(&place.key, "b", &password).unwrap_err(),
            place.safe.remove(&place.key, "a").unwrap_err(),
        ] {
            assert!(matches!(refusal, KeysError::VaultCorrupt(_)), "{text:.80}: {refusal}");
        }
        assert_eq!(place.text(), text);
    }
    fs::write(&place.path, "{\"version\": 2}").unwrap();
    assert!(matches!(Safe::at(&place.path), Err(KeysError::VaultVersion(2))));
}

#[test]
fn every_change_by_a_stranger_is_seen() {
    let mut place = Place::with(&[("a", "one"), ("b", "two")]);
    let good = place.text();
    let password = place.safe.derive("three").unwrap();
    let changes: [fn(&mut Value); 6] = [
        |file| file["slots"].as_array_mut().unwrap().swap(0, 1),
        |file| file["slots"][1] = file["slots"][5].clone(),
        |file| file["slots"][1]["label"] = file["slots"][5]["label"].clone(),
        |file| file["slots"][9]["key"] = file["slots"][1]["key"].clone(),
        |file| file["slots"][23] = file["slots"][1].clone(),
        |file| file["kdf"]["parallelism"] = json!(1),
    ];
    let (last, real) = changes.split_last().unwrap();
    for change in real {
        fs::write(&place.path, &good).unwrap();
        place.edit(change);
        let before = place.text();
        for refusal in [
            place.label("one").unwrap_err(),
            place.safe.labels(&place.key).unwrap_err(),
            place.safe.set(&place.key, "c", &password).unwrap_err(),
        ] {
            assert!(matches!(refusal, KeysError::VaultCorrupt(_)), "{refusal}");
        }
        assert_eq!(place.text(), before);
    }
    // The same edit of nothing is no damage, so it was not the editing.
    fs::write(&place.path, &good).unwrap();
    place.edit(last);
    assert_eq!(place.label("one").unwrap().as_deref(), Some("a"));
    for change in [
        |file: &mut Value| drop(file["slots"].as_array_mut().unwrap().pop()),
        |file: &mut Value| file["slots"][7]["key"]["text"] = json!("AAAA"),
        |file: &mut Value| file["kdf"]["memoryKiB"] = json!(u32::MAX),
        |file: &mut Value| file["salt"] = json!("AAAA"),
    ] {
        fs::write(&place.path, &good).unwrap();
        place.edit(change);
        assert!(matches!(Safe::at(&place.path), Err(KeysError::VaultCorrupt(_))));
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with(&[("a", "one")]);
    assert_eq!(fs::metadata(&place.path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_file_and_debug_say_nothing() {
    let place = Place::with(&[("secret room", "hunter2")]);
    assert!(!place.text().contains("secret") && !place.text().contains("hunter2"));
    let password = place.safe.derive("hunter2").unwrap();
    assert_eq!(format!("{:?}", place.key), "DataKey { .. }");
    assert_eq!(format!("{password:?}"), "PasswordKey { .. }");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn exactly_the_passwords_that_are_set_open(steps in proptest::collection::vec((0_u8..5, proptest::option::of(0_u8..5)), 0..16)) {
        let mut place = Place::new();
        let mut expected = BTreeMap::new();
        for (label, password) in steps {
            let label = format!("label {label}");
            match password.map(|number| format!("password {number}")) {
                None => {
                    place.safe.remove(&place.key, &label).unwrap();
                    expected.remove(&label);
                }
                Some(password) => {
                    let holder = expected.iter().find(|(_, set)| **set == password).map(|(other, _)| other).cloned();
                    match (place.set(&label, &password), holder) {
                        (Err(KeysError::PasswordTaken(other)), Some(holder)) => {
                            prop_assert!(other == holder && other != label);
                        }
                        (Ok(()), holder) => {
                            prop_assert!(holder.is_none_or(|holder| holder == label));
                            expected.insert(label, password);
                        }
                        (Err(error), _) => prop_assert!(false, "{}", error),
                    }
                }
            }
        }
        prop_assert_eq!(place.safe.labels(&place.key).unwrap(), expected.keys().cloned().collect::<Vec<_>>());
        for number in 0..5 {
            let password = format!("password {number}");
            let label = expected.iter().find(|(_, set)| **set == password).map(|(label, _)| label.clone());
            prop_assert_eq!(place.label(&password).unwrap(), label);
        }
    }

    #[test]
    fn a_flipped_bit_is_damage_or_nothing(position: proptest::sample::Index, bit in 0_u8..8) {
        let place = Place::with(&[("a", "one")]);
        let mut bytes = fs::read(&place.path).unwrap();
        let at = position.index(bytes.len());
        bytes[at] ^= 1 << bit;
        fs::write(&place.path, &bytes).unwrap();
        match place.label("one") {
            // Between members, one blank may turn into another.
            Ok(label) => prop_assert_eq!(label.as_deref(), Some("a")),
            Err(KeysError::VaultCorrupt(_) | KeysError::VaultVersion(_)) => {}
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Record::from_json(&bytes).is_err());
    }
}
