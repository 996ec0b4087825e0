//! Asks other people's bots.

use std::io::Read as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};
use url::{Host, Url};

use crate::desk::Clock;
use crate::protocol::{BODY, Code, Event, Refusal, Request, Response, SIGNATURE, Version, sign};

const USER_AGENT: &str = concat!("CocoCat-Desktop/", env!("CARGO_PKG_VERSION"));
/// The media type of the document, which is not quite one.
const MEDIA_TYPE: &str = "application/json;UTF-8";
/// How long it may take to reach a bot, and all in all.
const CONNECT: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(30);
/// How long is waited before a bot is asked again that could not be reached.
const AGAIN: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// Why a bot did not answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is none that is asked.
    #[error("the address of a bot begins with https://, or with http:// on this computer")]
    Address,
    /// Nobody answered.
    #[error("the bot cannot be reached: {0}")]
    Unreachable(String),
    /// The clocks of both sides differ too much.
    #[error("this computer's clock and the bot's differ by {} seconds; set this computer's clock", ahead.unsigned_abs() / 1000)]
    Clock {
        /// By how many ms this computer's is ahead.
        ahead: i64,
    },
    /// The bot said why.
    #[error("the bot refused: {0}")]
    Refused(Refusal),
    /// The answer is none that can be shown.
    #[error("the bot's answer cannot be read: {0}")]
    Unreadable(String),
}

/// A bot somewhere else.
pub struct Remote {
    url: Url,
    secret: String,
    agent: Agent,
    clock: Clock,
}

impl Remote {
    /// The bot at an address, to be asked with its secret. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    pub fn new(url: &str, secret: String, clock: Clock) -> Result<Self, ClientError> {
        let url = Url::parse(url).map_err(|_| ClientError::Address)?;
        let here = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && here) {
            return Err(ClientError::Address);
        }
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(USER_AGENT)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(WHOLE))
            .build();
        Ok(Self {
            url,
            secret,
            agent: config.into(),
            clock,
        })
    }

    /// Asks something for a user. Blocks until there is an answer, 30 seconds for each try at most. Only who could not be reached
    /// is asked again: what was heard is not to be heard twice.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn ask(&self, user: &str, event: &Event) -> Result<Response, ClientError> {
        let mut pauses = AGAIN.into_iter();
        loop {
            match (self.once(user, event), pauses.next()) {
                (Err(ClientError::Unreachable(_)), Some(pause)) => sleep(pause),
                (done, _) => return done,
            }
        }
    }

    fn once(&self, user: &str, event: &Event) -> Result<Response, ClientError> {
        let now = (self.clock)();
        let request = Request {
            version: Version::V2,
            user_id: user.to_owned(),
            user_ip: None,
            timestamp: now,
            event: event.clone(),
        };
        let body = request.body();
        let answer = self
            .agent
            .post(self.url.as_str())
            .header("Content-Type", MEDIA_TYPE)
            .header(SIGNATURE, sign(&self.secret, &body))
            .send(&body);
        let mut answer = answer.map_err(|error| match error {
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve)
            | ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed => ClientError::Unreachable(error.to_string()),
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                ClientError::Unreachable(error.to_string())
            }
            error => ClientError::Unreadable(error.to_string()),
        })?;
        let status = answer.status().as_u16();
        let mut bytes = Vec::new();
        let reader = answer.body_mut().as_reader().take(BODY as u64 + 1);
        { reader }
            .read_to_end(&mut bytes)
            .map_err(|error| ClientError::Unreadable(error.to_string()))?;
        if bytes.len() > BODY {
            return Err(ClientError::Unreadable(format!("it is longer than {BODY} bytes")));
        }
        match status {
            200 => understand(&bytes),
            502..=504 => Err(ClientError::Unreachable(format!("its server says {status}"))),
            status => Err(refused(status, &bytes, now)),
        }
    }
}

/// Reads an answer.
fn understand(bytes: &[u8]) -> Result<Response, ClientError> {
    let unreadable = |error: &dyn std::fmt::Display| ClientError::Unreadable(error.to_string());
    let response: Response = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
    response.check().map_err(|invalid| unreadable(&invalid))?;
    Ok(response)
}

/// Reads a refusal.
fn refused(status: u16, bytes: &[u8], now: u64) -> ClientError {
    match serde_json::from_slice::<Refusal>(bytes) {
        Ok(refusal) if refusal.code == Code::Time => ClientError::Clock {
            ahead: i64::try_from(now).unwrap_or_default() - i64::try_from(refusal.timestamp).unwrap_or_default(),
        },
        Ok(refusal) => ClientError::Refused(refusal),
        Err(_) => ClientError::Unreadable(format!("its server says {status}")),
    }
}
