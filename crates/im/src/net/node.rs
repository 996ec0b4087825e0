//! The connection to the user's home nodes: tells them where this device is and with which keys others may begin, and fetches
//! what came into the mailbox.

use std::sync::Arc;
use std::time::Duration;

use coco_net::protocol::{Prekeys, Pushed, Refusal, token_hash};
use coco_net::{ClientError, NodeClient, Ticket};
use tokio::time::{interval, sleep, timeout};

use super::keep::Ratchets;
use super::outgoing::refused;
use super::{Online, backup, blocking, handler, lock, own, people};
use crate::{Code, Failure, Outcome};

/// How often a node is told again where this device is.
const ANNOUNCED: Duration = Duration::from_secs(60);
/// How long is waited after a connection broke, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(20));
/// Entries that are taken at once.
const BATCH: usize = 64;
/// How long more entries are waited for before those that are there are taken.
const GATHER: Duration = Duration::from_millis(2);

impl Online {
    /// Keeps a connection to each home node, as the user's settings and the program name them.
    pub(super) fn see_to_homes(self: &Arc<Self>) {
        let online = Arc::clone(self);
        self.spawn(async move {
            let session = Arc::clone(online.session());
            let mut tickets = blocking(move || session.read(own::chosen)).await.unwrap_or_default();
            tickets.extend(online.options.nodes.iter().cloned());
            for ticket in tickets {
                let new = lock(&online.homes).insert(ticket.clone(), false).is_none();
                if new {
                    online.spawn(Arc::clone(&online).stay_with(ticket));
                }
            }
        });
    }

