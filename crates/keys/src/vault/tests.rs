#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::Address;

const MNEMONIC: &str = "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic";

/// A folder of its own with the vault of a known person in it.
struct Place {
    folder: TempDir,
    path: PathBuf,
}

impl Place {
    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("identity.json");
        Self { folder, path }
    }

    /// With a vault whose password costs nothing.
    fn with_vault(password: &str) -> (Self, Vault) {
        let place = Self::empty();
        let person = Identity::from_mnemonic(MNEMONIC).unwrap();
        let vault = Vault::create_with(&place.path, &person, password, Kdf::CHEAP).unwrap();
        (place, vault)
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
        let whole: Result<format::Whole, _> = serde_json::from_value(value.clone());
        if let Ok(whole) = whole {
            value["checksum"] = json!(whole.right_checksum());
        }
        fs::write(&self.path, value.to_string()).unwrap();
    }
}

#[test]
fn a_person_comes_back() {
    let place = Place::empty();
    assert!(!Vault::exists(&place.path));
    let person = Identity::generate().unwrap();
    let vault = Vault::create(&place.path, &person, "correct horse").unwrap();
    assert!(Vault::exists(&place.path));
    assert_eq!(vault.unlock("correct horse").unwrap().mnemonic(), person.mnemonic());

    let again = Vault::open(&place.path).unwrap();
    let app = Address::from_hash160([1; 20]);
    assert_eq!(
        again
            .unlock("correct horse")
            .unwrap()
            .app_account(&app, 0)
            .unwrap()
            .address(),
        person.app_account(&app, 0).unwrap().address()
    );
    assert!(matches!(again.unlock("Correct horse"), Err(KeysError::WrongPassword)));
    let kdf = &serde_json::from_str::<Value>(&place.text()).unwrap()["kdf"];
    assert_eq!(*kdf, json!({"memoryKiB": 65536, "iterations": 3, "parallelism": 1}));
}

#[test]
fn a_file_of_today_can_be_read_for_ever() {
    // Written by other implementations: Argon2's reference code and libsodium, from the format's description.
    let place = Place::empty();
    fs::write(&place.path, include_str!("fixture-v1.json")).unwrap();
    let person = Vault::open(&place.path).unwrap().unlock("pässword 1").unwrap();
    assert_eq!(*person.mnemonic(), MNEMONIC);
}

#[test]
fn nothing_is_ever_overwritten_by_a_new_one() {
    let (place, _) = Place::with_vault("old");
    let before = place.text();
    let person = Identity::generate().unwrap();
    let refusal = Vault::create_with(&place.path, &person, "new", Kdf::CHEAP).unwrap_err();
    assert!(matches!(refusal, KeysError::VaultExists(path) if path == place.path));
    assert_eq!(place.text(), before);

    // Also not if it appeared between looking and writing.
    let refusal = file::write(&place.path, b"x", Replace::Never).unwrap_err();
    assert!(matches!(refusal, KeysError::VaultExists(_)));
    assert_eq!(place.text(), before);
    assert_eq!(place.names(), ["identity.json"]);
}

