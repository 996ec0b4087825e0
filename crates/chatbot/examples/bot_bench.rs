//! What a bot of 500 intents costs beside what it cannot do without, in one run, as one line of JSON:
//!
//! * signed requests over loopback at 32 connections, beside a bare axum handler that checks the same signature and answers as much;
//! * loading the bot from its folder, beside parsing the same YAML;
//! * memory of a conversation that rests, beside its bytes on the disk;
//! * refusing a signature that differs in its last byte, beside one that differs in its first, and how much the latter differs from
//!   itself.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use coco_chatbot::author::load;
use coco_chatbot::desk::{Access, Desk, Keep, PATH};
use coco_chatbot::protocol::{SIGNATURE, is_signed, sign};
use coco_chatbot::server::Server;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const INTENTS: usize = 500;
const EXAMPLES: usize = 6;
const CONNECTIONS: usize = 32;
const REQUESTS: usize = 400;
const ROUNDS: usize = 5;
const RESTING: usize = 10_000;
/// Signatures that are refused one after the other, and how often.
const REFUSED: u32 = 500;
const REFUSALS: usize = 801;
const SECRET: &str = "dGVzdC1zZWNyZXQ=";
const TOKEN: &str = "0123456789abcdef";
/// Words of the language that is spoken here, and syllables that they are made of.
const WORDS: usize = 2_000;
const SYLLABLES: [&str; 24] = [
    "ka", "lo", "mi", "ter", "sun", "pe", "ra", "don", "vi", "es", "no", "ple", "주문", "배", "송", "환", "영업", "시",
    "退", "货", "订单", "营", "价", "地",
];

/// Small numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn sentence(&mut self) -> String {
        (0..5).map(|_| word(self.roll(WORDS))).collect::<Vec<_>>().join(" ")
    }
}

/// A word of two or three syllables.
fn word(number: usize) -> String {
    let mut dice = Dice(number as u64);
    (0..2 + dice.roll(2))
        .map(|_| SYLLABLES[dice.roll(SYLLABLES.len())])
        .collect()
}

fn write_bot(folder: &Path) -> String {
    let mut dice = Dice(7);
    let mut yaml = "bot: {id: large, name: Large, welcome: w, fallback: w, did_you_mean: Do you mean, limit: 0}\nanswers:\n  w: [{text: Sorry.}]\n".to_owned();
    for number in 0..INTENTS {
        writeln!(yaml, "  a{number}: [{{text: This is the answer to what was asked.}}, {{quick: [{{button: Yes, tap: {{say: yes}}}}]}}]").unwrap();
    }
    yaml.push_str("intents:\n");
    for number in 0..INTENTS {
        writeln!(yaml, "  a{number}:\n    examples:").unwrap();
        for _ in 0..EXAMPLES {
            writeln!(yaml, "      - {} {number}", dice.sentence()).unwrap();
        }
    }
    fs::write(folder.join("bot.yaml"), &yaml).unwrap();
    yaml
}

fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Requests with heads, signed, no two the same.
fn requests(dice: &mut Dice, connection: usize) -> Vec<Vec<u8>> {
    let one = |number: usize, dice: &mut Dice| {
        let text = format!("{} {}", dice.sentence(), dice.roll(INTENTS));
        let body = json!({
            "version": "v2", "userId": format!("user {connection}"), "timestamp": now(), "event": "send", "n": number,
            "bubbles": [{ "type": "text", "data": { "description": text } }],
        })
        .to_string();
        let signature = sign(SECRET, body.as_bytes());
        format!(
            "POST {PATH}large/{TOKEN} HTTP/1.1\r\nHost: bot\r\n{SIGNATURE}: {signature}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    };
    (0..REQUESTS).map(|number| one(number, dice)).collect()
}

/// Sends requests one after the other and answers how many of them were answered with 200.
async fn caller(address: SocketAddr, requests: Vec<Vec<u8>>) -> usize {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut answered, mut buffer) = (0, vec![0; 64 * 1024]);
    for request in requests {
        stream.write_all(&request).await.unwrap();
        let mut filled = 0;
        loop {
            let count = stream.read(&mut buffer[filled..]).await.unwrap();
            assert!(count > 0, "the connection ended");
            filled += count;
            let head = buffer[..filled].windows(4).position(|end| end == b"\r\n\r\n");
            let Some(head) = head else { continue };
            let text = std::str::from_utf8(&buffer[..head]).unwrap().to_ascii_lowercase();
            let length = text.split("content-length: ").nth(1).unwrap();
            let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
            if filled >= head + 4 + length {
                answered += usize::from(text.starts_with("http/1.1 200"));
                break;
            }
        }
    }
    answered
}

/// Requests a second.
async fn measure(address: SocketAddr, dice: &mut Dice) -> f64 {
    let all: Vec<_> = (0..CONNECTIONS).map(|connection| requests(dice, connection)).collect();
    let begin = Instant::now();
    let mut callers = JoinSet::new();
    for requests in all {
        callers.spawn(caller(address, requests));
    }
    let answered: usize = callers.join_all().await.into_iter().sum();
    assert_eq!(answered, CONNECTIONS * REQUESTS, "all are answered");
    answered as f64 / begin.elapsed().as_secs_f64()
}

/// What the bot answers is about as long.
const BARE: &str = r#"{"version":"v2","userId":"user 1","sessionId":"0123456789abcdef0123456789abcdef","timestamp":1800000000000,"bubbles":[{"type":"text","data":{"description":"This is the answer to what was asked."}}],"quickButtons":[{"type":"button","title":"Yes","data":{"type":"basic","action":{"type":"postback","data":{"postback":"yes"}}}}],"scenario":"a1","event":"send"}"#;

async fn bare(State(secret): State<Arc<str>>, headers: HeaderMap, body: Bytes) -> (StatusCode, &'static str) {
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
    if signature.is_some_and(|signature| is_signed(&secret, &body, signature)) {
        (StatusCode::OK, BARE)
    } else {
        (StatusCode::FORBIDDEN, "")
    }
}

/// Memory of this process, in KiB.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn desk(folder: &Path, keep: Keep) -> Arc<Desk> {
    let desk = Desk::new(Arc::new(keep), Arc::new(now), Arc::new(|words: &str| panic!("{words}")));
    let access = Access {
        token: TOKEN.to_owned(),
        secret: SECRET.to_owned(),
    };
    desk.put(load(folder).unwrap(), access);
    Arc::new(desk)
}

