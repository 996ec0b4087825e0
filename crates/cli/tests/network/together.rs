//! People who talk over a node and over links of the rig, while all of these fail.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use coco_rig::net::{Net, Setup, unavailable};
use coco_rig::node::{Node, NodeOptions};
use coco_rig::scenario::{Person, Plan, Powers, Scope, World, play, rounds, seed, settle};
use coco_rig::space::Space;
use coco_rig::talk::{befriend, heard, saying};
use coco_rig::wait::{PATIENCE, until};

use crate::people::{person, program};

/// What a friend request says.
const GREETING: &str = "may I write to you";
/// How long everything may take to arrive after all is mended.
const CALM: Duration = Duration::from_secs(240);

/// A node.
pub(crate) fn node(folder: &Path, space: &Arc<Space>) -> Node {
    let options = NodeOptions {
        program: program(),
        home: folder.join("node"),
        space: Arc::clone(space),
        args: Vec::new(),
        clock_offset: 0,
    };
    Node::start(options).unwrap()
}

/// People who use a node and are each other's contacts.
pub(crate) fn friends(names: &[&str], folder: &Path, ticket: &str, spaces: &[Arc<Space>]) -> Vec<Person> {
    let pairs = names.iter().zip(spaces);
    let people: Vec<_> = pairs
        .map(|(name, space)| {
            let peers = format!("{}:0", space.address());
            person(
                name,
                folder,
                space,
                &["--node", ticket, "--no-nearby", "--peer", &peers],
            )
        })
        .collect();
    for (number, other) in people.iter().enumerate() {
        for one in &people[..number] {
            befriend(&one.engine, &other.engine, GREETING).unwrap();
        }
    }
    people
}

/// Plays a day and prints what came of it.
fn judge(world: &mut World, plan: &Plan, secrets: &[&str]) {
    println!("RIG_SEED={}", plan.seed);
    let sent = play(plan, world).unwrap();
    let secrets: Vec<_> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
    let verdict = settle(world, plan.seed, sent, Scope::Everybody, &secrets, CALM).unwrap();
    println!("{verdict}");
    assert!(verdict.is_good(), "{verdict}");
}

#[test]
fn nothing_is_lost_doubled_or_late_when_engines_and_the_node_are_killed() {
    let (seed, folder) = (seed(), tempfile::tempdir().unwrap());
    let names = ["Anna Aardvark", "Bert Bumblebee", "Carl Crocodile"];
    let space = Space::plain();
    let node = node(folder.path(), &space);
    let spaces = [(); 3].map(|()| Arc::clone(&space));
    let people = friends(&names, folder.path(), node.ticket(), &spaces);
    let powers = Powers {
        node: true,
        links: false,
    };
    let mut world = World {
        people,
        node: Some(node),
        net: None,
    };
    judge(
        &mut world,
        &Plan::new(seed, rounds(150), 3, powers),
        &[names.as_slice(), &[GREETING]].concat(),
    );
}

#[test]
fn nothing_is_lost_doubled_late_or_readable_when_links_fail_too() {
    if let Some(why) = unavailable() {
        println!("skipped: {why}");
        return;
    }
    let (seed, folder) = (seed(), tempfile::tempdir().unwrap());
    let names = ["Anna Aardvark", "Bert Bumblebee"];
    let capture = Some(folder.path().join("all.pcap"));
    let net = Net::open(Setup { seed, capture }).unwrap();
    let node = node(folder.path(), &net.join().unwrap());
    let spaces = [net.join().unwrap(), net.join().unwrap()];
    let people = friends(&names, folder.path(), node.ticket(), &spaces);
    let powers = Powers {
        node: true,
        links: true,
    };
    let mut world = World {
        people,
        node: Some(node),
        net: Some(net),
    };
    judge(
        &mut world,
        &Plan::new(seed, rounds(150), 2, powers),
        &[names.as_slice(), &[GREETING]].concat(),
    );
    let destinations = world.net.unwrap().traffic().unwrap().destinations().unwrap();
    assert!(
        spaces.iter().all(|space| destinations.contains(&space.address())),
        "{destinations:?}"
    );
}

#[test]
fn who_is_cut_off_gets_everything_afterwards_in_order() {
    if let Some(why) = unavailable() {
        println!("skipped: {why}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let net = Net::open(Setup::default()).unwrap();
    let node = node(folder.path(), &net.join().unwrap());
    let spaces = [net.join().unwrap(), net.join().unwrap()];
    let people = friends(&["Anna", "Bert"], folder.path(), node.ticket(), &spaces);
    let [anna, bert] = people.as_slice() else {
        unreachable!()
    };
    let say = |text: &str| {
        assert_eq!(
            saying(&anna.engine, &bert.address, text).unwrap().send().unwrap().code,
            200
        )
    };
    net.cut_off(&spaces[1]);
    let texts: Vec<_> = (0..10).map(|number| format!("text {number}")).collect();
    texts.iter().for_each(|text| say(text));
    // The node has them all, or they are still here: in any case links were tried.
    until("something was tried", PATIENCE, || {
        net.counters(&spaces[0], &spaces[1]).cut > 0
    })
    .unwrap();
    assert_eq!(heard(&bert.engine, &anna.address).unwrap(), [""; 0]);
    net.heal_all();
    let all = || heard(&bert.engine, &anna.address).is_ok_and(|heard| heard == texts);
    until("all texts arrive in order", PATIENCE, all).unwrap();
}
