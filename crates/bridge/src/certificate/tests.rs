#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_keys::SigningKey;
use serde_json::{Value, json};

use super::*;
use crate::authorities::RevocationList;

/// The private key one, its public key not compressed.
const UNCOMPRESSED: &str = "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf";

const APP: Address = Address::from_hash160([7; 20]);
const NOW: i64 = 1_000;

/// An authority that is trusted, and what an app of version 1.4.0 is told at [`NOW`].
struct Setting {
    authority: SigningKey,
    certificates: Certificates,
    caller: Caller<'static>,
}

fn setting() -> Setting {
    of(SigningKey::generate().unwrap())
}

fn of(authority: SigningKey) -> Setting {
    let certificates = Certificates::in_memory();
    certificates.authorities().add(authority.address(), "Ours").unwrap();
    Setting {
        authority,
        certificates,
        caller: Caller {
            app: APP,
            version: Some("v1.4.0"),
            now: NOW,
        },
    }
}

/// A certificate that holds, by an authority that nobody knows.
pub(super) fn content() -> Content {
    Content {
        address: APP,
        level: 8,
        version: Some("1.0.0".to_owned()),
        not_before: 500,
        not_after: 1_500,
        issuer: Address::from_hash160([8; 20]),
        serial: "7".to_owned(),
    }
}

fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap()
}

impl Setting {
    /// What is signed when nothing is wrong.
    fn content(&self) -> Value {
        json!({
            "address": APP, "level": 8, "version": "1.0.0", "notBefore": 500, "notAfter": 1_500,
            "issuer": self.authority.address(), "serial": "7", "comment": {"unknown": ["keys", "are", "ignored"]},
        })
    }

    fn sign(&self, content: &str) -> Box<RawValue> {
        raw(&json!({ "content": content, "signature": self.authority.sign_message(content) }))
    }

    fn valid(&self) -> Box<RawValue> {
        self.sign(&self.content().to_string())
    }

    /// The code of the answer, by a check that finds nothing in the cache, and why.
    fn answer(&self, sign: &RawValue, level: u8) -> (u16, String) {
        let fresh = Certificates::in_memory();
        for authority in self.certificates.authorities().list() {
            fresh.authorities().add(authority.address, &authority.name).unwrap();
        }
        Self::told(fresh.check(Some(sign), level, &self.caller))
    }

    /// The same by a check that may find it there.
    fn again(&self, sign: &RawValue, level: u8) -> (u16, String) {
        Self::told(self.certificates.check(Some(sign), level, &self.caller))
    }

    fn told(outcome: Result<(), BridgeError>) -> (u16, String) {
        outcome.map_or_else(|error| (error.code.number(), error.message), |()| (200, String::new()))
    }

    fn revocations(&self, modified: i64, serials: &[&str]) -> String {
        let mut list = RevocationList::new(self.authority.address(), modified - 1);
        for serial in serials {
            list.revoke(serial, modified).unwrap();
        }
        list.sign(&self.authority).unwrap()
    }
}

#[test]
fn one_that_holds_opens_its_level_and_those_below() {
    let setting = setting();
    let sign = setting.valid();
    for level in 1..=8 {
        assert_eq!(setting.answer(&sign, level).0, 200);
        assert_eq!(setting.again(&sign, level).0, 200);
    }
    assert_eq!(
        setting.again(&sign, 9),
        (30003, "sign: it opens level 8, this command needs 9".to_owned())
    );
}

#[test]
fn none_or_a_blank_one_is_missing() {
    let setting = setting();
    let missing = setting.certificates.check(None, 8, &setting.caller).unwrap_err();
    assert_eq!(missing.code, Code::CertificateMissing);
    for blank in [
        "null",
        "{}",
        r#"{"content":"","signature":""}"#,
        r#"{"content":" ","signature":"\n"}"#,
    ] {
        assert_eq!(
            setting.answer(&RawValue::from_string(blank.into()).unwrap(), 8).0,
            30002,
            "{blank}"
        );
    }
    assert_eq!(setting.certificates.last_verdict(&APP), None);
    for wrong in [
        "5",
        "[]",
        r#"["a","b"]"#,
        "\"x\"",
        "true",
        r#"{"content":5}"#,
        r#"{"content":null,"signature":null}"#,
        r#"{"content":"x"}"#,
        r#"{"content":"","signature":"x"}"#,
        r#"{"content":"","content":"","signature":""}"#,
    ] {
        assert_eq!(
            setting.answer(&RawValue::from_string(wrong.into()).unwrap(), 8).0,
            30003,
            "{wrong}"
        );
    }
}

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

#[test]
fn a_revoked_one_no_longer_holds_whether_it_was_seen_or_not() {
    let setting = setting();
    let sign = setting.valid();
    assert_eq!(setting.again(&sign, 8).0, 200);
    let authorities = setting.certificates.authorities();
    authorities
        .import_revocations(&setting.revocations(10, &["6", "77"]))
        .unwrap();
    assert_eq!(setting.again(&sign, 8).0, 200);
    authorities
        .import_revocations(&setting.revocations(11, &["6", "7"]))
        .unwrap();
    let (code, why) = setting.again(&sign, 8);
    assert!(code == 30003 && why.contains("has revoked it"), "{why}");
    let unseen = setting.sign(&format!("{} ", setting.content()));
    assert_eq!(setting.again(&unseen, 8).0, 30003);
    // Only the issuer's own serials are meant.
    let other = of(SigningKey::generate().unwrap());
    authorities.add(other.authority.address(), "Other").unwrap();
    assert_eq!(setting.again(&other.valid(), 8).0, 200);
}

