//! Lets what a password does not show by how long it takes.

use std::time::{Duration, Instant};

use coco_keys::Cost;

/// Measures from the end of a password's derivation, and holds the answer back until a whole number of steps has passed.
///
/// The derivation itself takes the same time for every password. What follows does not: a wrong one is done at once, a
/// right one opens the database, and the wipe's makes a new one. All of that takes far less than one step, so that all
/// of them are answered at the same moment; where a slow disk needs longer, what shows is a number of steps at most.
#[derive(Debug)]
pub(super) struct Pace {
    begun: Instant,
    step: Duration,
}

impl Pace {
    /// Begins to measure.
    pub(super) fn begin(cost: Cost) -> Self {
        let step = match cost {
            Cost::Standard => Duration::from_millis(200),
            Cost::Cheap => Duration::ZERO,
        };
        Self {
            begun: Instant::now(),
            step,
        }
    }

    /// Waits for the end of the step that is under way.
    pub(super) fn end(self) {
        std::thread::sleep(rest(self.begun.elapsed(), self.step));
    }
}

/// What is missing to a whole number of steps, at least one.
fn rest(passed: Duration, step: Duration) -> Duration {
    let (passed, step) = (passed.as_nanos(), step.as_nanos());
    let whole = passed.div_ceil(step.max(1)).max(1) * step;
    Duration::from_nanos(u64::try_from(whole.saturating_sub(passed)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_ends_with_a_step() {
        let rest = |passed, step| rest(Duration::from_millis(passed), Duration::from_millis(step)).as_millis();
        for passed in 0..=200 {
            assert_eq!(u128::from(passed) + rest(passed, 200), 200);
        }
        assert_eq!(rest(201, 200), 199);
        assert_eq!(rest(1_000, 200), 0);
        assert_eq!(rest(7, 0), 0);
    }
}
