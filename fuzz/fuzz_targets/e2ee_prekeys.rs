//! Prekeys and group keys of a stranger: a bundle that verifies is one that begins sessions.
#![no_main]

use std::sync::LazyLock;

use coco_e2ee::{DeviceEntry, GroupKey, GroupMessage, Machine, MemoryKeep, Prekey, PrekeyBundle};
use coco_keys::DeviceKey;
use libfuzzer_sys::fuzz_target;

static ENTRY: LazyLock<DeviceEntry> = LazyLock::new(|| {
    let key = DeviceKey::from_bytes(&[1; 32]);
    let machine = Machine::create(&mut MemoryKeep::default(), [2; 32], key).expect("a machine");
    machine.entry("fuzz", true, 0)
});

fuzz_target!(|data: &[u8]| {
    if let Ok(bundle) = PrekeyBundle::from_bytes(data) {
        assert!(
            bundle.verify(&ENTRY).is_err(),
            "the Olm key is another one in every run"
        );
    }
    if let Ok(prekey) = Prekey::from_bytes(data) {
        assert!(
            prekey.verify(&ENTRY).is_err(),
            "the Olm key is another one in every run"
        );
    }
    if let Ok(key) = GroupKey::from_bytes(data) {
        let bytes = key.to_bytes();
        assert_eq!(GroupKey::from_bytes(&bytes).expect("the key").to_bytes(), bytes);
    }
    if let Ok(message) = GroupMessage::from_bytes(data) {
        assert_eq!(message.to_bytes(), data);
    }
});
