//! No packet leaves for a place that was not named. Two devices and a relay run in a network of their own, whose only way out is
//! watched: a pair of virtual cables with a route to everywhere.
//!
//! Needs to be root on Linux; says so and does nothing otherwise.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coco_net::{EndpointOptions, Handler, Key, Nearby, Peer, Piece, Place, Refused, relay};
use socket2::{Domain, Protocol, Socket, Type};

/// Says to the test that it runs inside already.
const INSIDE: &str = "COCO_NET_SILENCE";
/// The address of this side of the cable.
const OWN: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);
/// Where a packet is sent to see that it would have been noticed.
const CANARY: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 99);

#[derive(Default)]
struct Shelf(Mutex<usize>);

impl Handler for Shelf {
    fn envelopes(&self, _: &Key, envelopes: Vec<Vec<u8>>) -> Result<(), Refused> {
        *self.0.lock().unwrap() += envelopes.len();
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
}

/// Destinations of all packets on all interfaces, until it is told to stop.
struct Watch {
    seen: Arc<Mutex<BTreeSet<IpAddr>>>,
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<()>,
}

impl Watch {
    fn begin() -> Self {
        const AF_PACKET: i32 = 17;
        const ETH_P_ALL: u16 = 3;
        let all = Protocol::from(i32::from(ETH_P_ALL.to_be()));
        // Without the frame around the packet.
        let mut socket = Socket::new(Domain::from(AF_PACKET), Type::DGRAM, Some(all)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let (seen, stop) = (Arc::new(Mutex::new(BTreeSet::new())), Arc::new(AtomicBool::new(false)));
        let (into, until) = (Arc::clone(&seen), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let mut packet = [0; 65536];
            while !until.load(Ordering::Relaxed) {
                match socket.read(&mut packet) {
                    Ok(length) => drop(destination(&packet[..length]).map(|to| into.lock().unwrap().insert(to))),
                    Err(error) => assert!(
                        matches!(
                            error.kind(),
                            ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                        ),
                        "{error}"
                    ),
                }
            }
        });
        Self { seen, stop, thread }
    }

    fn has(&self, address: impl Into<IpAddr>) -> bool {
        self.seen.lock().unwrap().contains(&address.into())
    }

    fn end(self) -> BTreeSet<IpAddr> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        self.seen.lock().unwrap().clone()
    }
}

fn destination(packet: &[u8]) -> Option<IpAddr> {
    match packet.first()? >> 4 {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(packet.get(16..20)?).ok()?).into()),
        6 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(packet.get(24..40)?).ok()?).into()),
        _ => None,
    }
}

/// What the kernel itself sends when an interface comes up: neighbour discovery and multicast membership of IPv6.
fn is_the_kernels(to: &IpAddr) -> bool {
    matches!(to, IpAddr::V6(to) if to.segments()[0] == 0xff02 && to.segments()[7] != 0xfb)
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(tokio::time::Instant::now() < patience, "{what} did not come to pass");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn device(secret: u8, listen: IpAddr) -> (Peer, Arc<Shelf>) {
    let shelf = Arc::new(Shelf::default());
    let options = EndpointOptions::new([secret; 32], vec![SocketAddr::new(listen, 0)]);
    (Peer::open(&options, shelf.clone()).await.unwrap(), shelf)
}

/// A life with a relay, direct addresses, a folder, a dead address and a relay that goes away.
async fn live(lan: bool) {
    let folder = tempfile::tempdir().unwrap();
    let options = relay::Options {
        listen: SocketAddr::new(OWN.into(), 0),
        admit: None,
        rate: None,
    };
    let relay = relay::spawn(options).await.unwrap();
    let url = relay.url(OWN.into());
    let (a, _) = device(61, Ipv4Addr::UNSPECIFIED.into()).await;
    let (b, at_b) = device(62, Ipv4Addr::UNSPECIFIED.into()).await;
    for peer in [&a, &b] {
        peer.endpoint().add_relay(&url).await.unwrap();
        until("a relay", || peer.endpoint().place().relay.is_some()).await;
        let nearby = Nearby {
            lan,
            folder: Some(folder.path().to_owned()),
            about: b"me".to_vec(),
        };
        peer.look_around(nearby).await.unwrap();
    }
    let key = b.endpoint().key();
    let over = Place {
        sockets: Vec::new(),
        relay: Some(url.clone()),
    };
    a.learn(&key, &over);
    a.deliver(&key, vec![vec![1]]).await.unwrap();
    let (unknown, _) = device(63, OWN.into()).await;
    assert!(a.deliver(&unknown.endpoint().key(), vec![vec![1]]).await.is_err());
    relay.close().await.unwrap();
    for peer in [&a, &b] {
        peer.remove_relay(&url).await;
        peer.endpoint().network_changed().await;
    }
    a.learn(&key, &b.endpoint().place());
    a.deliver(&key, vec![vec![2]]).await.unwrap();
    assert!(*at_b.0.lock().unwrap() >= 2);
    unknown.close().await;
    a.close().await;
    b.close().await;
}

#[test]
fn nothing_leaves_but_to_places_that_were_named() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let unshare = Command::new("unshare").args(["-n", "true"]).status();
    if !unshare.is_ok_and(|status| status.success()) {
        println!("SKIPPED: a network of one's own needs root and unshare(1)");
        return;
    }
    let again = Command::new("unshare")
        .arg("-n")
        .arg(std::env::current_exe().unwrap())
        .args(["--nocapture", "nothing_leaves_but_to_places_that_were_named"])
        .env(INSIDE, "1")
        .status();
    assert!(again.unwrap().success());
}

fn inside() {
    for words in [
        "link set lo up",
        "link add out type veth peer name far",
        "link set far up",
        "link set out up",
        "addr add 10.77.0.2/24 dev out",
        "neigh add 10.77.0.1 lladdr 02:00:00:00:00:01 dev out",
        "route add default via 10.77.0.1",
    ] {
        let done = Command::new("ip").args(words.split(' ')).status().unwrap();
        assert!(done.success(), "ip {words}");
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let canary = || {
        UdpSocket::bind((OWN, 0))
            .unwrap()
            .send_to(b"canary", (CANARY, 9))
            .unwrap()
    };
    for lan in [false, true] {
        let watch = Watch::begin();
        runtime.block_on(async {
            live(lan).await;
            canary();
            until("the canary", || watch.has(CANARY)).await;
        });
        let mut seen = watch.end();
        println!("with multicast {lan}: {seen:?}");
        assert!(seen.remove(&CANARY.into()));
        assert!(seen.remove(&OWN.into()) || seen.contains(&Ipv4Addr::LOCALHOST.into()));
        let mdns = [Ipv4Addr::new(224, 0, 0, 251).into(), "ff02::fb".parse().unwrap()];
        let said = mdns.iter().filter(|group: &&IpAddr| seen.remove(group)).count();
        assert_eq!(said > 0, lan, "multicast is sent exactly when it was asked for");
        // What joins a multicast group says so to the routers.
        let joining = |to: &IpAddr| lan && *to == IpAddr::from([224, 0, 0, 22]);
        seen.retain(|to| !(to.is_loopback() || is_the_kernels(to) || joining(to)));
        assert!(seen.is_empty(), "{seen:?}");
    }
}
