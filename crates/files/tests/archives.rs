//! Archives as people make them, and as attackers do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod common;

use std::fs;
use std::io::{Cursor, Write as _};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use coco_files::limits::{MAX_DEPTH, MAX_ENTRIES, MAX_UNPACKED};
use coco_files::{FilesError, Settings};
use proptest::prelude::*;
use zip::write::{FullFileOptions, SimpleFileOptions};
use zip::{CompressionMethod, ZipWriter};

use common::{Place, app};

fn place() -> Place {
    Place::new(Settings::default())
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        if name.ends_with('/') {
            zip.add_directory(*name, SimpleFileOptions::default()).unwrap();
        } else {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

/// Where `what` lies in `bytes`.
fn places_of(bytes: &[u8], what: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|at| bytes[*at..].starts_with(what)).collect()
}

/// Replaces every occurrence by something as long: what no writer would write.
fn patch(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places = places_of(&bytes, from);
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

/// The same number in another place of each local and each central header.
fn patch_headers(mut bytes: Vec<u8>, local: usize, central: usize, change: impl Fn(u8) -> u8) -> Vec<u8> {
    for (signature, offset) in [(b"PK\x03\x04", local), (b"PK\x01\x02", central)] {
        for at in places_of(&bytes, signature) {
            bytes[at + offset] = change(bytes[at + offset]);
        }
    }
    bytes
}

/// Why these bytes are refused, after making sure that nothing of them is left.
fn refusal(bytes: &[u8]) -> String {
    let place = place();
    place.put("a.zip", bytes);
    match place.downloads.extract(&app(), "a.zip") {
        Err(FilesError::Invalid(reason)) => {
            assert_eq!(place.tree(), ["a.zip"], "{reason}");
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn files_and_folders_are_unpacked() {
    let place = place();
    let big = vec![7; 300_000];
    place.put(
        "photos.zip",
        &zip_of(&[
            ("a.txt", b"a"),
            ("image/coco.png", b"png"),
            ("empty/", b""),
            ("image/deep/猫.txt", "猫".as_bytes()),
            ("image/deep/", b""),
            ("big", &big),
            ("none", b""),
        ]),
    );
    assert_eq!(place.downloads.extract(&app(), "photos.zip").unwrap(), "photos");
    assert_eq!(
        place.tree(),
        [
            "photos",
            "photos.zip",
            "photos/a.txt",
            "photos/big",
            "photos/empty",
            "photos/image",
            "photos/image/coco.png",
            "photos/image/deep",
            "photos/image/deep/猫.txt",
            "photos/none"
        ]
    );
    assert_eq!(place.read("photos/big"), big);
    assert_eq!(place.read("photos/image/deep/猫.txt"), "猫".as_bytes());
    place.downloads.open_file(&app(), "photos/image/coco.png").unwrap();
    assert!(place.heard.all().is_empty(), "only downloads are told");
}

#[test]
fn both_spellings_of_a_name_find_the_file() {
    let place = place();
    place.put("a.zip", &zip_of(&[("cafe\u{301}.txt", b"x")]));
    place.downloads.extract(&app(), "a.zip").unwrap();
    for name in ["a/cafe\u{301}.txt", "a/caf\u{e9}.txt"] {
        place.downloads.open_file(&app(), name).unwrap();
    }
}

#[test]
fn archives_of_other_programs_are_unpacked() {
    let place = place();
    place.put("plain.txt", b"hello");
    let script = "import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    z.write(sys.argv[2], 'top/\u{e9}.txt')
    with z.open('top/large', 'w', force_zip64=True) as f: f.write(b'zip64')
    z.writestr('top/stored', b'stored', zipfile.ZIP_STORED)";
    let made = Command::new("python3")
        .args(["-c", script])
        .args([place.folder().join("a.zip"), place.folder().join("plain.txt")])
        .status()
        .expect("python3 is needed");
    assert!(made.success());
    place.downloads.extract(&app(), "a.zip").unwrap();
    assert_eq!(place.read("a/top/\u{e9}.txt"), b"hello");
    assert_eq!(place.read("a/top/large"), b"zip64");
    assert_eq!(place.read("a/top/stored"), b"stored");

    // As a program writes that cannot seek in its output: sizes follow the data.
    let mut zip = ZipWriter::new_stream(Vec::new());
    zip.start_file("b", SimpleFileOptions::default().large_file(true))
        .unwrap();
    zip.write_all(b"streamed").unwrap();
    place.put("b.zip", &zip.finish().unwrap().into_inner());
    place.downloads.extract(&app(), "b.zip").unwrap();
    assert_eq!(place.read("b/b"), b"streamed");

    place.put("empty.zip", &zip_of(&[]));
    place.downloads.extract(&app(), "empty.zip").unwrap();
    assert!(place.folder().join("empty").is_dir());
}

#[test]
fn the_folder_is_named_like_the_archive() {
    let place = place();
    let zip = zip_of(&[("inner.zip", &zip_of(&[("x", b"x")]))]);
    for (archive, folder) in [
        ("a.zip", "a"),
        ("b.ZIP", "b"),
        ("c.tar.zip", "c.tar"),
        ("d.cbz", "d.cbz-extracted"),
        ("e", "e-extracted"),
        (".zip", ".zip-extracted"),
        ("f..zip", "f..zip-extracted"),
        ("猫zip", "猫zip-extracted"),
    ] {
        place.put(archive, &zip);
        assert_eq!(place.downloads.extract(&app(), archive).unwrap(), folder);
        assert!(place.folder().join(folder).join("inner.zip").is_file(), "{archive}");
    }
    assert_eq!(place.downloads.extract(&app(), "a/inner.zip").unwrap(), "a/inner");
    assert_eq!(place.read("a/inner/x"), b"x");
}

#[test]
fn an_older_folder_is_replaced_as_a_whole_or_not_at_all() {
    let place = place();
    place.put("a.zip", &zip_of(&[("old", b"old"), ("both", b"old")]));
    place.downloads.extract(&app(), "a.zip").unwrap();
    let mut damaged = zip_of(&[("both", b"new"), ("new", b"new")]);
    damaged.truncate(damaged.len() - 30);
    place.put("a.zip", &damaged);
    assert!(matches!(
        place.downloads.extract(&app(), "a.zip"),
        Err(FilesError::Invalid(_))
    ));
    assert_eq!(place.tree(), ["a", "a.zip", "a/both", "a/old"]);
    assert_eq!(place.read("a/both"), b"old");

    place.put("a.zip", &zip_of(&[("new", b"new"), ("both", b"new")]));
    place.downloads.extract(&app(), "a.zip").unwrap();
    assert_eq!(place.tree(), ["a", "a.zip", "a/both", "a/new"]);
    assert_eq!(place.read("a/both"), b"new");
}

#[test]
fn a_file_in_the_way_stays() {
    let place = place();
    place.put("a", b"file");
    place.put("a.zip", &zip_of(&[("x", b"x")]));
    let result = place.downloads.extract(&app(), "a.zip");
    assert!(
        matches!(&result, Err(FilesError::Invalid(reason)) if reason.starts_with("archivePath: ")),
        "{result:?}"
    );
    assert_eq!(place.tree(), ["a", "a.zip"]);
    assert_eq!(place.read("a"), b"file");
}

#[test]
fn what_is_not_there_or_elsewhere_is_not_unpacked() {
    let place = place();
    assert!(matches!(
        place.downloads.extract(&app(), "a.zip"),
        Err(FilesError::NotFound(_))
    ));
    place.put("a.zip", b"");
    fs::create_dir(place.folder().join("b.zip")).unwrap();
    fs::write(place.temp.path().join("outside.zip"), zip_of(&[("x", b"x")])).unwrap();
    for path in ["b.zip", "missing/a.zip"] {
        assert!(
            matches!(place.downloads.extract(&app(), path), Err(FilesError::NotFound(_))),
            "{path}"
        );
    }
    for path in ["../outside.zip", "/a.zip", "", "a.zip/", "b.zip/../a.zip", ".part-0"] {
        assert!(
            matches!(place.downloads.extract(&app(), path), Err(FilesError::Invalid(_))),
            "{path}"
        );
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../outside.zip", place.folder().join("link.zip")).unwrap();
        assert!(matches!(
            place.downloads.extract(&app(), "link.zip"),
            Err(FilesError::NotFound(_))
        ));
    }
}

#[test]
fn names_that_point_elsewhere_are_refused() {
    for name in [
        "../evil",
        "/etc/evil",
        "a/../../evil",
        "a/..",
        "..\\evil",
        "C:\\evil",
        "C:/evil",
        "\\\\s\\evil",
        "a//b",
        "./a",
        "con",
        "a/NUL.txt",
        "a.",
        "a ",
        "a\u{0}b",
        "a\nb",
        ".part-9",
        "a/.part-9/b",
        "../",
        "/",
    ] {
        let marker = "N".repeat(name.len());
        let zip = zip_of(&[("fine", b"fine"), (&marker, b"evil")]);
        let reason = refusal(&patch(zip, marker.as_bytes(), name.as_bytes()));
        assert!(reason.contains("entry") || reason.contains("ZIP"), "{name}: {reason}");
    }
    let zip = patch(zip_of(&[("NN", b"")]), b"NN", b"\xff\xfe");
    assert!(refusal(&zip).contains("not UTF-8"));
    let deep = format!("{}x", "d/".repeat(MAX_DEPTH));
    assert!(refusal(&zip_of(&[(&deep, b"")])).contains("nested deeper"));
    refusal(&zip_of(&[(&"n".repeat(256), b"")]));
    let place = place();
    place.put("a.zip", &zip_of(&[(&format!("{}x", "d/".repeat(MAX_DEPTH - 1)), b"")]));
    place.downloads.extract(&app(), "a.zip").unwrap();
}

#[test]
fn names_that_cannot_be_told_apart_are_refused() {
    for entries in [
        [("readme", ""), ("README", "")],
        [("caf\u{e9}", ""), ("cafe\u{301}", "")],
        [("Folder/a", ""), ("folder/b", "")],
        [("a", ""), ("a/b", "")],
        [("a/b", ""), ("a", "")],
        [("a/b", ""), ("A/", "")],
    ] {
        let entries = entries.map(|(name, text)| (name, text.as_bytes()));
        assert!(refusal(&zip_of(&entries)).contains("told apart"), "{entries:?}");
    }
    let twice = patch(zip_of(&[("one", b"1"), ("two", b"2")]), b"two", b"one");
    refusal(&twice);
}

#[test]
fn links_devices_and_locked_entries_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("link", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let reason = refusal(&zip.finish().unwrap().into_inner());
    assert!(reason.contains("\"link\"") && reason.contains("a link"), "{reason}");

    let zip = zip_of(&[("device", b"")]);
    let at = places_of(&zip, b"PK\x01\x02")[0];
    for kind in [0o020_000_u32, 0o060_000, 0o010_000, 0o140_000] {
        let mut zip = zip.clone();
        zip[at + 38..at + 42].copy_from_slice(&((kind | 0o644) << 16).to_le_bytes());
        assert!(refusal(&zip).contains("a link or a device"), "{kind:o}");
    }
    let locked = patch_headers(zip_of(&[("locked", b"text")]), 6, 8, |flags| flags | 1);
    assert!(refusal(&locked).contains("encrypted"));
    let strange = patch_headers(zip_of(&[("strange", b"text")]), 8, 10, |_| 12);
    assert!(refusal(&strange).contains("another method"));
}

#[cfg(unix)]
#[test]
fn rights_come_from_the_person_and_not_from_the_archive() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = place();
    let zip = zip_of(&[("tool", b"#!/bin/sh"), ("plain", b"")]);
    let at = places_of(&zip, b"PK\x01\x02")[0];
    let mut zip = zip;
    zip[at + 38..at + 42].copy_from_slice(&(0o104_755_u32 << 16).to_le_bytes());
    place.put("a.zip", &zip);
    place.downloads.extract(&app(), "a.zip").unwrap();
    let mode = |name: &str| fs::metadata(place.folder().join(name)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode("a/tool"), mode("a/plain"));
    assert_eq!(mode("a/tool") & !0o666, 0);
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![0; 8 * 1024 * 1024];
    assert!(refusal(&zip_of(&[("zeros", &zeros)])).contains("times its size"));
    // Small enough to be harmless, however well it packs.
    let place = place();
    place.put("a.zip", &zip_of(&[("zeros", &zeros[..1024 * 1024])]));
    place.downloads.extract(&app(), "a.zip").unwrap();

    let names: Vec<String> = (0..=MAX_ENTRIES).map(|index| format!("e{index}")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert!(refusal(&zip_of(&many)).contains("at most 10000"));
    // As many as allowed: refused for another reason.
    let allowed = patch(zip_of(&many[..MAX_ENTRIES]), b"e9999", b"../ab");
    assert!(refusal(&allowed).contains("\"../ab\""));

    // A directory that is large by what nobody looks at.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..80 {
        let options = FullFileOptions::default().with_file_comment("c".repeat(60_000));
        zip.start_file(format!("e{index}"), options).unwrap();
    }
    assert!(refusal(&zip.finish().unwrap().into_inner()).contains("its directory is larger"));

    // The claimed sizes alone are enough.
    let mut zip = zip_of(&[("a", b"x"), ("b", b"x")]);
    let size = (u32::try_from(MAX_UNPACKED).unwrap()).to_le_bytes();
    for at in places_of(&zip, b"PK\x01\x02") {
        zip[at + 24..at + 28].copy_from_slice(&size);
    }
    assert!(refusal(&zip).contains("unpacks to more than"));
}

#[test]
fn thousands_of_files_are_fine() {
    let place = place();
    let names: Vec<String> = (0..2000).map(|index| format!("d{}/e{index}", index % 100)).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    place.put("a.zip", &zip_of(&many));
    place.downloads.extract(&app(), "a.zip").unwrap();
    assert_eq!(place.tree().len(), 2000 + 100 + 2);
}

#[test]
fn sizes_that_lie_are_found() {
    let text = b"0123456789".repeat(4000);
    let honest = zip_of(&[("a", &text)]);
    let size = 40_000_u32.to_le_bytes();
    assert_eq!(places_of(&honest, &size).len(), 2);
    assert!(refusal(&patch(honest.clone(), &size, &4_u32.to_le_bytes())).contains("\"a\""));
    assert!(refusal(&patch(honest.clone(), &size, &40_001_u32.to_le_bytes())).contains("\"a\""));
    // Only the directory lies.
    let at = places_of(&honest, b"PK\x01\x02")[0];
    let mut lying = honest.clone();
    lying[at + 24..at + 28].copy_from_slice(&4_u32.to_le_bytes());
    refusal(&lying);
}

#[test]
fn entries_that_share_their_bytes_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for name in ["one", "two"] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(b"same").unwrap();
    }
    let mut zip = zip.finish().unwrap().into_inner();
    let second = places_of(&zip, b"PK\x01\x02")[1];
    zip[second + 42..second + 46].copy_from_slice(&0_u32.to_le_bytes());
    refusal(&zip);
}

#[test]
fn damaged_and_foreign_files_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file("first", stored).unwrap();
    zip.write_all(b"fine").unwrap();
    zip.start_file("second", stored).unwrap();
    zip.write_all(b"some text").unwrap();
    let zip = zip.finish().unwrap().into_inner();
    let reason = refusal(&patch(zip.clone(), b"some text", b"some tixt"));
    assert!(reason.contains("\"second\""), "{reason}");
    for length in [0, 1, 4, 30, zip.len() / 2, zip.len() - 23, zip.len() - 1] {
        refusal(&zip[..length]);
    }
    refusal(b"hello");
    refusal(&[0; 100_000]);
}

#[test]
fn what_does_not_fit_in_the_folder_is_refused() {
    let text = b"0123456789".repeat(100);
    let zip = zip_of(&[("a", &text)]);
    for (room, fits) in [(1000, true), (999, false)] {
        let place = Place::new(Settings {
            max_folder: zip.len() as u64 + room,
            ..Settings::default()
        });
        place.put("a.zip", &zip);
        let result = place.downloads.extract(&app(), "a.zip");
        assert_eq!(result.is_ok(), fits, "{result:?}");
        if !fits {
            assert!(matches!(result, Err(FilesError::TooLarge(_))));
            assert_eq!(place.tree(), ["a.zip"]);
        }
    }
}

#[test]
fn unpacking_can_be_cancelled() {
    let place = place();
    let text: Vec<u8> = (0..20_000_000_u32)
        .map(|index| (index % 251) as u8 ^ (index >> 9) as u8)
        .collect();
    let entries: Vec<String> = (0..12).map(|index| format!("e{index}")).collect();
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|name| (name.as_str(), text.as_slice())).collect();
    place.put("a.zip", &zip_of(&entries));
    for by_clearing in [false, true] {
        thread::scope(|scope| {
            let running = scope.spawn(|| place.downloads.extract(&app(), "a.zip"));
            let start = Instant::now();
            while place.tree().iter().all(|name| !name.starts_with(".part-")) {
                assert!(start.elapsed() < Duration::from_secs(30) && !running.is_finished());
            }
            if by_clearing {
                place.downloads.clear(&app()).unwrap();
                assert!(!place.folder().exists());
            } else {
                place.downloads.cancel();
                place.downloads.cancel_app(&app());
            }
            assert_eq!(running.join().unwrap(), Err(FilesError::Cancelled));
        });
        let left: &[&str] = if by_clearing { &[] } else { &["a.zip"] };
        assert_eq!(place.tree(), left);
    }
}

