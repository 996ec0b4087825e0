//! The network node: mailboxes for devices that are away, a directory of who has which devices and where they are, and a
//! little storage. It knows nothing of what passes through it.

mod backup;
mod directory;
mod files;
mod gate;
pub(crate) mod limits;
pub mod mailbox;
mod names;
mod serve;
mod store;
mod stream;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use thiserror::Error;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

pub use files::{DAYS_KEPT, DAYS_UPLOADING};
pub use limits::Limits;

use crate::protocol::ALPN;
use crate::relay::{self, Relay, RelayError};
use crate::{Endpoint, EndpointOptions, Key, NetError, Place, Ticket};
use gate::Gate;
use mailbox::{Clock, Mailbox, MailboxError, PostgresMailbox, SqliteMailbox};
use store::{Fault, Store};

/// How often what is too old is deleted.
const EXPIRE: Duration = Duration::from_secs(3600);

/// Bytes a second that one device may send through the relay.
const RELAYED: u32 = 8 * 1024 * 1024;

/// Where a node keeps mailboxes.
#[derive(Clone, Default)]
pub enum Backend {
    /// In a file of its folder.
    #[default]
    Sqlite,
    /// In a PostgreSQL database of this address; see [`mailbox::PostgresMailbox::open`].
    Postgres(String),
}

impl fmt::Debug for Backend {
    /// The address may have a password in it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Sqlite => "Sqlite",
            Self::Postgres(_) => "Postgres",
        })
    }
}

/// What a node is started with.
#[derive(Clone)]
pub struct NodeOptions {
    /// Its folder; it is made if there is none. Its key is there too.
    pub data: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where it carries packets for devices that do not reach each other, over TCP; without, it does not.
    pub relay: Option<SocketAddr>,
    /// Where mailboxes are kept.
    pub backend: Backend,
    /// How much it does for whom.
    pub limits: Limits,
    /// The users whom it serves; without, whoever comes.
    pub allowed: Option<BTreeSet<Key>>,
    /// The time.
    pub clock: Clock,
    /// Is told what went wrong at the node itself, such as a full disk.
    pub failed: Arc<dyn Fn(&str) + Send + Sync>,
}

impl NodeOptions {
    /// For a folder and an address; everything else as usual.
    pub fn new(data: &Path, listen: SocketAddr) -> Self {
        Self {
            data: data.to_owned(),
            listen,
            relay: None,
            backend: Backend::default(),
            limits: Limits::default(),
            allowed: None,
            clock: Arc::new(now),
            failed: Arc::new(|_| ()),
        }
    }
}

