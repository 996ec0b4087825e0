//! One code: from three finder patterns to the lie of its modules.

use crate::corner::{Corner, Tones};
use crate::finder::Finder;
use crate::pattern::{self, Known};
use crate::picture::Grey;
use crate::warp::{Point, Warp, fitted};

/// Agreement with the patterns that every code has below which a code is given up: as first laid, and when settled.
const LEAST: [f64; 2] = [0.08, 0.25];
/// Modules that a first look takes in.
const FEW: usize = 250;

/// How many of the known modules are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Some.
    Brief,
    /// All.
    Full,
}

/// Where the modules of a code are thought to be, and how bright they are.
#[derive(Clone)]
pub(crate) struct Symbol<'a> {
    pub(crate) picture: &'a Grey,
    pub(crate) version: usize,
    pub(crate) warp: Warp,
    known: std::rc::Rc<Vec<Known>>,
    tones: [Tones; 3],
    /// Agreement with the patterns that every code has: 1 is full, 0 is chance.
    pub(crate) agreement: f64,
}

/// The likeliest codes with these finder patterns: top left, top right, bottom left.
pub(crate) fn candidates<'a>(picture: &'a Grey, finders: [Finder; 3], most: usize) -> Vec<Symbol<'a>> {
    let [a, b, c] = finders;
    let away = |from: Finder, to: Finder| {
        let (x, y) = (to.x - from.x, to.y - from.y);
        let length = x.hypot(y).max(1e-6);
        ((x / length, y / length), length)
    };
    let ((right, width), (down, height)) = (away(a, b), away(a, c));
    let [first, second, third] = finders.map(|finder| Corner::of(picture, finder, right, down));
    let across = width / ((first.modules.0 + second.modules.0) / 2.0);
    let along = height / ((first.modules.1 + third.modules.1) / 2.0);
    let size = 7.0 + (across + along) / 2.0;
    let estimate = ((size - 17.0) / 4.0).round();
    let reach = if estimate < 6.0 {
        1
    } else {
        2 + (estimate / 12.0) as i64
    };
    let mut symbols: Vec<Symbol<'a>> = (-reach..=reach)
        .filter_map(|off| usize::try_from(estimate as i64 + off).ok())
        .filter(|version| pattern::VERSIONS.contains(version))
        .filter_map(|version| Symbol::new(picture, version, [&first, &second, &third]))
        .collect();
    symbols.sort_by(|a, b| b.agreement.total_cmp(&a.agreement));
    let [first, settled] = LEAST;
    symbols.truncate(most);
    let symbols = symbols
        .into_iter()
        .filter(|symbol| symbol.agreement > first)
        .map(|symbol| symbol.settled(&[1.0, 0.5], 8, Look::Brief));
    symbols
        .filter(|symbol| symbol.agreement > settled)
        .map(|symbol| symbol.settled(&[0.5, 0.25], 8, Look::Full))
        .collect()
}

