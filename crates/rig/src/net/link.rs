//! What one link does to the frames that go over it in one direction.

use std::time::{Duration, Instant};

use fastrand::Rng;

/// What a link does to frames. The default hands them on at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions {
    /// How long every frame takes.
    pub delay: Duration,
    /// How much longer a frame takes at most; drawn evenly for each.
    pub jitter: Duration,
    /// Whether frames may overtake each other because of jitter.
    pub reorder: Reorder,
    /// Share of frames that vanish, between 0 and 1.
    pub loss: f64,
    /// Share of frames that arrive twice, between 0 and 1.
    pub duplicate: f64,
    /// Bytes a second; `None` for as many as come.
    pub rate: Option<u64>,
    /// How long a frame waits for its turn at most when there is a rate; those that would wait longer vanish.
    pub queue: Duration,
    /// Whether nothing passes. Frames on their way vanish too.
    pub cut: Cut,
}

/// Whether frames may overtake each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reorder {
    /// Each arrives when its own time has come.
    Yes,
    /// Each arrives after those that were sent before it.
    No,
}

/// Whether a link is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nothing passes.
    Yes,
    /// It is whole.
    No,
}

impl Default for Conditions {
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            reorder: Reorder::No,
            loss: 0.0,
            duplicate: 0.0,
            rate: None,
            queue: Duration::from_millis(200),
            cut: Cut::No,
        }
    }
}

/// What became of the frames that were sent over a link in one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that were sent.
    pub offered: u64,
    /// Frames that arrived, copies included.
    pub delivered: u64,
    /// Frames that vanished by loss.
    pub lost: u64,
    /// Copies that were made.
    pub duplicated: u64,
    /// Frames that vanished since the link was cut.
    pub cut: u64,
    /// Frames that vanished since too many waited, here or at the receiver.
    pub overflowed: u64,
}

impl Counters {
    /// Frames on their way.
    #[must_use]
    pub fn under_way(&self) -> u64 {
        let gone = self.delivered + self.lost + self.cut + self.overflowed;
        (self.offered + self.duplicated).saturating_sub(gone)
    }
}

/// A link in one direction.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) conditions: Conditions,
    pub(super) counters: Counters,
    random: Rng,
    /// When the frame before is through, at the rate.
    free: Instant,
    /// When the frame before arrives.
    last: Instant,
}

impl Link {
    pub(super) fn new(conditions: Conditions, seed: u64, now: Instant) -> Self {
        Self {
            conditions,
            counters: Counters::default(),
            random: Rng::with_seed(seed),
            free: now,
            last: now,
        }
    }

    /// When the copies of a frame arrive, one time for each; none if it vanishes.
    pub(super) fn offer(&mut self, length: usize, now: Instant) -> Vec<Instant> {
        // Drawn for every frame, so that the conditions of one time change nothing of what comes later.
        let (loss, duplicate) = (self.random.f64(), self.random.f64());
        self.counters.offered += 1;
        if self.conditions.cut == Cut::Yes {
            self.counters.cut += 1;
            return Vec::new();
        }
        if loss < self.conditions.loss {
            self.counters.lost += 1;
            return Vec::new();
        }
        let Some(through) = self.pass(length, now) else {
            self.counters.overflowed += 1;
            return Vec::new();
        };
        let mut arrivals = vec![self.arrival(through)];
        if duplicate < self.conditions.duplicate {
            self.counters.duplicated += 1;
            arrivals.push(self.arrival(through));
        }
        arrivals
    }

    /// When a frame has passed at the rate of the link; `None` if too many wait.
    fn pass(&mut self, length: usize, now: Instant) -> Option<Instant> {
        let Some(rate) = self.conditions.rate else {
            return Some(now);
        };
        let begin = self.free.max(now);
        if begin.duration_since(now) > self.conditions.queue {
            return None;
        }
        let nanoseconds = (length as u64).saturating_mul(1_000_000_000) / rate.max(1);
        self.free = begin + Duration::from_nanos(nanoseconds);
        Some(self.free)
    }

    fn arrival(&mut self, through: Instant) -> Instant {
        let late = self.conditions.jitter.mul_f64(self.random.f64());
        let due = through + self.conditions.delay + late;
        if self.conditions.reorder == Reorder::Yes {
            return due;
        }
        self.last = self.last.max(due);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: u64 = 20_000;

    fn run(conditions: Conditions, seed: u64) -> (Link, Vec<Duration>) {
        let start = Instant::now();
        let mut link = Link::new(conditions, seed, start);
        let mut arrivals = Vec::new();
        for number in 0..FRAMES {
            let now = start + Duration::from_micros(100 * number);
            arrivals.extend(link.offer(1_000, now).into_iter().map(|at| at - start));
        }
        (link, arrivals)
    }

    #[test]
    fn loss_and_copies_are_as_many_as_set_and_the_same_for_a_seed() {
        let conditions = Conditions {
            loss: 0.2,
            duplicate: 0.1,
            ..Conditions::default()
        };
        let (link, arrivals) = run(conditions.clone(), 7);
        // Five standard deviations.
        assert!(link.counters.lost.abs_diff(4_000) < 290, "{:?}", link.counters);
        assert!(link.counters.duplicated.abs_diff(1_600) < 200, "{:?}", link.counters);
        assert_eq!(
            arrivals.len() as u64,
            FRAMES - link.counters.lost + link.counters.duplicated
        );
        assert_eq!(run(conditions.clone(), 7).1, arrivals);
        assert_ne!(run(conditions, 8).1, arrivals);
    }

    #[test]
    fn jitter_keeps_the_order_unless_it_may_not() {
        let mut conditions = Conditions {
            delay: Duration::from_millis(50),
            jitter: Duration::from_millis(20),
            ..Conditions::default()
        };
        let (_, arrivals) = run(conditions.clone(), 1);
        assert!(arrivals.is_sorted());
        conditions.reorder = Reorder::Yes;
        let (_, arrivals) = run(conditions, 1);
        assert!(!arrivals.is_sorted());
        let late = |(number, at): (u64, &Duration)| *at - Duration::from_micros(100 * number);
        let (least, most) = (
            (0..).zip(&arrivals).map(late).min().unwrap(),
            (0..).zip(&arrivals).map(late).max().unwrap(),
        );
        assert!(
            least >= Duration::from_millis(50) && least < Duration::from_millis(51),
            "{least:?}"
        );
        assert!(
            most < Duration::from_millis(70) && most > Duration::from_millis(69),
            "{most:?}"
        );
    }

    #[test]
    fn no_more_passes_than_the_rate_and_what_waits_too_long_vanishes() {
        let conditions = Conditions {
            rate: Some(5_000_000),
            ..Conditions::default()
        };
        // Ten megabytes a second are offered for two seconds.
        let (link, arrivals) = run(conditions, 1);
        let last = *arrivals.last().unwrap();
        assert!(last <= Duration::from_millis(2_201), "{last:?}");
        assert!((10_500..=11_100).contains(&arrivals.len()), "{}", arrivals.len());
        assert_eq!(link.counters.overflowed, FRAMES - arrivals.len() as u64);
    }

    #[test]
    fn nothing_passes_a_cut_link() {
        let conditions = Conditions {
            cut: Cut::Yes,
            ..Conditions::default()
        };
        let (link, arrivals) = run(conditions, 1);
        assert_eq!((arrivals.len(), link.counters.cut), (0, FRAMES));
        assert_eq!(link.counters.under_way(), 0);
    }
}
