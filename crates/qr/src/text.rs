//! From the bytes of a code to text.

use encoding_rs::{SHIFT_JIS, WINDOWS_1252};

/// Text of the bytes: UTF-8 when they are that; else Shift-JIS when they can be that and hold bytes that Latin-1 has no
/// letters for; else Latin-1.
pub(crate) fn text_of(bytes: Vec<u8>) -> String {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return text,
        Err(error) => error.into_bytes(),
    };
    let beyond_latin = bytes.iter().any(|byte| (0x80..0xa0).contains(byte));
    if beyond_latin && let Some(text) = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes) {
        return text.into_owned();
    }
    WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned()
}
