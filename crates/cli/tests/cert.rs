//! `coco cert` as authorities, developers and testers use it: the real program, its exit codes, and what it prints.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod developer;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use coco_keys::SigningKey;
use developer::text;
use serde_json::{Value, json};
use tempfile::TempDir;

const APP: &str = "1BX9T97qS47zN1Wqqv2dfGiR3ahgUqiGRX";

/// A folder with the key of an authority in `account.json`.
struct Desk {
    folder: TempDir,
    authority: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::generate().unwrap();
        let authority = key.address().to_string();
        let account = json!({ "privateKey": *key.to_wif(), "address": authority });
        fs::write(folder.path().join("account.json"), account.to_string()).unwrap();
        Self { folder, authority }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.run_with("", arguments)
    }

    fn run_with(&self, input: &str, arguments: &[&str]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_coco"))
            .arg("cert")
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Whoever does not read it closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> Value {
        developer::succeeds(|arguments| self.run(arguments), arguments)
    }

    fn fails(&self, arguments: &[&str]) -> (String, String) {
        developer::fails(|arguments| self.run(arguments), arguments)
    }

    /// Issues a certificate into `cert.json`.
    fn issue(&self, more: &[&str]) -> Value {
        let issued = self.ok(&[&["issue", "--key", "account.json", "--app", APP, "--level", "8"], more].concat());
        fs::write(self.path("cert.json"), issued.to_string()).unwrap();
        issued
    }

    fn content(&self, more: &[&str]) -> Value {
        serde_json::from_str(self.issue(more)["content"].as_str().unwrap()).unwrap()
    }

    fn trusted() -> Self {
        let desk = Self::new();
        desk.ok(&["trust", &desk.authority, "--name", "Ours", "--data", "data"]);
        desk
    }
}

