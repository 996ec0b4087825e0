//! Finding people, their devices, and keys to begin with.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use coco_e2ee::{DeviceId, Prekey, SignedDeviceList};
use coco_net::Nearby;
use coco_net::protocol::Claimed;
use tokio::time::{Instant, timeout};

use super::keep::Ratchets;
use super::outgoing::{Need, refused};
use super::{DEFERRED, HOPELESS, Online, blocking, handler, incoming, lock, people};
use crate::{Code, Failure, Outcome};

/// Most devices nearby that are remembered.
const AROUND: usize = 1_024;

/// What a device says of its user to those nearby: enough for who knows the address already.
pub(super) fn about(user: &coco_e2ee::UserId) -> Vec<u8> {
    blake3::derive_key("coco nearby user 1", user).to_vec()
}

/// How long one search may take.
const PATIENCE: Duration = Duration::from_secs(15);

impl Online {
    /// Finds what a recipient's letters lack, and has them tried again.
    pub(super) async fn seek(self: Arc<Self>, recipient: String, needs: BTreeSet<Need>) {
        let searches = needs.into_iter().map(|need| {
            let online = Arc::clone(&self);
            async move {
                let found = match timeout(PATIENCE, online.find(&need)).await {
                    Ok(found) => found.is_ok(),
                    Err(_) => false,
                };
                (need, found)
            }
        });
        let results = futures_util::future::join_all(searches).await;
        let any = results.iter().any(|(_, found)| *found);
        let mut all = true;
        for (need, found) in results {
            if found {
                continue;
            }
            // One of several who cannot be found does not keep the others waiting.
            let of_recipient = match &need {
                Need::List(user) => *user == recipient,
                // What is for one device of the user's waits for it alone.
                Need::Key(user, device) => *user == recipient || people::address(device) == recipient,
            };
            if any || !of_recipient {
                lock(&self.hopeless).insert(need, Instant::now() + HOPELESS);
            } else {
                all = false;
            }
        }
        let mut deferred = lock(&self.deferred);
        if all {
            deferred.remove(&recipient);
        } else {
            deferred.insert(recipient, Instant::now() + DEFERRED);
        }
        drop(deferred);
        self.queued();
    }

    async fn find(self: &Arc<Self>, need: &Need) -> Outcome<()> {
        match need {
            Need::List(user) => self.find_list(user).await,
            Need::Key(user, device) => self.find_key(user, device).await,
        }
    }

    /// Asks the home nodes for the devices of somebody.
    ///
    /// # Errors
    /// 20000 if nobody knows them.
    pub(super) async fn find_list(self: &Arc<Self>, user: &str) -> Outcome<()> {
        let id = people::user_id(user).ok_or(Failure::of(Code::CONTACT_LOOKUP))?;
        let listing = self
            .ask_homes(async |client: coco_net::NodeClient| client.list_of(id).await.ok().flatten())
            .await;
        let body = match listing {
            Ok(listing) => listing.body,
            Err(_) => self.ask_around(&id).await?,
        };
        let signed = SignedDeviceList::from_bytes(&body).map_err(refused)?;
        self.remember(id, signed).await
    }

    /// Asks the devices nearby that say that they are somebody's.
    async fn ask_around(&self, user: &coco_e2ee::UserId) -> Outcome<Vec<u8>> {
        let said = about(user);
        let candidates: Vec<DeviceId> = lock(&self.around)
            .iter()
            .filter(|(_, about)| **about == said)
            .map(|(device, _)| *device)
            .collect();
        for device in candidates {
            if let Ok(list) = self.peer().hello(&device, handler::LIST.to_vec()).await {
                return Ok(list);
            }
        }
        Err(Failure::of(Code::NETWORK))
    }

    /// Looks for devices nearby, and lets them see this one.
    pub(super) fn look_around(self: &Arc<Self>) {
        let Some(user) = people::user_id(&self.user_address()) else {
            return;
        };
        let nearby = Nearby {
            lan: self.options.lan,
            folder: self.options.folder.clone(),
            about: about(&user),
        };
        if !nearby.lan && nearby.folder.is_none() {
            return;
        }
        let online = Arc::clone(self);
        self.spawn(async move {
            if let Err(error) = online.peer().look_around(nearby).await {
                eprintln!("engine: devices nearby are not looked for: {error}");
            }
        });
    }

