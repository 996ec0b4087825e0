//! Requests in, answers out, with an outside that lives in memory.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::mpsc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::host::fake::FakeHost;

struct Page {
    host: Arc<FakeHost>,
    session: Session,
}

impl Page {
    fn of(host: FakeHost) -> Self {
        let host = Arc::new(host);
        let session = Session::start(Arc::clone(&host) as Arc<dyn Host>).unwrap();
        Self { host, session }
    }

    fn post(&self, text: &str) -> mpsc::Receiver<Option<String>> {
        let (answer, answered) = mpsc::channel();
        self.session
            .submit(text, Box::new(move |text| answer.send(text).unwrap()));
        answered
    }

    fn ask(&self, request: &Value) -> Value {
        serde_json::from_str(&self.post(&request.to_string()).recv().unwrap().unwrap()).unwrap()
    }

    /// Code and result, or code and message.
    fn call(&self, cmd: &str, data: Value) -> (u64, Value) {
        let answer = self.ask(&json!({ "cmd": cmd, "data": data, "messageId": 1 }));
        assert_eq!(
            (&answer["cmd"], &answer["messageId"]),
            (&json!(cmd), &json!(1)),
            "{answer}"
        );
        let code = answer["code"].as_u64().unwrap();
        (code, answer[if code == 200 { "result" } else { "message" }].clone())
    }
}

fn page() -> Page {
    Page::of(FakeHost {
        files: [("dir/a.txt", "ä".as_bytes()), ("b.bin", b"\xff\x00")].into(),
        ..FakeHost::default()
    })
}

#[test]
fn device_commands() {
    let page = page();
    assert_eq!(page.call("getLanguage", json!({})), (200, json!("zh-tw")));
    assert_eq!(
        page.call("getSafeAreaInsets", json!({"ignored": 1})),
        (200, json!({"safeAreaTop": 0, "safeAreaBottom": 0}))
    );
    assert_eq!(
        page.call("onload", json!({"name": "n", "version": "v"})),
        (200, Value::Null)
    );
    assert_eq!(*page.host.loaded.lock().unwrap(), [("n".to_owned(), "v".to_owned())]);
    assert_eq!(
        page.call("onload", json!({"name": "n"})),
        (30001, json!("data: missing field `version`"))
    );
    assert_eq!(
        page.call("copyToClipboard", json!({"text": "x\u{0}é"})),
        (200, Value::Null)
    );
    assert_eq!(*page.host.copied.lock().unwrap(), ["x\u{0}é"]);
    assert_eq!(
        page.call("copyToClipboard", json!({"text": 5})).1,
        json!("data.text: invalid type: integer `5`, expected a string")
    );
}

#[test]
fn read_file_gives_own_files_only() {
    let page = page();
    let app = page.host.app;
    let read = |path: &str, kind: Value| page.call("readFile", json!({"path": path, "type": kind}));
    assert_eq!(read(&format!("{app}/dir/a.txt"), Value::Null), (200, json!("ä")));
    assert_eq!(read(&format!("{app}/b.bin"), json!("Base64")), (200, json!("/wA=")));
    assert_eq!(read(&format!("{app}/b.bin"), Value::Null).0, 30001);
    assert_eq!(read(&format!("{app}/b.bin"), json!("hex")).0, 30001);
    let other = coco_keys::Address::from_hash160([8; 20]);
    for path in [
        "dir/a.txt",
        "",
        "/",
        &format!("/{app}/dir/a.txt"),
        &format!("{app}"),
        &format!("{app}/"),
        &format!("{app}/dir"),
        &format!("{other}/dir/a.txt"),
        &format!("{app}/../{app}/dir/a.txt"),
        &format!("{app}\\dir\\a.txt"),
        &format!("{app}/dir%2fa.txt"),
        &format!("{app}/./dir/a.txt"),
        &format!("{app}//dir/a.txt"),
    ] {
        assert_eq!(read(path, Value::Null).0, 30005, "{path}");
    }
}

