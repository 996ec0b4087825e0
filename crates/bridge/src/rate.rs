//! How fast one app may call.

use std::time::Instant;

use crate::code::{BridgeError, Code};
use crate::limits::{CALLS_BURST, CALLS_PER_SECOND};

/// Counts calls: a burst after a rest, then as many a second as come back.
#[derive(Debug, Default)]
pub(crate) struct Rate(Option<(f64, Instant)>);

impl Rate {
    /// Takes one call at a moment.
    ///
    /// # Errors
    /// 30100 when there were too many before it.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), BridgeError> {
        let burst = f64::from(CALLS_BURST);
        let left = self.0.map_or(burst, |(left, last)| {
            let rested = now.saturating_duration_since(last).as_secs_f64();
            (left + rested * f64::from(CALLS_PER_SECOND)).min(burst)
        });
        let granted = left >= 1.0;
        self.0 = Some((if granted { left - 1.0 } else { left }, now));
        granted.then_some(()).ok_or_else(|| {
            BridgeError::new(
                Code::Failed,
                format!("too many calls: at most {CALLS_PER_SECOND} a second are accepted; call less often"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_passes_and_then_as_many_as_the_rate_allows() {
        let mut rate = Rate::default();
        let start = Instant::now();
        let passed = |rate: &mut Rate, at: Instant, calls: u32| (0..calls).filter(|_| rate.take(at).is_ok()).count();
        assert_eq!(passed(&mut rate, start, 10_000), 3_000);
        assert_eq!(passed(&mut rate, start + Duration::from_millis(500), 10_000), 500);
        assert_eq!(passed(&mut rate, start + Duration::from_secs(60), 10_000), 3_000);
        // A clock that stands still or goes back gives nothing.
        assert_eq!(passed(&mut rate, start, 1), 0);
    }
}