impl fmt::Debug for NodeOptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("NodeOptions")
            .field("data", &self.data)
            .field("listen", &self.listen)
            .field("relay", &self.relay)
            .field("backend", &self.backend)
            .field("limits", &self.limits)
            .field("allowed", &self.allowed.as_ref().map(BTreeSet::len))
            .finish_non_exhaustive()
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Why a node does not start.
#[derive(Debug, Error)]
pub enum NodeError {
    /// The folder cannot be used.
    #[error("the folder cannot be used: {0}")]
    Data(#[from] io::Error),
    /// The database in it cannot be used.
    #[error("the database cannot be used: {0}")]
    Store(String),
    /// The mailboxes cannot be used.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] NetError),
    /// The relay does not start.
    #[error(transparent)]
    Relay(#[from] RelayError),
}

impl From<Fault> for NodeError {
    fn from(fault: Fault) -> Self {
        Self::Store(match fault {
            Fault::Refused(refusal) => refusal.to_string(),
            Fault::Failed(detail) => detail,
        })
    }
}

/// What a node counted since it started.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counters {
    /// Connections that stand.
    pub connections: u64,
    /// Connections that were turned away.
    pub turned_away: u64,
    /// Requests that were read.
    pub requests: u64,
    /// Requests that were refused, for whatever reason.
    pub refused: u64,
    /// Streams that brought nothing that could be understood.
    pub malformed: u64,
    /// Envelopes that were stored.
    pub stored: u64,
    /// Envelopes that were sent to owners of mailboxes.
    pub pushed: u64,
    /// Times that the node itself failed.
    pub failed: u64,
}

#[derive(Debug, Default)]
struct Counting {
    turned_away: AtomicU64,
    requests: AtomicU64,
    refused: AtomicU64,
    malformed: AtomicU64,
    stored: AtomicU64,
    pushed: AtomicU64,
    failed: AtomicU64,
}

fn one_more(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// What all connections share.
struct Shared {
    id: Key,
    store: Arc<Store>,
    mailbox: Arc<dyn Mailbox>,
    limits: Limits,
    clock: Clock,
    failed: Arc<dyn Fn(&str) + Send + Sync>,
    gate: Mutex<Gate>,
    /// KiB of requests that are being read or answered.
    room: Arc<Semaphore>,
    under_way: Arc<Semaphore>,
    backups: Semaphore,
    /// Where devices are that are served.
    places: Mutex<Places>,
    /// Those that are on no list that is published: they ask a user's primary device to be let in.
    guests: Mutex<Places>,
    /// Tells subscribers that something arrived.
    bells: Mutex<HashMap<Key, watch::Sender<u64>>>,
    /// Files that are being sent to the node, by name and device.
    uploads: Mutex<BTreeSet<([u8; 32], Key)>>,
    counting: Counting,
}

/// Where devices said that they are, and until when that is believed.
type Places = HashMap<Key, (Place, u64)>;

impl Shared {
    /// Does blocking work of the database.
    async fn store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || work(&store))
            .await
            .unwrap_or_else(|error| Err(Fault::failed(error)))
    }

    /// Deletes what is too old.
    async fn expire(&self) -> Result<(), Fault> {
        let now = (self.clock)();
        for places in [&self.places, &self.guests] {
            let mut places = places.lock().unwrap_or_else(PoisonError::into_inner);
            places.retain(|_, (_, until)| *until > now);
        }
        self.mailbox.expire().await?;
        self.store(Store::files_expire).await
    }

    fn fail(&self, detail: &str) {
        one_more(&self.counting.failed);
        (self.failed)(detail);
    }
}

/// A node that runs. It ends when it is dropped; [`Node::close`] does so politely.
pub struct Node {
    shared: Arc<Shared>,
    ticket: Ticket,
    endpoint: Endpoint,
    relay: Option<Relay>,
    tasks: Vec<JoinHandle<()>>,
}

impl Node {
    /// Starts a node.
    ///
    /// # Errors
    ///
    /// When the folder or the address cannot be used.
    pub async fn start(options: NodeOptions) -> Result<Self, NodeError> {
        fs::create_dir_all(&options.data)?;
        let secret = secret(&options.data.join("node.key"))?;
        let store = Store::open(&options.data, options.allowed, options.limits, options.clock.clone())?;
        let mailbox: Arc<dyn Mailbox> = match options.backend {
            Backend::Sqlite => Arc::new(SqliteMailbox::open(
                &options.data.join("mailboxes.db"),
                options.clock.clone(),
            )?),
            Backend::Postgres(address) => Arc::new(PostgresMailbox::open(&address, options.clock.clone()).await?),
        };
        let endpoint = Endpoint::open(&EndpointOptions::new(secret, vec![options.listen]), &[ALPN]).await?;
        let relay = match options.relay {
            None => None,
            Some(listen) => {
                let rate = NonZeroU32::new(RELAYED);
                Some(
                    relay::spawn(relay::Options {
                        listen,
                        admit: None,
                        rate,
                    })
                    .await?,
                )
            }
        };
        let mut ticket = Ticket {
            node: endpoint.key(),
            place: endpoint.place(),
        };
        if let Some(relay) = &relay {
            let all = ticket.place.sockets.first().map(SocketAddr::ip);
            let host = Some(relay.address().ip()).filter(|host| !host.is_unspecified());
            let url = relay.url(host.or(all).unwrap_or(relay.address().ip()));
            // So that the node itself is reached through it by who reaches nothing else.
            endpoint.add_relay(&url).await?;
            ticket.place.relay = Some(url);
        }
        let shared = Arc::new(Shared {
            id: endpoint.key(),
            store: Arc::new(store),
            mailbox,
            limits: options.limits,
            clock: options.clock,
            failed: options.failed,
            gate: Mutex::new(Gate::new(&options.limits)),
            room: Arc::new(Semaphore::new(options.limits.room)),
            under_way: Arc::new(Semaphore::new(options.limits.under_way)),
            backups: Semaphore::new(8),
            places: Mutex::default(),
            guests: Mutex::default(),
            bells: Mutex::default(),
            uploads: Mutex::default(),
            counting: Counting::default(),
        });
        let accepting = tokio::spawn(accept(shared.clone(), endpoint.clone()));
        let expiring = tokio::spawn({
            let shared = shared.clone();
            async move {
                let mut ticks = tokio::time::interval(EXPIRE);
                loop {
                    ticks.tick().await;
                    if let Err(Fault::Failed(detail)) = shared.expire().await {
                        shared.fail(&detail);
                    }
                }
            }
        });
        Ok(Self {
            shared,
            ticket,
            endpoint,
            relay,
            tasks: vec![accepting, expiring],
        })
    }

