//! Hands events to whoever listens, without ever waiting for a listener.

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::Event;

/// Events that a listener may be behind before it misses some.
const BACKLOG: usize = 4_096;
/// Most events in one batch.
const BATCH: usize = 256;

/// Where events are told.
#[derive(Debug, Clone)]
pub struct Bus {
    sender: broadcast::Sender<Event>,
}

/// One listener's place.
#[derive(Debug)]
pub struct Subscription {
    receiver: broadcast::Receiver<Event>,
}

/// What a listener gets at once.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Events in the order in which they happened.
    pub events: Vec<Event>,
    /// How many older events were missed before these, because the listener was too slow. It should then ask for
    /// everything it shows again.
    pub missed: u64,
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(BACKLOG),
        }
    }
}

impl Bus {
    /// Tells an event to all listeners.
    pub fn tell(&self, event: Event) {
        // Without listeners there is nobody to tell.
        let _ = self.sender.send(event);
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> Subscription {
        Subscription {
            receiver: self.sender.subscribe(),
        }
    }
}

impl Subscription {
    /// Waits for events and takes all that are there, at most 256; `None` when the engine is gone.
    pub async fn next(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        while batch.events.is_empty() && batch.missed == 0 {
            match self.receiver.recv().await {
                Ok(event) => batch.events.push(event),
                Err(RecvError::Lagged(missed)) => batch.missed += missed,
                Err(RecvError::Closed) => return None,
            }
        }
        self.take_more(&mut batch);
        Some(batch)
    }

    /// Takes the events that are there, without waiting.
    pub fn take(&mut self) -> Batch {
        let mut batch = Batch::default();
        self.take_more(&mut batch);
        batch
    }

    fn take_more(&mut self, batch: &mut Batch) {
        while batch.events.len() < BATCH {
            match self.receiver.try_recv() {
                Ok(event) => batch.events.push(event),
                // Events that were taken before the gap are kept; the gap then ends this batch.
                Err(TryRecvError::Lagged(missed)) => batch.missed += missed,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }
}
