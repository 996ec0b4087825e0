//! What a text and a file take from one engine to another over loopback, beside the same bytes over the bare transport, in one
//! run. A text is on both disks when its event comes.
//!
//! Prints one line of JSON: microseconds from the call of the route to the event at the other side, MiB a second for a file.
//!
//! With `group N` it measures a text to a group of N engines instead, until the last of them has told its event, beside a request of
//! the same size to as many endpoints.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

use coco_im::{Engine, Event, NetworkOptions, Options, Subscription};
use coco_keys::Cost;
use coco_net::{Connection, Endpoint, EndpointOptions};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::runtime::Handle;

const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const BARE: &[u8] = b"bare/1";
const TEXTS: usize = 2_000;
const ENVELOPE: usize = 1024;
const FILE: usize = 256 * 1024 * 1024;
const PIECE: usize = 256 * 1024;

struct Person {
    engine: Engine,
    address: String,
    _folder: TempDir,
}

impl Person {
    fn new(shared: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            cost: Cost::Cheap,
            ..Options::default()
        };
        let engine = Engine::open(folder.path(), options).unwrap();
        let network = NetworkOptions {
            listen: vec![LOOPBACK],
            nodes: Vec::new(),
            lan: false,
            folder: Some(shared.to_owned()),
        };
        engine.connect(Handle::current(), network);
        let mut person = Self {
            engine,
            address: String::new(),
            _folder: folder,
        };
        person.ask("login", "register", json!({ "imPwd": "correct horse", "type": "text" }));
        person.ask(
            "login",
            "exportLogin",
            json!({ "password": "correct horse", "loginType": "text" }),
        );
        let own = person.ask("user", "getUserSingleInfo", json!({}));
        person.address = own["u_nd_add"].as_str().unwrap().to_owned();
        person
    }

    fn ask(&self, module: &str, method: &str, body: Value) -> Value {
        let mut body: Map<String, Value> = serde_json::from_value(body).unwrap();
        body.insert("__SERVER_ROUTE_MODULE".to_owned(), json!(module));
        body.insert("__SERVER_ROUTE_METHOD".to_owned(), json!(method));
        let answer = tokio::task::block_in_place(|| self.engine.answer(&body));
        assert_eq!(answer.code, 200, "{method}: {}", answer.message);
        answer.data
    }

    fn to(&self, other: &Self, more: Value) -> Value {
        let mut body = json!({ "cnd": other.address, "cid": other.address, "conversationType": 0, "pub": "" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }
}

/// Waits for a message of a kind that somebody else wrote.
async fn arrival(events: &mut Subscription, kind: i64) -> Option<String> {
    for event in events.next().await.unwrap().events {
        if let Event::MessageAdded { message } = event
            && message.msg_source.0 == 1
            && message.msg_type.0 == kind
        {
            return Some(message.msg_id);
        }
    }
    None
}

async fn serve_bare(endpoint: Endpoint) {
    let connection = endpoint.accept().await.unwrap().accept().unwrap().await.unwrap();
    while let Ok((mut send, mut receive)) = connection.accept_bi().await {
        tokio::spawn(async move {
            let request = receive.read_to_end(2 * ENVELOPE).await.unwrap();
            if request.len() == ENVELOPE {
                send.write_all(&[1]).await.unwrap();
            } else {
                let piece = vec![7; PIECE];
                for _ in 0..FILE / PIECE {
                    send.write_all(&piece).await.unwrap();
                }
            }
            send.finish().unwrap();
        });
    }
}

async fn bare(connection: &Connection, request: &[u8]) -> usize {
    let (mut send, mut receive) = connection.open_bi().await.unwrap();
    send.write_all(request).await.unwrap();
    send.finish().unwrap();
    let (mut piece, mut got) = (vec![0; PIECE], 0);
    while let Some(count) = receive.read(&mut piece).await.unwrap() {
        got += count;
    }
    got
}

fn at(times: &mut [Duration], part: f64) -> f64 {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e6
}

/// Makes somebody a contact.
async fn befriend(one: &Person, other: &Person) {
    one.ask(
        "contact",
        "addFriend",
        json!({ "nodeId": other.address, "content": "hello", "remark": "" }),
    );
    while other
        .ask("contact", "getApplyList", json!({}))
        .as_array()
        .unwrap()
        .is_empty()
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    other.ask(
        "contact",
        "agreeApplySync",
        json!({ "nodeId": one.address, "remark": "" }),
    );
    while one.ask("contact", "isFriend", json!({ "nodeId": other.address }))["status"] != true {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A text to a group of so many.
async fn group(size: usize) {
    let shared = tempfile::tempdir().unwrap();
    let owner = Person::new(shared.path());
    let mut members = Vec::new();
    for _ in 1..size {
        let member = Person::new(shared.path());
        befriend(&owner, &member).await;
        members.push(member);
    }
    let chosen: Vec<Value> = members
        .iter()
        .map(|member| {
            json!({
                "cId": member.address, "cPfpId": -1, "cPfpUrl": "", "cNic": "", "cNdAdd": member.address, "cPs": "",
                "cPubCurve": "",
            })
        })
        .collect();
    let made = owner.ask(
        "group",
        "createGroup",
        json!({ "groupName": "All", "itemList": chosen }),
    );
    let id = made["g_id"].as_str().unwrap().to_owned();
    for member in &members {
        while member.ask("group", "getAllGroups", json!({})) == json!([]) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let mut listening: Vec<Subscription> = members.iter().map(|member| member.engine.listen()).collect();
    let mut times = Vec::new();
    for round in 0..12 {
        let begin = Instant::now();
        let body = json!({ "cnd": id, "cid": id, "conversationType": 1, "pub": "", "text": "x".repeat(200) });
        owner.ask("chat", "sendTextMessage", body);
        for events in &mut listening {
            while arrival(events, 1).await.is_none() {}
        }
        // The first brings everybody the key.
        if round > 1 {
            times.push(begin.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let options = |secret: u8| EndpointOptions::new([secret; 32], vec![LOOPBACK]);
    let client = Endpoint::open(&options(255), &[]).await.unwrap();
    let mut connections = Vec::new();
    let mut servers = Vec::new();
    for secret in 1..size {
        let server = Endpoint::open(&options(u8::try_from(secret).unwrap()), &[BARE])
            .await
            .unwrap();
        client.learn(&server.key(), &server.place());
        servers.push(tokio::spawn(serve_bare(server.clone())));
        connections.push(client.connect(&server.key(), BARE).await.unwrap());
    }
    let mut theirs = Vec::new();
    for _ in 0..10 {
        let begin = Instant::now();
        let asking = connections.iter().map(|connection| bare(connection, &[7; ENVELOPE]));
        futures_util::future::join_all(asking).await;
        theirs.push(begin.elapsed());
    }
    let (ours, bare) = (at(&mut times, 0.5), at(&mut theirs, 0.5));
    println!(
        "{{\"members\":{size},\"text_us\":{ours:.0},\"bare_us\":{bare:.0},\"ratio\":{:.1}}}",
        ours / bare
    );
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    if let (Some("group"), Some(size)) = (arguments.next().as_deref(), arguments.next()) {
        return group(size.parse().unwrap()).await;
    }
    let shared = tempfile::tempdir().unwrap();
    let (anna, bert) = (Person::new(shared.path()), Person::new(shared.path()));
    befriend(&anna, &bert).await;
    let options = |secret: u8| EndpointOptions::new([secret; 32], vec![LOOPBACK]);
    let server = Endpoint::open(&options(3), &[BARE]).await.unwrap();
    let client = Endpoint::open(&options(4), &[]).await.unwrap();
    client.learn(&server.key(), &server.place());
    let serving = tokio::spawn(serve_bare(server.clone()));
    let connection = client.connect(&server.key(), BARE).await.unwrap();

    let mut events = bert.engine.listen();
    let (mut ours, mut answers, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    let text = "x".repeat(200);
    for round in 0..TEXTS + 50 {
        let begin = Instant::now();
        anna.ask("chat", "sendTextMessage", anna.to(&bert, json!({ "text": text })));
        let answered = Instant::now();
        while arrival(&mut events, 1).await.is_none() {}
        let middle = Instant::now();
        assert_eq!(bare(&connection, &[7; ENVELOPE]).await, 1);
        if round >= 50 {
            ours.push(middle - begin);
            answers.push(answered - begin);
            theirs.push(middle.elapsed());
        }
        // What follows from the text, such as the receipt, is not to stand in the way of the next.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    let mut file = tempfile::NamedTempFile::new().unwrap();
    for _ in 0..FILE / PIECE {
        file.write_all(&[7; PIECE]).unwrap();
    }
    let (mut our_files, mut their_files) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        anna.ask(
            "chat",
            "sendFileMessage",
            anna.to(&bert, json!({ "filePath": file.path() })),
        );
        let id = loop {
            if let Some(id) = arrival(&mut events, 5).await {
                break id;
            }
        };
        let begin = Instant::now();
        'whole: loop {
            for event in events.next().await.unwrap().events {
                match event {
                    Event::MessageChanged { message } if message.msg_id == id => break 'whole,
                    _ => {}
                }
            }
        }
        let middle = Instant::now();
        assert_eq!(bare(&connection, &[1]).await, FILE);
        our_files.push(middle - begin);
        their_files.push(middle.elapsed());
    }
    let mib = FILE as f64 / 1_048_576.0;
    let (our_file, their_file) = (
        mib * 1e6 / at(&mut our_files, 0.5),
        mib * 1e6 / at(&mut their_files, 0.5),
    );
    let (text_us, bare_us) = (at(&mut ours, 0.5), at(&mut theirs, 0.5));
    println!(
        "{{\"answer_us\":{:.0},\"text_us\":{text_us:.0},\"text_p99_us\":{:.0},\"bare_us\":{bare_us:.0},\"bare_p99_us\":{:.0},\"text_ratio\":{:.1},\"file_mib_s\":{our_file:.0},\"bare_file_mib_s\":{their_file:.0},\"file_ratio\":{:.2}}}",
        at(&mut answers, 0.5),
        at(&mut ours, 0.99),
        at(&mut theirs, 0.99),
        text_us / bare_us,
        our_file / their_file
    );
    serving.abort();
    client.close().await;
    server.close().await;
}
