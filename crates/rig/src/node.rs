//! `coco node` as a process.

use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;

use crate::RigError;
use crate::error::During as _;
use crate::process::Process;
use crate::space::Space;

/// Ports that are tried: below those that the system gives to whoever asks for any, so that nobody takes a node's port while the
/// node is down.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// How a node is started.
#[derive(Debug, Clone)]
pub struct NodeOptions {
    /// The program `coco`.
    pub program: PathBuf,
    /// Folder for what the node keeps (`data`) and what the program says (`log`).
    pub home: PathBuf,
    /// Where it runs.
    pub space: Arc<Space>,
    /// Arguments besides the folder, the address and the clock.
    pub args: Vec<String>,
    /// How much later its clock is than the computer's, in milliseconds.
    pub clock_offset: i64,
}

/// A node, running or killed. A running one is killed when it is dropped.
#[derive(Debug)]
pub struct Node {
    options: NodeOptions,
    listen: SocketAddr,
    process: Option<Process>,
    ticket: String,
    id: String,
}

impl Node {
    /// Starts a node on a port that nobody uses; it keeps that port when it is started again.
    ///
    /// # Errors
    /// If it does not say that it is ready.
    pub fn start(options: NodeOptions) -> Result<Self, RigError> {
        let listen = options.space.run(|| free_port(&options.space))??;
        let mut node = Self {
            options,
            listen,
            process: None,
            ticket: String::new(),
            id: String::new(),
        };
        node.restart()?;
        Ok(node)
    }

    /// Starts it again; one that runs is killed first.
    ///
    /// # Errors
    /// If it does not say that it is ready, or has become another.
    pub fn restart(&mut self) -> Result<(), RigError> {
        self.process = None;
        let options = &self.options;
        let data = options.home.join("data");
        std::fs::create_dir_all(&data).during(data.display())?;
        let mut command = Command::new(&options.program);
        command
            .arg("node")
            .arg("--data")
            .arg(&data)
            .arg(format!("--listen={}", self.listen));
        if options.clock_offset != 0 {
            command.arg(format!("--clock-offset={}", options.clock_offset));
        }
        command.args(&options.args);
        let (process, ready) = Process::start(&mut command, &options.space, &options.home.join("log"))?;
        self.process = Some(process);
        let text = |member: &str| ready.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (ticket, id) = (text("ticket"), text("nodeId"));
        if !self.id.is_empty() && (&self.ticket, &self.id) != (&ticket, &id) {
            return Err(RigError::new(format!("the node was {} and is now {id}", self.id)));
        }
        (self.ticket, self.id) = (ticket, id);
        Ok(())
    }

    /// Ends it at once, as `kill -9` does.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kill9(&mut self) -> Result<(), RigError> {
        self.process.take().map_or(Ok(()), |mut process| process.kill())
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// If it does not end, or not well.
    pub fn stop(&mut self) -> Result<(), RigError> {
        self.process.take().map_or(Ok(()), |mut process| process.stop())
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::is_running)
    }

    /// What engines are given to find it.
    #[must_use]
    pub fn ticket(&self) -> &str {
        &self.ticket
    }

    /// Who it is.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The folder of what it keeps and says.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.options.home
    }

    /// Sets how much later its clock is than the computer's, in milliseconds, from the next start on.
    pub fn set_clock_offset(&mut self, milliseconds: i64) {
        self.options.clock_offset = milliseconds;
    }

    /// Lets the peak of the program's memory be what it has now.
    ///
    /// # Errors
    /// If it does not run or the system refuses.
    pub fn forget_peak(&self) -> Result<(), RigError> {
        self.process()?.forget_peak()
    }

    /// The most memory that the program had since [`Self::forget_peak`], in KiB.
    ///
    /// # Errors
    /// If it does not run or the system does not say.
    pub fn peak_memory(&self) -> Result<u64, RigError> {
        self.process()?.peak_memory()
    }

    /// What the program said last, for the output of a test.
    #[must_use]
    pub fn last_words(&self) -> String {
        self.process.as_ref().map(Process::last_words).unwrap_or_default()
    }

    fn process(&self) -> Result<&Process, RigError> {
        let process = self.process.as_ref();
        process.ok_or_else(|| RigError::new("the node does not run"))
    }
}

/// An address in a place whose port nobody uses.
fn free_port(space: &Space) -> Result<SocketAddr, RigError> {
    for _ in 0..1_000 {
        let address = SocketAddr::new(space.address(), fastrand::u16(PORTS));
        if UdpSocket::bind(address).is_ok() {
            return Ok(address);
        }
    }
    Err(RigError::new(format!("no port is free at {}", space.address())))
}
