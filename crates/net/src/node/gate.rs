//! Who comes in, and how often.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use iroh::endpoint::{Incoming, IncomingAddr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Shared;
use super::directory::Claim;
use super::limits::{Buckets, Limits};
use crate::Key;

/// Where somebody comes from, as far as that tells people apart.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Source {
    /// An IPv4 address.
    V4([u8; 4]),
    /// The first half of an IPv6 address, since the second is anybody's own choice.
    V6([u8; 8]),
    /// A key behind a relay.
    Relayed(Key),
}

impl Source {
    fn of_ip(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self::V4(ip.octets()),
            IpAddr::V6(ip) => {
                let octets = ip.octets();
                Self::V6(octets.first_chunk().copied().unwrap_or_default())
            }
        }
    }
}

/// A source that is connected.
#[derive(Debug)]
struct Here {
    connections: usize,
    /// KiB that its requests may take.
    room: Arc<Semaphore>,
}

/// Memory for a request; given back when it is dropped.
pub(super) struct Room {
    _of_source: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// What is remembered of sources.
#[derive(Debug)]
pub(super) struct Gate {
    all: usize,
    connections: HashMap<Source, Here>,
    requests: Buckets<Source>,
    bytes: Buckets<Source>,
    claims: Buckets<(Source, Key)>,
    claims_of_device: Buckets<Key>,
}

impl Gate {
    pub(super) fn new(limits: &Limits) -> Self {
        let hourly = |count: u32| Buckets::new(f64::from(count) / 3600.0, f64::from(count));
        Self {
            all: 0,
            connections: HashMap::new(),
            requests: Buckets::new(limits.requests, limits.requests_at_once),
            bytes: Buckets::new(limits.bytes, limits.bytes_at_once),
            claims: Buckets::new(f64::from(limits.claims) / 3600.0, f64::from(limits.claims)),
            claims_of_device: hourly(limits.claims_of_device),
        }
    }

    pub(super) fn connections(&self) -> usize {
        self.all
    }
}

/// The right to be connected; given back when it is dropped.
pub(super) struct Pass {
    shared: Arc<Shared>,
    pub(super) source: Source,
    room: Arc<Semaphore>,
}

/// Counts a connection in, if there is room for it.
pub(super) fn enter(shared: &Arc<Shared>, incoming: &Incoming) -> Option<Pass> {
    let source = match incoming.remote_addr() {
        IncomingAddr::Ip(address) => Source::of_ip(SocketAddr::ip(&address)),
        IncomingAddr::Relay { endpoint_id, .. } => Source::Relayed(*endpoint_id.as_bytes()),
        _ => return None,
    };
    let mut gate = shared.gate.lock().unwrap_or_else(PoisonError::into_inner);
    let limits = &shared.limits;
    if gate.all >= limits.connections {
        return None;
    }
    let here = gate.connections.entry(source).or_insert_with(|| Here {
        connections: 0,
        room: Arc::new(Semaphore::new(limits.room_of_source)),
    });
    if here.connections >= limits.connections_of_source {
        return None;
    }
    here.connections += 1;
    let room = here.room.clone();
    gate.all += 1;
    Some(Pass {
        shared: shared.clone(),
        source,
        room,
    })
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut gate = self.shared.gate.lock().unwrap_or_else(PoisonError::into_inner);
        gate.all = gate.all.saturating_sub(1);
        if let Some(here) = gate.connections.get_mut(&self.source) {
            here.connections = here.connections.saturating_sub(1);
            if here.connections == 0 {
                gate.connections.remove(&self.source);
            }
        }
    }
}

impl Pass {
    /// Whether the source may ask once more.
    pub(super) fn may_ask(&self) -> bool {
        let mut gate = self.shared.gate.lock().unwrap_or_else(PoisonError::into_inner);
        gate.requests.take(self.source, 1.0, Instant::now()).is_ok()
    }

    /// Memory for a request of so many bytes, waited for: first that of the source, so that one that takes all of its own takes
    /// none of others'.
    pub(super) async fn room(&self, bytes: usize) -> Option<Room> {
        let kib = u32::try_from(bytes.div_ceil(1024).max(1)).ok()?;
        Some(Room {
            _of_source: self.room.clone().acquire_many_owned(kib).await.ok()?,
            _of_all: self.shared.room.clone().acquire_many_owned(kib).await.ok()?,
        })
    }

    /// Counts bytes that the source sent. Answers how long it must wait before that is within its bounds.
    pub(super) fn sent(&self, bytes: usize) -> Result<(), Duration> {
        let mut gate = self.shared.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = u32::try_from(bytes).map_or(f64::MAX, f64::from);
        gate.bytes.take(self.source, bytes, Instant::now())
    }

    /// Which key of a device the source may have.
    pub(super) fn claim(&self, device: Key) -> Claim {
        let mut gate = self.shared.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let may = gate.claims.take((self.source, device), 1.0, now).is_ok()
            && gate.claims_of_device.take(device, 1.0, now).is_ok();
        if may { Claim::OneTime } else { Claim::Fallback }
    }
}
