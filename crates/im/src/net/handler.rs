//! What other devices ask this one directly.

use std::sync::{Arc, OnceLock, Weak};

use coco_net::{Handler, Key, Piece, Refused};

use super::admission::Greeting;
use super::keep::Ratchets;
use super::{Online, incoming, people, transfers};
use crate::{Outcome, media};

/// Asks a device for a key to begin a session with.
pub(super) const KEY: &[u8] = b"key";

/// Asks a device for the list that its user signed.
pub(super) const LIST: &[u8] = b"list";

/// Most users who are looked up because of one batch.
const LOOKED_UP: usize = 16;

/// Hands on to the session as long as it lasts, and refuses before that.
#[derive(Default)]
pub(super) struct Incoming(OnceLock<Weak<Online>>);

impl Incoming {
    /// From now on hands on to a session.
    pub(super) fn serve(&self, online: &Arc<Online>) {
        self.0.get_or_init(|| Arc::downgrade(online));
    }

    fn online(&self) -> Option<Arc<Online>> {
        self.0.get()?.upgrade()
    }
}

/// Takes envelopes, wherever they came from. Those of devices that are not known wait until their users' lists are found.
///
/// # Errors
/// Those of the database; the envelopes are then to be sent again.
pub(super) fn take(online: &Arc<Online>, envelopes: &[Vec<u8>]) -> Outcome<()> {
    let arrived = incoming::take(online, online.session(), envelopes)?;
    follow_up(online, &arrived);
    Ok(())
}

/// Looks for newer lists, and mends sessions that are broken.
pub(super) fn follow_up(online: &Arc<Online>, arrived: &incoming::Arrived) {
    for user in arrived.outdated.iter().chain(&arrived.unknown).take(LOOKED_UP) {
        let (looking, user) = (Arc::clone(online), user.clone());
        online.spawn(async move {
            // What is not found now is looked for again with the next letter.
            if looking.find_list(&user).await.is_ok() {
                let again = Arc::clone(&looking);
                let _ = super::blocking(move || incoming::retry_operations(&again, again.session())).await;
                looking.queued();
            }
        });
    }
    for (user, device) in &arrived.broken {
        online.mend(user, device);
    }
    if arrived.homes || arrived.primary {
        online.refresh();
    }
    if arrived.leaves {
        let leaving = Arc::clone(online);
        online.runtime.spawn_blocking(move || leaving.log_out());
    }
    for device in &arrived.write_to {
        online.lines.wake(online, *device);
    }
    online.note_unsaved();
    online.queued();
    online.files.notify_one();
}

impl Handler for Incoming {
    fn envelopes(&self, _: &Key, envelopes: Vec<Vec<u8>>) -> Result<(), Refused> {
        let online = self.online().ok_or(Refused)?;
        take(&online, &envelopes).map_err(|_| Refused)
    }

    fn hello(&self, _: &Key, question: &[u8]) -> Option<Vec<u8>> {
        let online = self.online()?;
        if question == LIST {
            let session = online.session();
            let list = session.read(|connection| people::signed(connection, &session.user.address));
            return list.ok()??.to_bytes().ok();
        }
        if question != KEY {
            return match Greeting::read(question)? {
                Greeting::Ask { applicant, signature } => online.asked(applicant, &signature),
                Greeting::Expel { list } => online.expelled(&list),
                Greeting::Offer { .. } | Greeting::Grant { .. } => None,
            };
        }
        let now = online.session().now().unsigned_abs();
        let key = online.session().write(|write| {
            let key = online.machine().fallback(&mut Ratchets(write), now);
            key.map_err(super::outgoing::refused)
        });
        key.ok()?.to_bytes().ok()
    }

    fn datagram(&self, from: &Key, bytes: &[u8]) {
        if let Some(online) = self.online() {
            online.typed(from, bytes);
        }
    }

    fn file(&self, from: &Key, name: &str, offset: u64) -> Option<Piece> {
        let online = self.online()?;
        let session = online.session();
        let known = session.read(|connection| people::is_known(connection, from)).ok()?;
        let local = transfers::local(session, name).ok().flatten().filter(|_| known)?;
        let folder = session.store().folder().join(media::FOLDER);
        let file = media::open_sealed(&folder, &local, offset).ok()?;
        let length = file.metadata().ok()?.len().checked_sub(offset)?;
        Some(Piece { file, length })
    }

    fn known(&self, device: &Key) -> bool {
        self.online().is_some_and(|online| online.knows(device))
    }

    fn nearby(&self, device: &Key, about: &[u8]) {
        if let Some(online) = self.online() {
            online.seen(device, about);
        }
    }

    fn connected(&self, device: &Key, connected: bool) {
        if let Some(online) = self.online() {
            if connected {
                online.lines.is_back(device);
            }
            online.tell_presence(*device, connected);
        }
    }
}
