//! What others cannot do to a device: crowd it out, flood it, keep its memory, or change the order of what was sent.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use coco_net::peer::{PROTOCOL, Reply, Request};
use coco_net::{Connection, Endpoint, EndpointOptions, Handler, Key, Peer, Piece, Refused, wire};

const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

struct Shelf {
    envelopes: Mutex<Vec<Vec<u8>>>,
    datagrams: Mutex<usize>,
    connected: Mutex<Vec<bool>>,
    knows: AtomicBool,
}

impl Handler for Shelf {
    fn envelopes(&self, _: &Key, envelopes: Vec<Vec<u8>>) -> Result<(), Refused> {
        self.envelopes.lock().unwrap().extend(envelopes);
        Ok(())
    }
    fn hello(&self, _: &Key, _: &[u8]) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
    fn datagram(&self, _: &Key, _: &[u8]) {
        *self.datagrams.lock().unwrap() += 1;
    }
    fn file(&self, _: &Key, _: &str, _: u64) -> Option<Piece> {
        None
    }
    fn connected(&self, _: &Key, connected: bool) {
        self.connected.lock().unwrap().push(connected);
    }
    fn known(&self, _: &Key) -> bool {
        self.knows.load(Ordering::Relaxed)
    }
}

async fn device(secret: u8, knows: bool) -> (Peer, Arc<Shelf>) {
    let shelf = Arc::new(Shelf {
        envelopes: Mutex::default(),
        datagrams: Mutex::default(),
        connected: Mutex::default(),
        knows: AtomicBool::new(knows),
    });
    let options = EndpointOptions::new([secret; 32], vec![LOOPBACK]);
    (Peer::open(&options, shelf.clone()).await.unwrap(), shelf)
}

async fn bare(secret: [u8; 32], to: &Peer) -> (Endpoint, Connection) {
    let endpoint = Endpoint::open(&EndpointOptions::new(secret, vec![LOOPBACK]), &[])
        .await
        .unwrap();
    endpoint.learn(&to.endpoint().key(), &to.endpoint().place());
    let connection = endpoint.connect(&to.endpoint().key(), PROTOCOL).await.unwrap();
    (endpoint, connection)
}

