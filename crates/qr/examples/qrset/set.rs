//! The categories, each graded from easy to impossible.

use std::f64::consts::TAU;

use qrcode::EcLevel;
use qrcode::types::QrError;

use super::paint::{Canvas, Picture, Placed, Shape};
use super::random::Random;

/// Pictures of a category.
pub(crate) const GRADES: usize = 48;

/// What makes reading hard.
pub(crate) const CATEGORIES: [&str; 13] = [
    "rotated", "blurred", "noisy", "speckled", "faint", "tiny", "inverted", "curved", "tilted", "lit", "several",
    "mixed", "large",
];

/// One picture: grade 0 is easy, the last one is hardly a code any more.
pub(crate) fn picture(category: &str, grade: usize) -> Result<Picture, QrError> {
    let mut random = Random::new(category, grade as u64);
    let hard = grade as f64 / (GRADES - 1) as f64;
    let between = |easy: f64, worst: f64| easy + (worst - easy) * hard;
    let module = random.between(4.0, 6.0);
    let versions = if category == "large" { 5.0 } else { 20.0 };
    let (text, mut code) = code(&mut random, module, versions)?;
    let slight = random.between(-0.15, 0.15);
    let any = random.between(0.0, TAU);
    code.angle = slight;
    let mut ground = random.between(120.0, 220.0);
    match category {
        "rotated" => {
            code.angle = any;
            code.module = between(6.0, 1.5);
        }
        "tiny" => code.module = between(2.4, 0.9),
        "inverted" => {
            code.module = between(6.0, 1.5);
            code.tones = (230.0, 30.0);
            ground = 255.0 - ground;
        }
        "faint" => {
            let half = between(50.0, 1.0);
            let middle = random.between(80.0, 180.0);
            code.tones = (middle - half, middle + half);
        }
        "curved" => {
            code.angle = any;
            code.shape = Shape::Curved {
                angle: between(0.4, 2.9),
            };
        }
        "tilted" => {
            code.angle = any;
            code.shape = Shape::Tilted {
                tilt: between(0.2, 1.35),
                away: 1.6,
            };
        }
        "mixed" => {
            code.angle = any;
            code.module = between(6.0, 2.5);
            code.shape = Shape::Tilted {
                tilt: between(0.1, 0.9),
                away: 2.0,
            };
        }
        "several" => return several(&mut random, grade),
        "large" => code.module = between(10.0, 18.0),
        _ => {}
    }
    let room = if code.angle == slight { 1.15 } else { 1.45 };
    let side = (code.side() * room).ceil() as usize + 16;
    code.middle = (
        side as f64 / 2.0 + random.between(-4.0, 4.0),
        side as f64 / 2.0 + random.between(-4.0, 4.0),
    );
    let module = code.module;
    let mut canvas = Canvas::paint(side, side, ground, &[code]);
    match category {
        "blurred" => canvas.blur(module * between(0.1, 1.0)),
        "noisy" => canvas.noise(between(10.0, 220.0), &mut random),
        "faint" => canvas.noise(1.5, &mut random),
        "speckled" => {
            let share = between(0.02, 0.65);
            canvas.change(|_, _, tone| match random.between(0.0, 1.0) {
                draw if draw < share / 2.0 => 0.0,
                draw if draw < share => 255.0,
                _ => tone,
            });
        }
        "lit" => {
            canvas.light(between(0.3, 0.99), any);
            canvas.noise(2.0, &mut random);
        }
        "mixed" => {
            canvas.light(between(0.1, 0.8), any);
            canvas.blur(module * between(0.1, 0.6));
            canvas.noise(between(2.0, 16.0), &mut random);
        }
        "large" => {
            canvas.blur(module * between(0.2, 0.9));
            canvas.noise(between(5.0, 90.0), &mut random);
        }
        _ => canvas.noise(2.0, &mut random),
    }
    Ok(canvas.finish(vec![text]))
}

/// Two to nine codes side by side, smaller and more turned the higher the grade.
fn several(random: &mut Random, grade: usize) -> Result<Picture, QrError> {
    let hard = grade as f64 / (GRADES - 1) as f64;
    let across = 2 + grade / 24;
    let down = 1 + grade / 16;
    let mut codes = Vec::new();
    let mut texts = Vec::new();
    for _ in 0..across * down {
        let module = random.between(4.0, 5.0) - hard * random.between(1.0, 3.0);
        let (text, mut code) = code(random, module, 20.0)?;
        code.angle = random.between(-1.0, 1.0) * hard * TAU / 4.0;
        code.shape = Shape::Tilted {
            tilt: hard * random.between(0.0, 0.8),
            away: 2.0,
        };
        texts.push(text);
        codes.push(code);
    }
    let cell = codes.iter().map(Placed::side).fold(0.0, f64::max) * (1.02 + 0.4 * hard);
    for (index, code) in codes.iter_mut().enumerate() {
        code.middle = (
            cell * ((index % across) as f64 + 0.5),
            cell * ((index / across) as f64 + 0.5),
        );
    }
    let size = |cells: usize| (cell * cells as f64).ceil() as usize;
    let mut canvas = Canvas::paint(size(across), size(down), 190.0, &codes);
    canvas.noise(3.0 + 10.0 * hard, random);
    Ok(canvas.finish(texts))
}

/// A code of a random kind of text, version and level of correction; small versions are more frequent, few are beyond
/// `versions`.
fn code(random: &mut Random, module: f64, versions: f64) -> Result<(String, Placed), QrError> {
    let draw = random.between(0.0, 1.0);
    let version = 1 + (draw * draw * versions) as i16;
    let level = match random.below(4) {
        0 => EcLevel::L,
        1 => EcLevel::M,
        2 => EcLevel::Q,
        _ => EcLevel::H,
    };
    // About half of what fits with most correction, so that every level has the version that was drawn.
    let room = (usize::try_from(version).unwrap_or(1).pow(2) * 2).max(6);
    let mut text = String::new();
    let kind = random.below(5);
    while text.len() < room {
        match kind {
            0 => text.push_str(&random.below(10).to_string()),
            1 => text.push(char::from(b'A' + u8::try_from(random.below(26)).unwrap_or(0))),
            2 if text.is_empty() => text.push_str("https://example.org/"),
            2 => text.push_str(&format!("{:x}", random.below(16))),
            3 => text.push_str(
                ["ä", "ß", "名", "字", "é", "и", "🐈"]
                    .get(random.below(7))
                    .copied()
                    .unwrap_or_default(),
            ),
            _ => text.push_str(
                ["Straße ", "caffè ", "naïve ", "señor ", "plain "]
                    .get(random.below(5))
                    .copied()
                    .unwrap_or_default(),
            ),
        }
    }
    let text = text.trim_end().to_owned();
    let bytes = match kind {
        // As it was before UTF-8: a byte a character.
        4 => text
            .chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
            .collect(),
        _ => text.clone().into_bytes(),
    };
    Ok((text, Placed::new(&bytes, version, level, module)?))
}
