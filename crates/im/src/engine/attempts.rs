//! How often a wrong password was tried in a row, and until when no further one is looked at (im.md 4).
//!
//! The count is on the disk before an attempt is looked at, so that ending the program in between gains nothing. A lock
//! is kept as the time that is left and the time of day when that was written: only time that passed since then counts,
//! so a clock that is turned back makes no lock shorter, and one that is set right again none longer.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::files;
use crate::{Code, Outcome};

/// After so many wrong attempts, and again after as many, comes a lock.
const STEP: u32 = 5;
/// The first lock, in milliseconds.
const SHORT: i64 = 5 * 60 * 1_000;
/// Every further lock, in milliseconds.
const LONG: i64 = 60 * 60 * 1_000;

/// What the file says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    /// Wrong attempts since the last right one.
    failed: u32,
    /// Milliseconds that the lock lasts from `seen` on, 0 if there is none.
    left: i64,
    /// When `left` was written, in milliseconds since 1970.
    seen: i64,
}

/// The attempts of one engine.
#[derive(Debug)]
pub(crate) struct Attempts {
    path: PathBuf,
    record: Record,
}

impl Attempts {
    /// Reads the file. One that is damaged counts as the attempts that it takes for the first lock, beginning now.
    ///
    /// # Errors
    /// 500 if the file cannot be read or written.
    pub(crate) fn load(path: PathBuf, now: i64) -> Outcome<Self> {
        let bytes = files::read(&path).map_err(files::failed(&path))?;
        let mut attempts = Self {
            path,
            record: Record::default(),
        };
        let Some(bytes) = bytes else { return Ok(attempts) };
        match serde_json::from_slice::<Record>(&bytes) {
            Ok(record) if (0..=LONG).contains(&record.left) => attempts.record = record,
            _ => attempts.keep(Record {
                failed: STEP,
                left: SHORT,
                seen: now,
            })?,
        }
        attempts.pass(now)?;
        Ok(attempts)
    }

    /// Counts the time that passed.
    fn pass(&mut self, now: i64) -> Outcome<()> {
        if self.record.left == 0 {
            return Ok(());
        }
        let passed = now.saturating_sub(self.record.seen).max(0);
        let left = self.record.left.saturating_sub(passed).max(0);
        self.keep(Record {
            left,
            seen: now,
            ..self.record
        })
    }

    /// Counts an attempt as a wrong one, before it is looked at.
    ///
    /// # Errors
    /// 20011 or 20012 while there is a lock: the attempt must not be looked at and does not count. 500 if the count
    /// cannot be written.
    pub(crate) fn begin(&mut self, now: i64) -> Outcome<()> {
        if self.record.left > 0 {
            return Err(self.code().into());
        }
        let failed = self.record.failed.saturating_add(1);
        let left = match failed {
            STEP => SHORT,
            _ if failed.is_multiple_of(STEP) => LONG,
            _ => 0,
        };
        self.keep(Record {
            failed,
            left,
            seen: now,
        })
    }

    /// The code of a lock, or of an attempt that has turned out to be wrong.
    pub(crate) fn code(&self) -> Code {
        match (self.record.left, self.record.failed) {
            (0, _) => Code::PASSWORD_WRONG,
            (_, ..=STEP) => Code::PASSWORD_WRONG_FIVE,
            _ => Code::PASSWORD_WRONG_TEN,
        }
    }

    /// Forgets all, after a right attempt.
    ///
    /// # Errors
    /// 500 if that cannot be written.
    pub(crate) fn reset(&mut self) -> Outcome<()> {
        self.keep(Record::default())
    }

    fn keep(&mut self, record: Record) -> Outcome<()> {
        if record != self.record {
            // Numbers always serialise.
            let bytes = serde_json::to_vec(&record).unwrap_or_default();
            files::write(&self.path, &bytes).map_err(files::failed(&self.path))?;
            self.record = record;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A file, read anew for every call, as after a restart.
    struct Bench(tempfile::TempDir);

    impl Bench {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn load(&self, now: i64) -> Attempts {
            Attempts::load(self.0.path().join("attempts.json"), now).unwrap()
        }

        /// A wrong attempt.
        fn wrong(&self, now: i64) -> u16 {
            let mut attempts = self.load(now);
            match attempts.begin(now) {
                Ok(()) => attempts.code().number(),
                Err(failure) => failure.code.number(),
            }
        }
    }

    #[test]
    fn five_and_ten_wrong_ones_lock_and_a_right_one_forgets() {
        let bench = Bench::new();
        let codes = |count: usize, now: i64| -> Vec<u16> { (0..count).map(|_| bench.wrong(now)).collect() };
        assert_eq!(codes(6, 0), [20010, 20010, 20010, 20010, 20011, 20011]);
        assert_eq!(codes(1, SHORT - 1), [20011]);
        assert_eq!(codes(6, SHORT), [20010, 20010, 20010, 20010, 20012, 20012]);
        assert_eq!(codes(1, SHORT + LONG - 1), [20012]);
        assert_eq!(codes(6, SHORT + LONG), [20010, 20010, 20010, 20010, 20012, 20012]);
        let now = SHORT + 2 * LONG;
        let mut attempts = bench.load(now);
        attempts.begin(now).unwrap();
        attempts.reset().unwrap();
        assert_eq!(codes(5, now), [20010, 20010, 20010, 20010, 20011]);
    }

    #[test]
    fn an_attempt_that_was_begun_counts() {
        let bench = Bench::new();
        for _ in 0..4 {
            bench.load(0).begin(0).unwrap();
        }
        assert_eq!(bench.wrong(0), 20011);
    }

    #[test]
    fn a_damaged_file_locks() {
        for bytes in [
            "",
            "{}",
            r#"{"failed":0,"left":99999999999,"seen":0}"#,
            r#"{"failed":-1,"left":0,"seen":0}"#,
        ] {
            let bench = Bench::new();
            std::fs::write(bench.0.path().join("attempts.json"), bytes).unwrap();
            assert_eq!(bench.wrong(1_000), 20011, "{bytes}");
            assert_eq!(bench.wrong(1_000 + SHORT), 20010);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever is done to the clock, a lock ends only after as much time as the clock went forward while it was
        /// seen; turned back, it counts for nothing.
        #[test]
        fn no_clock_makes_a_lock_shorter(jumps in proptest::collection::vec(-400_000_i64..400_000, 1..20)) {
            let bench = Bench::new();
            let mut now = 0;
            for _ in 0..5 {
                bench.wrong(now);
            }
            let mut served = 0;
            for jump in jumps {
                now += jump;
                served += jump.max(0);
                let locked = bench.load(now).record.left > 0;
                prop_assert_eq!(locked, served < SHORT);
            }
        }
    }
}
