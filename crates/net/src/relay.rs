//! The relay of a node: carries packets, which it cannot read, between devices that do not reach each other.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use iroh_relay::server::{Access, AccessControl, ClientRateLimit, ClientRequest, RelayConfig, Server, ServerConfig};
use thiserror::Error;

use crate::Key;

/// Decides whether a device may use the relay; must not block.
pub type Admit = Arc<dyn Fn(Key) -> bool + Send + Sync>;

/// Keys whose handshake is remembered; each takes some 100 bytes.
const REMEMBERED_KEYS: usize = 4096;

/// How to run a relay.
#[derive(Clone)]
pub struct Options {
    /// Where to listen for plain HTTP; port 0 takes any free port.
    pub listen: SocketAddr,
    /// Who is admitted; `None` admits everybody.
    pub admit: Option<Admit>,
    /// Bytes a second that one device may send; `None` has no limit.
    pub rate: Option<NonZeroU32>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("admits", if self.admit.is_some() { &"some" } else { &"all" })
            .field("rate", &self.rate)
            .finish()
    }
}

/// Why a relay did not start or end well.
#[derive(Debug, Error)]
#[error("relay: {0}")]
pub struct RelayError(String);

/// A relay that runs until it is closed or dropped.
#[derive(Debug)]
pub struct Relay {
    server: Server,
    address: SocketAddr,
}

impl Relay {
    /// Where it listens, with the port that was taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL at `host`, for instance `http://192.168.1.2:3340`.
    pub fn url(&self, host: std::net::IpAddr) -> String {
        format!("http://{}", SocketAddr::new(host, self.address.port()))
    }

    /// Ends it and every connection to it.
    ///
    /// # Errors
    /// If a task of it failed.
    pub async fn close(self) -> Result<(), RelayError> {
        self.server.shutdown().await.map_err(failed)
    }
}

/// Starts a relay on plain HTTP: what it carries is encrypted from device to device, and devices prove their key to it.
///
/// # Errors
/// If it cannot listen.
pub async fn spawn(options: Options) -> Result<Relay, RelayError> {
    let mut relay = RelayConfig::new(options.listen);
    relay.key_cache_capacity = Some(REMEMBERED_KEYS);
    relay.limits.client_rx = options.rate.map(ClientRateLimit::new);
    if let Some(admit) = options.admit {
        relay.access = Arc::new(Gate(admit));
    }
    let mut config = ServerConfig::default();
    config.relay = Some(relay);
    let server = Server::spawn(config).await.map_err(failed)?;
    let address = server.http_addr().ok_or_else(|| failed("it does not listen"))?;
    Ok(Relay { server, address })
}

/// The function of the options as the relay asks it.
struct Gate(Admit);

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl AccessControl for Gate {
    async fn on_connect(&self, request: &ClientRequest) -> Access {
        if (self.0)(*request.endpoint_id().as_bytes()) {
            Access::Allow
        } else {
            Access::Deny { reason: None }
        }
    }
}

fn failed(error: impl ToString) -> RelayError {
    RelayError(error.to_string())
}
