//! What has to be done as time passes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use super::Engine;
use crate::{Code, Failure, Outcome, Session};

/// How often messages are looked for whose time is over: often enough that one that burns in seconds is gone in seconds.
const TICK: Duration = Duration::from_secs(1);

impl Engine {
    /// From now on deletes messages whose time is over, and copies of files that no message has, while somebody is logged in, in a thread of its own that ends
    /// with the engine. To be called once by the program that keeps the engine.
    ///
    /// # Errors
    /// 700 if the system gives no thread.
    pub fn keep_time(&self) -> Outcome<()> {
        let engine = Arc::downgrade(&self.inner);
        let work = move || {
            let mut told = None;
            let mut seen = Weak::new();
            while let Some(inner) = engine.upgrade() {
                let session = inner.session.lock().unwrap_or_else(PoisonError::into_inner).clone();
                drop(inner);
                if let Some(session) = session {
                    let first = !Weak::ptr_eq(&seen, &Arc::downgrade(&session));
                    seen = Arc::downgrade(&session);
                    let failure = sweep(&session, first)
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

/// Sweeps, the `first` time after a login the files too; a defect there must not end the time of everything else.
fn sweep(session: &Session, first: bool) -> Outcome<usize> {
    let work = || {
        if first {
            session.tidy_media()?;
        }
        session.sweep()
    };
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Failure::with(Code::EXCEPTION, "sweeping")))
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::{Duration, Instant};

    use serde_json::json;

    use crate::testing::{Lab, address};

    #[test]
    fn a_message_whose_time_is_over_goes_by_itself() {
        let lab = Lab::new();
        lab.befriend(2);
        lab.session()
            .write(|write| Ok(write.execute("UPDATE room SET lifetime = 0 WHERE id = '1'", [])?))
            .unwrap();
        let text =
            json!({ "cnd": address(2), "cid": address(2), "conversationType": 0, "pub": "", "text": "for a day" });
        lab.ask("sendTextMessage", text);
        let kept = lab.count("SELECT count(*) FROM message");
        lab.engine.keep_time().unwrap();
        lab.wait(24 * 60 * 60 * 1_000);
        let patience = Instant::now() + Duration::from_secs(30);
        while lab.count("SELECT count(*) FROM message") == kept {
            assert!(Instant::now() < patience, "the message is still there");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
