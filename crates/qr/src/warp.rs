//! From places in a code to places in a picture.

/// A place: across, down.
pub(crate) type Point = (f64, f64);

/// How many numbers describe a [`Warp`].
pub(crate) const NUMBERS: usize = 16;

/// How a code lies in a picture: where the middles of its finder patterns and the corner that completes their square
/// are (the first eight numbers: top left, top right, bottom left, bottom right), and how it is bent between them (the
/// others, in widths of that square). Places in the code are in modules from its top left corner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Warp {
    numbers: [f64; NUMBERS],
    /// Distance of the finder patterns' middles, in modules.
    span: f64,
    /// The projection of the unit square to the four points.
    projection: [f64; 8],
}

impl Warp {
    /// A flat code of `size` modules by its four points; none when they lie on a line.
    pub(crate) fn new(points: [Point; 4], size: usize) -> Option<Self> {
        let [a, b, c, d] = points;
        let mut numbers = [0.0; NUMBERS];
        for (number, value) in numbers.iter_mut().zip([a.0, a.1, b.0, b.1, c.0, c.1, d.0, d.1]) {
            *number = value;
        }
        Self {
            numbers,
            span: size as f64 - 7.0,
            projection: [0.0; 8],
        }
        .projected()
    }

    /// The same with one of its numbers moved.
    pub(crate) fn moved(mut self, index: usize, by: f64) -> Option<Self> {
        *self.numbers.get_mut(index)? += by;
        // The bends are not part of the projection.
        if index < 8 { self.projected() } else { Some(self) }
    }

    /// The same code with another fourth point.
    pub(crate) fn with_corner(mut self, (x, y): Point) -> Option<Self> {
        let [_, _, _, _, _, _, corner_x, corner_y, ..] = &mut self.numbers;
        (*corner_x, *corner_y) = (x, y);
        self.projected()
    }

    /// Heckbert's projection of the unit square to four points.
    fn projected(mut self) -> Option<Self> {
        let [ax, ay, bx, by, cx, cy, dx, dy, ..] = self.numbers;
        let (bdx, bdy, cdx, cdy) = (bx - dx, by - dy, cx - dx, cy - dy);
        let (sum_x, sum_y) = (ax - bx + dx - cx, ay - by + dy - cy);
        let area = bdx * cdy - cdx * bdy;
        let g = (sum_x * cdy - cdx * sum_y) / area;
        let h = (bdx * sum_y - sum_x * bdy) / area;
        self.projection = [
            bx - ax + g * bx,
            cx - ax + h * cx,
            ax,
            by - ay + g * by,
            cy - ay + h * cy,
            ay,
            g,
            h,
        ];
        // Beyond the horizon nothing is seen.
        let in_sight = [g, h, g + h].iter().all(|depth| *depth > -0.95 && *depth < 20.0);
        (area.abs() > 1e-6 && in_sight && self.projection.iter().all(|number| number.is_finite())).then_some(self)
    }

    /// Where a place of the code is in the picture, in pixels.
    #[inline]
    pub(crate) fn map(&self, across: f64, down: f64) -> Point {
        let (u, v) = self.unit(across, down);
        let [.., p, q, r, s, t, w, m, n] = self.numbers;
        let (over, under) = (u * (1.0 - u), v * (1.0 - v));
        let bent_u = u + p * over + q * under + r * over * v + s * under * u;
        let bent_v = v + t * over + w * under + m * over * v + n * under * u;
        let [a, b, c, d, e, f, g, h] = self.projection;
        let depth = 1.0 / (g * bent_u + h * bent_v + 1.0);
        (
            (a * bent_u + b * bent_v + c) * depth,
            (d * bent_u + e * bent_v + f) * depth,
        )
    }

    /// The place in widths of the square of the finder patterns' middles.
    #[inline]
    pub(crate) fn unit(&self, across: f64, down: f64) -> Point {
        ((across - 3.5) / self.span, (down - 3.5) / self.span)
    }

    /// Length of a module near a place, in pixels.
    pub(crate) fn module(&self, across: f64, down: f64) -> f64 {
        let (a, b, c) = (
            self.map(across, down),
            self.map(across + 1.0, down),
            self.map(across, down + 1.0),
        );
        (((b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)).abs()).sqrt()
    }

    /// What to move a number by to move the picture by about this many modules.
    pub(crate) fn step(&self, index: usize, modules: f64) -> f64 {
        match index {
            0..8 => modules * self.module(self.span / 2.0 + 3.5, self.span / 2.0 + 3.5),
            8..10 | 12..14 => 4.0 * modules / self.span,
            _ => 6.0 * modules / self.span,
        }
    }
}

/// The four points of a flat code, as [`Warp::new`] takes them, that fit known places best; `known` are pairs of a place
/// in widths of the square of the finder patterns' middles, and in the picture.
pub(crate) fn fitted(known: &[(Point, Point)]) -> Option<[Point; 4]> {
    // Numbers near 1 keep the equations well behaved.
    let count = known.len() as f64;
    let sum = known.iter().fold((0.0, 0.0), |sum, (_, (x, y))| (sum.0 + x, sum.1 + y));
    let middle = (sum.0 / count, sum.1 / count);
    let scale = known
        .iter()
        .map(|(_, (x, y))| (x - middle.0).abs().max((y - middle.1).abs()))
        .fold(1.0, f64::max);
    let mut rows = [[0.0; 9]; 8];
    for &((u, v), (x, y)) in known {
        let (x, y) = ((x - middle.0) / scale, (y - middle.1) / scale);
        for equation in [
            [u, v, 1.0, 0.0, 0.0, 0.0, -u * x, -v * x, x],
            [0.0, 0.0, 0.0, u, v, 1.0, -u * y, -v * y, y],
        ] {
            for (row, &factor) in rows.iter_mut().zip(&equation) {
                for (sum, &term) in row.iter_mut().zip(&equation) {
                    *sum += factor * term;
                }
            }
        }
    }
    let [a, b, c, d, e, f, g, h] = solved(rows)?;
    let map = |u: f64, v: f64| {
        let depth = g * u + h * v + 1.0;
        let (x, y) = ((a * u + b * v + c) / depth, (d * u + e * v + f) / depth);
        (x * scale + middle.0, y * scale + middle.1)
    };
    Some([map(0.0, 0.0), map(1.0, 0.0), map(0.0, 1.0), map(1.0, 1.0)])
}

/// Solves linear equations, each a row of factors and a sum, by elimination.
pub(crate) fn solved<const N: usize, const M: usize>(mut rows: [[f64; M]; N]) -> Option<[f64; N]> {
    for column in 0..N {
        let strength = |row: &[f64; M]| row.get(column).map_or(0.0, |value| value.abs());
        let best = (column..N).max_by(|&a, &b| {
            let of = |row: usize| rows.get(row).map_or(0.0, strength);
            of(a).total_cmp(&of(b))
        })?;
        rows.swap(column, best);
        let pivot_row = *rows.get(column)?;
        let pivot = *pivot_row.get(column)?;
        if pivot.abs() < 1e-12 {
            return None;
        }
        for (index, row) in rows.iter_mut().enumerate() {
            let factor = row.get(column).copied().unwrap_or(0.0) / pivot;
            if index != column {
                for (value, from) in row.iter_mut().zip(&pivot_row) {
                    *value -= factor * from;
                }
            }
        }
    }
    let mut solution = [0.0; N];
    for (index, (value, row)) in solution.iter_mut().zip(&rows).enumerate() {
        *value = row.last()? / row.get(index)?;
    }
    Some(solution)
}
