//! Fetches the files of messages that came, and brings those of sent ones to a home node.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use coco_net::{NetError, NodeClient};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep, timeout};

use super::transfers::{self, Wanted};
use super::{Online, blocking, people};
use crate::events::Event;
use crate::media::{self, Growing};
use crate::model::message;
use crate::{Code, Failure, Outcome};

/// Files that are fetched at once.
const AT_ONCE: usize = 4;
/// Files that are looked at in one go.
const LOOKED_AT: usize = 64;
/// How long is waited before files are tried again that nobody had.
const AGAIN: Duration = Duration::from_secs(10);
/// How long a quiet fetch is waited for.
const QUIET: Duration = Duration::from_secs(30);
/// How often progress is told.
const TOLD: Duration = Duration::from_millis(250);
/// Pieces that wait for the disk.
const PIECES: usize = 8;

impl Online {
    /// Sees to files for as long as the session lasts.
    pub(super) async fn see_to_files(self: Arc<Self>) {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let busy = Arc::new(std::sync::Mutex::new(HashSet::new()));
        loop {
            let session = Arc::clone(self.session());
            let wanted = blocking(move || transfers::wanted(&session, LOOKED_AT))
                .await
                .unwrap_or_default();
            for wanted in wanted {
                let name = wanted.local.clone();
                if !super::lock(&busy).insert(name.clone()) {
                    continue;
                }
                let (online, places, busy) = (Arc::clone(&self), Arc::clone(&places), Arc::clone(&busy));
                self.spawn(async move {
                    if let Ok(_place) = places.acquire().await {
                        let _ = online.fetch(wanted).await;
                    }
                    super::lock(&busy).remove(&name);
                });
            }
            self.bring().await;
            tokio::select! {
                () = self.files.notified() => {}
                () = sleep(AGAIN) => {}
            }
        }
    }

    /// Fetches one file from whoever has it: the sender's devices, then the sender's home nodes.
    async fn fetch(self: &Arc<Self>, wanted: Wanted) -> Outcome<()> {
        let (session, sender) = (Arc::clone(self.session()), wanted.sender.clone());
        let list = blocking(move || session.read(|connection| people::list(connection, &sender))).await?;
        let list = list.ok_or(Failure::of(Code::FILE_DOWNLOAD))?;
        for device in list
            .devices
            .iter()
            .map(|entry| entry.device)
            .filter(|device| *device != self.device())
        {
            if !self.peer().is_connected(&device) {
                self.locate(&device, &wanted.sender).await;
            }
            let (sink, taking) = self.sink(&wanted).await?;
            let from = taking.offset;
            let sending = sink.clone();
            let fetched = self
                .peer()
                .fetch(&device, &wanted.file, from, async move |bytes, _| {
                    sending.send(bytes).await.map_err(|_| NetError::Refused)
                })
                .await;
            drop(sink);
            if taking.end(self, &wanted).await? && fetched.is_ok() {
                return Ok(());
            }
        }
        for ticket in &list.nodes {
            let Some(client) = self.node(ticket) else { continue };
            let (sink, taking) = self.sink(&wanted).await?;
            let done = from_node(&client, &wanted, taking.offset, sink).await;
            if taking.end(self, &wanted).await? && done.is_ok() {
                return Ok(());
            }
        }
        Err(Failure::of(Code::FILE_DOWNLOAD))
    }

    /// Begins to take the bytes of a file on a thread of its own.
    async fn sink(self: &Arc<Self>, wanted: &Wanted) -> Outcome<(mpsc::Sender<Vec<u8>>, Taking)> {
        let folder = self.session().store().folder().join(media::FOLDER);
        let (local, key, size) = (wanted.local.clone(), wanted.key.clone(), wanted.size);
        let mut growing = blocking(move || Growing::open(&folder, &local, &key, size)).await?;
        let offset = growing.kept();
        let (sender, mut pieces) = mpsc::channel::<Vec<u8>>(PIECES);
        let (online, wanted) = (Arc::clone(self), wanted.clone());
        let work = tokio::task::spawn_blocking(move || {
            let mut told = Instant::now();
            while let Some(piece) = pieces.blocking_recv() {
                growing.push(&piece)?;
                if told.elapsed() >= TOLD {
                    told = Instant::now();
                    online.tell_progress(&wanted, growing.done());
                }
            }
            Ok(growing)
        });
        Ok((sender, Taking { offset, work }))
    }

