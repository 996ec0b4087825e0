//! `coco app inspect` and `coco app diff`: what they tell of packages, valid or not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod developer;

use std::fs;

use developer::{Developer, text};
use serde_json::{Value, json};

/// The words for the steps of verification.
fn steps(inspected: &Value) -> Vec<(&str, Option<bool>)> {
    let steps = inspected["steps"].as_array().unwrap().iter();
    steps
        .map(|step| (step["step"].as_str().unwrap(), step["passed"].as_bool()))
        .collect()
}

#[test]
fn everything_of_a_valid_package_is_told() {
    let developer = Developer::with_app();
    let list =
        r#"{"title": "Hi", "custom": {"b": [1]}, "permissions": [{"name": "openURL", "reason": "the\nmanual"}]}"#;
    developer.file("content.json", list);
    developer.sign(&[
        "--type",
        "0003",
        "--description",
        "Says hello",
        "--modified",
        "1760000000",
    ]);
    let zip = developer.ok(&["pack", "hello"])["out"].as_str().unwrap().to_owned();
    let inspected = developer.ok(&["inspect", "hello"]);
    assert_eq!(inspected, developer.ok(&["inspect", &zip]));
    for (key, value) in [
        ("title", json!("Hi")),
        ("version", json!(null)),
        ("typeCode", json!("0003")),
        ("typeName", json!("DevTools")),
        ("modified", json!(1_760_000_000)),
        ("valid", json!(true)),
        ("signer", inspected["address"].clone()),
        ("signedUnder", json!([inspected["address"]])),
        ("others", json!({"custom": "{\"b\": [1]}"})),
        ("permissions", json!([{"name": "openURL", "reason": "the\nmanual"}])),
    ] {
        assert_eq!(inspected[key], value, "{key}");
    }
    assert!(steps(&inspected).iter().all(|(_, passed)| *passed == Some(true)));
    assert_eq!(steps(&inspected).len(), 10);
    let sizes: Vec<u64> = inspected["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["size"].as_u64().unwrap())
        .collect();
    assert!(sizes.len() == 3 && sizes.is_sorted_by(|a, b| a >= b));
    let said = text(&developer.run(&["inspect", "hello"]).stdout);
    assert!(
        said.contains("openURL: the\\nmanual") && said.contains("0003 DevTools"),
        "{said}"
    );
}

#[test]
fn the_step_that_fails_is_told_and_those_behind_it_are_open() {
    let developer = Developer::with_app();
    developer.file("app.js", "evil");
    let inspected = developer.ok(&["inspect", "hello"]);
    assert_eq!(
        (&inspected["valid"], &inspected["signer"]),
        (&json!(false), &json!(null))
    );
    let found = steps(&inspected);
    assert_eq!(
        found[6..],
        [
            ("path", Some(true)),
            ("files", Some(false)),
            ("limits", None),
            ("required", None)
        ]
    );
    assert!(inspected["steps"][7]["message"].as_str().unwrap().contains("app.js"));

    let list = fs::read_to_string(developer.path("hello/content.json")).unwrap();
    developer.file("content.json", list.replace("1.0.0", "6.6.6"));
    assert_eq!(
        steps(&developer.ok(&["inspect", "hello"]))[5],
        ("signature", Some(false))
    );
    developer.file("content.json", "{");
    assert_eq!(developer.fails(&["inspect", "hello"]).0, "parse");
}

#[test]
fn what_changed_between_two_versions_is_told() {
    let developer = Developer::with_app();
    developer.file("old.txt", "gone").file("notes.txt", "one\ntwo\nthree\n");
    developer.sign(&["--modified", "1760000000"]);
    let old = developer.ok(&["pack", "hello", "--out", "old.zip"]);
    let list = fs::read_to_string(developer.path("hello/content.json")).unwrap();
    let list = list.replacen('{', r#"{"permissions": [{"name": "openURL", "reason": "why"}],"#, 1);
    developer
        .file("content.json", list)
        .file("new.txt", "12345")
        .file("notes.txt", "one\n2\u{1b}\nthree\n");
    fs::remove_file(developer.path("hello/old.txt")).unwrap();
    developer.sign(&["--version", "1.1.0"]);

    let changes = developer.ok(&["diff", "old.zip", "hello", "--text"]);
    assert_eq!(changes["sameApp"], true);
    assert_eq!(changes["added"], json!([{"path": "new.txt", "size": 5}]));
    assert_eq!(changes["removed"], json!([{"path": "old.txt", "size": 4}]));
    assert_eq!(changes["changed"][0]["path"], "notes.txt");
    assert!(
        changes["changed"][0]["text"]
            .as_str()
            .unwrap()
            .contains("-two\n+2\u{1b}\n")
    );
    assert_eq!(
        changes["fields"],
        json!([{"key": "version", "old": "\"1.0.0\"", "new": "\"1.1.0\""}])
    );
    assert_eq!(
        changes["permissionsGained"],
        json!([{"name": "openURL", "reason": "why"}])
    );
    assert_eq!(
        (&changes["permissionsLost"], &changes["signersGained"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(
        (&changes["old"]["valid"], &changes["new"]["signer"]),
        (&json!(true), &old["address"])
    );
    let said = text(&developer.run(&["diff", "old.zip", "hello", "--text"]).stdout);
    assert!(
        said.contains("+ permission openURL: why") && said.contains("+2\u{fffd}"),
        "{said}"
    );
    assert!(
        developer.ok(&["diff", "old.zip", "hello"])["changed"][0]
            .get("text")
            .is_none()
    );

    let back = text(&developer.run(&["diff", "hello", "old.zip"]).stdout);
    assert!(
        back.contains("- permission openURL") && back.contains("not newer"),
        "{back}"
    );
    let none = text(&developer.run(&["diff", "hello", "hello"]).stdout);
    assert!(none.ends_with("0 added, 0 removed, 0 changed\n"), "{none}");
}

#[test]
fn two_apps_are_told_apart() {
    let (one, other) = (Developer::with_app(), Developer::with_app());
    let other = other.path("hello");
    let changes = one.ok(&["diff", "hello", other.to_str().unwrap()]);
    assert_eq!(changes["sameApp"], false);
    assert_ne!(changes["old"]["address"], changes["new"]["address"]);
}
