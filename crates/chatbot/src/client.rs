//! Asks other people's bots.

use std::io::Read as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};
use url::{Host, Url};

use crate::desk::{Clock, PATH};
use crate::protocol::{BODY, Code, Event, Refusal, Request, Response, SIGNATURE, Version, sign};

const USER_AGENT: &str = concat!("CocoCat-Desktop/", env!("CARGO_PKG_VERSION"));
/// The media type of the document, which is not quite one.
const MEDIA_TYPE: &str = "application/json;UTF-8";
/// How long it may take to reach a bot, and all in all.
const CONNECT: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(30);
/// Longest address of something that a message shows, in bytes, and redirections that are followed to it.
const LONGEST: usize = 2_048;
const REDIRECTS: u32 = 3;
/// How long a connection is kept for what a user says next: shorter than servers commonly do, which may close it just when it is used.
const KEPT: Duration = Duration::from_secs(4);
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

/// A bot somewhere else. What is asked soon after each other goes over one connection.
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
        Ok(Self {
            url,
            secret,
            agent: agent(false),
            clock,
        })
    }

    /// What the bot may be called, by its address: its id, or the name of its computer.
    #[must_use]
    pub fn name(&self) -> String {
        let path = self.url.path().strip_prefix(PATH);
        let id = path.and_then(|rest| rest.split('/').next()).filter(|id| !id.is_empty());
        id.or(self.url.host_str()).unwrap_or_default().to_owned()
    }

    /// The address as it is written canonically.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
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

/// Something that speaks HTTP, follows no redirection, and asks perhaps by `https://` alone.
fn agent(https_only: bool) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .https_only(https_only)
        .max_redirects(0)
        .user_agent(USER_AGENT)
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(WHOLE))
        .max_idle_age(KEPT)
        .build();
    config.into()
}

/// Fetches something that a bot's message shows, such as a picture, of so many bytes at most. Blocks for 30 seconds at most. Whoever
/// wrote the address may be anybody: only names on the web are asked, by `https://`, and nothing by its number.
///
/// # Errors
/// [`ClientError::Address`] for an address that is not asked, [`ClientError::Unreadable`] for an answer that is too long or none, and
/// [`ClientError::Unreachable`].
pub fn fetch(address: &str, most: usize) -> Result<Vec<u8>, ClientError> {
    let agent = agent(true);
    let mut url = named(address)?;
    for _ in 0..=REDIRECTS {
        match download(&agent, &url, most)? {
            Found::Bytes(bytes) => return Ok(bytes),
            // Whoever points elsewhere may be anybody too.
            Found::Elsewhere(next) => url = named(next.as_str())?,
        }
    }
    Err(ClientError::Unreadable(format!(
        "it is more than {REDIRECTS} redirections away"
    )))
}

/// An address that may be fetched.
fn named(address: &str) -> Result<Url, ClientError> {
    let url = Url::parse(address).map_err(|_| ClientError::Address)?;
    let named = matches!(url.host(), Some(Host::Domain(name)) if name.contains('.') && !name.ends_with(".localhost") && !name.ends_with('.'));
    if address.len() > LONGEST || url.scheme() != "https" || !named || !url.username().is_empty() {
        return Err(ClientError::Address);
    }
    Ok(url)
}

/// What is at an address.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Bytes(Vec<u8>),
    Elsewhere(Url),
}

fn download(agent: &Agent, url: &Url, most: usize) -> Result<Found, ClientError> {
    let unreadable = |error: &dyn std::fmt::Display| ClientError::Unreadable(error.to_string());
    let answer = agent.get(url.as_str()).call();
    let mut answer = answer.map_err(|error| ClientError::Unreachable(error.to_string()))?;
    if answer.status().is_redirection() {
        let next = answer.headers().get("Location").and_then(|next| next.to_str().ok());
        let next = next.and_then(|next| url.join(next).ok());
        return next.map(Found::Elsewhere).ok_or(ClientError::Address);
    }
    if answer.status() != 200 {
        return Err(ClientError::Unreadable(format!("its server says {}", answer.status())));
    }
    let mut bytes = Vec::new();
    let reader = answer.body_mut().as_reader().take(most as u64 + 1);
    { reader }.read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() > most {
        return Err(ClientError::Unreadable(format!("it is longer than {most} bytes")));
    }
    Ok(Found::Bytes(bytes))
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn only_names_of_the_web_are_asked_and_by_https() {
        for address in [
            "http://pictures.example/a.png",
            "https://127.0.0.1/a.png",
            "https://[::1]/a.png",
            "https://10.0.0.1/a.png",
            "https://2130706433/a.png",
            "https://localhost/a.png",
            "https://intranet/a.png",
            "https://a.localhost/",
            "https://user@pictures.example/a.png",
            "file:///etc/passwd",
            "data:image/png;base64,AAAA",
            "",
            &format!("https://pictures.example/{}", "x".repeat(LONGEST)),
        ] {
            assert!(matches!(fetch(address, 100), Err(ClientError::Address)), "{address}");
        }
    }

    #[test]
    fn what_is_fetched_is_bounded() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/a.png", server.local_addr().unwrap())).unwrap();
        let serving = std::thread::spawn(move || {
            for (status, length) in [
                ("200 OK", 100_usize),
                ("200 OK", 101),
                ("404 Not Found", 3),
                ("302 Found\r\nLocation: https://10.0.0.1/b.png", 0),
            ] {
                let (mut stream, _) = server.accept().unwrap();
                let mut head = [0; 4_096];
                assert!(stream.read(&mut head).unwrap() > 0);
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
                stream.write_all(head.as_bytes()).unwrap();
                // Whoever has seen enough does not read the rest.
                let _ = stream.write_all(&vec![7; length]);
            }
        });
        let agent = agent(false);
        assert_eq!(download(&agent, &url, 100).unwrap(), Found::Bytes(vec![7; 100]));
        for _ in 0..2 {
            assert!(matches!(download(&agent, &url, 100), Err(ClientError::Unreadable(_))));
        }
        let next = Url::parse("https://10.0.0.1/b.png").unwrap();
        assert_eq!(download(&agent, &url, 100).unwrap(), Found::Elsewhere(next.clone()));
        assert!(matches!(named(next.as_str()), Err(ClientError::Address)));
        serving.join().unwrap();
    }
}
