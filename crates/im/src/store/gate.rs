//! Lets users of a store in until it is closed, and tells when the last one has left.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::{Code, Outcome};

/// The way into a store.
#[derive(Debug)]
pub(super) struct Gate {
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Debug)]
struct State {
    open: bool,
    inside: usize,
}

/// Somebody inside; leaves when dropped.
#[derive(Debug)]
pub(super) struct Inside<'a>(&'a Gate);

impl Default for Gate {
    fn default() -> Self {
        Self {
            state: Mutex::new(State { open: true, inside: 0 }),
            left: Condvar::new(),
        }
    }
}

impl Gate {
    /// Goes in; who is inside may go in again.
    ///
    /// # Errors
    /// 20061 if the gate was closed.
    pub(super) fn enter(&self) -> Outcome<Inside<'_>> {
        let mut state = self.lock();
        if !state.open {
            return Err(Code::NOT_LOGGED_IN.into());
        }
        state.inside += 1;
        Ok(Inside(self))
    }

    /// Lets nobody in any more, and waits until nobody is inside.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.open = false;
        while state.inside > 0 {
            state = self.left.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether the gate was not closed yet.
    pub(super) fn is_open(&self) -> bool {
        self.lock().open
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.lock().inside -= 1;
        self.0.left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn closing_waits_for_who_is_inside_and_keeps_others_out() {
        let gate = Gate::default();
        let (closed, is_closed) = mpsc::channel();
        let inside = gate.enter().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                gate.close();
                closed.send(()).unwrap();
            });
            while gate.is_open() {
                std::thread::yield_now();
            }
            assert_eq!(gate.enter().unwrap_err().code, Code::NOT_LOGGED_IN);
            assert!(is_closed.try_recv().is_err());
            drop(inside);
            is_closed.recv().unwrap();
        });
    }
}
