//! What devices ask each other.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use iroh::TransportAddr;
use iroh::endpoint::{RecvStream, SendStream};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt as _;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use self::bounds::Bounds;
use self::order::{Order, Turn};
use crate::endpoint::{self, Connection, Endpoint, EndpointOptions, Key, Place, UNREAD_OF_KNOWN};
use crate::nearby::{self, Around, Nearby};
use crate::{NetError, wire};

mod bounds;
mod order;

/// The protocol between devices.
pub const PROTOCOL: &[u8] = b"coco/direct/1";
/// Most envelopes in one delivery.
pub const BATCH: usize = 64;
/// Most bytes of one delivery.
pub const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Longest question of a greeting, and longest answer to it.
const HELLO: usize = 256 * 1024;
/// Longest name of a file.
const NAME: usize = 64;
/// Longest request.
const REQUEST: usize = BATCH_BYTES + 4 * 1024;
/// Longest request of a stranger.
const STRANGER_REQUEST: usize = 256 * 1024 + 4 * 1024;
/// How long a stranger's request may take to arrive.
const STRANGER_PATIENCE: Duration = Duration::from_secs(5);
/// Connections of one device at once.
const MOST_OF_DEVICE: usize = 4;
/// How long two connections to one device stay, for what is under way on them.
const OVERLAP: Duration = Duration::from_secs(10);
/// How long a request may take to arrive, and an answer to come.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// Bytes of a file that are read at once.
const PIECE: usize = 256 * 1024;
/// Pieces of a file that are read ahead of the network.
const AHEAD: usize = 2;

/// What one device asks another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Takes envelopes, in this order.
    Envelopes(Vec<Vec<u8>>),
    /// Asks something that the programs agree on by themselves.
    Hello(Vec<u8>),
    /// Asks for a file from a place on.
    File {
        /// Its name.
        name: String,
        /// Where to begin, in bytes.
        offset: u64,
    },
}

/// What it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// All envelopes are on the disk, or were before.
    Taken,
    /// Not now, or not from you.
    Refused,
    /// The answer to a greeting.
    Hello(Vec<u8>),
    /// So many bytes follow.
    File(u64),
}

/// Something is not taken; the other side may try again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// A part of a file, to be sent: an open file, where it begins already, and how many bytes follow.
#[derive(Debug)]
pub struct Piece {
    /// The file, at the place where to begin.
    pub file: File,
    /// Bytes from there to its end.
    pub length: u64,
}

/// What a program does with what other devices send. Called on threads that may block. `from` is the key that the other
/// side has proved to have.
pub trait Handler: Send + Sync + 'static {
    /// Takes envelopes; they are acknowledged when this returns.
    ///
    /// # Errors
    /// If they are not on the disk.
    fn envelopes(&self, from: &Key, envelopes: Vec<Vec<u8>>) -> Result<(), Refused>;
    /// Answers a greeting.
    fn hello(&self, from: &Key, question: &[u8]) -> Option<Vec<u8>>;
    /// Takes a datagram, which may be lost. Must not block.
    fn datagram(&self, from: &Key, bytes: &[u8]);
    /// Opens a file to be sent.
    fn file(&self, from: &Key, name: &str, offset: u64) -> Option<Piece>;
    /// A device is connected, or no longer. Must not block.
    fn connected(&self, device: &Key, connected: bool);
    /// Whether a device is known: an own one or a contact's. Others are strangers, who may do less. Must not block.
    fn known(&self, _device: &Key) -> bool {
        true
    }
    /// A device is nearby and says this of itself, which it has not proved. It can be reached from now on. Must not block.
    fn nearby(&self, _device: &Key, _about: &[u8]) {}
}

/// How often something happened since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Connections that were refused because there were too many.
    pub crowded: AtomicU64,
    /// Requests that did not keep to the protocol.
    pub malformed: AtomicU64,
    /// Requests that the handler refused.
    pub refused: AtomicU64,
    /// Requests and datagrams that were too many or too much for the one who sent them.
    pub limited: AtomicU64,
    /// Envelopes that were taken.
    pub taken: AtomicU64,
}

/// One device in the network. Copies share it.
#[derive(Clone)]
pub struct Peer {
    inner: Arc<Inner>,
}

