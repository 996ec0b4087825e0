//! One app's machine with the thread that does its work.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::code::{BridgeError, Code};
use crate::commands::Answer;
use crate::host::Host;
use crate::machine::{Action, Call, Job, Machine};

/// Takes the answer of one request: its JSON text, or `None` if a newer request took its place.
pub type Deliver = Box<dyn FnOnce(Option<String>) + Send>;

/// Runs one app's calls, one after the other and in the order in which they came, on a thread of its own.
///
/// Order matters: of two `setExtendedData` the later one must win. Only calls that tell what is known already
/// ([`Call::immediate`]) are answered at once, where they arrive. Dropping the session ends the thread.
pub struct Session {
    shared: Arc<Shared>,
}

struct Shared {
    host: Arc<dyn Host>,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    machine: Machine<Deliver>,
    queue: VecDeque<(Job, Call)>,
    ended: bool,
}

impl Session {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start(host: Arc<dyn Host>) -> std::io::Result<Self> {
        let name = format!("bridge {}", host.app());
        let shared = Arc::new(Shared {
            host,
            state: Mutex::default(),
            wake: Condvar::new(),
        });
        let worker = Arc::clone(&shared);
        thread::Builder::new().name(name).spawn(move || worker.work())?;
        Ok(Self { shared })
    }

    /// Hands in one request as JSON text. `deliver` is called exactly once, on this thread or the session's.
    pub fn submit(&self, text: &str, deliver: Deliver) {
        self.shared.update(|machine| machine.request(text, deliver));
    }

    /// Forgets every call under way, since the page that made them is gone.
    pub fn reset(&self) {
        self.shared.update(Machine::reset);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.reset();
        self.shared.lock().ended = true;
        self.shared.wake.notify_one();
    }
}

impl Shared {
    /// The state is whole between any two statements that can panic, so a poisoned lock is still good.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the machine on and does what it says: queueing under the same lock, everything else after it.
    fn update(&self, step: impl FnOnce(&mut Machine<Deliver>) -> Vec<Action<Deliver>>) {
        let (mut deliveries, mut immediate) = (Vec::new(), Vec::new());
        let mut state = self.lock();
        for action in step(&mut state.machine) {
            match action {
                Action::Answer(deliver, text) => deliveries.push((deliver, Some(text))),
                Action::Supersede(deliver) => deliveries.push((deliver, None)),
                Action::Cancel(job) => state.queue.retain(|(queued, _)| *queued != job),
                Action::Run(job, call) if call.immediate() => immediate.push((job, call)),
                Action::Run(job, call) => {
                    state.queue.push_back((job, call));
                    self.wake.notify_one();
                }
            }
        }
        drop(state);
        for (deliver, text) in deliveries {
            deliver(text);
        }
        for (job, call) in immediate {
            self.run(job, &call);
        }
    }

    fn run(&self, job: Job, call: &Call) {
        let outcome = perform(call, self.host.as_ref());
        self.update(|machine| machine.finished(job, &outcome));
    }

    fn work(&self) {
        while let Some((job, call)) = self.next() {
            self.run(job, &call);
        }
    }

    fn next(&self) -> Option<(Job, Call)> {
        let mut state = self.lock();
        loop {
            if state.ended {
                return None;
            }
            if let Some(next) = state.queue.pop_front() {
                return Some(next);
            }
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A handler that panics is a defect of ours, but its caller still gets an answer (bridge 2.4).
fn perform(call: &Call, host: &dyn Host) -> Result<Answer, BridgeError> {
    catch_unwind(AssertUnwindSafe(|| call.perform(host))).unwrap_or_else(|_| {
        Err(BridgeError::new(
            Code::Failed,
            format!("{}: internal error", call.cmd()),
        ))
    })
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
