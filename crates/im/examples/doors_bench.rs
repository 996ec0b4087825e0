//! What a call through the HTTP door costs, beside a bare handler of the same HTTP library that answers the same bytes
//! without a token, a limit or an engine. Called by `npm run bench`; prints one line of JSON for each round, with
//! microseconds of one call: the median of the round, in which calls to both take turns.
//!
//! Usage: `doors_bench ROUNDS COUNT`

#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends here")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use coco_im::doors::{DoorOptions, Doors, Limits};
use coco_im::testing::Lab;
use serde_json::json;

/// What is called: a route that reads next to nothing.
const BODY: &str = r#"{"__SERVER_ROUTE_MODULE":"chat","__SERVER_ROUTE_METHOD":"getConversations","identifier":"1"}"#;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let &[rounds, count] = numbers.as_slice() else {
        eprintln!("usage: doors_bench ROUNDS COUNT");
        std::process::exit(2);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let lab = Lab::new();
    let limits = Limits {
        per_second: u32::MAX,
        burst: u32::MAX,
        ..Limits::default()
    };
    let options = DoorOptions {
        limits,
        ..DoorOptions::default()
    };
    let doors = runtime.block_on(Doors::open(lab.engine.clone(), options)).unwrap();
    let answer = serde_json::to_string(&lab.engine.answer_text(BODY.as_bytes())).unwrap();
    let peer = runtime.block_on(bare(answer));

    let mut ours = Caller::new(doors.address(), doors.token());
    let mut theirs = Caller::new(peer, doors.token());
    let expected = ours.call();
    assert_eq!(theirs.call(), expected);
    for _ in 0..rounds {
        let (mut door, mut handler) = (Vec::new(), Vec::new());
        for _ in 0..count {
            door.push(time(|| ours.call()));
            handler.push(time(|| theirs.call()));
        }
        println!("{}", json!({ "door": median(door), "handler": median(handler) }));
    }
}

/// A handler that reads the body and answers with a text.
async fn bare(answer: String) -> SocketAddr {
    let handler = move |_: Bytes| async move { ([("content-type", "application/json")], answer) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(handler))).await });
    address
}

/// A connection that is kept.
struct Caller {
    request: String,
    stream: BufReader<TcpStream>,
}

impl Caller {
    fn new(address: SocketAddr, token: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let head = format!("POST / HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n");
        Self {
            request: format!("{head}Content-Length: {}\r\n\r\n{BODY}", BODY.len()),
            stream: BufReader::new(stream),
        }
    }

    /// Calls and gives back the body of the answer.
    fn call(&mut self) -> Vec<u8> {
        self.stream.get_mut().write_all(self.request.as_bytes()).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        body
    }
}

fn time<T>(what: impl FnOnce() -> T) -> f64 {
    let since = Instant::now();
    std::hint::black_box(what());
    since.elapsed().as_secs_f64() * 1e6
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
