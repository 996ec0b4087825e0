//! The modules of a code: how bright each is, and which of them are dark.

use rqrr::{Grid, SimpleGrid};

use crate::pattern;
use crate::symbol::Symbol;
use crate::warp::{Point, solved};

/// Rounds of taking away what neighbours shed on a module.
const ROUNDS: usize = 4;

/// How hard a code is tried to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zeal {
    /// As it looks, and against its surroundings.
    Plain,
    /// Also with blur taken away, and with format bits that are guessed.
    Full,
}

/// Brightness of the modules, with one of the quiet zone around: 1 is light, −1 dark.
pub(crate) struct Modules {
    /// Modules along a side, without the quiet zone.
    size: usize,
    light: Vec<f64>,
}

impl Modules {
    /// Looks at each module in several places. `offsets` are how far the alignment patterns lie off, see
    /// [`Symbol::offsets`].
    pub(crate) fn of(symbol: &Symbol<'_>, offsets: &[Vec<Point>]) -> Self {
        let size = pattern::size_of(symbol.version);
        let places = pattern::alignments(symbol.version);
        let apart: &[f64] = if symbol.warp.module(size as f64 / 2.0, size as f64 / 2.0) < 1.5 {
            &[0.0]
        } else {
            &[-0.25, 0.0, 0.25]
        };
        let mut light = Vec::with_capacity((size + 2).pow(2));
        for down in 0..size + 2 {
            for across in 0..size + 2 {
                let (x, y) = (across as f64 - 0.5, down as f64 - 0.5);
                let (dx, dy) = offset(offsets, &places, x, y);
                let mut sum = 0.0;
                for v in apart {
                    for u in apart {
                        sum += symbol.light(x + u + dx, y + v + dy);
                    }
                }
                light.push(sum / apart.len().pow(2) as f64);
            }
        }
        Self { size, light }
    }

    /// The bytes that the code says, if it can be read.
    pub(crate) fn read(&self, zeal: Zeal) -> Option<Vec<u8>> {
        let even = self.evened();
        let plain = [&self.light, &even].into_iter().find_map(|light| self.decoded(light));
        if plain.is_some() || zeal == Zeal::Plain {
            return plain;
        }
        let sharp = |strength: f64| self.sharpened(&self.light, strength);
        let cleared = self.cleared(&even);
        [sharp(0.12), sharp(0.25), self.cleared(&self.light), cleared.clone()]
            .iter()
            .find_map(|light| self.decoded(light))
            .or_else(|| {
                [&self.light, &cleared]
                    .into_iter()
                    .find_map(|light| self.decoded(&self.with_format(light)))
            })
    }

    /// What rqrr makes of the modules. It also reads a code in a mirror.
    fn decoded(&self, light: &[f64]) -> Option<Vec<u8>> {
        let grid = SimpleGrid::from_func(self.size, |x, y| {
            light
                .get((y + 1) * (self.size + 2) + x + 1)
                .is_some_and(|&light| light < 0.0)
        });
        let mut bytes = Vec::new();
        Grid::new(grid).decode_to(&mut bytes).ok()?;
        (!bytes.is_empty()).then_some(bytes)
    }

    fn at(light: &[f64], stride: usize, x: usize, y: usize) -> f64 {
        light.get(y * stride + x).copied().unwrap_or(1.0)
    }

    /// Sums over the neighbours at the sides and at the corners of a module; beyond the quiet zone it is light.
    fn around(&self, light: &[f64], index: usize) -> (f64, f64) {
        let stride = self.size + 2;
        let (x, y) = (index % stride, index / stride);
        let at = |x: usize, y: usize| if x < stride { Self::at(light, stride, x, y) } else { 1.0 };
        let (left, up) = (x.wrapping_sub(1), y.wrapping_sub(1));
        let sides = at(left, y) + at(x + 1, y) + above(&at, x, up) + at(x, y + 1);
        let corners = above(&at, left, up) + above(&at, x + 1, up) + at(left, y + 1) + at(x + 1, y + 1);
        (sides, corners)
    }

