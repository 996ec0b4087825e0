//! The attempts at a picture.

use std::time::{Duration, Instant};

use crate::filter::{self, Bitmap};
use crate::finder::{self, Finder};
use crate::modules::{Modules, Zeal};
use crate::pattern;
use crate::picture::Grey;
use crate::symbol::{self, Look, Symbol};
use crate::text::text_of;
use crate::warp::{NUMBERS, Point};

/// A code that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What it says. Bytes that are not UTF-8 are taken for Shift-JIS or Latin-1.
    pub text: String,
    /// The corners of the code without its quiet zone, in pixels of the picture: as the code has them, top left, top
    /// right, bottom right, bottom left, so that a turned code begins with the corner that would be top left.
    pub corners: [(f32, f32); 4],
}

/// How long to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// A frame of a camera, which another follows: a few tries, about 50 ms for 1280 × 720.
    Frame,
    /// A still picture: everything, at most about 2 s.
    Picture,
}

/// What an effort allows.
struct Bounds {
    time: Duration,
    /// Finder patterns of a try.
    finders: usize,
    /// Groups of three of them.
    groups: usize,
    /// Versions that are tried for a group.
    versions: usize,
    zeal: Zeal,
}

impl Effort {
    fn bounds(self) -> Bounds {
        match self {
            Self::Frame => Bounds {
                time: Duration::from_millis(50),
                finders: 24,
                groups: 12,
                versions: 1,
                zeal: Zeal::Plain,
            },
            Self::Picture => Bounds {
                time: Duration::from_millis(1800),
                finders: 70,
                groups: 60,
                versions: 2,
                zeal: Zeal::Full,
            },
        }
    }
}

/// A picture in one of its sizes.
struct Level {
    picture: Grey,
    /// Pixels of the given picture that one of its pixels is long.
    scale: f64,
}

/// How a picture is parted into dark and light.
#[derive(Clone, Copy)]
enum Threshold {
    Surroundings(usize),
    Tone,
}

