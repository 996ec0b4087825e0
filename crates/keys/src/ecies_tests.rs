#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use bitcoin::hex::{DisplayHex as _, FromHex as _};
use proptest::prelude::*;

use super::*;
use crate::{Address, AppAccount, Identity};

/// Made by sslcrypto (see tests/interop) to the account of [`alice`]: bytes 1 to 32 as the secret for this message
/// alone, its first 16 bytes as initialisation vector.
const GOLDEN: &str = "7e0f83b3223bdcccfedc038b2dfc087202ca002084bf7562262bbd6940085748f3be6afa52ae317155181ece31b66351ccffa4b000208cc43d63b2859d469fee15f31c9edb5324266e6fd0407e87382d60fc4511acd8445434814c447eeb9ef523dd524004ea59a4960fda6061393e2af5f720c1588dcf129168cb37690ca113d1e65dfaba7d";

const GOLDEN_TEXT: &str = "你好, ECIES";

fn account(mnemonic: &str) -> AppAccount {
    let app: Address = "1BX9T97qS47zN1Wqqv2dfGiR3ahgUqiGRX".parse().unwrap();
    Identity::from_mnemonic(mnemonic).unwrap().app_account(&app, 0).unwrap()
}

fn alice() -> AppAccount {
    account("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about")
}

fn golden() -> Vec<u8> {
    Vec::from_hex(GOLDEN).unwrap()
}

/// The secret with bytes 1 to 32.
fn once() -> Secret {
    let bytes: Vec<u8> = (1..=32).collect();
    Secret::from_bytes(&bytes).unwrap()
}

