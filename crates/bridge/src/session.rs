//! One app's machine with the thread that does its work.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use crate::cancel::Cancel;
use crate::code::{BridgeError, Code};
use crate::commands::{Answer, Lane};
use crate::host::Host;
use crate::machine::{Action, Call, Job, Machine};

/// Takes the answer of one request: its JSON text, or `None` if a newer request took its place.
pub type Deliver = Box<dyn FnOnce(Option<String>) + Send>;

/// Runs one app's calls, each in its [`Lane`]: most one after the other and in the order in which they came, on a thread of
/// the session's own.
///
/// Order matters: of two `setExtendedData` the later one must win. Calls that only tell what is known already are answered
/// at once, where they arrive, and those that may wait for a person have threads of their own, at most
/// [`limits::CALLS`](crate::limits::CALLS). Dropping the session ends them all.
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
    cancels: HashMap<Job, Cancel>,
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
        let now = Instant::now();
        Shared::update(&self.shared, |machine| machine.request(now, text, deliver));
    }

    /// Forgets every call under way, since the page that made them is gone.
    pub fn reset(&self) {
        Shared::update(&self.shared, Machine::reset);
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
    fn update(self: &Arc<Self>, step: impl FnOnce(&mut Machine<Deliver>) -> Vec<Action<Deliver>>) {
        let (mut deliveries, mut cancelled, mut runs) = (Vec::new(), Vec::new(), Vec::new());
        let mut state = self.lock();
        for action in step(&mut state.machine) {
            match action {
                Action::Answer(deliver, text) => deliveries.push((deliver, Some(text))),
                Action::Supersede(deliver) => deliveries.push((deliver, None)),
                Action::Cancel(job) => {
                    state.queue.retain(|(queued, _)| *queued != job);
                    cancelled.extend(state.cancels.remove(&job));
                }
                Action::Run(job, call) => {
                    let cancel = Cancel::new();
                    state.cancels.insert(job, cancel.clone());
                    match call.lane() {
                        Lane::InOrder => {
                            state.queue.push_back((job, call));
                            self.wake.notify_one();
                        }
                        Lane::AtOnce | Lane::Beside => runs.push((job, call, cancel)),
                    }
                }
            }
        }
        drop(state);
        cancelled.iter().for_each(Cancel::cancel);
        for (deliver, text) in deliveries {
            deliver(text);
        }
        for (job, call, cancel) in runs {
            match call.lane() {
                Lane::Beside => self.run_beside(job, call, cancel),
                Lane::AtOnce | Lane::InOrder => self.run(job, &call, &cancel),
            }
        }
    }

    fn run(self: &Arc<Self>, job: Job, call: &Call, cancel: &Cancel) {
        let outcome = perform(call, self.host.as_ref(), cancel);
        self.finish(job, &outcome);
    }

    fn run_beside(self: &Arc<Self>, job: Job, call: Call, cancel: Cancel) {
        let worker = Arc::clone(self);
        let started = thread::Builder::new()
            .name(call.cmd().into())
            .spawn(move || worker.run(job, &call, &cancel));
        if let Err(error) = started {
            self.finish(job, &Err(BridgeError::new(Code::Failed, format!("thread: {error}"))));
        }
    }

    fn finish(self: &Arc<Self>, job: Job, outcome: &Result<Answer, BridgeError>) {
        self.lock().cancels.remove(&job);
        self.update(|machine| machine.finished(job, outcome));
    }

    fn work(self: &Arc<Self>) {
        while let Some((job, call, cancel)) = self.next() {
            self.run(job, &call, &cancel);
        }
    }

    fn next(&self) -> Option<(Job, Call, Cancel)> {
        let mut state = self.lock();
        loop {
            if state.ended {
                return None;
            }
            if let Some((job, call)) = state.queue.pop_front() {
                let cancel = state.cancels.get(&job).cloned().unwrap_or_default();
                return Some((job, call, cancel));
            }
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A handler that panics is a defect of ours, but its caller still gets an answer (bridge 2.4).
fn perform(call: &Call, host: &dyn Host, cancel: &Cancel) -> Result<Answer, BridgeError> {
    catch_unwind(AssertUnwindSafe(|| call.perform(host, cancel))).unwrap_or_else(|_| {
        Err(BridgeError::new(
            Code::Failed,
            format!("{}: internal error", call.cmd()),
        ))
    })
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
