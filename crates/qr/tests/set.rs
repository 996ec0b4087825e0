//! Easy pictures of every kind that the measurement has must be read, whole and in place.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../examples/qrset/paint.rs"]
mod paint;
#[path = "../examples/qrset/random.rs"]
mod random;
#[path = "../examples/qrset/set.rs"]
mod set;

use coco_qr::{Effort, Found, Grey, read};
use paint::{Canvas, Picture, Placed, Shape};
use qrcode::EcLevel;

fn grey(picture: &Picture) -> Grey {
    Grey::new(picture.width, picture.height, picture.pixels.clone()).unwrap()
}

fn texts(found: Vec<Found>) -> Vec<String> {
    let mut texts: Vec<String> = found.into_iter().map(|found| found.text).collect();
    texts.sort();
    texts
}

fn code(text: &[u8], module: f64, middle: (f64, f64)) -> Placed {
    let mut code = Placed::new(text, 1, EcLevel::M, module).unwrap();
    code.middle = middle;
    code
}

fn found_in(width: usize, height: usize, codes: &[Placed], effort: Effort) -> Vec<Found> {
    read(
        &grey(&Canvas::paint(width, height, 180.0, codes).finish(Vec::new())),
        effort,
    )
}

#[test]
fn an_easy_picture_of_every_category_is_read() {
    for category in set::CATEGORIES {
        for grade in [0, set::GRADES / 12] {
            let picture = set::picture(category, grade).unwrap();
            let mut expected = picture.texts.clone();
            expected.sort();
            assert_eq!(
                texts(read(&grey(&picture), Effort::Picture)),
                expected,
                "{category} {grade}"
            );
        }
    }
}

#[test]
fn a_frame_of_a_camera_is_read() {
    let mut codes = [code(b"frame", 7.0, (400.0, 300.0))];
    codes[0].angle = 0.4;
    codes[0].shape = Shape::Tilted { tilt: 0.5, away: 2.0 };
    let mut canvas = Canvas::paint(1280, 720, 150.0, &codes);
    canvas.blur(1.5);
    canvas.noise(6.0, &mut random::Random::new("frame", 1));
    let frame = grey(&canvas.finish(Vec::new()));
    // A busy computer may run out of time over a frame; a camera then has the next one.
    let found = (0..50)
        .map(|_| read(&frame, Effort::Frame))
        .find(|found| !found.is_empty())
        .unwrap_or_default();
    assert_eq!(texts(found), ["frame"]);
}

#[test]
fn codes_come_in_reading_order_and_equal_ones_are_two() {
    let places = [(500.0, 120.0), (120.0, 120.0), (300.0, 400.0), (120.0, 400.0)];
    let codes: Vec<Placed> = [&b"b"[..], b"a", b"again", b"again"]
        .into_iter()
        .zip(places)
        .map(|(text, place)| code(text, 5.0, place))
        .collect();
    let found = found_in(640, 560, &codes, Effort::Picture);
    let texts: Vec<&str> = found.iter().map(|found| found.text.as_str()).collect();
    assert_eq!(texts, ["a", "b", "again", "again"]);
}

#[test]
fn corners_are_those_of_the_code_as_it_is_turned() {
    // 21 modules of 6 pixels around (150, 150), turned by a quarter: its top left corner is top right.
    let mut turned = code(b"corner", 6.0, (150.0, 150.0));
    turned.angle = std::f64::consts::FRAC_PI_2;
    let found = found_in(300, 300, &[turned], Effort::Picture);
    let expected = [(213.0, 87.0), (213.0, 213.0), (87.0, 213.0), (87.0, 87.0)];
    for (corner, expected) in found[0].corners.iter().zip(expected) {
        let off = (corner.0 - expected.0).hypot(corner.1 - expected.1);
        assert!(off < 1.5, "{:?}", found[0].corners);
    }
}

#[test]
fn a_code_in_a_mirror_is_read() {
    let picture = Canvas::paint(300, 300, 180.0, &[code(b"mirror", 6.0, (150.0, 150.0))]).finish(Vec::new());
    let mirrored = picture
        .pixels
        .chunks(300)
        .flat_map(|row| row.iter().rev().copied())
        .collect();
    let found = read(&Grey::new(300, 300, mirrored).unwrap(), Effort::Picture);
    assert_eq!(texts(found), ["mirror"]);
}

#[test]
fn bytes_that_are_not_utf_8_are_text_all_the_same() {
    let shift_jis = [0x83, 0x65, 0x83, 0x58, 0x83, 0x67];
    for (bytes, expected) in [
        (&b"se\xf1or"[..], "señor"),
        (&shift_jis[..], "テスト"),
        ("名字".as_bytes(), "名字"),
    ] {
        let found = found_in(300, 300, &[code(bytes, 6.0, (150.0, 150.0))], Effort::Picture);
        assert_eq!(texts(found), [expected]);
    }
}

#[test]
fn a_code_of_every_version_is_read() {
    for version in 1..=40 {
        let text = format!("version {version}");
        let mut code = Placed::new(text.as_bytes(), version, EcLevel::L, 3.0).unwrap();
        let side = code.side() as usize;
        code.middle = (side as f64 / 2.0, side as f64 / 2.0);
        assert_eq!(texts(found_in(side, side, &[code], Effort::Picture)), [text]);
    }
}
