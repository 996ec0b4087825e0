//! Somebody who is logged in: one account, one store, one room.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use rusqlite::Connection;

use crate::bots::Bots;
use crate::clock::Clock;
use crate::engine::Passwords;
use crate::events::{Bus, Event};
use crate::media::Staged;
use crate::net::Online;
use crate::store::{Store, Write};
use crate::{Failure, Outcome};

/// The keys and names by which others know the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Node address: base58 of the ed25519 public key.
    pub address: String,
    /// The ed25519 public key in hex (`c_pub_key`).
    pub public_key: String,
    /// The x25519 public key in hex (`c_pub_curve`).
    pub curve_key: String,
}

/// What a right password opens.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The database.
    pub(crate) store: Arc<Store>,
    /// The passwords.
    pub(crate) passwords: Passwords,
}

/// What a handler works with while somebody is logged in.
#[derive(Debug)]
pub struct Session {
    /// The user.
    pub user: User,
    /// Id of the room that is open. Nothing of another room is ever answered.
    pub room: String,
    /// The clock.
    pub clock: Clock,
    store: Arc<Store>,
    passwords: Passwords,
    events: Bus,
    /// Conversation that the user looks at (`setCurRsId`, 5.8).
    open_conversation: Mutex<Option<String>>,
    /// The session in the network, if the program gave the engine one.
    online: OnceLock<Weak<Online>>,
    /// Who asks the bots among the contacts.
    bots: OnceLock<Arc<Bots>>,
    /// Files that were handed over to be sent.
    staged: Staged,
}

impl Session {
    /// Begins a session in a room.
    pub(crate) fn new(user: User, room: String, account: Opened, events: Bus, clock: Clock) -> Self {
        Self {
            user,
            room,
            clock,
            store: account.store,
            passwords: account.passwords,
            events,
            open_conversation: Mutex::new(None),
            online: OnceLock::new(),
            bots: OnceLock::new(),
            staged: Staged::default(),
        }
    }

    /// The same session as it would be in another room: for what comes from the network and belongs there. It tells no
    /// events of its own.
    pub(crate) fn view(&self, room: &str) -> Self {
        Self {
            user: self.user.clone(),
            room: room.to_owned(),
            clock: self.clock.clone(),
            store: Arc::clone(&self.store),
            passwords: self.passwords.clone(),
            events: Bus::default(),
            open_conversation: Mutex::default(),
            online: OnceLock::new(),
            bots: OnceLock::new(),
            staged: Staged::default(),
        }
    }

    /// Files that were handed over to be sent.
    pub(crate) fn staged(&self) -> &Staged {
        &self.staged
    }

    /// Reads from the store.
    ///
    /// # Errors
    /// Those of the closure and of the database.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        self.store.read(read)
    }

    /// Writes to the store, all or nothing; what the closure emits is told when it is on the disk.
    ///
    /// # Errors
    /// Those of the closure and of the database.
    pub fn write<T>(&self, write: impl FnOnce(&mut Write<'_>) -> Outcome<T>) -> Outcome<T> {
        let online = self.online();
        let ((answer, packed), done) = self.store.write(|writing| {
            let answer = write(writing)?;
            let packed = match &online {
                Some(online) if writing.is_queued() => Some(online.pack_at_once(self, writing)),
                _ => None,
            };
            Ok((answer, packed))
        })?;
        for event in done.events {
            self.events.tell(event);
        }
        if let Some(online) = online {
            if done.touched {
                online.queued();
            }
            if let Some(packed) = packed {
                online.packed(packed);
            }
        }
        if let Some(bots) = self.bots.get().filter(|_| done.asked) {
            bots.wake();
        }
        Ok(answer)
    }

    /// The session in the network, if there is one.
    pub(crate) fn online(&self) -> Option<Arc<Online>> {
        self.online.get()?.upgrade()
    }

    /// Says that the session is in the network now.
    pub(crate) fn set_online(&self, online: &Arc<Online>) {
        self.online.get_or_init(|| Arc::downgrade(online));
    }

    /// From now on asks the bots among the contacts, until [`Session::leave_bots`].
    pub(crate) fn meet_bots(self: &Arc<Self>) {
        self.bots.get_or_init(|| Bots::begin(self));
    }

    /// Asks the bots nothing any more.
    pub(crate) fn leave_bots(&self) {
        if let Some(bots) = self.bots.get() {
            bots.end();
        }
    }

    /// Tells an event that no write stands behind.
    pub fn emit(&self, event: Event) {
        self.events.tell(event);
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The conversation that the user looks at.
    #[must_use]
    pub fn open_conversation(&self) -> Option<String> {
        self.open_conversation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Says which conversation the user looks at.
    pub fn look_at(&self, conversation: Option<String>) {
        *self.open_conversation.lock().unwrap_or_else(PoisonError::into_inner) = conversation;
    }

    /// The account's passwords.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// The store, for what outlives the session.
    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }
}

/// Does something in the room that it belongs to; events are told if that one is open.
pub(crate) fn within<T>(
    session: &Session,
    write: &mut Write<'_>,
    room: &str,
    work: impl FnOnce(&Session, &mut Write<'_>) -> Outcome<T>,
) -> Outcome<T> {
    if room == session.room {
        work(session, write)
    } else {
        let view = session.view(room);
        write.silently(|write| work(&view, write))
    }
}

/// Turns "no such row" into a code of the caller's.
pub(crate) trait OrCode<T> {
    /// # Errors
    /// `code` if there was no row, 20013 for other failures of the database.
    fn or_code(self, code: crate::Code) -> Outcome<T>;
}

impl<T> OrCode<T> for rusqlite::Result<T> {
    fn or_code(self, code: crate::Code) -> Outcome<T> {
        self.map_err(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Failure::of(code),
            other => other.into(),
        })
    }
}
