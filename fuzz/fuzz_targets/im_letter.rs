#![no_main]
//! What another engine may say once it is decrypted, and greetings of devices that are not known. None of it stops the engine.

use std::sync::LazyLock;

use coco_im::testing::Lab;
use libfuzzer_sys::fuzz_target;

/// Somebody is a contact, somebody else is not.
static LAB: LazyLock<Lab> = LazyLock::new(|| {
    let lab = Lab::new();
    lab.befriend(1);
    lab
});

fuzz_target!(|bytes: &[u8]| {
    for from in [1, 2] {
        LAB.hear(from, None, bytes);
    }
    LAB.hear(1, Some("a group that is not there"), bytes);
});
