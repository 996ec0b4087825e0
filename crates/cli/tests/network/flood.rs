//! Strangers who send as much as they can: what that costs an engine and a node in memory.

use std::path::Path;
use std::sync::Arc;

use coco_net::{Connection, Endpoint, EndpointOptions, Key, NodeClient, Place, Ticket};
use coco_rig::space::Space;
use coco_rig::talk::{heard, saying};
use coco_rig::wait::{PATIENCE, until};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::together::{friends, node};

/// Strangers, the connections of each, and the requests on each of these.
const STRANGERS: u8 = 6;
const CONNECTIONS: usize = 16;
const REQUESTS: usize = 60;
/// Bytes of a request: about what a stranger may send at once.
const REQUEST: usize = 256 * 1024;
/// What all of it may cost at most, in KiB. All strangers together offer 1.4 GiB.
const COST: u64 = 160 * 1024;

/// One stranger's device.
async fn stranger(number: u8) -> Endpoint {
    let options = EndpointOptions::new([200 + number; 32], vec!["127.0.0.1:0".parse().unwrap()]);
    Endpoint::open(&options, &[]).await.unwrap()
}

/// Sends requests of every wrong kind. How far each of them gets is for the other side to say.
async fn press(connection: Connection) {
    let mut open = Vec::new();
    for number in 0..REQUESTS {
        let Ok((mut send, receive)) = connection.open_bi().await else {
            return;
        };
        let length = match number % 4 {
            // One that is longer than anything, one that never ends, one that is nothing, and one that is not what it says.
            0 => u32::MAX,
            1 => u32::try_from(REQUEST * 2).unwrap(),
            2 => 0,
            _ => u32::try_from(REQUEST).unwrap(),
        };
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.resize(REQUEST, u8::try_from(number).unwrap());
        let _ = connection.send_datagram(vec![7; 1_000].into());
        let written = send.write_all(&bytes);
        if tokio::time::timeout(std::time::Duration::from_millis(200), written)
            .await
            .is_ok()
            && number % 4 != 1
        {
            let _ = send.finish();
        }
        open.push((send, receive));
    }
}

/// Lets strangers press a device, all of them at once.
async fn flood(device: Key, place: &Place, protocol: &'static [u8]) -> usize {
    let mut pressing = JoinSet::new();
    let mut strangers = Vec::new();
    let mut connected = 0;
    for number in 0..STRANGERS {
        let stranger = stranger(number).await;
        stranger.learn(&device, place);
        for _ in 0..CONNECTIONS {
            if let Ok(connection) = stranger.connect(&device, protocol).await {
                connected += 1;
                pressing.spawn(press(connection));
            }
        }
        strangers.push(stranger);
    }
    pressing.join_all().await;
    for stranger in strangers {
        stranger.close().await;
    }
    connected
}

/// The first device of a user and where it is.
async fn device(ticket: &Ticket, user: &str) -> (Key, Place) {
    let own = stranger(50).await;
    let client = NodeClient::new(own.clone(), ticket.clone());
    let user: Key = bs58::decode(user).into_vec().unwrap().try_into().unwrap();
    let listing = client.list_of(user).await.unwrap().unwrap();
    let found = client.locate(listing.devices[0]).await.unwrap().unwrap();
    client.close().await;
    own.close().await;
    (listing.devices[0], found)
}

#[test]
fn strangers_who_send_without_end_cost_no_more_memory_than_they_may() {
    let folder = tempfile::tempdir().unwrap();
    let space = Space::plain();
    let node = node(Path::new(folder.path()), &space);
    let people = friends(
        &["Anna", "Bert"],
        folder.path(),
        node.ticket(),
        &[Arc::clone(&space), Arc::clone(&space)],
    );
    let (anna, bert) = (&people[0], &people[1]);
    let ticket: Ticket = node.ticket().parse().unwrap();
    let runtime = Runtime::new().unwrap();
    bert.engine.forget_peak().unwrap();
    node.forget_peak().unwrap();
    let before = [bert.engine.peak_memory().unwrap(), node.peak_memory().unwrap()];
    let (key, place) = runtime.block_on(device(&ticket, &bert.address));
    let reached = [
        runtime.block_on(flood(key, &place, coco_net::peer::PROTOCOL)),
        runtime.block_on(flood(ticket.node, &ticket.place, coco_net::protocol::ALPN)),
    ];
    let after = [bert.engine.peak_memory().unwrap(), node.peak_memory().unwrap()];
    for (what, at) in [("engine", 0), ("node", 1)] {
        println!(
            "{what}: {} connections, {} KiB before, {} after",
            reached[at], before[at], after[at]
        );
        assert!(reached[at] >= CONNECTIONS, "the {what} was reached");
        assert!(
            after[at] - before[at] <= COST,
            "the {what} took {} KiB more",
            after[at] - before[at]
        );
    }
    saying(&anna.engine, &bert.address, "still there")
        .unwrap()
        .send()
        .unwrap();
    until("Bert hears Anna", PATIENCE, || {
        heard(&bert.engine, &anna.address).is_ok_and(|texts| texts == ["still there"])
    })
    .unwrap();
}