#[test]
fn accounts_and_signatures() {
    let page = page();
    let (_, address) = page.call("getAccount", json!({}));
    assert!(address.as_str().unwrap().starts_with('1'));
    let (_, key) = page.call("getAccount", json!({"type": 1}));
    assert_eq!(STANDARD.decode(key.as_str().unwrap()).unwrap().len(), 33);
    assert_eq!(page.call("getAccount", json!({"type": "1"})).1, key);
    for wrong in [json!(2), json!(0), json!("2"), json!(true), json!(1.5), json!([1])] {
        assert_eq!(page.call("getAccount", json!({"type": wrong})).0, 30001, "{wrong}");
    }

    let (_, signature) = page.call("generateSignature", json!({"message": "hello 你好"}));
    assert_eq!(STANDARD.decode(signature.as_str().unwrap()).unwrap().len(), 65);
    for name in ["signatureData", "signature"] {
        assert_eq!(
            page.call("verifySignature", json!({"message": "hello 你好", name: signature})),
            (200, json!(true))
        );
        assert_eq!(
            page.call("verifySignature", json!({"message": "hello", name: signature})),
            (200, json!(false))
        );
        assert_eq!(
            page.call("verifySignature", json!({"message": "hello", name: "?"})),
            (200, json!(false))
        );
    }
    assert_eq!(page.call("verifySignature", json!({"message": "hello"})).0, 30001);

    let locked = Page::of(FakeHost {
        account: None,
        ..FakeHost::default()
    });
    let (code, message) = locked.call("getAccount", json!({}));
    assert!(
        code == 30100 && message.as_str().unwrap().starts_with("locked"),
        "{message}"
    );
}

