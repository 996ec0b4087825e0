//! Recognising private keys in files that are about to be published.

use coco_keys::SigningKey;

/// A private key in a file that is not to have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundKey {
    /// Where it begins, in bytes from the start of the file; 0 when it is the name that gives it away.
    pub offset: usize,
    /// What was recognised, in the words of an error: the file "contains a …". The key itself is never quoted.
    pub found: &'static str,
}

/// Looks for a private key in a file: named `account.json`, or with a key in WIF, a PEM or an extended private key in it.
/// The same look as [`crate::sign`] takes at everything it is to publish.
#[must_use]
pub fn find_private_key(path: &str, bytes: &[u8]) -> Option<FoundKey> {
    match name(path) {
        Some(found) => Some(FoundKey { offset: 0, found }),
        None => content(bytes),
    }
}

/// What the name or the content of a file gives away, in the words of an error; `None` when nothing does.
pub(crate) fn find(path: &str, bytes: &[u8]) -> Option<&'static str> {
    find_private_key(path, bytes).map(|key| key.found)
}

/// Whether a file is named like the developer's key file (`package.md`: `account.json` lies beside the folder).
pub(crate) fn name(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.eq_ignore_ascii_case("account.json")
        .then_some("is named like the file of the developer's key")
}

fn content(bytes: &[u8]) -> Option<FoundKey> {
    if let (Some(offset), Some(_)) = (position(bytes, b"-----BEGIN "), position(bytes, b"PRIVATE KEY-----")) {
        let found = "contains a private key in PEM";
        return Some(FoundKey { offset, found });
    }
    let mut next = 0;
    bytes.split(|byte| !byte.is_ascii_alphanumeric()).find_map(|word| {
        let offset = next;
        next += word.len() + 1;
        let word = std::str::from_utf8(word).ok()?;
        let found = match word.len() {
            51 | 52 if SigningKey::from_wif(word).is_ok() => "contains a Bitcoin private key",
            111 if word.starts_with("xprv") => "contains an extended private key",
            _ => return None,
        };
        Some(FoundKey { offset, found })
    })
}

fn position(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn recognises_keys() {
        let wif = SigningKey::generate().unwrap().to_wif();
        assert!(find("a.js", format!("const k='{}';", wif.as_str()).as_bytes()).is_some());
        assert!(find("a.json", format!("{{\"privateKey\":\"{}\"}}", wif.as_str()).as_bytes()).is_some());
        assert!(find("a", wif.as_bytes()).is_some());
        assert!(find("k.pem", b"-----BEGIN EC PRIVATE KEY-----\nMHQ").is_some());
        assert!(find("x", format!("\"xprv{}\"", "9".repeat(107)).as_bytes()).is_some());
        assert!(find("sub/Account.JSON", b"{}").is_some());
        let quoted = format!("a b, '{}'", wif.as_str());
        assert_eq!(find_private_key("a.js", quoted.as_bytes()).unwrap().offset, 6);
    }

    #[test]
    fn leaves_other_files_alone() {
        let wif = SigningKey::generate().unwrap().to_wif();
        let mut mistyped = wif.to_string();
        let last = if mistyped.pop() == Some('a') { 'b' } else { 'a' };
        mistyped.push(last);
        for text in [
            mistyped.as_str(),
            "the privateKey stays with you",
            "-----BEGIN CERTIFICATE-----",
            &"K".repeat(52),
            "",
        ] {
            assert_eq!(find("app.js", text.as_bytes()), None, "{text}");
        }
        assert_eq!(find("my-account.json", b"{}"), None);
    }
}