/// Bytes of a conversation that rests: in memory, and on the disk.
fn resting(folder: &Path) -> (f64, usize) {
    let desk = desk(folder, Keep::in_memory());
    let path = format!("{PATH}large/{TOKEN}");
    let ask = |user: usize| {
        let body = json!({
            "version": "v2", "userId": format!("user {user:05}"), "timestamp": now(), "event": "send",
            "bubbles": [{ "type": "text", "data": { "description": "hello" } }],
        })
        .to_string();
        let signature = sign(SECRET, body.as_bytes());
        assert_eq!(desk.answer(&path, Some(&signature), body.as_bytes()).status, 200);
    };
    let before = memory();
    (0..RESTING).for_each(ask);
    let taken = (memory() - before) as f64 * 1024.0 / RESTING as f64;
    let session = coco_chatbot::engine::Session::new("0".repeat(32));
    (
        taken,
        "user 00000".len() + serde_json::to_string(&session).unwrap().len(),
    )
}

/// Nanoseconds in which a signature is refused that differs in the first byte, again, and one that differs in the last.
fn refusing() -> [f64; 3] {
    let body = [b' '; 250];
    let right = sign(SECRET, &body);
    // The last character before the padding has four bits of the last byte, the first one six of the first.
    let wrong = |at: usize| {
        let mut wrong = right.clone().into_bytes();
        wrong[at] = if wrong[at] == b'A' { b'E' } else { b'A' };
        String::from_utf8(wrong).unwrap()
    };
    let kinds = [wrong(0), wrong(0), wrong(right.len() - 2)];
    let mut taken = [const { Vec::new() }; 3];
    for round in 0..REFUSALS {
        for turn in 0..kinds.len() {
            // Each goes first as often as the others.
            let kind = (round + turn) % kinds.len();
            let begin = Instant::now();
            for _ in 0..REFUSED {
                assert!(!is_signed(SECRET, &body, std::hint::black_box(&kinds[kind])));
            }
            taken[kind].push(begin.elapsed().as_secs_f64() * 1e9 / f64::from(REFUSED));
        }
    }
    taken.map(median)
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = write_bot(folder.path());
    let (resting_bytes, resting_floor) = resting(folder.path());
    let [first_ns, again_ns, last_ns] = refusing();

    let (mut loads, mut parses) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        assert_eq!(load(folder.path()).unwrap().intents(), INTENTS);
        loads.push(begin.elapsed().as_secs_f64() * 1e3);
        let begin = Instant::now();
        let parsed: serde_json::Value = serde_saphyr::from_str(&yaml).unwrap();
        parses.push(begin.elapsed().as_secs_f64() * 1e3);
        drop(parsed);
    }

    let data = tempfile::tempdir().unwrap();
    let keep = Keep::in_folder(data.path()).unwrap();
    let server = Server::open(desk(folder.path(), keep), "127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bare_address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/custom/v1/{bot}/{token}", post(bare))
        .with_state(Arc::from(SECRET));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut dice = Dice(11);
    for _ in 0..ROUNDS {
        ours.push(measure(server.address(), &mut dice).await);
        theirs.push(measure(bare_address, &mut dice).await);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let (load_ms, parse_ms) = (median(loads), median(parses));
    println!(
        "{}",
        json!({
            "requests": ours, "bare": theirs, "ratio": theirs / ours,
            "load_ms": load_ms, "parse_ms": parse_ms, "yaml_kib": yaml.len() / 1024,
            "resting_bytes": resting_bytes, "resting_floor": resting_floor,
            "first_ns": first_ns, "again_ns": again_ns, "last_ns": last_ns,
        })
    );
    server.close().await;
}
