//! A device before it has an account: in the network for as long as it takes to be let in.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use coco_e2ee::{DeviceId, DeviceList, Machine, MemoryKeep, SignedDeviceList, UserId};
use coco_keys::{BackupKeys, DeviceKey, UserKeys};
use coco_net::{EndpointOptions, Handler, Key, Nearby, NodeClient, Peer, Piece, Refused, Ticket};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};
use zeroize::Zeroizing;

use super::admission::{Acceptance, Greeting, claim, digest, signed_list};
use super::outgoing::refused;
use super::{Network, handler, lock, seek};
use crate::engine::{Admitted, WeakEngine};
use crate::routes::auth_login::Applicant;
use crate::{Code, Failure, Outcome};

/// How long anybody is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a device that may be off is waited for.
const BRIEFLY: Duration = Duration::from_secs(5);
/// How long those nearby are waited for.
const NEARBY: Duration = Duration::from_secs(3);
/// How often they are looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How long the endpoint stays, so that what was answered last arrives.
const LINGER: Duration = Duration::from_secs(2);
/// Most devices nearby that are remembered.
const AROUND: usize = 256;

/// What a device has prepared for the user who wants to let it in.
struct Prepared {
    machine: Machine,
    keep: MemoryKeep,
}

/// A device that wants in.
pub(crate) struct Arrival {
    runtime: Handle,
    engine: WeakEngine,
    device: DeviceKey,
    peer: Peer,
    /// Addresses of the nodes' relays.
    relays: Vec<String>,
    nodes: Vec<NodeClient>,
    /// Whether others are looked for nearby.
    looks: bool,
    around: Mutex<HashMap<DeviceId, Vec<u8>>>,
    prepared: Mutex<Option<Prepared>>,
}

impl Arrival {
    /// Opens the device's endpoint, and looks around.
    ///
    /// # Errors
    /// 20000 if the system gives no socket.
    pub(crate) fn open(network: &Network, device: &DeviceKey) -> Outcome<Arc<Self>> {
        let secret = device.to_bytes();
        let options = EndpointOptions::new(*secret, network.options.listen.clone());
        let door = Arc::new(Door::default());
        let peer = network
            .runtime
            .block_on(Peer::open(&options, Arc::clone(&door) as Arc<dyn Handler>))
            .map_err(|error| Failure::with(Code::NETWORK, error.to_string()))?;
        let tickets = network.options.nodes.iter();
        let tickets: Vec<Ticket> = tickets.filter_map(|ticket| ticket.parse().ok()).collect();
        let relays = tickets.iter().filter_map(|ticket| ticket.place.relay.clone()).collect();
        let client = |ticket| NodeClient::new(peer.endpoint().clone(), ticket);
        let nodes = tickets.into_iter().map(client).collect();
        let nearby = Nearby {
            lan: network.options.lan,
            folder: network.options.folder.clone(),
            about: Vec::new(),
        };
        let looks = nearby.lan || nearby.folder.is_some();
        if looks && let Err(error) = network.runtime.block_on(peer.look_around(nearby)) {
            eprintln!("engine: devices nearby are not looked for: {error}");
        }
        let arrival = Arc::new(Self {
            runtime: network.runtime.clone(),
            engine: network.engine.clone(),
            device: DeviceKey::from_bytes(&secret),
            peer,
            relays,
            nodes,
            looks,
            around: Mutex::default(),
            prepared: Mutex::default(),
        });
        door.0.get_or_init(|| Arc::downgrade(&arrival));
        Ok(arrival)
    }

    /// Waits for something, on a thread that may block.
    fn wait<T>(&self, patience: Duration, work: impl Future<Output = T>) -> Option<T> {
        self.runtime.block_on(async { timeout(patience, work).await.ok() })
    }

    /// Tells the nodes where this device is.
    ///
    /// # Errors
    /// 20003 if there are nodes, and none answers.
    pub(crate) fn announce(&self) -> Outcome<()> {
        let announcing = async {
            for relay in &self.relays {
                if let Err(error) = self.peer.endpoint().add_relay(relay).await {
                    eprintln!("engine: {error}");
                }
            }
            let place = self.peer.endpoint().place();
            let telling = self
                .nodes
                .iter()
                .map(async |node| node.announce(place.clone()).await.is_ok());
            futures_util::future::join_all(telling).await
        };
        let told = self.wait(PATIENCE, announcing).unwrap_or_default();
        if self.nodes.is_empty() || told.contains(&true) {
            return Ok(());
        }
        Err(Code::CONNECTION_TIMEOUT.into())
    }