    /// Tells how far a file of the open room is.
    fn tell_progress(&self, wanted: &Wanted, done: u64) {
        let session = self.session();
        let found = session.read(|connection| message::by_seq(connection, wanted.message));
        let Ok(found) = found else { return };
        let visible = session.read(|connection| message::find(connection, &session.room, &found.msg_id));
        if let Ok(Some(found)) = visible {
            session.emit(Event::MediaProgress {
                message: found.msg_id,
                part: wanted.part,
                done: i64::try_from(done).unwrap_or(i64::MAX),
                total: i64::try_from(wanted.size).unwrap_or(i64::MAX),
            });
        }
    }

    /// Brings files of sent messages to a home node.
    async fn bring(self: &Arc<Self>) {
        let session = Arc::clone(self.session());
        let uploads = blocking(move || transfers::uploads(&session, LOOKED_AT))
            .await
            .unwrap_or_default();
        for (file, local) in uploads {
            let path = self.session().store().folder().join(media::FOLDER).join(&local);
            for ticket in self.homes() {
                let Some(client) = self.node(&ticket) else { continue };
                if bring_one(&client, &file, &path).await.is_some() {
                    let (session, file) = (Arc::clone(self.session()), file.clone());
                    let _ = blocking(move || session.write(|write| transfers::uploaded(write, &file))).await;
                    break;
                }
            }
        }
    }
}

/// Stores a copy at a node; `None` if that was not possible.
async fn bring_one(client: &NodeClient, file: &str, path: &std::path::Path) -> Option<()> {
    let hash: [u8; 32] = hex::decode(file).ok()?.try_into().ok()?;
    let mut copy = tokio::fs::File::open(path).await.ok()?;
    let size = copy.metadata().await.ok()?.len();
    client.file_put(hash, size, &mut copy).await.ok()
}

/// Fetches a file from a node.
async fn from_node(client: &NodeClient, wanted: &Wanted, offset: u64, sink: mpsc::Sender<Vec<u8>>) -> Outcome<()> {
    let gone = |_| Failure::of(Code::FILE_DOWNLOAD);
    let bytes = hex::decode(&wanted.file).ok();
    let hash: [u8; 32] = bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(Failure::of(Code::FILE_DOWNLOAD))?;
    let mut download = client.file_get(hash, offset).await.map_err(gone)?;
    while let Ok(next) = timeout(QUIET, download.next()).await {
        match next.map_err(gone)? {
            Some(piece) => sink.send(piece).await.map_err(|_| Failure::of(Code::FILE_DOWNLOAD))?,
            None => return Ok(()),
        }
    }
    Err(Failure::of(Code::CONNECTION_TIMEOUT))
}

/// A file that is being taken.
struct Taking {
    /// Where to go on.
    offset: u64,
    work: tokio::task::JoinHandle<Outcome<Growing>>,
}

impl Taking {
    /// Waits until what came is on the disk. Says whether the file is whole and was given to its message; a whole one that is
    /// not the one that was told is never asked for again.
    async fn end(self, online: &Arc<Online>, wanted: &Wanted) -> Outcome<bool> {
        let Ok(Ok(growing)) = self.work.await else {
            return Ok(false);
        };
        if !growing.is_whole() {
            return Ok(false);
        }
        let (online, wanted) = (Arc::clone(online), wanted.clone());
        blocking(move || {
            let session = online.session();
            let whole = growing.finish(&wanted.file)?;
            if !whole {
                online.drop_one();
                let folder = session.store().folder().join(media::FOLDER);
                if !Growing::open(&folder, &wanted.local, &wanted.key, wanted.size)?.is_whole() {
                    // What was wrong is gone, and comes from whoever has it.
                    return Ok(false);
                }
            }
            session.write(|write| {
                if !whole {
                    return transfers::give_up(write, &wanted);
                }
                if transfers::complete(session, write, &wanted)? {
                    let found = message::by_seq(write, wanted.message)?;
                    if let Some(found) = message::find(write, &session.room, &found.msg_id)? {
                        write.emit(Event::MessageChanged {
                            message: Box::new(found),
                        });
                    }
                }
                Ok(())
            })?;
            online.tell_progress(&wanted, wanted.size);
            Ok(true)
        })
        .await
    }
}
