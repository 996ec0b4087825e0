#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use coco_keys::SigningKey;
use serde_json::json;

use super::*;
use crate::host::fake::FakeHost;

struct Authority(SigningKey);

impl Authority {
    fn sign(&self, content: &str) -> Box<RawValue> {
        serde_json::value::to_raw_value(&json!({ "content": content, "signature": self.0.sign_message(content) }))
            .unwrap()
    }
}

fn setting() -> (Authority, FakeHost) {
    let authority = Authority(SigningKey::generate().unwrap());
    let host = FakeHost {
        authorities: vec![authority.0.address()],
        version: Some("v1.4.0".into()),
        now: 1_000,
        ..FakeHost::default()
    };
    (authority, host)
}

fn content(authority: &Authority, host: &FakeHost) -> serde_json::Value {
    json!({
        "address": host.app, "level": 8, "version": "1.0.0", "notBefore": 500, "notAfter": 1_500,
        "issuer": authority.0.address(), "serial": "7", "comment": {"unknown": "keys are ignored"},
    })
}

fn code(sign: Option<&RawValue>, host: &FakeHost) -> u16 {
    check(sign, 8, host).map_or_else(|error| error.code.number(), |()| 200)
}

#[test]
fn a_certificate_that_holds_opens_its_level_and_those_below() {
    let (authority, host) = setting();
    let sign = authority.sign(&content(&authority, &host).to_string());
    for level in 1..=8 {
        assert_eq!(check(Some(&sign), level, &host), Ok(()));
    }
    assert_eq!(check(Some(&sign), 9, &host).unwrap_err().code, Code::CertificateRefused);
}

#[test]
fn none_or_a_blank_one_is_missing() {
    let (_, host) = setting();
    assert_eq!(code(None, &host), 30002);
    for blank in [
        "{}",
        r#"{"content":"","signature":""}"#,
        r#"{"content":" ","signature":"\n"}"#,
    ] {
        assert_eq!(
            code(Some(&RawValue::from_string(blank.into()).unwrap()), &host),
            30002,
            "{blank}"
        );
    }
    for wrong in [
        "5",
        "[]",
        "\"x\"",
        r#"{"content":5}"#,
        r#"{"content":"x"}"#,
        r#"{"content":"","signature":"x"}"#,
    ] {
        assert_eq!(
            code(Some(&RawValue::from_string(wrong.into()).unwrap()), &host),
            30003,
            "{wrong}"
        );
    }
}

#[test]
fn anything_wrong_refuses() {
    let (authority, host) = setting();
    let changes = [
        ("address", json!(SigningKey::generate().unwrap().address())),
        ("level", json!(7)),
        ("level", json!(0)),
        ("level", json!(10)),
        ("level", json!("8")),
        ("version", json!("1.4.1")),
        ("version", json!("2.0.0")),
        ("version", json!("0.9")),
        ("version", json!("newest")),
        ("notBefore", json!(1_001)),
        ("notAfter", json!(999)),
        ("notAfter", json!("1500")),
        ("issuer", json!(SigningKey::generate().unwrap().address())),
        ("serial", json!(7)),
    ];
    for (key, value) in changes {
        let mut changed = content(&authority, &host);
        changed[key] = value.clone();
        assert_eq!(
            code(Some(&authority.sign(&changed.to_string())), &host),
            30003,
            "{key}: {value}"
        );
    }
    for key in ["address", "level", "notBefore", "notAfter", "issuer", "serial"] {
        let mut changed = content(&authority, &host);
        changed.as_object_mut().unwrap().remove(key);
        assert_eq!(
            code(Some(&authority.sign(&changed.to_string())), &host),
            30003,
            "without {key}"
        );
    }
    let text = content(&authority, &host).to_string();
    for twice in [
        text.replacen('{', r#"{"level":8,"#, 1),
        text.replacen('{', r#"{"x":1,"x":1,"#, 1),
        format!("[{text}]"),
        String::from("{"),
    ] {
        assert_eq!(code(Some(&authority.sign(&twice)), &host), 30003, "{twice}");
    }
    let other = Authority(SigningKey::generate().unwrap());
    assert_eq!(code(Some(&other.sign(&text)), &host), 30003);
}

#[test]
fn any_version_may_be_left_open() {
    let (authority, host) = setting();
    for version in [json!("*"), json!(null), json!("v1"), json!("1.4"), json!("1.3.9")] {
        let mut open = content(&authority, &host);
        open["version"] = version.clone();
        assert_eq!(code(Some(&authority.sign(&open.to_string())), &host), 200, "{version}");
    }
    let bare = FakeHost { version: None, ..host };
    assert_eq!(
        code(Some(&authority.sign(&content(&authority, &bare).to_string())), &bare),
        30003
    );
}
