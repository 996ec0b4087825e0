use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_chatbot::client::fetch;
use imagesize::{ImageType, blob_size, image_type};

use crate::{Code, Failure, Outcome};

/// Largest picture, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// Longest edge of a picture, in pixels.
const EDGE: usize = 8_192;

/// A picture that a message of a bot shows.
#[derive(Debug)]
pub(crate) struct Picture {
    /// The media type.
    pub(crate) kind: &'static str,
    /// The bytes in base64.
    pub(crate) data: String,
}

/// Fetches a picture, and looks whether it is one that may be shown.
///
/// # Errors
/// 20058 if the address is none that is asked, 20000 if there is no picture that may be shown.
pub(crate) fn picture(url: &str) -> Outcome<Picture> {
    use coco_chatbot::client::ClientError;
    let bytes = fetch(url, LARGEST).map_err(|error| match error {
        ClientError::Address => Failure::with(Code::CONTACT_LOOKUP, error.to_string()),
        error => Failure::with(Code::NETWORK, error.to_string()),
    })?;
    look(&bytes)
}

fn look(bytes: &[u8]) -> Outcome<Picture> {
    let wrong = |message: &str| Failure::with(Code::NETWORK, message.to_owned());
    let kind = match image_type(bytes) {
        Ok(ImageType::Png) => "image/png",
        Ok(ImageType::Jpeg) => "image/jpeg",
        Ok(ImageType::Gif) => "image/gif",
        Ok(ImageType::Webp) => "image/webp",
        _ => return Err(wrong("it is no picture that is shown")),
    };
    let size = blob_size(bytes).map_err(|error| wrong(&error.to_string()))?;
    if size.width.max(size.height) > EDGE {
        return Err(wrong("the picture is too large"));
    }
    let data = STANDARD.encode(bytes);
    Ok(Picture { kind, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a PNG of a size.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn pictures_are_told_from_what_is_none() {
        assert_eq!(look(&png(100, 50)).unwrap().kind, "image/png");
        assert!(look(&png(100_000, 50)).is_err());
        for nothing in [&b""[..], b"<svg onload=alert(1)>", b"<html>", b"BM", &png(1, 1)[..10]] {
            assert!(look(nothing).is_err(), "{nothing:?}");
        }
    }
}
