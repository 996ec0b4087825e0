//! What the engine's store and dispatcher cost, beside the bare database or the bare parser in the same run. Called by
//! `npm run bench`; prints one line of JSON for each figure.
//!
//! Usage: `im_bench TEXTS MESSAGES` — so many texts are sent, and so many messages are in the large conversation.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends here")]

use std::hint::black_box;
use std::time::Instant;

use coco_im::Answer;
use coco_im::testing::{Lab, address};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

/// Texts that are sent in turn with bare writes.
const ROUND: usize = 500;
/// Conversations of the list.
const CONVERSATIONS: usize = 5_000;
/// Messages of the small conversation that the large one is compared with.
const SMALL: usize = 10_000;
/// Times that a reading is repeated.
const REPEAT: usize = 200;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let &[texts, messages] = numbers.as_slice() else {
        eprintln!("usage: im_bench TEXTS MESSAGES");
        std::process::exit(2);
    };
    sending(texts);
    conversations();
    dispatch();
    large(messages);
}

/// One figure: milliseconds of ours and of what stands beside it, each as median and 99th percentile.
fn print(name: &str, ours: &mut [f64], peer: &mut [f64]) {
    let figure = json!({ "name": name, "ours": summary(ours), "peer": summary(peer) });
    println!("{figure}");
}

fn summary(times: &mut [f64]) -> Value {
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get(((times.len() as f64 - 1.0) * part).round() as usize).copied();
    json!({ "median": at(0.5), "p99": at(0.99), "least": at(0.0), "greatest": at(1.0) })
}

/// Milliseconds that something takes.
fn time<T>(what: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(what());
    start.elapsed().as_secs_f64() * 1_000.0
}

fn answered(answer: &Answer) -> usize {
    assert_eq!(answer.code, 200, "{}", answer.message);
    answer.data.as_array().map_or(0, Vec::len)
}

/// Texts by the route, beside a loop that inserts into the same table of a store of its own, each on the disk by itself.
fn sending(texts: usize) {
    let (lab, other) = (Lab::new(), Lab::new());
    lab.befriend(2);
    let connection = other.store().bare().unwrap();
    connection
        .execute_batch(
            "INSERT INTO conversation (seq, room, peer, kind, created, updated) VALUES (1, '1', 'x', 1, 0, 0)",
        )
        .unwrap();
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for round in 0..texts / ROUND {
        let begin = round * ROUND;
        let per_text = |total: f64| total / ROUND as f64;
        ours.push(per_text(time(|| {
            for number in begin..begin + ROUND {
                let body = json!({ "cnd": address(2), "cid": address(2), "conversationType": 0, "pub": "", "text": text(number) });
                answered(&lab.answer("sendTextMessage", body));
                lab.wait(1);
            }
        })));
        peer.push(per_text(time(|| {
            for number in begin..begin + ROUND {
                let mut statement = connection
                    .prepare_cached(
                        "INSERT INTO message (id, conversation, kind, source, sender, body, state, sent, created, updated)
                         VALUES (?1, 1, 1, 0, 'x', ?2, 1, 0, ?3, ?3)",
                    )
                    .unwrap();
                let body = json!({ "text": text(number) }).to_string();
                statement.execute(params![format!("{number:064x}"), body, i64::try_from(number).unwrap()]).unwrap();
            }
        })));
    }
    print("send", &mut ours, &mut peer);
}

/// Words that occur as words do: few often, most seldom; every thousandth text has Chinese in it.
fn text(number: usize) -> String {
    let word = |salt: usize| format!("word{}", (number * 7_919 + salt * 104_729) % (10 + salt * salt * 977));
    let chinese = if number.is_multiple_of(1_000) {
        " 明天一起去图书馆"
    } else {
        ""
    };
    let words: Vec<String> = (0..9).map(word).collect();
    format!("{} number{number}{chinese}", words.join(" "))
}

/// The list of 5,000 conversations, beside the bare join of conversations and their last messages.
fn conversations() {
    let lab = Lab::new();
    for number in 0..CONVERSATIONS {
        lab.fill(&format!("peer{number}"), 3, text);
    }
    let connection = lab.store().bare().unwrap();
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        ours.push(time(|| {
            assert_eq!(answered(&lab.answer("getConversations", json!({}))), CONVERSATIONS);
        }));
        peer.push(time(|| {
            let mut statement = connection
                .prepare_cached(
                    "SELECT c.*, m.* FROM conversation c JOIN message m ON m.seq = c.last_message
                     WHERE c.room = '1' ORDER BY c.pinned_at DESC, c.updated DESC",
                )
                .unwrap();
            let rows = statement.query_map([], |row| row.get::<_, String>("body")).unwrap();
            assert_eq!(rows.map(Result::unwrap).count(), CONVERSATIONS);
        }));
    }
    print("conversations", &mut ours, &mut peer);
}