#[test]
fn one_that_was_seen_falls_with_its_authority() {
    let setting = setting();
    let sign = setting.valid();
    assert_eq!(setting.again(&sign, 8).0, 200);
    assert!(setting.certificates.cache.get(sign.get()).is_some());
    let (address, authorities) = (setting.authority.address(), setting.certificates.authorities());
    authorities.remove(&address).unwrap();
    let (code, why) = setting.again(&sign, 8);
    assert!(code == 30003 && why.contains("no trusted authority"), "{why}");
    authorities.add(address, "Again").unwrap();
    assert_eq!(setting.again(&sign, 8).0, 200);
}

#[test]
fn one_that_was_seen_is_held_against_every_caller() {
    let mut setting = setting();
    let sign = setting.valid();
    assert_eq!(setting.again(&sign, 8).0, 200);
    for caller in [
        Caller {
            app: Address::from_hash160([1; 20]),
            ..setting.caller
        },
        Caller {
            version: Some("2.0"),
            ..setting.caller
        },
        Caller {
            now: 1_501,
            ..setting.caller
        },
    ] {
        setting.caller = caller;
        assert_eq!(setting.again(&sign, 8).0, 30003, "{caller:?}");
    }
}

#[test]
fn only_what_was_verified_is_kept() {
    let setting = setting();
    let forged = raw(&json!({
        "content": setting.content().to_string(),
        "signature": SigningKey::generate().unwrap().sign_message(&setting.content().to_string()),
    }));
    for _ in 0..2 {
        assert_eq!(setting.again(&forged, 8).0, 30003);
        assert!(setting.certificates.cache.get(forged.get()).is_none());
    }
    let long = raw(&json!({ "content": "x", "signature": "x".repeat(SIGN_BYTES) }));
    assert!(setting.again(&long, 8).1.contains("longer than"));
}

#[test]
fn the_last_verdict_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let setting = setting();
    let kept = Certificates::open(folder.path());
    kept.authorities().add(setting.authority.address(), "Ours").unwrap();
    assert_eq!(kept.last_verdict(&APP), None);

    assert!(kept.check(Some(&setting.valid()), 8, &setting.caller).is_ok());
    let good = kept.last_verdict(&APP).unwrap();
    assert_eq!((good.refused.as_deref(), good.at), (None, NOW));
    assert_eq!(good.content.as_ref().unwrap().serial, "7");
    let later = Caller {
        now: NOW + 5,
        ..setting.caller
    };
    assert!(kept.check(Some(&setting.valid()), 8, &later).is_ok());
    assert_eq!(kept.last_verdict(&APP).unwrap().at, NOW + 5);

    assert!(kept.check(Some(&setting.valid()), 9, &setting.caller).is_err());
    let bad = kept.last_verdict(&APP).unwrap();
    assert_eq!(bad.refused.as_deref(), Some("it opens level 8, this command needs 9"));
    assert_eq!(bad.content, good.content);
    // None at all says nothing of the one before.
    assert!(kept.check(None, 8, &setting.caller).is_err());
    drop(kept);
    assert_eq!(Certificates::open(folder.path()).last_verdict(&APP), Some(bad.clone()));

    let nonsense = raw(&json!({ "content": "x", "signature": "x" }));
    let again = Certificates::open(folder.path());
    assert!(again.check(Some(&nonsense), 8, &setting.caller).is_err());
    assert_eq!(again.last_verdict(&APP).unwrap().content, None);
    drop(again);
    std::fs::write(folder.path().join("certificates.json"), "{").unwrap();
    assert_eq!(Certificates::open(folder.path()).last_verdict(&APP), None);
}

#[test]
fn a_verdict_tells_the_page_what_there_is_to_tell() {
    let setting = setting();
    let authorities = setting.certificates.authorities();
    let verdict = inspect(setting.valid().get(), &setting.caller, authorities);
    assert_eq!(
        serde_json::to_value(&verdict).unwrap(),
        json!({
            "content": {
                "address": APP, "level": 8, "version": "1.0.0", "notBefore": 500, "notAfter": 1_500,
                "issuer": setting.authority.address(), "serial": "7",
            },
            "refused": null,
            "at": NOW,
        })
    );
    let late = Caller {
        now: 2_000,
        ..setting.caller
    };
    let expired = inspect(setting.valid().get(), &late, authorities);
    assert_eq!(expired.refused.as_deref(), Some("it has expired"));
    assert_eq!(expired.content, verdict.content);
    for (sign, reason) in [
        ("", "expected an object"),
        ("{}", "content and signature are blank"),
        (r#"{"content":"x","signature":"x"}"#, "content: "),
    ] {
        let verdict = inspect(sign, &setting.caller, authorities);
        assert!(verdict.content.is_none() && verdict.refused.unwrap().starts_with(reason));
    }
    let long = raw(&json!({ "content": json!({ "level": "x".repeat(5_000) }).to_string(), "signature": "x" }));
    assert_eq!(
        inspect(long.get(), &setting.caller, authorities)
            .refused
            .unwrap()
            .chars()
            .count(),
        300
    );
}

#[test]
fn what_is_issued_holds() {
    let setting = setting();
    let mut issued = content();
    issued.issuer = setting.authority.address();
    let signed = issued.sign(&setting.authority).unwrap();
    assert_eq!(Content::read(&signed.content).unwrap(), issued);
    assert_eq!(setting.answer(&raw(&json!(signed)), 8).0, 200);
    assert!(issued.sign(&SigningKey::generate().unwrap()).is_err());
    issued.level = 10;
    assert!(issued.sign(&setting.authority).unwrap_err().contains("1 to 9"));
}
