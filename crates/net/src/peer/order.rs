//! Keeps what belongs to one device in its order.

use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, oneshot};

use super::Inner;
use crate::endpoint::Key;

/// The place of a stream among those of its connection.
pub(super) struct Order {
    /// Ends when all before are done.
    pub(super) before: oneshot::Receiver<()>,
    /// Dropped when this is done.
    pub(super) done: oneshot::Sender<()>,
}

impl Order {
    /// Waits until all before are done. Those that follow wait until what is returned is dropped.
    pub(super) async fn turn(self) -> oneshot::Sender<()> {
        // Nothing is ever sent: the other half is dropped.
        let _ = self.before.await;
        self.done
    }

    /// Needs no turn: those that follow wait for those before.
    pub(super) fn pass(self) {
        tokio::spawn(async move { drop(self.turn().await) });
    }
}

/// A place in the queue for streams to a device; forgotten when nobody queues any more.
pub(super) struct Turn<'a> {
    inner: &'a Inner,
    device: Key,
    pub(super) lock: Arc<AsyncMutex<()>>,
}

impl<'a> Turn<'a> {
    pub(super) fn of(inner: &'a Inner, device: &Key) -> Self {
        let mut turns = inner.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = Arc::clone(turns.entry(*device).or_default());
        Self {
            inner,
            device: *device,
            lock,
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut turns = self.inner.turns.lock().unwrap_or_else(PoisonError::into_inner);
        // One here, one in the map.
        if Arc::strong_count(&self.lock) <= 2 {
            turns.remove(&self.device);
        }
    }
}