impl<'a> Symbol<'a> {
    /// Lays a code of a version over its finder patterns.
    fn new(picture: &'a Grey, version: usize, finders: [&Corner; 3]) -> Option<Self> {
        let size = pattern::size_of(version);
        let span = size as f64 - 7.0;
        let middles = finders.map(|finder| finder.middle);
        let [a, b, c] = middles;
        let aside = (b.0 + c.0 - a.0, b.1 + c.1 - a.1);
        let places = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)];
        let mut known = Vec::new();
        for (finder, (u, v)) in finders.iter().zip(places) {
            known.push(((u, v), finder.middle));
            let around = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
            for (corner, (du, dv)) in finder.corners.iter().flatten().zip(around) {
                known.push(((u + du * 3.5 / span, v + dv * 3.5 / span), *corner));
            }
        }
        let tones = finders.map(|finder| finder.tones);
        let modules = std::rc::Rc::new(pattern::known(version));
        let lay = |warp: Warp| Self {
            picture,
            version,
            warp,
            known: modules.clone(),
            tones,
            agreement: 0.0,
        };
        let flat = Warp::new([a, b, c, aside], size).map(lay);
        let tilted = fitted(&known).and_then(|points| Warp::new(points, size)).map(lay);
        let starts = [flat, tilted].into_iter().flatten();
        let seen = starts.map(|symbol| Self {
            agreement: symbol.agreement_of(&symbol.warp, Look::Brief),
            ..symbol
        });
        Some(seen.max_by(|a, b| a.agreement.total_cmp(&b.agreement))?.cornered())
    }

    /// Brightness of a place of the code: 1 is light, −1 dark, 0 between them.
    #[inline]
    pub(crate) fn light(&self, across: f64, down: f64) -> f64 {
        self.light_by(&self.warp, across, down)
    }

    #[inline]
    fn light_by(&self, warp: &Warp, across: f64, down: f64) -> f64 {
        let (x, y) = warp.map(across, down);
        let (u, v) = warp.unit(across, down);
        let [a, b, c] = self.tones;
        let plane = |a: f64, b: f64, c: f64| a + u * (b - a) + v * (c - a);
        let middle = plane(a.middle, b.middle, c.middle);
        let least = a.reach.min(b.reach).min(c.reach) / 2.0;
        let reach = plane(a.reach, b.reach, c.reach).max(least);
        ((self.picture.at(x, y) - middle) / reach).clamp(-1.2, 1.2)
    }

    /// How well the modules that every code has agree with the picture, if they lie like this.
    fn agreement_of(&self, warp: &Warp, look: Look) -> f64 {
        let step = if look == Look::Brief {
            (self.known.len() / FEW).max(1)
        } else {
            1
        };
        self.agreement_with(warp, self.known.iter().step_by(step))
    }

    fn agreement_with<'k>(&self, warp: &Warp, modules: impl Iterator<Item = &'k Known>) -> f64 {
        let (mut sum, mut total) = (0.0, 0.0);
        for (index, module) in modules.enumerate() {
            // Two places off the middle feel an edge before the middle does.
            let (one, other) = if index % 2 == 0 { (0.25, 0.25) } else { (0.25, -0.25) };
            let light = self.light_by(warp, module.across + one, module.down + other)
                + self.light_by(warp, module.across - one, module.down - other);
            sum += light * module.light;
            total += 2.0 * module.light.abs();
        }
        sum / total
    }

    /// Moves the fourth corner to where its alignment pattern is seen, when there is one.
    fn cornered(mut self) -> Self {
        const STEP: f64 = 0.7;
        if self.version < 2 {
            return self;
        }
        let size = pattern::size_of(self.version);
        let place = size - 7;
        let modules: Vec<Known> = pattern::alignment(place, place).collect();
        let (x, y) = self.warp.map(place as f64 + 0.5, place as f64 + 0.5);
        let corner = self.warp.map(size as f64 - 3.5, size as f64 - 3.5);
        let module = self.warp.module(place as f64, place as f64);
        let reach = (size as f64 / 8.0).clamp(3.0, 7.0);
        let steps = (reach / STEP) as i64;
        let mut best = (0.3, self.warp);
        for down in -steps..=steps {
            for across in -steps..=steps {
                let (dx, dy) = (across as f64 * STEP * module, down as f64 * STEP * module);
                // Where a point far from the corner goes, the corner goes a little further.
                let far = 1.0 + 3.0 / (size as f64 - 7.0);
                let Some(warp) = self.warp.with_corner((corner.0 + dx * far, corner.1 + dy * far)) else {
                    continue;
                };
                let there = warp.map(place as f64 + 0.5, place as f64 + 0.5);
                let agreement = self.agreement_with(&warp, modules.iter());
                let astray = ((there.0 - x).hypot(there.1 - y) / module / reach).min(1.5);
                if agreement - 0.15 * astray > best.0 {
                    best = (agreement - 0.15 * astray, warp);
                }
            }
        }
        let agreement = self.agreement_of(&best.1, Look::Brief);
        if agreement > self.agreement {
            (self.warp, self.agreement) = (best.1, agreement);
        }
        self
    }

    /// Moves the first `numbers` of the lie to and fro, by steps of so many modules, as long as agreement grows.
    pub(crate) fn settled(mut self, steps: &[f64], numbers: usize, look: Look) -> Self {
        self.agreement = self.agreement_of(&self.warp, look);
        for &modules in steps {
            for _ in 0..3 {
                let before = self.agreement;
                for index in 0..numbers {
                    let step = self.warp.step(index, modules);
                    for by in [step, -step] {
                        let Some(warp) = self.warp.moved(index, by) else {
                            continue;
                        };
                        let agreement = self.agreement_of(&warp, look);
                        if agreement > self.agreement {
                            (self.warp, self.agreement) = (warp, agreement);
                            break;
                        }
                    }
                }
                if self.agreement - before < 0.002 {
                    break;
                }
            }
        }
        self
    }

    /// How far each alignment pattern of a large code lies off, in modules, row by row as [`pattern::alignments`] has
    /// them: what bends more than a [`Warp`] can.
    pub(crate) fn offsets(&self) -> Vec<Vec<Point>> {
        let places = pattern::alignments(self.version);
        let last = places.len().saturating_sub(1);
        let mut found: Vec<Vec<Option<Point>>> = Vec::new();
        for (row, &down) in places.iter().enumerate() {
            let line = places.iter().enumerate().map(|(column, &across)| {
                let at_finder = [(0, 0), (last, 0), (0, last)].contains(&(column, row));
                if at_finder {
                    Some((0.0, 0.0))
                } else {
                    self.offset(across, down)
                }
            });
            found.push(line.collect());
        }
        // Where none was seen, as far as those around it.
        let known = |row: usize, column: usize| found.get(row).and_then(|line| line.get(column).copied().flatten());
        let guess = |row: usize, column: usize| {
            let around = [
                (row.wrapping_sub(1), column),
                (row + 1, column),
                (row, column.wrapping_sub(1)),
                (row, column + 1),
            ];
            let seen: Vec<Point> = around.iter().filter_map(|&(row, column)| known(row, column)).collect();
            let count = seen.len().max(1) as f64;
            seen.iter()
                .fold((0.0, 0.0), |sum, (x, y)| (sum.0 + x / count, sum.1 + y / count))
        };
        (0..=last)
            .map(|row| {
                (0..=last)
                    .map(|column| known(row, column).unwrap_or_else(|| guess(row, column)))
                    .collect()
            })
            .collect()
    }

    fn offset(&self, across: usize, down: usize) -> Option<Point> {
        let modules: Vec<Known> = pattern::alignment(across, down).collect();
        let mut best = (0.4, None);
        for y in -8..=8 {
            for x in -8..=8 {
                let (dx, dy) = (f64::from(x) * 0.25, f64::from(y) * 0.25);
                let (mut sum, mut total) = (0.0, 0.0);
                for module in &modules {
                    sum += self.light(module.across + dx, module.down + dy) * module.light;
                    total += module.light.abs();
                }
                let agreement = sum / total - 0.02 * dx.hypot(dy);
                if agreement > best.0 {
                    best = (agreement, Some((dx, dy)));
                }
            }
        }
        best.1
    }
}
