//! The engine: one data folder, one account, one dispatcher for every door.

pub(crate) mod account;
mod attempts;
mod dispatch;
pub(crate) mod files;
mod found;
mod pace;
pub(crate) mod passwords;
mod time;
mod wipe;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

pub use dispatch::Answer;
#[cfg(feature = "doors")]
pub(crate) use dispatch::{METHOD, MODULE};
pub(crate) use found::Admitted;
pub use passwords::{Label, Passwords};

use coco_keys::Cost;
use tokio::runtime::Handle;

use crate::clock::Clock;
use crate::events::{Bus, Listeners, Subscription};
use crate::net::{Network, NetworkOptions, Online};
use crate::{Code, Failure, Outcome, Session};
use account::Door;

/// How an engine is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// What time it is.
    pub clock: Clock,
    /// Language of messages until somebody's settings say otherwise.
    pub language: String,
    /// How slow passwords are made.
    pub cost: Cost,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            language: "en".to_owned(),
            cost: Cost::Standard,
        }
    }
}

/// An engine, as one caller sees it. Copies share one engine and one caller.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
    listeners: Arc<Listeners>,
}

/// An engine as what works for it in the network knows it: it does not keep it alive.
#[derive(Debug, Clone, Default)]
pub(crate) struct WeakEngine(Weak<Inner>);

impl WeakEngine {
    /// The engine, if it is still there.
    pub(crate) fn engine(&self) -> Option<Engine> {
        Some(Engine {
            inner: self.0.upgrade()?,
            listeners: Arc::default(),
        })
    }
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    options: Options,
    events: Bus,
    session: Mutex<Option<Arc<Session>>>,
    /// The network that the program gave, and the session in it.
    network: OnceLock<Network>,
    online: Mutex<Option<Arc<Online>>>,
    /// Whether routes and their codes are logged.
    log: AtomicBool,
    /// Held while somebody is let in or out, and while the account's files change places.
    door: Mutex<Door>,
    /// Held while the safe is written.
    safe: Arc<Mutex<()>>,
    /// Keeps other engines out of the folder.
    _lock: std::fs::File,
}

impl Drop for Inner {
    /// Leaves the network and closes the store, before another engine may use the folder.
    fn drop(&mut self) {
        found::close(self.door.get_mut().unwrap_or_else(PoisonError::into_inner));
        let online = self.online.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(online) = online {
            online.end();
            online.session().store().close();
        }
    }
}

impl Engine {
    /// Opens the engine of a data folder, which is made if there is none. Nobody is logged in yet.
    ///
    /// # Errors
    /// 700 if the folder cannot be used, or another engine uses it.
    pub fn open(folder: &Path, options: Options) -> Outcome<Self> {
        let failed = |error: std::io::Error| Failure::with(Code::EXCEPTION, format!("{}: {error}", folder.display()));
        std::fs::create_dir_all(folder).map_err(failed)?;
        let lock = std::fs::File::create(folder.join("engine.lock")).map_err(failed)?;
        lock.try_lock()
            .map_err(|_| Failure::with(Code::EXCEPTION, format!("another engine uses {}", folder.display())))?;
        let inner = Inner {
            folder: folder.to_owned(),
            options,
            events: Bus::default(),
            session: Mutex::new(None),
            network: OnceLock::new(),
            online: Mutex::new(None),
            log: AtomicBool::new(false),
            door: Mutex::default(),
            safe: Arc::default(),
            _lock: lock,
        };
        let engine = Self {
            inner: Arc::new(inner),
            listeners: Arc::default(),
        };
        engine.settle()?;
        engine.files().sweep().map_err(failed)?;
        Ok(engine)
    }

    /// The same engine for another caller: what that one listens to (module `socketEvent`) is its own. Every WebSocket
    /// connection is such a caller; everybody else shares the one of the engine that was opened.
    #[must_use]
    pub fn for_caller(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            listeners: Arc::default(),
        }
    }

    /// What this caller listens to.
    #[must_use]
    pub fn listeners(&self) -> &Listeners {
        &self.listeners
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// How the engine was set up.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// Turns the log on or off: a line on standard error for each request, with route, code and time.
    pub(crate) fn set_log(&self, on: bool) {
        self.inner.log.store(on, Ordering::Relaxed);
    }

    /// Whether the log is on.
    pub(crate) fn logs(&self) -> bool {
        self.inner.log.load(Ordering::Relaxed)
    }

    /// Listens to events from now on.
    #[must_use]
    pub fn listen(&self) -> Subscription {
        self.inner.events.listen()
    }

    /// Where events are told.
    pub(crate) fn events(&self) -> &Bus {
        &self.inner.events
    }

    /// Who is logged in.
    ///
    /// # Errors
    /// 20061 if nobody is.
    pub fn session(&self) -> Outcome<Arc<Session>> {
        self.slot().clone().ok_or(Failure::of(Code::NOT_LOGGED_IN))
    }

    /// Lets somebody in, or everybody out. Whoever was in before is out, of the network too.
    pub(crate) fn set_session(&self, session: Option<Arc<Session>>) {
        if let Some(before) = self.online_slot().take() {
            before.end();
        }
        let last = std::mem::replace(&mut *self.slot(), session.clone());
        if let Some(last) = last {
            last.leave_bots();
        }
        if let Some(session) = session {
            self.bring_online(&session);
            session.meet_bots();
        }
    }

    /// From now on uses the network while somebody is logged in. `runtime` moves the bytes; handlers work on its threads for
    /// what blocks. To be called once by the program that keeps the engine, and not from one of the runtime's own threads.
    pub fn connect(&self, runtime: Handle, options: NetworkOptions) {
        let _door = self.door();
        let engine = WeakEngine(Arc::downgrade(&self.inner));
        let network = Network {
            runtime,
            options,
            engine,
        };
        if self.inner.network.set(network).is_ok()
            && let Ok(session) = self.session()
        {
            self.bring_online(&session);
        }
    }

    /// Letters and envelopes that were dropped since the login because they were not well formed or not expected.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.online_slot().as_ref().map_or(0, |online| online.dropped())
    }

    /// The network that the program gave, if it did.
    pub(crate) fn network(&self) -> Option<&Network> {
        self.inner.network.get()
    }

    /// Brings somebody who is logged in into the network, if there is one. Without it everything else goes on.
    fn bring_online(&self, session: &Arc<Session>) {
        let Some(network) = self.inner.network.get() else {
            return;
        };
        match Online::begin(network, session) {
            Ok(online) => {
                session.set_online(&online);
                *self.online_slot() = Some(online);
            }
            Err(failure) => eprintln!("engine: no network: {failure}"),
        }
    }

    fn online_slot(&self) -> MutexGuard<'_, Option<Arc<Online>>> {
        self.inner.online.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Language of the messages: the one of the user's settings while somebody is logged in.
    pub(crate) fn language(&self) -> String {
        let chosen = self.session().and_then(|session| {
            session.read(|connection| {
                Ok(connection.query_row("SELECT language FROM setting WHERE only = 1", [], |row| row.get(0))?)
            })
        });
        chosen.unwrap_or_else(|_| self.inner.options.language.clone())
    }

    fn slot(&self) -> MutexGuard<'_, Option<Arc<Session>>> {
        self.inner.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
