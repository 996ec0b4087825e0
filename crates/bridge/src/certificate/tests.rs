#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use coco_keys::SigningKey;
use serde_json::{Value, json};

use super::*;
use crate::authorities::RevocationList;

pub(super) const APP: Address = Address::from_hash160([7; 20]);
pub(super) const NOW: i64 = 1_000;

/// An authority that is trusted, and what an app of version 1.4.0 is told at [`NOW`].
pub(super) struct Setting {
    pub(super) authority: SigningKey,
    pub(super) certificates: Certificates,
    pub(super) caller: Caller<'static>,
}

pub(super) fn setting() -> Setting {
    of(SigningKey::generate().unwrap())
}

pub(super) fn of(authority: SigningKey) -> Setting {
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

pub(super) fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap()
}

impl Setting {
    /// What is signed when nothing is wrong.
    pub(super) fn content(&self) -> Value {
        json!({
            "address": APP, "level": 8, "version": "1.0.0", "notBefore": 500, "notAfter": 1_500,
            "issuer": self.authority.address(), "serial": "7", "comment": {"unknown": ["keys", "are", "ignored"]},
        })
    }

    pub(super) fn sign(&self, content: &str) -> Box<RawValue> {
        raw(&json!({ "content": content, "signature": self.authority.sign_message(content) }))
    }

    pub(super) fn valid(&self) -> Box<RawValue> {
        self.sign(&self.content().to_string())
    }

    /// The code of the answer, by a check that finds nothing in the cache, and why.
    pub(super) fn answer(&self, sign: &RawValue, level: u8) -> (u16, String) {
        let fresh = Certificates::in_memory();
        for authority in self.certificates.authorities().list() {
            fresh.authorities().add(authority.address, &authority.name).unwrap();
        }
        Self::told(fresh.check(Some(sign), level, &self.caller))
    }

    /// The same by a check that may find it there.
    pub(super) fn again(&self, sign: &RawValue, level: u8) -> (u16, String) {
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
