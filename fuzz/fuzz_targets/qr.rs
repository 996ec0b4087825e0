//! Pictures of strangers: read as files and as bare pixels, in bounds and without harm.
#![no_main]

use coco_qr::{Effort, Grey, decode, read};
use libfuzzer_sys::fuzz_target;

/// Larger pictures take longer than a target may.
const PIXELS: usize = 100_000;

fuzz_target!(|data: &[u8]| {
    if let Ok(picture) = decode(data)
        && picture.width() * picture.height() <= PIXELS
    {
        look(&picture);
    }
    let Some((&width, pixels)) = data.split_first() else {
        return;
    };
    let width = usize::from(width).max(1);
    let rows = pixels.len() / width;
    if let Ok(picture) = Grey::new(width, rows, pixels.iter().take(width * rows).copied().collect()) {
        look(&picture);
    }
});

fn look(picture: &Grey) {
    for found in read(picture, Effort::Frame) {
        assert!(found.corners.iter().all(|(x, y)| x.is_finite() && y.is_finite()));
    }
}
