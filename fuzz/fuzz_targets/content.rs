//! Signed lists of packages: what is read is written the same, and its canonical text does not change on the way.
#![no_main]

use coco_package::Content;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(content) = Content::parse(data) else { return };
    let again = Content::parse(content.to_json().as_bytes()).expect("what was written is read");
    assert_eq!(again, content);
    assert_eq!(again.canonical(), content.canonical());
    assert!(content.canonical().bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
});
