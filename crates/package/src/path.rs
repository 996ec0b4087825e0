//! The rules for the paths a package may list (`package.md`, verification, path rules), so that a
//! package means the same on every file system and nothing in it can point out of its folder.

use std::collections::BTreeMap;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// The signed list itself, at the root of every package.
pub const CONTENT: &str = "content.json";

/// The developer's list of what was published, beside `content.json`.
pub const PUBLISH_FILES: &str = "publishfiles.json";

/// Longest path, in characters.
pub const MAX_CHARACTERS: usize = 255;

/// Longest name of one file or folder, in bytes of UTF-8: no file system of ours stores more.
const MAX_NAME_BYTES: usize = 255;

const FORBIDDEN: [char; 8] = ['"', '*', ':', '<', '>', '?', '\\', '|'];

/// The rule that a path breaks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PathError {
    /// The path, or a name in it, is empty: also `/` at either end and `//`.
    #[error("has an empty name: paths start without \"/\" and have no \"//\"")]
    Empty,
    /// More than 255 characters, or a name of more than 255 bytes.
    #[error("is longer than {MAX_CHARACTERS} characters, or a name in it than {MAX_NAME_BYTES} bytes")]
    TooLong,
    /// A name is `.` or `..`.
    #[error("has \".\" or \"..\" as a name")]
    Dots,
    /// A control character or one of `"*:<>?\|`.
    #[error("contains the forbidden character {0:?}")]
    Character(char),
    /// A name ends with a dot or a space.
    #[error("has a name that ends with a dot or a space")]
    Ending,
    /// A name that Windows reserves for a device, like `CON` or `lpt1.txt`.
    #[error("has the Windows device name {0:?}")]
    Device(String),
    /// The path equals another after Unicode normalisation and case folding, or one is a folder of the other.
    #[error("cannot be told apart from {0:?} on some systems, or is a file and a folder at once")]
    Clash(String),
}

/// Checks one path by itself.
///
/// # Errors
/// The first rule that it breaks.
pub fn check(path: &str) -> Result<(), PathError> {
    if path.chars().count() > MAX_CHARACTERS {
        return Err(PathError::TooLong);
    }
    if let Some(bad) = path.chars().find(|c| c.is_control() || FORBIDDEN.contains(c)) {
        return Err(PathError::Character(bad));
    }
    path.split('/').try_for_each(check_name)
}

fn check_name(name: &str) -> Result<(), PathError> {
    if name.is_empty() {
        return Err(PathError::Empty);
    }
    if name == "." || name == ".." {
        return Err(PathError::Dots);
    }
    if name.len() > MAX_NAME_BYTES {
        return Err(PathError::TooLong);
    }
    if name.ends_with(['.', ' ']) {
        return Err(PathError::Ending);
    }
    if is_device(name) {
        return Err(PathError::Device(name.to_owned()));
    }
    Ok(())
}

/// Whether Windows takes `name` for a device: case, an extension, and spaces before it make no difference.
fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end_matches(' ')
        .to_uppercase();
    match stem.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" => true,
        _ => ["COM", "LPT"]
            .iter()
            .filter_map(|port| stem.strip_prefix(port))
            .any(|number| {
                matches!(
                    number,
                    "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
                )
            }),
    }
}

/// Checks all paths of one package: each by itself, and that no two of them clash with each other or with `content.json`.
///
/// # Errors
/// The offending path and the rule that it breaks.
pub fn check_all<'a>(paths: impl Iterator<Item = &'a str>) -> Result<(), (String, PathError)> {
    let mut seen = BTreeMap::from([(fold(CONTENT), CONTENT)]);
    for path in paths {
        check(path).map_err(|error| (path.to_owned(), error))?;
        if let Some(other) = seen.insert(fold(path), path) {
            return Err((path.to_owned(), PathError::Clash(other.to_owned())));
        }
    }
    for (folded, path) in &seen {
        let folders = folded.match_indices('/').filter_map(|(at, _)| folded.get(..at));
        for folder in folders {
            if let Some(file) = seen.get(folder) {
                return Err(((*path).to_owned(), PathError::Clash((*file).to_owned())));
            }
        }
    }
    Ok(())
}

/// The key under which paths clash: normalised, case-folded, normalised again (Unicode, canonical caseless matching).
#[must_use]
pub fn fold(path: &str) -> String {
    let normal: String = path.nfd().collect();
    caseless::default_case_fold_str(&normal).nfc().collect()
}

