//! Telling work under way that nobody waits for it any more.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shared between one call and whoever may end it: the page that is gone, or a newer call that took its place.
#[derive(Clone, Default)]
pub struct Cancel(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    cancelled: bool,
    then: Vec<Box<dyn FnOnce() + Send>>,
}

impl Cancel {
    /// One that nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nobody waits any more.
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Cancels, once and for all.
    pub fn cancel(&self) {
        let then = {
            let mut state = self.lock();
            state.cancelled = true;
            std::mem::take(&mut state.then)
        };
        then.into_iter().for_each(|call| call());
    }

    /// Calls `then` on the thread that cancels, or at once if that has happened. Never called otherwise.
    pub fn on_cancel(&self, then: impl FnOnce() + Send + 'static) {
        let mut state = self.lock();
        if !state.cancelled {
            state.then.push(Box::new(then));
            return;
        }
        drop(state);
        then();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cancel").field(&self.is_cancelled()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn it_tells_once_whoever_came_first() {
        let told = Arc::new(AtomicU32::new(0));
        let tell = |told: &Arc<AtomicU32>| {
            let told = Arc::clone(told);
            move || {
                told.fetch_add(1, Ordering::Relaxed);
            }
        };
        let cancel = Cancel::new();
        cancel.on_cancel(tell(&told));
        assert!(!cancel.is_cancelled() && told.load(Ordering::Relaxed) == 0);
        cancel.clone().cancel();
        cancel.cancel();
        assert!(cancel.is_cancelled() && told.load(Ordering::Relaxed) == 1);
        cancel.on_cancel(tell(&told));
        assert_eq!(told.load(Ordering::Relaxed), 2);
    }
}
