//! What happens to a connection and to each request on it.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use iroh::endpoint::{Incoming, RecvStream, SendStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::backup::NewBackup;
use super::gate::Pass;
use super::mailbox::{Outcome, Put};
use super::store::{Fault, Served};
use super::{Places, Shared, one_more};
use crate::protocol::{Answer, FRAME_BYTES, Refusal, Reply, Request, token_hash};
use crate::{Connection, Key, NetError, Place, endpoint, wire};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Most devices on no list whose places are remembered.
const GUESTS: usize = 256;

/// Bytes of an upload that may wait to be read.
const UPLOAD: u32 = 4 * 1024 * 1024;

/// Who asks.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) shared: Arc<Shared>,
    pub(super) pass: Arc<Pass>,
    /// The key that the handshake proved.
    pub(super) device: Key,
    connection: Connection,
}

/// A stream with a request.
pub(super) struct Asked {
    pub(super) send: SendStream,
    pub(super) receive: RecvStream,
}

impl Asked {
    /// Sends an answer, waiting no longer than allowed.
    pub(super) async fn reply(&mut self, caller: &Caller, reply: &Reply) -> Result<(), Fault> {
        if reply.is_err() {
            one_more(&caller.shared.counting.refused);
        }
        let written = timeout(caller.shared.limits.patience, wire::write(&mut self.send, reply)).await;
        match written {
            Ok(Ok(())) => Ok(()),
            _ => Err(gone()),
        }
    }
}

/// The other side went away: nothing that the node could do about it.
pub(super) fn gone() -> Fault {
    Fault::Refused(Refusal::Busy)
}

/// Serves a connection until it ends.
pub(super) async fn connection(shared: Arc<Shared>, incoming: Incoming, pass: Pass) {
    let Ok(Ok(connection)) = timeout(HANDSHAKE, async { incoming.accept()?.await.map_err(drop_reason) }).await else {
        return;
    };
    let caller = Caller {
        shared,
        pass: Arc::new(pass),
        device: *connection.remote_id().as_bytes(),
        connection: connection.clone(),
    };
    // Dropped with the connection, and ends what is still under way then.
    let mut streams = JoinSet::new();
    loop {
        tokio::select! {
            stream = connection.accept_bi() => {
                let Ok((send, receive)) = stream else { return };
                streams.spawn(stream_of(caller.clone(), Asked { send, receive }));
            }
            Some(_) = streams.join_next() => {}
        }
    }
}

fn drop_reason(_: impl std::error::Error) -> iroh::endpoint::ConnectionError {
    iroh::endpoint::ConnectionError::TimedOut
}

async fn stream_of(caller: Caller, mut asked: Asked) {
    let shared = caller.shared.clone();
    let reading = async {
        let Some(length) = wire::read_length(&mut asked.receive, FRAME_BYTES).await? else {
            return Ok(None);
        };
        let room = caller.pass.room(length).await;
        let request: Request = wire::decode(&wire::read_body(&mut asked.receive, length).await?)?;
        Ok(Some((request, room)))
    };
    let (request, room) = match timeout(shared.limits.patience, reading).await {
        Ok(Ok(Some(read))) => read,
        Ok(Err(NetError::Protocol(_))) => {
            one_more(&shared.counting.malformed);
            let _ = asked.reply(&caller, &Err(Refusal::Malformed)).await;
            return;
        }
        _ => return,
    };
    let Ok(permit) = shared.under_way.clone().acquire_owned().await else {
        return;
    };
    one_more(&shared.counting.requests);
    let bytes = match &request {
        Request::Put { envelope, .. } => envelope.len(),
        Request::Publish(listing) => listing.body.len(),
        _ => 0,
    };
    if !caller.pass.may_ask() || caller.pass.sent(bytes + 256).is_err() {
        let _ = asked.reply(&caller, &Err(Refusal::Busy)).await;
        return;
    }
    let done = match request {
        Request::Subscribe { since } => {
            // It may last for days; what it does at a time is little.
            drop((permit, room));
            caller.subscribe(&mut asked, since).await
        }
        Request::BackupPut {
            key,
            version,
            size,
            hash,
            signature,
        } => {
            let new = NewBackup {
                key,
                version,
                size,
                hash,
                signature,
            };
            caller.backup_put(&mut asked, new).await
        }
        Request::BackupGet { key, signature } => caller.backup_get(&mut asked, key, signature).await,
        Request::FilePut { hash, size } => caller.file_put(&mut asked, hash, size).await,
        Request::FileGet { hash, offset } => caller.file_get(&mut asked, hash, offset).await,
        request => match caller.answer(request).await {
            Ok(answer) => asked.reply(&caller, &Ok(answer)).await,
            Err(fault) => Err(fault),
        },
    };
    if let Err(fault) = done {
        let refusal = match fault {
            Fault::Refused(refusal) => refusal,
            Fault::Failed(detail) => {
                shared.fail(&detail);
                Refusal::Failed
            }
        };
        let _ = asked.reply(&caller, &Err(refusal)).await;
    }
    let _ = asked.send.finish();
}

impl Caller {
    /// Lets somebody who may upload send faster than others.
    pub(super) fn hurry(&self) {
        endpoint::let_wait(&self.connection, UPLOAD);
    }

    /// What a device is, or that the node does not serve it.
    pub(super) async fn served(&self, device: Key) -> Result<Arc<Served>, Fault> {
        match self.shared.store.remembered(&device) {
            Some(served) => Ok(served),
            None => self.shared.store(move |store| store.served(&device)).await,
        }
    }

