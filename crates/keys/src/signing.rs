//! Private keys as developers hold them: in wallet import format.

use std::fmt;

use bitcoin::{PublicKey, base58};
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::{Address, KeysError, message};

/// First byte of a mainnet private key in wallet import format.
const WIF_VERSION: u8 = 0x80;
/// Last byte, present when the public key is used in its compressed form.
const WIF_COMPRESSED: u8 = 0x01;
/// Characters of a mainnet key in wallet import format: 51 uncompressed, 52 compressed.
const WIF_LENGTHS: std::ops::RangeInclusive<usize> = 51..=52;

/// A private key that signs messages: a developer's deployment key, or the one behind an app account's address.
///
/// Wiped when dropped; its `Debug` output says nothing.
pub struct SigningKey {
    secret: Secret,
    /// Whether the address is that of the compressed public key.
    compressed: bool,
}

impl SigningKey {
    /// A new random key, compressed.
    ///
    /// # Errors
    /// [`KeysError::Random`] if the system has no random bytes to give.
    pub fn generate() -> Result<Self, KeysError> {
        Secret::generate().map(Self::compressed)
    }

    /// The compressed key around a derived secret.
    pub(crate) fn compressed(secret: Secret) -> Self {
        Self {
            secret,
            compressed: true,
        }
    }

    /// Reads a mainnet key in wallet import format, compressed (`K…`, `L…`) or not (`5…`).
    ///
    /// # Errors
    /// [`KeysError::PrivateKey`] for anything else, a key of a test network included.
    pub fn from_wif(wif: &str) -> Result<Self, KeysError> {
        if !WIF_LENGTHS.contains(&wif.len()) {
            return Err(KeysError::PrivateKey("it has 51 or 52 characters"));
        }
        let payload = Zeroizing::new(
            base58::decode_check(wif)
                .map_err(|_| KeysError::PrivateKey("it is not base58, or its checksum does not match"))?,
        );
        let Some((&WIF_VERSION, rest)) = payload.split_first() else {
            return Err(KeysError::PrivateKey("it is not a key of the main network"));
        };
        let (bytes, compressed) = match rest.split_last() {
            Some((&WIF_COMPRESSED, bytes)) if rest.len() == 33 => (bytes, true),
            _ if rest.len() == 32 => (rest, false),
            _ => return Err(KeysError::PrivateKey("it does not hold 32 bytes")),
        };
        let secret = Secret::from_bytes(bytes).ok_or(KeysError::PrivateKey("its number is out of range"))?;
        Ok(Self { secret, compressed })
    }

    /// The key in wallet import format; the text is wiped when dropped.
    #[must_use]
    pub fn to_wif(&self) -> Zeroizing<String> {
        let secret = Zeroizing::new(self.secret.expose().secret_bytes());
        let mut payload = Zeroizing::new(Vec::with_capacity(34));
        payload.push(WIF_VERSION);
        payload.extend_from_slice(secret.as_slice());
        if self.compressed {
            payload.push(WIF_COMPRESSED);
        }
        Zeroizing::new(base58::encode_check(&payload))
    }

    /// The P2PKH address of this key.
    #[must_use]
    pub fn address(&self) -> Address {
        Address::of(&self.public_key())
    }

    /// Signs a message: Base64 of 65 bytes, see [`message`]. The same message always has the same signature.
    #[must_use]
    pub fn sign_message(&self, message: &str) -> String {
        message::sign(self.secret.expose(), self.compressed, message)
    }