struct Inner {
    endpoint: Endpoint,
    handler: Arc<dyn Handler>,
    /// Who wants a stream to a device waits for its turn here, so that one dials and streams open in the order of the calls.
    turns: Mutex<HashMap<Key, Arc<AsyncMutex<()>>>>,
    /// Connections by device, whoever made them, the newest last.
    open: Mutex<HashMap<Key, Vec<Connection>>>,
    bounds: Bounds,
    counters: Counters,
    around: AsyncMutex<Option<Around>>,
}

impl Peer {
    /// Opens a device's endpoint; from then on others can reach it.
    ///
    /// # Errors
    /// [`NetError::Bind`].
    pub async fn open(options: &EndpointOptions, handler: Arc<dyn Handler>) -> Result<Self, NetError> {
        let endpoint = Endpoint::open(options, &[PROTOCOL]).await?;
        let inner = Arc::new(Inner {
            endpoint,
            handler,
            turns: Mutex::default(),
            open: Mutex::default(),
            bounds: Bounds::default(),
            counters: Counters::default(),
            around: AsyncMutex::default(),
        });
        tokio::spawn(accept(Arc::clone(&inner)));
        Ok(Self { inner })
    }

    /// The endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.endpoint
    }

    /// What happened since the start.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.inner.counters
    }

    /// Remembers where a device can be reached.
    pub fn learn(&self, device: &Key, place: &Place) {
        self.inner.bounds.reached(device);
        self.inner.endpoint.learn(device, place);
    }

    /// Uses a relay no more. Connections over it are closed first: else dialling would wait until they count as lost.
    pub async fn remove_relay(&self, url: &str) {
        for connection in self.inner.connections().values().flatten() {
            if is_over(connection, url) {
                connection.close(0_u8.into(), b"the relay is gone");
            }
        }
        self.inner.endpoint.remove_relay(url).await;
    }

    /// Looks for devices on the same network and computer, and lets them find this one, until the peer is closed. Calling it again
    /// replaces what was said before.
    ///
    /// # Errors
    /// [`NetError::Bind`] if the network has no multicast, [`NetError::Io`] if the folder cannot be used, and
    /// [`NetError::Protocol`] if there is too much to say.
    pub async fn look_around(&self, nearby: Nearby) -> Result<(), NetError> {
        // Ends what was before, before the new one writes its note.
        self.inner.around.lock().await.take();
        let around = nearby::start(nearby, self.endpoint().clone(), Arc::clone(&self.inner.handler)).await?;
        *self.inner.around.lock().await = Some(around);
        Ok(())
    }

    /// Whether there is a live connection to a device.
    #[must_use]
    pub fn is_connected(&self, device: &Key) -> bool {
        self.inner.live(device).is_some()
    }

    /// How many connections are open, whoever made them.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.inner.connections().values().map(Vec::len).sum()
    }

    /// Delivers envelopes: at most [`BATCH`] with at most [`BATCH_BYTES`] bytes. When this returns, they are on the other
    /// side's disk. Deliveries to one device that are under way together arrive in the order of the calls. What was on a connection
    /// that died is sent again once over a new one.
    ///
    /// # Errors
    /// [`NetError`]; they may have arrived nevertheless.
    pub async fn deliver(&self, device: &Key, envelopes: Vec<Vec<u8>>) -> Result<(), NetError> {
        let bytes: usize = envelopes.iter().map(Vec::len).sum();
        if envelopes.len() > BATCH || bytes > BATCH_BYTES {
            return Err(NetError::Protocol("more envelopes than one delivery takes"));
        }
        let request = Request::Envelopes(envelopes);
        let reply = match self.ask(device, &request).await {
            Err(NetError::Lost(_)) => self.ask(device, &request).await?,
            other => other?,
        };
        match reply {
            Reply::Taken => Ok(()),
            Reply::Refused => Err(NetError::Refused),
            _ => Err(NetError::Protocol("an answer to another question")),
        }
    }

    /// Greets a device.
    ///
    /// # Errors
    /// [`NetError`].
    pub async fn hello(&self, device: &Key, question: Vec<u8>) -> Result<Vec<u8>, NetError> {
        match self.ask(device, &Request::Hello(question)).await? {
            Reply::Hello(answer) => Ok(answer),
            Reply::Refused => Err(NetError::Refused),
            _ => Err(NetError::Protocol("an answer to another question")),
        }
    }

    /// Fetches a file from a place on. `take` gets the bytes as they arrive and how many follow all in all from there.
    ///
    /// # Errors
    /// [`NetError`], and what `take` answers.
    pub async fn fetch<F>(&self, device: &Key, name: &str, offset: u64, mut take: F) -> Result<(), NetError>
    where
        F: AsyncFnMut(Vec<u8>, u64) -> Result<(), NetError>,
    {
        let request = Request::File {
            name: name.to_owned(),
            offset,
        };
        let (reply, mut stream) = self.send(device, &request).await?;
        let length = match reply {
            Reply::File(length) => length,
            Reply::Refused => return Err(NetError::Refused),
            _ => return Err(NetError::Protocol("an answer to another question")),
        };
        let mut left = length;
        while left > 0 {
            let (piece, end) = read_piece(&mut stream, left).await;
            left = left.saturating_sub(piece.len() as u64);
            if !piece.is_empty() {
                take(piece, length).await?;
            }
            end?;
        }
        Ok(())
    }

    /// Sends a datagram to a device that is connected. It may be lost.
    pub fn datagram(&self, device: &Key, bytes: Vec<u8>) {
        if let Some(connection) = self.inner.live(device) {
            // Lost datagrams are in the nature of the thing.
            let _ = connection.send_datagram(bytes.into());
        }
    }

    /// Closes all connections and the sockets.
    pub async fn close(&self) {
        self.inner.around.lock().await.take();
        for connection in self.inner.connections().values().flatten() {
            connection.close(0_u8.into(), b"");
        }
        self.inner.endpoint.close().await;
    }

    async fn ask(&self, device: &Key, request: &Request) -> Result<Reply, NetError> {
        Ok(self.send(device, request).await?.0)
    }

    /// Sends a request and reads the head of its answer.
    async fn send(&self, device: &Key, request: &Request) -> Result<(Reply, RecvStream), NetError> {
        let exchange = async {
            let (mut send, mut receive) = self.inner.stream(device).await?;
            wire::write(&mut send, request).await?;
            send.finish().map_err(lost)?;
            let reply = wire::read(&mut receive, HELLO + 64).await?;
            let reply = reply.ok_or(NetError::Protocol("no answer"))?;
            Ok((reply, receive))
        };
        timeout(PATIENCE, exchange).await.map_err(|_| NetError::Timeout)?
    }
}

