//! The doors for other programs on this computer: HTTP and WebSocket (im.md 1).
//!
//! * HTTP: `POST` or `PUT`, to `/` or to `/<method>`, with a JSON object as body. Whatever reaches the dispatcher is
//!   answered with status 200 and `{code, message, data}`; what a door itself refuses has a status of its own and a body
//!   of the same form: 401 without the token, 403 for a foreign `Origin` or `Host`, 405, 408 for a body that takes too
//!   long, 413 for one that is too large, 429 for too many requests. A request without the module is taken for the only
//!   route with its method, and one without the method for the one that the path names.
//! * WebSocket, at `/ws`: a request in each text frame, its answer in a frame with the same `identifier`, in whatever order
//!   the answers are ready. After a route of `socketEvent`, events follow one to a frame as `{event, type, data}`, where
//!   `event` is the identifier that was given; those that are ready together are written together. A client that reads
//!   too slowly misses some and is told so by `{event, type: "overflow", data: {missed}}`; it should ask anew for
//!   everything it shows. Requests beyond the rate wait.
//!
//! The token goes in the header `Authorization: Bearer <token>`. A browser, which cannot set it on a WebSocket, offers the
//! subprotocols `cococat` and `bearer.<token>` instead. Nobody without it is read further than the head of a request.

mod frame;
mod guard;
mod http;
mod limits;
mod line;
mod rate;
mod server;
mod socket;
mod token;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use frame::{answer_body, answer_frame};
pub use guard::{Guard, Refusal};
pub use limits::Limits;
pub use server::Doors;
pub use token::FILE as TOKEN_FILE;

/// Where doors are and whom they open for.
#[derive(Debug, Clone)]
pub struct DoorOptions {
    /// A loopback address; with port 0 any port that is free.
    pub listen: SocketAddr,
    /// Pages that may knock, as browsers write it in `Origin`, such as `http://127.0.0.1:5173`. They must be loopback too.
    /// Without any, no page may.
    pub origins: Vec<String>,
    /// How much is taken.
    pub limits: Limits,
}

impl Default for DoorOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            origins: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// Why doors did not open.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// Other computers could reach the address.
    #[error("{0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The address cannot be had.
    #[error("{address}: {source}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// No origin that a page on this computer could have.
    #[error("{0:?} is not the origin of a page on this computer, such as http://127.0.0.1:5173")]
    Origin(String),
    /// The file of the token cannot be read or written, or holds no token.
    #[error("{path}: {source}")]
    Token {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