    /// The devices of a user, as nodes or those nearby know them; `None` if nobody does.
    pub(crate) fn find(&self, user: &UserId) -> Option<(DeviceList, SignedDeviceList)> {
        let mut newest: Option<(DeviceList, SignedDeviceList)> = None;
        for node in &self.nodes {
            let listing = self.wait(PATIENCE, node.list_of(*user)).and_then(Result::ok).flatten();
            if let Some(found) = listing.and_then(|listing| read(&listing.body, user))
                && newest.as_ref().is_none_or(|(known, _)| known.version < found.0.version)
            {
                newest = Some(found);
            }
        }
        newest.or_else(|| self.wait(PATIENCE, self.ask_around(user)).flatten())
    }

    /// Asks those nearby who say that they are the user's.
    async fn ask_around(&self, user: &UserId) -> Option<(DeviceList, SignedDeviceList)> {
        let said = seek::about(user);
        let begun = Instant::now();
        while self.looks && begun.elapsed() < NEARBY {
            let candidates: Vec<DeviceId> = lock(&self.around)
                .iter()
                .filter(|(_, about)| **about == said)
                .map(|(device, _)| *device)
                .collect();
            for device in candidates {
                let answer = self.peer.hello(&device, handler::LIST.to_vec()).await;
                if let Some(found) = answer.ok().and_then(|bytes| read(&bytes, user)) {
                    return Some(found);
                }
            }
            sleep(LOOK).await;
        }
        None
    }

    /// The clients of the nodes that the program named, and those of a list.
    fn clients(&self, list: Option<&DeviceList>) -> Vec<NodeClient> {
        let mut clients = self.nodes.clone();
        let tickets = list.into_iter().flat_map(|list| &list.nodes);
        for ticket in tickets.filter_map(|ticket| ticket.parse::<Ticket>().ok()) {
            if clients.iter().all(|client| client.node() != ticket.node) {
                clients.push(NodeClient::new(self.peer.endpoint().clone(), ticket));
            }
        }
        clients
    }

    /// Dials a device of a list.
    async fn greet(&self, list: &DeviceList, device: &DeviceId, question: Vec<u8>) -> Option<Vec<u8>> {
        for client in self.clients(Some(list)) {
            if let Ok(Some(place)) = client.locate(*device).await {
                self.peer.learn(device, &place);
                break;
            }
        }
        self.peer.hello(device, question).await.ok()
    }

    /// Whether the primary device of a list can be reached; `None` if there is none.
    pub(crate) fn reaches_primary(&self, list: &DeviceList) -> Option<bool> {
        let primary = list.devices.iter().find(|entry| entry.primary)?.device;
        let greeting = self.greet(list, &primary, handler::LIST.to_vec());
        Some(self.wait(BRIEFLY, greeting).flatten().is_some())
    }

    /// Asks the primary device of a list to let this one in.
    ///
    /// # Errors
    /// 20087 if there is none, 20003 if it cannot be reached.
    pub(crate) fn ask(&self, list: &DeviceList, applicant: &Applicant, keys: &UserKeys) -> Outcome<()> {
        let primary = list.devices.iter().find(|entry| entry.primary);
        let primary = primary.ok_or(Code::NO_AUTHORISATION)?.device;
        let question = Greeting::Ask {
            applicant: Box::new(applicant.clone()),
            signature: hex::encode(keys.sign(&claim(applicant))),
        };
        let answer = self
            .wait(PATIENCE, self.greet(list, &primary, question.bytes()?))
            .flatten();
        answer.map(drop).ok_or(Code::CONNECTION_TIMEOUT.into())
    }

    /// Fetches the newest backup of a person, decrypted.
    pub(crate) fn backup(&self, list: Option<&DeviceList>, keys: &BackupKeys) -> Option<Zeroizing<Vec<u8>>> {
        let mut newest: Option<(u64, Vec<u8>)> = None;
        for client in self.clients(list) {
            let fetching = client.backup_get(keys.public_key(), |text| keys.sign(text));
            let found = self.wait(PATIENCE, fetching).and_then(Result::ok).flatten();
            if let Some(found) = found
                && newest.as_ref().is_none_or(|known| known.0 < found.0)
            {
                newest = Some(found);
            }
        }
        keys.open(&newest?.1)
    }

    /// Closes the endpoint, after what was answered last has arrived.
    pub(crate) fn close(self: Arc<Self>) {
        let runtime = self.runtime.clone();
        runtime.spawn(async move {
            sleep(LINGER).await;
            for node in &self.nodes {
                node.close().await;
            }
            self.peer.close().await;
        });
    }

