//! Mainnet P2PKH addresses.

use std::fmt;
use std::str::FromStr;

use bitcoin::PublicKey;
use bitcoin::base58;
use bitcoin::hashes::Hash as _;
use serde::{Deserialize, Serialize};

use crate::KeysError;

/// Version byte of a mainnet P2PKH address.
const VERSION: u8 = 0;
/// Lengths, in characters, that 25 bytes starting with the version byte can take in base58.
const LENGTHS: std::ops::RangeInclusive<usize> = 26..=34;

/// A mainnet P2PKH Bitcoin address such as `1BX9T97qS47zN1Wqqv2dfGiR3ahgUqiGRX`: the name of an app, of an app account
/// and of a certificate authority.
///
/// Written and read (also by serde) as base58 with its checksum. Case matters in that form; where it must not, as in a
/// host name, use the hex of [`Address::hash160`]. Ordered by the bytes of the hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address([u8; 20]);

impl Address {
    /// The address with this RIPEMD-160 of the SHA-256 of a public key.
    #[must_use]
    pub const fn from_hash160(hash: [u8; 20]) -> Self {
        Self(hash)
    }

    /// RIPEMD-160 of the SHA-256 of the public key.
    #[must_use]
    pub fn hash160(&self) -> [u8; 20] {
        self.0
    }

    /// The address of a public key. Its compressed and its uncompressed form have different addresses.
    pub(crate) fn of(key: &PublicKey) -> Self {
        Self(key.pubkey_hash().to_byte_array())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut payload = [VERSION; 21];
        for (to, from) in payload.iter_mut().skip(1).zip(self.0) {
            *to = from;
        }
        f.pad(&base58::encode_check(&payload))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

impl FromStr for Address {
    type Err = KeysError;

    /// Reads the base58 form. Another network, another kind of address, a wrong checksum or surrounding blanks are
    /// [`KeysError::Address`].
    fn from_str(text: &str) -> Result<Self, KeysError> {
        if !LENGTHS.contains(&text.len()) {
            return Err(KeysError::Address("it has 26 to 34 characters"));
        }
        let payload = base58::decode_check(text).map_err(|error| match error {
            base58::Error::Decode(_) => KeysError::Address("a character is not base58"),
            _ => KeysError::Address("its checksum does not match"),
        })?;
        match payload.split_first() {
            Some((&VERSION, hash)) => hash
                .try_into()
                .map(Self)
                .map_err(|_| KeysError::Address("it does not hold 20 bytes")),
            _ => Err(KeysError::Address("it is of another network or another kind")),
        }
    }
}

impl TryFrom<String> for Address {
    type Error = KeysError;

    fn try_from(text: String) -> Result<Self, KeysError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn knows_the_genesis_address() {
        let address: Address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa".parse().unwrap();
        let hash: String = address.hash160().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, "62e907b15cbf27d5425399ebf6f0fb50ebb88f18");
        assert_eq!(format!("{address:?}"), "Address(1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa)");
        assert_eq!(
            serde_json::to_string(&address).unwrap(),
            "\"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\""
        );
    }

    #[test]
    fn knows_the_shortest_and_the_longest() {
        assert_eq!(
            Address::from_hash160([0; 20]).to_string(),
            "1111111111111111111114oLvT2"
        );
        assert_eq!(Address::from_hash160([0xff; 20]).to_string().len(), 34);
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "1",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "1a1zp1ep5qgefi2dmptftl5slmv7divfna",
            " 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0",
            "3B5fQsEXEaV8v6U3ejYc8XaKXAkyQj2MjV",
            "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "地址地址地址地址地址",
            &"1".repeat(1_000_000),
        ] {
            assert!(
                matches!(text.parse::<Address>(), Err(KeysError::Address(_))),
                "{text:.50}"
            );
        }
        assert!(serde_json::from_str::<Address>("[1]").is_err());
        assert!(serde_json::from_str::<Address>("\"1\"").is_err());
    }

    proptest! {
        #[test]
        fn text_and_hash_are_one(hash: [u8; 20]) {
            let address = Address::from_hash160(hash);
            prop_assert_eq!(address.to_string().parse::<Address>().unwrap(), address);
            prop_assert_eq!(address.hash160(), hash);
        }

        #[test]
        fn hostile_text_never_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<Address>();
        }
    }
}
