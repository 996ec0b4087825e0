//! Picture files: foreign input, bounded before anything large is set aside.

use std::io::Cursor;

use image::{ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::picture::{Grey, MAX_PIXELS};

/// Most bytes of a picture file: 32 MiB.
pub const MAX_FILE: usize = 32 << 20;

/// Most bytes that decoding a file may set aside: four bytes for each of [`MAX_PIXELS`], twice.
const MAX_MEMORY: u64 = 8 * MAX_PIXELS as u64;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// No pixels, or too many.
    #[error("a picture of {width} × {height} pixels: at least one and at most {MAX_PIXELS} are read")]
    Size {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
    },
    /// The bytes do not fit the size.
    #[error("{found} bytes of pixels where {expected} are needed")]
    Length {
        /// Bytes that the size asks for.
        expected: usize,
        /// Bytes that were given.
        found: usize,
    },
    /// The file is too long.
    #[error("a picture file of {0} bytes: at most {MAX_FILE} are read")]
    File(usize),
    /// None of the formats that are read.
    #[error("not a picture in PNG, JPEG, GIF, WebP or BMP")]
    Format,
    /// The file is damaged, or asks for more memory than it may have.
    #[error("the picture cannot be read: {0}")]
    Damaged(#[source] image::ImageError),
}

/// Reads a picture file in PNG, JPEG, GIF, WebP or BMP, told by its content; of moving pictures the first one. A
/// photograph that is marked as turned is turned upright.
///
/// # Errors
/// [`PictureError`]; a picture that is too large is refused by its header.
pub fn decode(bytes: &[u8]) -> Result<Grey, PictureError> {
    if bytes.len() > MAX_FILE {
        return Err(PictureError::File(bytes.len()));
    }
    let format = image::guess_format(bytes).map_err(|_| PictureError::Format)?;
    if ![
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Gif,
        ImageFormat::WebP,
        ImageFormat::Bmp,
    ]
    .contains(&format)
    {
        return Err(PictureError::Format);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    // The header takes little; what follows is bounded once the size is known to be good.
    reader.no_limits();
    let mut decoder = reader.into_decoder().map_err(PictureError::Damaged)?;
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    if !(1..=MAX_PIXELS).contains(&width.saturating_mul(height)) {
        return Err(PictureError::Size { width, height });
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    decoder.set_limits(limits).map_err(PictureError::Damaged)?;
    let orientation = decoder.orientation().map_err(PictureError::Damaged)?;
    let mut picture = image::DynamicImage::from_decoder(decoder).map_err(PictureError::Damaged)?;
    picture.apply_orientation(orientation);
    let rgba = picture.into_rgba8();
    Grey::from_rgba(rgba.width() as usize, rgba.height() as usize, rgba.as_raw())
}