/// Whether all names of a path are of `[A-Za-z0-9]`, dots between extensions aside. Others draw a warning (`package.md`, end).
#[must_use]
pub fn is_plain(path: &str) -> bool {
    path.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '/')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accepts_what_bundlers_and_people_write() {
        for path in [
            "index.html",
            "assets/index-B1x_y2.js",
            "a/b/c/d.txt",
            ".well-known/x",
            "图片/猫.png",
            "a b.txt",
            "~backup",
            "consul.js",
            "com10",
            "lpt",
            "auxiliary/nully.txt",
            "a..b",
            "...a",
            "x.con",
        ] {
            assert_eq!(check(path), Ok(()), "{path:?}");
        }
    }

    #[test]
    fn refuses_traversal_in_every_spelling() {
        for path in ["..", "../a", "a/../b", "a/..", "./a", "a/./b", "."] {
            assert_eq!(check(path), Err(PathError::Dots), "{path:?}");
        }
        for path in ["", "/", "/a", "//a", "a//b", "a/", "/../a", "///"] {
            assert!(matches!(check(path), Err(PathError::Empty)), "{path:?}");
        }
        for path in [
            "\\a",
            "..\\a",
            "a\\..\\b",
            "C:\\x",
            "C:/x",
            "\\\\server\\share",
            "file:///x",
            "a\0b",
            "a\nb",
            "a\u{7f}b",
            "a\u{85}b",
        ] {
            assert!(matches!(check(path), Err(PathError::Character(_))), "{path:?}");
        }
        for path in ["a.", "a ", "a./b", "a /b", "...", ".. ", ". ."] {
            assert_eq!(check(path), Err(PathError::Ending), "{path:?}");
        }
    }

    #[test]
    fn refuses_forbidden_characters_devices_and_length() {
        for c in "\"*:<>?\\|".chars() {
            assert_eq!(check(&format!("a{c}b")), Err(PathError::Character(c)));
        }
        for path in [
            "CON",
            "con",
            "Con.txt",
            "a/nul/b",
            "AUX.tar.gz",
            "com1",
            "LPT9.js",
            "prn .txt",
            "conin$",
            "CONOUT$.x",
            "com¹",
            "lpt0",
        ] {
            assert!(matches!(check(path), Err(PathError::Device(_))), "{path:?}");
        }
        let long = |name: usize| format!("{}/{}", "a".repeat(100), "b".repeat(name));
        assert_eq!(check(&long(154)), Ok(()));
        assert_eq!(check(&long(155)), Err(PathError::TooLong));
        assert_eq!(check(&"猫".repeat(85)), Ok(()));
        assert_eq!(
            check(&"猫".repeat(86)),
            Err(PathError::TooLong),
            "258 bytes in one name"
        );
    }

    #[test]
    fn refuses_paths_that_some_systems_cannot_tell_apart() {
        let clash = |paths: &[&str]| matches!(check_all(paths.iter().copied()), Err((_, PathError::Clash(_))));
        assert!(clash(&["a.txt", "A.TXT"]));
        assert!(clash(&["caf\u{e9}", "cafe\u{301}"]));
        assert!(clash(&["CAF\u{c9}", "cafe\u{301}"]));
        assert!(clash(&["straße", "STRASSE"]));
        assert!(clash(&["\u{212b}", "\u{e5}"]), "the Angstrom sign is an A with a ring");
        assert!(clash(&["content.json"]));
        assert!(clash(&["Content.JSON"]));
        assert!(clash(&["a", "a/b"]));
        assert!(clash(&["A/b/c", "a/B"]));
        assert!(clash(&["content.json/a"]));
        assert!(!clash(&[
            "a/b",
            "a/c",
            "ab",
            "A-c",
            "publishfiles.json",
            "sub/content.json"
        ]));
    }

    #[test]
    fn plain_names() {
        assert!(is_plain("assets/app.min.js"));
        assert!(!is_plain("assets/app-1.js"));
        assert!(!is_plain("a_b"));
        assert!(!is_plain("猫"));
    }

    proptest! {
        #[test]
        fn what_passes_stays_inside_on_every_system(path in "[a-zA-Z./\\\\: ~\u{0}-\u{20}éß]{0,20}") {
            if check(&path).is_ok() {
                let joined = std::path::Path::new("root").join(&path);
                prop_assert!(joined.components().all(|part| matches!(part, std::path::Component::Normal(_))));
                prop_assert!(!path.contains('\\') && !path.contains(':'));
                prop_assert_eq!(joined.components().count(), path.split('/').count() + 1);
            }
        }

        #[test]
        fn folding_ignores_case_and_form(path in "\\PC{1,20}") {
            let composed: String = path.nfc().collect();
            let decomposed: String = path.nfd().collect();
            prop_assert_eq!(fold(&composed), fold(&decomposed));
            prop_assert_eq!(fold(&path), fold(&path.to_ascii_uppercase()));
        }
    }
}
