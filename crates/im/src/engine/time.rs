//! What has to be done as time passes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Duration;

use super::Engine;
use crate::{Code, Failure, Outcome, Session};

/// How often messages are looked for whose time is over: often enough that one that burns in seconds is gone in seconds.
const TICK: Duration = Duration::from_secs(1);

impl Engine {
    /// From now on deletes messages whose time is over while somebody is logged in, in a thread of its own that ends
    /// with the engine. To be called once by the program that keeps the engine.
    ///
    /// # Errors
    /// 700 if the system gives no thread.
    pub fn keep_time(&self) -> Outcome<()> {
        let engine = Arc::downgrade(&self.inner);
        let work = move || {
            let mut told = None;
            while let Some(inner) = engine.upgrade() {
                let session = inner.session.lock().unwrap_or_else(PoisonError::into_inner).clone();
                drop(inner);
                if let Some(session) = session {
                    let failure = sweep(&session)
                        .err()
                        .filter(|failure| failure.code != Code::NOT_LOGGED_IN);
                    // What lasts is told once.
                    if let Some(failure) = &failure
                        && told.as_ref() != Some(failure)
                    {
                        eprintln!("engine: messages whose time is over stay for now: {failure}");
                    }
                    told = failure;
                }
                thread::sleep(TICK);
            }
        };
        let started = thread::Builder::new().name("engine-time".to_owned()).spawn(work);
        started
            .map(drop)
            .map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))
    }
}

/// Sweeps; a defect there must not end the time of everything else.
fn sweep(session: &Session) -> Outcome<usize> {
    catch_unwind(AssertUnwindSafe(|| session.sweep()))
        .unwrap_or_else(|_| Err(Failure::with(Code::EXCEPTION, "sweeping")))
}
