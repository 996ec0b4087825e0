//! `coco engine`: one user's messaging engine, for other programs on this computer.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use coco_bridge::Language;
use coco_im::doors::{DoorError, DoorOptions, Doors, Limits};
use coco_im::{Clock, Engine, NetworkOptions, Options};
use coco_net::Ticket;
use serde::Serialize;
use tokio::runtime;

use crate::ends::Ends;
use crate::report::{self, Failure};

/// Threads that move bytes; the work itself is done on others.
const WORKERS: usize = 2;

/// Threads for what comes from the network.
const NETWORK: usize = 64;

/// Whose engine runs, and where it is to be found.
#[derive(Debug, clap::Args)]
pub(crate) struct EngineArguments {
    /// Folder of the account; a new one is made without an account
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address for HTTP and WebSocket; only one that other computers cannot reach is taken
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Let pages of this origin on this computer connect, such as http://127.0.0.1:5173
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
    /// Network node to use besides those of the account; may be repeated
    #[arg(long, value_name = "TICKET")]
    node: Vec<Ticket>,
    /// Address for other devices, UDP; any free port of this computer unless told. May be repeated
    #[arg(long, value_name = "ADDRESS")]
    peer: Vec<SocketAddr>,
    /// Look for nobody on this computer and the local network
    #[arg(long)]
    no_nearby: bool,
    /// Milliseconds that the engine's clock is ahead, for tests
    #[arg(
        long,
        value_name = "MS",
        default_value = "0",
        hide = true,
        allow_negative_numbers = true
    )]
    clock_offset: i64,
}

impl EngineArguments {
    fn network(&self) -> NetworkOptions {
        let mut network = NetworkOptions::personal();
        network.nodes = self.node.iter().map(Ticket::to_string).collect();
        if !self.peer.is_empty() {
            network.listen.clone_from(&self.peer);
        }
        if self.no_nearby {
            network.lan = false;
            network.folder = None;
        }
        network
    }

    fn clock(&self) -> Clock {
        let (clock, offset) = (Clock::system(), self.clock_offset);
        Clock::from(move || clock.now().saturating_add(offset))
    }
}

/// The line that says that the engine is ready.
#[derive(Serialize)]
struct Ready<'a> {
    http: String,
    ws: String,
    token: &'a str,
}

/// Runs the engine until the program is told to end.
pub(crate) fn run(arguments: EngineArguments) -> Result<(), Failure> {
    let started = |error: io::Error| Failure::new("start", error, "close other programs, then try again");
    let options = Options {
        language: language(),
        clock: arguments.clock(),
        ..Options::default()
    };
    let engine = Engine::open(&arguments.data, options).map_err(|failure| {
        let message = failure.detail.unwrap_or_else(|| failure.code.text("en").to_owned());
        Failure::new(
            "data",
            message,
            "choose a folder that you can write and that no other engine uses with --data",
        )
    })?;
    engine
        .keep_time()
        .map_err(|failure| Failure::new("start", failure, "close other programs, then try again"))?;
    let limits = Limits::default();
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(limits.requests + NETWORK)
        .enable_all()
        .build()
        .map_err(started)?;
    engine.connect(runtime.handle().clone(), arguments.network());
    let options = DoorOptions {
        listen: arguments.listen,
        origins: arguments.origin,
        limits,
    };
    runtime.block_on(async {
        // Before anybody is told that the engine is ready, so that no signal ends it impolitely.
        let ends = Ends::new().map_err(started)?;
        let doors = Doors::open(engine, options).await.map_err(refused)?;
        let ready = Ready {
            http: doors.http(),
            ws: doors.ws(),
            token: doors.token(),
        };
        report::json(&ready);
        ends.wait().await;
        doors.close().await;
        Ok(())
    })
}

/// The language of the environment, by the name that the engine knows it by.
fn language() -> String {
    let name = serde_json::to_value(Language::from_environment()).ok();
    let name = name.as_ref().and_then(serde_json::Value::as_str);
    name.unwrap_or("en").to_owned()
}

fn refused(error: DoorError) -> Failure {
    let (step, hint) = match &error {
        DoorError::NotLoopback(_) => ("listen", "name an address such as 127.0.0.1:0 or [::1]:0 with --listen"),
        DoorError::Address { .. } => ("listen", "choose another port with --listen, or 0 for any that is free"),
        DoorError::Origin(_) => (
            "origin",
            "name scheme, host and port as the browser shows them, without a path",
        ),
        DoorError::Token { .. } => ("token", "make the file readable for you, or delete it"),
    };
    Failure::new(step, error, hint)
}
