//! Pictures and videos in the person's folders: what is one, and where it goes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod common;

use std::env;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use coco_files::limits::MAX_IMAGE;
use coco_files::{
    FilesError, Settings, image_data, pictures_folder, save_image, save_video, video_data, videos_folder,
};
use proptest::prelude::*;

use common::{Place, app};

const PNG: &[u8] = include_bytes!("media/gradient.png");
const JPEG: &[u8] = include_bytes!("media/gradient.jpg");
const PROGRESSIVE: &[u8] = include_bytes!("media/progressive.jpg");
const GIF: &[u8] = include_bytes!("media/animated.gif");

/// The smallest GIF, as Base64.
const TINY_GIF: &str = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

/// A box of a video.
fn part(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), content].concat()
}

fn brands(major: &[u8; 4], others: &[&[u8; 4]]) -> Vec<u8> {
    let mut content = [major.as_slice(), &[0; 4]].concat();
    for other in others {
        content.extend_from_slice(*other);
    }
    part(b"ftyp", &content)
}

/// A video with this first box.
fn video(first: &[u8]) -> Vec<u8> {
    [
        first,
        &part(b"free", b""),
        &part(b"mdat", b"frames"),
        &part(b"moov", &part(b"mvhd", &[0; 100])),
    ]
    .concat()
}

/// The ending of the name under which something was saved, after making sure that it is there unchanged and alone.
fn saved(result: Result<PathBuf, FilesError>, content: &[u8], folder: &Path) -> String {
    let path = result.unwrap();
    assert_eq!(fs::read(&path).unwrap(), content);
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    path.extension().unwrap().to_str().unwrap().to_owned()
}

fn save_image_alone(bytes: &[u8]) -> String {
    let temp = tempfile::tempdir().unwrap();
    saved(save_image(bytes, "Hello", temp.path()), bytes, temp.path())
}

fn save_video_alone(bytes: &[u8]) -> String {
    let temp = tempfile::tempdir().unwrap();
    saved(save_video(Cursor::new(bytes), "Hello", temp.path()), bytes, temp.path())
}

/// Why neither is saved, after making sure that nothing is left.
fn refusals(bytes: &[u8]) -> [String; 2] {
    let temp = tempfile::tempdir().unwrap();
    let refused = [
        save_image(bytes, "Hello", temp.path()),
        save_video(Cursor::new(bytes), "Hello", temp.path()),
    ]
    .map(|result| match result {
        Err(FilesError::Invalid(reason)) => reason,
        other => panic!("{other:?}"),
    });
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
    refused
}

#[test]
fn pictures_are_known_by_their_content() {
    assert_eq!(save_image_alone(PNG), "png");
    assert_eq!(save_image_alone(JPEG), "jpg");
    assert_eq!(save_image_alone(PROGRESSIVE), "jpg");
    assert_eq!(save_image_alone(GIF), "gif");
    // What the address claims does not count.
    let gif = image_data(&format!("data:image/png;base64,{TINY_GIF}")).unwrap();
    assert_eq!(save_image_alone(&gif), "gif");
    // Phones put more behind the end of a picture.
    assert_eq!(save_image_alone(&[JPEG, b"a depth map"].concat()), "jpg");
}

#[test]
fn what_poses_as_a_picture_is_refused() {
    for bytes in [
        b"<html><script>alert(1)</script></html>".as_slice(),
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"GIF89a=1;alert(1)//",
        b"GIF89a/*<svg/onload=alert(1)>*/",
        b"\x89PNG\r\n\x1a\n<svg onload=alert(1)>",
        b"\xff\xd8\xff<script>",
        b"\xff\xd8\xff\xd9",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"BM\x00\x00",
        b"MZ",
        b"",
    ] {
        refusals(bytes);
    }
    assert_eq!(
        refusals(b"MZ"),
        [
            "image: neither a PNG nor a GIF nor a JPEG",
            "video: neither an MP4 nor a MOV"
        ]
    );
    // A picture of no size.
    let mut flat = PNG.to_vec();
    flat[16..20].fill(0);
    refusals(&flat);
    // A photograph without its frame, and one without its scan.
    let frame = JPEG.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    let behind = frame + 2 + usize::from(u16::from_be_bytes([JPEG[frame + 2], JPEG[frame + 3]]));
    refusals(&[&JPEG[..frame], &JPEG[behind..]].concat());
    let scan = JPEG.windows(2).position(|marker| marker == [0xff, 0xda]).unwrap();
    refusals(&[&JPEG[..scan], &[0xff, 0xd9]].concat());
    // The chunks of a picture without the picture.
    let end = PNG.len() - 12;
    refusals(&[&PNG[..33], &PNG[end..]].concat());
}