async fn until(condition: impl Fn() -> bool) {
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(tokio::time::Instant::now() < patience, "it did not come to pass");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_together_arrives_in_order() {
    let (a, _) = device(41, true).await;
    let (b, at_b) = device(42, true).await;
    let key = b.endpoint().key();
    a.learn(&key, &b.endpoint().place());
    let mut under_way = Vec::new();
    for number in 0..300_u32 {
        // Long and short ones by turns, so that those behind are read before those in front.
        let length = if number % 3 == 0 { 200_000 } else { 4 };
        let mut envelope = vec![0; length];
        envelope[..4].copy_from_slice(&number.to_be_bytes());
        let a = a.clone();
        let mut delivery = Box::pin(async move { a.deliver(&key, vec![envelope]).await });
        // The order of the calls is that in which they are first polled.
        let first = std::future::poll_fn(|context| Poll::Ready(delivery.as_mut().poll(context))).await;
        if let Poll::Ready(done) = first {
            done.unwrap();
        } else {
            under_way.push(tokio::spawn(delivery));
        }
    }
    for delivery in under_way {
        delivery.await.unwrap().unwrap();
    }
    let number = |envelope: &Vec<u8>| u32::from_be_bytes(envelope[..4].try_into().unwrap());
    let got: Vec<u32> = at_b.envelopes.lock().unwrap().iter().map(number).collect();
    assert_eq!(got, (0..300).collect::<Vec<_>>());
    a.close().await;
    b.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_frames_are_counted_and_hurt_nobody_else() {
    let (b, at_b) = device(43, true).await;
    let (evil, connection) = bare([44; 32], &b).await;
    let mut too_long = u32::MAX.to_be_bytes().to_vec();
    too_long.push(0);
    let many = wire::encode(&Request::Envelopes(vec![vec![1]; 65])).unwrap();
    let cut = wire::encode(&Request::Hello(vec![0; 100])).unwrap()[..50].to_vec();
    let strange = vec![0, 0, 0, 2, 9, 9];
    let frames = [too_long, many, cut, strange, vec![0, 0, 0], vec![0, 0, 0, 0]];
    for frame in &frames {
        let (mut send, mut receive) = connection.open_bi().await.unwrap();
        let _ = send.write_all(frame).await;
        let _ = send.finish();
        assert!(
            receive.read_to_end(100).await.map_or(true, |answer| answer.is_empty()),
            "{frame:?}"
        );
    }
    let malformed = &b.counters().malformed;
    until(|| malformed.load(Ordering::Relaxed) == frames.len() as u64).await;
    let (mut send, mut receive) = connection.open_bi().await.unwrap();
    wire::write(&mut send, &Request::Envelopes(vec![vec![7]]))
        .await
        .unwrap();
    assert_eq!(
        wire::read::<Reply>(&mut receive, 100).await.unwrap(),
        Some(Reply::Taken)
    );
    assert_eq!(*at_b.envelopes.lock().unwrap(), [vec![7]]);
    evil.close().await;
    b.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_flood_is_refused() {
    let (b, at_b) = device(45, false).await;
    let (evil, connection) = bare([46; 32], &b).await;
    let mut refused = 0;
    for _ in 0..200 {
        let (mut send, mut receive) = connection.open_bi().await.unwrap();
        if wire::write(&mut send, &Request::Envelopes(vec![vec![1; 1000]]))
            .await
            .is_err()
        {
            refused += 1;
            continue;
        }
        match wire::read::<Reply>(&mut receive, 100).await.unwrap() {
            Some(Reply::Taken) => {}
            other => {
                assert_eq!(other, Some(Reply::Refused));
                refused += 1;
            }
        }
        let _ = connection.send_datagram(vec![1].into());
    }
    let taken = at_b.envelopes.lock().unwrap().len();
    assert_eq!(taken + refused, 200);
    assert!((20..100).contains(&taken), "{taken}");
    // More than a stranger may say at once is not even read.
    let (mut send, mut receive) = connection.open_bi().await.unwrap();
    let _ = wire::write(&mut send, &Request::Envelopes(vec![vec![1; 300_000]])).await;
    assert!(receive.read_to_end(100).await.map_or(true, |answer| answer.is_empty()));
    assert_eq!(*at_b.datagrams.lock().unwrap(), 0);
    assert!(b.counters().limited.load(Ordering::Relaxed) >= refused as u64);
    evil.close().await;
    b.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_crowd_out_those_who_are_known() {
    let (b, at_b) = device(47, false).await;
    let mut crowd = Vec::new();
    for number in 0..64_u8 {
        let mut secret = [48; 32];
        secret[0] = number;
        crowd.push(bare(secret, &b).await);
    }
    until(|| at_b.connected.lock().unwrap().len() == 64).await;
    let (_late, connection) = bare([49; 32], &b).await;
    let closed = tokio::time::timeout(Duration::from_secs(60), connection.closed())
        .await
        .unwrap();
    assert!(closed.to_string().contains("crowded"), "{closed}");
    assert_eq!(b.counters().crowded.load(Ordering::Relaxed), 1);
    at_b.knows.store(true, Ordering::Relaxed);
    let (friend, _) = device(50, true).await;
    friend.learn(&b.endpoint().key(), &b.endpoint().place());
    friend.deliver(&b.endpoint().key(), vec![vec![1]]).await.unwrap();
    for (_, connection) in &crowd {
        connection.close(0_u8.into(), b"");
    }
    friend.close().await;
    b.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_may_dial_at_once() {
    let (a, at_a) = device(51, true).await;
    let (b, at_b) = device(52, true).await;
    let (key_a, key_b) = (a.endpoint().key(), b.endpoint().key());
    a.learn(&key_b, &b.endpoint().place());
    b.learn(&key_a, &a.endpoint().place());
    let (there, back) = tokio::join!(a.deliver(&key_b, vec![vec![1]]), b.deliver(&key_a, vec![vec![2]]));
    there.unwrap();
    back.unwrap();
    until(|| a.connections() == 1 && b.connections() == 1).await;
    a.deliver(&key_b, vec![vec![3]]).await.unwrap();
    b.deliver(&key_a, vec![vec![4]]).await.unwrap();
    for shelf in [&at_a, &at_b] {
        assert_eq!(*shelf.connected.lock().unwrap(), [true]);
    }
    a.close().await;
    b.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_connections_the_newer_stays() {
    let (one, at_one) = device(53, true).await;
    let (other, at_other) = device(54, true).await;
    // The one with the smaller key clears up.
    let (peer, shelf, secret) = if one.endpoint().key() < other.endpoint().key() {
        (&one, at_one, [54; 32])
    } else {
        (&other, at_other, [53; 32])
    };
    let (endpoint, older) = bare(secret, peer).await;
    let newer = endpoint.connect(&peer.endpoint().key(), PROTOCOL).await.unwrap();
    until(|| peer.connections() == 2).await;
    let closed = tokio::time::timeout(Duration::from_secs(60), older.closed())
        .await
        .unwrap();
    assert!(closed.to_string().contains("another is open"), "{closed}");
    assert!(newer.close_reason().is_none());
    until(|| peer.connections() == 1).await;
    assert_eq!(*shelf.connected.lock().unwrap(), [true]);
    endpoint.close().await;
    one.close().await;
    other.close().await;
}
