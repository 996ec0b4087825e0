//! Where processes and sockets are: the network of the computer, or a namespace with a network of its own.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsFd as _;
use std::panic::resume_unwind;
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Once};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::RigError;
use crate::error::During as _;

/// Where namespaces have their names.
const NAMES: &str = "/run/netns";
/// What names of namespaces of this rig begin with; the number of the process that made them follows.
const PREFIX: &str = "rig-";

/// A place for processes and sockets. A namespace goes, with everybody in it, when the last reference to it does.
#[derive(Debug)]
pub struct Space {
    namespace: Option<String>,
    address: IpAddr,
    port: u16,
}

impl Space {
    /// The network of the computer itself, with the loopback address.
    #[must_use]
    pub fn plain() -> Arc<Self> {
        Arc::new(Self {
            namespace: None,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
        })
    }

    /// A new namespace, of which only the loopback is up. What dead runs left behind is removed first.
    ///
    /// # Errors
    /// If the system gives none.
    pub(crate) fn isolated(address: IpAddr, port: u16) -> Result<Self, RigError> {
        static SWEEP: Once = Once::new();
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        SWEEP.call_once(sweep);
        let name = format!("{PREFIX}{}-{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        ip(&["netns", "add", &name], "")?;
        let space = Self {
            namespace: Some(name),
            address,
            port,
        };
        space.configure("link set dev lo up\n")?;
        Ok(space)
    }

    /// The address under which others of the same network find what is here.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The port of the [`Net`](crate::net::Net) that it is at; 0 if at none.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The name of the namespace, if it is one, as `ip netns` knows it.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Does something on a thread that is here. Sockets that it opens and processes that it starts are here for good.
    ///
    /// # Errors
    /// If the thread cannot enter.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, RigError> {
        let Some(namespace) = &self.namespace else {
            return Ok(work());
        };
        let door = File::open(Path::new(NAMES).join(namespace)).during(namespace)?;
        let enter = || {
            move_into_link_name_space(door.as_fd(), Some(LinkNameSpaceType::Network)).during(namespace)?;
            Ok(work())
        };
        thread::scope(|scope| scope.spawn(enter).join().unwrap_or_else(|panic| resume_unwind(panic)))
    }

    /// Runs commands of `ip`, one a line, in the namespace.
    pub(crate) fn configure(&self, commands: &str) -> Result<(), RigError> {
        let Some(namespace) = &self.namespace else {
            return Err(RigError::new("only namespaces are configured"));
        };
        ip(&["-n", namespace, "-batch", "-"], commands)
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        if let Some(namespace) = &self.namespace {
            remove(namespace);
        }
    }
}

/// Runs `ip` with something to read.
pub(crate) fn ip(arguments: &[&str], input: &str) -> Result<(), RigError> {
    let doing = || format!("ip {}", arguments.join(" "));
    let mut child = Command::new("ip")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .during(doing())?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).during(doing())?;
    }
    let output = child.wait_with_output().during(doing())?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim()).during(doing())
}

/// Removes a namespace and ends what still runs in it.
fn remove(namespace: &str) {
    let inside = Command::new("ip").args(["netns", "pids", namespace]).output();
    let inside = inside.map(|output| output.stdout).unwrap_or_default();
    for pid in String::from_utf8_lossy(&inside).split_whitespace() {
        if let Some(pid) = pid.parse().ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
    let _ = ip(&["netns", "del", namespace], "");
}

/// Removes the namespaces of runs that are dead.
fn sweep() {
    let names = fs::read_dir(NAMES)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name());
    for name in names.filter(|name| maker(name).is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists())) {
        remove(&name.to_string_lossy());
    }
}

/// The process that made a namespace, if it is one of this rig.
fn maker(name: &OsStr) -> Option<u32> {
    let (pid, _) = name.to_str()?.strip_prefix(PREFIX)?.split_once('-')?;
    pid.parse().ok()
}
