//! Pictures without codes, and pictures that mean harm.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../examples/qrset/random.rs"]
mod random;

use std::time::{Duration, Instant};

use coco_qr::{Effort, Grey, MAX_FILE, PictureError, decode, read};
use proptest::prelude::*;
use random::Random;

fn made(width: usize, height: usize, mut tone: impl FnMut(usize, usize) -> u8) -> Grey {
    let pixels = (0..width * height)
        .map(|index| tone(index % width, index / width))
        .collect();
    Grey::new(width, height, pixels).unwrap()
}

/// Whether a module of a finder pattern is dark.
fn finder(x: usize, y: usize) -> bool {
    let ring = x.abs_diff(3).max(y.abs_diff(3));
    ring == 3 || ring < 2
}

#[test]
fn nothing_is_found_where_there_is_no_code() {
    let mut random = Random::new("nothing", 1);
    let noise = made(300, 300, |_, _| random.between(0.0, 256.0) as u8);
    let grain = made(300, 300, |_, _| (128.0 + 30.0 * random.normal()) as u8);
    let gradient = made(400, 300, |x, y| u8::try_from((x + y) * 255 / 700).unwrap());
    let plain = made(200, 200, |_, _| 255);
    let checks = made(300, 300, |x, y| if (x / 5 + y / 5) % 2 == 0 { 0 } else { 255 });
    let rings = made(300, 300, |x, y| {
        let radius = (x as f64 - 150.0).hypot(y as f64 - 150.0);
        if (radius / 9.0) % 2.0 < 1.0 { 0 } else { 255 }
    });
    // Lines of strokes of the height of letters.
    let strokes: Vec<bool> = (0..4000).map(|_| random.below(2) == 0).collect();
    let text = made(400, 400, |x, y| {
        if y % 16 < 10 && strokes[(x / 3 + y / 16 * 133) % 4000] {
            20
        } else {
            240
        }
    });
    for (name, picture) in [
        ("noise", noise),
        ("grain", grain),
        ("gradient", gradient),
        ("plain", plain),
        ("checks", checks),
        ("rings", rings),
        ("text", text),
    ] {
        assert_eq!(read(&picture, Effort::Picture), [], "{name}");
    }
}

#[test]
fn finder_patterns_around_noise_say_nothing_and_take_no_longer_than_they_may() {
    // A wall of finder patterns: every three of them could be a code.
    let wall = made(1200, 1200, |x, y| {
        let (x, y) = (x / 3 % 9, y / 3 % 9);
        if x < 7 && y < 7 && finder(x, y) { 0 } else { 255 }
    });
    let before = Instant::now();
    assert_eq!(read(&wall, Effort::Picture), []);
    // Generous, for slow computers: without a bound it would be hours.
    assert!(before.elapsed() < Duration::from_secs(20), "{:?}", before.elapsed());
    let mut random = Random::new("finders", 1);
    let modules: Vec<bool> = (0..21 * 21).map(|_| random.below(2) == 0).collect();
    let fake = made(150, 150, |x, y| {
        let (x, y) = ((x / 5).wrapping_sub(4), (y / 5).wrapping_sub(4));
        let dark = match (x, y) {
            (0..7, 0..7) => finder(x, y),
            (14..21, 0..7) => finder(x - 14, y),
            (0..7, 14..21) => finder(x, y - 14),
            (0..21, 0..21) => modules[y * 21 + x],
            _ => false,
        };
        if dark { 0 } else { 255 }
    });
    assert_eq!(read(&fake, Effort::Picture), []);
}

#[test]
fn pictures_of_no_size_or_the_wrong_one_are_refused() {
    assert!(matches!(
        Grey::new(0, 5, Vec::new()),
        Err(PictureError::Size { width: 0, height: 5 })
    ));
    assert!(matches!(
        Grey::new(usize::MAX, 2, Vec::new()),
        Err(PictureError::Size { .. })
    ));
    assert!(matches!(
        Grey::new(10_000, 5_001, Vec::new()),
        Err(PictureError::Size { .. })
    ));
    assert!(matches!(
        Grey::new(2, 2, vec![0; 3]),
        Err(PictureError::Length { expected: 4, found: 3 })
    ));
    assert!(matches!(
        Grey::from_rgba(1, 1, &[0; 3]),
        Err(PictureError::Length { expected: 4, found: 3 })
    ));
    let colours = Grey::from_rgba(4, 1, &[255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 255]).unwrap();
    assert_eq!(colours.pixels(), [255, 0, 255, 149]);
}

