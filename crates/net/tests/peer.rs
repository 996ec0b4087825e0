//! Two devices on one computer, over real sockets.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::{Seek as _, SeekFrom, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coco_net::peer::BATCH;
use coco_net::{EndpointOptions, Handler, Key, NetError, Peer, Piece, Refused};

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A device that keeps what it is sent.
#[derive(Default)]
struct Shelf {
    envelopes: Mutex<Vec<Vec<u8>>>,
    datagrams: Mutex<Vec<Vec<u8>>>,
    connected: Mutex<Vec<bool>>,
    file: Mutex<Option<PathBuf>>,
    full: Mutex<bool>,
}

impl Handler for Shelf {
    fn envelopes(&self, _: &Key, envelopes: Vec<Vec<u8>>) -> Result<(), Refused> {
        if *self.full.lock().unwrap() {
            return Err(Refused);
        }
        self.envelopes.lock().unwrap().extend(envelopes);
        Ok(())
    }

    fn hello(&self, _: &Key, question: &[u8]) -> Option<Vec<u8>> {
        (question == b"who").then(|| b"me".to_vec())
    }

    fn datagram(&self, _: &Key, bytes: &[u8]) {
        self.datagrams.lock().unwrap().push(bytes.to_vec());
    }

    fn file(&self, _: &Key, name: &str, offset: u64) -> Option<Piece> {
        let path = self.file.lock().unwrap().clone().filter(|_| name == "file")?;
        let mut file = std::fs::File::open(path).unwrap();
        let length = file.metadata().unwrap().len().checked_sub(offset)?;
        file.seek(SeekFrom::Start(offset)).unwrap();
        Some(Piece { file, length })
    }

    fn connected(&self, _: &Key, connected: bool) {
        self.connected.lock().unwrap().push(connected);
    }
}

async fn device(secret: u8, listen: SocketAddr) -> (Peer, Arc<Shelf>) {
    let shelf = Arc::new(Shelf::default());
    let options = EndpointOptions::new([secret; 32], vec![listen]);
    let handler: Arc<dyn Handler> = shelf.clone();
    // A port that was just given back may take a moment to be free.
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    loop {
        match Peer::open(&options, Arc::clone(&handler)).await {
            Ok(peer) => return (peer, shelf),
            Err(error) => assert!(tokio::time::Instant::now() < patience, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn introduce(a: &Peer, b: &Peer) {
    a.learn(&b.endpoint().key(), &b.endpoint().place());
}

async fn until(condition: impl Fn() -> bool) {
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(tokio::time::Instant::now() < patience, "it did not come to pass");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn envelopes_arrive_in_their_order_and_the_way_back_needs_no_dialling() {
    let (a, at_a) = device(1, LOOPBACK).await;
    let (b, at_b) = device(2, LOOPBACK).await;
    introduce(&a, &b);
    for number in 0..100_u8 {
        a.deliver(&b.endpoint().key(), vec![vec![number], vec![number; 1000]])
            .await
            .unwrap();
    }
    let got: Vec<u8> = at_b
        .envelopes
        .lock()
        .unwrap()
        .iter()
        .map(|envelope| envelope[0])
        .collect();
    let sent: Vec<u8> = (0..100).flat_map(|number| [number, number]).collect();
    assert_eq!(got, sent);
    b.deliver(&a.endpoint().key(), vec![b"back".to_vec()]).await.unwrap();
    assert_eq!(*at_a.envelopes.lock().unwrap(), [b"back".to_vec()]);
    assert_eq!(a.hello(&b.endpoint().key(), b"who".to_vec()).await.unwrap(), b"me");
    assert!(matches!(
        a.hello(&b.endpoint().key(), b"?".to_vec()).await,
        Err(NetError::Refused)
    ));
    a.datagram(&b.endpoint().key(), b"typing".to_vec());
    until(|| !at_b.datagrams.lock().unwrap().is_empty()).await;
    a.close().await;
    until(|| at_b.connected.lock().unwrap().last() == Some(&false)).await;
    assert!(!b.is_connected(&a.endpoint().key()));
    b.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_not_acknowledged() {
    let (a, _) = device(3, LOOPBACK).await;
    let (b, at_b) = device(4, LOOPBACK).await;
    introduce(&a, &b);
    *at_b.full.lock().unwrap() = true;
    let refused = a.deliver(&b.endpoint().key(), vec![vec![1]]).await;
    assert!(matches!(refused, Err(NetError::Refused)), "{refused:?}");
    *at_b.full.lock().unwrap() = false;
    assert!(a.deliver(&b.endpoint().key(), vec![vec![1]; BATCH + 1]).await.is_err());
    a.deliver(&b.endpoint().key(), vec![vec![1]; BATCH]).await.unwrap();
    assert_eq!(at_b.envelopes.lock().unwrap().len(), BATCH);
    a.close().await;
    b.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_and_no_address_are_told() {
    let (a, _) = device(5, LOOPBACK).await;
    let (b, _) = device(6, LOOPBACK).await;
    let key = b.endpoint().key();
    let unknown = a.deliver(&key, vec![vec![1]]).await;
    assert!(matches!(unknown, Err(NetError::Unreachable)), "{unknown:?}");
    introduce(&a, &b);
    b.close().await;
    let dead = a.deliver(&key, vec![vec![1]]).await;
    assert!(matches!(dead, Err(NetError::Unreachable)), "{dead:?}");
    a.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_started_again_is_reached_again() {
    let (a, _) = device(7, LOOPBACK).await;
    let (b, _) = device(8, LOOPBACK).await;
    let (key, bound) = (b.endpoint().key(), b.endpoint().bound()[0]);
    introduce(&a, &b);
    a.deliver(&key, vec![vec![1]]).await.unwrap();
    b.close().await;
    drop(b);
    let (again, shelf) = device(8, bound).await;
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    while a.deliver(&key, vec![vec![2]]).await.is_err() {
        assert!(tokio::time::Instant::now() < patience, "it was not reached again");
    }
    assert_eq!(*shelf.envelopes.lock().unwrap(), [vec![2]]);
    a.close().await;
    again.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_whole_from_any_place_on() {
    let (a, _) = device(9, LOOPBACK).await;
    let (b, at_b) = device(10, LOOPBACK).await;
    introduce(&a, &b);
    let content: Vec<u8> = (0..8_000_003_u32).map(|number| (number % 251) as u8).collect();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&content).unwrap();
    *at_b.file.lock().unwrap() = Some(file.path().to_owned());
    let key = b.endpoint().key();
    let mut got = Vec::new();
    let cut = a
        .fetch(&key, "file", 0, async |bytes, length| {
            assert_eq!(length, content.len() as u64);
            got.extend_from_slice(&bytes);
            if got.len() > 3_000_000 {
                Err(NetError::Timeout)
            } else {
                Ok(())
            }
        })
        .await;
    assert!(cut.is_err());
    let offset = got.len() as u64;
    a.fetch(&key, "file", offset, async |bytes, _| {
        got.extend_from_slice(&bytes);
        Ok(())
    })
    .await
    .unwrap();
    assert!(got == content);
    let other = a.fetch(&key, "other", 0, async |_, _| Ok(())).await;
    assert!(matches!(other, Err(NetError::Refused)), "{other:?}");
    a.close().await;
    b.close().await;
}