/// Whether a connection goes, or may go, over a relay.
fn is_over(connection: &Connection, relay: &str) -> bool {
    let Ok(relay) = relay.parse() else { return false };
    let relay = TransportAddr::Relay(relay);
    connection.paths().iter().any(|path| path.remote_addr() == &relay)
}

fn lost(error: impl std::fmt::Display) -> NetError {
    NetError::Lost(error.to_string())
}

impl Inner {
    fn connections(&self) -> MutexGuard<'_, HashMap<Key, Vec<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest live connection to a device.
    fn live(&self, device: &Key) -> Option<Connection> {
        let open = self.connections();
        let mut newest = open.get(device)?.iter().rev();
        newest.find(|connection| connection.close_reason().is_none()).cloned()
    }

    /// A stream to a device, which is dialled if it is not connected.
    async fn stream(self: &Arc<Self>, device: &Key) -> Result<(SendStream, RecvStream), NetError> {
        let turn = Turn::of(self, device);
        let _mine = turn.lock.lock().await;
        let connection = match self.live(device) {
            Some(connection) => connection,
            None => self.dial(device).await?,
        };
        connection.open_bi().await.map_err(lost)
    }

    async fn dial(self: &Arc<Self>, device: &Key) -> Result<Connection, NetError> {
        if !self.bounds.may_dial(device) {
            return Err(NetError::Unreachable);
        }
        match self.endpoint.connect(device, PROTOCOL).await {
            Ok(connection) => {
                self.bounds.reached(device);
                self.enter(device, &connection);
                tokio::spawn(Arc::clone(self).serve(connection.clone()));
                Ok(connection)
            }
            Err(error) => {
                self.bounds.missed(device);
                Err(error)
            }
        }
    }

