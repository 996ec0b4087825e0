//! The signed text against Python's `json` module, in both directions (`package.md`, signed text).
//!
//! Needs `python3` on the PATH and fails without it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use coco_package::canonical::{self, Object, Value};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde::Deserialize;

const CASES: usize = 2_000;

#[derive(Deserialize)]
struct Case {
    text: String,
    canonical: String,
    pretty: String,
}

fn python(arguments: &[&str], input: String) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/interop/canonical.py");
    let mut child = Command::new("python3")
        .arg(script)
        .args(arguments)
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 must be on the PATH (Debian: apt-get install python3)");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn writes_what_python_writes() {
    let seed = RandomState::new().hash_one(0) % 1_000_000_007;
    println!("seed {seed}");
    let output = python(&["generate", &seed.to_string(), &CASES.to_string()], String::new());
    let mut cases = 0;
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let value = canonical::parse(case.text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {}", case.text));
        assert_eq!(value.canonical(), case.canonical);
        assert_eq!(value.pretty(), case.pretty);
        assert_eq!(canonical::parse(case.canonical.as_bytes()).unwrap(), value);
        cases += 1;
    }
    assert_eq!(cases, CASES);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 50, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            proptest::collection::btree_map(any::<String>(), inner, 0..8).prop_map(Value::Object),
        ]
    })
}

#[test]
fn python_writes_what_it_reads_from_us() {
    let mut runner = TestRunner::default();
    let mut input = String::new();
    for _ in 0..CASES {
        let value = any_value().new_tree(&mut runner).unwrap().current();
        let case = [("canonical", value.canonical()), ("pretty", value.pretty())];
        let case = Value::Object(Object::from(
            case.map(|(name, text)| (name.to_owned(), Value::String(text))),
        ));
        writeln!(input, "{}", case.canonical()).unwrap();
    }
    let output = python(&["check"], input);
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), CASES.to_string());
}
