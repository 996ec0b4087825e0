//! How much others may do, and how often a device is dialled that does not answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::endpoint::Key;
use crate::node::limits::Buckets;

/// Connections that others made at once.
const INBOUND: usize = 256;
/// Those of strangers among them.
const STRANGERS: usize = 64;
/// Memory in KiB for requests of known devices that are read or handled at once.
const ROOM: usize = 64 * 1024;
/// The same of strangers.
const STRANGER_ROOM: usize = 8 * 1024;
/// First pause after a device did not answer; doubled each time.
const PAUSE: Duration = Duration::from_millis(250);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Devices that did not answer and are remembered.
const MISSED: usize = 10_000;

/// Requests and bytes by source.
struct Rates {
    requests: Buckets<Key>,
    bytes: Buckets<Key>,
}

impl Rates {
    fn new(requests: (f64, f64), bytes: (f64, f64)) -> Self {
        Self {
            requests: Buckets::new(requests.0, requests.1),
            bytes: Buckets::new(bytes.0, bytes.1),
        }
    }

    fn take(&mut self, device: Key, bytes: usize) -> bool {
        let now = Instant::now();
        self.requests.take(device, 1.0, now).is_ok() && self.bytes.take(device, bytes as f64, now).is_ok()
    }
}

/// Pause of a device that did not answer, and until when it lasts.
type Missed = HashMap<Key, (Duration, Instant)>;

/// All bounds of one peer.
pub(super) struct Bounds {
    inbound: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    room: Semaphore,
    stranger_room: Semaphore,
    known: Mutex<Rates>,
    stranger: Mutex<Rates>,
    datagrams: Mutex<Buckets<Key>>,
    missed: Mutex<Missed>,
}

impl Default for Bounds {
    fn default() -> Self {
        const MIB: f64 = 1024.0 * 1024.0;
        Self {
            inbound: Arc::new(Semaphore::new(INBOUND)),
            strangers: Arc::new(Semaphore::new(STRANGERS)),
            room: Semaphore::new(ROOM),
            stranger_room: Semaphore::new(STRANGER_ROOM),
            known: Mutex::new(Rates::new((5000.0, 20_000.0), (64.0 * MIB, 512.0 * MIB))),
            stranger: Mutex::new(Rates::new((5.0, 20.0), (MIB / 16.0, MIB))),
            datagrams: Mutex::new(Buckets::new(50.0, 200.0)),
            missed: Mutex::default(),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bounds {
    /// A place for a connection that somebody makes.
    pub(super) fn inbound(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.inbound).try_acquire_owned().ok()
    }

    /// A place for a stranger's connection.
    pub(super) fn stranger(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.strangers).try_acquire_owned().ok()
    }

    /// Memory for a request of so many bytes, waited for; `None` if the device has sent too much of late.
    pub(super) async fn room(&self, device: Key, known: bool, bytes: usize) -> Option<SemaphorePermit<'_>> {
        let (rates, room) = if known {
            (&self.known, &self.room)
        } else {
            (&self.stranger, &self.stranger_room)
        };
        if !locked(rates).take(device, bytes) {
            return None;
        }
        room.acquire_many(u32::try_from(bytes.div_ceil(1024)).ok()?).await.ok()
    }

    /// Whether one more datagram of a device is taken.
    pub(super) fn datagram(&self, device: Key) -> bool {
        locked(&self.datagrams).take(device, 1.0, Instant::now()).is_ok()
    }

    /// Whether a device may be dialled now.
    pub(super) fn may_dial(&self, device: &Key) -> bool {
        locked(&self.missed)
            .get(device)
            .is_none_or(|(_, until)| *until <= Instant::now())
    }

    /// A device did not answer.
    pub(super) fn missed(&self, device: &Key) {
        let now = Instant::now();
        let mut missed = locked(&self.missed);
        if missed.len() >= MISSED {
            missed.retain(|_, (_, until)| *until > now);
            if missed.len() >= MISSED {
                missed.clear();
            }
        }
        let (pause, until) = missed.entry(*device).or_insert((PAUSE / 2, now));
        *pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        *until = now + *pause;
    }

    /// A device is there, or may be at another place.
    pub(super) fn reached(&self, device: &Key) {
        locked(&self.missed).remove(device);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_answer_is_left_alone_for_longer_and_longer() {
        let bounds = Bounds::default();
        let device = [1; 32];
        assert!(bounds.may_dial(&device));
        let pause = |bounds: &Bounds| bounds.missed.lock().unwrap()[&device].0;
        for times in [1, 2, 4] {
            bounds.missed(&device);
            assert!(!bounds.may_dial(&device));
            assert_eq!(pause(&bounds), PAUSE * times);
        }
        for _ in 0..20 {
            bounds.missed(&device);
        }
        assert_eq!(pause(&bounds), LONGEST_PAUSE);
        bounds.reached(&device);
        assert!(bounds.may_dial(&device));
    }

    #[tokio::test]
    async fn strangers_get_less() {
        let bounds = Bounds::default();
        let mut given = 0;
        while bounds.room([1; 32], false, 1000).await.is_some() {
            given += 1;
        }
        assert!((20..30).contains(&given), "{given}");
        assert!(bounds.room([2; 32], false, 1000).await.is_some());
        for _ in 0..1000 {
            assert!(bounds.room([1; 32], true, 1000).await.is_some());
        }
    }
}