    /// Stays connected to a node as long as the user has it as a home.
    async fn stay_with(self: Arc<Self>, ticket: String) {
        let Ok(parsed) = ticket.parse::<Ticket>() else { return };
        if let Some(relay) = &parsed.place.relay
            && let Err(error) = self.peer().endpoint().add_relay(relay).await
        {
            eprintln!("engine: {error}");
        }
        let mut pause = PAUSE.0;
        while lock(&self.homes).contains_key(&ticket) {
            let Some(client) = self.node(&ticket) else { return };
            if self.be_with(&client, &ticket).await.is_ok() {
                pause = PAUSE.0;
            }
            let was = lock(&self.homes)
                .get_mut(&ticket)
                .map(|state| std::mem::replace(state, false));
            if was == Some(true) {
                pause = PAUSE.0;
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    /// One connection to a node, until it breaks.
    async fn be_with(self: &Arc<Self>, client: &NodeClient, ticket: &str) -> Result<(), ClientError> {
        let session = Arc::clone(self.session());
        let listing = blocking(move || session.read(own::listing)).await.ok().flatten();
        match listing {
            Some(listing) => match client.publish(listing).await {
                Err(ClientError::Refused(Refusal::Stale(_))) => self.learn_own_list(client).await?,
                other => other?,
            },
            // Only who has the recovery words signs lists.
            None => self.learn_own_list(client).await?,
        }
        client.announce(self.peer().endpoint().place()).await?;
        client.set_tokens(vec![token_hash(&self.token())]).await?;
        self.provide_keys(client, ticket).await?;
        self.provide_name(client).await?;
        let mut mailbox = client.subscribe(0).await?;
        if let Some(state) = lock(&self.homes).get_mut(ticket) {
            *state = true;
        }
        self.queued();
        let mut saved = self.back_up(client, None).await?;
        let mut announce = interval(ANNOUNCED);
        announce.reset();
        let mut rest = interval(backup::REST);
        rest.reset();
        loop {
            tokio::select! {
                pushed = mailbox.next() => {
                    let mut entries = Vec::new();
                    let mut pushed = pushed?;
                    loop {
                        if let Pushed::Entry(entry) = pushed {
                            entries.push((entry.number, entry.envelope));
                        }
                        if entries.len() >= BATCH {
                            break;
                        }
                        match timeout(GATHER, mailbox.next()).await {
                            Ok(next) => pushed = next?,
                            Err(_) => break,
                        }
                    }
                    let Some(last) = entries.last().map(|(number, _)| *number) else { continue };
                    let envelopes: Vec<Vec<u8>> = entries.into_iter().map(|(_, envelope)| envelope).collect();
                    let online = Arc::clone(self);
                    if blocking(move || handler::take(&online, &envelopes)).await.is_ok() {
                        client.acknowledge(last).await?;
                    } else {
                        return Err(ClientError::Invalid);
                    }
                }
                _ = rest.tick() => {
                    if self.is_first_home(ticket) && self.take_unsaved() {
                        saved = self.back_up(client, saved).await?;
                    }
                }
                _ = announce.tick() => {
                    client.announce(self.peer().endpoint().place()).await?;
                    self.provide_keys(client, ticket).await?;
                }
            }
        }
    }

    /// Learns the user's own list from a node that has a newer one. If this device is not on it, the user has removed it, or has
    /// begun anew elsewhere: it leaves the network.
    async fn learn_own_list(self: &Arc<Self>, client: &NodeClient) -> Result<(), ClientError> {
        let address = self.user_address();
        let user = people::user_id(&address).ok_or(ClientError::Invalid)?;
        let Some(listing) = client.list_of(user).await? else {
            return Ok(());
        };
        let session = Arc::clone(self.session());
        let own = address.clone();
        let known = blocking(move || session.read(|connection| people::version(connection, &own))).await;
        let is_listed = listing.devices.contains(&self.device());
        if is_listed {
            // Only the device itself can have a node serve it.
            client.publish(listing.clone()).await?;
        }
        if known.is_ok_and(|known| known >= listing.version) {
            return Ok(());
        }
        if !is_listed {
            eprintln!("engine: this device is not one of the account's any more");
            self.leave_for_good();
            return Err(ClientError::Invalid);
        }
        self.find_list(&address).await.map_err(|_| ClientError::Invalid)
    }

    fn is_first_home(&self, ticket: &str) -> bool {
        self.homes().first().is_some_and(|first| first == ticket)
    }

    /// Gives a node keys with which others may begin sessions, if it has few left. Only the first home is given keys that
    /// are good for once: two nodes would give the same one to two people.
    async fn provide_keys(self: &Arc<Self>, client: &NodeClient, ticket: &str) -> Result<(), ClientError> {
        if !self.is_first_home(ticket) {
            return self.provide_fallback(client).await;
        }
        let left = usize::try_from(client.count_prekeys().await?).unwrap_or(usize::MAX);
        let online = Arc::clone(self);
        let bundle = blocking(move || {
            online.session().write(|write| {
                let now = online.session().now().unsigned_abs();
                let bundle = online
                    .machine()
                    .prekeys(&mut Ratchets(write), left, now)
                    .map_err(refused)?;
                let Some(bundle) = bundle else { return Ok(None) };
                let bytes = |key: &coco_e2ee::Prekey| key.to_bytes().map_err(refused);
                Ok(Some(Prekeys {
                    one_time: bundle.one_time.iter().map(bytes).collect::<Outcome<_>>()?,
                    fallback: bytes(&bundle.fallback)?,
                }))
            })
        });
        let Ok(Some(prekeys)) = bundle.await else { return Ok(()) };
        client.publish_prekeys(prekeys).await?;
        let online = Arc::clone(self);
        let noted = blocking(move || {
            online.session().write(|write| {
                online
                    .machine()
                    .prekeys_published(&mut Ratchets(write))
                    .map_err(refused)
            })
        });
        noted.await.map_err(|_| ClientError::Invalid)
    }

    /// Gives a node the key with which anybody may begin a session, any number of times.
    async fn provide_fallback(self: &Arc<Self>, client: &NodeClient) -> Result<(), ClientError> {
        let online = Arc::clone(self);
        let fallback = blocking(move || {
            let now = online.session().now().unsigned_abs();
            online
                .session()
                .write(|write| online.machine().fallback(&mut Ratchets(write), now).map_err(refused))?
                .to_bytes()
                .map_err(refused)
        });
        let Ok(fallback) = fallback.await else { return Ok(()) };
        let prekeys = Prekeys {
            one_time: Vec::new(),
            fallback,
        };
        client.publish_prekeys(prekeys).await.map(drop)
    }

    /// Asks each home node something until one knows.
    pub(super) async fn ask_homes<T, F>(&self, ask: impl Fn(NodeClient) -> F) -> Outcome<T>
    where
        F: Future<Output = Option<T>>,
    {
        for ticket in self.homes() {
            if let Some(client) = self.node(&ticket)
                && let Some(answer) = ask(client).await
            {
                return Ok(answer);
            }
        }
        Err(Failure::of(Code::NETWORK))
    }
}
