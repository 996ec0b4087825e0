//! Which request is answered, by what, and when not: the correlation rules of bridge 2, without I/O.
//!
//! Texts go in by [`Machine::request`], outcomes by [`Machine::finished`]; what comes out is a list of [`Action`]s for
//! the driver. `T` is whatever the driver needs to deliver one answer; the machine only hands it back.

use std::collections::HashMap;
use std::time::Instant;

use serde_json::value::RawValue;

use crate::cancel::Cancel;
use crate::certificate;
use crate::code::{BridgeError, Code};
use crate::commands::{self, Answer, Entry, Lane};
use crate::envelope::{self, Refused, Reply, Request};
use crate::host::Host;
use crate::limits;
use crate::rate::Rate;

/// Number of a call, unique in its machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Job(u64);

/// What the driver has to do.
#[derive(Debug)]
pub enum Action<T> {
    /// Deliver this answer.
    Answer(T, String),
    /// Deliver nothing, ever: a newer request took this one's place.
    Supersede(T),
    /// Carry the call out and tell the machine how it ended.
    Run(Job, Call),
    /// The outcome of this job is not wanted any more; one that has not begun must not begin.
    Cancel(Job),
}

/// A call that is worth carrying out: its command exists, its parameters are not looked at yet.
pub struct Call {
    entry: &'static Entry,
    data: Box<RawValue>,
    sign: Option<Box<RawValue>>,
}

impl Call {
    /// Name of the command.
    pub fn cmd(&self) -> &'static str {
        self.entry.name
    }

    /// Where it is carried out.
    pub fn lane(&self) -> Lane {
        self.entry.lane
    }

    /// Holds the certificate against the command's level, then carries the command out.
    ///
    /// # Errors
    /// Whatever the answer shall say.
    pub fn perform(&self, host: &dyn Host, cancel: &Cancel) -> Result<Answer, BridgeError> {
        if self.entry.level > 0 {
            certificate::check(self.sign.as_deref(), self.entry.level, host)?;
        }
        self.entry.run(&self.data, host, cancel)
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("cmd", &self.entry.name)
            .finish_non_exhaustive()
    }
}

/// A call under way.
struct Pending<T> {
    to: T,
    reply: Reply,
    bytes: usize,
}

/// The correlation rules of one app.
pub struct Machine<T> {
    next: u64,
    pending: HashMap<Job, Pending<T>>,
    newest: HashMap<Reply, Job>,
    bytes: usize,
    rate: Rate,
}

impl<T> Default for Machine<T> {
    fn default() -> Self {
        Self {
            next: 0,
            pending: HashMap::new(),
            newest: HashMap::new(),
            bytes: 0,
            rate: Rate::default(),
        }
    }
}

impl<T> Machine<T> {
    /// Takes one request that came at `now`. Its answer, whenever it comes, is delivered to `to`.
    ///
    /// A request with the same `cmd` and the same id (or none) as one under way supersedes it (bridge 2.5), since
    /// clients cannot tell their answers apart.
    pub fn request(&mut self, now: Instant, text: &str, to: T) -> Vec<Action<T>> {
        let (reply, outcome) = match envelope::read(text) {
            Ok(Request { reply, cmd, data, sign }) => {
                (reply, commands::find(&cmd).map(|entry| Call { entry, data, sign }))
            }
            Err(Refused { reply, error }) => (reply, Err(error)),
        };
        let mut actions = self.supersede(&reply);
        let bytes = text.len();
        let admitted = self.rate.take(now).and(outcome).and_then(|call| {
            envelope::within(bytes, call.entry.request_bytes)?;
            self.admit(bytes)?;
            Ok(call)
        });
        match admitted {
            Ok(call) => {
                let job = Job(self.next);
                self.next += 1;
                self.bytes += bytes;
                self.newest.insert(reply.clone(), job);
                self.pending.insert(job, Pending { to, reply, bytes });
                actions.push(Action::Run(job, call));
            }
            Err(error) => actions.push(Action::Answer(to, envelope::write(&reply, &Err(error)))),
        }
        actions
    }

    /// Takes the outcome of a job. Nothing comes of one that was superseded meanwhile.
    pub fn finished(&mut self, job: Job, outcome: &Result<Answer, BridgeError>) -> Vec<Action<T>> {
        let answer = |pending: Pending<T>| Action::Answer(pending.to, envelope::write(&pending.reply, outcome));
        self.forget(job).map(answer).into_iter().collect()
    }

    /// The page is gone: nobody waits for any answer.
    pub fn reset(&mut self) -> Vec<Action<T>> {
        self.newest.clear();
        self.bytes = 0;
        self.pending
            .drain()
            .flat_map(|(job, pending)| [Action::Cancel(job), Action::Supersede(pending.to)])
            .collect()
    }

    fn supersede(&mut self, reply: &Reply) -> Vec<Action<T>> {
        let older = reply.cmd.is_some().then(|| self.newest.get(reply).copied()).flatten();
        older
            .and_then(|job| {
                self.forget(job)
                    .map(|pending| vec![Action::Cancel(job), Action::Supersede(pending.to)])
            })
            .unwrap_or_default()
    }

    fn admit(&self, bytes: usize) -> Result<(), BridgeError> {
        let busy = |what: String| {
            Err(BridgeError::new(
                Code::Failed,
                format!("too many calls at once: {what}; wait for answers"),
            ))
        };
        if self.pending.len() >= limits::CALLS {
            return busy(format!("at most {} may be in flight", limits::CALLS));
        }
        if self.bytes + bytes > limits::CALLS_BYTES {
            return busy(format!("at most {} bytes may be in flight", limits::CALLS_BYTES));
        }
        Ok(())
    }

    fn forget(&mut self, job: Job) -> Option<Pending<T>> {
        let pending = self.pending.remove(&job)?;
        self.bytes -= pending.bytes;
        self.newest.remove(&pending.reply);
        Some(pending)
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
