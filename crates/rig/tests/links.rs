//! Namespaces that are connected by links of the rig, with sockets and programs in them.
//!
//! Needs to be root on Linux, with TAP devices; says so and does nothing otherwise.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use coco_rig::net::{Conditions, Net, Reorder, Setup, unavailable};
use coco_rig::search::Needles;
use coco_rig::space::Space;
use coco_rig::wait::{PATIENCE, until};

/// A network, or `None` with a notice where there can be none.
fn network(setup: Setup) -> Option<Net> {
    if let Some(why) = unavailable() {
        println!("skipped: {why}");
        return None;
    }
    Some(Net::open(setup).unwrap())
}

fn socket(space: &Space) -> UdpSocket {
    let socket = space.run(|| UdpSocket::bind((space.address(), 0))).unwrap().unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    socket
}

/// Answers every datagram with itself until dropped.
struct Echo {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Echo {
    fn at(space: &Space) -> Self {
        let socket = socket(space);
        let (address, stop) = (socket.local_addr().unwrap(), Arc::<AtomicBool>::default());
        let told = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let mut buffer = [0; 2_000];
            while !told.load(Ordering::Relaxed) {
                if let Ok((length, from)) = socket.recv_from(&mut buffer) {
                    let _ = socket.send_to(&buffer[..length], from);
                }
            }
        });
        Self {
            address,
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// How long a datagram takes there and back; tried again until one comes back.
fn round_trip(socket: &UdpSocket, echo: &Echo) -> Duration {
    let mut buffer = [0; 2_000];
    for number in 0_u64..600 {
        let begin = Instant::now();
        socket.send_to(&number.to_le_bytes(), echo.address).unwrap();
        while let Ok(length) = socket.recv(&mut buffer) {
            if buffer[..length] == number.to_le_bytes() {
                return begin.elapsed();
            }
        }
    }
    Duration::MAX
}

/// Sends so many datagrams and tells how many arrive, copies included. Few are under way at once, so that none is lost elsewhere.
fn arriving(net: &Net, from: &Space, to: &Space, many: u64) -> u64 {
    let (sender, receiver) = (socket(from), socket(to));
    let address = receiver.local_addr().unwrap();
    let begin = net.counters(from, to);
    let mut arrived = 0;
    let mut buffer = [0; 100];
    for sent in (0..many).step_by(50) {
        for _ in 0..50 {
            sender.send_to(b"a datagram", address).unwrap();
        }
        let passed = || {
            let counters = net.counters(from, to);
            counters.offered - begin.offered == sent + 50 && counters.under_way() == 0
        };
        until("all passed", PATIENCE, passed).unwrap();
        let delivered = net.counters(from, to).delivered - begin.delivered;
        until("what was handed on is here", PATIENCE, || {
            while arrived < delivered && receiver.recv(&mut buffer).is_ok() {
                arrived += 1;
            }
            arrived == delivered
        })
        .unwrap();
    }
    assert!(receiver.recv(&mut buffer).is_err());
    arrived
}

#[test]
fn frames_take_as_long_as_the_link_says_in_each_direction() {
    let Some(net) = network(Setup::default()) else { return };
    let (anna, bert) = (net.join().unwrap(), net.join().unwrap());
    let (echo, socket) = (Echo::at(&bert), socket(&anna));
    let quick = (0..20).map(|_| round_trip(&socket, &echo)).min().unwrap();
    assert!(quick < Duration::from_millis(30), "{quick:?}");
    let slow = |milliseconds| Conditions {
        delay: Duration::from_millis(milliseconds),
        ..Conditions::default()
    };
    net.set_one_way(&anna, &bert, slow(10));
    net.set_one_way(&bert, &anna, slow(30));
    let trips: Vec<_> = (0..20).map(|_| round_trip(&socket, &echo)).collect();
    let (least, most) = (trips.iter().min().unwrap(), trips.iter().max().unwrap());
    assert!(*least >= Duration::from_millis(40), "{least:?}");
    assert!(*least < Duration::from_millis(70), "{least:?}");
    println!("without delay {quick:?}, with 10 + 30 ms {least:?} to {most:?}");
}

#[test]
fn as_many_datagrams_vanish_and_double_as_the_link_says() {
    let Some(net) = network(Setup { seed: 3, capture: None }) else {
        return;
    };
    let (anna, bert, carl) = (net.join().unwrap(), net.join().unwrap(), net.join().unwrap());
    assert_eq!(arriving(&net, &anna, &bert, 1_000), 1_000);
    let bad = Conditions {
        loss: 0.2,
        duplicate: 0.1,
        jitter: Duration::from_millis(2),
        reorder: Reorder::Yes,
        ..Conditions::default()
    };
    net.set(&anna, &bert, &bad);
    // 80 % arrive, a tenth of these twice; five standard deviations.
    let arrived = arriving(&net, &anna, &bert, 5_000);
    assert!(arrived.abs_diff(4_400) < 170, "{arrived}");
    println!(
        "{arrived} of 5000 with 20 % loss and 10 % copies: {:?}",
        net.counters(&anna, &bert)
    );
    assert_eq!(arriving(&net, &anna, &carl, 500), 500);
}

#[test]
fn a_cut_link_carries_nothing_until_it_is_healed() {
    let Some(net) = network(Setup::default()) else { return };
    let (anna, bert, carl) = (net.join().unwrap(), net.join().unwrap(), net.join().unwrap());
    let (to_bert, to_carl) = (Echo::at(&bert), Echo::at(&carl));
    let socket = socket(&anna);
    let comes_back = |echo: &Echo| {
        let mut buffer = [0; 10];
        socket.send_to(b"hello", echo.address).unwrap();
        (0..5).any(|_| {
            socket
                .recv_from(&mut buffer)
                .is_ok_and(|(_, from)| from == echo.address)
        })
    };
    assert_ne!(round_trip(&socket, &to_bert), Duration::MAX);
    assert_ne!(round_trip(&socket, &to_carl), Duration::MAX);
    net.cut(&anna, &bert);
    assert!(!comes_back(&to_bert));
    assert!(comes_back(&to_carl));
    assert!(net.counters(&anna, &bert).cut > 0);
    net.heal(&anna, &bert);
    until("the answer comes", PATIENCE, || comes_back(&to_bert)).unwrap();
    net.cut_off(&anna);
    assert!(!comes_back(&to_carl));
    net.heal_all();
    until("the answer comes", PATIENCE, || comes_back(&to_carl)).unwrap();
}

#[test]
fn what_is_said_is_in_the_capture_and_what_is_not_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup {
        seed: 0,
        capture: Some(folder.path().join("all.pcap")),
    };
    let Some(net) = network(setup) else { return };
    let (anna, bert) = (net.join().unwrap(), net.join().unwrap());
    let (echo, socket) = (Echo::at(&bert), socket(&anna));
    assert_ne!(round_trip(&socket, &echo), Duration::MAX);
    socket.send_to(b"this was said aloud", echo.address).unwrap();
    until("it comes back", PATIENCE, || {
        socket.recv(&mut [0; 100]).is_ok_and(|length| length == 19)
    })
    .unwrap();
    let traffic = net.traffic().unwrap();
    let found = traffic
        .search(&Needles::new(["was said aloud", "was never said"]).unwrap())
        .unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|found| found.text == "was said aloud"));
    assert_eq!(traffic.destinations().unwrap(), [anna.address(), bert.address()].into());
}

