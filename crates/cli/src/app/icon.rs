//! The icon of a new app: a pattern of its address, so that two new apps can be told apart at a glance.

use std::io;

use coco_keys::Address;

/// Width and height in pixels (`package.md`: 192x192).
const SIZE: u32 = 192;
/// Radius of the rounded corners in pixels.
const CORNER: i64 = 42;
/// Cells of the pattern in each direction; the right half mirrors the left.
const CELLS: u32 = 5;
/// Pixels around the pattern.
const MARGIN: u32 = 31;
/// Pixels of one cell.
const CELL: u32 = (SIZE - 2 * MARGIN) / CELLS;

/// The icon as a PNG.
pub(super) fn draw(address: &Address) -> io::Result<Vec<u8>> {
    let hash = address.hash160();
    let background = colour(hash.first().copied().unwrap_or(0));
    let mut pixels = Vec::new();
    for y in 0..SIZE {
        for x in 0..SIZE {
            pixels.extend(if !in_rounded_square(x, y) {
                [0; 4]
            } else if in_pattern(&hash, x, y) {
                [255; 4]
            } else {
                background
            });
        }
    }
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, SIZE, SIZE);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(io::Error::other)?;
    writer.write_image_data(&pixels).map_err(io::Error::other)?;
    writer.finish().map_err(io::Error::other)?;
    Ok(png)
}

fn in_rounded_square(x: u32, y: u32) -> bool {
    let from_corner = |at: u32| (CORNER - i64::from(at.min(SIZE - 1 - at))).max(0);
    let (dx, dy) = (from_corner(x), from_corner(y));
    dx * dx + dy * dy <= CORNER * CORNER
}

fn in_pattern(hash: &[u8; 20], x: u32, y: u32) -> bool {
    let cell = |at: u32| {
        at.checked_sub(MARGIN)
            .map(|inside| inside / CELL)
            .filter(|cell| *cell < CELLS)
    };
    let (Some(column), Some(row)) = (cell(x), cell(y)) else {
        return false;
    };
    let place = row * CELLS.div_ceil(2) + column.min(CELLS - 1 - column);
    usize::try_from(place + 1)
        .ok()
        .and_then(|place| hash.get(place))
        .is_some_and(|byte| byte % 2 == 1)
}

/// A colour of the given hue (0 to 255 is once around), dark enough for white on it.
fn colour(hue: u8) -> [u8; 4] {
    let (sector, within) = (u32::from(hue) * 6 / 256, u32::from(hue) * 6 % 256);
    let (low, high) = (50, 170);
    let rising = low + (high - low) * within / 256;
    let falling = high - (high - low) * within / 256;
    let (red, green, blue) = match sector {
        0 => (high, rising, low),
        1 => (falling, high, low),
        2 => (low, high, rising),
        3 => (low, falling, high),
        4 => (rising, low, high),
        _ => (high, low, falling),
    };
    [red, green, blue, 255].map(|part| u8::try_from(part).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn is_a_png_of_the_right_size_that_depends_on_the_address() {
        let one = draw(&Address::from_hash160([1; 20])).unwrap();
        assert_eq!(one, draw(&Address::from_hash160([1; 20])).unwrap());
        assert_ne!(one, draw(&Address::from_hash160([2; 20])).unwrap());
        let mut reader = png::Decoder::new(io::Cursor::new(&one)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (SIZE, SIZE));
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels[..4], [0; 4], "the corners are transparent");
    }
}
