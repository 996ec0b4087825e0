//! Registers and clocks.

use std::collections::BTreeMap;

use coco_ledger::account::{AHEAD, Cell, Clock, Key, LATEST, Malformed, Merged, Registers, Row, Stamp, VALUE, Write};
use proptest::prelude::*;

fn stamp(ms: u64, counter: u32, device: u8) -> Stamp {
    Stamp {
        ms,
        counter,
        device: [device; 32],
    }
}

fn write(column: &str, value: Option<&str>, stamp: Stamp) -> Write {
    Write {
        key: Key {
            table: "contact".to_owned(),
            row: "ann".to_owned(),
            column: column.to_owned(),
        },
        value: value.map(str::to_owned),
        stamp,
    }
}

fn value<'a>(registers: &'a Registers, column: &str) -> Option<&'a str> {
    let cell: &Cell = registers.row("contact", "ann")?.cells().get(column)?;
    cell.value.as_deref()
}

#[test]
fn the_later_write_stays() {
    let mut registers = Registers::default();
    let first = write("remark", Some("1"), stamp(10, 0, 1));
    assert_eq!(registers.merge(&first), Merged::Applied);
    assert_eq!(registers.merge(&first), Merged::Duplicate);
    assert_eq!(
        registers.merge(&write("remark", Some("0"), stamp(9, 7, 9))),
        Merged::Older
    );
    assert_eq!(value(&registers, "remark"), Some("1"));
    assert_eq!(
        registers.merge(&write("remark", Some("2"), stamp(10, 1, 0))),
        Merged::Applied
    );
    assert_eq!(
        registers.merge(&write("remark", Some("3"), stamp(10, 1, 1))),
        Merged::Applied
    );
    assert_eq!(
        registers.merge(&write("remark", None, stamp(11, 0, 0))),
        Merged::Applied
    );
    assert_eq!(value(&registers, "remark"), None);
    assert!(registers.row("contact", "ann").unwrap().exists());
    assert_eq!(registers.row("contact", "bob"), None);
}

#[test]
fn a_deleted_row_comes_back_only_by_what_is_later() {
    let mut registers = Registers::default();
    registers.merge(&write("remark", Some("1"), stamp(10, 0, 1)));
    registers.merge(&write("pinned", Some("2"), stamp(30, 0, 1)));
    registers.merge(&write("", Some("true"), stamp(5, 0, 1)));
    assert_eq!(
        registers.merge(&write("", Some("false"), stamp(20, 0, 2))),
        Merged::Applied
    );
    // What was written after the deletion, unknown to it, is there; the rest is not.
    let row = registers.row("contact", "ann").unwrap();
    assert_eq!(row.cells().keys().collect::<Vec<_>>(), ["pinned"]);
    assert!(row.exists());
    assert_eq!(
        registers.merge(&write("", Some("false"), stamp(40, 0, 2))),
        Merged::Applied
    );
    assert_eq!(
        registers.merge(&write("", Some("false"), stamp(35, 0, 2))),
        Merged::Older
    );
    assert!(!registers.row("contact", "ann").unwrap().exists());
    for late in [
        write("remark", Some("3"), stamp(40, 0, 2)),
        write("", Some("true"), stamp(39, 0, 2)),
    ] {
        assert_eq!(registers.merge(&late), Merged::Older);
    }
    assert!(!registers.row("contact", "ann").unwrap().exists());
    assert_eq!(
        registers.merge(&write("", Some("true"), stamp(41, 0, 2))),
        Merged::Applied
    );
    assert!(registers.row("contact", "ann").unwrap().exists());
    assert_eq!(value(&registers, "pinned"), None);
}

#[test]
fn malformed_writes_change_nothing() {
    let good = write("remark", Some("1"), stamp(1, 0, 1));
    let with = |change: &dyn Fn(&mut Write)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed
    };
    let mut registers = Registers::default();
    for (bad, reason) in [
        (with(&|one| one.key.table = String::new()), Malformed::Table),
        (with(&|one| one.key.table = "t".repeat(65)), Malformed::Table),
        (with(&|one| one.key.row = "r".repeat(513)), Malformed::Row),
        (with(&|one| one.key.column = "c".repeat(65)), Malformed::Column),
        (with(&|one| one.key.column = String::new()), Malformed::Value),
        (with(&|one| one.value = Some("v".repeat(VALUE + 1))), Malformed::Value),
        (with(&|one| one.stamp.ms = LATEST + 1), Malformed::Stamp),
    ] {
        assert_eq!(bad.to_bytes(), Err(reason));
        assert_eq!(registers.merge(&bad), Merged::Invalid(reason));
        assert_eq!(Row::default().merge(&bad), Merged::Invalid(reason));
    }
    assert_eq!(registers, Registers::default());
    let largest = with(&|one| one.value = Some("v".repeat(VALUE)));
    for write in [&good, &largest] {
        assert_eq!(Write::from_bytes(&write.to_bytes().unwrap()).as_ref(), Ok(write));
    }
    let bytes = good.to_bytes().unwrap();
    for length in 0..bytes.len() {
        assert_eq!(Write::from_bytes(&bytes[..length]), Err(Malformed::Bytes));
    }
    assert_eq!(Write::from_bytes(&[bytes, vec![0]].concat()), Err(Malformed::Bytes));
}