/// What the dispatcher adds: a request that is refused by its last check, beside parsing it and writing its answer.
fn dispatch() {
    let lab = Lab::new();
    let request = json!({
        "__SERVER_ROUTE_MODULE": "chat", "__SERVER_ROUTE_METHOD": "getMessagesByConversationId",
        "conversationId": address(9), "startTime": -1, "pageSize": 20, "orderBy": "DESC",
    });
    let request = request.to_string();
    let answer = serde_json::to_string(&lab.engine.answer_text(request.as_bytes())).unwrap();
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..REPEAT {
        ours.push(
            time(|| {
                for _ in 0..50 {
                    black_box(serde_json::to_string(&lab.engine.answer_text(request.as_bytes())).unwrap());
                }
            }) / 50.0,
        );
        peer.push(
            time(|| {
                for _ in 0..50 {
                    let parsed: Value = serde_json::from_slice(request.as_bytes()).unwrap();
                    let written: Value = serde_json::from_str(&answer).unwrap();
                    black_box((parsed, serde_json::to_string(&written).unwrap()));
                }
            }) / 50.0,
        );
    }
    print("dispatch", &mut ours, &mut peer);
}

/// Pages, search, start and memory with a large conversation beside a small one.
fn large(messages: usize) {
    let lab = Lab::new();
    lab.fill(&address(2), messages, text);
    lab.fill(&address(3), SMALL, text);
    let connection = lab.store().bare().unwrap();
    for (name, peer, deep) in [
        ("page, first", address(2), false),
        ("page, deep", address(2), true),
        ("page of the small conversation, first", address(3), false),
        ("page of the small conversation, deep", address(3), true),
    ] {
        page(name, &lab, &connection, &peer, deep);
    }
    for (name, words) in [
        ("search, one message", format!("number{}", messages / 2)),
        ("search, every tenth message", "word3".to_owned()),
        ("search, Chinese", "图书馆".to_owned()),
    ] {
        search(name, &lab, &connection, &words);
    }
    drop(connection);
    start(&lab);
    println!(
        "{}",
        json!({ "name": "memory", "ours": { "kib": resident() }, "messages": messages })
    );
}

fn page(name: &str, lab: &Lab, connection: &Connection, peer: &str, deep: bool) {
    let (seq, first, last): (i64, i64, i64) = connection
        .query_row(
            "SELECT c.seq, (SELECT min(created) FROM message WHERE conversation = c.seq),
                (SELECT max(created) FROM message WHERE conversation = c.seq) FROM conversation c WHERE c.peer = ?1",
            [peer],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for number in 0..REPEAT {
        let step = i64::try_from(number).unwrap() * (last - first) / i64::try_from(2 * REPEAT).unwrap();
        let start = if deep { first + (last - first) / 4 + step } else { -1 };
        ours.push(time(|| {
            let body = json!({ "conversationId": peer, "startTime": start, "pageSize": 20, "orderBy": "DESC" });
            assert_eq!(answered(&lab.answer("getMessagesByConversationId", body)), 20);
        }));
        bare.push(time(|| {
            let mut statement = connection
                .prepare_cached("SELECT * FROM message WHERE conversation = ?1 AND created <= ?2 ORDER BY created DESC, seq DESC LIMIT 20")
                .unwrap();
            let start = if deep { start } else { i64::MAX };
            let rows = statement.query_map([seq, start], |row| row.get::<_, String>("body")).unwrap();
            assert_eq!(rows.map(Result::unwrap).count(), 20);
        }));
    }
    print(name, &mut ours, &mut bare);
}

fn search(name: &str, lab: &Lab, connection: &Connection, words: &str) {
    let question = if words.is_ascii() {
        format!("\"{words}\"*")
    } else {
        "\"图书 书馆\"".to_owned()
    };
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..REPEAT / 4 {
        ours.push(time(|| {
            assert!(answered(&lab.answer("searchMessages", json!({ "text": words, "size": 20 }))) > 0)
        }));
        peer.push(time(|| {
            let mut statement = connection
                .prepare_cached(
                    "SELECT rowid FROM message_words WHERE message_words MATCH ?1 ORDER BY rowid DESC LIMIT 20",
                )
                .unwrap();
            let rows = statement.query_map([&question], |row| row.get::<_, i64>(0)).unwrap();
            assert!(rows.map(Result::unwrap).count() > 0);
        }));
    }
    print(name, &mut ours, &mut peer);
}

/// Opening the store and looking at the list, beside opening the file and reading one row.
fn start(lab: &Lab) {
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        ours.push(time(|| lab.store().again().unwrap()));
        peer.push(time(|| {
            let connection = lab.store().bare().unwrap();
            connection
                .query_row("SELECT id FROM message LIMIT 1", [], |row| row.get::<_, String>(0))
                .unwrap()
        }));
    }
    print("start", &mut ours, &mut peer);
}

/// Memory of this process in KiB.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
