//! Bitcoin signed messages: 65 bytes in Base64, from which the signer's address is recovered.
//!
//! The first byte (BIP-137) is 27 to 30 for an uncompressed and 31 to 34 for a compressed public key, plus the recovery
//! id; then `r` and `s`, 32 bytes each. What is signed is the double SHA-256 of a fixed prefix, the length of the
//! message in bytes as Bitcoin's variable-length integer, and the message in UTF-8.
//!
//! Signatures with a high `s` are accepted, as every other implementation does; ours have a low one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitcoin::hashes::Hash as _;
use bitcoin::secp256k1::{Message, SECP256K1, SecretKey};
use bitcoin::sign_message::{MessageSignature, signed_msg_hash};

use crate::{Address, KeysError};

/// Characters that 65 bytes take in Base64, padding included.
const TEXT_LENGTH: usize = 88;
/// First bytes that stand for a P2PKH address; those above stand for SegWit addresses.
const HEADERS: std::ops::RangeInclusive<u8> = 27..=34;

/// The address whose key signed this message.
///
/// # Errors
/// [`KeysError::Signature`] if the text is not standard Base64 of 65 bytes, its first byte is not 27 to 34, or no public
/// key fits. A signature of another message usually recovers to some unrelated address: compare it, or use [`verify`].
pub fn recover(message: &str, signature_base64: &str) -> Result<Address, KeysError> {
    if signature_base64.len() != TEXT_LENGTH {
        return Err(KeysError::Signature("it has 88 characters of Base64"));
    }
    let bytes = STANDARD
        .decode(signature_base64)
        .map_err(|_| KeysError::Signature("it is not standard Base64"))?;
    if !bytes.first().is_some_and(|first| HEADERS.contains(first)) {
        return Err(KeysError::Signature("its first byte is not 27 to 34"));
    }
    let signature =
        MessageSignature::from_slice(&bytes).map_err(|_| KeysError::Signature("its numbers are out of range"))?;
    let key = signature
        .recover_pubkey(SECP256K1, signed_msg_hash(message))
        .map_err(|_| KeysError::Signature("no key can have made it"))?;
    Ok(Address::of(&key))
}

/// Whether the key of this address signed this message. A signature that cannot be decoded is `false`.
#[must_use]
pub fn verify(address: &Address, message: &str, signature_base64: &str) -> bool {
    recover(message, signature_base64).is_ok_and(|signer| signer == *address)
}

/// Signs deterministically (RFC 6979). `compressed` is the form of the public key behind the signer's address.
pub(crate) fn sign(key: &SecretKey, compressed: bool, message: &str) -> String {
    let signature = SECP256K1.sign_ecdsa_recoverable(&digest(message), key);
    STANDARD.encode(MessageSignature::new(signature, compressed).serialize())
}

/// What is signed in place of the message.
pub(crate) fn digest(message: &str) -> Message {
    Message::from_digest(signed_msg_hash(message).to_byte_array())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    /// Address, message, signature; from the test suites of Bitcoin Core, Trezor and bitcoinjs.
    const VECTORS: [(&str, &str, &str); 5] = [
        (
            "15CRxFdyRpGZLW9w8HnHvVduizdL5jKNbs",
            "Trust no one",
            "IPojfrX2dfPnH26UegfbGQQLrdK844DlHq5157/P6h57WyuS/Qsl+h/WSVGDF4MUi4rWSswW38oimDYfNNUBUOk=",
        ),
        (
            "11canuhp9X2NocwCq7xNrQYTmUgZAnLK3",
            "Trust me",
            "IIcaIENoYW5jZWxsb3Igb24gYnJpbmsgb2Ygc2Vjb25kIGJhaWxvdXQgZm9yIGJhbmtzIAaHRtbCeDZINyavx14=",
        ),
        (
            "1JAd7XCBzGudGpJQSDSfpmJhiygtLQWaGL",
            "This is an example of a signed message.",
            "IP2PL321I4/N0HfVIEw+aUnCYdcAJpzvwdnS3O9rlQI2MO5hf2yKz560DI7dcEycp06kr8OT9D81tOiVgyTL3Rw=",
        ),
        (
            // A message longer than 252 bytes: its length takes three bytes.
            "1JAd7XCBzGudGpJQSDSfpmJhiygtLQWaGL",
            "",
            "IApGR2zrhNBu9XhIKAJvkiyIFfV6rIN7jAEwB8qKhGDbY++Rfb6669EIscgUu+6m2x8rIkGpWOU/5xXMhrGZ2cM=",
        ),
        (
            // An uncompressed key.
            "1HZwkjkeaoZfTSaJxDw6aKkxp45agDiEzN",
            "This is an example of a signed message.",
            "G9L5yLFjti0QTHhPyFrZCT1V/MMnBtXKmoiKDZ78NDBjERki6ZTQZdSMCtkgoNmp17By9ItJr8o7ChX0XxY91nk=",
        ),
    ];

    #[test]
    fn recovers_the_signers_of_known_messages() {
        for (address, message, signature) in VECTORS {
            let message = match message {
                "" => "VeryLongMessage!".repeat(64),
                short => short.to_owned(),
            };
            let address: Address = address.parse().unwrap();
            assert_eq!(recover(&message, signature).unwrap(), address);
            assert!(verify(&address, &message, signature));
            assert!(!verify(&address, &format!("{message} "), signature));
            assert!(!verify(&Address::from_hash160([7; 20]), &message, signature));
        }
    }

    #[test]
    fn refuses_what_is_no_signature() {
        let (_, message, good) = VECTORS[0];
        let bytes = STANDARD.decode(good).unwrap();
        let with_header = |header: u8| {
            let mut bytes = bytes.clone();
            bytes[0] = header;
            STANDARD.encode(bytes)
        };
        for header in [0, 26, 35, 42, 255] {
            assert!(
                matches!(recover(message, &with_header(header)), Err(KeysError::Signature(_))),
                "{header}"
            );
        }
        let zeros = STANDARD.encode([vec![31], vec![0; 64]].concat());
        let overflow = STANDARD.encode([vec![31], vec![0xff; 64]].concat());
        let short = STANDARD.encode(&bytes[..64]);
        let long = STANDARD.encode([bytes.clone(), vec![0]].concat());
        for text in [
            "",
            "=",
            "invalid signature, not in base64 encoding",
            zeros.as_str(),
            overflow.as_str(),
            short.as_str(),
            long.as_str(),
            good.trim_end_matches('='),
            &format!("{good}\n"),
            &format!(" {good}"),
            &good.replace('/', "_"),
            &"A".repeat(10_000_000),
        ] {
            assert!(
                matches!(recover(message, text), Err(KeysError::Signature(_))),
                "{text:.100}"
            );
        }
    }

    proptest! {
        #[test]
        fn hostile_signatures_never_panic(bytes in proptest::collection::vec(any::<u8>(), 65), header in 27_u8..=34) {
            let mut bytes = bytes;
            bytes[0] = header;
            let _ = recover("x", &STANDARD.encode(bytes));
        }

        #[test]
        fn hostile_text_never_panics(text in "\\PC{88}") {
            let _ = recover("x", &text);
        }
    }
}
