//! Making pictures smaller, larger, calmer, and black and white.

use crate::picture::Grey;

/// How much darker than its surroundings a pixel is to be dark, so that a plain ground with a little noise is light.
const CLEAR: u32 = 5;

/// A picture of dark and light pixels.
pub(crate) struct Bitmap {
    width: usize,
    height: usize,
    dark: Vec<bool>,
}

impl Bitmap {
    /// Rows from the top, each a slice of pixels that are dark or not.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks_exact(self.width.max(1))
    }

    /// Whether a pixel is dark; none outside.
    #[inline]
    pub(crate) fn dark(&self, x: i64, y: i64) -> Option<bool> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        if x >= self.width || y >= self.height {
            return None;
        }
        self.dark.get(y * self.width + x).copied()
    }
}

/// Half as many pixels across and down, each the mean of four.
pub(crate) fn halved(picture: &Grey) -> Grey {
    let (width, height) = ((picture.width() / 2).max(1), (picture.height() / 2).max(1));
    Grey::from_rows(width, height, |(y, row)| {
        let (above, below) = (picture.row(2 * y), picture.row((2 * y + 1).min(picture.height() - 1)));
        for ((pixel, above), below) in row.iter_mut().zip(above.chunks(2)).zip(below.chunks(2)) {
            let sum: usize = above.iter().chain(below).map(|&pixel| usize::from(pixel)).sum();
            *pixel = u8::try_from(sum / (above.len() + below.len())).unwrap_or(u8::MAX);
        }
    })
}

/// `factor` times as many pixels across and down, by Catmull and Rom's cubic curve.
pub(crate) fn enlarged(picture: &Grey, factor: usize) -> Grey {
    let wide = Grey::from_rows(picture.width() * factor, picture.height(), |(y, row)| {
        stretch(picture.row(y), row, factor);
    });
    let tall = transposed(&wide);
    let large = Grey::from_rows(tall.width() * factor, tall.height(), |(y, row)| {
        stretch(tall.row(y), row, factor)
    });
    transposed(&large)
}

fn transposed(picture: &Grey) -> Grey {
    let width = picture.width();
    Grey::from_rows(picture.height(), width, |(y, row)| {
        for (pixel, &from) in row.iter_mut().zip(picture.pixels().iter().skip(y).step_by(width)) {
            *pixel = from;
        }
    })
}

fn stretch(from: &[u8], to: &mut [u8], factor: usize) {
    let last = from.len() as i64 - 1;
    let at = |index: i64| {
        let index = usize::try_from(index.clamp(0, last)).unwrap_or(0);
        f64::from(from.get(index).copied().unwrap_or(0))
    };
    for (index, pixel) in to.iter_mut().enumerate() {
        let place = (index as f64 + 0.5) / factor as f64 - 0.5;
        let whole = place.floor();
        let (part, left) = (place - whole, whole as i64);
        let [before, here, next, after] = [at(left - 1), at(left), at(left + 1), at(left + 2)];
        let slope = next - before + part * (2.0 * before - 5.0 * here + 4.0 * next - after);
        let value = here + 0.5 * part * (slope + part * part * (3.0 * (here - next) + after - before));
        *pixel = value.round().clamp(0.0, 255.0) as u8;
    }
}

/// Each pixel the median of the nine around it: takes away single wrong pixels and leaves edges.
pub(crate) fn median(picture: &Grey) -> Grey {
    let last = picture.height() - 1;
    Grey::from_rows(picture.width(), picture.height(), |(y, row)| {
        let rows = [
            picture.row(y.saturating_sub(1)),
            picture.row(y),
            picture.row((y + 1).min(last)),
        ];
        let ends = row.len().saturating_sub(1);
        for (x, pixel) in row.iter_mut().enumerate() {
            let columns = [x.saturating_sub(1), x, (x + 1).min(ends)];
            let mut around = [0u8; 9];
            let places = rows
                .iter()
                .flat_map(|row| columns.map(|column| row.get(column).copied().unwrap_or(0)));
            for (slot, value) in around.iter_mut().zip(places) {
                *slot = value;
            }
            let (_, middle, _) = around.select_nth_unstable(4);
            *pixel = *middle;
        }
    })
}

