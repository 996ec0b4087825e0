//! A network of namespaces that are connected by links of our own.
//!
//! Every namespace that joins gets a TAP device; the frames of all of them pass through this process, which hands each on to the
//! device whose hardware address it names (or to all others), as late, as often and as seldom as the [`Conditions`] between the
//! two say. Conditions change while the network runs.

mod link;
mod pump;

use std::io::{PipeReader, PipeWriter};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

pub use link::{Conditions, Counters, Cut, Reorder};
use tappers::{Interface, Tap};

use crate::RigError;
use crate::error::During as _;
use crate::space::{self, Space};
use crate::traffic::{Capture, Traffic};
use pump::Pump;

/// Most namespaces of one network.
const PORTS: u16 = 200;

/// How a network is set up.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Where chance begins: the same seed loses the same frames of a link, as long as the same are sent.
    pub seed: u64,
    /// File that every frame is written to, in the format of libpcap; `None` to keep none.
    pub capture: Option<PathBuf>,
}

/// A running network. Ends when it is dropped.
#[derive(Debug)]
pub struct Net {
    pump: Arc<Pump>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Held until the end: when it goes, the threads that wait for frames do too.
    stop: Option<PipeWriter>,
    stopped: Arc<PipeReader>,
    capture: Option<PathBuf>,
}

/// Why a network cannot be made here; `None` if it can. A test prints it and passes.
#[must_use]
pub fn unavailable() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("networks of namespaces need root".to_owned());
    }
    if !Path::new("/dev/net/tun").exists() {
        return Some("there is no /dev/net/tun for TAP devices".to_owned());
    }
    space::ip(&["-V"], "").err().map(|error| error.to_string())
}

impl Net {
    /// A network without anybody.
    ///
    /// # Errors
    /// If the system gives no thread or pipe, or the file of the capture cannot be written.
    pub fn open(setup: Setup) -> Result<Self, RigError> {
        let capture = setup.capture.as_deref().map(Capture::create).transpose()?;
        let (stopped, stop) = std::io::pipe().during("a pipe")?;
        let pump = Arc::new(Pump::new(setup.seed, capture));
        let carrier = Arc::clone(&pump);
        let carrier = thread::Builder::new()
            .name("rig-carry".to_owned())
            .spawn(move || carrier.carry())
            .during("a thread")?;
        Ok(Self {
            pump,
            threads: Mutex::new(vec![carrier]),
            stop: Some(stop),
            stopped: Arc::new(stopped),
            capture: setup.capture,
        })
    }

    /// A new namespace in the network. Its address is the next of 10.77.0.0/24.
    ///
    /// # Errors
    /// If there are too many, or the system refuses; see [`unavailable`].
    pub fn join(&self) -> Result<Arc<Space>, RigError> {
        let mut threads = self.threads();
        let port = self.pump.next_port();
        if port > PORTS {
            return Err(RigError::new(format!("there are more than {PORTS} namespaces")));
        }
        let [high, low] = port.to_be_bytes();
        let address = IpAddr::V4(Ipv4Addr::new(10, 77, high, low));
        let space = Space::isolated(address, port)?;
        // No other device of the computer has this name while it is on its way into the namespace.
        let name = format!("r{}-{port}", space.namespace().and_then(short).unwrap_or_default());
        let mut tap = Interface::new(&name).and_then(Tap::new_named).during(&name)?;
        tap.set_nonblocking(true).during(&name)?;
        if let Some(namespace) = space.namespace() {
            space::ip(&["link", "set", "dev", &name, "netns", namespace], "")?;
        }
        space.configure(&format!(
            "link set dev {name} name peer0\n\
             link set dev peer0 addrgenmode none\n\
             link set dev peer0 address 02:c0:c0:00:{high:02x}:{low:02x}\n\
             address add {address}/16 dev peer0\n\
             link set dev peer0 up\n"
        ))?;
        let tap = Arc::new(tap);
        self.pump.add(Arc::clone(&tap));
        let (pump, stopped) = (Arc::clone(&self.pump), Arc::clone(&self.stopped));
        let listener = thread::Builder::new()
            .name(format!("rig-port-{port}"))
            .spawn(move || pump.listen(port, &tap, &stopped))
            .during("a thread")?;
        threads.push(listener);
        Ok(Arc::new(space))
    }

    /// Sets what happens between two namespaces, both ways.
    pub fn set(&self, one: &Space, other: &Space, conditions: &Conditions) {
        self.set_one_way(one, other, conditions.clone());
        self.set_one_way(other, one, conditions.clone());
    }

    /// Sets what happens to frames from one namespace to another.
    pub fn set_one_way(&self, from: &Space, to: &Space, conditions: Conditions) {
        let change = |old: &mut Conditions| *old = conditions.clone();
        self.pump.change(|link| link == (from.port(), to.port()), change);
    }

    /// Sets what happens between all, those included who join later.
    pub fn set_all(&self, conditions: &Conditions) {
        self.pump.set_all(conditions);
    }

    /// Cuts the link between two, both ways. Everything else of its conditions stays.
    pub fn cut(&self, one: &Space, other: &Space) {
        self.set_cut(one, other, Cut::Yes);
    }

    /// Makes the link between two whole.
    pub fn heal(&self, one: &Space, other: &Space) {
        self.set_cut(one, other, Cut::No);
    }

    /// Cuts all links of a namespace.
    pub fn cut_off(&self, space: &Space) {
        self.pump.change(
            |(from, to)| from == space.port() || to == space.port(),
            |link| link.cut = Cut::Yes,
        );
    }

    /// Makes all links whole. Everything else of their conditions stays.
    pub fn heal_all(&self) {
        self.pump.change(|_| true, |link| link.cut = Cut::No);
    }

    /// What became of the frames from one to another.
    #[must_use]
    pub fn counters(&self, from: &Space, to: &Space) -> Counters {
        self.pump.counters((from.port(), to.port()))
    }

    /// What went over the network so far, if it is kept.
    ///
    /// # Errors
    /// If nothing is kept, or it cannot be written.
    pub fn traffic(&self) -> Result<Traffic, RigError> {
        self.pump.flush()?;
        let capture = self.capture.clone();
        capture
            .map(Traffic::of)
            .ok_or_else(|| RigError::new("this network keeps no capture"))
    }

    fn set_cut(&self, one: &Space, other: &Space, cut: Cut) {
        let pair = [(one.port(), other.port()), (other.port(), one.port())];
        self.pump.change(|link| pair.contains(&link), |link| link.cut = cut);
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        self.pump.close();
        self.stop = None;
        for thread in self.threads().drain(..) {
            let _ = thread.join();
        }
    }
}

/// What tells the namespaces of all processes apart, short enough for the name of a device.
fn short(namespace: &str) -> Option<String> {
    let (_, number) = namespace.rsplit_once('-')?;
    Some(format!("{:x}-{number}", process::id()))
}
