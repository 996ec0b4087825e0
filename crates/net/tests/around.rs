//! Devices that were not told each other's sockets: over a relay, over a folder of the same computer, by mDNS.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use coco_net::{EndpointOptions, Handler, Key, Nearby, Peer, Piece, Place, Refused, relay};

const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

#[derive(Default)]
struct Shelf {
    envelopes: Mutex<Vec<Vec<u8>>>,
    nearby: Mutex<Vec<(Key, Vec<u8>)>>,
}

impl Handler for Shelf {
    fn envelopes(&self, _: &Key, envelopes: Vec<Vec<u8>>) -> Result<(), Refused> {
        self.envelopes.lock().unwrap().extend(envelopes);
        Ok(())
    }
    fn hello(&self, _: &Key, _: &[u8]) -> Option<Vec<u8>> {
        None
    }
    fn datagram(&self, _: &Key, _: &[u8]) {}
    fn file(&self, _: &Key, _: &str, _: u64) -> Option<Piece> {
        None
    }
    fn connected(&self, _: &Key, _: bool) {}
    fn nearby(&self, device: &Key, about: &[u8]) {
        self.nearby.lock().unwrap().push((*device, about.to_vec()));
    }
}

async fn device(secret: u8, listen: SocketAddr) -> (Peer, Arc<Shelf>) {
    let shelf = Arc::new(Shelf::default());
    let options = EndpointOptions::new([secret; 32], vec![listen]);
    (Peer::open(&options, shelf.clone()).await.unwrap(), shelf)
}

async fn until(condition: impl Fn() -> bool) {
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(tokio::time::Instant::now() < patience, "it did not come to pass");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn relay_options() -> relay::Options {
    relay::Options {
        listen: LOOPBACK,
        admit: None,
        rate: None,
    }
}

fn only(relay: &str) -> Place {
    Place {
        sockets: Vec::new(),
        relay: Some(relay.to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_know_only_a_relay_reach_each_other_and_do_without_it_when_it_is_gone() {
    let relay = relay::spawn(relay_options()).await.unwrap();
    let url = relay.url(Ipv4Addr::LOCALHOST.into());
    let (a, at_a) = device(21, LOOPBACK).await;
    let (b, at_b) = device(22, LOOPBACK).await;
    for peer in [&a, &b] {
        peer.endpoint().add_relay(&url).await.unwrap();
        until(|| peer.endpoint().place().relay.is_some()).await;
    }
    let (key_a, key_b) = (a.endpoint().key(), b.endpoint().key());
    a.learn(&key_b, &only(&url));
    a.deliver(&key_b, vec![b"there".to_vec()]).await.unwrap();
    b.deliver(&key_a, vec![b"back".to_vec()]).await.unwrap();
    assert_eq!(*at_b.envelopes.lock().unwrap(), [b"there".to_vec()]);
    assert_eq!(*at_a.envelopes.lock().unwrap(), [b"back".to_vec()]);
    relay.close().await.unwrap();
    for peer in [&a, &b] {
        peer.remove_relay(&url).await;
    }
    a.learn(&key_b, &b.endpoint().place());
    // A dial that began with the relay has to end first.
    let patience = Instant::now() + Duration::from_secs(60);
    while let Err(error) = a.deliver(&key_b, vec![b"again".to_vec()]).await {
        assert!(Instant::now() < patience, "{error}");
    }
    a.close().await;
    b.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_admits_whom_it_is_told() {
    let (a, _) = device(23, LOOPBACK).await;
    let (b, _) = device(24, LOOPBACK).await;
    let admitted = a.endpoint().key();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let by = Arc::clone(&asked);
    let relay = relay::spawn(relay::Options {
        admit: Some(Arc::new(move |key| {
            by.lock().unwrap().push(key);
            key == admitted
        })),
        ..relay_options()
    });
    let relay = relay.await.unwrap();
    let url = relay.url(Ipv4Addr::LOCALHOST.into());
    for peer in [&a, &b] {
        peer.endpoint().add_relay(&url).await.unwrap();
    }
    until(|| asked.lock().unwrap().contains(&admitted)).await;
    until(|| asked.lock().unwrap().contains(&b.endpoint().key())).await;
    a.learn(&b.endpoint().key(), &only(&url));
    assert!(a.deliver(&b.endpoint().key(), vec![vec![1]]).await.is_err());
    a.close().await;
    b.close().await;
    relay.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_of_one_computer_find_each_other_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let around = |about: &[u8]| Nearby {
        lan: false,
        folder: Some(folder.path().join("nearby")),
        about: about.to_vec(),
    };
    let (a, at_a) = device(25, LOOPBACK).await;
    let (b, at_b) = device(26, LOOPBACK).await;
    a.look_around(around(b"first")).await.unwrap();
    b.look_around(around(b"second")).await.unwrap();
    let (key_a, key_b) = (a.endpoint().key(), b.endpoint().key());
    until(|| at_a.nearby.lock().unwrap().contains(&(key_b, b"second".to_vec()))).await;
    until(|| at_b.nearby.lock().unwrap().contains(&(key_a, b"first".to_vec()))).await;
    a.deliver(&key_b, vec![b"near".to_vec()]).await.unwrap();
    assert_eq!(*at_b.envelopes.lock().unwrap(), [b"near".to_vec()]);
    b.look_around(around(b"other")).await.unwrap();
    until(|| at_a.nearby.lock().unwrap().contains(&(key_b, b"other".to_vec()))).await;
    assert_eq!(at_a.nearby.lock().unwrap().len(), 2);
    assert!(b.look_around(around(&[0; 97])).await.is_err());
    a.close().await;
    b.close().await;
    assert_eq!(std::fs::read_dir(folder.path().join("nearby")).unwrap().count(), 0);
}
