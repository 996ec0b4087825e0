//! The engine in the network.
//!
//! While somebody is logged in and the program gave the engine a network, [`Online`] carries what routes queued to the devices
//! of those it is for, and does what their letters say:
//!
//! * `outgoing` turns the outbox into encrypted envelopes, `courier` carries them, `node` keeps the connection to the user's
//!   home nodes, `seek` finds people and keys;
//! * `incoming` decrypts and puts into order, `apply` does what a letter says, `again` makes good for letters that were lost;
//! * `registers` keeps what the user's devices share the same on all of them, `backup` keeps it for who loses them all;
//! * `arrival` is a device that wants in, `admission` how the primary one lets it in;
//! * `groups`, `people` and `transfers` keep what these need.

mod admission;
mod again;
mod apply;
mod arrival;
mod backup;
mod courier;
mod files;
mod groups;
mod handler;
mod incoming;
mod keep;
mod letter;
mod names;
mod node;
mod outgoing;
mod own;
mod people;
mod presence;
mod registers;
mod seek;
mod transfers;

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use coco_e2ee::{DeviceId, Machine};
use coco_net::{EndpointOptions, NodeClient, Peer, Ticket};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep};

use crate::engine::WeakEngine;
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session};
pub(crate) use arrival::Arrival;
pub(crate) use backup::{AccountBackup, restore_backup};
pub(crate) use letter::Own;
use outgoing::Need;
pub(crate) use outgoing::{Packed, posted};
pub(crate) use own::{furnish_device, keys as device_keys, queue_for, tell_others, words as words_to_hand_over};

/// How the engine uses the network.
#[derive(Debug, Clone)]
pub struct NetworkOptions {
    /// Addresses to listen on.
    pub listen: Vec<SocketAddr>,
    /// Tickets of nodes that are used besides those of the account.
    pub nodes: Vec<String>,
    /// Whether others are looked for on the local network, by multicast.
    pub lan: bool,
    /// The folder by which engines of one computer find each other; `None` to find none that way.
    pub folder: Option<PathBuf>,
}

impl NetworkOptions {
    /// For a person's computer: any free port, no nodes but those of the account, and whoever is nearby.
    #[must_use]
    pub fn personal() -> Self {
        Self {
            listen: vec![SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0)],
            nodes: Vec::new(),
            lan: true,
            folder: Some(meeting_place()),
        }
    }
}

/// The folder by which the engines of one user of this computer find each other.
fn meeting_place() -> PathBuf {
    match std::env::var_os("XDG_RUNTIME_DIR") {
        Some(folder) => PathBuf::from(folder).join("cococat-nearby"),
        None => {
            let user = std::env::var("USER").unwrap_or_default();
            let user: String = user.chars().filter(char::is_ascii_alphanumeric).collect();
            std::env::temp_dir().join(format!("cococat-nearby-{user}"))
        }
    }
}

/// A network that the program gave the engine: used by whoever is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) runtime: Handle,
    pub(crate) options: NetworkOptions,
    pub(crate) engine: WeakEngine,
}

/// How often what waits too long is looked for.
const TICK: Duration = Duration::from_secs(5);
/// After how many ticks people are looked for again.
const LOOKS: u32 = 6;
/// How long is waited before a recipient is tried again who lacked something.
const DEFERRED: Duration = Duration::from_secs(5);
/// How long those are left out who could not be found while others of the same letter could.
const HOPELESS: Duration = Duration::from_secs(60);

/// Somebody who is logged in, in the network.
pub(crate) struct Online {
    session: Arc<Session>,
    machine: Machine,
    /// What others may put letters into the user's mailboxes with.
    token: [u8; 32],
    options: NetworkOptions,
    engine: WeakEngine,
    runtime: Handle,
    peer: Peer,
    lines: courier::Lines,
    nodes: Mutex<HashMap<String, NodeClient>>,
    /// Home nodes, and whether there is a connection to each.
    homes: Mutex<BTreeMap<String, bool>>,
    /// Recipients that are not tried before a time.
    deferred: Mutex<HashMap<String, Instant>>,
    hopeless: Mutex<BTreeMap<Need, Instant>>,
    /// Something may be done for the outbox.
    outbox: Notify,
    /// There may be files to fetch.
    files: Notify,
    /// When a session with a device was last begun anew because it was broken.
    mended: Mutex<HashMap<DeviceId, Instant>>,
    /// Devices nearby, with what they say of themselves.
    around: Mutex<HashMap<DeviceId, Vec<u8>>>,
    /// Whether devices are of people who are known, and when that was looked up.
    familiar: Mutex<HashMap<DeviceId, (bool, Instant)>>,
    dropped: AtomicU64,
    /// Whether something may have changed since the last backup.
    unsaved: AtomicBool,
    closed: watch::Sender<bool>,
}