    /// A device is nearby.
    pub(super) fn seen(self: &Arc<Self>, device: &DeviceId, about: &[u8]) {
        let mut around = lock(&self.around);
        if around.len() < AROUND || around.contains_key(device) {
            around.insert(*device, about.to_vec());
        }
        drop(around);
        lock(&self.deferred).clear();
        self.lines.is_back(device);
        self.queued();
    }

    /// Keeps a list that is said to be of a user.
    async fn remember(self: &Arc<Self>, user: coco_e2ee::UserId, signed: SignedDeviceList) -> Outcome<()> {
        let online = Arc::clone(self);
        blocking(move || {
            if signed.open().map_err(refused)?.user != user {
                return Err(Code::CONTACT_LOOKUP.into());
            }
            let session = online.session();
            session.write(|write| people::remember(write, online.machine(), &signed, session.now()))?;
            let arrived = incoming::retry_user(&online, session, &people::address(&user))?;
            handler::follow_up(&online, &arrived);
            Ok(())
        })
        .await
    }

    /// Looks again for people whose letters wait because nobody knew their devices.
    pub(super) async fn find_unknown(self: &Arc<Self>) {
        let session = Arc::clone(self.session());
        let users = blocking(move || incoming::unknown(&session)).await.unwrap_or_default();
        for user in users {
            // Who is not found now is looked for again later.
            let _ = timeout(PATIENCE, self.find_list(&user)).await;
        }
    }

    /// Gets a key of a device, from itself or a node, and begins a session with it.
    pub(super) async fn find_key(self: &Arc<Self>, user: &str, device: &DeviceId) -> Outcome<()> {
        let (session, wanted) = (Arc::clone(self.session()), *device);
        let found = blocking(move || session.read(|connection| people::device(connection, &wanted)));
        let peer = found.await?.ok_or(Failure::of(Code::CONTACT_LOOKUP))?;
        let key = match self.claim(user, device).await {
            Some(key) => key,
            None => self.ask_for_key(user, device).await?,
        };
        let online = Arc::clone(self);
        blocking(move || {
            online.session().write(|write| {
                online
                    .machine()
                    .begin(&mut Ratchets(write), &peer, &key)
                    .map_err(refused)
            })
        })
        .await
    }

    /// Takes a key of a device from one of its home nodes.
    async fn claim(&self, user: &str, device: &DeviceId) -> Option<Prekey> {
        let (session, owner) = (Arc::clone(self.session()), user.to_owned());
        let list = blocking(move || session.read(|connection| people::list(connection, &owner)));
        for ticket in list.await.ok()??.nodes {
            let Some(client) = self.node(&ticket) else { continue };
            if let Ok(Some(Claimed::OneTime(bytes) | Claimed::Fallback(bytes))) = client.claim_prekey(*device).await
                && let Ok(key) = Prekey::from_bytes(&bytes)
            {
                return Some(key);
            }
        }
        None
    }

    /// Asks a device itself for a key.
    async fn ask_for_key(&self, user: &str, device: &DeviceId) -> Outcome<Prekey> {
        self.locate(device, user).await;
        let answer = self
            .peer()
            .hello(device, handler::KEY.to_vec())
            .await
            .map_err(|_| Failure::of(Code::NETWORK))?;
        Prekey::from_bytes(&answer).map_err(refused)
    }

    /// Asks the home nodes of a device's owner where it is, and the user's own.
    pub(super) async fn locate(&self, device: &DeviceId, owner: &str) {
        let (session, owner) = (Arc::clone(self.session()), owner.to_owned());
        let list = blocking(move || session.read(|connection| people::list(connection, &owner))).await;
        let mut tickets = list.ok().flatten().map(|list| list.nodes).unwrap_or_default();
        tickets.extend(self.homes());
        tickets.dedup();
        for ticket in tickets {
            let Some(client) = self.node(&ticket) else { continue };
            if let Ok(Some(place)) = client.locate(*device).await {
                self.peer().learn(device, &place);
                return;
            }
        }
    }
}
