//! Device lists of a stranger: none opens that nobody signed, and what is signed has the limits.
#![no_main]

use coco_e2ee::{DEVICES, NODES, SignedDeviceList};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(signed) = SignedDeviceList::from_bytes(data) else {
        return;
    };
    // Seeds are signed lists, so some do open.
    if let Ok(list) = signed.open() {
        assert!(list.devices.len() <= DEVICES && list.nodes.len() <= NODES && list.version > 0);
        assert_eq!(
            SignedDeviceList::from_bytes(&signed.to_bytes().expect("bytes")).expect("the list"),
            signed
        );
    }
});
