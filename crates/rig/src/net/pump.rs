//! The threads that take frames and hand them on.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};
use std::io::{ErrorKind, PipeReader};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use tappers::Tap;

use super::link::Link;
use super::{Conditions, Counters, Cut};
use crate::RigError;
use crate::traffic::Capture;

/// Longest frame that is taken.
const LONGEST: usize = 65_536;
/// How long the carrier sleeps when there is nothing to do.
const IDLE: Duration = Duration::from_secs(60);

/// Frames on their way between the ports of a network, and the links between these.
#[derive(Debug)]
pub(super) struct Pump {
    state: Mutex<State>,
    wake: Condvar,
}

struct State {
    seed: u64,
    taps: Vec<Arc<Tap>>,
    /// By sender and receiver.
    links: BTreeMap<(u16, u16), Link>,
    /// Of links that are made later.
    conditions: Conditions,
    under_way: BinaryHeap<Reverse<Due>>,
    number: u64,
    capture: Option<Capture>,
    closed: bool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("links", &self.links)
            .finish_non_exhaustive()
    }
}

/// A frame that arrives at a time.
struct Due {
    at: Instant,
    /// Of two that arrive at once, the lower is first.
    number: u64,
    link: (u16, u16),
    frame: Arc<[u8]>,
}

impl Due {
    fn rank(&self) -> (Instant, u64) {
        (self.at, self.number)
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl Pump {
    pub(super) fn new(seed: u64, capture: Option<Capture>) -> Self {
        let state = State {
            seed,
            taps: Vec::new(),
            links: BTreeMap::new(),
            conditions: Conditions::default(),
            under_way: BinaryHeap::new(),
            number: 0,
            capture,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            wake: Condvar::new(),
        }
    }

    /// The number of the port that is added next; the first is 1.
    pub(super) fn next_port(&self) -> u16 {
        u16::try_from(self.state().taps.len() + 1).unwrap_or(u16::MAX)
    }

    /// Adds a port, with links from and to every other.
    pub(super) fn add(&self, tap: Arc<Tap>) {
        let port = self.next_port();
        let mut state = self.state();
        let now = Instant::now();
        for other in 1..port {
            for pair in [(port, other), (other, port)] {
                let seed = state.seed ^ (u64::from(pair.0) << 32) ^ (u64::from(pair.1) << 16);
                let link = Link::new(state.conditions.clone(), seed, now);
                state.links.insert(pair, link);
            }
        }
        state.taps.push(tap);
    }

    /// Changes the conditions of the links that are meant.
    pub(super) fn change(&self, meant: impl Fn((u16, u16)) -> bool, change: impl Fn(&mut Conditions)) {
        let mut state = self.state();
        let links = state.links.iter_mut().filter(|(pair, _)| meant(**pair));
        links.for_each(|(_, link)| change(&mut link.conditions));
    }

    /// Sets the conditions of all links, and of those that are made later.
    pub(super) fn set_all(&self, conditions: &Conditions) {
        self.state().conditions.clone_from(conditions);
        self.change(|_| true, |old| old.clone_from(conditions));
    }

    pub(super) fn counters(&self, pair: (u16, u16)) -> Counters {
        self.state()
            .links
            .get(&pair)
            .map(|link| link.counters)
            .unwrap_or_default()
    }

    pub(super) fn flush(&self) -> Result<(), RigError> {
        self.state().capture.as_mut().map_or(Ok(()), Capture::flush)
    }

    /// Ends the thread that carries.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.wake.notify_all();
    }

    /// Takes frames of a port until the pipe is closed or the device is gone.
    pub(super) fn listen(&self, port: u16, tap: &Tap, stop: &PipeReader) {
        let mut buffer = vec![0; LONGEST];
        loop {
            match tap.recv(&mut buffer) {
                Ok(length) => self.take(port, buffer.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let mut both = [PollFd::new(tap, PollFlags::IN), PollFd::new(stop, PollFlags::IN)];
                    let waited = poll(&mut both, None);
                    let [_, stop] = &both;
                    if !stop.revents().is_empty() || waited.is_err_and(|error| error != rustix::io::Errno::INTR) {
                        return;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    /// Puts a frame on its way.
    fn take(&self, from: u16, frame: &[u8]) {
        let now = Instant::now();
        let mut state = self.state();
        let state = &mut *state;
        if let Some(answer) = whereabouts(frame) {
            let _ = port(&state.taps, from).map(|tap| tap.send(&answer));
            return;
        }
        if let Some(capture) = &mut state.capture {
            capture.keep(frame);
        }
        let only = receiver(frame);
        let shared: Arc<[u8]> = Arc::from(frame);
        let links = state
            .links
            .iter_mut()
            .filter(|((sender, to), _)| *sender == from && only.is_none_or(|only| only == *to));
        for (pair, link) in links {
            for at in link.offer(frame.len(), now) {
                state.number += 1;
                state.under_way.push(Reverse(Due {
                    at,
                    number: state.number,
                    link: *pair,
                    frame: Arc::clone(&shared),
                }));
            }
        }
        self.wake.notify_all();
    }

    /// Hands on what has arrived, until it is closed.
    pub(super) fn carry(&self) {
        let mut state = self.state();
        while !state.closed {
            let now = Instant::now();
            let next = state.under_way.peek().map(|Reverse(due)| due.at);
            let wait = next.map_or(IDLE, |at| at.saturating_duration_since(now));
            if !wait.is_zero() {
                let waited = self.wake.wait_timeout(state, wait);
                (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            if let Some(Reverse(due)) = state.under_way.pop() {
                hand_on(&mut state, &due);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hand_on(state: &mut State, due: &Due) {
    let tap = port(&state.taps, due.link.1);
    let (Some(tap), Some(link)) = (tap, state.links.get_mut(&due.link)) else {
        return;
    };
    if link.conditions.cut == Cut::Yes {
        link.counters.cut += 1;
    } else if tap.send(&due.frame).is_ok() {
        link.counters.delivered += 1;
    } else {
        link.counters.overflowed += 1;
    }
}

fn port(taps: &[Arc<Tap>], number: u16) -> Option<&Arc<Tap>> {
    taps.get(usize::from(number).checked_sub(1)?)
}

/// The answer to a frame that asks which hardware has an address (ARP); `None` for every other frame.
///
/// The links stand for long ways through other networks, on which only packets are lost. So whoever is cut off still has
/// somewhere to send packets to, and hears nothing, not even that there is nobody.
fn whereabouts(frame: &[u8]) -> Option<[u8; 42]> {
    const REQUEST: [u8; 10] = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1];
    if frame.get(12..22)? != REQUEST {
        return None;
    }
    let asking: &[u8; 10] = frame.get(22..32)?.first_chunk()?;
    let address: &[u8; 4] = frame.get(38..42)?.first_chunk()?;
    let [10, 77, high, low] = *address else { return None };
    let hardware = [0x02, 0xc0, 0xc0, 0, high, low];
    let parts: [&[u8]; 6] = [
        asking.first_chunk::<6>()?,
        &hardware,
        &REQUEST[..9],
        &[2],
        &hardware,
        address,
    ];
    let mut answer = [0; 42];
    for (to, from) in answer.iter_mut().zip(parts.into_iter().flatten().chain(asking)) {
        *to = *from;
    }
    Some(answer)
}

/// The only port that a frame is for; `None` if it is for all.
fn receiver(frame: &[u8]) -> Option<u16> {
    match frame {
        [0x02, 0xc0, 0xc0, 0x00, high, low, ..] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_for_an_address_is_told_where_it_is() {
        let request = "ffffffffffff02c0c000000208060001080006040001\
                       02c0c00000020a4d00020000000000000a4d0007";
        let answer = "02c0c000000202c0c000000708060001080006040002\
                      02c0c00000070a4d000702c0c00000020a4d0002";
        let bytes = |text: &str| -> Vec<u8> {
            let pairs = text.as_bytes().chunks(2);
            pairs
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect()
        };
        assert_eq!(whereabouts(&bytes(request)).unwrap().to_vec(), bytes(answer));
        assert_eq!(whereabouts(&bytes(answer)), None);
        assert_eq!(whereabouts(&bytes(request)[..41]), None);
        assert_eq!(receiver(&bytes(request)), None);
        assert_eq!(receiver(&bytes(answer)), Some(2));
    }
}
