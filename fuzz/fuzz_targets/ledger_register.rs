//! Writes into registers: those that are read are written the same, and any order of them ends in the same registers.
#![no_main]

use coco_ledger::account::{Clock, Merged, Registers, Write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut writes: Vec<Write> = postcard::from_bytes(data).unwrap_or_default();
    if let Ok(write) = Write::from_bytes(data) {
        assert_eq!(
            Write::from_bytes(&write.to_bytes().expect("bytes")).as_ref(),
            Ok(&write)
        );
        writes.push(write);
    }
    // Few registers, so that they meet.
    for write in &mut writes {
        write.key.row.truncate(
            write
                .key
                .row
                .char_indices()
                .nth(1)
                .map_or(write.key.row.len(), |(end, _)| end),
        );
        write.key.column.truncate(
            write
                .key
                .column
                .char_indices()
                .nth(1)
                .map_or(write.key.column.len(), |(end, _)| end),
        );
    }
    let (mut one, mut other) = (Registers::default(), Registers::default());
    let merged: Vec<Merged> = writes.iter().map(|write| one.merge(write)).collect();
    for write in writes.iter().rev() {
        other.merge(write);
    }
    assert_eq!(one, other);
    for (write, merged) in writes.iter().zip(merged) {
        let again = one.merge(write);
        assert!(
            again != Merged::Applied && matches!(again, Merged::Invalid(_)) == matches!(merged, Merged::Invalid(_))
        );
    }
    let mut copy = Registers::default();
    for write in one.writes() {
        assert_eq!(copy.merge(&write), Merged::Applied);
    }
    assert_eq!(copy, one);
    for (table, row, registers) in one.rows() {
        let latest = registers.latest_of("");
        let Some(stamp) = Clock::new([0; 32], None).stamp(0, latest.as_ref()) else {
            continue;
        };
        let mut write = registers.writes(table, row).remove(0);
        write.key.column.clear();
        write.value = Some("false".to_owned());
        write.stamp = stamp;
        let mut deleted = registers.clone();
        assert_eq!(deleted.merge(&write), Merged::Applied);
        assert!(!deleted.exists());
    }
});
