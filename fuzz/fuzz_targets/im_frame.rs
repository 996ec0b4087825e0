//! What the doors of the messaging engine read: heads of requests, none of which is let in without the token and from
//! elsewhere; and bodies and frames, each of which gets an answer.
#![no_main]

use std::sync::LazyLock;

use coco_im::Code;
use coco_im::doors::{Guard, answer_body, answer_frame};
use coco_im::testing::Lab;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use libfuzzer_sys::fuzz_target;

const TOKEN: &str = "c0c0";
const PAGE: &str = "http://localhost:5173";

static LAB: LazyLock<Lab> = LazyLock::new(Lab::new);
static GUARD: LazyLock<Guard> = LazyLock::new(|| Guard::new(TOKEN.to_owned(), &[PAGE.to_owned()]).expect("a page"));

fuzz_target!(|data: &[u8]| {
    // The first line is a method and an address, the next ones are headers, and behind an empty one is the body.
    let end = data.windows(2).position(|two| two == b"\n\n").unwrap_or(data.len());
    let (head, rest) = data.split_at(end);
    let body = rest.get(2..).unwrap_or_default();
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let mut words = first.splitn(2, |byte| *byte == b' ');
    let method = Method::from_bytes(words.next().unwrap_or_default());
    let uri = Uri::try_from(words.next().unwrap_or_default());
    let mut headers = HeaderMap::new();
    for line in lines {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = HeaderName::from_bytes(parts.next().unwrap_or_default());
        let value = HeaderValue::from_bytes(parts.next().unwrap_or_default().trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    if let (Ok(method), Ok(uri)) = (method, uri) {
        let admitted = GUARD.admit(&method, &uri, &headers).is_ok();
        let shows = |name: &str| {
            headers
                .get_all(name)
                .iter()
                .any(|value| contains(value.as_bytes(), TOKEN.as_bytes()))
        };
        assert!(
            !admitted || shows("authorization") || shows("sec-websocket-protocol"),
            "{headers:?}"
        );
        assert!(
            !admitted || headers.get_all("origin").iter().all(|origin| origin == PAGE),
            "{headers:?}"
        );
        assert!(!admitted || headers.get_all("host").iter().count() == 1, "{headers:?}");
        known(&answer_body(&LAB.engine, uri.path(), body));
    }
    known(&answer_frame(&LAB.engine, body));
    if LAB.engine.session().is_err() {
        LAB.enter("1");
    }
});

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn known(answer: &coco_im::Answer) {
    let code = Code::from_number(answer.code);
    assert!(code.is_some_and(|code| code != Code::EXCEPTION), "{answer:?}");
}