    /// The primary device of a user has seen this one's code: gives it what it signs.
    fn offered(&self, from: &Key, code: &str, list: &str) -> Outcome<Vec<u8>> {
        let engine = self.engine.engine().ok_or(Code::EXCEPTION)?;
        let list = opened(list, from)?;
        let applicant = engine.applicant(&list.user)?;
        if digest(&applicant) != code {
            return Err(Code::KEY_CHECK.into());
        }
        let mut prepared = lock(&self.prepared);
        let same = prepared
            .as_ref()
            .is_some_and(|prepared| prepared.machine.user() == list.user);
        if !same {
            let mut keep = MemoryKeep::default();
            let device = DeviceKey::from_bytes(&self.device.to_bytes());
            let machine = Machine::create(&mut keep, list.user, device).map_err(refused)?;
            *prepared = Some(Prepared { machine, keep });
        }
        let prepared = prepared.as_mut().ok_or(Code::EXCEPTION)?;
        let now = applicant.time.unsigned_abs();
        let key = prepared.machine.fallback(&mut prepared.keep, now).map_err(refused)?;
        let entry = prepared.machine.entry(&engine.machine()?, false, now);
        let entry = postcard::to_stdvec(&entry).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
        let acceptance = Acceptance {
            entry: hex::encode(entry),
            key: hex::encode(key.to_bytes().map_err(refused)?),
            name: applicant.name,
            note: applicant.note,
            version: applicant.version.0,
        };
        serde_json::to_vec(&acceptance).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))
    }

    /// This device is on the list now: its account begins.
    fn granted(&self, from: &Key, list: &str, token: &str) -> Outcome<Vec<u8>> {
        let engine = self.engine.engine().ok_or(Code::EXCEPTION)?;
        let signed = signed_list(list).ok_or(Code::KEY_CHECK)?;
        let opened = opened(list, from)?;
        let token: Option<[u8; 32]> = hex::decode(token).ok().and_then(|bytes| bytes.try_into().ok());
        let token = token.ok_or(Code::KEY_CHECK)?;
        let prepared = lock(&self.prepared).take().ok_or(Code::NO_AUTHORISATION)?;
        let device = prepared.machine.device();
        if prepared.machine.user() != opened.user || opened.entry(&device).is_none() {
            return Err(Code::KEY_CHECK.into());
        }
        let admitted = Admitted {
            device: DeviceKey::from_bytes(&self.device.to_bytes()),
            machine: prepared.machine,
            blobs: prepared.keep.into_iter().collect(),
            signed,
            list: opened,
            token,
        };
        engine.admit(&admitted)?;
        Ok(b"entered".to_vec())
    }
}

/// A user's list.
fn read(bytes: &[u8], user: &UserId) -> Option<(DeviceList, SignedDeviceList)> {
    let signed = SignedDeviceList::from_bytes(bytes).ok()?;
    let list = signed.open().ok()?;
    (list.user == *user).then_some((list, signed))
}

/// A list that the device which sent it is the primary one of.
fn opened(list: &str, from: &Key) -> Outcome<DeviceList> {
    let list = signed_list(list).ok_or(Code::KEY_CHECK)?.open().map_err(refused)?;
    let is_primary = list.entry(from).is_some_and(|entry| entry.primary);
    is_primary.then_some(list).ok_or(Code::KEY_CHECK.into())
}

impl std::fmt::Debug for Arrival {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrival")
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// What others ask a device that wants in.
#[derive(Default)]
struct Door(OnceLock<Weak<Arrival>>);

impl Door {
    fn arrival(&self) -> Option<Arc<Arrival>> {
        self.0.get()?.upgrade()
    }
}

impl Handler for Door {
    fn envelopes(&self, _: &Key, _: Vec<Vec<u8>>) -> Result<(), Refused> {
        Err(Refused)
    }

    fn hello(&self, from: &Key, question: &[u8]) -> Option<Vec<u8>> {
        let arrival = self.arrival()?;
        let answer = match Greeting::read(question)? {
            Greeting::Offer { code, list } => arrival.offered(from, &code, &list),
            Greeting::Grant { list, token } => arrival.granted(from, &list, &token),
            Greeting::Ask { .. } | Greeting::Expel { .. } => return None,
        };
        if let Err(failure) = &answer {
            eprintln!("engine: an authorisation was not taken: {failure}");
        }
        answer.ok()
    }

    fn datagram(&self, _: &Key, _: &[u8]) {}

    fn file(&self, _: &Key, _: &str, _: u64) -> Option<Piece> {
        None
    }

    fn connected(&self, _: &Key, _: bool) {}

    fn nearby(&self, device: &Key, about: &[u8]) {
        let Some(arrival) = self.arrival() else { return };
        let mut around = lock(&arrival.around);
        if around.len() < AROUND {
            around.insert(*device, about.to_vec());
        }
    }
}
