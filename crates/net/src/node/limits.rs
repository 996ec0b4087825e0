//! How much a node does for whom.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// What a node allows. A source is an IPv4 address, the first half of an IPv6 address, or a key behind a relay.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at the same time.
    pub connections: usize,
    /// Connections of one source at the same time.
    pub connections_of_source: usize,
    /// Requests of one source in a second, on average.
    pub requests: f64,
    /// Requests of one source at once, after it was quiet.
    pub requests_at_once: f64,
    /// Bytes that one source sends in a second, on average.
    pub bytes: f64,
    /// Bytes of one source at once, after it was quiet.
    pub bytes_at_once: f64,
    /// KiB of requests of one source that are being read or answered at the same time.
    pub room_of_source: usize,
    /// The same of all sources.
    pub room: usize,
    /// Answers that are being made at the same time.
    pub under_way: usize,
    /// One-time keys of one device that one source gets in an hour; then it gets the fallback.
    pub claims: u32,
    /// One-time keys of one device that all get together in an hour.
    pub claims_of_device: u32,
    /// Bytes of the files of one user.
    pub quota: u64,
    /// Users whom the node serves at most.
    pub users: u64,
    /// Names of groups that one user may register.
    pub group_names: u64,
    /// For how long the place of a device is remembered.
    pub announced: Duration,
    /// For how long a stream may be quiet in the middle of a request.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 20_000,
            connections_of_source: 256,
            requests: 500.0,
            requests_at_once: 5000.0,
            bytes: 64.0 * 1024.0 * 1024.0,
            bytes_at_once: 512.0 * 1024.0 * 1024.0,
            room_of_source: 16 * 1024,
            room: 256 * 1024,
            under_way: 1024,
            claims: 10,
            claims_of_device: 60,
            quota: 10 * 1024 * 1024 * 1024,
            users: 1_000_000,
            group_names: 100,
            announced: Duration::from_secs(600),
            patience: Duration::from_secs(20),
        }
    }
}

/// Something that flows in steadily and is taken out in pieces.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    filled: f64,
    at: Instant,
}

/// Buckets of many sources. The fullest are forgotten first, since a forgotten one begins full.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    rate: f64,
    capacity: f64,
    buckets: HashMap<K, Bucket>,
}

/// Sources whose buckets are remembered.
const SOURCES: usize = 65_536;

impl<K: Copy + Eq + Hash> Buckets<K> {
    pub(crate) fn new(rate: f64, capacity: f64) -> Self {
        Self {
            rate,
            capacity,
            buckets: HashMap::new(),
        }
    }

    /// Takes out an amount, or tells after how long that much will be there.
    pub(crate) fn take(&mut self, source: K, amount: f64, now: Instant) -> Result<(), Duration> {
        let (rate, capacity) = (self.rate, self.capacity);
        let level = |bucket: &Bucket| {
            let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
            (bucket.filled + passed * rate).min(capacity)
        };
        if self.buckets.len() >= SOURCES {
            self.buckets.retain(|_, bucket| level(bucket) < capacity);
            if self.buckets.len() >= SOURCES {
                self.buckets.clear();
            }
        }
        let bucket = self.buckets.entry(source).or_insert(Bucket {
            filled: capacity,
            at: now,
        });
        bucket.filled = level(bucket);
        bucket.at = now;
        if bucket.filled < amount {
            return Err(Duration::from_secs_f64(((amount - bucket.filled) / rate).min(3600.0)));
        }
        bucket.filled -= amount;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_flows_back() {
        let mut buckets = Buckets::new(10.0, 100.0);
        let begin = Instant::now();
        assert_eq!(buckets.take('a', 100.0, begin), Ok(()));
        assert_eq!(buckets.take('a', 5.0, begin), Err(Duration::from_millis(500)));
        assert_eq!(buckets.take('b', 5.0, begin), Ok(()));
        assert_eq!(buckets.take('a', 5.0, begin + Duration::from_millis(500)), Ok(()));
        assert!(buckets.take('a', 101.0, begin + Duration::from_secs(60)).is_err());
    }
}