#[cfg(unix)]
#[test]
fn a_broken_link_is_something_too() {
    let place = Place::empty();
    std::os::unix::fs::symlink("/nonexistent", &place.path).unwrap();
    assert!(Vault::exists(&place.path));
    let person = Identity::generate().unwrap();
    assert!(matches!(
        Vault::create_with(&place.path, &person, "", Kdf::CHEAP),
        Err(KeysError::VaultExists(_))
    ));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let (place, mut vault) = Place::with_vault("a");
    let mode = || fs::metadata(&place.path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    vault.change_password_with("a", "b", Kdf::CHEAP).unwrap();
    assert_eq!(mode(), 0o600);
}

#[test]
fn a_new_password_replaces_the_old_one() {
    let (place, mut vault) = Place::with_vault("old");
    let other = Vault::open(&place.path).unwrap();
    let identity = |text: &str| serde_json::from_str::<Value>(text).unwrap()["identity"].clone();
    let before = place.text();

    assert!(matches!(
        vault.change_password_with("wrong", "new", Kdf::CHEAP),
        Err(KeysError::WrongPassword)
    ));
    assert_eq!(place.text(), before);

    vault.change_password_with("old", "new", Kdf::CHEAP).unwrap();
    assert_eq!(identity(&place.text()), identity(&before));
    assert_eq!(*vault.unlock("new").unwrap().mnemonic(), MNEMONIC);
    // Another handle of the same file sees it too.
    assert!(matches!(other.unlock("old"), Err(KeysError::WrongPassword)));
    assert_eq!(*other.unlock("new").unwrap().mnemonic(), MNEMONIC);
    assert_eq!(place.names(), ["identity.json"]);
}

#[test]
fn passwords_are_the_same_however_they_were_typed() {
    let (_place, vault) = Place::with_vault("caf\u{e9} 密码");
    assert!(vault.unlock("cafe\u{301} 密码").is_ok());
    assert!(vault.unlock("cafe 密码").is_err());
}

#[test]
fn what_is_not_there_is_missing() {
    let place = Place::empty();
    assert!(matches!(
        Vault::open(&place.path),
        Err(KeysError::VaultMissing(path)) if path == place.path
    ));
    let person = Identity::generate().unwrap();
    let nowhere = place.folder.path().join("no/such/folder");
    assert!(matches!(
        Vault::create_with(&nowhere, &person, "", Kdf::CHEAP),
        Err(KeysError::Io { .. })
    ));
}

#[test]
fn another_version_is_not_damage() {
    let (place, mut vault) = Place::with_vault("a");
    fs::write(&place.path, r#"{"version": 2, "sealed": "differently"}"#).unwrap();
    assert!(matches!(Vault::open(&place.path), Err(KeysError::VaultVersion(2))));
    let before = place.text();
    assert!(matches!(
        vault.change_password_with("a", "b", Kdf::CHEAP),
        Err(KeysError::VaultVersion(2))
    ));
    assert_eq!(place.text(), before);
}

#[test]
fn a_damaged_file_is_told_from_a_wrong_password_and_kept() {
    let (place, mut vault) = Place::with_vault("a");
    let good = place.text();
    let mut bad: Vec<Vec<u8>> = [
        "",
        "{}",
        "null",
        "[1]",
        "{\"version\":\"1\"}",
        "{\"version\":-1}",
        "{\"version\":1}",
        &good.replace("identity", "person"),
        &good.replacen('{', "{\"version\": 1,", 1),
        &good.replacen('{', "{\"extra\": 1,", 1),
        good.trim_end_matches("\"\n}\n"),
        &"[".repeat(10_000),
        &format!("{good}{}", " ".repeat(20_000)),
        &format!("{good}x"),
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    bad.push(vec![0xff; 100]);
    bad.push(vec![0; 500]);
    for bytes in bad {
        fs::write(&place.path, &bytes).unwrap();
        let shown = String::from_utf8_lossy(&bytes);
        for refusal in [
            Vault::open(&place.path).unwrap_err(),
            vault.unlock("a").unwrap_err(),
            vault.change_password_with("a", "b", Kdf::CHEAP).unwrap_err(),
        ] {
            assert!(matches!(refusal, KeysError::VaultCorrupt(_)), "{shown:.80}: {refusal}");
        }
        assert_eq!(fs::read(&place.path).unwrap(), bytes);
    }
}

#[test]
fn a_folder_in_its_place_is_damage() {
    let place = Place::empty();
    fs::create_dir(&place.path).unwrap();
    assert!(matches!(Vault::open(&place.path), Err(KeysError::VaultCorrupt(_))));
}

#[test]
fn parameters_from_the_file_are_bounded() {
    for (member, value) in [
        ("memoryKiB", 7),
        ("memoryKiB", 1024 * 1024 + 1),
        ("memoryKiB", u64::from(u32::MAX)),
        ("memoryKiB", u64::MAX),
        ("iterations", 0),
        ("iterations", 17),
        ("parallelism", 0),
        ("parallelism", 17),
        // Eight KiB are not enough for two lanes.
        ("parallelism", 2),
    ] {
        let (place, vault) = Place::with_vault("a");
        place.edit(|file| file["kdf"][member] = json!(value));
        assert!(
            matches!(vault.unlock("a"), Err(KeysError::VaultCorrupt(_))),
            "{member} {value}"
        );
    }
    let gigabyte = Kdf {
        memory_kib: 1024 * 1024,
        iterations: 16,
        parallelism: 16,
    };
    assert!(gigabyte.is_acceptable() && Kdf::STANDARD.is_acceptable());
}

#[test]
fn seals_cannot_be_exchanged_or_altered() {
    let (place, vault) = Place::with_vault("a");
    let good: Value = serde_json::from_str(&place.text()).unwrap();

    // The identity of somebody else, under another data key.
    let (foreign, _) = Place::with_vault("a");
    let foreign: Value = serde_json::from_str(&foreign.text()).unwrap();
    place.edit(|file| file["identity"] = foreign["identity"].clone());
    assert!(matches!(vault.unlock("a"), Err(KeysError::VaultCorrupt(_))));

    for member in ["key", "identity"] {
        for part in ["nonce", "text"] {
            for value in ["", "AAAA", "not Base64", &"A".repeat(64)] {
                fs::write(&place.path, good.to_string()).unwrap();
                place.edit(|file| file[member][part] = json!(value));
                let refusal = vault.unlock("a").unwrap_err();
                assert!(
                    matches!(
                        (member, &refusal),
                        ("key", KeysError::WrongPassword) | ("identity", KeysError::VaultCorrupt(_))
                    ),
                    "{member}.{part} {value}: {refusal}"
                );
            }
        }
    }
    for salt in ["", "AAAA", "not Base64"] {
        fs::write(&place.path, good.to_string()).unwrap();
        place.edit(|file| file["salt"] = json!(salt));
        assert!(matches!(vault.unlock("a"), Err(KeysError::VaultCorrupt(_))));
    }
}

#[test]
fn the_file_and_debug_say_nothing() {
    let (place, vault) = Place::with_vault("hunter2");
    let shown = format!("{vault:?}");
    assert!(!shown.contains("hunter2") && shown.starts_with("Vault { path: "));
    let text = place.text();
    assert!(!text.contains("hunter2") && !text.contains("ozone"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_person_and_password_come_back(bytes: [u8; 32], length in 4_usize..=8, password in "\\PC{0,40}", other in "\\PC{0,40}") {
        let place = Place::empty();
        let person = Identity::from_entropy(Zeroizing::new(bytes[..4 * length].to_vec())).unwrap();
        let mut vault = Vault::create_with(&place.path, &person, &password, Kdf::CHEAP).unwrap();
        prop_assert_eq!(vault.unlock(&password).unwrap().mnemonic(), person.mnemonic());
        vault.change_password_with(&password, &other, Kdf::CHEAP).unwrap();
        prop_assert_eq!(vault.unlock(&other).unwrap().mnemonic(), person.mnemonic());
        let wrong = other + "x";
        prop_assert!(vault.unlock(&wrong).is_err());
    }

    #[test]
    fn a_flipped_bit_is_damage_or_nothing(position: proptest::sample::Index, bit in 0_u8..8) {
        let (place, vault) = Place::with_vault("a");
        let mut bytes = fs::read(&place.path).unwrap();
        let at = position.index(bytes.len());
        bytes[at] ^= 1 << bit;
        fs::write(&place.path, &bytes).unwrap();
        match vault.unlock("a") {
            // Between members, one blank may turn into another.
            Ok(person) => prop_assert_eq!(&*person.mnemonic(), MNEMONIC),
            Err(KeysError::VaultCorrupt(_) | KeysError::VaultVersion(_)) => {}
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Record::from_json(&bytes).is_err());
    }
}
