//! Looking for plaintext where none may be.

use std::fs::{self, File};
use std::path::Path;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use crate::RigError;
use crate::error::During as _;

/// Shortest text that is looked for, in bytes: a shorter one may come about by chance.
const SHORTEST: usize = 8;

/// Texts that are looked for, in every form in which a program might have written them: UTF-8, UTF-16, hexadecimal and base64.
#[derive(Debug)]
pub struct Needles {
    automaton: AhoCorasick,
    /// Text and form of each pattern.
    patterns: Vec<(String, Form)>,
    longest: usize,
}

/// How a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// As it is.
    Utf8,
    /// Two bytes a letter, in either order.
    Utf16,
    /// Two digits a byte.
    Hexadecimal,
    /// Four letters for three bytes, in either alphabet, wherever it begins.
    Base64,
}

/// A text that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// File or packet, and position there in bytes.
    pub place: String,
    /// What was looked for.
    pub text: String,
    /// How it was written.
    pub form: Form,
}

impl Needles {
    /// Prepares to look for texts.
    ///
    /// # Errors
    /// If one has less than eight bytes, or they are too many.
    pub fn new<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Result<Self, RigError> {
        let (mut patterns, mut bytes) = (Vec::new(), Vec::new());
        for text in texts {
            let text = text.as_ref();
            if text.len() < SHORTEST {
                return Err(RigError::new(format!("{text:?} is too short to be looked for")));
            }
            for (form, pattern) in forms(text) {
                patterns.push((text.to_owned(), form));
                bytes.push(pattern);
            }
        }
        let longest = bytes.iter().map(Vec::len).max().unwrap_or_default();
        let automaton = AhoCorasick::new(&bytes).during("texts to look for")?;
        Ok(Self {
            automaton,
            patterns,
            longest,
        })
    }

    /// Bytes of the longest form of any text.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// What is found in bytes, which are at `place`.
    #[must_use]
    pub fn in_bytes(&self, place: &str, bytes: &[u8]) -> Vec<Found> {
        let matches = self.automaton.find_iter(bytes);
        let found = matches.filter_map(|found| self.found(place, found.pattern().as_usize(), found.start()));
        found.collect()
    }

    /// What is found in the files of a folder, in those of folders inside it, and in their names. Links are not followed.
    ///
    /// # Errors
    /// If a file cannot be read. One that went meanwhile is left out.
    pub fn in_folder(&self, folder: &Path) -> Result<Vec<Found>, RigError> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).during(folder.display())? {
                let entry = entry.during(folder.display())?;
                let (path, kind) = (entry.path(), entry.file_type().during(folder.display())?);
                let name = entry.file_name();
                found.extend(self.in_bytes(&format!("name of {}", path.display()), name.as_encoded_bytes()));
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() {
                    self.in_file(&path, &mut found)?;
                }
            }
        }
        Ok(found)
    }

    fn in_file(&self, path: &Path, found: &mut Vec<Found>) -> Result<(), RigError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error).during(path.display()),
        };
        let place = path.display().to_string();
        for next in self.automaton.stream_find_iter(file) {
            let next = next.during(&place)?;
            found.extend(self.found(&place, next.pattern().as_usize(), next.start()));
        }
        Ok(())
    }

    fn found(&self, place: &str, pattern: usize, at: usize) -> Option<Found> {
        let (text, form) = self.patterns.get(pattern)?;
        Some(Found {
            place: format!("{place} at {at}"),
            text: text.clone(),
            form: *form,
        })
    }
}

/// All forms of a text.
fn forms(text: &str) -> Vec<(Form, Vec<u8>)> {
    let units = || text.encode_utf16();
    let hexadecimal: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        (Form::Utf8, text.as_bytes().to_vec()),
        (Form::Utf16, units().flat_map(u16::to_le_bytes).collect()),
        (Form::Utf16, units().flat_map(u16::to_be_bytes).collect()),
        (Form::Hexadecimal, hexadecimal.to_uppercase().into_bytes()),
        (Form::Hexadecimal, hexadecimal.into_bytes()),
    ];
    for alphabet in [&STANDARD, &URL_SAFE] {
        let engine = GeneralPurpose::new(alphabet, GeneralPurposeConfig::new());
        forms.extend((0..3).map(|before| (Form::Base64, inside(&engine, text.as_bytes(), before))));
    }
    forms
}

/// The letters of base64 that a text alone decides when `before` bytes, modulo three, go before it.
fn inside(engine: &GeneralPurpose, text: &[u8], before: usize) -> Vec<u8> {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(text);
    let letters = engine.encode(&bytes).into_bytes();
    let (begin, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    letters.get(begin..end).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    const TEXT: &str = "good morning? ~>÷";

    #[test]
    fn a_text_is_found_in_every_form_wherever_it_begins() {
        let needles = Needles::new([TEXT]).unwrap();
        for before in 0..7 {
            let plain = format!("{}{TEXT} and more", "x".repeat(before));
            let utf16: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let hexadecimal: String = plain.bytes().map(|byte| format!("{byte:02X}")).collect();
            let tries = [
                (Form::Utf8, plain.clone().into_bytes()),
                (Form::Utf16, utf16),
                (Form::Hexadecimal, hexadecimal.into_bytes()),
                (Form::Base64, BASE64_STANDARD.encode(&plain).into_bytes()),
                (Form::Base64, BASE64_URL_SAFE_NO_PAD.encode(&plain).into_bytes()),
            ];
            for (form, bytes) in tries {
                let found = needles.in_bytes("here", &bytes);
                assert!(found.iter().any(|found| found.form == form), "{form:?} after {before}");
                assert!(found.iter().all(|found| found.text == TEXT));
            }
        }
        assert_eq!(needles.in_bytes("here", b"good morning! and good evening"), []);
    }

    #[test]
    fn folders_are_searched_to_the_bottom_and_over_every_boundary() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        let needles = Needles::new(["the secret of the day"]).unwrap();
        let mut bytes = vec![0; 3 * 64 * 1024];
        fs::write(deep.join("quiet"), &bytes).unwrap();
        assert_eq!(needles.in_folder(folder.path()).unwrap(), []);
        for at in [0, 65_530, 131_060] {
            bytes.splice(at..at + 21, *b"the secret of the day");
        }
        fs::write(deep.join("loud"), &bytes).unwrap();
        fs::write(deep.join("the secret of the day"), b"").unwrap();
        assert_eq!(needles.in_folder(folder.path()).unwrap().len(), 4);
    }

    #[test]
    fn what_is_too_short_is_refused() {
        assert!(Needles::new(["hello"]).is_err());
    }
}
