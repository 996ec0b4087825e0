//! What one CocoAPP sees of a person.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitcoin::hex::FromHex as _;
use bitcoin::secp256k1::ecdsa::Signature;
use bitcoin::secp256k1::{PublicKey, SECP256K1};
use zeroize::Zeroizing;

use crate::secret::{Node, Secret};
use crate::service::{self, Purpose};
use crate::signing::SigningKey;
use crate::{Address, KeysError, ecies, message};

/// Longest signature text that can be one: 72 bytes of DER and a recovery digit in hex, 146 characters.
const SIGNATURE_LIMIT: usize = 160;

/// A person's account in one app: a signing key with its BTC address, and an encryption key.
///
/// Both keys exist for this app, this person and this generation only; accounts in different apps cannot be linked. What
/// the SDK reference calls the result of `getAccount` is [`AppAccount::address`], or for type 1
/// [`AppAccount::encryption_public_key`].
pub struct AppAccount {
    signing: SigningKey,
    decryption: Secret,
    encryption: PublicKey,
}

impl AppAccount {
    /// Derives the account for an app: SLIP-0013 for the signing key and SLIP-0017 for the encryption key, service URI
    /// `cocoapp://<app address>`, index = generation.
    pub(crate) fn derive(root: &Node, app: &Address, generation: u32) -> Result<Self, KeysError> {
        let uri = format!("cocoapp://{app}");
        let key = |purpose| -> Result<Secret, KeysError> { root.derive(&service::path(purpose, &uri, generation)) };
        let decryption = key(Purpose::KeyAgreement)?;
        Ok(Self {
            signing: SigningKey::compressed(key(Purpose::Authentication)?),
            encryption: decryption.public_key().inner,
            decryption,
        })
    }

    /// The account's BTC address (P2PKH, of the compressed key).
    #[must_use]
    pub fn address(&self) -> Address {
        self.signing.address()
    }

    /// The compressed ECC public key to which messages for this account are encrypted.
    #[must_use]
    pub fn encryption_public_key(&self) -> [u8; 33] {
        self.encryption.serialize()
    }

    /// Encrypts a message so that this account alone reads it (bridge 3, ECIES format). Every time the bytes are others.
    ///
    /// # Errors
    /// [`KeysError::MessageLength`] over [`MESSAGE_BYTES`](crate::MESSAGE_BYTES), [`KeysError::Random`].
    pub fn encrypt(&self, message: &[u8]) -> Result<Vec<u8>, KeysError> {
        ecies::encrypt(&self.encryption, message)
    }

    /// Opens a message that was encrypted to this account, by whatever program of this format.
    ///
    /// # Errors
    /// [`KeysError::Ciphertext`] for everything else: another account's, changed, cut off, longer than
    /// [`CIPHERTEXT_BYTES`](crate::CIPHERTEXT_BYTES).
    pub fn decrypt(&self, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeysError> {
        ecies::decrypt(&self.decryption, bytes)
    }

    /// Signs a message by the key of the account's address: Base64 of 65 bytes, see [`message`].
    #[must_use]
    pub fn sign(&self, message: &str) -> String {
        self.signing.sign_message(message)
    }

    /// Whether this account signed the message (SDK reference, verifySignature).
    ///
    /// Accepted are the 65 bytes of [`message`] in Base64, and DER in Base64 or hex, with or without a trailing recovery
    /// digit: a byte 0 to 3, the same as an ASCII character, or in hex a single character. The digit says nothing that
    /// the account's key does not, so its value is not looked at. `s` may be high. Anything else is `false`.
    #[must_use]
    pub fn verify(&self, message: &str, signature: &str) -> bool {
        if signature.len() > SIGNATURE_LIMIT {
            return false;
        }
        message::verify(&self.address(), message, signature)
            || readings(signature)
                .iter()
                .filter_map(|bytes| read_der(bytes))
                .any(|signature| self.signed(message, signature))
    }

    /// Checks a bare ECDSA signature against the key of the account's address.
    fn signed(&self, message: &str, mut signature: Signature) -> bool {
        signature.normalize_s();
        let key = self.signing.public_key().inner;
        SECP256K1
            .verify_ecdsa(&message::digest(message), &signature, &key)
            .is_ok()
    }
}

impl fmt::Debug for AppAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppAccount").finish_non_exhaustive()
    }
}

