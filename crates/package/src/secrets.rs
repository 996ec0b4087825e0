//! Recognising private keys in files that are about to be published.

use coco_keys::SigningKey;

/// What the name or the content of a file gives away, in the words of an error; `None` when nothing does.
pub(crate) fn find(path: &str, bytes: &[u8]) -> Option<&'static str> {
    name(path).or_else(|| content(bytes))
}

/// Whether a file is named like the developer's key file (`package.md`: `account.json` lies beside the folder).
pub(crate) fn name(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.eq_ignore_ascii_case("account.json")
        .then_some("is named like the file of the developer's key")
}

fn content(bytes: &[u8]) -> Option<&'static str> {
    if contains(bytes, b"PRIVATE KEY-----") && contains(bytes, b"-----BEGIN ") {
        return Some("contains a private key in PEM");
    }
    bytes.split(|byte| !byte.is_ascii_alphanumeric()).find_map(|word| {
        let word = std::str::from_utf8(word).ok()?;
        match word.len() {
            51 | 52 if SigningKey::from_wif(word).is_ok() => Some("contains a Bitcoin private key"),
            111 if word.starts_with("xprv") => Some("contains an extended private key"),
            _ => None,
        }
    })
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
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