/// Runs what blocks on a thread for such.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Failure::with(Code::EXCEPTION, error.to_string())))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Online {
    /// Brings a session into the network. What takes time goes on in the background.
    ///
    /// # Errors
    /// 20000 if the system gives no socket; those of the database and of the keys.
    pub(crate) fn begin(network: &Network, session: &Arc<Session>) -> Outcome<Arc<Self>> {
        if session.read(own::is_removed)? {
            return Err(Failure::with(
                Code::NO_AUTHORISATION,
                "the user has removed this device",
            ));
        }
        let own = own::load(session)?;
        let options = EndpointOptions::new(own.secret, network.options.listen.clone());
        let handler = Arc::new(handler::Incoming::default());
        let opening = Peer::open(&options, Arc::clone(&handler) as Arc<dyn coco_net::Handler>);
        let peer = network
            .runtime
            .block_on(opening)
            .map_err(|error| Failure::with(Code::NETWORK, error.to_string()))?;
        let online = Arc::new(Self {
            session: Arc::clone(session),
            machine: own.machine,
            token: own.token,
            options: network.options.clone(),
            engine: network.engine.clone(),
            runtime: network.runtime.clone(),
            peer,
            lines: courier::Lines::default(),
            nodes: Mutex::default(),
            homes: Mutex::default(),
            deferred: Mutex::default(),
            hopeless: Mutex::default(),
            outbox: Notify::new(),
            files: Notify::new(),
            mended: Mutex::default(),
            around: Mutex::default(),
            familiar: Mutex::default(),
            dropped: AtomicU64::new(0),
            unsaved: AtomicBool::new(true),
            closed: watch::Sender::new(false),
        });
        registers::settle(session)?;
        online.refresh_own_list()?;
        handler.serve(&online);
        online.start();
        Ok(online)
    }

    fn start(self: &Arc<Self>) {
        self.spawn(Arc::clone(self).pump());
        self.spawn(Arc::clone(self).keep_time());
        self.spawn(Arc::clone(self).see_to_files());
        self.see_to_homes();
        self.look_around();
        let session = Arc::clone(&self.session);
        let online = Arc::clone(self);
        self.spawn(async move {
            for device in blocking(move || outgoing::pending(&session))
                .await
                .unwrap_or_default()
                .into_keys()
            {
                online.lines.wake(&online, device);
            }
        });
    }

    /// Leaves the network.
    pub(crate) fn end(&self) {
        self.closed.send_replace(true);
        let clients: Vec<NodeClient> = lock(&self.nodes).drain().map(|(_, client)| client).collect();
        let peer = self.peer.clone();
        self.runtime.spawn(async move {
            for client in clients {
                client.close().await;
            }
            peer.close().await;
        });
    }

    /// Runs something until it ends or the session does.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut closed = self.closed.subscribe();
        self.runtime.spawn(async move {
            tokio::select! {
                () = work => {}
                _ = closed.wait_for(|closed| *closed) => {}
            }
        });
    }

    /// The session.
    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    fn machine(&self) -> &Machine {
        &self.machine
    }

    /// This device.
    fn device(&self) -> DeviceId {
        self.machine.device()
    }

    fn user_address(&self) -> String {
        self.session.user.address.clone()
    }

    fn token(&self) -> [u8; 32] {
        self.token
    }

    /// The device's place in the network.
    fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Whether a device is of somebody who is known, as it was some seconds ago at most.
    fn knows(&self, device: &DeviceId) -> bool {
        let mut familiar = lock(&self.familiar);
        if let Some((known, looked)) = familiar.get(device)
            && looked.elapsed() < if *known { FAMILIAR } else { STRANGE }
        {
            return *known;
        }
        let known = self.session.read(|connection| people::is_known(connection, device));
        if familiar.len() >= FAMILIES {
            familiar.clear();
        }
        let known = known.unwrap_or(false);
        familiar.insert(*device, (known, Instant::now()));
        known
    }

    /// Counts something that was dropped.
    fn drop_one(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Letters and envelopes that were dropped since the login, because they were not well formed or not expected.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Says that a backup may be due.
    fn note_unsaved(&self) {
        self.unsaved.store(true, Ordering::Relaxed);
    }

    /// Whether a backup may be due, which then is not any more.
    fn take_unsaved(&self) -> bool {
        self.unsaved.swap(false, Ordering::Relaxed)
    }

    /// Whether there is a connection to a device.
    pub(crate) fn is_connected(&self, device: &DeviceId) -> bool {
        self.peer.is_connected(device)
    }

    /// Says that something was queued.
    pub(crate) fn queued(&self) {
        self.outbox.notify_one();
    }

    fn is_hopeless(&self, need: &Need) -> bool {
        lock(&self.hopeless)
            .get(need)
            .is_some_and(|until| *until > Instant::now())
    }

    /// Begins a new session with a device whose letters cannot be decrypted, at most once a minute, and writes to it, so that it
    /// answers within that one.
    fn mend(self: &Arc<Self>, user: &str, device: &DeviceId) {
        let last = lock(&self.mended).insert(*device, Instant::now());
        if last.is_some_and(|last| last.elapsed() < HOPELESS) {
            return;
        }
        let (online, user, device) = (Arc::clone(self), user.to_owned(), *device);
        self.spawn(async move {
            if online.find_key(&user, &device).await.is_err() {
                return;
            }
            let session = Arc::clone(online.session());
            let queued = blocking(move || {
                session.write(|write| crate::outbox::queue(&session, write, "devices", &user, &serde_json::Value::Null))
            });
            if queued.await.is_ok() {
                online.queued();
            }
        });
    }

    /// Recipients that are not to be tried now, and when the first of them is.
    fn waiting(&self) -> (Vec<String>, Option<Instant>) {
        let mut deferred = lock(&self.deferred);
        let now = Instant::now();
        deferred.retain(|_, until| *until > now);
        (deferred.keys().cloned().collect(), deferred.values().min().copied())
    }

    /// Encrypts what was queued just now, in the same transaction.
    pub(crate) fn pack_at_once(&self, session: &Session, write: &mut Write<'_>) -> Packed {
        let (except, _) = self.waiting();
        outgoing::pack_at_once(self, session, write, &except)
    }

    /// Carries what was encrypted, now that it is on the disk, and sees to the rest.
    pub(crate) fn packed(self: &Arc<Self>, packed: Packed) {
        for device in &packed.devices {
            self.lines.wake(self, *device);
        }
        if packed.more || !packed.needs.is_empty() {
            self.queued();
        }
    }

    /// Turns what was queued into envelopes, for as long as the session lasts.
    async fn pump(self: Arc<Self>) {
        loop {
            let (except, next) = self.waiting();
            let online = Arc::clone(&self);
            let packed = blocking(move || {
                if registers::spread(&online.session)? {
                    online.note_unsaved();
                }
                outgoing::pack(&online, &online.session, &except)
            })
            .await;
            let packed = match packed {
                Ok(packed) => packed,
                Err(failure) if failure.code == Code::NOT_LOGGED_IN => return,
                Err(failure) => {
                    eprintln!("engine: what was queued waits: {failure}");
                    sleep(DEFERRED).await;
                    continue;
                }
            };
            for device in &packed.devices {
                self.lines.wake(&self, *device);
            }
            for (recipient, needs) in packed.needs {
                lock(&self.deferred).insert(recipient.clone(), Instant::now() + HOPELESS);
                let online = Arc::clone(&self);
                self.spawn(async move { online.seek(recipient, needs).await });
            }
            if packed.more {
                continue;
            }
            tokio::select! {
                () = self.outbox.notified() => {}
                () = async {
                    match next {
                        Some(next) => tokio::time::sleep_until(next).await,
                        None => std::future::pending().await,
                    }
                } => {}
            }
        }
    }

    /// Gives up what waited too long, and looks again for who was not found.
    async fn keep_time(self: Arc<Self>) {
        for tick in 1_u32.. {
            sleep(TICK).await;
            if tick % LOOKS == 0 {
                self.find_unknown().await;
            }
            let online = Arc::clone(&self);
            let done = blocking(move || {
                for device in incoming::close_gaps(&online, &online.session)? {
                    online.lines.wake(&online, device);
                }
                again::forget(&online.session)?;
                courier::give_up(&online.session)
            });
            match done.await {
                Err(failure) if failure.code == Code::NOT_LOGGED_IN => return,
                Err(failure) => eprintln!("engine: {failure}"),
                Ok(()) => {}
            }
        }
    }

    /// The client of a node, by its ticket; `None` if the ticket is none.
    fn node(&self, ticket: &str) -> Option<NodeClient> {
        let mut nodes = lock(&self.nodes);
        if let Some(client) = nodes.get(ticket) {
            return Some(client.clone());
        }
        let parsed: Ticket = ticket.parse().ok()?;
        let client = NodeClient::new(self.peer.endpoint().clone(), parsed);
        if nodes.len() < NODES {
            nodes.insert(ticket.to_owned(), client.clone());
        }
        Some(client)
    }

    /// The user chose other nodes or removed a device: nodes that are new are homes from now on, those that are gone are not, and
    /// everybody is told.
    pub(crate) fn refresh(self: &Arc<Self>) {
        let online = Arc::clone(self);
        self.spawn(async move {
            let session = Arc::clone(&online.session);
            let Ok(mut chosen) = blocking(move || session.read(own::chosen)).await else {
                return;
            };
            chosen.extend(online.options.nodes.iter().cloned());
            let gone: Vec<String> = online
                .homes()
                .into_iter()
                .filter(|home| !chosen.contains(home))
                .collect();
            for ticket in gone {
                lock(&online.homes).remove(&ticket);
                let client = lock(&online.nodes).remove(&ticket);
                if let Some(client) = client {
                    client.close().await;
                }
                if let Ok(Ticket { place, .. }) = ticket.parse()
                    && let Some(relay) = place.relay
                {
                    online.peer.remove_relay(&relay).await;
                }
            }
            let again = Arc::clone(&online);
            if let Err(failure) = blocking(move || again.refresh_own_list()).await {
                eprintln!("engine: {failure}");
            }
            let session = Arc::clone(&online.session);
            let listing = blocking(move || session.read(own::listing)).await.ok().flatten();
            for ticket in online.homes() {
                if let (Some(client), Some(listing)) = (online.node(&ticket), listing.clone()) {
                    // A node that cannot be reached now is told when it can be.
                    let _ = client.publish(listing).await;
                }
            }
            online.see_to_homes();
            online.queued();
        });
    }

    /// Has no home nodes any more.
    fn leave_homes(&self) {
        lock(&self.homes).clear();
    }

    /// The user's home nodes.
    fn homes(&self) -> Vec<String> {
        lock(&self.homes).keys().cloned().collect()
    }

    /// 1 if there is a connection to a home node, 0 if one is tried, 2 if there is none to try.
    pub(crate) fn state(&self) -> i64 {
        let homes = lock(&self.homes);
        match (homes.is_empty(), homes.values().any(|connected| *connected)) {
            (true, _) => 2,
            (_, true) => 1,
            _ => 0,
        }
    }
}