#[test]
fn stored_data_comes_back_to_the_letter() {
    let page = page();
    assert_eq!(page.call("getExtendedData", json!({})), (200, Value::Null));
    for value in [
        r#"{"b":1,"a":[1.50,1e300,-0],"__proto__":{"x":1}}"#,
        "\"\"",
        "0",
        "false",
        "null",
        "[]",
        "\"ä\\u0000\"",
    ] {
        let stored = page
            .post(&format!(r#"{{"cmd":"setExtendedData","data":{{"extend":{value}}}}}"#))
            .recv()
            .unwrap()
            .unwrap();
        assert_eq!(stored, r#"{"code":200,"cmd":"setExtendedData"}"#);
        let read = page.post(r#"{"cmd":"getExtendedData"}"#).recv().unwrap().unwrap();
        assert_eq!(
            read,
            format!(r#"{{"code":200,"result":{value},"cmd":"getExtendedData"}}"#)
        );
    }
    assert_eq!(page.call("setExtendedData", json!({})).0, 30001);
}

#[test]
fn qr_codes_are_pictures_of_any_text_that_fits() {
    let page = page();
    for text in [
        "x".to_owned(),
        "你好 🥥".repeat(20),
        "a".repeat(2_953),
        "7".repeat(7_089),
    ] {
        let (code, picture) = page.call("generateQRCode", json!({"text": text}));
        let png = picture
            .as_str()
            .unwrap()
            .strip_prefix("data:image/png;base64,")
            .unwrap();
        assert!(code == 200 && STANDARD.decode(png).unwrap().starts_with(b"\x89PNG"));
    }
    assert_eq!(page.call("generateQRCode", json!({"text": "a".repeat(2_954)})).0, 30001);
    assert_eq!(page.call("generateQRCode", json!({"text": ""})).0, 30001);
}

#[test]
fn levels_are_gated_before_parameters_are_looked_at() {
    let page = page();
    for cmd in ["registerService", "checkServiceStatus", "sendServiceMessage"] {
        assert_eq!(page.call(cmd, json!({})).0, 30002);
        let answer = page.ask(&json!({"cmd": cmd, "sign": {"content": "x", "signature": "y"}}));
        assert_eq!(answer["code"], 30003, "{answer}");
    }
    let answer = page.ask(&json!({"cmd": "getLanguage", "sign": "level 0 never looks"}));
    assert_eq!(answer["code"], 200);
}

#[test]
fn what_is_not_available_says_so() {
    let page = page();
    let later = crate::commands::TABLE
        .iter()
        .filter(|entry| !entry.available && entry.level == 0);
    for entry in later {
        assert_eq!(
            page.call(entry.name, json!({})),
            (30100, json!(format!("{}: not available yet", entry.name)))
        );
    }
    for name in crate::commands::RESERVED {
        assert_eq!(page.call(name, json!({})).0, 30004);
    }
}

#[test]
fn a_panicking_handler_still_answers_and_the_next_call_works() {
    let page = page();
    let app = page.host.app;
    assert_eq!(
        page.call("readFile", json!({"path": format!("{app}/panic")})),
        (30100, json!("readFile: internal error"))
    );
    assert_eq!(page.call("getLanguage", json!({})).0, 200);
}

#[test]
fn every_request_of_a_flood_is_answered_once_and_in_order() {
    let page = page();
    let waiting: Vec<_> = (0..10_000)
        .map(|id| page.post(&json!({"cmd": "setExtendedData", "messageId": id, "extend": id}).to_string()))
        .collect();
    let mut last = None;
    for (id, answered) in waiting.iter().enumerate() {
        let answer: Value = serde_json::from_str(&answered.recv().unwrap().unwrap()).unwrap();
        assert_eq!(answer["messageId"], id);
        match answer["code"].as_u64() {
            Some(200) => last = Some(id),
            other => assert_eq!(other, Some(30100), "{answer}"),
        }
        assert!(answered.recv().is_err(), "one answer each");
    }
    assert_eq!(page.call("getExtendedData", json!({})).1, json!(last.unwrap()));
}

#[test]
fn ending_a_session_answers_nobody_and_forgets_nobody() {
    let page = page();
    let waiting: Vec<_> = (0..100)
        .map(|id| page.post(&json!({"cmd": "getAccount", "messageId": id}).to_string()))
        .collect();
    drop(page);
    for answered in waiting {
        answered.recv().unwrap();
    }
}

#[test]
fn a_call_that_waits_for_a_person_holds_up_no_other_and_can_be_taken_back() {
    let page = page();
    let older = page.post(r#"{"cmd":"scanQRCode"}"#);
    let newer = page.post(r#"{"cmd":"scanQRCode"}"#);
    assert_eq!(older.recv().unwrap(), None);
    assert_eq!(page.call("getAccount", json!({})).0, 200);
    page.session.reset();
    assert_eq!(newer.recv().unwrap(), None);

    let quick = Page::of(FakeHost {
        scanned: Some("你好"),
        ..FakeHost::default()
    });
    assert_eq!(quick.call("scanQRCode", json!({})), (200, json!("你好")));
}

#[test]
fn pages_are_opened_by_plain_https_addresses() {
    let page = page();
    let (code, nothing) = page.call(
        "openURL",
        json!({"url": "https://example.org/a", "useSystemOpen": true}),
    );
    assert_eq!((code, nothing), (200, Value::Null));
    assert_eq!(*page.host.opened.lock().unwrap(), ["https://example.org/a"]);
    assert_eq!(page.call("openURL", json!({"url": "http://example.org"})).0, 30001);
    assert_eq!(
        page.call("openURL", json!({"url": "https://example.org", "useSystemOpen": 1}))
            .1,
        json!("data.useSystemOpen: invalid type: integer `1`, expected a boolean")
    );
}

#[test]
fn what_was_encrypted_is_opened_by_both_names_and_nothing_else_is() {
    let page = page();
    let long = "ä".repeat(1_000_000);
    for message in ["", "hello 你好 🥥", long.as_str()] {
        let (code, encrypted) = page.call("encrypt", json!({"message": message}));
        assert_eq!(code, 200);
        for name in ["encryptedData", "content"] {
            assert_eq!(page.call("decrypt", json!({name: encrypted})), (200, json!(message)));
        }
    }
    let (_, ours) = page.call("encrypt", json!({"message": "hello"}));
    let mut bytes = STANDARD.decode(ours.as_str().unwrap()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    for (data, place) in [
        (
            json!({"encryptedData": STANDARD.encode(&bytes)}),
            "data.encryptedData: ",
        ),
        (json!({"content": "not Base64!"}), "data.content: "),
        (json!({"content": ""}), "data.content: "),
        (
            json!({"encryptedData": STANDARD.encode(&bytes[..40])}),
            "data.encryptedData: ",
        ),
        (json!({}), "data: missing field `encryptedData`"),
        (json!({"encryptedData": 5}), "data.encryptedData: invalid type"),
    ] {
        let (code, message) = page.call("decrypt", data.clone());
        assert!(
            code == 30001 && message.as_str().unwrap().starts_with(place),
            "{data}: {message}"
        );
    }
}
