//! What a device asks of a node.
//!
//! A client keeps one connection by the device's own endpoint, and for envelopes to others one by an endpoint with a
//! throw-away key, so that the node does not learn who sends. Both are made when first needed and again when they broke.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use iroh::endpoint::{RecvStream, SendStream};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::protocol::{
    ALPN, Answer, BACKUP_BYTES, Claimed, FRAME_BYTES, Listing, NameRecord, Owner, Prekeys, Pushed, Refusal, Reply,
    Request, Signature, backup_get_text, backup_put_text,
};
use crate::ticket::Ticket;
use crate::{Connection, Endpoint, EndpointOptions, Key, NetError, Place, wire};

/// How long a client waits for an answer, and for each next part of a file.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why a node was not of help.
#[derive(Debug, Error)]
pub enum ClientError {
    /// There is no way to it at present.
    #[error("the node cannot be reached: {0}")]
    Unreachable(String),
    /// It did not answer in time.
    #[error("the node does not answer")]
    TimedOut,
    /// It refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It answered what does not fit the question or is not signed as it must be.
    #[error("the node's answer is not valid")]
    Invalid,
    /// What was to be sent could not be read.
    #[error("the file cannot be read: {0}")]
    Source(#[from] std::io::Error),
}

impl ClientError {
    /// Whether the same question may succeed later without anything being changed.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::TimedOut | Self::Refused(Refusal::Busy | Refusal::Failed | Refusal::Full)
        )
    }
}

impl From<NetError> for ClientError {
    fn from(error: NetError) -> Self {
        match error {
            NetError::Protocol(_) => Self::Invalid,
            NetError::Timeout => Self::TimedOut,
            error => unreachable(error),
        }
    }
}

/// One node, as one device uses it. Clones share their connections.
#[derive(Clone, Debug)]
pub struct NodeClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    ticket: Ticket,
    own: Endpoint,
    /// The kept connection of the device.
    known: Mutex<Option<Connection>>,
    /// The kept connection of nobody.
    nobody: Mutex<Option<(Endpoint, Connection)>>,
}

impl NodeClient {
    /// A client of the node of this ticket, for the device of this endpoint. Nothing is sent yet.
    #[must_use]
    pub fn new(own: Endpoint, ticket: Ticket) -> Self {
        Self(Arc::new(Inner {
            ticket,
            own,
            known: Mutex::new(None),
            nobody: Mutex::new(None),
        }))
    }

    /// The node's key.
    pub fn node(&self) -> Key {
        self.0.ticket.node
    }

    /// Whether the kept connection stands, without trying to make one.
    pub async fn is_connected(&self) -> bool {
        let kept = self.0.known.lock().await;
        kept.as_ref()
            .is_some_and(|connection| connection.close_reason().is_none())
    }

    /// Closes both connections. The next question opens one again.
    pub async fn close(&self) {
        if let Some(connection) = self.0.known.lock().await.take() {
            connection.close(0_u32.into(), b"");
        }
        if let Some((endpoint, connection)) = self.0.nobody.lock().await.take() {
            connection.close(0_u32.into(), b"");
            endpoint.close().await;
        }
    }

    /// Publishes the devices of a user. Any device may carry it; the user's signature is what counts.
    ///
    /// # Errors
    ///
    /// [`Refusal::Stale`] when the node has one of the same or a later number that is not the same list; [`Refusal::Forged`];
    /// [`Refusal::NotServed`].
    pub async fn publish(&self, listing: Listing) -> Result<(), ClientError> {
        done(self.ask(&Request::Publish(listing)).await?)
    }

    /// The devices of a user as the node has them, with the signature checked.
    ///
    /// # Errors
    ///
    /// [`ClientError::Invalid`] when what the node has is not signed by the user.
    pub async fn list_of(&self, user: Key) -> Result<Option<Listing>, ClientError> {
        match self.ask(&Request::ListOf { user }).await? {
            Answer::Listing(None) => Ok(None),
            Answer::Listing(Some(listing)) if listing.user == user && listing.is_genuine() => Ok(Some(listing)),
            _ => Err(ClientError::Invalid),
        }
    }

    /// Says where this device is. To be repeated before [`crate::node::Limits::announced`] has passed. A device that no
    /// published list names is a guest: the node forgets it first when there are many.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooLarge`] for a place beyond the bounds.
    pub async fn announce(&self, addresses: Place) -> Result<(), ClientError> {
        done(self.ask(&Request::Announce(addresses)).await?)
    }

