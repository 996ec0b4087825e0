//! What the person meets outside the windows: notifications, the icon in the tray, links that open the program, files dropped on
//! it, camera and microphone. What it says comes from the page, which knows the language and what may be told.

pub(crate) mod links;
pub(crate) mod notify;
pub(crate) mod recording;
pub(crate) mod tray;

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use links::Links;
use notify::Notifications;
use tray::Tray;

/// What the program shows on the desktop, and what waits for the page.
#[derive(Default)]
pub(crate) struct Desktop {
    pub(crate) notifications: Notifications,
    pub(crate) tray: Tray,
    pub(crate) links: Links,
    /// Whether the page takes files that are dropped; else they are installed.
    pub(crate) takes_files: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
