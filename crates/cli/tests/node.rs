//! `coco node` as operators run it: the real program, its ready line, its end, and its sudden deaths.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod developer;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coco_keys::{Identity, UserKeys};
use coco_net::protocol::{Listing, Pushed, token_hash};
use coco_net::{Endpoint, EndpointOptions, NodeClient, Ticket};
use developer::fails;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;

const TOKEN: [u8; 32] = [5; 32];

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coco"));
    command.arg("node").arg("--data").arg(data).args(arguments);
    command
}

/// A node that is ready.
struct Running {
    child: Child,
    ready: Value,
}

impl Running {
    fn start(data: &Path) -> Self {
        let mut child = command(data, &[])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self { child, ready }
    }

    fn ticket(&self) -> Ticket {
        self.ready["ticket"].as_str().unwrap().parse().unwrap()
    }

    fn end(&mut self, signal: &str) -> ExitStatus {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A user's device with a mailbox at the node.
async fn device(ticket: Ticket) -> (Endpoint, NodeClient) {
    let options = EndpointOptions::new([3; 32], vec!["127.0.0.1:0".parse().unwrap()]);
    let endpoint = Endpoint::open(&options, &[]).await.unwrap();
    let client = NodeClient::new(endpoint.clone(), ticket);
    let user = UserKeys::of(&Identity::generate().unwrap()).unwrap();
    let listing = Listing::new(user.public_key(), 1, vec![endpoint.key()], vec![], |text| {
        user.sign(text)
    });
    client.publish(listing).await.unwrap();
    client.set_tokens(vec![token_hash(&TOKEN)]).await.unwrap();
    (endpoint, client)
}

/// Everything that lies in the mailbox.
async fn drain(client: &NodeClient) -> Vec<u64> {
    let mut subscription = client.subscribe(0).await.unwrap();
    let mut found = Vec::new();
    loop {
        match timeout(Duration::from_secs(30), subscription.next())
            .await
            .unwrap()
            .unwrap()
        {
            Pushed::Entry(entry) => found.push(u64::from_be_bytes(entry.envelope.try_into().unwrap())),
            Pushed::Drained => return found,
        }
    }
}

#[test]
fn it_says_where_it_is_and_ends_when_told() {
    let data = tempfile::tempdir().unwrap();
    let mut node = Running::start(data.path());
    let first = node.ticket();
    assert_eq!(node.ready["nodeId"].as_str().unwrap().len(), 64);
    assert_eq!(node.end("-TERM").code(), Some(0));
    let mut again = Running::start(data.path());
    assert_eq!(again.ticket().node, first.node);
    assert_eq!(again.end("-INT").code(), Some(0));
}

#[test]
fn wrong_arguments_are_explained() {
    let data = tempfile::tempdir().unwrap();
    let cases: [(&str, [&str; 2], &str); 3] = [
        ("allow", ["--allow", "nobody"], "not the address of a user"),
        ("mailbox", ["--postgres", "host=/nowhere user=coco"], "--postgres"),
        ("listen", ["--listen", "192.0.2.1:1"], "--listen"),
    ];
    for (step, arguments, text) in cases {
        let (failed, told) = fails(
            |arguments| command(data.path(), arguments).output().unwrap(),
            &arguments,
        );
        assert_eq!(failed, step);
        assert!(told.contains(text), "{told}");
    }
}

/// Killed again and again while envelopes come in, the node loses nothing that it acknowledged and doubles nothing.
#[tokio::test(flavor = "multi_thread")]
async fn sudden_deaths_lose_nothing_that_was_acknowledged() {
    let data = tempfile::tempdir().unwrap();
    let mut node = Running::start(data.path());
    let (endpoint, mut client) = device(node.ticket()).await;
    let acknowledged = Arc::new(AtomicU64::new(0));
    let mut seed = 0x5eed_u64;
    println!("seed {seed:#x}");
    let mut expected = BTreeSet::new();
    let mut envelope = 0_u64;
    for round in 0..20 {
        // So many are acknowledged before the blow falls, while others are under way.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let enough = acknowledged.load(Ordering::SeqCst) + 1 + (seed >> 33) % 60;
        let (kill, died) = watch::channel(());
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                let (client, mailbox, acknowledged) = (client.clone(), endpoint.key(), acknowledged.clone());
                let mut died = died.clone();
                let first = envelope + sender * 1_000_000;
                tokio::spawn(async move {
                    let mut done = Vec::new();
                    let mut number = first;
                    loop {
                        let id = u128::from(number).to_be_bytes();
                        // Each twice, as after a lost answer.
                        for _ in 0..2 {
                            let envelope = number.to_be_bytes();
                            let put = client.put(mailbox, Some(TOKEN), id, &envelope);
                            tokio::select! {
                                // Only the node's death ends it otherwise.
                                put = put => if put.is_err() {
                                    let _ = died.changed().await;
                                    return done;
                                },
                                _ = died.changed() => return done,
                            }
                        }
                        done.push(number);
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                        number += 1;
                    }
                })
            })
            .collect();
        while acknowledged.load(Ordering::SeqCst) < enough {
            tokio::task::yield_now().await;
        }
        node.end("-KILL");
        drop(kill);
        for sender in senders {
            expected.extend(sender.await.unwrap());
        }
        client.close().await;
        node = Running::start(data.path());
        client = NodeClient::new(endpoint.clone(), node.ticket());
        envelope += 10_000;
        if round % 5 == 4 {
            let found = drain(&client).await;
            let once: BTreeSet<u64> = found.iter().copied().collect();
            assert_eq!(once.len(), found.len(), "an envelope is there twice");
            let lost: Vec<_> = expected.difference(&once).collect();
            assert!(lost.is_empty(), "lost in round {round}: {lost:?}");
        }
    }
    assert!(expected.len() >= 20);
}