#[test]
fn a_clock_never_runs_back() {
    let mut clock = Clock::new([1; 32], None);
    assert_eq!(clock.stamp(100, None), Some(stamp(100, 0, 1)));
    assert_eq!(clock.stamp(100, None), Some(stamp(100, 1, 1)));
    assert_eq!(clock.stamp(50, None), Some(stamp(100, 2, 1)));
    clock.observe(60, &stamp(100, 9, 2));
    assert_eq!(clock.stamp(60, None), Some(stamp(100, 10, 1)));
    clock.observe(60, &stamp(60 + AHEAD, 0, 2));
    assert_eq!(clock.stamp(60, None), Some(stamp(60 + AHEAD, 1, 1)));
    assert_eq!(clock.last(), stamp(60 + AHEAD, 1, 1));
    let mut again = Clock::new([1; 32], Some(&clock.last()));
    assert_eq!(again.stamp(60, None), Some(stamp(60 + AHEAD, 2, 1)));
}

#[test]
fn a_device_with_a_wrong_clock_takes_nobody_with_it() {
    let mut clock = Clock::new([1; 32], None);
    let future = stamp(1_000 + AHEAD + 1, 5, 2);
    clock.observe(1_000, &future);
    assert_eq!(clock.stamp(1_000, None), Some(stamp(1_000, 0, 1)));
    // Over what that device wrote one can write all the same.
    assert_eq!(clock.stamp(1_000, Some(&future)), Some(stamp(future.ms, 6, 1)));
    assert_eq!(clock.stamp(1_000, None), Some(stamp(1_000, 1, 1)));
    // And it is right again once its clock is.
    let mut wrong = Clock::new([2; 32], Some(&future));
    assert_eq!(wrong.stamp(1_000, None), Some(stamp(1_000, 1, 2)));
    let end = stamp(LATEST, u32::MAX, 2);
    assert_eq!(clock.stamp(1_000, Some(&end)), None);
    assert_eq!(clock.stamp(u64::MAX, None), Some(stamp(LATEST, 0, 1)));
}

fn any_write() -> impl Strategy<Value = Write> {
    let column = prop_oneof![2 => Just(""), 3 => Just("a"), 3 => Just("b")];
    let parts = (
        column,
        any::<bool>(),
        proptest::option::of("[xyz]"),
        0_u64..12,
        0_u32..2,
        0_u8..3,
        0_u8..2,
    );
    parts.prop_map(|(column, there, text, ms, counter, device, row)| {
        let value = match column {
            "" => Some(there.to_string()),
            _ => text,
        };
        let mut write = write(column, value.as_deref(), stamp(ms, counter, device));
        write.key.row = row.to_string();
        write
    })
}

/// What a row should have: of each register the latest write, if nothing deleted the row as late.
fn folded(writes: &[Write], row: &str) -> (bool, BTreeMap<String, Option<String>>) {
    let of_row = || writes.iter().filter(|write| write.key.row == row);
    let deletes = |write: &&Write| write.key.column.is_empty() && write.value.as_deref() == Some("false");
    let deleted = of_row().filter(deletes).map(|write| write.stamp).max();
    let alive = || of_row().filter(|write| !deletes(write) && deleted.is_none_or(|deleted| write.stamp > deleted));
    let mut cells: BTreeMap<String, (Stamp, Option<String>)> = BTreeMap::new();
    for write in alive().filter(|write| !write.key.column.is_empty()) {
        let new = (write.stamp, write.value.clone());
        let cell = cells.entry(write.key.column.clone()).or_insert_with(|| new.clone());
        *cell = new.max(cell.clone());
    }
    let there = alive().next().is_some();
    (
        there,
        cells.into_iter().map(|(column, (_, value))| (column, value)).collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn registers_are_the_same_in_any_order(
        (writes, mixed) in proptest::collection::vec(any_write(), 0..40).prop_flat_map(|writes| {
            let twice = [writes.clone(), writes.clone()].concat();
            (Just(writes), Just(twice).prop_shuffle())
        }),
    ) {
        let mut one = Registers::default();
        let mut other = Registers::default();
        for write in &writes {
            one.merge(write);
        }
        for write in &mixed {
            other.merge(write);
        }
        prop_assert_eq!(&one, &other);
        // What was lost is made up for by what the other has.
        let mut third = Registers::default();
        for write in writes.iter().step_by(2) {
            third.merge(write);
        }
        for write in one.writes() {
            third.merge(&write);
        }
        prop_assert_eq!(&one, &third);
        for row in ["0", "1"] {
            let (there, cells) = folded(&writes, row);
            let found = one.row("contact", row).cloned().unwrap_or_default();
            prop_assert_eq!(found.exists(), there);
            let values = found.cells().iter().map(|(column, cell)| (column.clone(), cell.value.clone()));
            prop_assert_eq!(values.collect::<BTreeMap<_, _>>(), cells);
        }
    }

    #[test]
    fn what_is_stamped_over_a_row_holds(
        writes in proptest::collection::vec(any_write(), 0..20), now in 0_u64..20, column in prop_oneof!["", "a"],
    ) {
        let mut row = Row::default();
        for write in &writes {
            row.merge(write);
        }
        let mut clock = Clock::new([0; 32], None);
        let over = row.latest_of(&column);
        let text = if column.is_empty() { "false" } else { "1" };
        let stamp = clock.stamp(now, over.as_ref()).unwrap();
        prop_assert_eq!(row.merge(&write(&column, Some(text), stamp)), Merged::Applied);
        prop_assert_eq!(row.exists(), !column.is_empty());
    }
}