/// The bytes that a text can stand for: hex, hex followed by a lone recovery digit, Base64.
fn readings(text: &str) -> Vec<Vec<u8>> {
    let before_digit = text.strip_suffix(['0', '1', '2', '3']);
    [
        Vec::from_hex(text).ok(),
        before_digit.and_then(|hex| Vec::from_hex(hex).ok()),
        STANDARD.decode(text).ok(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Reads a DER signature, with or without a trailing recovery digit.
fn read_der(bytes: &[u8]) -> Option<Signature> {
    Signature::from_der(bytes).ok().or_else(|| {
        let (last, der) = bytes.split_last()?;
        matches!(last, 0..=3 | b'0'..=b'3')
            .then(|| Signature::from_der(der).ok())
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use bitcoin::hex::DisplayHex as _;
    use proptest::prelude::*;

    use super::*;
    use crate::Identity;

    const APP: &str = "1BX9T97qS47zN1Wqqv2dfGiR3ahgUqiGRX";

    fn alice() -> AppAccount {
        let person = Identity::from_mnemonic(
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        );
        person.unwrap().app_account(&APP.parse().unwrap(), 0).unwrap()
    }

    /// The order of the curve minus `s`, as the last 32 bytes of a compact signature.
    fn with_high_s(signature: &Signature) -> Signature {
        let compact = signature.serialize_compact();
        let s = bitcoin::secp256k1::SecretKey::from_slice(&compact[32..]).unwrap();
        let negated = s.negate().secret_bytes();
        Signature::from_compact(&[&compact[..32], &negated[..]].concat()).unwrap()
    }

    /// The signature of a message as bare ECDSA.
    fn ecdsa(account: &AppAccount, message: &str) -> Signature {
        let bytes = STANDARD.decode(account.sign(message)).unwrap();
        Signature::from_compact(&bytes[1..]).unwrap()
    }

    /// The 65 bytes of a signature with another first byte.
    fn with_header(signature: &str, header: impl Fn(u8) -> u8) -> String {
        let mut bytes = STANDARD.decode(signature).unwrap();
        bytes[0] = header(bytes[0]);
        STANDARD.encode(bytes)
    }

    #[test]
    fn the_account_of_an_app_never_changes() {
        // Computed by an independent implementation (see tests/interop): whoever changes these loses people's accounts.
        let account = alice();
        assert_eq!(account.address().to_string(), "14S75tUJjNJP8jaiv5JeWE6AZbNVqcQ15o");
        assert_eq!(
            account.encryption_public_key().to_lower_hex_string(),
            "0284626d9fdc53d237a0cf967817b8c0b7f03f9ab771374506ed39ce9443a914ca"
        );
    }

    #[test]
    fn apps_people_and_generations_have_accounts_of_their_own() {
        let person = Identity::generate().unwrap();
        let other = Identity::generate().unwrap();
        let app: Address = APP.parse().unwrap();
        let another: Address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa".parse().unwrap();
        let accounts = [
            person.app_account(&app, 0),
            person.app_account(&app, 1),
            person.app_account(&app, u32::MAX),
            person.app_account(&another, 0),
            other.app_account(&app, 0),
        ]
        .map(Result::unwrap);
        let addresses: std::collections::BTreeSet<_> = accounts.iter().map(AppAccount::address).collect();
        let keys: std::collections::BTreeSet<_> = accounts.iter().map(AppAccount::encryption_public_key).collect();
        assert_eq!((addresses.len(), keys.len()), (5, 5));
        assert!(
            accounts
                .iter()
                .all(|account| { account.signing.public_key().inner != account.encryption })
        );
        assert_eq!(person.app_account(&app, 1).unwrap().address(), accounts[1].address());
    }

    #[test]
    fn its_own_signature_is_valid_and_no_one_elses() {
        let account = alice();
        let stranger = Identity::generate()
            .unwrap()
            .app_account(&APP.parse().unwrap(), 0)
            .unwrap();
        for message in ["", "你好", "🦊", "a\nb\r\n", "\0", &"x".repeat(10_000)] {
            let signature = account.sign(message);
            assert!(account.verify(message, &signature));
            assert!(!account.verify(&format!("{message}."), &signature));
            assert!(!stranger.verify(message, &signature));
        }
    }

    #[test]
    fn der_is_accepted_in_every_spelling() {
        let account = alice();
        let low = ecdsa(&account, "hello");
        for signature in [low, with_high_s(&low)] {
            let der = signature.serialize_der().to_vec();
            let hex = der.to_lower_hex_string();
            assert!(account.verify("hello", &hex));
            assert!(account.verify("hello", &hex.to_uppercase()));
            assert!(account.verify("hello", &STANDARD.encode(&der)));
            for digit in 0_u8..=3 {
                for byte in [digit, b'0' + digit] {
                    let bytes = [der.clone(), vec![byte]].concat();
                    assert!(account.verify("hello", &bytes.to_lower_hex_string()));
                    assert!(account.verify("hello", &STANDARD.encode(&bytes)));
                }
                assert!(account.verify("hello", &format!("{hex}{digit}")));
            }
            assert!(!account.verify("bye", &hex));
            assert!(!account.verify("hello", &format!("{hex}04")));
            assert!(!account.verify("hello", &format!("{hex}4")));
            assert!(!account.verify("hello", &format!("{hex}0000")));
            assert!(!account.verify("hello", hex.trim_start_matches("30")));
            assert!(!account.verify("hello", &format!("0x{hex}")));
        }
    }

    #[test]
    fn a_high_s_is_accepted_in_65_bytes_too() {
        let account = alice();
        let text = account.sign("hello");
        let bytes = STANDARD.decode(&text).unwrap();
        let high = with_high_s(&ecdsa(&account, "hello")).serialize_compact();
        // Negating `s` mirrors the point, so the parity in the recovery id turns around.
        let header = 31 + ((bytes[0] - 31) ^ 1);
        let mirrored = [vec![header], high.to_vec()].concat();
        assert!(account.verify("hello", &STANDARD.encode(mirrored)));
    }

    #[test]
    fn the_header_must_lead_to_the_accounts_address() {
        let account = alice();
        let text = account.sign("hello");
        assert!(account.verify("hello", &with_header(&text, |header| header)));
        // The address of the uncompressed key, of another point, of SegWit.
        assert!(!account.verify("hello", &with_header(&text, |header| header - 4)));
        assert!(!account.verify("hello", &with_header(&text, |header| header ^ 3)));
        assert!(!account.verify("hello", &with_header(&text, |header| header + 4)));
        assert!(!account.verify("hello", &with_header(&text, |header| header + 8)));
    }

    #[test]
    fn what_cannot_be_decoded_is_false() {
        let account = alice();
        let hex = STANDARD.decode(account.sign("hello")).unwrap().to_lower_hex_string();
        for text in [
            "",
            "0",
            "signature",
            "3045022100aaabbbcccdddee....",
            "30",
            "3006020100020100",
            "你好",
            // The 65 bytes are a form of Base64 alone.
            hex.as_str(),
            &"0".repeat(140),
            &"A".repeat(10_000_000),
        ] {
            assert!(!account.verify("hello", text), "{text:.60}");
        }
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", alice()), "AppAccount { .. }");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn hostile_signatures_are_false(bytes in proptest::collection::vec(any::<u8>(), 0..80), text in "\\PC{0,180}") {
            let account = alice();
            prop_assert!(!account.verify("hello", &text));
            prop_assert!(!account.verify("hello", &bytes.to_lower_hex_string()));
            prop_assert!(!account.verify("hello", &STANDARD.encode(&bytes)));
        }
    }
}
