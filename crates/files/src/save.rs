//! Saving pictures and videos where the person keeps theirs (`bridge.md` 3, `saveImage`, `saveVideo`): under a name made
//! here, never in place of another file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use coco_package::path;
use jiff::Zoned;
use jiff::civil::DateTime;
use unicode_normalization::UnicodeNormalization as _;

use crate::FilesError;
use crate::limits::{MAX_FILE, MAX_IMAGE};
use crate::media::{self, Kind};

/// Most characters of an app's name in the name of a file.
const MAX_APP_NAME: usize = 60;

/// What an app is called whose name leaves nothing to write.
const NAMELESS: &str = "CocoAPP";

/// How many files of one second are told apart by a number.
const MAX_SAME_NAME: u32 = 1000;

/// Whether bytes are a whole PNG, GIF or JPEG, as [`save_image`] wants it.
///
/// # Errors
/// [`FilesError::Invalid`] when they are not.
pub fn check_image(bytes: &[u8]) -> Result<(), FilesError> {
    image_kind(bytes).map(|_| ())
}

/// Whether a content is a whole MP4 or MOV, as [`save_video`] wants it.
///
/// # Errors
/// [`FilesError::Invalid`] when it is not, [`FilesError::Failed`] when it cannot be read.
pub fn check_video(content: &mut (impl Read + Seek)) -> Result<(), FilesError> {
    video_kind(content).map(|_| ())
}

fn image_kind(bytes: &[u8]) -> Result<Kind, FilesError> {
    media::image(bytes).map_err(|reason| FilesError::invalid(format!("image: {reason}")))
}

fn video_kind(content: &mut (impl Read + Seek)) -> Result<Kind, FilesError> {
    media::video(content)
        .map_err(|error| FilesError::failed("video", error))?
        .map_err(|reason| FilesError::invalid(format!("video: {reason}")))
}

/// Saves a PNG, GIF or JPEG in `folder`, which is made when it is missing, and returns the path of the new file, such as
/// `<folder>/<app_name> 2026-11-22 14.03.05.png` in local time.
///
/// # Errors
/// [`FilesError::Invalid`] when the content is not a whole picture, [`FilesError::TooLarge`] above [`MAX_IMAGE`] bytes,
/// [`FilesError::Failed`] for the disk.
pub fn save_image(content: impl Read, app_name: &str, folder: &Path) -> Result<PathBuf, FilesError> {
    let mut bytes = Vec::new();
    content
        .take(MAX_IMAGE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| FilesError::failed("image", error))?;
    if bytes.len() as u64 > MAX_IMAGE {
        return Err(FilesError::TooLarge(format!("image: more than {MAX_IMAGE} bytes")));
    }
    let kind = image_kind(&bytes)?;
    let name = file_name(app_name, Zoned::now().datetime());
    store(&mut bytes.as_slice(), &name, kind, folder)
}

/// Saves an MP4 or MOV, likewise.
///
/// # Errors
/// As for [`save_image`]; the bound is [`MAX_FILE`].
pub fn save_video(mut content: impl Read + Seek, app_name: &str, folder: &Path) -> Result<PathBuf, FilesError> {
    let unreadable = |error| FilesError::failed("video", error);
    let kind = video_kind(&mut content)?;
    if content.seek(io::SeekFrom::End(0)).map_err(unreadable)? > MAX_FILE {
        return Err(FilesError::TooLarge(format!("video: more than {MAX_FILE} bytes")));
    }
    content.rewind().map_err(unreadable)?;
    let name = file_name(app_name, Zoned::now().datetime());
    store(&mut content.take(MAX_FILE), &name, kind, folder)
}

/// The name of a new file, without its ending.
fn file_name(app_name: &str, at: DateTime) -> String {
    let time = at.strftime("%Y-%m-%d %H.%M.%S");
    let name = format!("{} {time}", safe(app_name));
    match path::check(&name) {
        Ok(()) => name,
        Err(_) => format!("{NAMELESS} {time}"),
    }
}

