//! Pictures and videos that travel in a message: `data:[<mediatype>][;base64],<data>`, or Base64 alone. What the media type
//! claims does not count, the content does.

use data_url::forgiving_base64::{DecodeError, Decoder};
use data_url::{DataUrl, DataUrlError};

use crate::FilesError;
use crate::limits::{MAX_IMAGE_DATA, MAX_VIDEO_DATA};

/// Room for the media type in front of the data, in bytes.
const MAX_HEAD: u64 = 1024;

/// The bytes of a picture (`saveImage`, type `base64`), at most [`MAX_IMAGE_DATA`].
///
/// # Errors
/// [`FilesError::Invalid`] for what is neither a data URL nor Base64, [`FilesError::TooLarge`].
pub fn image_data(text: &str) -> Result<Vec<u8>, FilesError> {
    decode("image", text, MAX_IMAGE_DATA)
}

/// The bytes of a video (`saveVideo`, type `base64`), at most [`MAX_VIDEO_DATA`].
///
/// # Errors
/// [`FilesError::Invalid`] for what is neither a data URL nor Base64, [`FilesError::TooLarge`].
pub fn video_data(text: &str) -> Result<Vec<u8>, FilesError> {
    decode("video", text, MAX_VIDEO_DATA)
}

fn decode(place: &str, text: &str, max: u64) -> Result<Vec<u8>, FilesError> {
    let too_large = || FilesError::TooLarge(format!("{place}: more than {max} bytes"));
    // Three characters for a byte is the most that escaping takes.
    if text.len() as u64 > max.saturating_mul(3).saturating_add(MAX_HEAD) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let mut write = |part: &[u8]| {
        if (bytes.len() as u64).saturating_add(part.len() as u64) > max {
            return Err(());
        }
        bytes.extend_from_slice(part);
        Ok(())
    };
    let decoded = if text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        let url = DataUrl::process(text).map_err(|error| {
            FilesError::invalid(match error {
                DataUrlError::NotADataUrl => format!("{place}: not a data URL"),
                DataUrlError::NoComma => format!("{place}: a data URL without a comma"),
            })
        })?;
        url.decode(write).map(drop)
    } else {
        let mut decoder = Decoder::new(&mut write);
        decoder.feed(text.as_bytes()).and_then(|()| decoder.finish())
    };
    match decoded {
        Ok(()) if bytes.is_empty() => Err(FilesError::invalid(format!("{place}: empty"))),
        Ok(()) => Ok(bytes),
        Err(DecodeError::WriteError(())) => Err(too_large()),
        Err(DecodeError::InvalidBase64(error)) => Err(FilesError::invalid(format!("{place}: not Base64: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_every_form() {
        for text in [
            "data:image/png;base64,aGVsbG8=",
            "data:image/png;base64,aGVsbG8",
            "DATA:;base64,aGVs bG8=",
            "data:,hello",
            "data:text/plain;charset=utf-8,h%65llo",
            "aGVsbG8=",
            "aGVsbG8",
            "aGVs\nbG8=",
        ] {
            assert_eq!(image_data(text).unwrap(), b"hello", "{text}");
        }
    }

    #[test]
    fn refuses_what_is_neither() {
        for text in [
            "",
            "data:",
            "data:image/png;base64",
            "data:image/png;base64,",
            "data:;base64,!!!",
            "<svg/>",
            "a",
            "äöü",
        ] {
            assert!(
                matches!(video_data(text), Err(FilesError::Invalid(reason)) if reason.starts_with("video: ")),
                "{text}"
            );
        }
    }

    #[test]
    fn keeps_to_the_bound() {
        let max = 6;
        for (text, fits) in [
            ("YWJjZGVm", true),
            ("YWJjZGVmZw==", false),
            ("data:,abcdef", true),
            ("data:,abcdefg", false),
            ("data:,%61%62%63%64%65%66", true),
        ] {
            let result = decode("image", text, max);
            assert_eq!(result.is_ok(), fits, "{text}");
            assert!(fits || matches!(result, Err(FilesError::TooLarge(_))), "{text}");
        }
        let endless = "A".repeat(4 * 1024);
        assert!(matches!(decode("image", &endless, max), Err(FilesError::TooLarge(_))));
    }

    proptest! {
        #[test]
        fn hostile_text_never_panics(text in "(data:)?[a-zA-Z0-9;,=%/+ ]{0,40}\\PC{0,5}") {
            let _ = image_data(&text);
        }
    }
}
