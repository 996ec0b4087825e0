//! Painting codes as a camera might see them.

use std::f64::consts::PI;

use qrcode::types::{Color, QrError};
use qrcode::{EcLevel, QrCode, Version};

use super::random::Random;

/// Light modules around a code.
const QUIET: f64 = 4.0;
/// Points across and down that make a pixel.
const FINE: usize = 3;

/// A finished picture.
pub(crate) struct Picture {
    /// Pixels across.
    pub(crate) width: usize,
    /// Pixels down.
    pub(crate) height: usize,
    /// Grey pixels, row by row.
    pub(crate) pixels: Vec<u8>,
    /// What its codes say.
    pub(crate) texts: Vec<String>,
}

/// How a code lies in the picture.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Flat, facing the camera.
    Flat,
    /// Tilted by this angle, seen from a distance of `away` widths of the code.
    Tilted { tilt: f64, away: f64 },
    /// Round a cylinder; the code covers this angle of it.
    Curved { angle: f64 },
}

/// A code and its place.
pub(crate) struct Placed {
    modules: Vec<bool>,
    size: usize,
    /// Of its middle, in pixels.
    pub(crate) middle: (f64, f64),
    /// Length of a module, in pixels.
    pub(crate) module: f64,
    /// Turned by this angle.
    pub(crate) angle: f64,
    /// How it lies.
    pub(crate) shape: Shape,
    /// Brightness of dark and light modules, 0 to 255.
    pub(crate) tones: (f64, f64),
}

impl Placed {
    /// A code that says `text`, of at least this version.
    pub(crate) fn new(text: &[u8], version: i16, level: EcLevel, module: f64) -> Result<Self, QrError> {
        let code = match QrCode::with_version(text, Version::Normal(version), level) {
            Err(QrError::DataTooLong) => QrCode::with_error_correction_level(text, level)?,
            made => made?,
        };
        let size = code.width();
        let modules = code
            .to_colors()
            .into_iter()
            .map(|colour| colour == Color::Dark)
            .collect();
        Ok(Self {
            modules,
            size,
            middle: (0.0, 0.0),
            module,
            angle: 0.0,
            shape: Shape::Flat,
            tones: (25.0, 235.0),
        })
    }

    /// Length of a side with the quiet zone, in pixels, before it is turned or tilted.
    pub(crate) fn side(&self) -> f64 {
        (self.size as f64 + 2.0 * QUIET) * self.module
    }

    /// Brightness at a point of the picture, when the code or its quiet zone is there.
    fn tone(&self, x: f64, y: f64) -> Option<f64> {
        let (sin, cos) = self.angle.sin_cos();
        let (dx, dy) = ((x - self.middle.0) / self.module, (y - self.middle.1) / self.module);
        let (across, down) = (cos * dx + sin * dy, cos * dy - sin * dx);
        let (u, v) = match self.shape {
            Shape::Flat => (across, down),
            Shape::Tilted { tilt, away } => {
                let distance = away * (self.size as f64 + 2.0 * QUIET);
                let depth = distance * tilt.cos() - down * tilt.sin();
                let along = down * distance / depth;
                (depth > 0.0).then(|| (across * (distance + along * tilt.sin()) / distance, along))?
            }
            Shape::Curved { angle } => {
                let radius = self.size as f64 / angle;
                let sine = across / radius;
                (sine.abs() < 1.0).then(|| (radius * sine.asin(), down))?
            }
        };
        let (u, v) = (u + self.size as f64 / 2.0, v + self.size as f64 / 2.0);
        let within = -QUIET..self.size as f64 + QUIET;
        if !within.contains(&u) || !within.contains(&v) {
            return None;
        }
        let inside = |place: f64| (0.0..self.size as f64).contains(&place);
        let index = v.max(0.0) as usize * self.size + u.max(0.0) as usize;
        let dark = inside(u) && inside(v) && self.modules.get(index).copied().unwrap_or(false);
        Some(if dark { self.tones.0 } else { self.tones.1 })
    }
}

