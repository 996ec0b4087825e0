//! Finder patterns: the three squares in the corners of a code, dark to light to dark as 1 : 1 : 3 : 1 : 1.

use crate::filter::Bitmap;

/// Most patterns that one picture is searched for: what has more is noise.
const MAX_SEEN: usize = 600;

/// What may be a finder pattern.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finder {
    /// Middle, in pixels.
    pub(crate) x: f64,
    /// Middle, in pixels.
    pub(crate) y: f64,
    /// Length of a module, in pixels.
    pub(crate) module: f64,
    /// Rows that showed it.
    hits: f64,
}

impl Finder {
    /// How many of the rows that should show it did so, 1 at most.
    pub(crate) fn quality(&self) -> f64 {
        (self.hits / (2.0 * self.module)).min(1.0)
    }

    fn take_in(&mut self, other: &Self) {
        let share = 1.0 / (self.hits + 1.0);
        self.x += (other.x - self.x) * share;
        self.y += (other.y - self.y) * share;
        self.module += (other.module - self.module) * share;
        self.hits += 1.0;
    }
}

/// What may be finder patterns, the most convincing first, `most` of them.
pub(crate) fn find(bitmap: &Bitmap, most: usize) -> Vec<Finder> {
    let mut found: Vec<Finder> = Vec::new();
    for (y, row) in bitmap.rows().enumerate() {
        let mut runs = [0usize; 5];
        let mut colour = false;
        // A light pixel beyond the edge ends the last run.
        for (x, &dark) in row.iter().chain(std::iter::once(&false)).enumerate() {
            if dark != colour {
                if colour && fits(runs.map(|run| run as f64)) {
                    let [_, _, core, light, ring] = runs;
                    let middle = x as f64 - (ring + light) as f64 - core as f64 / 2.0;
                    if let Some(seen) = check(bitmap, middle, y as f64 + 0.5) {
                        note(&mut found, seen);
                        if found.len() >= MAX_SEEN {
                            return best(found, most);
                        }
                    }
                }
                runs.rotate_left(1);
                if let Some(last) = runs.last_mut() {
                    *last = 0;
                }
                colour = dark;
            }
            if let Some(last) = runs.last_mut() {
                *last += 1;
            }
        }
    }
    best(found, most)
}

fn best(mut found: Vec<Finder>, most: usize) -> Vec<Finder> {
    found.sort_by(|a, b| {
        (b.quality(), b.module)
            .partial_cmp(&(a.quality(), a.module))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    found.truncate(most);
    found
}

fn note(found: &mut Vec<Finder>, seen: Finder) {
    let same = |known: &&mut Finder| {
        let near = known.module.max(seen.module) * 1.5;
        (known.x - seen.x).abs() < near && (known.y - seen.y).abs() < near && {
            let ratio = known.module / seen.module;
            (0.6..1.7).contains(&ratio)
        }
    };
    match found.iter_mut().find(same) {
        Some(known) => known.take_in(&seen),
        None => found.push(seen),
    }
}

/// Whether lengths of runs are near 1 : 1 : 3 : 1 : 1; a pixel too many or too few is always near.
fn fits(runs: [f64; 5]) -> bool {
    let total: f64 = runs.iter().sum();
    let module = total / 7.0;
    let near = (0.6 * module).max(0.7);
    let [ring, light, core, light2, ring2] = runs;
    total >= 7.0
        && [ring, light, light2, ring2]
            .iter()
            .all(|run| (run - module).abs() <= near)
        && (core - 3.0 * module).abs() <= 2.0 * near
}

/// Looks down and across through the middle of what a row showed.
fn check(bitmap: &Bitmap, x: f64, y: f64) -> Option<Finder> {
    let (height, y) = cross(bitmap, x, y, Direction::Down)?;
    let (width, x) = cross(bitmap, x, y, Direction::Across)?;
    let ratio = height / width;
    (0.4..2.5).contains(&ratio).then(|| Finder {
        x,
        y,
        module: (height * width).sqrt() / 7.0,
        hits: 1.0,
    })
}

#[derive(Clone, Copy)]
enum Direction {
    Across,
    Down,
}

/// Measures a pattern along a line through a dark place. Returns its length, and where on the line its middle is.
fn cross(bitmap: &Bitmap, x: f64, y: f64, direction: Direction) -> Option<(f64, f64)> {
    let (x, y) = (x as i64, y as i64);
    let dark = |step: i64| match direction {
        Direction::Across => bitmap.dark(x + step, y),
        Direction::Down => bitmap.dark(x, y + step),
    };
    let walk = |mut step: i64, sign: i64| {
        [true, false, true].map(|colour| {
            let from = step;
            while dark(step) == Some(colour) {
                step += sign;
            }
            (step - from).abs()
        })
    };
    // The first walk takes in the place itself.
    let [before, light, ring] = walk(0, -1);
    let [after, light2, ring2] = walk(1, 1);
    let runs = [ring, light, before + after, light2, ring2].map(|run| run as f64);
    let place = match direction {
        Direction::Across => x,
        Direction::Down => y,
    };
    let middle = (place + 1) as f64 + (after - before) as f64 / 2.0;
    fits(runs).then(|| (runs.iter().sum(), middle))
}
