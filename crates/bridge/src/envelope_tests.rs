#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

fn refused(text: &str) -> (u16, String, Reply) {
    let refused = read(text).unwrap_err();
    (refused.error.code.number(), refused.error.message, refused.reply)
}

#[test]
fn both_client_generations_are_read() {
    let request = read(r#"{"cmd":"readFile","data":{"path":"a/b"},"messageId":1703143355158}"#).unwrap();
    assert_eq!(request.cmd, "readFile");
    assert_eq!(request.data.get(), r#"{"path":"a/b"}"#);
    assert_eq!(request.reply.message_id.as_deref(), Some("1703143355158"));

    let request = read(r#"{"cmd":"readFile","messageId":"x","path":"a/b","sign":{"content":""}}"#).unwrap();
    assert_eq!(request.data.get(), r#"{"path":"a/b"}"#);
    assert!(request.sign.is_some());

    let request = read(r#"{"cmd":"getLanguage","data":null,"sign":null}"#).unwrap();
    assert_eq!(request.data.get(), "{}");
    assert!(request.sign.is_none());
    assert_eq!(request.reply.message_id, None);
}

#[test]
fn ids_come_back_to_the_letter() {
    for id in [
        "0",
        "-0",
        "1e3",
        "1703143355158.50",
        "\"\\u0041\"",
        "true",
        "null",
        "\"\"",
    ] {
        let request = read(&format!(r#"{{"cmd":"x","messageId":{id}}}"#)).unwrap();
        let answer = write(&request.reply, &Ok(None));
        assert_eq!(answer, format!(r#"{{"code":200,"cmd":"x","messageId":{id}}}"#));
    }
}

#[test]
fn what_is_no_request_is_refused_with_what_could_be_read_of_it() {
    for text in [
        "",
        "null",
        "5",
        "[]",
        "\"{}\"",
        "{",
        "{}{}",
        r#"{"cmd":"#,
        "{\"cmd\":\"x\",}",
    ] {
        let (code, message, reply) = refused(text);
        assert_eq!(code, 30001, "{text}");
        assert!(
            message.starts_with("request: ") && reply == Reply::default(),
            "{text}: {message}"
        );
    }
    let (code, message, reply) = refused(r#"{"messageId":7}"#);
    assert_eq!(
        (code, message.as_str(), reply.message_id.as_deref()),
        (30001, "cmd: missing", Some("7"))
    );
    let (_, message, _) = refused(r#"{"cmd":5}"#);
    assert_eq!(message, "cmd: expected a string");
    let (_, message, reply) = refused(r#"{"cmd":"x","messageId":{"a":1}}"#);
    assert_eq!(message, "messageId: expected a number or a string");
    assert_eq!(reply.message_id.as_deref(), Some(r#"{"a":1}"#));
    for data in ["5", "\"{}\"", "[]", "true"] {
        let (code, message, _) = refused(&format!(r#"{{"cmd":"x","data":{data}}}"#));
        assert_eq!((code, message.as_str()), (30001, "data: expected an object"));
    }
}

#[test]
fn size_depth_and_text_are_bounded() {
    let huge = format!(
        r#"{{"cmd":"x","data":{{"a":"{}"}}}}"#,
        "a".repeat(limits::LONGEST_REQUEST_BYTES)
    );
    assert_eq!(refused(&huge).0, 30010);
    let deep = format!(
        r#"{{"cmd":"x","data":{{"a":{}{}}}}}"#,
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    let (code, message, _) = refused(&deep);
    assert_eq!(code, 30001, "{message}");
    let (code, message, _) = refused(r#"{"cmd":"x","data":{"a":["\ud800"]}}"#);
    assert_eq!(code, 30001);
    assert!(message.starts_with("data: "), "{message}");
    assert_eq!(refused(&format!(r#"{{"cmd":"{}"}}"#, "c".repeat(65))).0, 30001);
    let (code, _, reply) = refused(&format!(r#"{{"cmd":"x","messageId":"{}"}}"#, "i".repeat(300)));
    assert_eq!((code, reply.message_id), (30001, None));
}

#[test]
fn keys_with_a_meaning_in_javascript_are_plain_keys() {
    let request = read(r#"{"cmd":"x","__proto__":{"a":1},"constructor":2}"#).unwrap();
    assert_eq!(request.data.get(), r#"{"__proto__":{"a":1},"constructor":2}"#);
}

#[test]
fn results_are_mirrored_to_string_ids_below_the_limit() {
    let reply = Reply {
        cmd: Some("x".into()),
        message_id: Some("\"u\"".into()),
    };
    let small = to_raw_value("ok").unwrap();
    assert_eq!(
        write(&reply, &Ok(Some(small.clone()))),
        r#"{"code":200,"result":"ok","data":"ok","cmd":"x","messageId":"u"}"#
    );
    let large = to_raw_value(&"a".repeat(limits::MIRROR_BYTES)).unwrap();
    assert!(!write(&reply, &Ok(Some(large))).contains("\"data\""));
    let numbered = Reply {
        message_id: Some("5".into()),
        ..reply
    };
    assert_eq!(
        write(&numbered, &Ok(Some(small))),
        r#"{"code":200,"result":"ok","cmd":"x","messageId":5}"#
    );
}

#[test]
fn errors_say_why_and_keep_the_command() {
    let reply = Reply {
        cmd: Some("readFile".into()),
        message_id: None,
    };
    let answer = write(&reply, &Err(BridgeError::invalid("data.path: \"quoted\"")));
    assert_eq!(
        answer,
        r#"{"code":30001,"message":"data.path: \"quoted\"","cmd":"readFile"}"#
    );
}
