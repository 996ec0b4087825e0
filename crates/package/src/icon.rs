//! An app's icon: a picture from a stranger, so it is looked at before anybody draws it.

use std::io::Cursor;

/// Smallest and largest edge in pixels; 192 is what the specification asks for (`package.md`).
const EDGES: std::ops::RangeInclusive<u32> = 16..=1024;
/// Most memory in bytes for decoding.
const MEMORY: usize = 16 * 1024 * 1024;

/// A PNG picture of a sensible size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Icon {
    /// The file as the developer signed it.
    pub png: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Icon {
    /// Reads no more than the header; `None` for what is no PNG, or one that is tiny or huge.
    #[must_use]
    pub fn read(png: Vec<u8>) -> Option<Self> {
        let reader = decoder(&png).read_info().ok()?;
        let (width, height) = reader.info().size();
        drop(reader);
        (EDGES.contains(&width) && EDGES.contains(&height)).then_some(Self { png, width, height })
    }

    /// The pixels, four bytes each: red, green, blue, alpha. `None` if the rest of the file is damaged.
    #[must_use]
    pub fn rgba(&self) -> Option<Vec<u8>> {
        let mut decoder = decoder(&self.png);
        decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
        let mut reader = decoder.read_info().ok()?;
        let mut pixels = vec![0; reader.output_buffer_size()?];
        let frame = reader.next_frame(&mut pixels).ok()?;
        pixels.truncate(frame.buffer_size());
        match frame.color_type {
            png::ColorType::Rgba => Some(pixels),
            png::ColorType::GrayscaleAlpha => Some(
                pixels
                    .chunks_exact(2)
                    .flat_map(|pixel| pixel.iter().take(1).cycle().take(3).chain(pixel.last()).copied())
                    .collect(),
            ),
            _ => None,
        }
    }
}

fn decoder(png: &[u8]) -> png::Decoder<Cursor<&[u8]>> {
    png::Decoder::new_with_limits(Cursor::new(png), png::Limits { bytes: MEMORY })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn draw(width: u32, height: u32, color: png::ColorType, pixel: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(color);
        let mut writer = encoder.write_header().unwrap();
        writer
            .write_image_data(&pixel.repeat((width * height) as usize))
            .unwrap();
        writer.finish().unwrap();
        file
    }

    #[test]
    fn every_kind_of_colour_becomes_four_bytes() {
        for (color, pixel, rgba) in [
            (png::ColorType::Rgba, &[1, 2, 3, 4][..], [1, 2, 3, 4]),
            (png::ColorType::Rgb, &[1, 2, 3], [1, 2, 3, 255]),
            (png::ColorType::Grayscale, &[7], [7, 7, 7, 255]),
            (png::ColorType::GrayscaleAlpha, &[7, 9], [7, 7, 7, 9]),
        ] {
            let icon = Icon::read(draw(16, 17, color, pixel)).unwrap();
            assert_eq!((icon.width, icon.height), (16, 17));
            assert_eq!(icon.rgba().unwrap(), rgba.repeat(16 * 17), "{color:?}");
        }
    }

    #[test]
    fn what_is_no_sensible_picture_is_none() {
        let whole = draw(192, 192, png::ColorType::Grayscale, &[0]);
        assert_eq!(Icon::read(b"\x89PNG\r\n\x1a\n".to_vec()), None);
        assert_eq!(Icon::read(b"<svg/>".to_vec()), None);
        assert_eq!(Icon::read(draw(15, 192, png::ColorType::Grayscale, &[0])), None);
        assert_eq!(Icon::read(draw(192, 1025, png::ColorType::Grayscale, &[0])), None);
        let mut huge = whole.clone();
        huge.splice(16..24, [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert_eq!(Icon::read(huge), None);
        let half = Icon::read(whole.get(..whole.len() / 2).unwrap().to_vec());
        assert!(half.is_none_or(|icon| icon.rgba().is_none()));
    }
}