    /// The node's key.
    pub fn id(&self) -> Key {
        self.shared.id
    }

    /// The node's key as operators see it, in hexadecimal digits.
    pub fn name(&self) -> String {
        hex::encode(self.shared.id)
    }

    /// What devices are given to find the node.
    pub fn ticket(&self) -> Ticket {
        self.ticket.clone()
    }

    /// What it counted since it started.
    pub fn counters(&self) -> Counters {
        let counting = &self.shared.counting;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let gate = self.shared.gate.lock().unwrap_or_else(PoisonError::into_inner);
        Counters {
            connections: gate.connections() as u64,
            turned_away: read(&counting.turned_away),
            requests: read(&counting.requests),
            refused: read(&counting.refused),
            malformed: read(&counting.malformed),
            stored: read(&counting.stored),
            pushed: read(&counting.pushed),
            failed: read(&counting.failed),
        }
    }

    /// Deletes what is too old at once; the node does so by itself every hour.
    ///
    /// # Errors
    ///
    /// When the databases cannot be written.
    pub async fn expire(&self) -> Result<(), NodeError> {
        Ok(self.shared.expire().await?)
    }

    /// Closes all connections and ends. What was acknowledged is durable already.
    pub async fn close(mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            let _ = task.await;
        }
        self.endpoint.close().await;
        if let Some(relay) = self.relay.take()
            && let Err(error) = relay.close().await
        {
            self.shared.fail(&error.to_string());
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Node")
            .field("id", &hex::encode(self.shared.id))
            .finish_non_exhaustive()
    }
}

/// Lets connections in until the endpoint is closed. Ends them all when it is dropped.
async fn accept(shared: Arc<Shared>, endpoint: Endpoint) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            incoming = endpoint.accept() => {
                let Some(incoming) = incoming else { return };
                match gate::enter(&shared, &incoming) {
                    Some(pass) => drop(connections.spawn(serve::connection(shared.clone(), incoming, pass))),
                    None => {
                        one_more(&shared.counting.turned_away);
                        incoming.refuse();
                    }
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// The node's private key, made when there is none.
fn secret(path: &Path) -> io::Result<[u8; 32]> {
    match fs::read(path) {
        Ok(bytes) => bytes
            .try_into()
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "node.key is not a key")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut secret = [0; 32];
            getrandom::fill(&mut secret).map_err(io::Error::other)?;
            let begun = path.with_extension("new");
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&begun)?;
            file.write_all(&secret)?;
            file.sync_all()?;
            fs::rename(&begun, path)?;
            Ok(secret)
        }
        Err(error) => Err(error),
    }
}
