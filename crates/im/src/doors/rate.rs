//! How fast requests may come.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counts requests: a burst after a rest, then as many a second as come back.
#[derive(Debug)]
pub(super) struct Rate {
    per_second: f64,
    burst: f64,
    /// What is left, and when that was so.
    left: Mutex<Option<(f64, Instant)>>,
}

impl Rate {
    pub(super) fn new(per_second: u32, burst: u32) -> Self {
        Self {
            per_second: f64::from(per_second.max(1)),
            burst: f64::from(burst.max(1)),
            left: Mutex::new(None),
        }
    }

    /// Takes one request at a moment, or says after how long there will be one to take.
    pub(super) fn take(&self, now: Instant) -> Result<(), Duration> {
        let mut state = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, last) = state.map_or((self.burst, now), |(left, last)| {
            let rested = now.saturating_duration_since(last).as_secs_f64();
            ((left + rested * self.per_second).min(self.burst), now.max(last))
        });
        let granted = left >= 1.0;
        *state = Some((if granted { left - 1.0 } else { left }, last));
        if granted {
            Ok(())
        } else {
            Err(Duration::from_secs_f64((1.0 - left) / self.per_second))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_as_many_as_the_rate_allows() {
        let rate = Rate::new(1_000, 3_000);
        let start = Instant::now();
        let passed = |at: Instant, requests: u32| (0..requests).filter(|_| rate.take(at).is_ok()).count();
        assert_eq!(passed(start, 10_000), 3_000);
        assert_eq!(passed(start + Duration::from_millis(500), 10_000), 500);
        let wait = rate.take(start + Duration::from_millis(500)).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(1), "{wait:?}");
        assert_eq!(passed(start + Duration::from_secs(60), 10_000), 3_000);
        // A clock that stands still or goes back gives nothing.
        assert_eq!(passed(start, 1), 0);
        assert_eq!(passed(start + Duration::from_secs(60), 1), 0);
    }
}