    /// The public key in the form that the address is made of.
    pub(crate) fn public_key(&self) -> PublicKey {
        PublicKey {
            compressed: self.compressed,
            ..self.secret.public_key()
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use bitcoin::hex::FromHex as _;
    use proptest::prelude::*;

    use super::*;

    /// The private key one, whose two forms are printed in many places.
    const ONE: &str = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn";
    const ONE_UNCOMPRESSED: &str = "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf";

    #[test]
    fn knows_the_addresses_of_the_key_one() {
        let compressed = SigningKey::from_wif(ONE).unwrap();
        let uncompressed = SigningKey::from_wif(ONE_UNCOMPRESSED).unwrap();
        assert_eq!(compressed.address().to_string(), "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH");
        assert_eq!(uncompressed.address().to_string(), "1EHNa6Q4Jz2uvNExL497mE43ikXhwF6kZm");
        assert_eq!(*compressed.to_wif(), ONE);
        assert_eq!(*uncompressed.to_wif(), ONE_UNCOMPRESSED);
    }

    #[test]
    fn signs_like_bitcoin_core_and_bitcoinjs() {
        // Bitcoin Core, message_sign: the key is given there as bytes.
        let bytes: Vec<u8> = Vec::from_hex("d97f5108f11cda6eeebaaa420fef0726b1f898060b98489fa3098463c0032866").unwrap();
        let core = SigningKey::compressed(Secret::from_bytes(&bytes).unwrap());
        assert_eq!(core.address().to_string(), "15CRxFdyRpGZLW9w8HnHvVduizdL5jKNbs");
        assert_eq!(
            core.sign_message("Trust no one"),
            "IPojfrX2dfPnH26UegfbGQQLrdK844DlHq5157/P6h57WyuS/Qsl+h/WSVGDF4MUi4rWSswW38oimDYfNNUBUOk="
        );

        let uncompressed = SigningKey::from_wif("5KYZdUEo39z3FPrtuX2QbbwGnNP5zTd7yyr2SC1j299sBCnWjss").unwrap();
        assert_eq!(
            uncompressed.sign_message("This is an example of a signed message."),
            "G9L5yLFjti0QTHhPyFrZCT1V/MMnBtXKmoiKDZ78NDBjERki6ZTQZdSMCtkgoNmp17By9ItJr8o7ChX0XxY91nk="
        );
    }

    #[test]
    fn refuses_what_is_no_mainnet_key() {
        let with = |payload: &[u8]| base58::encode_check(payload);
        let zero = with(&[&[0x80][..], &[0; 32], &[1]].concat());
        let order = with(&[&[0x80][..], &[0xff; 32], &[1]].concat());
        let odd_flag = with(&[&[0x80][..], &[7; 32], &[2]].concat());
        let testnet = with(&[&[0xef][..], &[7; 32], &[1]].concat());
        for text in [
            "",
            "K",
            zero.as_str(),
            order.as_str(),
            odd_flag.as_str(),
            testnet.as_str(),
            &ONE.replace('K', "L"),
            &format!("{ONE} "),
            &"1".repeat(52),
            &"1".repeat(1_000_000),
        ] {
            assert!(
                matches!(SigningKey::from_wif(text), Err(KeysError::PrivateKey(_))),
                "{text:.60}"
            );
        }
    }

    #[test]
    fn generated_keys_differ_and_sign() {
        let (one, two) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        assert_ne!(one.address(), two.address());
        let signature = one.sign_message("x");
        assert!(message::verify(&one.address(), "x", &signature));
        assert!(!message::verify(&two.address(), "x", &signature));
    }

    #[test]
    fn debug_says_nothing() {
        let key = SigningKey::from_wif(ONE).unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey { .. }");
    }

    proptest! {
        #[test]
        fn any_key_survives_its_wif_and_signs_any_message(bytes: [u8; 32], compressed: bool, text in "\\PC{0,300}") {
            let Some(secret) = Secret::from_bytes(&bytes) else { return Ok(()) };
            let key = SigningKey { secret, compressed };
            let again = SigningKey::from_wif(&key.to_wif()).unwrap();
            prop_assert_eq!(again.address(), key.address());
            prop_assert_eq!(message::recover(&text, &again.sign_message(&text)).unwrap(), key.address());
        }

        #[test]
        fn hostile_text_never_panics(text in "\\PC{51,52}") {
            let _ = SigningKey::from_wif(&text);
        }
    }
}