/// Finds and reads every code in a picture, those further up first, and of those at the same height the left ones. A
/// code is told once, but two codes that say the same are two.
pub fn read(picture: &Grey, effort: Effort) -> Vec<Found> {
    let bounds = effort.bounds();
    let end = Instant::now() + bounds.time;
    let mut search = Search {
        bounds,
        end,
        found: Vec::new(),
        unread: false,
    };
    search.run(picture, effort);
    search.found.sort_by(|a, b| {
        top_left(a)
            .partial_cmp(&top_left(b))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    search.found
}

fn top_left(found: &Found) -> (f32, f32) {
    let least = |of: fn(&(f32, f32)) -> f32| found.corners.iter().map(of).fold(f32::INFINITY, f32::min);
    (least(|corner| corner.1), least(|corner| corner.0))
}

struct Search {
    bounds: Bounds,
    end: Instant,
    found: Vec<Found>,
    /// Whether something looked very much like a code and could not be read.
    unread: bool,
}

impl Search {
    fn run(&mut self, picture: &Grey, effort: Effort) {
        let stretched = filter::stretched(picture);
        let levels = levels(stretched, effort);
        self.tries(&levels, &[Threshold::Surroundings(20)]);
        if self.done() {
            return;
        }
        let inverted: Vec<Level> = levels
            .iter()
            .map(|level| Level {
                picture: level.picture.inverted(),
                scale: level.scale,
            })
            .collect();
        self.tries(&inverted, &[Threshold::Surroundings(20)]);
        if self.done() || effort == Effort::Frame {
            return;
        }
        self.tries(
            &levels,
            &[Threshold::Tone, Threshold::Surroundings(8), Threshold::Surroundings(60)],
        );
        if self.done() {
            return;
        }
        let calm: Vec<Level> = levels
            .iter()
            .map(|level| Level {
                picture: filter::median(&level.picture),
                scale: level.scale,
            })
            .collect();
        self.tries(&calm, &[Threshold::Surroundings(20), Threshold::Tone]);
        if self.done() {
            return;
        }
        self.tries(
            &inverted,
            &[Threshold::Tone, Threshold::Surroundings(8), Threshold::Surroundings(60)],
        );
    }

    fn late(&self) -> bool {
        Instant::now() >= self.end
    }

    /// Whether there is nothing left to do: something was found, and nothing seen that was not.
    fn done(&self) -> bool {
        self.late() || (!self.found.is_empty() && !self.unread)
    }

    fn tries(&mut self, levels: &[Level], thresholds: &[Threshold]) {
        // What is still there to be read is seen again.
        self.unread = false;
        for &threshold in thresholds {
            for index in 0..levels.len() {
                if self.late() {
                    return;
                }
                self.attempt(levels, index, threshold);
            }
        }
    }

    fn attempt(&mut self, levels: &[Level], index: usize, threshold: Threshold) {
        let Some(level) = levels.get(index) else { return };
        // No try may use up what the others need.
        let now = Instant::now();
        let end = now + self.end.saturating_duration_since(now) / 3;
        let bitmap: Bitmap = match threshold {
            Threshold::Surroundings(reach) => filter::by_surroundings(&level.picture, reach),
            Threshold::Tone => filter::by_tone(&level.picture),
        };
        let mut finders = finder::find(&bitmap, self.bounds.finders);
        finders.retain(|finder| !self.is_read((finder.x * level.scale, finder.y * level.scale)));
        for group in groups(&finders).into_iter().take(self.bounds.groups) {
            if Instant::now() >= end {
                return;
            }
            let taken = |finder: &Finder| self.is_read((finder.x * level.scale, finder.y * level.scale));
            if group.iter().any(taken) {
                continue;
            }
            self.group(levels, index, group);
        }
    }

    /// Tries three finder patterns of a level.
    fn group(&mut self, levels: &[Level], index: usize, group: [Finder; 3]) {
        let Some(level) = levels.get(index) else { return };
        for symbol in symbol::candidates(&level.picture, group, self.bounds.versions) {
            if let Some(found) = self.symbol(symbol, level.scale) {
                self.found.push(found);
                return;
            }
        }
    }

    fn symbol(&mut self, symbol: Symbol<'_>, scale: f64) -> Option<Found> {
        let found = |symbol: &Symbol<'_>, bytes| {
            let size = pattern::size_of(symbol.version) as f64;
            let corners = [(0.0, 0.0), (size, 0.0), (size, size), (0.0, size)];
            let corners = corners.map(|(across, down)| {
                let (x, y) = symbol.warp.map(across, down);
                ((x * scale) as f32, (y * scale) as f32)
            });
            Found {
                text: text_of(bytes),
                corners,
            }
        };
        if let Some(bytes) = Modules::of(&symbol, &[]).read(Zeal::Plain) {
            return Some(found(&symbol, bytes));
        }
        if self.late() {
            return None;
        }
        let zeal = self.bounds.zeal;
        let bent = symbol.settled(&[0.5, 0.25, 0.12, 0.06], NUMBERS, Look::Full);
        if let Some(bytes) = Modules::of(&bent, &[]).read(zeal) {
            return Some(found(&bent, bytes));
        }
        if bent.version >= 7
            && let Some(bytes) = Modules::of(&bent, &bent.offsets()).read(zeal)
        {
            return Some(found(&bent, bytes));
        }
        self.unread |= bent.agreement > 0.5;
        None
    }

    /// Whether a place lies in a code that was read.
    fn is_read(&self, place: Point) -> bool {
        self.found.iter().any(|found| {
            let corners = found.corners.map(|(x, y)| (f64::from(x), f64::from(y)));
            let [a, b, c, d] = corners;
            let sides = [(a, b), (b, c), (c, d), (d, a)]
                .map(|(from, to)| (to.0 - from.0) * (place.1 - from.1) - (to.1 - from.1) * (place.0 - from.0) > 0.0);
            sides == [true; 4] || sides == [false; 4]
        })
    }
}

/// The picture in several sizes, the one that is quickest and likeliest to show something first.
fn levels(picture: Grey, effort: Effort) -> Vec<Level> {
    const LIKELY: usize = 1_000_000;
    const SMALL: usize = 400_000;
    let area = |picture: &Grey| picture.width() * picture.height();
    let mut levels = vec![Level { picture, scale: 1.0 }];
    while let Some(last) = levels.last()
        && last.picture.width().max(last.picture.height()) > 120
        && levels.len() < 8
    {
        let next = Level {
            picture: filter::halved(&last.picture),
            scale: last.scale * 2.0,
        };
        levels.push(next);
    }
    let likely = levels
        .iter()
        .position(|level| area(&level.picture) <= LIKELY)
        .unwrap_or(0);
    if effort == Effort::Frame {
        return levels.into_iter().skip(likely).take(2).collect();
    }
    if let Some(first) = levels.first()
        && area(&first.picture) <= SMALL
    {
        let factor = if area(&first.picture) <= SMALL / 10 { 4 } else { 2 };
        let large = Level {
            picture: filter::enlarged(&first.picture, factor),
            scale: 1.0 / factor as f64,
        };
        levels.push(large);
    }
    // Smaller ones are quick; larger ones come last.
    levels.rotate_left(likely);
    levels
}

/// Groups of three finder patterns that may belong to one code, the likeliest first: top left, top right, bottom left.
fn groups(finders: &[Finder]) -> Vec<[Finder; 3]> {
    let mut groups = Vec::new();
    for (first, a) in finders.iter().enumerate() {
        for (second, b) in finders.iter().enumerate() {
            if second == first {
                continue;
            }
            for (third, c) in finders.iter().enumerate().skip(second + 1) {
                if third == first {
                    continue;
                }
                if let Some(group) = group(*a, *b, *c) {
                    groups.push(group);
                }
            }
        }
    }
    groups.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    groups.into_iter().map(|(_, group)| group).collect()
}

/// A group with `a` between the others, and how unlikely it is.
fn group(a: Finder, b: Finder, c: Finder) -> Option<(f64, [Finder; 3])> {
    let largest = a.module.max(b.module).max(c.module);
    let smallest = a.module.min(b.module).min(c.module);
    if largest > 2.2 * smallest {
        return None;
    }
    let (ab, ac) = ((b.x - a.x, b.y - a.y), (c.x - a.x, c.y - a.y));
    let (width, height) = (ab.0.hypot(ab.1), ac.0.hypot(ac.1));
    let module = (a.module + b.module + c.module) / 3.0;
    let (least, most) = (width.min(height), width.max(height));
    // Fourteen modules apart in the smallest code, 170 in the largest; tilted ones look shorter.
    if least < 6.0 * module || most > 220.0 * module || most > 2.6 * least {
        return None;
    }
    let cosine = (ab.0 * ac.0 + ab.1 * ac.1) / (width * height);
    if cosine.abs() > 0.8 {
        return None;
    }
    let doubt = 3.0 - a.quality() - b.quality() - c.quality();
    let unlikely = 1.5 * cosine.abs()
        + (most / least).ln()
        + 1.5 * (largest / smallest).ln()
        + 2.0 * doubt
        + most / module / 100.0;
    let clockwise = ab.0 * ac.1 - ab.1 * ac.0 > 0.0;
    Some((unlikely, if clockwise { [a, b, c] } else { [a, c, b] }))
}
