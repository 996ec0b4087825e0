//! How often a bot may be asked, and which requests it answered already.

use std::collections::{HashSet, VecDeque};

use subtle::ConstantTimeEq as _;

use crate::protocol::Signature;

/// Seconds' worth of requests that may come at once.
const BURST: f64 = 5.0;
/// Signatures that are remembered at most; when there are more, the oldest is forgotten, and its request could be answered again.
const REMEMBERED: usize = 100_000;

/// What is remembered of requests to one bot.
pub(super) struct Guard {
    /// Requests that may still come, and since when, in ms.
    left: Option<(f64, u64)>,
    seen: HashSet<Signature>,
    /// The same by when they are forgotten, in ms.
    order: VecDeque<(u64, Signature)>,
}

impl Guard {
    pub(super) fn new() -> Self {
        Self {
            left: None,
            seen: HashSet::new(),
            order: VecDeque::new(),
        }
    }

    /// Whether one more may come, of so many a second; 0 is as many as there are.
    pub(super) fn may(&mut self, a_second: u32, now: u64) -> bool {
        if a_second == 0 {
            return true;
        }
        let rate = f64::from(a_second);
        let (left, since) = self.left.unwrap_or((rate * BURST, now));
        let left = (left + now.saturating_sub(since) as f64 / 1000.0 * rate).min(rate * BURST);
        let may = left >= 1.0;
        self.left = Some((if may { left - 1.0 } else { left }, now));
        may
    }

    /// Whether a signature is seen for the first time; it is remembered until some time.
    pub(super) fn is_new(&mut self, signature: Signature, until: u64, now: u64) -> bool {
        while let Some((first, _)) = self.order.front()
            && (*first < now || self.order.len() > REMEMBERED)
        {
            if let Some((_, old)) = self.order.pop_front() {
                self.seen.remove(&old);
            }
        }
        let is_new = self.seen.insert(signature);
        if is_new {
            self.order.push_back((until, signature));
        }
        is_new
    }
}

/// Whether two texts are the same, without telling by the time it takes how much of them is.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_new_once_and_forgotten_in_time() {
        let mut guard = Guard::new();
        assert!(guard.is_new([1; 32], 1_000, 0));
        assert!(!guard.is_new([1; 32], 1_000, 500));
        assert!(guard.is_new([2; 32], 2_000, 1_500));
        assert_eq!(guard.seen.len(), 1);
        assert!(guard.is_new([1; 32], 3_000, 1_600));
    }

    #[test]
    fn so_many_may_come_a_second() {
        let mut guard = Guard::new();
        let at_once = (0..100).filter(|_| guard.may(10, 0)).count();
        assert_eq!(at_once, 50);
        assert_eq!((0..100).filter(|_| guard.may(10, 1_000)).count(), 10);
        assert!((0..100).all(|_| guard.may(0, 1_000)));
    }
}