#[test]
fn pictures_that_were_cut_off_are_refused() {
    for picture in [PNG, JPEG, PROGRESSIVE, GIF] {
        for length in 0..picture.len() {
            refusals(&picture[..length]);
        }
    }
}

#[test]
fn videos_are_known_by_their_content() {
    assert_eq!(
        save_video_alone(&video(&brands(b"isom", &[b"iso2", b"avc1", b"mp41"]))),
        "mp4"
    );
    assert_eq!(save_video_alone(&video(&brands(b"mp42", &[]))), "mp4");
    assert_eq!(save_video_alone(&video(&brands(b"XAVC", &[b"XAVC", b"mp42"]))), "mp4");
    assert_eq!(save_video_alone(&video(&brands(b"qt  ", &[b"qt  "]))), "mov");
    assert_eq!(save_video_alone(&video(&part(b"wide", b""))), "mov");
    // A long box, and one up to the end of the file.
    let long = [
        &1_u32.to_be_bytes(),
        b"mdat".as_slice(),
        &24_u64.to_be_bytes(),
        b"12345678",
    ]
    .concat();
    let moov = part(b"moov", &[]);
    let open = [&0_u32.to_be_bytes(), b"moov".as_slice(), b"1234"].concat();
    let ftyp = brands(b"isom", &[]);
    assert_eq!(save_video_alone(&[ftyp.clone(), long, moov.clone()].concat()), "mp4");
    assert_eq!(save_video_alone(&[ftyp, part(b"mdat", b"x"), open].concat()), "mp4");
}

#[test]
fn what_poses_as_a_video_is_refused() {
    let ftyp = brands(b"isom", &[]);
    let (moov, mdat) = (part(b"moov", b""), part(b"mdat", b"x"));
    for parts in [
        vec![brands(b"heic", &[b"mif1"]), moov.clone(), mdat.clone()],
        vec![brands(b"M4A ", &[]), moov.clone(), mdat.clone()],
        vec![ftyp.clone()],
        vec![ftyp.clone(), mdat.clone()],
        vec![ftyp.clone(), moov.clone()],
        vec![moov.clone()],
        vec![part(b"ftyp", b""), moov.clone(), mdat.clone()],
        vec![part(b"ftyp", &[b'i'; 5000]), moov.clone(), mdat.clone()],
        vec![ftyp.clone(), moov.clone(), mdat.clone(), b"tail".to_vec()],
        vec![ftyp.clone(), moov.clone(), mdat.clone(), b"<html></html>".to_vec()],
        vec![
            ftyp.clone(),
            [&7_u32.to_be_bytes(), b"moov".as_slice()].concat(),
            mdat.clone(),
        ],
        vec![
            ftyp.clone(),
            moov.clone(),
            [&1_u32.to_be_bytes(), b"mdat".as_slice(), &u64::MAX.to_be_bytes()].concat(),
        ],
    ] {
        refusals(&parts.concat());
    }
    let whole = video(&ftyp);
    for length in 0..whole.len() {
        refusals(&whole[..length]);
    }
    let endless = part(b"free", b"").repeat(100_001);
    assert!(refusals(&[moov, mdat, endless].concat())[1].contains("too many parts"));
}

#[test]
fn names_tell_app_and_time_and_take_nobodys_place() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("Pictures/that/are/new");
    let mut paths: Vec<PathBuf> = (0..5).map(|_| save_image(PNG, "My App", &folder).unwrap()).collect();
    for path in &paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let shape: String = name.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert!(
            ["My App 0000-00-00 00.00.00.png", "My App 0000-00-00 00.00.00 (0).png"].contains(&shape.as_str()),
            "{name}"
        );
    }
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 5);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&paths[0]).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777 & !0o044, 0o600, "no more than 0644: {mode:o}");
    }
}