fn png(width: u32, height: u32, data: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    match data {
        Some(data) => writer.write_image_data(data).unwrap(),
        None => writer.write_chunk(png::chunk::IDAT, &[0x78]).unwrap(),
    }
    drop(writer);
    bytes
}

#[test]
fn files_are_told_by_their_content() {
    let picture = decode(&png(2, 2, Some(&[0, 64, 128, 255]))).unwrap();
    assert_eq!(
        (picture.width(), picture.height(), picture.pixels()),
        (2, 2, &[0, 64, 128, 255][..])
    );
    for format in [
        image::ImageFormat::Bmp,
        image::ImageFormat::Gif,
        image::ImageFormat::WebP,
        image::ImageFormat::Jpeg,
    ] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let white = image::RgbImage::from_pixel(16, 8, image::Rgb([255; 3]));
        white.write_to(&mut bytes, format).unwrap();
        let picture = decode(bytes.get_ref()).unwrap();
        assert_eq!((picture.width(), picture.height()), (16, 8), "{format:?}");
        assert!(picture.pixels().iter().all(|&pixel| pixel > 250), "{format:?}");
    }
}

#[test]
fn hostile_files_are_refused() {
    let whole = png(64, 64, Some(&[7; 64 * 64]));
    assert!(matches!(
        decode(&whole[..whole.len() / 2]),
        Err(PictureError::Damaged(_))
    ));
    // 3.6 thousand million pixels, and nothing behind them.
    let bomb = decode(&png(60_000, 60_000, None));
    assert!(
        matches!(
            bomb,
            Err(PictureError::Size {
                width: 60_000,
                height: 60_000
            })
        ),
        "{bomb:?}"
    );
    assert!(matches!(
        decode(b"GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff;"),
        Err(PictureError::Size { .. } | PictureError::Damaged(_))
    ));
    let mut bitmap = b"BM".to_vec();
    bitmap.extend([0; 12]);
    bitmap.extend(40u32.to_le_bytes());
    bitmap.extend([0; 8]);
    bitmap.extend([1, 0, 24, 0]);
    bitmap.extend([0; 24]);
    assert!(matches!(
        decode(&bitmap),
        Err(PictureError::Size { .. } | PictureError::Damaged(_))
    ));
    assert!(matches!(decode(b""), Err(PictureError::Format)));
    assert!(matches!(
        decode(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        Err(PictureError::Format)
    ));
    assert!(matches!(decode(&vec![0; MAX_FILE + 1]), Err(PictureError::File(_))));
}

#[test]
fn of_many_frames_the_first_is_read() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for frame in 0..500u32 {
        let tone = u8::try_from(frame % 256).unwrap();
        encoder
            .encode_frame(image::Frame::new(image::RgbaImage::from_pixel(
                64,
                64,
                image::Rgba([tone, tone, tone, 255]),
            )))
            .unwrap();
    }
    drop(encoder);
    let picture = decode(&bytes).unwrap();
    assert!(picture.pixels().iter().all(|&pixel| pixel == 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_small_picture_makes_it_panic(width in 1usize..40, height in 1usize..40, seed: u64, coarse in 1usize..6, tones in 2usize..257) {
        let mut random = Random::new("small", seed);
        let cells: Vec<usize> = (0..1600).map(|_| random.below(tones) * 255 / (tones - 1)).collect();
        let picture = made(width, height, |x, y| u8::try_from(cells[y / coarse * 40 + x / coarse]).unwrap());
        read(&picture, Effort::Frame);
        prop_assert_eq!(read(&picture, Effort::Picture), []);
    }

    #[test]
    fn no_file_makes_it_panic(start in 0usize..5, rest in proptest::collection::vec(any::<u8>(), 0..400)) {
        let heads: [&[u8]; 5] = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\x40\0\0\0WEBPVP8L", b"BM"];
        let _ = decode(&[heads[start], &rest].concat());
    }

    #[test]
    fn no_change_to_a_file_makes_it_panic(place in 0usize..4200, byte: u8) {
        let mut random = Random::new("file", 1);
        let noise: Vec<u8> = (0..64 * 64).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
        let mut bytes = png(64, 64, Some(&noise));
        let place = place % bytes.len();
        bytes[place] = byte;
        if let Ok(picture) = decode(&bytes) {
            prop_assert!(picture.width() > 0);
        }
    }
}