    /// Answers a question that takes one answer.
    async fn answer(&self, request: Request) -> Result<Answer, Fault> {
        let (shared, own) = (&self.shared, self.device);
        match request {
            Request::Put {
                mailbox,
                token,
                id,
                envelope,
            } => self.put(mailbox, token, id, envelope).await,
            Request::Acknowledge { upto } => {
                self.served(own).await?;
                shared.mailbox.acknowledge(own, upto).await?;
                Ok(Answer::Done)
            }
            Request::SetTokens { hashes } => done(shared.store(move |store| store.set_tokens(&own, &hashes)).await),
            Request::Publish(listing) => {
                let gone = shared.store(move |store| store.publish(&own, &listing)).await?;
                for device in gone {
                    shared.mailbox.remove(device).await?;
                    self.places(false).remove(&device);
                }
                Ok(Answer::Done)
            }
            Request::ListOf { user } => {
                let found = shared.store(move |store| store.list_of(&user)).await?;
                Ok(Answer::Listing(found))
            }
            Request::Announce(place) => self.announce(place).await,
            Request::Locate { device } => Ok(Answer::Located(self.locate(&device))),
            Request::PublishPrekeys(prekeys) => {
                let left = shared.store(move |store| store.publish_prekeys(&own, &prekeys)).await?;
                Ok(Answer::Count(left))
            }
            Request::ClearPrekeys => done(shared.store(move |store| store.clear_prekeys(&own)).await),
            Request::CountPrekeys => {
                let left = shared.store(move |store| store.count_prekeys(&own)).await?;
                Ok(Answer::Count(left))
            }
            Request::ClaimPrekey { device } => {
                let claim = self.pass.claim(device);
                let claimed = shared.store(move |store| store.claim_prekey(&device, claim)).await?;
                Ok(Answer::Claimed(claimed))
            }
            Request::FileDelete { hash } => done(shared.store(move |store| store.file_delete(&own, &hash)).await),
            Request::Quota => {
                let (used, limit) = shared.store(move |store| store.quota(&own)).await?;
                Ok(Answer::Quota { used, limit })
            }
            Request::NameRegister(record) => done(shared.store(move |store| store.name_register(&own, &record)).await),
            Request::NameOf { name } => {
                let found = shared.store(move |store| store.name_of(&name)).await?;
                Ok(Answer::Name(found))
            }
            Request::NameHeldBy { owner } => {
                let found = shared.store(move |store| store.name_held_by(owner)).await?;
                Ok(Answer::Name(found))
            }
            Request::NameTransfer { record, release } => done(
                shared
                    .store(move |store| store.name_transfer(&own, &record, &release))
                    .await,
            ),
            Request::Subscribe { .. }
            | Request::BackupPut { .. }
            | Request::BackupGet { .. }
            | Request::FilePut { .. }
            | Request::FileGet { .. } => Err(Refusal::Malformed.into()),
        }
    }

    async fn put(
        &self,
        mailbox: Key,
        token: Option<[u8; 32]>,
        id: [u8; 16],
        envelope: Vec<u8>,
    ) -> Result<Answer, Fault> {
        let served = self.served(mailbox).await?;
        if let Some(token) = token
            && !served.tokens.contains(&token_hash(&token))
        {
            return Err(Refusal::Token.into());
        }
        let put = Put {
            mailbox,
            id,
            stranger: token.is_none(),
            envelope,
        };
        let outcome = self.shared.mailbox.put(put).await?;
        outcome.reply()?;
        if let Outcome::Stored(_) = outcome {
            one_more(&self.shared.counting.stored);
            let bells = self.shared.bells.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(bell) = bells.get(&mailbox) {
                bell.send_modify(|rung| *rung += 1);
            }
        }
        Ok(Answer::Done)
    }

    async fn announce(&self, place: Place) -> Result<Answer, Fault> {
        if !place.is_bounded() {
            return Err(Refusal::TooLarge.into());
        }
        let is_guest = self.served(self.device).await.is_err();
        let kept = u64::try_from(self.shared.limits.announced.as_millis()).unwrap_or(u64::MAX);
        let now = (self.shared.clock)();
        let mut places = self.places(is_guest);
        if is_guest && places.len() >= GUESTS && !places.contains_key(&self.device) {
            places.retain(|_, (_, until)| *until > now);
            let soonest = places
                .iter()
                .min_by_key(|(_, (_, until))| *until)
                .map(|(device, _)| *device);
            if let Some(soonest) = soonest.filter(|_| places.len() >= GUESTS) {
                places.remove(&soonest);
            }
        }
        places.insert(self.device, (place, now.saturating_add(kept)));
        Ok(Answer::Done)
    }

    fn locate(&self, device: &Key) -> Option<Place> {
        let now = (self.shared.clock)();
        [false, true].into_iter().find_map(|guests| {
            let places = self.places(guests);
            let (place, until) = places.get(device)?;
            (*until > now).then(|| place.clone())
        })
    }

    /// Where devices are: those that are served, or guests.
    fn places(&self, guests: bool) -> MutexGuard<'_, Places> {
        let places = if guests {
            &self.shared.guests
        } else {
            &self.shared.places
        };
        places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn done(result: Result<(), Fault>) -> Result<Answer, Fault> {
    result.map(|()| Answer::Done)
}
