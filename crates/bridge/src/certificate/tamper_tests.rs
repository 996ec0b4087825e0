//! Every way in which a certificate can be wrong.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_keys::SigningKey;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::tests::{APP, NOW, of, raw, setting};
use super::*;

/// The private key one, its public key not compressed.
const UNCOMPRESSED: &str = "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf";

/// Every way to be wrong, signed by the authority as it stands: what is changed, and what the reason must tell.
#[test]
fn what_is_wrong_refuses_however_well_it_is_signed() {
    let setting = setting();
    let stranger = json!(SigningKey::generate().unwrap().address());
    let table: Vec<(&str, Value, &str)> = vec![
        ("address", stranger.clone(), "it is for "),
        ("address", json!(APP.to_string().to_lowercase()), "content: "),
        ("address", json!(""), "content: "),
        ("address", json!(7), "content: "),
        ("address", json!(null), "content: "),
        ("level", json!(7), "it opens level 7"),
        ("level", json!(0), "expected 1 to 9"),
        ("level", json!(10), "expected 1 to 9"),
        ("level", json!(-1), "content: "),
        ("level", json!(264), "content: "),
        ("level", json!(8.0), "content: "),
        ("level", json!("8"), "content: "),
        ("version", json!("1.4.1"), "1.4.0 is installed"),
        ("version", json!("2.0.0"), "1.4.0 is installed"),
        ("version", json!("0.9"), "1.4.0 is installed"),
        ("version", json!("newest"), "1.4.0 is installed"),
        ("version", json!(""), "1.4.0 is installed"),
        ("version", json!("1".repeat(VERSION_CHARS + 1)), "version: at most"),
        ("version", json!(1), "content: "),
        ("notBefore", json!(NOW + 1), "not valid yet"),
        ("notBefore", json!("500"), "content: "),
        ("notBefore", json!(500.5), "content: "),
        ("notBefore", json!(u64::MAX), "content: "),
        ("notAfter", json!(NOW - 1), "has expired"),
        ("notAfter", json!("1500"), "content: "),
        ("notAfter", json!(null), "content: "),
        ("issuer", stranger, "no trusted authority"),
        ("issuer", json!("me"), "content: "),
        ("serial", json!(7), "content: "),
        ("serial", json!(null), "content: "),
        ("serial", json!("7".repeat(129)), "serial: at most"),
        ("comment", json!("x".repeat(CONTENT_BYTES)), "content is longer"),
    ];
    for (key, value, reason) in table {
        let mut changed = setting.content();
        changed[key] = value.clone();
        let (code, why) = setting.answer(&setting.sign(&changed.to_string()), 8);
        assert!(
            code == 30003 && why.contains(reason),
            "{key}: {value:.40}: {code} {why}"
        );
    }
    for key in ["address", "level", "notBefore", "notAfter", "issuer", "serial"] {
        let mut changed = setting.content();
        changed.as_object_mut().unwrap().remove(key);
        let (code, why) = setting.answer(&setting.sign(&changed.to_string()), 8);
        assert!(
            code == 30003 && why.contains(&format!("missing field `{key}`")),
            "{key}: {why}"
        );
    }
    let text = setting.content().to_string();
    for (wrong, reason) in [
        (text.replacen('{', r#"{"level":8,"#, 1), "a key stands twice"),
        (text.replacen('{', r#"{"version":null,"#, 1), "a key stands twice"),
        (text.replacen('{', r#"{"x":1,"x":1,"#, 1), "a key stands twice"),
        (text.replacen('{', r#"{"x":1,"\u0078":1,"#, 1), "a key stands twice"),
        (format!("[{text}]"), "content: "),
        (format!("{text}{text}"), "content: "),
        (format!("{text},"), "content: "),
        ("[]".to_owned(), "content: "),
        ("\"{}\"".to_owned(), "content: "),
        ("8".to_owned(), "content: "),
        ("{".to_owned(), "content: "),
        ("null".to_owned(), "content: "),
    ] {
        let (code, why) = setting.answer(&setting.sign(&wrong), 8);
        assert!(code == 30003 && why.contains(reason), "{wrong}: {why}");
    }
}

/// Nothing of what was signed can be another afterwards.
#[test]
fn every_change_after_signing_refuses() {
    let setting = setting();
    let text = setting.content().to_string();
    let signature = setting.authority.sign_message(&text);
    let with = |content: &str, signature: &str| {
        let sign = raw(&json!({ "content": content, "signature": signature }));
        setting.answer(&sign, 8).0
    };
    assert_eq!(with(&text, &signature), 200);
    for (key, value) in [
        ("address", json!(Address::from_hash160([9; 20]))),
        ("level", json!(9)),
        ("version", json!("*")),
        ("notBefore", json!(0)),
        ("notAfter", json!(i64::MAX)),
        ("issuer", json!(Address::from_hash160([9; 20]))),
        ("serial", json!("8")),
        ("comment", json!(null)),
    ] {
        let mut changed = setting.content();
        changed[key] = value;
        assert_eq!(with(&changed.to_string(), &signature), 30003, "{key}");
    }
    for spelling in [
        format!(" {text}"),
        format!("{text}\n"),
        text.replace(':', ": "),
        text.replace("address", "\\u0061ddress"),
    ] {
        assert_eq!(with(&spelling, &signature), 30003, "{spelling}");
    }
    let bytes = STANDARD.decode(&signature).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert_eq!(
            with(&text, &STANDARD.encode(changed)),
            30003,
            "byte {place} of the signature"
        );
    }
    for wrong in ["", " ", "x", signature.trim_end_matches('='), &format!("{signature} ")] {
        assert_eq!(with(&text, wrong), 30003, "{wrong}");
    }
    let stranger = SigningKey::generate().unwrap();
    assert_eq!(with(&text, &stranger.sign_message(&text)), 30003);
}

#[test]
fn times_are_inclusive() {
    let mut setting = setting();
    let sign = setting.valid();
    for (now, code) in [
        (i64::MIN, 30003),
        (499, 30003),
        (500, 200),
        (1_500, 200),
        (1_501, 30003),
        (i64::MAX, 30003),
    ] {
        setting.caller.now = now;
        assert_eq!(
            (setting.answer(&sign, 8).0, setting.again(&sign, 8).0),
            (code, code),
            "{now}"
        );
    }
}

#[test]
fn versions_are_that_or_later_of_the_same_major() {
    let mut setting = setting();
    for (wanted, installed, code) in [
        (json!("1.0.0"), Some("1.0.0"), 200),
        (json!("1.0.0"), Some("v1"), 200),
        (json!("v1"), Some("1.0.0-beta"), 200),
        (json!("1.2"), Some("1.10"), 200),
        (json!("1.10"), Some("1.9.9"), 30003),
        (json!("1"), Some("2"), 30003),
        (json!("1"), Some("10"), 30003),
        (json!("2"), Some("1"), 30003),
        (json!("1"), None, 30003),
        (json!("1"), Some("one"), 30003),
        (json!("1"), Some(""), 30003),
        (json!("*"), None, 200),
        (json!("*"), Some("9"), 200),
        (json!(null), None, 200),
        (json!("1..2"), Some("1.3"), 30003),
        (json!("99999999999999999999"), Some("99999999999999999999"), 30003),
    ] {
        let mut content = setting.content();
        content["version"] = wanted.clone();
        setting.caller.version = installed;
        let (answered, why) = setting.answer(&setting.sign(&content.to_string()), 8);
        assert_eq!(answered, code, "{wanted} {installed:?} {why}");
    }
    let mut content = setting.content();
    content.as_object_mut().unwrap().remove("version");
    assert_eq!(setting.answer(&setting.sign(&content.to_string()), 8).0, 200);
}

/// The spellings of a signature that Bitcoin programs know: which stand for the issuer's address.
#[test]
fn signatures_stand_for_the_form_of_the_key_that_the_address_is_of() {
    let high_s = |bytes: &[u8]| {
        // The order of the curve minus `s` mirrors the point, which turns the parity in the first byte around.
        let order = STANDARD.decode("/////////////////////rqu3OavSKA7v9JejNA2QUE=").unwrap();
        let mut mirrored = bytes.to_vec();
        mirrored[0] = 27 + ((bytes[0] - 27) ^ 1);
        let mut borrow = 0;
        for place in (0..32).rev() {
            let difference = i16::from(order[place]) - i16::from(bytes[33 + place]) - borrow;
            borrow = i16::from(difference < 0);
            mirrored[33 + place] = u8::try_from(difference.rem_euclid(256)).unwrap();
        }
        mirrored
    };
    for (setting, first) in [(of(SigningKey::from_wif(UNCOMPRESSED).unwrap()), 27), (setting(), 31)] {
        let text = setting.content().to_string();
        let bytes = STANDARD.decode(setting.authority.sign_message(&text)).unwrap();
        assert!((first..first + 4).contains(&bytes[0]));
        let with = |bytes: &[u8]| {
            let sign = raw(&json!({ "content": text, "signature": STANDARD.encode(bytes) }));
            setting.answer(&sign, 8).0
        };
        assert_eq!((with(&bytes), with(&high_s(&bytes))), (200, 200));
        // The other form of the key, and both kinds of SegWit address.
        for header in [27, 31, 35, 39].into_iter().filter(|header| *header != first) {
            let mut other = bytes.clone();
            other[0] = header + (bytes[0] - first);
            assert_eq!(with(&other), 30003, "{header}");
        }
    }
}

proptest! {
    #[test]
    fn hostile_texts_are_refused(text in "\\PC{0,200}", members in "[{}\\[\\]\",:a-z0-9]{0,200}") {
        let setting = setting();
        for hostile in [&text, &members] {
            let signed = setting.sign(hostile);
            let bare = json!({ "content": hostile, "signature": hostile }).to_string();
            for sign in [signed.get(), bare.as_str(), hostile.as_str()] {
                let verdict = inspect(sign, &setting.caller, setting.certificates.authorities());
                prop_assert!(verdict.refused.is_some() && verdict.content.is_none());
            }
        }
    }
}