/// How long is remembered whether a device is of somebody who is known.
const FAMILIAR: Duration = Duration::from_secs(5);
/// How long it is remembered of others, who may be contacts a moment later.
const STRANGE: Duration = Duration::from_millis(250);
/// Of how many devices that is remembered.
const FAMILIES: usize = 4_096;
/// Most nodes that connections are kept to.
const NODES: usize = 256;

/// Does what somebody's bytes say, whether they are a letter, a greeting or a backup, for fuzzing.
#[cfg(feature = "lab")]
pub(crate) fn hear(session: &Session, from: &str, group: Option<&str>, bytes: &[u8]) -> Outcome<()> {
    let _ = admission::Greeting::read(bytes);
    let _ = backup::AccountBackup::read(bytes);
    let Ok(read) = serde_json::from_slice(bytes) else {
        return Ok(());
    };
    let sender = apply::Sender {
        user: from.to_owned(),
        group: group.map(str::to_owned),
    };
    session.write(|write| {
        match read {
            letter::Letter::GroupOperations { group, operations } => {
                apply::groups::operations(session, write, &sender, &group, &operations)?;
            }
            letter => {
                apply::apply(session, write, &sender, letter)?;
            }
        }
        Ok(())
    })
}

impl std::fmt::Debug for Online {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Online")
            .field("user", &self.session.user.address)
            .finish_non_exhaustive()
    }
}
