//! A verifier of one password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::secret::random;
use crate::vault::kdf::{Kdf, SALT_LENGTH};
use crate::{Cost, KeysError};

/// Longest text that is looked at, in bytes; one that we write has about 100.
const LONGEST: usize = 256;

/// Tells whether a password is the right one, from a text that is kept (`im.md`, section 4, `exportWalletPwd`).
///
/// The text is a PHC string: `$argon2id$v=19$m=65536,t=3,p=1$salt$hash`, both in Base64 without padding. Whoever has it
/// can try passwords as fast as Argon2id permits: it belongs into an encrypted database.
#[derive(Debug)]
pub struct PasswordCheck;

impl PasswordCheck {
    /// The text to keep for a password, other each time. [`Cost::Standard`] takes about a fifth of a second and 64 MiB.
    ///
    /// # Errors
    /// [`KeysError::Random`] or [`KeysError::OutOfMemory`].
    #[expect(clippy::new_ret_no_self, reason = "what is kept is a text")]
    pub fn new(password: &str, cost: Cost) -> Result<String, KeysError> {
        let kdf = cost.kdf();
        let mut salt = [0; SALT_LENGTH];
        random(&mut salt)?;
        let hash = kdf.key(password, &salt)?;
        Ok(format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            kdf.memory_kib,
            kdf.iterations,
            kdf.parallelism,
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(hash.as_slice()),
        ))
    }

    /// Whether the text was made for this password; compared in constant time, and in Unicode's composed form (NFC).
    ///
    /// # Errors
    /// [`KeysError::PasswordCheck`] if the text is none of [`PasswordCheck::new`], [`KeysError::OutOfMemory`].
    pub fn matches(text: &str, password: &str) -> Result<bool, KeysError> {
        let (kdf, salt, hash) = parse(text)?;
        let given = kdf.key(password, &salt)?;
        Ok(given.as_slice().ct_eq(hash.as_slice()).into())
    }
}

/// Takes a kept text apart.
fn parse(text: &str) -> Result<(Kdf, [u8; SALT_LENGTH], [u8; 32]), KeysError> {
    let form = KeysError::PasswordCheck("it is not in the form of one");
    if text.len() > LONGEST {
        return Err(form);
    }
    let parts: Vec<&str> = text.split('$').collect();
    let ["", "argon2id", "v=19", parameters, salt, hash] = parts.as_slice() else {
        return Err(form);
    };
    let kdf = parse_kdf(parameters).ok_or(KeysError::PasswordCheck("its parameters are malformed"))?;
    if !kdf.is_acceptable() {
        return Err(KeysError::PasswordCheck("its parameters are out of bounds"));
    }
    let salt = bytes(salt).ok_or(KeysError::PasswordCheck("its salt is not 16 bytes"))?;
    let hash = bytes(hash).ok_or(KeysError::PasswordCheck("its hash is not 32 bytes"))?;
    Ok((kdf, salt, hash))
}

/// Reads `m=…,t=…,p=…`.
fn parse_kdf(text: &str) -> Option<Kdf> {
    let mut members = text.split(',');
    let mut next = |name| members.next()?.strip_prefix(name)?.parse().ok();
    let kdf = Kdf {
        memory_kib: next("m=")?,
        iterations: next("t=")?,
        parallelism: next("p=")?,
    };
    members.next().is_none().then_some(kdf)
}

/// Exactly this many bytes from Base64 without padding.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_right_password_matches() {
        let text = PasswordCheck::new("caf\u{e9} 1", Cost::Cheap).unwrap();
        assert!(PasswordCheck::matches(&text, "cafe\u{301} 1").unwrap());
        assert!(!PasswordCheck::matches(&text, "cafe 1").unwrap());
        assert!(!PasswordCheck::matches(&text, "").unwrap());
        assert_ne!(PasswordCheck::new("caf\u{e9} 1", Cost::Cheap).unwrap(), text);
    }

    #[test]
    fn the_standard_is_slow() {
        let text = PasswordCheck::new("a", Cost::Standard).unwrap();
        assert!(text.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{text}");
        assert!(PasswordCheck::matches(&text, "a").unwrap());
    }

    #[test]
    fn a_text_of_the_reference_code_is_read() {
        // Written by argon2-cffi, which wraps Argon2's reference code.
        let text = "$argon2id$v=19$m=8,t=1,p=1$mhTQMESOjbOCmdj81mY6iw$oBDnhm1MDadLjsEd/xg+H1n6nqDTlWXEYnBLL6Lfq8Y";
        assert!(PasswordCheck::matches(text, "pässword 1").unwrap());
        assert!(!PasswordCheck::matches(text, "pässword 2").unwrap());
    }

    #[test]
    fn every_altered_text_is_refused_or_matches_no_more() {
        let text = PasswordCheck::new("a", Cost::Cheap).unwrap();
        for (old, new) in [
            ("argon2id", "argon2i"),
            ("v=19", "v=16"),
            ("m=8,", "m=7,"),
            ("m=8,", "m=4294967295,"),
            ("m=8,", "m=99999999999,"),
            ("m=8,", ""),
            ("t=1", "t=0"),
            ("t=1", "t=17"),
            ("p=1", "p=1,x=1"),
            ("p=1$", "p=1$A"),
            ("$argon2id", "argon2id"),
        ] {
            let altered = text.replacen(old, new, 1);
            assert_ne!(altered, text);
            let refusal = PasswordCheck::matches(&altered, "a").unwrap_err();
            assert!(matches!(refusal, KeysError::PasswordCheck(_)), "{altered}");
        }
        for bad in [
            "",
            "$",
            text.strip_suffix(|_: char| true).unwrap(),
            &format!("{text}$"),
            &"$".repeat(1 << 20),
        ] {
            assert!(PasswordCheck::matches(bad, "a").is_err(), "{bad:.80}");
        }
    }

    proptest! {
        #[test]
        fn hostile_texts_never_panic(text in "\\PC{0,120}") {
            prop_assert!(PasswordCheck::matches(&text, "a").is_err());
        }
    }
}
