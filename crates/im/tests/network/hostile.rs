//! Devices that mean harm: what they send is dropped and counted, and nothing of it is seen.

use std::sync::{Arc, Mutex};

use coco_net::{EndpointOptions, Handler, Key, Nearby, Peer, Piece, Refused};
use serde_json::json;

use super::devices::{devices, let_in};
use super::people::{Person, befriend, until};

/// A device that only looks around.
#[derive(Default)]
struct Stranger(Mutex<Vec<Key>>);

impl Handler for Stranger {
    fn envelopes(&self, _: &Key, _: Vec<Vec<u8>>) -> Result<(), Refused> {
        Err(Refused)
    }

    fn hello(&self, _: &Key, _: &[u8]) -> Option<Vec<u8>> {
        None
    }

    fn datagram(&self, _: &Key, _: &[u8]) {}

    fn file(&self, _: &Key, _: &str, _: u64) -> Option<Piece> {
        None
    }

    fn connected(&self, _: &Key, _: bool) {}

    fn nearby(&self, device: &Key, _: &[u8]) {
        self.0.lock().unwrap().push(*device);
    }
}

/// A device of nobody's in the folder by which engines find each other, and the keys of those that are there.
async fn stranger(folder: &std::path::Path, number: u8) -> (Peer, Arc<Stranger>) {
    let handler = Arc::new(Stranger::default());
    let options = EndpointOptions::new([number; 32], vec!["127.0.0.1:0".parse().unwrap()]);
    let peer = Peer::open(&options, Arc::clone(&handler) as Arc<dyn Handler>)
        .await
        .unwrap();
    let nearby = Nearby {
        lan: false,
        folder: Some(folder.to_owned()),
        about: Vec::new(),
    };
    peer.look_around(nearby).await.unwrap();
    (peer, handler)
}

impl Person {
    /// Something about the engine's store that no route tells.
    fn count(&self, sql: &str) -> i64 {
        let session = self.engine.session().unwrap();
        let count = session.read(|connection| Ok(connection.query_row(sql, [], |row| row.get(0))?));
        count.unwrap()
    }

