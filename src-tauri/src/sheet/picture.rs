//! Codes in picture files and in pictures of the screen.

use std::fs;
use std::io::Read;
use std::path::Path;

use coco_qr::{Effort, Found, Grey, MAX_FILE, PictureError};

use super::wire::{Code, ScanNote};

/// Endings of the picture files that can be read.
pub(super) const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "gif", "webp", "bmp"];

/// Codes in the bytes of a picture file.
pub(super) fn read_picture(bytes: &[u8]) -> Result<Vec<Found>, ScanNote> {
    match coco_qr::decode(bytes) {
        Ok(grey) => Ok(coco_qr::read(&grey, Effort::Picture)),
        Err(PictureError::File(_) | PictureError::Size { .. }) => Err(ScanNote::TooLarge),
        Err(_) => Err(ScanNote::Unreadable),
    }
}

/// Codes in a picture file.
pub(super) fn read_file(path: &Path) -> Result<Vec<Found>, ScanNote> {
    let most = u64::try_from(MAX_FILE).unwrap_or(u64::MAX);
    // What is no plain file may keep its reader waiting for ever.
    let size = match fs::metadata(path) {
        Ok(found) if found.is_file() => found.len(),
        _ => return Err(ScanNote::Unreadable),
    };
    if size > most {
        return Err(ScanNote::TooLarge);
    }
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .map_err(|_| ScanNote::Unreadable)?;
    read_picture(&bytes)
}

/// Codes in a part of a picture that begins at `origin`, with their places in the whole.
pub(super) fn codes_in(grey: &Grey, origin: [u32; 2]) -> Vec<Code> {
    let [left, top] = origin.map(f64::from);
    coco_qr::read(grey, Effort::Picture)
        .into_iter()
        .map(|found| Code {
            text: found.text,
            corners: found.corners.map(|(x, y)| [f64::from(x) + left, f64::from(y) + top]),
        })
        .collect()
}