    /// Takes a connection into use.
    fn enter(self: &Arc<Self>, device: &Key, connection: &Connection) {
        let mut open = self.connections();
        let of_device = open.entry(*device).or_default();
        of_device.push(connection.clone());
        let count = of_device.len();
        if count > MOST_OF_DEVICE {
            of_device.remove(0).close(0_u8.into(), b"too many");
        }
        drop(open);
        if count == 1 {
            self.handler.connected(device, true);
        } else if self.endpoint.key() < *device {
            // Both may have dialled at once. One of the two clears up, when nothing is under way on the older any more.
            let (inner, device) = (Arc::downgrade(self), *device);
            tokio::spawn(async move {
                tokio::time::sleep(OVERLAP).await;
                if let Some(inner) = inner.upgrade() {
                    inner.keep_newest(&device);
                }
            });
        }
    }

    fn keep_newest(&self, device: &Key) {
        let newest = self.live(device).map(|connection| connection.stable_id());
        for connection in self.connections().get(device).into_iter().flatten() {
            if Some(connection.stable_id()) != newest {
                connection.close(0_u8.into(), b"another is open");
            }
        }
    }

    /// Takes a connection that has ended out of use.
    fn leave(&self, device: &Key, connection: &Connection) {
        let mut open = self.connections();
        let Some(of_device) = open.get_mut(device) else { return };
        of_device.retain(|other| other.stable_id() != connection.stable_id());
        let last = of_device.is_empty();
        if last {
            open.remove(device);
        }
        drop(open);
        if last {
            self.handler.connected(device, false);
        }
    }