#[test]
fn what_was_downloaded_can_be_saved() {
    let place = Place::new(Settings::default());
    let clip = video(&brands(b"mp42", &[]));
    place.put("coco.png", PNG);
    place.put("coco.mp4", &clip);
    let temp = tempfile::tempdir().unwrap();
    let open = |name: &str| place.downloads.open_file(&app(), name).unwrap();
    let picture = save_image(open("coco.png"), "Hello", temp.path()).unwrap();
    assert_eq!(fs::read(picture).unwrap(), PNG);
    let film = save_video(open("coco.mp4"), "Hello", temp.path()).unwrap();
    assert_eq!(fs::read(film).unwrap(), clip);
    assert!(matches!(
        save_image(open("coco.mp4"), "Hello", temp.path()),
        Err(FilesError::Invalid(_))
    ));
}

#[test]
fn pictures_beyond_the_bound_and_folders_that_are_files_are_refused() {
    let temp = tempfile::tempdir().unwrap();
    let endless = std::io::repeat(7);
    let result = save_image(endless, "Hello", temp.path());
    assert_eq!(
        result,
        Err(FilesError::TooLarge(format!("image: more than {MAX_IMAGE} bytes")))
    );
    let file = temp.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(save_image(PNG, "Hello", &file), Err(FilesError::Failed(_))));
    let data = format!("data:video/mp4;base64,{}", "AAAA".repeat(30_000_000));
    assert!(matches!(video_data(&data), Err(FilesError::TooLarge(_))));
}

#[test]
fn folders_are_those_of_the_person() {
    const EXPECTED: &str = "COCO_FILES_TEST_EXPECTED";
    // The environment belongs to the whole process, so each is tried in a process of its own.
    if let Ok(expected) = env::var(EXPECTED) {
        let found = [pictures_folder().unwrap(), videos_folder().unwrap()];
        assert_eq!(found.map(|path| path.to_str().unwrap().to_owned()).join("|"), expected);
        return;
    }
    let temp = tempfile::tempdir().unwrap();
    let home = temp.path().to_str().unwrap();
    let config = temp.path().join("config");
    fs::create_dir(&config).unwrap();
    let try_with = |variables: &[(&str, &str)], expected: [String; 2]| {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "folders_are_those_of_the_person"])
            .env_remove("XDG_PICTURES_DIR")
            .env_remove("XDG_VIDEOS_DIR")
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", &config)
            .envs(variables.iter().copied())
            .env(EXPECTED, expected.join("|"))
            .status()
            .unwrap();
        assert!(child.success(), "{variables:?} {expected:?}");
    };
    let below = |name: &str| format!("{home}/{name}");
    try_with(&[], [below("Pictures"), below("Videos")]);
    fs::write(
        config.join("user-dirs.dirs"),
        "# Comment\nXDG_PICTURES_DIR=\"$HOME/Bilder und \\\"mehr\\\"\"\nXDG_VIDEOS_DIR=\"/films\"\n",
    )
    .unwrap();
    try_with(&[], [below("Bilder und \"mehr\""), "/films".to_owned()]);
    try_with(
        &[("XDG_PICTURES_DIR", "/elsewhere")],
        ["/elsewhere".to_owned(), "/films".to_owned()],
    );
    try_with(
        &[("XDG_VIDEOS_DIR", "relative")],
        [below("Bilder und \"mehr\""), "/films".to_owned()],
    );
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(which in 0_usize..5, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let clip = video(&brands(b"isom", &[b"mp41"]));
        let mut bytes = [PNG, JPEG, PROGRESSIVE, GIF, &clip][which].to_vec();
        for (place, byte) in changes {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        let temp = tempfile::tempdir().unwrap();
        for result in [save_image(bytes.as_slice(), "Hello", temp.path()), save_video(Cursor::new(&bytes), "Hello", temp.path())] {
            prop_assert!(matches!(result, Ok(_) | Err(FilesError::Invalid(_))), "{result:?}");
        }
    }
}
