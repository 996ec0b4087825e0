//! Requests whose streams go on after the first answer: mailboxes as they fill, backups and files.

use std::io::Read;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use super::backup::NewBackup;
use super::files::Begun;
use super::serve::{Asked, Caller, gone};
use super::store::Fault;
use super::{Shared, one_more};
use crate::protocol::{Answer, Pushed, Refusal, Signature};
use crate::{Key, wire};

/// Entries that are read from a mailbox at once.
const ENTRIES: usize = 64;
/// Bytes that are read from a mailbox at once, about.
const BYTES: usize = 512 * 1024;
/// Bytes of a file that are moved at once.
const PART: usize = 256 * 1024;

/// Somebody who waits for a mailbox to fill.
struct Bell {
    shared: Arc<Shared>,
    mailbox: Key,
    rung: watch::Receiver<u64>,
}

impl Bell {
    fn new(shared: &Arc<Shared>, mailbox: Key) -> Self {
        let mut bells = shared.bells.lock().unwrap_or_else(PoisonError::into_inner);
        let bell = bells.entry(mailbox).or_insert_with(|| watch::channel(0).0);
        Self {
            shared: shared.clone(),
            mailbox,
            rung: bell.subscribe(),
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let mut bells = self.shared.bells.lock().unwrap_or_else(PoisonError::into_inner);
        // This one is still counted.
        if bells.get(&self.mailbox).is_some_and(|bell| bell.receiver_count() <= 1) {
            bells.remove(&self.mailbox);
        }
    }
}

/// The right to send a file, which one has at a time.
struct Uploading {
    shared: Arc<Shared>,
    name: ([u8; 32], Key),
}

impl Uploading {
    fn begin(shared: &Arc<Shared>, name: ([u8; 32], Key)) -> Result<Self, Fault> {
        let mut uploads = shared.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        if !uploads.insert(name) {
            return Err(Refusal::Busy.into());
        }
        Ok(Self {
            shared: shared.clone(),
            name,
        })
    }
}

impl Drop for Uploading {
    fn drop(&mut self) {
        let mut uploads = self.shared.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        uploads.remove(&self.name);
    }
}

impl Caller {
    /// Sends what lies in the caller's mailbox, then what arrives, until the stream or connection ends.
    pub(super) async fn subscribe(&self, asked: &mut Asked, since: u64) -> Result<(), Fault> {
        self.served(self.device).await?;
        let mut bell = Bell::new(&self.shared, self.device);
        asked.reply(self, &Ok(Answer::Done)).await?;
        let mut since = since;
        let mut drained = false;
        loop {
            // Looked at before the mailbox, so that what arrives in between rings again.
            bell.rung.mark_unchanged();
            let entries = self.shared.mailbox.fetch(self.device, since, ENTRIES, BYTES).await?;
            if entries.is_empty() {
                if !drained {
                    self.push(asked, &Pushed::Drained).await?;
                    drained = true;
                }
                tokio::select! {
                    rung = bell.rung.changed() => rung.map_err(|_| gone())?,
                    _ = asked.send.stopped() => return Err(gone()),
                }
                // A device that was removed from its user's list gets nothing any more.
                self.served(self.device).await?;
                continue;
            }
            for entry in entries {
                since = entry.number;
                self.push(asked, &Pushed::Entry(entry)).await?;
                one_more(&self.shared.counting.pushed);
            }
        }
    }

    /// Writes as fast as the owner reads. Who reads nothing for long loses the subscription.
    async fn push(&self, asked: &mut Asked, pushed: &Pushed) -> Result<(), Fault> {
        let patience = self.shared.limits.patience.saturating_mul(3);
        let written = timeout(patience, wire::write(&mut asked.send, pushed)).await;
        written.map_err(|_| gone())?.map_err(|_| gone())
    }

    /// Takes a backup.
    pub(super) async fn backup_put(&self, asked: &mut Asked, new: NewBackup) -> Result<(), Fault> {
        let own = self.device;
        let user = self.shared.store(move |store| store.backup_check(&own, &new)).await?;
        let _permit = self.shared.backups.acquire().await.map_err(|_| gone())?;
        self.hurry();
        asked.reply(self, &Ok(Answer::Ready { offset: 0 })).await?;
        let mut blob = Vec::new();
        let mut missing = new.size;
        while missing > 0 {
            let part = self.part(asked, missing).await?;
            missing -= part.len() as u64;
            blob.extend_from_slice(&part);
        }
        self.shared
            .store(move |store| store.backup_put(&user, &new, &blob))
            .await?;
        asked.reply(self, &Ok(Answer::Done)).await
    }