/// An archive with everything in it that can go wrong.
fn rich() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.add_directory("folder/", SimpleFileOptions::default()).unwrap();
    for (name, options) in [
        ("folder/a.txt", SimpleFileOptions::default()),
        ("folder/b.txt", stored),
        ("large", stored.large_file(true)),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(b"some text, some text, some text").unwrap();
    }
    zip.set_comment("a comment").unwrap();
    zip.finish().unwrap().into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn no_damage_leads_outside(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in 0_usize..8) {
        let mut bytes = rich();
        for (place, byte) in changes {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - cut);
        let place = place();
        place.put("a.zip", &bytes);
        let result = place.downloads.extract(&app(), "a.zip");
        let tree = place.tree();
        match result {
            Ok(_) => prop_assert!(tree.iter().all(|name| name == "a" || name == "a.zip" || name.starts_with("a/")), "{tree:?}"),
            Err(FilesError::Invalid(_)) => prop_assert_eq!(tree, ["a.zip"]),
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn no_name_leads_outside(name in "[a-zA-Z./\\\\: ~\u{0}-\u{20}éß]{1,20}") {
        let marker = "N".repeat(name.len());
        let bytes = patch(zip_of(&[(&marker, b"x")]), marker.as_bytes(), name.as_bytes());
        let place = place();
        place.put("b.zip", &bytes);
        let result = place.downloads.extract(&app(), "b.zip");
        let tree = place.tree();
        if result.is_ok() {
            prop_assert!(tree.iter().all(|name| name == "b" || name == "b.zip" || name.starts_with("b/")), "{tree:?}");
        } else {
            prop_assert_eq!(tree, ["b.zip"]);
        }
    }
}
