//! `coco bridge --developer`: the bridge without a window, for developers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod developer;

use std::io::Write;
use std::process::{Command, Stdio};

use developer::{Developer, text};
use serde_json::Value;

/// Answers and records of a run that got these lines.
fn run(more: &[&str], lines: &str) -> (Vec<Value>, String) {
    let developer = Developer::with_app();
    developer.sign(&[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_coco"))
        .args(["bridge", "--app", "hello", "--data", "data"])
        .args(more)
        .current_dir(developer.0.path())
        .env("XDG_PICTURES_DIR", developer.path("pictures"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let json = |line: &str| serde_json::from_str(line).unwrap();
    (text(&output.stdout).lines().map(json).collect(), text(&output.stderr))
}

const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

#[test]
fn it_allows_what_a_person_would_be_asked_for_and_tells_each_call() {
    let save = format!(r#"{{"cmd":"saveImage","messageId":1,"data":{{"type":"base64","image":"{PICTURE}"}}}}"#);
    let lines = format!(
        "{save}\n{{\"cmd\":\"registerService\",\"messageId\":2,\"data\":{{\"serviceKey\":\"x\"}}}}\nnonsense\n"
    );

    let (answers, records) = run(&["--developer"], &lines);
    let code = |id: i64| answers.iter().find(|answer| answer["messageId"] == id).unwrap()["code"].clone();
    assert_eq!((code(1), code(2)), (200.into(), 30002.into()), "{answers:?}");
    let records: Vec<Value> = records
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(records.len(), 3, "{records:?}");
    let of = |cmd: &str| records.iter().find(|record| record["cmd"] == cmd).unwrap();
    assert_eq!(
        (&of("saveImage")["level"], &of("saveImage")["code"]),
        (&0.into(), &200.into())
    );
    assert_eq!(of("saveImage")["requestBytes"], save.len());
    assert!(of("saveImage")["microseconds"].is_u64() && of("saveImage")["answerBytes"].is_u64());
    assert_eq!(
        (&of("registerService")["level"], &of("registerService")["code"]),
        (&8.into(), &30002.into())
    );
    assert!(
        records
            .iter()
            .any(|record| record["cmd"].is_null() && record["code"] == 30001)
    );

    let (answers, records) = run(&[], &lines);
    assert!(
        answers
            .iter()
            .any(|answer| answer["messageId"] == 1 && answer["code"] == 30100),
        "{answers:?}"
    );
    assert_eq!(records, "");
}