/// The picture with its darkest pixels black and its lightest white; a hundredth at either end does not count.
pub(crate) fn stretched(picture: &Grey) -> Grey {
    let counts = histogram(picture);
    let few = picture.pixels().len() / 100;
    let darkest = beyond(counts.iter().copied().enumerate(), few).unwrap_or(0);
    let lightest = beyond(counts.iter().copied().enumerate().rev(), few).unwrap_or(255);
    let range = lightest.saturating_sub(darkest).max(1);
    let tones: Vec<u8> = (0..256usize)
        .map(|tone| u8::try_from(tone.saturating_sub(darkest) * 255 / range).unwrap_or(u8::MAX))
        .collect();
    Grey::from_rows(picture.width(), picture.height(), |(y, row)| {
        for (pixel, &from) in row.iter_mut().zip(picture.row(y)) {
            *pixel = tones.get(usize::from(from)).copied().unwrap_or(from);
        }
    })
}

/// The first tone at which more than `few` pixels were counted.
fn beyond(mut counts: impl Iterator<Item = (usize, usize)>, few: usize) -> Option<usize> {
    let mut seen = 0;
    counts.find_map(|(tone, count)| {
        seen += count;
        (seen > few).then_some(tone)
    })
}

/// Dark is what is darker than the mean of the square around it, which is `reach` pixels to either side.
pub(crate) fn by_surroundings(picture: &Grey, reach: usize) -> Bitmap {
    let (width, height) = (picture.width(), picture.height());
    let mut dark = Vec::with_capacity(width * height);
    // Sums of each column over the rows of the square, kept while it moves down.
    let mut columns = vec![0u32; width];
    let change = |columns: &mut Vec<u32>, row: &[u8], sign: fn(u32, u32) -> u32| {
        for (sum, &pixel) in columns.iter_mut().zip(row) {
            *sum = sign(*sum, u32::from(pixel));
        }
    };
    for y in 0..reach.min(height) {
        change(&mut columns, picture.row(y), u32::saturating_add);
    }
    for y in 0..height {
        if y + reach < height {
            change(&mut columns, picture.row(y + reach), u32::saturating_add);
        }
        if let Some(above) = y.checked_sub(reach + 1) {
            change(&mut columns, picture.row(above), u32::saturating_sub);
        }
        let rows = (y + reach + 1).min(height) - y.saturating_sub(reach);
        let mut sum: u32 = columns.iter().take(reach).sum();
        for (x, &pixel) in picture.row(y).iter().enumerate() {
            sum += columns.get(x + reach).copied().unwrap_or(0);
            if let Some(left) = x.checked_sub(reach + 1) {
                sum -= columns.get(left).copied().unwrap_or(0);
            }
            let across = (x + reach + 1).min(width) - x.saturating_sub(reach);
            let count = u32::try_from(rows * across).unwrap_or(u32::MAX);
            dark.push((u32::from(pixel) + CLEAR) * count < sum);
        }
    }
    Bitmap { width, height, dark }
}

/// Dark is what lies on the dark side of the one threshold that parts the tones best (Otsu).
pub(crate) fn by_tone(picture: &Grey) -> Bitmap {
    let counts = histogram(picture);
    let total = picture.pixels().len() as f64;
    let all: f64 = counts
        .iter()
        .enumerate()
        .map(|(tone, &count)| tone as f64 * count as f64)
        .sum();
    let (mut best, mut threshold) = (-1.0, 128);
    let (mut below, mut sum) = (0.0, 0.0);
    for (tone, &count) in counts.iter().enumerate() {
        below += count as f64;
        sum += tone as f64 * count as f64;
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let apart = below * above * (sum / below - (all - sum) / above).powi(2);
        if apart > best {
            (best, threshold) = (apart, tone);
        }
    }
    let dark = picture
        .pixels()
        .iter()
        .map(|&pixel| usize::from(pixel) <= threshold)
        .collect();
    Bitmap {
        width: picture.width(),
        height: picture.height(),
        dark,
    }
}

fn histogram(picture: &Grey) -> [usize; 256] {
    let mut counts = [0; 256];
    for &pixel in picture.pixels() {
        if let Some(count) = counts.get_mut(usize::from(pixel)) {
            *count += 1;
        }
    }
    counts
}