    /// Where a device is, if it said so lately.
    ///
    /// # Errors
    ///
    /// As every question.
    pub async fn locate(&self, device: Key) -> Result<Option<Place>, ClientError> {
        match self.ask(&Request::Locate { device }).await? {
            Answer::Located(found) if found.as_ref().is_none_or(Place::is_bounded) => Ok(found),
            _ => Err(ClientError::Invalid),
        }
    }

    /// Adds one-time keys of this device and replaces its fallback unless that is empty. Answers how many the node keeps.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooLarge`] beyond the bounds of [`Prekeys`]; [`Refusal::NotServed`].
    pub async fn publish_prekeys(&self, prekeys: Prekeys) -> Result<u64, ClientError> {
        count(self.ask(&Request::PublishPrekeys(prekeys)).await?)
    }

    /// Throws away all keys of this device, for example when it begins anew.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotServed`].
    pub async fn clear_prekeys(&self) -> Result<(), ClientError> {
        done(self.ask(&Request::ClearPrekeys).await?)
    }

    /// How many one-time keys of this device are left.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotServed`].
    pub async fn count_prekeys(&self) -> Result<u64, ClientError> {
        count(self.ask(&Request::CountPrekeys).await?)
    }

    /// Takes a key of a device to begin a session with. Asked by nobody, so that the node does not learn who begins.
    ///
    /// # Errors
    ///
    /// As every question.
    pub async fn claim_prekey(&self, device: Key) -> Result<Option<Claimed>, ClientError> {
        match self.ask_as_nobody(&Request::ClaimPrekey { device }).await? {
            Answer::Claimed(claimed) => Ok(claimed),
            _ => Err(ClientError::Invalid),
        }
    }

    /// Leaves an envelope in the mailbox of a device, as nobody. Once it answers, the envelope is durable. `id` is chosen at
    /// random once for each envelope: with the same one it can be repeated without harm.
    ///
    /// # Errors
    ///
    /// [`Refusal::Full`], [`Refusal::Token`], [`Refusal::TooLarge`], [`Refusal::NotServed`] when the node has no such
    /// mailbox, [`Refusal::Busy`].
    pub async fn put(
        &self,
        mailbox: Key,
        token: Option<[u8; 32]>,
        id: [u8; 16],
        envelope: &[u8],
    ) -> Result<(), ClientError> {
        let request = Request::Put {
            mailbox,
            token,
            id,
            envelope: envelope.to_vec(),
        };
        done(self.ask_as_nobody(&request).await?)
    }

    /// Chooses the tokens that open this device's mailbox, by [`crate::protocol::token_hash`] of each.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooLarge`] when they are more than [`crate::protocol::TOKENS`]; [`Refusal::NotServed`].
    pub async fn set_tokens(&self, hashes: Vec<[u8; 32]>) -> Result<(), ClientError> {
        done(self.ask(&Request::SetTokens { hashes }).await?)
    }

    /// Everything in this device's mailbox after the number `since`, then what arrives. The entries stay until they are
    /// acknowledged.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotServed`] when no published list names this device.
    pub async fn subscribe(&self, since: u64) -> Result<Subscription, ClientError> {
        let (connection, send, mut receive) = self.open(&Request::Subscribe { since }, Fresh::IfBroken).await?;
        done(self.reply(&mut receive).await?)?;
        Ok(Subscription {
            _connection: connection,
            _send: send,
            receive,
        })
    }

    /// Deletes the entries of this device's mailbox up to and with a number.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotServed`].
    pub async fn acknowledge(&self, upto: u64) -> Result<(), ClientError> {
        done(self.ask(&Request::Acknowledge { upto }).await?)
    }