    /// The envelopes that wait for others.
    fn envelopes(&self) -> Vec<Vec<u8>> {
        let session = self.engine.session().unwrap();
        let rows = session.read(|connection| {
            let mut statement =
                connection.prepare("SELECT envelope FROM parcel WHERE message IS NOT NULL ORDER BY seq")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<Vec<Vec<u8>>, _>>()?)
        });
        rows.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_and_what_was_heard_before_change_nothing() {
    let shared = tempfile::tempdir().unwrap();
    let folder = Some(shared.path());
    let (anna, mut bert) = (Person::new("Anna", folder, &[]), Person::new("Bert", folder, &[]));
    befriend(&anna, &bert).await;
    anna.say(&bert.address, "one");
    until("it arrives", || bert.heard(&anna.address) == ["one"]).await;
    bert.restart();
    anna.say(&bert.address, "two");
    let stolen = anna.envelopes();
    assert_eq!(stolen.len(), 1);
    bert.enter();
    until("it arrives", || bert.heard(&anna.address) == ["one", "two"]).await;

    let (peer, seen) = stranger(shared.path(), 3).await;
    until("somebody is nearby", || seen.0.lock().unwrap().len() >= 2).await;
    let targets = seen.0.lock().unwrap().clone();
    let mut nonsense: Vec<Vec<u8>> = (0..60_u8).map(|seed| vec![seed; usize::from(seed) * 40]).collect();
    nonsense.push(Vec::new());
    for at in [0, stolen[0].len() / 2, stolen[0].len() - 1] {
        let mut spoiled = stolen[0].clone();
        spoiled[at] ^= 1;
        nonsense.push(spoiled);
    }
    let before = bert.engine.dropped();
    for target in &targets {
        for _ in 0..2 {
            // Who sends too much is refused, which is as good.
            let _ = peer.deliver(target, nonsense.clone()).await;
            let _ = peer.deliver(target, stolen.clone()).await;
            let _ = peer.hello(target, vec![b'{'; 10_000]).await;
            let _ = peer
                .hello(target, br#"{"greeting":"expel","list":"00"}"#.to_vec())
                .await;
            let _ = peer
                .hello(target, br#"{"greeting":"grant","list":"00","token":"00"}"#.to_vec())
                .await;
            peer.datagram(target, b"typing 1".to_vec());
            assert!(
                peer.fetch(target, &"0".repeat(64), 0, async |_, _| Ok(()))
                    .await
                    .is_err()
            );
        }
    }
    until("it is counted", || bert.engine.dropped() > before).await;
    assert_eq!(bert.count("SELECT count(*) FROM unopened"), 0);
    assert_eq!(bert.count("SELECT count(*) FROM held"), 0);
    assert_eq!(bert.heard(&anna.address), ["one", "two"]);
    anna.say(&bert.address, "three");
    until("all goes on", || bert.heard(&anna.address) == ["one", "two", "three"]).await;
    peer.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_device_that_does_not_know_it_is_not_heard() {
    let shared = tempfile::tempdir().unwrap();
    let folder = Some(shared.path());
    let (mut anna, bert) = (Person::new("Anna", folder, &[]), Person::new("Bert", folder, &[]));
    befriend(&anna, &bert).await;
    let mut tablet = Person::nobody(folder, &[]);
    let_in(&anna, &mut tablet).await;
    until("the contact is on the tablet", || {
        tablet.contact_state(&bert.address) == 2
    })
    .await;
    tablet.say(&bert.address, "I am the tablet");
    until("Bert hears the tablet", || {
        bert.heard(&anna.address) == ["I am the tablet"]
    })
    .await;

    // It is off while it is removed, and comes back when nobody is there who could tell it.
    tablet.restart();
    let machine = devices(&anna)
        .into_iter()
        .find(|device| device["devType"] == 3)
        .unwrap();
    anna.ask(
        "authLogin",
        "deleteMachine",
        json!({ "machineId": machine["machineId"] }),
    );
    until("Bert has heard of it", || {
        bert.count("SELECT count(*) FROM person_device WHERE listed = 0") == 1
    })
    .await;
    anna.restart();
    let password = json!({ "loginType": "text" });
    tablet.ask("login", "exportLogin", password);
    tablet.say(&bert.address, "and I still am");
    until("Bert's engine has it", || {
        bert.count("SELECT count(*) FROM unopened") > 0
    })
    .await;
    bert.say(&anna.address, "for Anna alone");
    anna.enter();
    until("Anna hears it", || anna.heard(&bert.address) == ["for Anna alone"]).await;
    assert_eq!(bert.heard(&anna.address), ["I am the tablet"]);
    let tablet_heard = || tablet.engine.session().is_ok() && !tablet.heard(&bert.address).is_empty();
    assert!(!tablet_heard());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_was_lost_on_the_way_comes_again() {
    let shared = tempfile::tempdir().unwrap();
    let folder = Some(shared.path());
    let (anna, mut bert) = (Person::new("Anna", folder, &[]), Person::new("Bert", folder, &[]));
    befriend(&anna, &bert).await;
    bert.restart();
    let ids: Vec<String> = ["one", "two", "three"]
        .iter()
        .map(|text| anna.say(&bert.address, text))
        .collect();
    let session = anna.engine.session().unwrap();
    let lost = session.write(|write| Ok(write.execute("DELETE FROM parcel WHERE message = ?1", [&ids[1]])?));
    assert_eq!(lost.unwrap(), 1);
    bert.enter();
    until("all arrive in order", || {
        bert.heard(&anna.address) == ["one", "two", "three"]
    })
    .await;
    assert_eq!(bert.count("SELECT count(*) FROM held"), 0);
}