    /// Brightness against the surroundings, for light that changes over the code.
    fn evened(&self) -> Vec<f64> {
        let stride = self.size + 2;
        let reach = 4;
        let mut even = Vec::with_capacity(self.light.len());
        for y in 0..stride {
            for x in 0..stride {
                let (mut sum, mut count) = (0.0, 0.0);
                for row in y.saturating_sub(reach)..(y + reach + 1).min(stride) {
                    let from = row * stride + x.saturating_sub(reach);
                    let to = row * stride + (x + reach + 1).min(stride);
                    for light in self.light.get(from..to).unwrap_or_default() {
                        sum += light;
                        count += 1.0;
                    }
                }
                even.push(Self::at(&self.light, stride, x, y) - 0.8 * sum / count);
            }
        }
        even
    }

    /// Takes a share of the neighbours' brightness away.
    fn sharpened(&self, light: &[f64], strength: f64) -> Vec<f64> {
        let sharp =
            |(index, &here): (usize, &f64)| here * (1.0 + 4.0 * strength) - strength * self.around(light, index).0;
        light.iter().enumerate().map(sharp).collect()
    }

    /// Decides which modules are dark, measures how much light they shed on each other, takes that away and decides
    /// again.
    fn cleared(&self, light: &[f64]) -> Vec<f64> {
        let mut clear = light.to_vec();
        for _ in 0..ROUNDS {
            let decided: Vec<f64> = clear.iter().map(|light| light.signum()).collect();
            let mut rows = [[0.0; 5]; 4];
            for (index, (&here, &own)) in light.iter().zip(&decided).enumerate() {
                let (sides, corners) = self.around(&decided, index);
                let equation = [1.0, own, sides, corners, here];
                for (row, factor) in rows.iter_mut().zip(equation) {
                    for (sum, term) in row.iter_mut().zip(equation) {
                        *sum += factor * term;
                    }
                }
            }
            let Some([ground, _, side, corner]) = solved(rows) else {
                break;
            };
            for (index, (clear, &here)) in clear.iter_mut().zip(light).enumerate() {
                let (sides, corners) = self.around(&decided, index);
                *clear = here - ground - side * sides - corner * corners;
            }
        }
        clear
    }

    /// The modules with the format bits that fit both their copies best, instead of those that are seen
    /// (ISO/IEC 18004, 8.9).
    fn with_format(&self, light: &[f64]) -> Vec<f64> {
        let copies = format_places(self.size);
        let stride = self.size + 2;
        let index = |(x, y): (usize, usize)| (y + 1) * stride + x + 1;
        let agreement = |word: u16| -> f64 {
            let seen = copies.iter().map(|(bit, place)| {
                let light = light.get(index(*place)).copied().unwrap_or(0.0);
                if word >> bit & 1 == 1 { -light } else { light }
            });
            seen.sum()
        };
        let best = (0..32)
            .map(format_word)
            .max_by(|&a, &b| agreement(a).total_cmp(&agreement(b)))
            .unwrap_or(0);
        let mut forced = light.to_vec();
        for (bit, place) in copies {
            if let Some(module) = forced.get_mut(index(place)) {
                *module = if best >> bit & 1 == 1 { -1.0 } else { 1.0 };
            }
        }
        forced
    }
}

fn above(at: &impl Fn(usize, usize) -> f64, x: usize, y: usize) -> f64 {
    if y == usize::MAX { 1.0 } else { at(x, y) }
}

/// How far a place lies off, between what is known of the alignment patterns around it.
fn offset(offsets: &[Vec<Point>], places: &[usize], x: f64, y: f64) -> Point {
    if offsets.is_empty() {
        return (0.0, 0.0);
    }
    let cell = |place: f64| {
        let index = places
            .iter()
            .skip(1)
            .take(places.len().saturating_sub(2))
            .filter(|&&line| place > line as f64 + 0.5)
            .count();
        let middle = |index: usize| places.get(index).map_or(0.0, |&line| line as f64 + 0.5);
        let (from, to) = (middle(index), middle(index + 1));
        (index, (place - from) / (to - from).max(1.0))
    };
    let ((column, u), (row, v)) = (cell(x), cell(y));
    let at = |row: usize, column: usize| {
        offsets
            .get(row)
            .and_then(|line| line.get(column))
            .copied()
            .unwrap_or_default()
    };
    let between = |a: Point, b: Point, part: f64| (a.0 + (b.0 - a.0) * part, a.1 + (b.1 - a.1) * part);
    between(
        between(at(row, column), at(row, column + 1), u),
        between(at(row + 1, column), at(row + 1, column + 1), u),
        v,
    )
}

