//! `coco node`: what helps devices find each other and keeps what is for those that are away.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use coco_net::node::{Backend, Limits, Node, NodeError, NodeOptions};
use serde::Serialize;
use tokio::runtime;

use crate::ends::Ends;
use crate::report::{self, Failure};

/// Bytes of a gibibyte.
const GIBIBYTE: u64 = 1024 * 1024 * 1024;

/// Where the node keeps what, and for whom it is.
#[derive(Debug, clap::Args)]
pub(crate) struct NodeArguments {
    /// Folder of the node; its key is there too, so keep it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address to listen on, UDP. Name one that devices can reach, such as 203.0.113.7:4433
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Also carry packets between devices that do not reach each other: address to listen on, TCP
    #[arg(long, value_name = "ADDRESS")]
    relay: Option<SocketAddr>,
    /// Keep mailboxes in this PostgreSQL database instead of the folder, such as "host=/run/postgresql dbname=coco"
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Serve only this user, by address; may be repeated. Without it, whoever comes is served
    #[arg(long, value_name = "USER")]
    allow: Vec<String>,
    /// Room for the files of each user, in GiB
    #[arg(long, value_name = "GIB", default_value = "10")]
    quota: u64,
}

/// The line that says that the node is ready.
#[derive(Serialize)]
struct Ready {
    ticket: String,
    #[serde(rename = "nodeId")]
    node_id: String,
}

/// Runs the node until the program is told to end.
pub(crate) fn run(arguments: NodeArguments) -> Result<(), Failure> {
    let allowed = arguments
        .allow
        .iter()
        .map(|user| {
            coco_keys::user_address_bytes(user).ok_or_else(|| {
                let error = format!("{user} is not the address of a user");
                Failure::new("allow", error, "name users by their address, as their profile shows it")
            })
        })
        .collect::<Result<BTreeSet<_>, _>>()?;
    let limits = Limits {
        quota: arguments.quota.saturating_mul(GIBIBYTE),
        ..Limits::default()
    };
    let options = NodeOptions {
        relay: arguments.relay,
        backend: arguments.postgres.map_or(Backend::Sqlite, Backend::Postgres),
        allowed: (!allowed.is_empty()).then_some(allowed),
        limits,
        failed: Arc::new(|detail| eprintln!("the node failed: {detail}")),
        ..NodeOptions::new(&arguments.data, arguments.listen)
    };
    let started = |error: io::Error| Failure::new("start", error, "close other programs, then try again");
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(started)?;
    runtime.block_on(async {
        // Before anybody is told that the node is ready, so that no signal ends it impolitely.
        let ends = Ends::new().map_err(started)?;
        let node = Node::start(options).await.map_err(refused)?;
        report::json(&Ready {
            ticket: node.ticket().to_string(),
            node_id: node.name(),
        });
        ends.wait().await;
        node.close().await;
        Ok(())
    })
}

fn refused(error: NodeError) -> Failure {
    let (step, hint) = match &error {
        NodeError::Data(_) | NodeError::Store(_) => (
            "data",
            "choose a folder that you can write and that no other node uses with --data",
        ),
        NodeError::Mailbox(_) => ("mailbox", "see that the database runs and --postgres names it"),
        NodeError::Relay(_) => (
            "relay",
            "choose an address of this computer with --relay, and another port",
        ),
        NodeError::Listen(_) => (
            "listen",
            "choose an address of this computer with --listen, and port 0 for any that is free",
        ),
    };
    Failure::new(step, error, hint)
}
