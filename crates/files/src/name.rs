//! Names of files as apps give them. They obey the rules for paths in packages, so that they mean the same on every
//! file system, and are used in their composed form (NFC), so that both spellings of `é` are one file.

use coco_package::path;
use unicode_normalization::UnicodeNormalization as _;

use crate::FilesError;

/// How the names of unfinished files and folders begin. No app can use such a name.
pub(crate) const TEMPORARY: &str = ".part-";

/// Longest name that is looked at, in bytes, before it is composed.
const MAX_INPUT: usize = 4096;

/// The name of a file directly in the folder of an app, composed. `place` is where it was given, such as `fileName`.
pub(crate) fn plain(place: &str, name: &str) -> Result<String, FilesError> {
    if name.contains('/') {
        return Err(FilesError::invalid(format!(
            "{place}: expected a plain name without \"/\""
        )));
    }
    relative(place, name)
}

/// A path below the folder of an app, its names separated by `/`, composed.
pub(crate) fn relative(place: &str, path: &str) -> Result<String, FilesError> {
    if path.len() > MAX_INPUT {
        return Err(FilesError::invalid(format!("{place}: longer than {MAX_INPUT} bytes")));
    }
    let composed: String = path.nfc().collect();
    path::check(&composed).map_err(|rule| FilesError::invalid(format!("{place}: {rule}")))?;
    if composed.split('/').any(|name| name.starts_with(TEMPORARY)) {
        return Err(FilesError::invalid(format!(
            "{place}: names that start with {TEMPORARY:?} are taken"
        )));
    }
    Ok(composed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn plain_names_pass_and_are_composed() {
        for name in ["coco.png", "图片.zip", "a b.tar.gz", ".hidden", &"猫".repeat(85)] {
            assert_eq!(plain("fileName", name).unwrap(), name);
        }
        assert_eq!(plain("fileName", "cafe\u{301}").unwrap(), "caf\u{e9}");
    }

    #[test]
    fn refuses_everything_that_is_not_a_plain_name() {
        for name in [
            "",
            ".",
            "..",
            "a/b",
            "/a",
            "../a",
            "a\\b",
            "C:a",
            "a\nb",
            "a\0",
            "con",
            "NUL.txt",
            "a.",
            "a ",
            "a*",
            ".part-1",
            &"猫".repeat(86),
            &"a".repeat(256),
            &"e\u{301}".repeat(2000),
        ] {
            let error = plain("fileName", name).unwrap_err();
            assert!(
                matches!(&error, FilesError::Invalid(text) if text.starts_with("fileName: ")),
                "{name}: {error}"
            );
        }
    }

    #[test]
    fn paths_stay_below() {
        assert_eq!(relative("path", "image/coco.png").unwrap(), "image/coco.png");
        for path in ["image/../../x", "/etc/passwd", "image//x", "image/", "a/.part-1/b"] {
            assert!(matches!(relative("path", path), Err(FilesError::Invalid(_))), "{path}");
        }
    }
}