#[test]
fn what_is_issued_is_what_an_app_shows() {
    let desk = Desk::new();
    let content = desk.content(&["--version", "1.2.0", "--days", "30", "--serial", "no 7"]);
    assert_eq!(content["address"], APP);
    assert_eq!((&content["level"], &content["version"]), (&json!(8), &json!("1.2.0")));
    assert_eq!(
        (&content["issuer"], &content["serial"]),
        (&json!(desk.authority), &json!("no 7"))
    );
    let (from, until) = (
        content["notBefore"].as_i64().unwrap(),
        content["notAfter"].as_i64().unwrap(),
    );
    assert_eq!(until - from, 30 * 86_400_000);
    // The same without `--json`, since it is JSON for an app.
    let arguments = [
        "issue",
        "--key",
        "account.json",
        "--app",
        APP,
        "--level",
        "1",
        "--serial",
        "1",
    ];
    let times = ["--not-before", "2027-01-31", "--not-after", "2027-02-01"];
    let plain = desk.run(&[arguments.as_slice(), &times].concat());
    let issued: Value = serde_json::from_slice(&plain.stdout).unwrap();
    assert_eq!(issued, desk.ok(&[arguments.as_slice(), &times].concat()));
    let content: Value = serde_json::from_str(issued["content"].as_str().unwrap()).unwrap();
    assert_eq!(content["notBefore"], 1_801_353_600_000_i64);
    assert_eq!(content["notAfter"], 1_801_353_600_000_i64 + 2 * 86_400_000 - 1);
    assert!(content.get("version").is_none());
    assert_ne!(desk.content(&[])["serial"], desk.content(&[])["serial"]);

    desk.issue(&["--serial", "\u{1b}[31m"]);
    let shown = desk.ok(&["show", "cert.json"]);
    assert_eq!(
        (&shown["signer"], &shown["content"]["level"]),
        (&json!(desk.authority), &json!(8))
    );
    let plain = text(&desk.run(&["show", "cert.json"]).stdout);
    assert!(
        plain.contains(APP) && plain.contains(r#"serial   "\u{1b}[31m""#),
        "{plain}"
    );
}

#[test]
fn it_holds_where_its_issuer_is_trusted() {
    let desk = Desk::trusted();
    let issued = desk.issue(&["--version", "1.2.0"]);
    let by = ["--authority", desk.authority.as_str()];
    for trust in [by, ["--data", "data"]] {
        let held = desk.ok(&[&["verify", "cert.json"], trust.as_slice()].concat());
        assert_eq!(held["content"]["issuer"], desk.authority);
        desk.ok(&[
            &["verify", "cert.json", "--app", APP, "--app-version", "1.3"],
            trust.as_slice(),
        ]
        .concat());
        let input = desk.run_with(&issued.to_string(), &[&["verify", "-"], trust.as_slice()].concat());
        assert!(input.status.success());
    }
    let (step, why) = desk.fails(&["verify", "cert.json"]);
    assert_eq!(step, "certificate");
    assert!(why.contains("no trusted authority") && why.contains(&format!("--authority {}", desk.authority)));
    let other = Desk::new().authority;
    for (arguments, reason) in [
        (["--app", other.as_str()], format!("it is for {APP}")),
        (["--app-version", "2.0"], "2.0 is installed".to_owned()),
    ] {
        let (_, why) = desk.fails(&[&["verify", "cert.json"], by.as_slice(), &arguments].concat());
        assert!(why.contains(&reason), "{why}");
    }
    let changed = issued.to_string().replace("1.2.0", "1.1.0");
    fs::write(desk.path("cert.json"), changed).unwrap();
    let (_, why) = desk.fails(&["verify", "cert.json", "--data", "data"]);
    assert!(why.contains("the signature is not by"));
    let shown = desk.run(&["show", "cert.json"]);
    assert!(shown.status.success() && text(&shown.stderr).contains("every program refuses it"));
}

#[test]
fn time_goes_by() {
    let desk = Desk::trusted();
    for (times, reason) in [
        (
            ["--not-before", "2000-01-01", "--not-after", "2000-12-31T23:59:59Z"],
            "it has expired",
        ),
        (
            ["--not-before", "2900-01-01", "--not-after", "2900-01-01"],
            "it is not valid yet",
        ),
    ] {
        desk.issue(&times);
        let (_, why) = desk.fails(&["verify", "cert.json", "--data", "data"]);
        assert!(why.contains(reason), "{why}");
    }
}

#[test]
fn what_was_revoked_no_longer_holds() {
    let desk = Desk::trusted();
    desk.issue(&["--serial", "7"]);
    let key = ["revoke", "--key", "account.json"];
    let made = desk.ok(&[key.as_slice(), &["--serial", "6", "--serial", "5", "list.json"]].concat());
    assert_eq!((&made["serials"], &made["added"]), (&json!(2), &json!(2)));
    let import = ["import-revocations", "list.json", "--data", "data"];
    assert_eq!(desk.ok(&import)["serials"], 2);
    desk.ok(&["verify", "cert.json", "--data", "data"]);
    let more = desk.ok(&[key.as_slice(), &["--serial", "7", "--serial", "6", "list.json"]].concat());
    assert_eq!((&more["serials"], &more["added"]), (&json!(3), &json!(1)));
    assert!(more["modified"].as_i64() > made["modified"].as_i64());
    desk.ok(&import);
    for trust in [
        vec!["--data", "data"],
        vec!["--data", "data", "--authority", &desk.authority],
    ] {
        let (_, why) = desk.fails(&[&["verify", "cert.json"], trust.as_slice()].concat());
        assert!(why.contains("has revoked it"), "{why}");
    }
    // Who does not know the list cannot know.
    desk.ok(&["verify", "cert.json", "--authority", &desk.authority]);
    let (step, why) = desk.fails(&import);
    assert!(step == "authorities" && why.contains("at least as new"), "{why}");
    let listed = desk.ok(&["authorities", "--data", "data"]);
    assert_eq!(listed["authorities"][0]["revocations"]["serials"], 3);

    // A list on standard output can be imported from standard input, by those who trust its issuer.
    let printed = desk.run(&[key.as_slice(), &["--serial", "x"]].concat());
    let other = Desk::new();
    let import = ["import-revocations", "-", "--data", "data"];
    let refused = other.run_with(&text(&printed.stdout), &import);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("is no trusted authority"));
    other.ok(&["trust", &desk.authority, "--name", "Theirs", "--data", "data"]);
    let imported = other.run_with(&text(&printed.stdout), &import);
    assert!(imported.status.success() && text(&imported.stdout).contains("1 revoked"));
}

