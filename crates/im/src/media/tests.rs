//! Encrypted copies by themselves.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use tempfile::{TempDir, tempdir};

use super::{BLOCK, Copy, Growing, Kept, LARGEST, TAG, copy, measure, read};

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempdir().unwrap(),
        }
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("a file.bin");
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Copies bytes, and puts the copy where it stays.
    fn kept(&self, bytes: &[u8]) -> (Copy, Kept) {
        let copied = copy(&self.folder.path().join("copies"), &self.file(bytes)).unwrap();
        fs::copy(copied.file.path(), self.folder.path().join("copies/kept")).unwrap();
        let kept = Kept {
            file: "kept".to_owned(),
            key: copied.key.clone(),
            name: copied.name.clone(),
            size: i64::try_from(copied.size).unwrap(),
        };
        (copied, kept)
    }

    fn whole(&self, kept: &Kept) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let piece = read(
                &self.folder.path().join("copies"),
                kept,
                i64::try_from(bytes.len()).unwrap(),
            )
            .ok()?;
            if piece.is_empty() {
                return Some(bytes);
            }
            bytes.extend(piece);
        }
    }
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at * 31 % 251) as u8).collect()
}

#[test]
fn copies_of_every_size_are_read_back_and_hashed() {
    for size in [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 20 * BLOCK + 7] {
        let (place, bytes) = (Place::new(), bytes(size));
        let (copied, kept) = place.kept(&bytes);
        assert_eq!((copied.size, copied.name.as_str()), (size as u64, "a file.bin"));
        assert_eq!(copied.hash, hex::encode(Sha256::digest(&bytes)));
        assert!(place.whole(&kept).unwrap() == bytes, "{size}");
        let sealed = fs::read(copied.file.path()).unwrap();
        assert_eq!(sealed.len(), size + size.div_ceil(BLOCK) * TAG);
        assert!(size < 64 || !sealed.windows(32).any(|window| window == &bytes[..32]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn any_piece_is_read_by_itself(offset in 0..3 * BLOCK) {
        let (place, bytes) = (Place::new(), bytes(3 * BLOCK));
        let (_, kept) = place.kept(&bytes);
        let piece = read(&place.folder.path().join("copies"), &kept, i64::try_from(offset).unwrap()).unwrap();
        prop_assert!(piece == bytes[offset..]);
    }
}

#[test]
fn what_was_changed_cut_off_or_swapped_is_refused() {
    let place = Place::new();
    let (_, kept) = place.kept(&bytes(3 * BLOCK));
    let path = place.folder.path().join("copies/kept");
    let whole = fs::read(&path).unwrap();
    let sealed = BLOCK + TAG;
    let mut flipped = whole.clone();
    flipped[sealed + 5] ^= 1;
    let swapped = [&whole[sealed..2 * sealed], &whole[..sealed], &whole[2 * sealed..]].concat();
    for wrong in [
        &flipped[..],
        &whole[..2 * sealed],
        &whole[..whole.len() - 1],
        &swapped,
        &[],
    ] {
        fs::write(&path, wrong).unwrap();
        assert_eq!(place.whole(&kept), None);
    }
    let shorter = Kept {
        file: kept.file.clone(),
        key: kept.key.clone(),
        name: String::new(),
        size: i64::try_from(2 * BLOCK).unwrap(),
    };
    fs::write(&path, &whole).unwrap();
    assert_eq!(place.whole(&shorter), None);
    assert!(place.whole(&kept).is_some());
    assert!(read(&place.folder.path().join("copies"), &kept, -1).is_err());
}

#[test]
fn only_files_of_the_right_size_are_taken() {
    let place = Place::new();
    let code = |path: &PathBuf| measure(path).unwrap_err().code.number();
    assert_eq!(code(&place.file(b"")), 20066);
    assert_eq!(code(&place.folder.path().to_owned()), 20082);
    assert_eq!(code(&place.folder.path().join("none")), 20082);
    let path = place.folder.path().join("large");
    fs::File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
    assert_eq!(code(&path), 20067);
    fs::File::create(&path).unwrap().set_len(LARGEST).unwrap();
    assert_eq!(measure(&path).unwrap(), LARGEST);
}

#[test]
fn a_block_that_is_wrong_is_found_and_what_is_before_it_stays() {
    let place = Place::new();
    let (copied, _) = place.kept(&bytes(5 * BLOCK + 100));
    let sealed = fs::read(place.folder.path().join("copies/kept")).unwrap();
    let folder = place.folder.path().join("grown");
    let open = || Growing::open(&folder, "it", &copied.key, copied.size).unwrap();
    let spoiled = |at: usize| {
        let mut spoiled = sealed.clone();
        spoiled[at] ^= 1;
        spoiled
    };

    let mut growing = open();
    growing.push(&spoiled(3 * (BLOCK + TAG) + 7)).unwrap();
    assert!(!growing.finish(&copied.sealed).unwrap());
    let mut growing = open();
    let kept = usize::try_from(growing.kept()).unwrap();
    assert_eq!(kept, 3 * (BLOCK + TAG));
    growing.push(&sealed[kept..]).unwrap();
    assert!(growing.finish(&copied.sealed).unwrap());
    assert_eq!(fs::read(folder.join("it")).unwrap(), sealed);
    // Right blocks of another copy than was told stay right.
    assert!(!open().finish(&"0".repeat(64)).unwrap());
    assert!(open().is_whole());

    fs::remove_file(folder.join("it")).unwrap();
    for at in [5, sealed.len() - 1] {
        assert!(
            open().push(&spoiled(at)).is_err(),
            "the first and the last are looked at as they come"
        );
    }
}

#[test]
fn a_large_one_arrives_in_pieces_of_any_size_and_not_longer_than_it_is() {
    let place = Place::new();
    let (copied, _) = place.kept(&bytes(40 * 1024 * 1024 + 5));
    let sealed = fs::read(place.folder.path().join("copies/kept")).unwrap();
    let folder = place.folder.path().join("grown");
    for piece in [1_400, BLOCK + TAG, 300_001] {
        let mut growing = Growing::open(&folder, "it", &copied.key, copied.size).unwrap();
        assert_eq!(growing.kept(), 0);
        for bytes in sealed.chunks(piece) {
            growing.push(bytes).unwrap();
        }
        assert!(growing.push(&[0]).is_err(), "nothing comes after the end");
        assert!(growing.finish(&copied.sealed).unwrap());
        assert!(fs::read(folder.join("it")).unwrap() == sealed);
        fs::remove_file(folder.join("it")).unwrap();
    }
    let mut growing = Growing::open(&folder, "it", &copied.key, copied.size).unwrap();
    growing.push(&sealed[..sealed.len() - 1]).unwrap();
    assert!(growing.push(&[0, 0]).is_err(), "more than is missing is not written");
}
