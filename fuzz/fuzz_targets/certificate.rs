//! Certificates of strangers: none of them holds, and nothing but a reason comes of them.
#![no_main]

use coco_bridge::certificate::{Caller, Certificates, inspect};
use coco_keys::Address;
use libfuzzer_sys::fuzz_target;

const SIGNATURE: &str = "H9L5yLFjti0QTHhPyFrZCT1V/MMnBtXKmoiKDZ78NDBjERki6ZTQZdSMCtkgoNmp17By9ItJr8o7ChX0XxY91nk=";

fuzz_target!(|data: &[u8]| {
    let Ok(content) = std::str::from_utf8(data) else { return };
    let caller = Caller {
        app: Address::from_hash160([7; 20]),
        version: Some("1.2.3"),
        now: 1_750_000_000_000,
    };
    let certificates = Certificates::in_memory();
    // Both as the whole of `sign` and as what an authority would have signed.
    for sign in [content.to_owned(), wrapped(content)] {
        let verdict = inspect(&sign, &caller, certificates.authorities());
        assert!(verdict.refused.is_some(), "{sign}");
    }
});

/// A `sign` with this content and a signature of the right form.
fn wrapped(content: &str) -> String {
    let mut text = String::new();
    for character in content.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            control if control.is_control() => text.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => text.push(other),
        }
    }
    format!("{{\"content\":\"{text}\",\"signature\":\"{SIGNATURE}\"}}")
}
