//! Grey pictures in memory.

use crate::PictureError;

/// Most pixels of a picture: 50 million, more than any camera of a telephone or a laptop delivers.
pub const MAX_PIXELS: usize = 50_000_000;

/// A picture of 8-bit grey pixels, row by row from the top left; 0 is black. Has at least one pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    /// Takes pixels as they are.
    ///
    /// # Errors
    /// [`PictureError::Size`] for no pixels or more than [`MAX_PIXELS`], [`PictureError::Length`] when there are not
    /// `width` times `height` bytes.
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Result<Self, PictureError> {
        let expected = area(width, height)?;
        if pixels.len() != expected {
            return Err(PictureError::Length {
                expected,
                found: pixels.len(),
            });
        }
        Ok(Self { width, height, pixels })
    }

    /// Takes the brightness of pixels of four bytes, red, green, blue and opacity; what is transparent lies on white.
    ///
    /// # Errors
    /// As [`Grey::new`], for four bytes a pixel.
    pub fn from_rgba(width: usize, height: usize, rgba: &[u8]) -> Result<Self, PictureError> {
        let expected = area(width, height)? * 4;
        if rgba.len() != expected {
            return Err(PictureError::Length {
                expected,
                found: rgba.len(),
            });
        }
        let (pixels, _) = rgba.as_chunks::<4>();
        Ok(Self {
            width,
            height,
            pixels: pixels.iter().map(|&pixel| brightness(pixel)).collect(),
        })
    }

    /// Makes a picture from a function of place, for sizes that are known to be good.
    pub(crate) fn from_rows(width: usize, height: usize, fill: impl FnMut((usize, &mut [u8]))) -> Self {
        let mut pixels = vec![0; width * height];
        pixels.chunks_exact_mut(width.max(1)).enumerate().for_each(fill);
        Self { width, height, pixels }
    }

    /// Pixels across.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Pixels down.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The pixels, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// One row of pixels; none outside.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        self.pixels
            .get(y * self.width..(y + 1) * self.width)
            .unwrap_or_default()
    }

    /// The picture with light for dark.
    pub(crate) fn inverted(&self) -> Self {
        Self {
            width: self.width,
            height: self.height,
            pixels: self.pixels.iter().map(|&pixel| 255 - pixel).collect(),
        }
    }

    /// Brightness at a place between pixels; a pixel's middle lies at its indices plus a half. The edge goes on outside.
    #[inline]
    pub(crate) fn at(&self, x: f64, y: f64) -> f64 {
        let x = (x - 0.5).clamp(0.0, (self.width - 1) as f64);
        let y = (y - 0.5).clamp(0.0, (self.height - 1) as f64);
        // Not a number becomes 0.
        let (left, top) = (x as usize, y as usize);
        let (across, down) = (x - left as f64, y - top as f64);
        let first = top * self.width + left;
        let right = usize::from(left + 1 < self.width);
        let below = if top + 1 < self.height { self.width } else { 0 };
        let pixel = |index: usize| f64::from(self.pixels.get(index).copied().unwrap_or(0));
        let (a, b) = (pixel(first), pixel(first + right));
        let (c, d) = (pixel(first + below), pixel(first + below + right));
        let (upper, lower) = (a + (b - a) * across, c + (d - c) * across);
        upper + (lower - upper) * down
    }
}

impl std::fmt::Debug for Grey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Grey({} × {})", self.width, self.height)
    }
}

/// Number of pixels of a picture of this size.
fn area(width: usize, height: usize) -> Result<usize, PictureError> {
    match width.checked_mul(height) {
        Some(area) if (1..=MAX_PIXELS).contains(&area) => Ok(area),
        _ => Err(PictureError::Size { width, height }),
    }
}

/// The brightness of a colour on white, with the weights of ITU-R BT.601 in 256ths.
pub(crate) fn brightness([red, green, blue, opacity]: [u8; 4]) -> u8 {
    let colour = (77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue)) >> 8;
    let opacity = u32::from(opacity);
    let shown = (colour * opacity + 255 * (255 - opacity) + 127) / 255;
    u8::try_from(shown).unwrap_or(u8::MAX)
}
