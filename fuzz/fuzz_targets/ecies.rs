//! Encrypted messages: none that was not encrypted to the account opens, and what was does.
#![no_main]

use std::sync::LazyLock;

use coco_keys::{Address, AppAccount, Identity};
use libfuzzer_sys::fuzz_target;

static ACCOUNT: LazyLock<AppAccount> = LazyLock::new(|| {
    let words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
    let person = Identity::from_mnemonic(words).expect("words");
    person
        .app_account(&Address::from_hash160([7; 20]), 0)
        .expect("an account")
});

fuzz_target!(|data: &[u8]| {
    assert!(ACCOUNT.decrypt(data).is_err());
    let mut encrypted = ACCOUNT.encrypt(data).expect("random bytes");
    assert_eq!(ACCOUNT.decrypt(&encrypted).expect("our own").as_slice(), data);
    // One bit, anywhere.
    let at = data.iter().fold(data.len(), |sum, byte| {
        sum.wrapping_mul(31).wrapping_add((*byte).into())
    });
    let index = at / 8 % encrypted.len();
    if let Some(byte) = encrypted.get_mut(index) {
        *byte ^= 1 << (at % 8);
    }
    assert!(ACCOUNT.decrypt(&encrypted).is_err(), "bit {} of byte {index}", at % 8);
});
