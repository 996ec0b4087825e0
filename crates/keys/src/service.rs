//! Deterministic keys for a service: SLIP-0013 (authentication) and SLIP-0017 (key agreement).

use bitcoin::bip32::ChildNumber;
use bitcoin::hashes::{Hash as _, HashEngine as _, sha256};

/// The bit that makes a step of a path hardened.
const HARDENED: u32 = 1 << 31;

/// What a service key is for: the first step of its path, so that the keys of one service never coincide.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// SLIP-0013: proves who the person is.
    Authentication = 13,
    /// SLIP-0017: agrees on encryption keys.
    KeyAgreement = 17,
}

/// The path `m/purpose'/A'/B'/C'/D'` of the key number `index` for the service with this URI.
///
/// A to D are the first four 32-bit words, little endian, of the SHA-256 of `index` (little endian) and the URI.
pub(crate) fn path(purpose: Purpose, uri: &str, index: u32) -> [ChildNumber; 5] {
    let mut engine = sha256::Hash::engine();
    engine.input(&index.to_le_bytes());
    engine.input(uri.as_bytes());
    let hash = sha256::Hash::from_engine(engine).to_byte_array();

    let mut steps = [ChildNumber::from(HARDENED | purpose as u32); 5];
    let (words, _) = hash.as_chunks::<4>();
    for (step, word) in steps.iter_mut().skip(1).zip(words) {
        *step = ChildNumber::from(HARDENED | u32::from_le_bytes(*word));
    }
    steps
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use bip39::Mnemonic;

    use super::*;
    use crate::secret::Node;

    fn public_key(mnemonic: &str, purpose: Purpose, uri: &str, index: u32) -> String {
        let seed = mnemonic.parse::<Mnemonic>().unwrap().to_seed_normalized("");
        let secret = Node::master(&seed).unwrap().derive(&path(purpose, uri, index)).unwrap();
        secret.public_key().to_string()
    }

    #[test]
    fn follows_the_worked_example_of_slip_0013() {
        let steps = path(Purpose::Authentication, "https://satoshi@bitcoin.org/login", 0);
        assert_eq!(
            steps.map(u32::from),
            [
                2_147_483_661,
                2_637_750_992,
                2_845_082_444,
                3_761_103_859,
                4_005_495_825
            ]
        );
    }

    #[test]
    fn derives_the_authentication_keys_of_trezor() {
        let mnemonic = "alcohol woman abuse must during monitor noble actual mixed trade anger aisle";
        assert_eq!(
            public_key(
                mnemonic,
                Purpose::Authentication,
                "https://satoshi@bitcoin.org/login",
                0
            ),
            "023a472219ad3327b07c18273717bb3a40b39b743756bf287fbd5fa9d263237f45"
        );
        assert_eq!(
            public_key(
                mnemonic,
                Purpose::Authentication,
                "ftp://satoshi@bitcoin.org:2323/pub",
                3
            ),
            "0266cf12d2ba381c5fd797da0d64f59c07a6f1b034ad276cca6bf2729e92b20d9c"
        );
    }

    #[test]
    fn derives_the_key_agreement_key_of_trezor() {
        assert_eq!(
            public_key(
                "all all all all all all all all all all all all",
                Purpose::KeyAgreement,
                "gpg://Satoshi Nakamoto <satoshi@bitcoin.org>",
                0
            ),
            "032726ba71aa066b47fc0f90b389f8c3e02fe20b94c858395d71f260e9944e3c65"
        );
    }
}
