//! Waiting for what comes to pass sooner or later.

use std::thread;
use std::time::{Duration, Instant};

use crate::RigError;

/// How long a test waits for what should take seconds, on a busy computer.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// How long until a condition is tried again.
const PAUSE: Duration = Duration::from_millis(10);

/// Waits until a condition holds. It is tried at least once.
///
/// # Errors
/// If it does not hold within the patience; the error names what was waited for.
pub fn until(what: &str, patience: Duration, condition: impl FnMut() -> bool) -> Result<(), RigError> {
    let mut condition = condition;
    found(what, patience, || condition().then_some(()))
}

/// Waits until there is something to be had.
///
/// # Errors
/// If there is nothing within the patience; the error names what was waited for.
pub fn found<T>(what: &str, patience: Duration, mut look: impl FnMut() -> Option<T>) -> Result<T, RigError> {
    let end = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if Instant::now() >= end {
            return Err(RigError::new(format!(
                "it did not come to pass in {patience:?}: {what}"
            )));
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_is_waited_for_and_what_does_not_is_named() {
        let mut left = 3;
        let come = until("zero", PATIENCE, || {
            left -= 1;
            left == 0
        });
        assert_eq!(come, Ok(()));
        let error = until("rain", Duration::ZERO, || false).unwrap_err();
        assert!(error.to_string().ends_with("rain"), "{error}");
    }
}