    /// Gives a backup to who has its key.
    pub(super) async fn backup_get(&self, asked: &mut Asked, key: Key, signature: Signature) -> Result<(), Fault> {
        let _permit = self.shared.backups.acquire().await.map_err(|_| gone())?;
        let (node, reader) = (self.shared.id, self.device);
        let (version, blob) = self
            .shared
            .store(move |store| store.backup_get(&node, &reader, &key, &signature))
            .await?;
        let size = blob.len() as u64;
        asked.reply(self, &Ok(Answer::Backup { version, size })).await?;
        for part in blob.chunks(PART) {
            self.give(asked, part).await?;
        }
        Ok(())
    }

    /// Takes a file, or the rest of it.
    pub(super) async fn file_put(&self, asked: &mut Asked, hash: [u8; 32], size: u64) -> Result<(), Fault> {
        let own = self.device;
        let user = self.served(own).await?.user;
        self.hurry();
        let _uploading = Uploading::begin(&self.shared, (hash, user))?;
        let begun = self
            .shared
            .store(move |store| store.file_begin(&own, hash, size))
            .await?;
        let Begun::Upload(mut upload) = begun else {
            return asked.reply(self, &Ok(Answer::Ready { offset: size })).await;
        };
        if upload.missing() == 0 {
            // All of it came before, but not so far that it became a file.
            self.shared.store(move |store| store.file_finish(&upload)).await?;
            return asked.reply(self, &Ok(Answer::Ready { offset: size })).await;
        }
        let offset = upload.arrived();
        asked.reply(self, &Ok(Answer::Ready { offset })).await?;
        let mut broken = None;
        while upload.missing() > 0 {
            match self.part(asked, upload.missing()).await {
                Ok(part) => {
                    upload = spawn_blocking(move || upload.write(&part).map(|()| upload))
                        .await
                        .map_err(Fault::failed)??;
                }
                Err(fault) => {
                    broken = Some(fault);
                    break;
                }
            }
        }
        let finished = self.shared.store(move |store| store.file_finish(&upload)).await;
        match broken {
            Some(fault) => Err(fault),
            None => {
                finished?;
                asked.reply(self, &Ok(Answer::Done)).await
            }
        }
    }

    /// Gives a file, or the rest of it.
    pub(super) async fn file_get(&self, asked: &mut Asked, hash: [u8; 32], offset: u64) -> Result<(), Fault> {
        let (mut file, size) = self.shared.store(move |store| store.file_open(&hash, offset)).await?;
        asked.reply(self, &Ok(Answer::File { size })).await?;
        let mut missing = size - offset;
        while missing > 0 {
            let length = usize::try_from(missing).unwrap_or(PART).min(PART);
            let read = spawn_blocking(move || {
                let mut part = vec![0; length];
                file.read_exact(&mut part).map(|()| (file, part))
            });
            let part;
            (file, part) = read.await.map_err(Fault::failed)??;
            self.give(asked, &part).await?;
            missing -= part.len() as u64;
        }
        Ok(())
    }

    /// The next bytes that the caller sends, at most `missing`.
    async fn part(&self, asked: &mut Asked, missing: u64) -> Result<Vec<u8>, Fault> {
        let limit = usize::try_from(missing).unwrap_or(PART).min(PART);
        let read = timeout(self.shared.limits.patience, asked.receive.read_chunk(limit)).await;
        let chunk = read.map_err(|_| gone())?.map_err(|_| gone())?;
        let part = chunk.ok_or(Refusal::Malformed)?.to_vec();
        while let Err(wait) = self.pass.sent(part.len()) {
            sleep(wait.min(Duration::from_secs(1))).await;
        }
        Ok(part)
    }

    async fn give(&self, asked: &mut Asked, part: &[u8]) -> Result<(), Fault> {
        let written = timeout(self.shared.limits.patience, asked.send.write_all(part)).await;
        written.map_err(|_| gone())?.map_err(|_| gone())
    }
}
