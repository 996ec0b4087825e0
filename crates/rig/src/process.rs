//! A program that says in one line of JSON that it is ready, and is killed without warning.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::RigError;
use crate::error::During as _;
use crate::space::Space;
use crate::wait;

/// How long a program may take until it is ready or has ended.
const PATIENCE: Duration = Duration::from_secs(90);
/// How much of what a program said is told when it failed, in bytes.
const LAST_WORDS: usize = 2_000;

/// A running program. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program and waits for its line. What it says on standard error is added to the log.
    pub(crate) fn start(command: &mut Command, space: &Space, log: &Path) -> Result<(Self, Value), RigError> {
        let doing = log.display();
        let said: File = OpenOptions::new().create(true).append(true).open(log).during(&doing)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(said);
        let mut child = space.run(|| command.spawn())?.during(command.get_program().display())?;
        let stdout = child.stdout.take();
        let process = Self {
            child,
            log: log.to_owned(),
        };
        let line = stdout.map(first_line).transpose()?.unwrap_or_default();
        let ready = serde_json::from_str(&line).map_err(|error| {
            let words = process.last_words();
            RigError::new(format!(
                "it does not say that it is ready ({error}) but {line:?}; its log ends: {words}"
            ))
        })?;
        Ok((process, ready))
    }

    /// Ends it at once, as `kill -9` does.
    pub(crate) fn kill(&mut self) -> Result<(), RigError> {
        self.child.kill().during("kill -9")?;
        self.child.wait().during("kill -9").map(drop)
    }

    /// Asks it to end, and waits until it has. That it ended well is its promise.
    pub(crate) fn stop(&mut self) -> Result<(), RigError> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        pid.map_or(Ok(()), |pid| kill_process(pid, Signal::TERM))
            .during("SIGTERM")?;
        let mut ended = || self.child.try_wait().ok().flatten();
        let status = wait::found("the program ends when it is told to", PATIENCE, &mut ended)?;
        if status.success() {
            return Ok(());
        }
        Err(RigError::new(format!("it ended with {status}: {}", self.last_words())))
    }

    /// Whether it has not ended by itself.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Lets the peak of its memory be what it has now.
    pub(crate) fn forget_peak(&self) -> Result<(), RigError> {
        let path = format!("/proc/{}/clear_refs", self.child.id());
        std::fs::write(&path, "5").during(&path)
    }

    /// The most memory that it had since [`Self::forget_peak`], in KiB.
    pub(crate) fn peak_memory(&self) -> Result<u64, RigError> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path).during(&path)?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok())
            .ok_or_else(|| RigError::new(format!("{path} does not tell the peak of its memory")))
    }

    /// What it said last.
    pub(crate) fn last_words(&self) -> String {
        let said = std::fs::read(&self.log).unwrap_or_default();
        let begin = said.len().saturating_sub(LAST_WORDS);
        String::from_utf8_lossy(said.get(begin..).unwrap_or_default()).into_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// The first line that a program says. What comes after it is read and forgotten, so that the program never waits.
fn first_line(stdout: ChildStdout) -> Result<String, RigError> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        let read = stdout.read_line(&mut line).map(|_| line);
        if sender.send(read).is_ok() {
            let _ = std::io::copy(&mut stdout, &mut std::io::sink());
        }
    });
    let line = receiver
        .recv_timeout(PATIENCE)
        .during("waiting for a program to be ready")?;
    line.during("reading what a program says")
}
