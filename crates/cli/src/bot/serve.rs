use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use coco_chatbot::author::{Looks, load};
use coco_chatbot::desk::{Access, Desk, Keep, PATH};
use coco_chatbot::server::Server;
use serde::Serialize;
use tokio::runtime;

use super::{access, folders, read};
use crate::ends::Ends;
use crate::report::{self, Failure};

/// How often files are looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Which bots are served, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArguments {
    /// Folder of a bot, or of several
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Address to listen on. Put a proxy that speaks TLS before it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Folder of secrets and conversations; .coco in the folder of the bots if it is not named
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The line that says that bots are ready: the first of them, and all.
#[derive(Serialize)]
struct Ready {
    url: String,
    secret: String,
    bots: Vec<Served>,
}

#[derive(Serialize)]
struct Served {
    id: String,
    name: String,
    url: String,
    secret: String,
}

/// A bot's folder, and how it looked when it was read.
struct Watched {
    folder: PathBuf,
    id: String,
    access: Access,
    looks: Looks,
}

/// Serves bots until the program is told to end.
pub(crate) fn run(arguments: &ServeArguments) -> Result<(), Failure> {
    let started = |error: io::Error| Failure::new("start", error, "close other programs, then try again");
    let state = arguments.data.clone().unwrap_or_else(|| arguments.folder.join(".coco"));
    let keep = Keep::in_folder(&state).map_err(|error| {
        let message = format!("{}: {error}", state.display());
        Failure::new("data", message, "choose a folder that you can write with --data")
    })?;
    let log = Arc::new(|words: &str| eprintln!("{words}"));
    let desk = Arc::new(Desk::new(Arc::new(keep), Arc::new(now), log));
    let mut watched = BTreeMap::new();
    let mut served = Vec::new();
    for folder in folders::find(&arguments.folder)? {
        let looks = Looks::of(&folder);
        let bot = read(&folder)?;
        let access = access::of(&state, bot.id())?;
        let one = Watched {
            id: bot.id().to_owned(),
            access: access.clone(),
            looks,
            folder,
        };
        served.push((bot.id().to_owned(), bot.name().to_owned(), access.clone()));
        if let Some(other) = watched.insert(bot.id().to_owned(), one) {
            let message = format!(
                "there are two bots \"{}\", one of them in {}",
                bot.id(),
                other.folder.display()
            );
            return Err(Failure::new("bot", message, "give one of them another id"));
        }
        desk.put(bot, access);
    }
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(started)?;
    runtime.block_on(async {
        // Before anybody is told that the bots are ready, so that no signal ends them impolitely.
        let ends = Ends::new().map_err(started)?;
        let server = Server::open(Arc::clone(&desk), arguments.listen)
            .await
            .map_err(|error| {
                let message = format!("{}: {error}", arguments.listen);
                Failure::new(
                    "listen",
                    message,
                    "choose another address with --listen, or port 0 for any that is free",
                )
            })?;
        ready(served, server.address());
        tokio::select! {
            () = ends.wait() => {}
            () = watch(&desk, watched.into_values().collect()) => {}
        }
        server.close().await;
        Ok(())
    })
}

fn ready(served: Vec<(String, String, Access)>, address: SocketAddr) {
    let bots: Vec<Served> = served
        .into_iter()
        .map(|(id, name, access)| Served {
            url: format!("http://{address}{PATH}{id}/{}", access.token),
            secret: access.secret,
            id,
            name,
        })
        .collect();
    if let Some(first) = bots.first() {
        report::json(&Ready {
            url: first.url.clone(),
            secret: first.secret.clone(),
            bots,
        });
    }
}

/// Reads bots anew whose files changed. What is wrong with one is told, and the one before stays.
async fn watch(desk: &Desk, mut watched: Vec<Watched>) {
    loop {
        tokio::time::sleep(LOOK).await;
        for one in &mut watched {
            let looks = Looks::of(&one.folder);
            if looks != one.looks {
                one.looks = looks;
                reload(desk, one);
            }
        }
    }
}

fn reload(desk: &Desk, one: &Watched) {
    let what = shown(&one.folder);
    match load(&one.folder) {
        Ok(bot) if bot.id() == one.id => {
            desk.put(bot, one.access.clone());
            eprintln!("{what} was read anew");
        }
        Ok(bot) => eprintln!("{what} is called \"{}\" now; start anew for that", bot.id()),
        Err(problems) => eprintln!("{what} was changed and is wrong, so the version before stays:\n{problems}"),
    }
}

fn shown(folder: &Path) -> String {
    folder.display().to_string()
}

/// The computer's time, in ms since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