/// What of an app's name can be part of a file's on every system, shown as it is.
fn safe(app_name: &str) -> String {
    let kept: String = app_name
        .chars()
        .take(MAX_APP_NAME)
        .map(|c| match c {
            '"' | '*' | '/' | ':' | '<' | '>' | '?' | '\\' | '|' => '_',
            c if c.is_control() || c.is_whitespace() || is_invisible(c) => ' ',
            c => c,
        })
        .nfc()
        .collect();
    let words: Vec<&str> = kept.split(' ').filter(|word| !word.is_empty()).collect();
    let name = words.join(" ");
    match name.trim_matches(['.', ' ', '-']) {
        "" => NAMELESS.to_owned(),
        name => name.to_owned(),
    }
}

/// Characters that are not seen and change how others are: joiners, marks of direction, and the like.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

fn store(content: &mut impl Read, name: &str, kind: Kind, folder: &Path) -> Result<PathBuf, FilesError> {
    let failed = |error| FilesError::failed("saving", error);
    fs::create_dir_all(folder).map_err(failed)?;
    let extension = kind.extension();
    for number in 1..=MAX_SAME_NAME {
        let path = match number {
            1 => folder.join(format!("{name}.{extension}")),
            number => folder.join(format!("{name} ({number}).{extension}")),
        };
        match create(&path) {
            Ok(mut file) => {
                let written = io::copy(content, &mut file).and_then(|_| file.sync_all());
                if let Err(error) = written {
                    // Half a picture is none.
                    let _ = fs::remove_file(&path);
                    return Err(failed(error));
                }
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Err(FilesError::Failed(format!(
        "saving: {MAX_SAME_NAME} files of this name are there"
    )))
}

/// A new file that everyone may read, as other programs make pictures.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o644);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn at() -> DateTime {
        jiff::civil::date(2026, 11, 22).at(14, 3, 5, 0)
    }

    #[test]
    fn names_are_safe_on_every_system() {
        for (app, expected) in [
            ("Hello", "Hello"),
            ("猫 Caf\u{e9}", "猫 Caf\u{e9}"),
            ("a/b\\c:d", "a_b_c_d"),
            ("../../etc", "_.._etc"),
            (".hidden.", "hidden"),
            ("  two \n words\t", "two words"),
            ("photo\u{202e}gpj.exe", "photo gpj.exe"),
            ("zero\u{200b}width", "zero width"),
            ("", "CocoAPP"),
            ("...", "CocoAPP"),
            ("\u{202e}", "CocoAPP"),
            ("con.app", "CocoAPP"),
            ("--help", "help"),
        ] {
            assert_eq!(
                file_name(app, at()),
                format!("{expected} 2026-11-22 14.03.05"),
                "{app:?}"
            );
        }
        assert_eq!(file_name(&"猫".repeat(1000), at()).chars().count(), MAX_APP_NAME + 20);
    }

    #[test]
    fn files_of_one_second_are_numbered() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("a.png"), "the person's").unwrap();
        fs::create_dir(temp.path().join("a (2).png")).unwrap();
        let saved = store(&mut b"new".as_slice(), "a", Kind::Png, temp.path()).unwrap();
        assert_eq!(saved, temp.path().join("a (3).png"));
        assert_eq!(fs::read(&saved).unwrap(), b"new");
        assert_eq!(fs::read(temp.path().join("a.png")).unwrap(), b"the person's");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_way_is_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(temp.path().join("target"), temp.path().join("a.png")).unwrap();
        let saved = store(&mut b"new".as_slice(), "a", Kind::Png, temp.path()).unwrap();
        assert_eq!(saved, temp.path().join("a (2).png"));
        assert!(!temp.path().join("target").exists());
    }

    #[test]
    fn half_a_file_does_not_stay() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        let temp = tempfile::tempdir().unwrap();
        let result = store(&mut b"half".chain(Broken), "a", Kind::Png, temp.path());
        assert!(matches!(result, Err(FilesError::Failed(_))));
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
    }

    proptest! {
        #[test]
        fn every_name_is_one_name(app in "[\\PC\\pC]{0,80}") {
            let name = file_name(&app, at());
            prop_assert_eq!(path::check(&name), Ok(()));
            prop_assert!(!name.contains('/') && !name.starts_with(['.', ' ']));
        }
    }
}
