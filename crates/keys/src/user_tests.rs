#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use bitcoin::hex::{DisplayHex as _, FromHex as _};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use proptest::prelude::*;

use super::*;

const MNEMONIC: &str = "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic";

/// Test vectors 1 and 2 for ed25519 in SLIP-0010: seed, path, private key.
const FIRST: &str = "000102030405060708090a0b0c0d0e0f";
const SECOND: &str = "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542";
const VECTORS: &[(&str, &[u32], &str)] = &[
    (
        FIRST,
        &[],
        "2b4be7f19ee27bbf30c667b642d5f4aa69fd169872f8fc3059c08ebae2eb19e7",
    ),
    (
        FIRST,
        &[0],
        "68e0fe46dfb67e368c75379acec591dad19df3cde26e63b93a8e704f1dade7a3",
    ),
    (
        FIRST,
        &[0, 1],
        "b1d0bad404bf35da785a64ca1ac54b2617211d2777696fbffaf208f746ae84f2",
    ),
    (
        FIRST,
        &[0, 1, 2],
        "92a5b23c0b8a99e37d07df3fb9966917f5d06e02ddbd909c7e184371463e9fc9",
    ),
    (
        FIRST,
        &[0, 1, 2, 2],
        "30d1dc7e5fc04c31219ab25a27ae00b50f6fd66622f6e9c913253d6511d1e662",
    ),
    (
        FIRST,
        &[0, 1, 2, 2, 1_000_000_000],
        "8f94d394a8e8fd6b1bc2f3f49f5c47e385281d5c17e65324b0f62483e37e8793",
    ),
    (
        SECOND,
        &[],
        "171cb88b1b3c1db25add599712e36245d75bc65a1a5c9e18d76f9f2b1eab4012",
    ),
    (
        SECOND,
        &[0],
        "1559eb2bbec5790b0c65d8693e4d0875b1747f4970ae8b650486ed7470845635",
    ),
    (
        SECOND,
        &[0, 2_147_483_647],
        "ea4f5bfe8694d8bb74b7b59404632fd5968b774ed545e810de9c32a4fb4192f4",
    ),
    (
        SECOND,
        &[0, 2_147_483_647, 1],
        "3757c7577170179c7868353ada796c839135b3d30554bbb74a4b1e4a5a58505c",
    ),
    (
        SECOND,
        &[0, 2_147_483_647, 1, 2_147_483_646],
        "5837736c89570de861ebc173b1086da4f505d4adb387c6a1b1342d5e4ac9ec72",
    ),
    (
        SECOND,
        &[0, 2_147_483_647, 1, 2_147_483_646, 2],
        "551d333177df541ad876a60ea71f00447931c0a9da16f227c11ea080d7391b8d",
    ),
];

#[test]
fn agrees_with_the_vectors_of_slip_0010() {
    for (seed, path, key) in VECTORS {
        let derived = derive(&Vec::from_hex(seed).unwrap(), path).unwrap();
        assert_eq!(derived.to_lower_hex_string(), *key, "{path:?}");
    }
    // The public key of the first vector's master, without the zero byte that SLIP-0010 puts before it.
    let master = derive(&Vec::from_hex(FIRST).unwrap(), &[]).unwrap();
    assert_eq!(
        DeviceKey::from_bytes(&master).public_key().to_lower_hex_string(),
        "a4b2856bfec510abab89753fac1ac0e1112364e7d250545963f135f2a33188ed"
    );
}

#[test]
fn a_person_always_has_the_same_keys() {
    // Computed by the Python packages slip10 and PyNaCl from the paths in the document.
    let keys = UserKeys::of(&Identity::from_mnemonic(MNEMONIC).unwrap()).unwrap();
    assert_eq!(
        keys.public_key().to_lower_hex_string(),
        "a84bab01116d52e99976cfd44782615f6c0bd882e42dd44c44d3b00db35f1abc"
    );
    assert_eq!(
        keys.curve_key().to_lower_hex_string(),
        "757899ca3693aa106074bdec5e2337599050164fe57f6c9e93a041b8a86ad20e"
    );
    assert_eq!(user_address_bytes(&keys.address()), Some(keys.public_key()));

    // Kept as entropy and in another language.
    let person = Identity::from_mnemonic(MNEMONIC).unwrap();
    let japanese = person.mnemonic_in(crate::WordList::Japanese);
    for again in [
        Identity::from_entropy(person.entropy()).unwrap(),
        Identity::from_mnemonic(&japanese).unwrap(),
    ] {
        assert_eq!(UserKeys::of(&again).unwrap().address(), keys.address());
    }
}

#[test]
fn signatures_are_verified_by_the_address() {
    let keys = UserKeys::of(&Identity::generate().unwrap()).unwrap();
    let device = DeviceKey::generate().unwrap();
    for (address, signature) in [
        (keys.address(), keys.sign(b"hello")),
        (device.address(), device.sign(b"hello")),
    ] {
        let public = VerifyingKey::from_bytes(&user_address_bytes(&address).unwrap()).unwrap();
        let signature = Signature::from_bytes(&signature);
        assert!(public.verify(b"hello", &signature).is_ok());
        assert!(public.verify(b"hello ", &signature).is_err());
    }
}

#[test]
fn two_people_agree_on_one_secret() {
    let [alice, bob, eve] = [(); 3].map(|()| UserKeys::of(&Identity::generate().unwrap()).unwrap());
    let secret = alice.agree(&bob.curve_key()).unwrap();
    assert_eq!(*secret, *bob.agree(&alice.curve_key()).unwrap());
    assert_ne!(*secret, *eve.agree(&alice.curve_key()).unwrap());
    assert!(alice.agree(&[0; 32]).is_none());
}

#[test]
fn a_device_comes_back_from_its_bytes() {
    let device = DeviceKey::generate().unwrap();
    assert_eq!(DeviceKey::from_bytes(&device.to_bytes()).address(), device.address());
    assert_ne!(DeviceKey::generate().unwrap().address(), device.address());
}

#[test]
fn an_address_has_exactly_32_bytes() {
    assert_eq!(user_address_bytes(&"1".repeat(32)), Some([0; 32]));
    for bad in [
        "",
        "0",
        "l",
        "é",
        &"1".repeat(31),
        &"1".repeat(33),
        &"z".repeat(44),
        &"z".repeat(1 << 20),
    ] {
        assert_eq!(user_address_bytes(bad), None, "{bad:.50}");
    }
}

#[test]
fn debug_shows_the_address_alone() {
    let keys = UserKeys::of(&Identity::from_mnemonic(MNEMONIC).unwrap()).unwrap();
    let device = DeviceKey::from_bytes(&[7; 32]);
    assert_eq!(
        format!("{keys:?}"),
        format!("UserKeys {{ address: {:?}, .. }}", keys.address())
    );
    assert_eq!(format!("{device:?}"), format!("DeviceKey({:?})", device.address()));
}

proptest! {
    #[test]
    fn any_32_bytes_have_an_address(bytes: [u8; 32]) {
        prop_assert_eq!(user_address_bytes(&base58::encode(&bytes)), Some(bytes));
    }

    #[test]
    fn hostile_addresses_never_panic(text in "\\PC{0,50}") {
        let _ = user_address_bytes(&text);
    }
}