    /// Answers what comes over a connection, whoever made it, until it ends.
    async fn serve(self: Arc<Self>, connection: Connection) {
        let device = *connection.remote_id().as_bytes();
        // Ends when the handler is done with the envelopes that came before.
        let (first, mut before) = oneshot::channel();
        drop(first);
        loop {
            tokio::select! {
                stream = connection.accept_bi() => {
                    let Ok((send, receive)) = stream else { break };
                    let inner = Arc::clone(&self);
                    let (done, after) = oneshot::channel();
                    let order = Order { before: std::mem::replace(&mut before, after), done };
                    tokio::spawn(async move {
                        if inner.answer(device, send, receive, order).await.is_err() {
                            inner.counters.malformed.fetch_add(1, Ordering::Relaxed);
                        }
                    });
                }
                datagram = connection.read_datagram() => {
                    let Ok(bytes) = datagram else { break };
                    if self.handler.known(&device) && self.bounds.datagram(device) {
                        self.handler.datagram(&device, &bytes);
                    } else {
                        self.counters.limited.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }
        self.leave(&device, &connection);
    }

    async fn answer(
        &self,
        device: Key,
        mut send: SendStream,
        mut receive: RecvStream,
        order: Order,
    ) -> Result<(), NetError> {
        let known = self.handler.known(&device);
        let reading = async {
            let longest = if known { REQUEST } else { STRANGER_REQUEST };
            let Some(length) = wire::read_length(&mut receive, longest).await? else {
                return Ok(None);
            };
            let Some(room) = self.bounds.room(device, known, length).await else {
                return Err(NetError::Refused);
            };
            let request: Request = wire::decode(&wire::read_body(&mut receive, length).await?)?;
            Ok(Some((request, room)))
        };
        let patience = if known { PATIENCE } else { STRANGER_PATIENCE };
        let (request, _room) = match timeout(patience, reading).await {
            Err(_) => {
                order.pass();
                return Err(NetError::Timeout);
            }
            Ok(Ok(Some(request))) => request,
            Ok(Ok(None)) => {
                order.pass();
                return Ok(());
            }
            Ok(Err(NetError::Refused)) => {
                order.pass();
                self.counters.limited.fetch_add(1, Ordering::Relaxed);
                // What is not read is not to be sent.
                let _ = receive.stop(0_u8.into());
                let refusal = wire::write(&mut send, &Reply::Refused);
                timeout(patience, refusal).await.map_err(|_| NetError::Timeout)??;
                return send.finish().map_err(lost);
            }
            Ok(Err(error)) => {
                order.pass();
                return Err(error);
            }
        };
        let handler = Arc::clone(&self.handler);
        let order = match request {
            Request::Envelopes(_) => Some(order),
            _ => {
                order.pass();
                None
            }
        };
        let (reply, piece) = match request {
            Request::Envelopes(envelopes) => {
                let done = match order {
                    Some(order) => Some(order.turn().await),
                    None => None,
                };
                let count = envelopes.len() as u64;
                if envelopes.len() > BATCH {
                    return Err(NetError::Protocol("too many envelopes"));
                }
                let taken = blocking(move || handler.envelopes(&device, envelopes)).await?;
                drop(done);
                match taken {
                    Ok(()) => {
                        self.counters.taken.fetch_add(count, Ordering::Relaxed);
                        (Reply::Taken, None)
                    }
                    Err(Refused) => (Reply::Refused, None),
                }
            }
            Request::Hello(question) => {
                if question.len() > HELLO {
                    return Err(NetError::Protocol("a greeting that is too long"));
                }
                match blocking(move || handler.hello(&device, &question)).await? {
                    Some(answer) if answer.len() <= HELLO => (Reply::Hello(answer), None),
                    _ => (Reply::Refused, None),
                }
            }
            Request::File { name, offset } => {
                if name.len() > NAME {
                    return Err(NetError::Protocol("a name that is too long"));
                }
                match blocking(move || handler.file(&device, &name, offset)).await? {
                    Some(piece) => (Reply::File(piece.length), Some(piece)),
                    None => (Reply::Refused, None),
                }
            }
        };
        if reply == Reply::Refused {
            self.counters.refused.fetch_add(1, Ordering::Relaxed);
        }
        timeout(PATIENCE, wire::write(&mut send, &reply))
            .await
            .map_err(|_| NetError::Timeout)??;
        if let Some(piece) = piece {
            send_file(&mut send, piece).await?;
        }
        send.finish().map_err(lost)
    }
}

/// Runs what may block on a thread for such.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, NetError> {
    spawn_blocking(work).await.map_err(lost)
}

/// Reads the next piece of a file of which so many bytes are left, and why it is shorter than it should be, if it is.
async fn read_piece(stream: &mut RecvStream, left: u64) -> (Vec<u8>, Result<(), NetError>) {
    let wanted = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
    let mut piece = Vec::with_capacity(wanted);
    while piece.len() < wanted {
        let room = (wanted - piece.len()) as u64;
        let end = match timeout(PATIENCE, (&mut *stream).take(room).read_buf(&mut piece)).await {
            Ok(Ok(0)) => NetError::Protocol("a file that was cut off"),
            Ok(Ok(_)) => continue,
            Ok(Err(error)) => lost(error),
            Err(_) => NetError::Timeout,
        };
        return (piece, Err(end));
    }
    (piece, Ok(()))
}

/// Sends the rest of a file, the next pieces of which are read meanwhile. Whoever does not read is not waited for.
async fn send_file(send: &mut SendStream, piece: Piece) -> Result<(), NetError> {
    let (ready, mut pieces) = mpsc::channel(AHEAD);
    let reading = spawn_blocking(move || -> std::io::Result<()> {
        let mut file = piece.file.take(piece.length);
        loop {
            let mut bytes = Vec::with_capacity(PIECE);
            (&mut file).take(PIECE as u64).read_to_end(&mut bytes)?;
            if bytes.is_empty() || ready.blocking_send(bytes).is_err() {
                return Ok(());
            }
        }
    });
    while let Some(bytes) = pieces.recv().await {
        timeout(PATIENCE, send.write_chunk(bytes.into()))
            .await
            .map_err(|_| NetError::Timeout)?
            .map_err(lost)?;
    }
    Ok(reading.await.map_err(lost)??)
}

/// Accepts connections until the endpoint is closed.
async fn accept(inner: Arc<Inner>) {
    while let Some(incoming) = inner.endpoint.accept().await {
        let Some(place) = inner.bounds.inbound() else {
            inner.counters.crowded.fetch_add(1, Ordering::Relaxed);
            incoming.refuse();
            continue;
        };
        let inner = Arc::clone(&inner);
        tokio::spawn(async move {
            let _place = place;
            let Ok(accepting) = incoming.accept() else { return };
            let Ok(Ok(connection)) = timeout(HANDSHAKE, accepting).await else {
                return;
            };
            let device = *connection.remote_id().as_bytes();
            let stranger = if inner.handler.known(&device) {
                inner.bounds.reached(&device);
                endpoint::let_wait(&connection, UNREAD_OF_KNOWN);
                None
            } else if let Some(place) = inner.bounds.stranger() {
                Some(place)
            } else {
                inner.counters.crowded.fetch_add(1, Ordering::Relaxed);
                connection.close(1_u8.into(), b"crowded");
                return;
            };
            inner.enter(&device, &connection);
            inner.serve(connection).await;
            drop(stranger);
        });
    }
}