/// A picture in the making, in brightness from 0 to 255.
pub(crate) struct Canvas {
    /// Pixels across.
    pub(crate) width: usize,
    /// Pixels down.
    pub(crate) height: usize,
    tones: Vec<f64>,
}

impl Canvas {
    /// Paints codes on a ground of gentle waves around a brightness.
    pub(crate) fn paint(width: usize, height: usize, ground: f64, codes: &[Placed]) -> Self {
        let mut tones = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0.0;
                for fine in 0..FINE * FINE {
                    let point = |whole: usize, part: usize| whole as f64 + (part as f64 + 0.5) / FINE as f64;
                    let (x, y) = (point(x, fine % FINE), point(y, fine / FINE));
                    let waves = 8.0 * ((x * 0.031).sin() + (y * 0.043 + x * 0.011).cos());
                    sum += codes.iter().find_map(|code| code.tone(x, y)).unwrap_or(ground + waves);
                }
                tones.push(sum / (FINE * FINE) as f64);
            }
        }
        Self { width, height, tones }
    }

    /// Changes every pixel by its place and brightness.
    pub(crate) fn change(&mut self, mut change: impl FnMut(usize, usize, f64) -> f64) {
        let width = self.width;
        for (index, tone) in self.tones.iter_mut().enumerate() {
            *tone = change(index % width, index / width, *tone);
        }
    }

    /// Adds normally distributed noise.
    pub(crate) fn noise(&mut self, deviation: f64, random: &mut Random) {
        self.change(|_, _, tone| tone + deviation * random.normal());
    }

    /// Blurs as a lens out of focus roughly does.
    pub(crate) fn blur(&mut self, deviation: f64) {
        let reach = (deviation * 3.0).ceil() as i64;
        let weights: Vec<f64> = (-reach..=reach)
            .map(|step| (-0.5 * (step as f64 / deviation).powi(2)).exp())
            .collect();
        let sum: f64 = weights.iter().sum();
        for (across, down) in [(1, 0), (0, 1)] {
            let at = |x: i64, y: i64| {
                let x = usize::try_from(x).unwrap_or(0).min(self.width - 1);
                let y = usize::try_from(y).unwrap_or(0).min(self.height - 1);
                self.tones.get(y * self.width + x).copied().unwrap_or(0.0)
            };
            let blurred = (0..self.tones.len()).map(|index| {
                let (x, y) = ((index % self.width) as i64, (index / self.width) as i64);
                let around = (-reach..=reach).zip(&weights);
                around
                    .map(|(step, weight)| weight * at(x + step * across, y + step * down))
                    .sum::<f64>()
                    / sum
            });
            self.tones = blurred.collect();
        }
    }

    /// Light from one side that falls off, and a shadow with a soft edge across.
    pub(crate) fn light(&mut self, strength: f64, angle: f64) {
        let (sin, cos) = angle.sin_cos();
        let (width, height) = (self.width as f64, self.height as f64);
        self.change(|x, y, tone| {
            let along = ((x as f64 / width - 0.5) * cos + (y as f64 / height - 0.5) * sin) * 1.4;
            let across = (y as f64 / height - 0.5) * cos - (x as f64 / width - 0.5) * sin;
            let fall = 1.0 - strength * (along + 0.5).clamp(0.0, 1.0);
            let shadow = 1.0 - 0.7 * strength * ((across * 25.0).atan() / PI + 0.5);
            tone * fall * shadow
        });
    }

    /// The finished picture.
    pub(crate) fn finish(self, texts: Vec<String>) -> Picture {
        let pixels = self
            .tones
            .iter()
            .map(|tone| tone.round().clamp(0.0, 255.0) as u8)
            .collect();
        Picture {
            width: self.width,
            height: self.height,
            pixels,
            texts,
        }
    }
}
