//! ZIPs as people make them, and as attackers do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::error::{FileError, PackageError};
use crate::limits::{MAX_ZIP, MAX_ZIP_CONTENT, MAX_ZIP_ENTRIES};
use crate::source::Source;
use crate::testing::{NOW, TestApp, at, patch, raw_zip, zip_bytes, zip_file};
use crate::verify::{Downgrade, Verified, verify};

fn verify_at(path: &Path) -> Result<Verified, PackageError> {
    verify(&Source::open(path)?, at(NOW), None, Downgrade::Refuse)
}

/// Why these bytes are refused as a ZIP.
fn refusal(bytes: &[u8]) -> String {
    let (_temp, path) = raw_zip(bytes);
    match Source::open(&path) {
        Err(PackageError::Open { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

fn app() -> TestApp {
    TestApp::new().file("sub/a.txt", b"a").signed(NOW)
}

/// The app's entries and one more with this name.
fn with_entry(name: &str) -> Vec<(String, Vec<u8>)> {
    let mut entries = app().entries("");
    entries.push((name.to_owned(), b"x".to_vec()));
    entries
}

#[test]
fn files_at_the_root_or_in_one_top_folder() {
    let app = app();
    for prefix in ["", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH/", "猫/"] {
        let (_temp, path) = zip_file(&app.entries(prefix));
        let verified = verify_at(&path).unwrap();
        assert_eq!(verified.content, app.verify().unwrap().content, "{prefix:?}");
    }
    let mut entries = app.entries("top/");
    entries.push(("__MACOSX/._index.html".into(), vec![]));
    let (_temp, path) = zip_file(&entries);
    verify_at(&path).unwrap();
    assert!(
        !Source::open(&path)
            .unwrap()
            .names()
            .unwrap()
            .iter()
            .any(|name| name.contains("MACOSX"))
    );

    let (_temp, path) = zip_file(&app.entries("two/folders/"));
    assert_eq!(verify_at(&path).unwrap_err().step(), "parse");
    let (_temp, path) = zip_file(&[app.entries("one/"), app.entries("two/")].concat());
    assert_eq!(verify_at(&path).unwrap_err().step(), "parse", "which of the two?");
}

#[test]
fn zips_of_other_programs_are_read() {
    let app = app();
    let temp = tempfile::tempdir().unwrap();
    let script = "import shutil, sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])";
    let made = Command::new("python3")
        .args(["-c", script])
        .arg(temp.path().join("app"))
        .arg(app.path())
        .status()
        .expect("python3 is needed");
    assert!(made.success());
    assert_eq!(
        verify_at(&temp.path().join("app.zip")).unwrap().content,
        app.verify().unwrap().content
    );

    // As a program writes that cannot seek in its output: sizes follow the data.
    let mut zip = ZipWriter::new_stream(Vec::new());
    zip.add_directory("top/", SimpleFileOptions::default()).unwrap();
    for (name, bytes) in app.entries("top/") {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    let (_temp, path) = raw_zip(&zip.finish().unwrap().into_inner());
    assert_eq!(verify_at(&path).unwrap().content, app.verify().unwrap().content);
}

#[test]
fn unlisted_entries_do_no_harm() {
    let (_temp, path) = zip_file(&with_entry("unlisted.txt"));
    verify_at(&path).unwrap();
}

#[test]
fn refuses_names_that_point_elsewhere() {
    for name in [
        "../evil",
        "/etc/evil",
        "a/../../evil",
        "..\\evil",
        "C:\\evil",
        "C:/evil",
        "a//b",
        "./a",
        "con",
        "a.",
        "sub/A.txt",
        "index.html/x",
        "a\u{0}b",
        "..%2f:",
    ] {
        let marker = "N".repeat(name.len());
        let bytes = patch(zip_bytes(&with_entry(&marker)), &marker, name);
        let reason = refusal(&bytes);
        assert!(reason.contains("entry"), "{name}: {reason}");
    }
    let mut beside = app().entries("top/");
    beside.push(("NNNNNNN".into(), vec![]));
    assert!(refusal(&patch(zip_bytes(&beside), "NNNNNNN", "../evil")).contains("entry"));
    let dots = zip_bytes(&app().entries("NN/"));
    assert!(refusal(&patch(dots, "NN/", "../")).contains("entry"));
}

#[test]
fn refuses_two_entries_of_one_name() {
    let bytes = patch(zip_bytes(&with_entry("indey.html")), "indey.html", "index.html");
    assert!(refusal(&bytes).contains("duplicate"));
    assert!(refusal(&zip_bytes(&with_entry("INDEX.html"))).contains("told apart"));
    assert!(
        refusal(&zip_bytes(
            &[with_entry("cafe\u{301}"), vec![("caf\u{e9}".into(), vec![])]].concat()
        ))
        .contains("told apart")
    );
}

#[test]
fn refuses_links_and_encryption() {
    let with = |add: fn(&mut ZipWriter<Cursor<Vec<u8>>>)| {
        let mut zip = ZipWriter::new_append(Cursor::new(zip_bytes(&app().entries("")))).unwrap();
        add(&mut zip);
        zip.finish().unwrap().into_inner()
    };
    let link = with(|zip| {
        zip.add_symlink("link", "/etc/passwd", SimpleFileOptions::default())
            .unwrap()
    });
    assert!(refusal(&link).contains("link"));
    // The flag for encryption, set in both headers of one entry.
    let mut bytes = zip_bytes(&with_entry("unlisted"));
    let headers: Vec<usize> = bytes
        .windows(8)
        .enumerate()
        .filter(|(at, _)| bytes[*at..].starts_with(b"PK\x03\x04") || bytes[*at..].starts_with(b"PK\x01\x02"))
        .map(|(at, window)| at + if window[2] == 3 { 6 } else { 8 })
        .collect();
    for at in headers {
        bytes[at] |= 1;
    }
    assert!(refusal(&bytes).contains("encrypted"));
}

#[test]
fn refuses_bombs() {
    let zeros = vec![0; 8 * 1024 * 1024];
    let bomb = zip_bytes(&[app().entries(""), vec![("zeros".into(), zeros.clone())]].concat());
    assert!(bomb.len() < 40_000);
    assert!(refusal(&bomb).contains("times its size"));

    // A size that is claimed: what is not compressed cannot have a suspicious ratio.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(
        "big",
        SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored),
    )
    .unwrap();
    zip.write_all(&vec![1; MAX_ZIP as usize]).unwrap();
    assert!(refusal(&zip.finish().unwrap().into_inner()).contains("larger than"));

    let many: Vec<_> = (0..=MAX_ZIP_CONTENT / zeros.len() as u64)
        .map(|index| (format!("zeros{index}"), zeros.clone()))
        .collect();
    assert!(refusal(&zip_bytes(&many)).contains("unpacks to more than"));
}

#[test]
fn refuses_a_size_that_the_directory_hides() {
    // The list says 4 bytes, the ZIP's headers too, the data unpacks to more.
    let app = TestApp::new().file("a.txt", b"aaaa").signed(NOW);
    let mut entries = app.entries("");
    let target = entries.iter_mut().find(|(name, _)| name == "a.txt").unwrap();
    target.1 = b"a".repeat(40_000);
    let size = 40_000_u32.to_le_bytes();
    let bytes = zip_bytes(&entries);
    let places: Vec<usize> = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == size)
        .map(|(at, _)| at)
        .collect();
    assert_eq!(places.len(), 2);
    let mut lying = bytes;
    for at in places {
        lying[at..at + 4].copy_from_slice(&4_u32.to_le_bytes());
    }
    let (_temp, path) = raw_zip(&lying);
    assert_eq!(verify_at(&path).unwrap_err().step(), "files");
}

#[test]
fn ten_thousand_entries_are_fine_and_too_many_are_not() {
    let mut entries = app().entries("");
    entries.extend((0..10_000).map(|index| (format!("e{index}"), Vec::new())));
    let (_temp, path) = zip_file(&entries);
    verify_at(&path).unwrap();
    entries.extend((0..MAX_ZIP_ENTRIES).map(|index| (format!("f{index}"), Vec::new())));
    assert!(refusal(&zip_bytes(&entries)).contains("entries"));
}

#[test]
fn refuses_half_written_and_foreign_files() {
    let bytes = zip_bytes(&app().entries(""));
    for length in [0, 1, 4, 30, bytes.len() / 2, bytes.len() - 23, bytes.len() - 1] {
        refusal(&bytes[..length]);
    }
    refusal(b"hello");
    assert!(matches!(
        Source::open(Path::new("/nowhere/at/all")),
        Err(PackageError::Open { .. })
    ));
    #[cfg(unix)]
    assert!(matches!(
        Source::open(Path::new("/dev/zero")),
        Err(PackageError::Open { .. })
    ));
}

#[test]
fn damaged_data_is_found() {
    let app = TestApp::new().file("a.txt", b"some text that is stored").signed(NOW);
    let (_temp, path) = zip_file(&app.entries(""));
    let content = Source::open(&path).unwrap().content().unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in app.entries("") {
        zip.start_file(
            name,
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored),
        )
        .unwrap();
        zip.write_all(&bytes).unwrap();
    }
    let damaged = patch(zip.finish().unwrap().into_inner(), "some text", "some tixt");
    let (_temp, path) = raw_zip(&damaged);
    assert_eq!(content.files().len(), 3);
    assert!(matches!(
        verify_at(&path),
        Err(PackageError::File {
            reason: FileError::Unreadable(_),
            ..
        })
    ));
}

#[test]
fn what_was_opened_is_what_is_read() {
    let (_temp, path) = zip_file(&app().entries(""));
    let source = Source::open(&path).unwrap();
    fs::write(&path, "something else").unwrap();
    verify(&source, at(NOW), None, Downgrade::Refuse).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_damage_makes_it_panic_or_pass_as_another_package(place: prop::sample::Index, byte: u8) {
        let app = TestApp::new().signed(NOW);
        let mut bytes = zip_bytes(&app.entries(""));
        let at = place.index(bytes.len());
        bytes[at] = byte;
        let (_temp, path) = raw_zip(&bytes);
        if let Ok(verified) = verify_at(&path) {
            prop_assert_eq!(verified.content, app.verify().unwrap().content);
        }
    }
}
