//! A node with a clock that tests move, and devices.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coco_net::node::{Limits, Node, NodeOptions};
use coco_net::protocol::{Entry, Listing, Pushed, token_hash};
use coco_net::{Endpoint, EndpointOptions, Key, NodeClient, Subscription};
use ed25519_dalek::{Signer, SigningKey};
use tokio::time::timeout;

pub(crate) const DAY: u64 = 24 * 60 * 60 * 1000;
pub(crate) const TOKEN: [u8; 32] = [42; 32];

pub(crate) fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// Time that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct Time(Arc<AtomicU64>);

impl Time {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(1_800_000_000_000)))
    }

    pub(crate) fn pass(&self, milliseconds: u64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

pub(crate) fn options(data: &Path, time: &Time) -> NodeOptions {
    let time = time.clone();
    NodeOptions {
        clock: Arc::new(move || time.0.load(Ordering::SeqCst)),
        failed: Arc::new(|detail| panic!("the node failed: {detail}")),
        limits: Limits {
            patience: Duration::from_secs(2),
            ..Limits::default()
        },
        ..NodeOptions::new(data, loopback())
    }
}

/// A node in a folder that goes with it.
pub(crate) struct Home {
    pub(crate) node: Node,
    pub(crate) time: Time,
    pub(crate) folder: tempfile::TempDir,
}

impl Home {
    pub(crate) async fn new() -> Self {
        Self::with(|options| options).await
    }

    pub(crate) async fn with(change: impl FnOnce(NodeOptions) -> NodeOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let time = Time::new();
        let node = Node::start(change(options(folder.path(), &time))).await.unwrap();
        Self { node, time, folder }
    }

    /// Ends the node and starts it again in the same folder.
    pub(crate) async fn restart(self) -> Self {
        let Self { node, time, folder } = self;
        node.close().await;
        let node = Node::start(options(folder.path(), &time)).await.unwrap();
        Self { node, time, folder }
    }
}

/// A user's key.
pub(crate) struct User(pub(crate) SigningKey);

impl User {
    pub(crate) fn new(seed: u8) -> Self {
        Self(SigningKey::from_bytes(&[seed; 32]))
    }

    pub(crate) fn key(&self) -> Key {
        self.0.verifying_key().to_bytes()
    }

    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.0.sign(text).to_bytes()
    }

    pub(crate) fn listing(&self, version: u64, devices: &[&Device]) -> Listing {
        let devices = devices.iter().map(|device| device.key()).collect();
        let body = format!("list {version}").into_bytes();
        Listing::new(self.key(), version, devices, body, |text| self.sign(text))
    }
}

/// A device and its client of one node.
pub(crate) struct Device {
    pub(crate) endpoint: Endpoint,
    pub(crate) client: NodeClient,
}

impl Device {
    pub(crate) async fn new(seed: u8, node: &Node) -> Self {
        let options = EndpointOptions::new([seed; 32], vec![loopback()]);
        let endpoint = Endpoint::open(&options, &[]).await.unwrap();
        let client = NodeClient::new(endpoint.clone(), node.ticket());
        Self { endpoint, client }
    }

    /// A device whose user has published it and whose mailbox [`TOKEN`] opens.
    pub(crate) async fn at_home(seed: u8, node: &Node) -> Self {
        let device = Self::new(seed, node).await;
        device
            .client
            .publish(User::new(seed).listing(1, &[&device]))
            .await
            .unwrap();
        device.client.set_tokens(vec![token_hash(&TOKEN)]).await.unwrap();
        device
    }

    pub(crate) fn key(&self) -> Key {
        self.endpoint.key()
    }
}

/// What comes next, or panics after a while.
pub(crate) async fn next(subscription: &mut Subscription) -> Pushed {
    timeout(Duration::from_secs(20), subscription.next())
        .await
        .expect("nothing came")
        .unwrap()
}

/// The next entry.
pub(crate) async fn entry(subscription: &mut Subscription) -> Entry {
    match next(subscription).await {
        Pushed::Entry(entry) => entry,
        Pushed::Drained => panic!("the mailbox is empty"),
    }
}

/// Everything that lies in the mailbox now.
pub(crate) async fn drain(client: &NodeClient, since: u64) -> Vec<Entry> {
    let mut subscription = client.subscribe(since).await.unwrap();
    let mut found = Vec::new();
    while let Pushed::Entry(entry) = next(&mut subscription).await {
        found.push(entry);
    }
    found
}

/// A name for the envelope of a number.
pub(crate) fn id(number: u64) -> [u8; 16] {
    u128::from(number).to_be_bytes()
}
