//! Which apps have a window, by the window's label.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use coco_bridge::{App, Session};
use coco_keys::Address;

use super::label_of;
use super::running::{Running, development_label_of};
use crate::shell::wire::WindowState;

/// The apps' windows.
#[derive(Default)]
pub(crate) struct Windows(Mutex<Registry>);

#[derive(Default)]
struct Registry {
    next: u64,
    open: BTreeMap<String, Open>,
}

/// Tells two windows that had the same label, one after the other, apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn(u64);

struct Open {
    turn: Turn,
    running: Arc<Running>,
    session: Option<Arc<Session>>,
    state: WindowState,
    /// Whether the page that loads next is the one that says that the app's page has died.
    crash_page: bool,
}

impl Windows {
    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a label for an app that is about to be opened; `None` if it is taken already.
    pub(crate) fn reserve(&self, running: Arc<Running>) -> Option<Turn> {
        let label = running.label();
        let mut windows = self.lock();
        if windows.open.contains_key(&label) {
            return None;
        }
        let turn = Turn(windows.next);
        windows.next += 1;
        let open = Open {
            turn,
            running,
            session: None,
            state: WindowState::Opening,
            crash_page: false,
        };
        windows.open.insert(label, open);
        Some(turn)
    }

    /// Whether an app has a label, its window be it open or about to be.
    pub(crate) fn has(&self, label: &str) -> bool {
        self.lock().open.contains_key(label)
    }

    /// Gives a window the session that answers its page.
    pub(crate) fn attach(&self, label: &str, session: Session) {
        if let Some(open) = self.lock().open.get_mut(label) {
            open.session = Some(Arc::new(session));
        }
    }

    /// Gives a window another version of its app.
    pub(crate) fn replace(&self, label: &str, running: Arc<Running>, session: Session) {
        let mut windows = self.lock();
        let former = windows.open.get_mut(label).and_then(|open| {
            (open.running, open.state) = (running, WindowState::Opening);
            open.session.replace(Arc::new(session))
        });
        drop(windows);
        // Outside the lock: ending a session answers calls.
        drop(former);
    }

    /// Forgets the window that has a label now. Its session ends when the last call that uses it has.
    pub(crate) fn remove(&self, label: &str) {
        let removed = self.lock().open.remove(label);
        // Outside the lock: ending a session answers calls.
        drop(removed);
    }

    /// Forgets a window that is gone; `false` if it was forgotten before, and the label may be another's by now.
    pub(crate) fn gone(&self, label: &str, turn: Turn) -> bool {
        let mut windows = self.lock();
        let current = windows.open.get(label).is_some_and(|open| open.turn == turn);
        let removed = current.then(|| windows.open.remove(label)).flatten();
        drop(windows);
        drop(removed);
        current
    }

    /// Changes what a window is doing; `false` if it was doing that already, or is none.
    pub(crate) fn set_state(&self, label: &str, state: WindowState) -> bool {
        self.lock()
            .open
            .get_mut(label)
            .is_some_and(|open| std::mem::replace(&mut open.state, state) != state)
    }

    /// The page has died, and one that says so is about to be shown.
    pub(crate) fn crashed(&self, label: &str) {
        if let Some(open) = self.lock().open.get_mut(label) {
            (open.state, open.crash_page) = (WindowState::Crashed, true);
        }
    }

    /// Whether the page that has just loaded is the one that says that the app's page has died.
    pub(crate) fn take_crash_page(&self, label: &str) -> bool {
        self.lock()
            .open
            .get_mut(label)
            .is_some_and(|open| std::mem::take(&mut open.crash_page))
    }

    /// The app that a window belongs to, as it was when it was opened.
    pub(crate) fn app(&self, label: &str) -> Option<Arc<dyn App>> {
        self.running(label).map(|running| Arc::clone(running.app()))
    }

    /// What a window shows.
    pub(crate) fn running(&self, label: &str) -> Option<Arc<Running>> {
        self.lock().open.get(label).map(|open| Arc::clone(&open.running))
    }

    /// Everything that has a window, with what that window is doing.
    pub(crate) fn all(&self) -> Vec<(Arc<Running>, WindowState)> {
        let windows = self.lock();
        let open = windows.open.values();
        open.map(|open| (Arc::clone(&open.running), open.state)).collect()
    }

    /// The label of the window that belongs to an address: that of a developer's work if there is one, since whoever
    /// develops an app has it in front of them.
    pub(crate) fn label_for(&self, address: &Address) -> String {
        let development = development_label_of(address);
        if self.has(&development) {
            development
        } else {
            label_of(address)
        }
    }

    /// The session that answers a window's page.
    pub(crate) fn session(&self, label: &str) -> Option<Arc<Session>> {
        self.lock().open.get(label).and_then(|open| open.session.clone())
    }

    /// What an app's window is doing.
    pub(crate) fn state(&self, address: &Address) -> WindowState {
        self.lock()
            .open
            .get(&label_of(address))
            .map_or(WindowState::Closed, |open| open.state)
    }
}