/// Why these bytes are refused.
fn reason(account: &AppAccount, bytes: &[u8]) -> &'static str {
    match account.decrypt(bytes) {
        Err(KeysError::Ciphertext(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// A message with these coordinates, its MAC made by whoever sent it.
fn with_coordinates(x: &[u8], y: &[u8], text: &[u8], mac: &Hmac<Sha256>) -> Vec<u8> {
    let mut bytes = vec![7; BLOCK];
    bytes.extend(CURVE.to_be_bytes());
    for coordinate in [x, y] {
        bytes.extend(u16::try_from(coordinate.len()).unwrap().to_be_bytes());
        bytes.extend(coordinate);
    }
    bytes.extend(text);
    let tag = mac.clone().chain_update(&bytes).finalize().into_bytes();
    bytes.extend(tag);
    bytes
}

#[test]
fn reads_and_writes_the_bytes_of_another_implementation() {
    let once = once();
    let to = PublicKey::from_slice(&alice().encryption_public_key()).unwrap();
    let ours = encrypt_with(&to, GOLDEN_TEXT.as_bytes(), &once, golden().first_chunk().unwrap()).unwrap();
    assert_eq!(ours.to_lower_hex_string(), GOLDEN);
    assert_eq!(alice().decrypt(&golden()).unwrap().as_slice(), GOLDEN_TEXT.as_bytes());
}

#[test]
fn every_length_survives() {
    let alice = alice();
    for length in (0..=65).chain([1_000, 65_536, MESSAGE_BYTES]) {
        let message = vec![0x10; length];
        let bytes = alice.encrypt(&message).unwrap();
        assert_eq!(bytes.len(), HEADER + (length / BLOCK + 1) * BLOCK + MAC);
        assert!(*alice.decrypt(&bytes).unwrap() == message, "{length}");
    }
}

#[test]
fn what_is_too_long_is_refused_both_ways() {
    let alice = alice();
    assert!(matches!(
        alice.encrypt(&vec![0; MESSAGE_BYTES + 1]),
        Err(KeysError::MessageLength(MESSAGE_BYTES))
    ));
    let mut bytes = alice.encrypt(&vec![0; MESSAGE_BYTES]).unwrap();
    bytes.resize(CIPHERTEXT_BYTES + 1, 0);
    assert_eq!(reason(&alice, &bytes), "it is too long");
}

#[test]
fn the_same_message_never_looks_the_same() {
    let (one, two) = (alice().encrypt(b"x").unwrap(), alice().encrypt(b"x").unwrap());
    assert_ne!(one[..BLOCK], two[..BLOCK]);
    assert_ne!(one[HEADER - COORDINATE..HEADER], two[HEADER - COORDINATE..HEADER]);
}

#[test]
fn every_changed_byte_is_noticed() {
    let alice = alice();
    let golden = golden();
    for place in 0..golden.len() {
        for change in [1, 0x80, 0xff] {
            let mut bytes = golden.clone();
            bytes[place] ^= change;
            let _ = reason(&alice, &bytes);
        }
    }
}

#[test]
fn every_cut_is_noticed_and_nothing_may_follow() {
    let alice = alice();
    let golden = golden();
    for length in 0..golden.len() {
        let _ = reason(&alice, &golden[..length]);
        let _ = reason(&alice, &golden[golden.len() - length..]);
    }
    for more in 1..=2 * BLOCK {
        let _ = reason(&alice, &[golden.as_slice(), &vec![0; more]].concat());
    }
}

#[test]
fn nobody_else_reads_it() {
    let bob = account("legal winner thank year wave sausage worth useful legal winner thank yellow");
    let changed = "it is for another account, or it was changed";
    assert_eq!(reason(&bob, &golden()), changed);
    assert_eq!(reason(&alice(), &bob.encrypt(b"x").unwrap()), changed);
}

#[test]
fn a_wrong_padding_looks_like_a_wrong_mac() {
    // Only who knows the keys of the message can make a MAC that holds over a text that does not.
    let once = once();
    let to = PublicKey::from_slice(&alice().encryption_public_key()).unwrap();
    let keys = Keys::agree(&to, &once).unwrap();
    let point = once.public_key().inner.serialize_uncompressed();
    let refused: Vec<&str> = (0..16)
        .map(|byte| with_coordinates(&point[1..33], &point[33..], &[byte; BLOCK], &keys.mac))
        .filter(|bytes| alice().decrypt(bytes).is_err())
        .map(|bytes| reason(&alice(), &bytes))
        .collect();
    assert!(refused.len() > 10);
    let mut wrong_mac = golden();
    *wrong_mac.last_mut().unwrap() ^= 1;
    assert!(refused.iter().all(|refused| *refused == reason(&alice(), &wrong_mac)));
}

#[test]
fn shorter_coordinates_are_read_and_no_others() {
    // A key pair whose x begins with a zero byte is one in 256.
    let to = PublicKey::from_slice(&alice().encryption_public_key()).unwrap();
    let short = |coordinate: usize| {
        (1_u32..)
            .map(|number| {
                let mut bytes = [0; 32];
                bytes[28..].copy_from_slice(&number.to_be_bytes());
                Secret::from_bytes(&bytes).unwrap()
            })
            .find(|secret| secret.public_key().inner.serialize_uncompressed()[1 + coordinate * 32] == 0)
            .unwrap()
    };
    for coordinate in [0, 1] {
        let once = short(coordinate);
        let keys = Keys::agree(&to, &once).unwrap();
        let point = once.public_key().inner.serialize_uncompressed();
        let (x, y) = point[1..].split_at(32);
        let text = cbc::Encryptor::<Aes256>::new((&*keys.cipher).into(), (&[7; BLOCK]).into())
            .encrypt_padded_vec::<Pkcs7>(b"short");
        let (x_short, y_short) = if coordinate == 0 { (&x[1..], y) } else { (x, &y[1..]) };
        for (x, y) in [(x, y), (x_short, y_short)] {
            let bytes = with_coordinates(x, y, &text, &keys.mac);
            assert_eq!(alice().decrypt(&bytes).unwrap().as_slice(), b"short");
        }
        // A zero more, 33 bytes, is none of them.
        let longer = [&[0], x].concat();
        let bytes = with_coordinates(&longer, y, &text, &keys.mac);
        assert_eq!(reason(&alice(), &bytes), "a coordinate of its point has 1 to 32 bytes");
        let bytes = with_coordinates(x, &[&[0], y].concat(), &text, &keys.mac);
        assert_eq!(reason(&alice(), &bytes), "a coordinate of its point has 1 to 32 bytes");
    }
}

#[test]
fn lengths_of_coordinates_are_held() {
    let golden = golden();
    let places = [BLOCK + 2, BLOCK + 2 + 2 + COORDINATE];
    for (place, length) in places
        .iter()
        .flat_map(|place| [0_u16, 1, 31, 33, 65_535].map(|length| (*place, length)))
    {
        let mut bytes = golden.clone();
        bytes[place..place + 2].copy_from_slice(&length.to_be_bytes());
        let _ = reason(&alice(), &bytes);
    }
}

#[test]
fn a_point_must_lie_on_the_curve() {
    let golden = golden();
    let off = |change: &dyn Fn(&mut [u8])| {
        let mut bytes = golden.clone();
        change(&mut bytes[BLOCK + 4..HEADER]);
        reason(&alice(), &bytes)
    };
    assert_eq!(off(&|point| point[31] ^= 1), "its point is not on the curve");
    assert_eq!(off(&|point| point[65] ^= 1), "its point is not on the curve");
    // Zeros, and numbers beyond the field.
    assert_eq!(
        off(&|point| {
            point[..32].fill(0);
            point[34..].fill(0);
        }),
        "its point is not on the curve"
    );
    assert_eq!(off(&|point| point[..32].fill(0xff)), "its point is not on the curve");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn hostile_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let refused = matches!(alice().decrypt(&bytes), Err(KeysError::Ciphertext(_)));
        prop_assert!(refused);
    }

    #[test]
    fn hostile_lengths_are_refused(x in 0..40_u16, y in 0..40_u16, rest in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = vec![0; BLOCK];
        bytes.extend(CURVE.to_be_bytes());
        bytes.extend(x.to_be_bytes());
        bytes.extend(&rest);
        bytes.extend(y.to_be_bytes());
        bytes.extend(&rest);
        let refused = matches!(alice().decrypt(&bytes), Err(KeysError::Ciphertext(_)));
        prop_assert!(refused);
    }
}
