//! The corners of a code: finder patterns, measured in the grey picture.

use std::f64::consts::TAU;

use crate::finder::Finder;
use crate::picture::Grey;
use crate::warp::Point;

/// Rays from the middle of a finder pattern to its edge.
const RAYS: usize = 64;

/// Dark and light around a place of the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tones {
    /// Between dark and light.
    pub(crate) middle: f64,
    /// From there to either.
    pub(crate) reach: f64,
}

/// A finder pattern in its place, with its four corners when they could be told.
pub(crate) struct Corner {
    /// In the picture, in pixels.
    pub(crate) middle: Point,
    /// From the top left of the code clockwise, in pixels.
    pub(crate) corners: Option<[Point; 4]>,
    /// How dark and light it is.
    pub(crate) tones: Tones,
    /// Length of a module along the two sides of the code.
    pub(crate) modules: (f64, f64),
}

impl Corner {
    /// Looks at a finder pattern closely. `right` and `down` are the directions of the code's sides.
    pub(crate) fn of(picture: &Grey, finder: Finder, right: Point, down: Point) -> Self {
        let module = finder.module;
        let point = |u: f64, v: f64| {
            (
                finder.x + (u * right.0 + v * down.0) * module,
                finder.y + (u * right.1 + v * down.1) * module,
            )
        };
        let ring = |radius: f64| {
            let sum: f64 = (0..16)
                .map(|index| {
                    let (v, u) = (TAU * f64::from(index) / 16.0).sin_cos();
                    let reach = radius / u.abs().max(v.abs());
                    let (x, y) = point(u * reach, v * reach);
                    picture.at(x, y)
                })
                .sum();
            sum / 16.0
        };
        let dark = (ring(0.3) + ring(0.8) + ring(3.0)) / 3.0;
        let light = f64::midpoint(ring(2.0), ring(4.0).max(ring(2.0)));
        let tones = Tones {
            middle: f64::midpoint(dark, light),
            reach: ((light - dark) / 2.0).max(0.5),
        };
        let middle = (finder.x, finder.y);
        let Some(corners) = outline(picture, tones.middle, point) else {
            return Self {
                middle,
                corners: None,
                tones,
                modules: (module, module),
            };
        };
        let [a, b, c, d] = corners;
        let along = |from: [Point; 2], to: [Point; 2], direction: Point| {
            let sum: f64 = from
                .iter()
                .zip(&to)
                .map(|(from, to)| ((to.0 - from.0) * direction.0 + (to.1 - from.1) * direction.1).abs())
                .sum();
            (sum / 14.0).max(0.3)
        };
        let modules = (along([a, d], [b, c], right), along([a, b], [d, c], down));
        Self {
            middle,
            corners: Some(corners),
            tones,
            modules,
        }
    }
}

/// The corners of a finder pattern: its edge is sought along rays, a line laid through each side, and the lines are
/// crossed. `point` maps modules from its middle to the picture.
fn outline(picture: &Grey, threshold: f64, point: impl Fn(f64, f64) -> Point) -> Option<[Point; 4]> {
    // Right, bottom, left, top.
    let mut sides: [Vec<Point>; 4] = Default::default();
    for ray in 0..RAYS {
        let (v, u) = (TAU * (ray as f64 + 0.5) / RAYS as f64).sin_cos();
        let side = if u.abs() > v.abs() {
            if u > 0.0 { 0 } else { 2 }
        } else if v > 0.0 {
            1
        } else {
            3
        };
        if u.abs().min(v.abs()) / u.abs().max(v.abs()) > 0.85 {
            continue;
        }
        if let (Some(edge), Some(points)) = (edge(picture, threshold, &point, (u, v)), sides.get_mut(side)) {
            points.push(edge);
        }
    }
    let [right, bottom, left, top] = sides.map(|points| line(&points));
    let (right, bottom, left, top) = (right?, bottom?, left?, top?);
    Some([
        crossing(top, left)?,
        crossing(top, right)?,
        crossing(bottom, right)?,
        crossing(bottom, left)?,
    ])
}

/// Where a ray leaves the dark ring.
fn edge(picture: &Grey, threshold: f64, point: &impl Fn(f64, f64) -> Point, (u, v): Point) -> Option<Point> {
    const STEP: f64 = 0.1;
    let at = |radius: f64| {
        let (x, y) = point(u * radius, v * radius);
        picture.at(x, y)
    };
    let mut changes = 0;
    let mut before = at(0.0);
    let mut radius = STEP;
    while radius < 8.0 {
        let here = at(radius);
        if (here < threshold) != (before < threshold) {
            changes += 1;
            if changes == 3 {
                let part = (threshold - before) / (here - before);
                let exact = radius - STEP + part * STEP;
                return Some(point(u * exact, v * exact));
            }
        }
        before = here;
        radius += STEP;
    }
    None
}

/// A line: a place on it and its direction.
type Line = (Point, Point);

/// The line nearest to points, without those that lie far off.
fn line(points: &[Point]) -> Option<Line> {
    let first = through(points)?;
    let distance = |(x, y): &Point| ((x - first.0.0) * first.1.1 - (y - first.0.1) * first.1.0).abs();
    let mut distances: Vec<f64> = points.iter().map(distance).collect();
    distances.sort_by(f64::total_cmp);
    let usual = distances.get(distances.len() / 2)?;
    let near: Vec<Point> = points
        .iter()
        .copied()
        .filter(|point| distance(point) <= usual * 2.0 + 0.2)
        .collect();
    through(&near)
}

fn through(points: &[Point]) -> Option<Line> {
    if points.len() < 5 {
        return None;
    }
    let count = points.len() as f64;
    let sum = points.iter().fold((0.0, 0.0), |sum, (x, y)| (sum.0 + x, sum.1 + y));
    let middle = (sum.0 / count, sum.1 / count);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in points {
        let (x, y) = (x - middle.0, y - middle.1);
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    let (sin, cos) = (0.5 * (2.0 * xy).atan2(xx - yy)).sin_cos();
    Some((middle, (cos, sin)))
}

fn crossing((a, u): Line, (b, v): Line) -> Option<Point> {
    let area = u.0 * v.1 - u.1 * v.0;
    let along = ((b.0 - a.0) * v.1 - (b.1 - a.1) * v.0) / area;
    (area.abs() > 0.1).then_some((a.0 + along * u.0, a.1 + along * u.1))
}
