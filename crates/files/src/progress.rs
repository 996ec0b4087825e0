//! How far a download is, for whoever shows it.

use std::time::Instant;

use coco_keys::Address;

use crate::limits::REPORT_INTERVAL;

/// How far a download is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The app that downloads.
    pub app: Address,
    /// The name of the file, as it will be in the folder of the app.
    pub file: String,
    /// Bytes received so far.
    pub received: u64,
    /// Bytes in all, once and if the server said so.
    pub total: Option<u64>,
    /// Whether it goes on.
    pub state: State,
}

/// Whether a download goes on. Every download is reported as [`State::Running`] first and once as something else last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It goes on.
    Running,
    /// The file is there.
    Done,
    /// The network, the server or the disk failed.
    Failed,
    /// The person cancelled it, a newer download took its place, or the app was removed.
    Cancelled,
}

/// Lets through at most one report in [`REPORT_INTERVAL`].
#[derive(Debug)]
pub(crate) struct Throttle(Instant);

impl Throttle {
    /// Counts from now, when the first report is made.
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }

    /// Whether it is time for another report.
    pub(crate) fn ready(&mut self) -> bool {
        let ready = self.0.elapsed() >= REPORT_INTERVAL;
        if ready {
            self.0 = Instant::now();
        }
        ready
    }
}