    /// Stores a backup under a key that `sign` signs with.
    ///
    /// # Errors
    ///
    /// [`Refusal::Stale`] when the node has one of the same or a later number; [`Refusal::TooLarge`] beyond
    /// [`BACKUP_BYTES`]; [`Refusal::NotServed`] when no published list names this device.
    pub async fn backup_put(
        &self,
        key: Key,
        version: u64,
        blob: &[u8],
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Result<(), ClientError> {
        let (size, hash) = (blob.len() as u64, *blake3::hash(blob).as_bytes());
        let request = Request::BackupPut {
            key,
            version,
            size,
            hash,
            signature: sign(&backup_put_text(&key, version, size, &hash)).into(),
        };
        let (_connection, mut send, mut receive) = self.open(&request, Fresh::IfBroken).await?;
        let Answer::Ready { offset: 0 } = self.reply(&mut receive).await? else {
            return Err(ClientError::Invalid);
        };
        for part in blob.chunks(64 * 1024) {
            self.send(&mut send, part).await?;
        }
        let _ = send.finish();
        done(self.reply(&mut receive).await?)
    }

    /// Fetches the backup of a key that `sign` signs with: its number and its bytes.
    ///
    /// # Errors
    ///
    /// [`Refusal::Forged`] when `sign` is not of the key.
    pub async fn backup_get(
        &self,
        key: Key,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Result<Option<(u64, Vec<u8>)>, ClientError> {
        let reader = self.0.own.key();
        let signature = Signature::from(sign(&backup_get_text(&key, &self.node(), &reader)));
        let (connection, _send, mut receive) = self
            .open(&Request::BackupGet { key, signature }, Fresh::IfBroken)
            .await?;
        let (version, size) = match self.reply(&mut receive).await {
            Ok(Answer::Backup { version, size }) if size <= BACKUP_BYTES => (version, size),
            Err(ClientError::Refused(Refusal::Absent)) => return Ok(None),
            Ok(_) => return Err(ClientError::Invalid),
            Err(error) => return Err(error),
        };
        let mut download = self.download(connection, receive, size, 0);
        let mut blob = Vec::new();
        while let Some(part) = download.next().await? {
            blob.extend_from_slice(&part);
        }
        Ok(Some((version, blob)))
    }

    /// Stores an encrypted file, named by BLAKE3 of its bytes, going on where an earlier attempt ended. Storing one that is
    /// there already keeps it for another while.
    ///
    /// # Errors
    ///
    /// [`Refusal::Quota`]; [`Refusal::Forged`] when the bytes are not those of the hash, then it begins anew the next time;
    /// [`Refusal::NotServed`]; [`ClientError::Source`].
    pub async fn file_put<S>(&self, hash: [u8; 32], size: u64, source: &mut S) -> Result<(), ClientError>
    where
        S: AsyncRead + AsyncSeek + Unpin + Send,
    {
        let (_connection, mut send, mut receive) = self.open(&Request::FilePut { hash, size }, Fresh::IfBroken).await?;
        let offset = match self.reply(&mut receive).await? {
            Answer::Ready { offset } if offset == size => return Ok(()),
            Answer::Ready { offset } if offset < size => offset,
            _ => return Err(ClientError::Invalid),
        };
        source.seek(std::io::SeekFrom::Start(offset)).await?;
        let mut rest = source.take(size - offset);
        let mut part = vec![0; 256 * 1024];
        loop {
            let length = rest.read(&mut part).await?;
            if length == 0 {
                break;
            }
            let sent = self.send(&mut send, part.get(..length).unwrap_or_default()).await;
            if let Err(error) = sent {
                // The node says why it stopped listening, if it did.
                return Err(match self.reply(&mut receive).await {
                    Err(refused @ ClientError::Refused(_)) => refused,
                    _ => error,
                });
            }
        }
        let _ = send.finish();
        done(self.reply(&mut receive).await?)
    }

    /// Fetches a file from a place on.
    ///
    /// # Errors
    ///
    /// [`Refusal::Absent`].
    pub async fn file_get(&self, hash: [u8; 32], offset: u64) -> Result<Download, ClientError> {
        let (connection, _send, mut receive) = self.open(&Request::FileGet { hash, offset }, Fresh::IfBroken).await?;
        match self.reply(&mut receive).await? {
            Answer::File { size } => Ok(self.download(connection, receive, size, offset)),
            _ => Err(ClientError::Invalid),
        }
    }

    /// Deletes a file of the own user.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotServed`].
    pub async fn file_delete(&self, hash: [u8; 32]) -> Result<(), ClientError> {
        done(self.ask(&Request::FileDelete { hash }).await?)
    }

    /// Bytes that the own user's files take, and may take.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotServed`].
    pub async fn quota(&self) -> Result<(u64, u64), ClientError> {
        match self.ask(&Request::Quota).await? {
            Answer::Quota { used, limit } => Ok((used, limit)),
            _ => Err(ClientError::Invalid),
        }
    }

    /// Takes a free name.
    ///
    /// # Errors
    ///
    /// [`Refusal::Taken`]; [`Refusal::Forged`].
    pub async fn name_register(&self, record: NameRecord) -> Result<(), ClientError> {
        done(self.ask(&Request::NameRegister(record)).await?)
    }

    /// Who holds a name, with the signature checked.
    ///
    /// # Errors
    ///
    /// [`ClientError::Invalid`] when what the node has is not signed by the holder.
    pub async fn name_of(&self, name: &str) -> Result<Option<NameRecord>, ClientError> {
        let name = name.to_owned();
        let found = record(self.ask(&Request::NameOf { name: name.clone() }).await?)?;
        match found {
            Some(record) if record.name != name => Err(ClientError::Invalid),
            found => Ok(found),
        }
    }

    /// The name of a user or group, with the signature checked.
    ///
    /// # Errors
    ///
    /// As [`NodeClient::name_of`].
    pub async fn name_held_by(&self, owner: Owner) -> Result<Option<NameRecord>, ClientError> {
        match record(self.ask(&Request::NameHeldBy { owner }).await?)? {
            Some(record) if record.owner != owner => Err(ClientError::Invalid),
            found => Ok(found),
        }
    }

    /// Hands a name over: `record` is signed by who gets it, `release` by who had it.
    ///
    /// # Errors
    ///
    /// [`Refusal::Stale`] when the serial does not follow; [`Refusal::Taken`] when the receiver has a name;
    /// [`Refusal::Forged`]; [`Refusal::Absent`].
    pub async fn name_transfer(&self, record: NameRecord, release: Signature) -> Result<(), ClientError> {
        done(self.ask(&Request::NameTransfer { record, release }).await?)
    }

    async fn ask(&self, request: &Request) -> Result<Answer, ClientError> {
        let (_connection, _send, mut receive) = self.open(request, Fresh::IfBroken).await?;
        match self.reply(&mut receive).await {
            // The kept connection may have been dead for a while: once more with a new one.
            Err(ClientError::Unreachable(_)) => {
                let (_connection, _send, mut receive) = self.open(request, Fresh::Always).await?;
                self.reply(&mut receive).await
            }
            other => other,
        }
    }

    async fn ask_as_nobody(&self, request: &Request) -> Result<Answer, ClientError> {
        let mut fresh = Fresh::IfBroken;
        loop {
            let connection = self.as_nobody(fresh).await?;
            let asked = async {
                let (mut send, mut receive) = connection.open_bi().await.map_err(unreachable)?;
                wire::write(&mut send, request).await?;
                let _ = send.finish();
                self.reply(&mut receive).await
            };
            match timeout(PATIENCE, asked).await.unwrap_or(Err(ClientError::TimedOut)) {
                Err(ClientError::Unreachable(_)) if fresh == Fresh::IfBroken => fresh = Fresh::Always,
                other => return other,
            }
        }
    }

    /// Opens a stream of the device with a request. The sending side stays open for what follows.
    async fn open(&self, request: &Request, fresh: Fresh) -> Result<(Connection, SendStream, RecvStream), ClientError> {
        let mut fresh = fresh;
        loop {
            let connection = self.as_device(fresh).await?;
            let opened = async {
                let (mut send, receive) = connection.open_bi().await.map_err(unreachable)?;
                wire::write(&mut send, request).await?;
                Ok((send, receive))
            };
            match timeout(PATIENCE, opened).await.unwrap_or(Err(ClientError::TimedOut)) {
                Ok((send, receive)) => return Ok((connection, send, receive)),
                Err(ClientError::Unreachable(_)) if fresh == Fresh::IfBroken => fresh = Fresh::Always,
                Err(error) => return Err(error),
            }
        }
    }

    async fn as_device(&self, fresh: Fresh) -> Result<Connection, ClientError> {
        let mut kept = self.0.known.lock().await;
        if let Some(connection) = kept.take() {
            if connection.close_reason().is_none() && fresh == Fresh::IfBroken {
                *kept = Some(connection.clone());
                return Ok(connection);
            }
            connection.close(0_u32.into(), b"");
        }
        let connection = self.connect(&self.0.own).await?;
        *kept = Some(connection.clone());
        Ok(connection)
    }

    async fn as_nobody(&self, fresh: Fresh) -> Result<Connection, ClientError> {
        let mut kept = self.0.nobody.lock().await;
        if let Some((endpoint, connection)) = kept.take() {
            if connection.close_reason().is_none() && fresh == Fresh::IfBroken {
                *kept = Some((endpoint, connection.clone()));
                return Ok(connection);
            }
            connection.close(0_u32.into(), b"");
            tokio::spawn(async move { endpoint.close().await });
        }
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(unreachable)?;
        let anywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        let endpoint = Endpoint::open(&EndpointOptions::new(secret, vec![anywhere]), &[]).await?;
        match self.connect(&endpoint).await {
            Ok(connection) => {
                *kept = Some((endpoint, connection.clone()));
                Ok(connection)
            }
            Err(error) => {
                endpoint.close().await;
                Err(error)
            }
        }
    }

    async fn connect(&self, endpoint: &Endpoint) -> Result<Connection, ClientError> {
        let ticket = &self.0.ticket;
        endpoint.learn(&ticket.node, &ticket.place);
        if let Some(relay) = &ticket.place.relay {
            endpoint.add_relay(relay).await?;
        }
        Ok(endpoint.connect(&ticket.node, ALPN).await?)
    }

    async fn reply(&self, receive: &mut RecvStream) -> Result<Answer, ClientError> {
        let read = timeout(PATIENCE, wire::read::<Reply>(receive, FRAME_BYTES)).await;
        let reply = read.map_err(|_| ClientError::TimedOut)??;
        Ok(reply.ok_or_else(|| unreachable("the stream ended"))??)
    }

    async fn send(&self, send: &mut SendStream, part: &[u8]) -> Result<(), ClientError> {
        let sent = timeout(PATIENCE, send.write_all(part)).await;
        sent.map_err(|_| ClientError::TimedOut)?.map_err(unreachable)
    }

    fn download(&self, connection: Connection, receive: RecvStream, size: u64, offset: u64) -> Download {
        Download {
            _connection: connection,
            receive,
            size,
            rest: size.saturating_sub(offset),
        }
    }
}

/// Whether a kept connection will do.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Fresh {
    IfBroken,
    Always,
}

fn unreachable(error: impl ToString) -> ClientError {
    ClientError::Unreachable(error.to_string())
}

fn done(answer: Answer) -> Result<(), ClientError> {
    match answer {
        Answer::Done => Ok(()),
        _ => Err(ClientError::Invalid),
    }
}

fn count(answer: Answer) -> Result<u64, ClientError> {
    match answer {
        Answer::Count(count) => Ok(count),
        _ => Err(ClientError::Invalid),
    }
}

fn record(answer: Answer) -> Result<Option<NameRecord>, ClientError> {
    match answer {
        Answer::Name(None) => Ok(None),
        Answer::Name(Some(record)) if record.is_genuine() => Ok(Some(record)),
        _ => Err(ClientError::Invalid),
    }
}

/// The own mailbox as it fills.
#[derive(Debug)]
pub struct Subscription {
    _connection: Connection,
    _send: SendStream,
    receive: RecvStream,
}

impl Subscription {
    /// The next entry, or that everything that lay there has been handed out. Waits without end.
    ///
    /// # Errors
    ///
    /// [`ClientError::Unreachable`] when the connection is gone: subscribe again with the last number stored.
    pub async fn next(&mut self) -> Result<Pushed, ClientError> {
        wire::read(&mut self.receive, FRAME_BYTES)
            .await?
            .ok_or_else(|| unreachable("the stream ended"))
    }
}

/// The bytes of a file as they arrive.
#[derive(Debug)]
pub struct Download {
    _connection: Connection,
    receive: RecvStream,
    size: u64,
    rest: u64,
}

impl Download {
    /// Bytes of the whole file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The next bytes, `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// [`ClientError::Unreachable`] and [`ClientError::TimedOut`]: go on from where it ended.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ClientError> {
        if self.rest == 0 {
            return Ok(None);
        }
        let limit = usize::try_from(self.rest).unwrap_or(usize::MAX).min(256 * 1024);
        let read = timeout(PATIENCE, self.receive.read_chunk(limit)).await;
        let part = read.map_err(|_| ClientError::TimedOut)?.map_err(unreachable)?;
        let part = part.ok_or_else(|| unreachable("the stream ended too early"))?;
        self.rest = self.rest.saturating_sub(part.len() as u64);
        Ok(Some(part.to_vec()))
    }
}