#[test]
fn a_list_is_extended_by_its_issuer_alone() {
    let (desk, other) = (Desk::new(), Desk::new());
    desk.ok(&["revoke", "--key", "account.json", "--serial", "1", "list.json"]);
    let list = desk.path("list.json");
    let before = fs::read(&list).unwrap();
    let (step, why) = other.fails(&[
        "revoke",
        "--key",
        "account.json",
        "--serial",
        "2",
        list.to_str().unwrap(),
    ]);
    assert!(
        step == "revocations" && why.contains(&format!("the list is by {}", desk.authority)),
        "{why}"
    );
    assert_eq!(fs::read(&list).unwrap(), before);
    fs::write(&list, "notes").unwrap();
    let (_, why) = desk.fails(&["revoke", "--key", "account.json", "--serial", "2", "list.json"]);
    assert!(why.contains("not a revocation list"), "{why}");
    assert_eq!(fs::read_to_string(&list).unwrap(), "notes");
    assert_eq!(
        desk.fails(&["revoke", "--key", "account.json", "--serial", &"x".repeat(129)])
            .0,
        "revocations"
    );
}

#[test]
fn trust_is_given_and_taken() {
    let desk = Desk::new();
    let empty = desk.run(&["authorities", "--data", "data"]);
    assert!(text(&empty.stdout).contains("No authority is trusted"));
    assert!(!desk.path("data").exists());
    let added = desk.ok(&["trust", &desk.authority, "--name", "Ours", "--data", "data"]);
    assert_eq!(
        added["authorities"],
        json!([{ "address": desk.authority, "name": "Ours", "builtIn": false, "revocations": null }])
    );
    assert_eq!(desk.ok(&["authorities", "--data", "data"]), added);
    desk.issue(&[]);
    desk.ok(&["verify", "cert.json", "--data", "data"]);
    desk.ok(&["untrust", &desk.authority, "--data", "data"]);
    desk.fails(&["verify", "cert.json", "--data", "data"]);
    let (step, why) = desk.fails(&["untrust", &desk.authority, "--data", "data"]);
    assert!(step == "authorities" && why.contains("coco cert authorities"), "{why}");
    assert_eq!(
        desk.fails(&["trust", &desk.authority, "--name", " ", "--data", "data"])
            .0,
        "authorities"
    );

    fs::write(desk.path("data/authorities.json"), "damaged").unwrap();
    let warned = desk.run(&["authorities", "--data", "data"]);
    assert!(warned.status.success() && text(&warned.stderr).contains("authorities.json.damaged-1"));
    assert_eq!(
        fs::read_to_string(desk.path("data/authorities.json.damaged-1")).unwrap(),
        "damaged"
    );
}