/// The bits of the format and where they are, each in two places; bit 14 is the first.
fn format_places(size: usize) -> Vec<(u16, (usize, usize))> {
    let mut places = Vec::with_capacity(30);
    for bit in 0..15u16 {
        let index = usize::from(bit);
        let first = match index {
            0..6 => (8, index),
            6 => (8, 7),
            7 => (8, 8),
            8 => (7, 8),
            _ => (14 - index, 8),
        };
        let second = if index < 8 {
            (size - 1 - index, 8)
        } else {
            (8, size - 15 + index)
        };
        places.push((bit, first));
        places.push((bit, second));
    }
    places
}

/// The fifteen bits of a format with their correction and mask.
fn format_word(format: u16) -> u16 {
    let remainder = (0..5).rev().fold(format << 10, |rest, bit| {
        if rest >> (bit + 10) & 1 == 1 {
            rest ^ (0b101_0011_0111 << bit)
        } else {
            rest
        }
    });
    (format << 10 | remainder) ^ 0b101_0100_0001_0010
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;
    use qrcode::{EcLevel, QrCode, Version};

    use super::*;

    /// A code as it would be seen without any fault.
    fn seen(code: &QrCode) -> Modules {
        let size = code.width();
        let mut light = vec![1.0; (size + 2).pow(2)];
        for (index, colour) in code.to_colors().into_iter().enumerate() {
            light[(index / size + 1) * (size + 2) + index % size + 1] = colour.select(-1.0, 1.0);
        }
        Modules { size, light }
    }

    #[test]
    fn format_bits_are_those_of_the_code() {
        for level in [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H] {
            for version in [1, 7, 20] {
                let code = QrCode::with_version(b"format", Version::Normal(version), level).unwrap();
                let mut modules = seen(&code);
                assert_eq!(
                    modules.with_format(&modules.light),
                    modules.light,
                    "{version} {level:?}"
                );
                // Too many for either copy by itself, and few for both.
                for (bit, (x, y)) in format_places(modules.size) {
                    if [1, 4, 8, 12].contains(&bit) {
                        modules.light[(y + 1) * (modules.size + 2) + x + 1] *= -0.4;
                    }
                }
                assert_eq!(modules.read(Zeal::Plain), None);
                assert_eq!(modules.read(Zeal::Full).unwrap(), b"format");
            }
        }
    }

    #[test]
    fn what_modules_shed_on_each_other_is_taken_away() {
        let code = QrCode::with_version(b"blurred beyond its looks", Version::Normal(4), EcLevel::L).unwrap();
        let mut modules = seen(&code);
        let blurred = (0..modules.light.len()).map(|index| {
            let (sides, corners) = modules.around(&modules.light, index);
            0.4 * modules.light[index] + 0.12 * sides + 0.03 * corners
        });
        modules.light = blurred.collect();
        assert_eq!(modules.read(Zeal::Plain), None);
        assert_eq!(modules.read(Zeal::Full).unwrap(), b"blurred beyond its looks");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn modules_without_sense_say_nothing(version in 1usize..=40, seed: u64) {
            let size = pattern::size_of(version);
            let mut state = seed;
            let mut next = || {
                // Knuth's generator: enough to have no sense.
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as f64 / f64::from(1 << 23) - 1.0
            };
            let light = (0..(size + 2).pow(2)).map(|_| next()).collect();
            let modules = Modules { size, light };
            prop_assert_eq!(modules.read(Zeal::Full), None);
        }
    }
}
