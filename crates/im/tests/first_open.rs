//! The first stores that a process opens, on several threads at once.

#![allow(clippy::unwrap_used)]

use std::sync::Barrier;

use coco_im::{Store, StoreKey};

#[test]
fn stores_may_be_opened_at_once_before_any_other() {
    const THREADS: u8 = 8;
    let folder = tempfile::tempdir().unwrap();
    let start = Barrier::new(THREADS.into());
    std::thread::scope(|scope| {
        for number in 0..THREADS {
            let (path, start) = (folder.path().join(number.to_string()), &start);
            scope.spawn(move || {
                start.wait();
                Store::open(&path, StoreKey::new([number; 32])).unwrap();
            });
        }
    });
}
