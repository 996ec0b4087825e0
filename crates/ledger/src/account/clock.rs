//! Stamps: a hybrid of the wall clock and a counter.

use serde::{Deserialize, Serialize};

use crate::DeviceId;

/// How far ahead of the wall clock a stamp of another device may lie to be followed, in ms.
pub const AHEAD: u64 = 24 * 60 * 60 * 1_000;
/// The latest time that a stamp may have, in ms since 1970: in the year 2248.
pub const LATEST: u64 = (1 << 43) - 1;

/// When something was written. Later ones are greater; of two devices' at the same time, the one with the higher key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// The time, in ms since 1970, at most [`LATEST`].
    pub ms: u64,
    /// Counts within that time.
    pub counter: u32,
    /// The device that wrote.
    pub device: DeviceId,
}

/// A device's clock, which never runs behind what it has seen.
///
/// A device whose clock is wrong by years must not take everybody with it, and all must decide the same about what it
/// wrote. So registers take any stamp up to [`LATEST`], but clocks follow only stamps that lie at most [`AHEAD`] of the
/// wall clock; and what is written over a register that lies further ahead goes just beyond that, and leaves the clock
/// where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    device: DeviceId,
    ms: u64,
    counter: u32,
}

impl Clock {
    /// The clock of a device, which goes on from its last stamp if there is one.
    #[must_use]
    pub fn new(device: DeviceId, last: Option<&Stamp>) -> Self {
        Self {
            device,
            ms: last.map_or(0, |last| last.ms),
            counter: last.map_or(0, |last| last.counter),
        }
    }

    /// The latest moment that the clock has reached, from which [`Clock::new`] goes on.
    #[must_use]
    pub fn last(&self) -> Stamp {
        Stamp {
            ms: self.ms,
            counter: self.counter,
            device: self.device,
        }
    }

    /// The stamp of a write, later than all before and than the register's own (see [`super::Row::latest_of`]). `now`
    /// is the wall clock, in ms. `None` once the end of time is reached.
    pub fn stamp(&mut self, now: u64, over: Option<&Stamp>) -> Option<Stamp> {
        let now = now.min(LATEST);
        if self.ms > now.saturating_add(AHEAD) {
            // The wall clock was wrong and was set right.
            (self.ms, self.counter) = (now, 0);
        }
        let mut next = after(now, (self.ms, self.counter))?;
        if let Some(over) = over.filter(|over| (over.ms, over.counter) >= next) {
            next = after(now, (over.ms, over.counter))?;
        }
        if next.0 <= now.saturating_add(AHEAD) {
            (self.ms, self.counter) = next;
        }
        Some(Stamp {
            ms: next.0,
            counter: next.1,
            device: self.device,
        })
    }

    /// Follows the stamp of another device, unless it lies too far ahead.
    pub fn observe(&mut self, now: u64, stamp: &Stamp) {
        if stamp.ms <= now.saturating_add(AHEAD).min(LATEST) && (stamp.ms, stamp.counter) > (self.ms, self.counter) {
            (self.ms, self.counter) = (stamp.ms, stamp.counter);
        }
    }
}

/// The first moment after the last one, not before now.
fn after(now: u64, last: (u64, u32)) -> Option<(u64, u32)> {
    if now > last.0 {
        return Some((now, 0));
    }
    match last.1.checked_add(1) {
        Some(counter) => Some((last.0, counter)),
        None if last.0 < LATEST => Some((last.0.saturating_add(1), 0)),
        None => None,
    }
}