#[test]
fn namespaces_are_apart_and_leave_nothing_behind() {
    let Some(net) = network(Setup::default()) else { return };
    let (anna, bert) = (net.join().unwrap(), net.join().unwrap());
    let name = anna.namespace().unwrap().to_owned();
    let inside = |space: &Space, arguments: &[&str]| {
        let output = space
            .run(|| Command::new("ip").args(arguments).output())
            .unwrap()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let seen = inside(&anna, &["-4", "-oneline", "address"]);
    assert!(
        seen.contains(&anna.address().to_string()) && seen.lines().count() == 2,
        "{seen}"
    );
    assert_eq!(inside(&anna, &["route", "show", "default"]), "");
    // Nobody outside has the address.
    assert!(UdpSocket::bind((anna.address(), 0)).is_err());
    let mut sleeper = anna.run(|| Command::new("sleep").arg("1000").spawn()).unwrap().unwrap();
    assert!(Path::new("/run/netns").join(&name).exists());
    drop(net);
    drop((anna, bert));
    assert!(!Path::new("/run/netns").join(&name).exists());
    assert!(!sleeper.wait().unwrap().success());
}

#[test]
fn namespaces_of_dead_runs_are_removed() {
    let Some(net) = network(Setup::default()) else { return };
    // Processes have lower numbers.
    let left = "rig-4194305-0";
    let added = Command::new("ip").args(["netns", "add", left]).status().unwrap();
    assert!(added.success());
    let mut run = Command::new(std::env::current_exe().unwrap());
    run.args(["namespaces_are_apart", "--test-threads=1"]);
    assert!(run.output().unwrap().status.success());
    assert!(!Path::new("/run/netns").join(left).exists());
    drop(net);
}