#[test]
fn wrong_usage_and_wrong_input_are_told_apart() {
    let desk = Desk::new();
    let issue = ["issue", "--key", "account.json", "--app", APP, "--level"];
    for wrong in [
        vec![],
        vec!["0"],
        vec!["10"],
        vec!["8", "--days", "0"],
        vec!["8", "--not-after", "tomorrow"],
        vec!["8", "--days", "3", "--not-after", "2030-01-01"],
    ] {
        assert_eq!(
            desk.run(&[issue.as_slice(), &wrong].concat()).status.code(),
            Some(2),
            "{wrong:?}"
        );
    }
    let address = ["issue", "--key", "account.json", "--level", "8", "--app", "1x"];
    assert_eq!(desk.run(&address).status.code(), Some(2));
    let backwards = ["8", "--not-before", "2030-01-02", "--not-after", "2030-01-01"];
    assert_eq!(desk.fails(&[issue.as_slice(), &backwards].concat()).0, "certificate");
    let long = "x".repeat(129);
    let (step, why) = desk.fails(&[issue.as_slice(), &["8", "--serial", &long]].concat());
    assert!(step == "certificate" && why.contains("serial: at most 128"), "{why}");
    assert_eq!(
        desk.fails(&["issue", "--key", "none.json", "--app", APP, "--level", "8"])
            .0,
        "key"
    );

    fs::write(desk.path("large"), "x".repeat(100_000)).unwrap();
    for (name, content, step) in [
        ("none", None, "input"),
        ("large", None, "input"),
        ("empty", Some(""), "certificate"),
        ("list", Some(r#"["a","b"]"#), "certificate"),
        ("object", Some("{}"), "certificate"),
        ("text", Some(r#"{"content":"x","signature":"x"}"#), "certificate"),
    ] {
        if let Some(content) = content {
            fs::write(desk.path(name), content).unwrap();
        }
        for command in ["show", "verify"] {
            assert_eq!(desk.fails(&[command, name]).0, step, "{command} {name}");
        }
    }
}

/// What the bridge answers to an app that asks with this certificate: code and message.
fn asked(desk: &Desk, sign: &Value) -> (u64, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_coco"))
        .args(["bridge", "--app", "developer/hello", "--data", "data"])
        .current_dir(desk.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let request = json!({ "cmd": "checkServiceStatus", "messageId": 1, "data": {}, "sign": sign });
    writeln!(child.stdin.take().unwrap(), "{request}").unwrap();
    let output = child.wait_with_output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    (
        answer["code"].as_u64().unwrap(),
        answer["message"].as_str().unwrap_or_default().to_owned(),
    )
}

#[test]
fn the_bridge_opens_to_whom_an_authority_vouches_for() {
    let desk = Desk::new();
    fs::create_dir(desk.path("developer")).unwrap();
    let created = Command::new(env!("CARGO_BIN_EXE_coco"))
        .args(["app", "create", "hello", "--json"])
        .current_dir(desk.path("developer"))
        .output()
        .unwrap();
    assert!(created.status.success(), "{}", text(&created.stderr));
    let created: Value = serde_json::from_slice(&created.stdout).unwrap();
    let app = created["address"].as_str().unwrap();
    let issue = [
        "issue",
        "--key",
        "account.json",
        "--app",
        app,
        "--serial",
        "7",
        "--level",
    ];
    let sign = desk.ok(&[issue.as_slice(), &["8"]].concat());
    let low = desk.ok(&[issue.as_slice(), &["7"]].concat());

    assert_eq!(asked(&desk, &Value::Null).0, 30002);
    let (code, why) = asked(&desk, &sign);
    assert!(code == 30003 && why.contains("no trusted authority"), "{why}");
    desk.ok(&["trust", &desk.authority, "--name", "Ours", "--data", "data"]);
    let (code, why) = asked(&desk, &sign);
    assert!(![30002, 30003].contains(&code), "{code} {why}");
    assert!(asked(&desk, &low).1.contains("it opens level 7"));

    let verdicts: Value = serde_json::from_slice(&fs::read(desk.path("data/certificates.json")).unwrap()).unwrap();
    assert_eq!(verdicts[app]["content"]["level"], 7);
    desk.ok(&["revoke", "--key", "account.json", "--serial", "7", "list.json"]);
    desk.ok(&["import-revocations", "list.json", "--data", "data"]);
    let (code, why) = asked(&desk, &sign);
    assert!(code == 30003 && why.contains("has revoked it"), "{why}");
}
