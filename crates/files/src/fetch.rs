//! One HTTPS GET, with redirects that never lose the encryption and never carry an app's secrets to another server.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::Response;
use ureq::http::header::LOCATION;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, DefaultConnector};
use ureq::{Agent, Body};
use url::Url;

use crate::FilesError;
use crate::limits::{CONNECT_TIMEOUT, IDLE_TIMEOUT, MAX_FILE, MAX_FOLDER, MAX_REDIRECTS};
use crate::request::{Checked, check_url};
use crate::strict::StrictConnector;

const USER_AGENT: &str = concat!("CocoCat-Desktop/", env!("CARGO_PKG_VERSION"));

/// Whom a server's certificate must come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// The authorities that the system trusts; those in the file that `SSL_CERT_FILE` names, when it is set.
    System,
    /// The certificates in this PEM file and no others.
    File(PathBuf),
}

/// Bounds and trust of downloads. The default is what people get; tests take smaller numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whom a server's certificate must come from.
    pub roots: Roots,
    /// How long finding a server and connecting to it may take.
    pub connect_timeout: Duration,
    /// How long a server may send nothing.
    pub idle_timeout: Duration,
    /// Largest file, in bytes.
    pub max_file: u64,
    /// Largest sum of all files in the folder of one app, in bytes.
    pub max_folder: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            roots: Roots::System,
            connect_timeout: CONNECT_TIMEOUT,
            idle_timeout: IDLE_TIMEOUT,
            max_file: MAX_FILE,
            max_folder: MAX_FOLDER,
        }
    }
}

/// Reads the certificates that `roots` names.
pub(crate) fn certificates(roots: &Roots) -> io::Result<RootCerts> {
    let Roots::File(path) = roots else {
        return Ok(RootCerts::PlatformVerifier);
    };
    let mut certificates = Vec::new();
    for item in parse_pem(&std::fs::read(path)?) {
        if let PemItem::Certificate(certificate) = item.map_err(io::Error::other)? {
            certificates.push(certificate);
        }
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// A client for one download. [`Agent::shutdown`] on a clone of it ends what is under way.
pub(crate) fn agent(settings: &Settings, roots: &RootCerts) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(roots.clone())
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .https_only(true)
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent(USER_AGENT)
        // The file as it is, not packed for the way: its size is the one that the server names.
        .accept_encoding("identity")
        .timeout_resolve(Some(settings.connect_timeout))
        .timeout_connect(Some(settings.connect_timeout))
        .timeout_per_read(Some(settings.idle_timeout))
        .timeout_per_write(Some(settings.idle_timeout))
        .max_idle_connections(0)
        .build();
    Agent::with_parts(
        config,
        DefaultConnector::default().chain(StrictConnector),
        DefaultResolver::default(),
    )
}

/// Asks for the file, follows redirects, and returns the answer with the file as its body.
pub(crate) fn get(agent: &Agent, checked: &Checked) -> Result<Response<Body>, FilesError> {
    let mut url = checked.url.clone();
    // Once away from the first server the headers stay away, even when a redirect leads back: the other server has
    // chosen the address.
    let mut at_home = true;
    for _ in 0..=MAX_REDIRECTS {
        at_home = at_home && url.origin() == checked.url.origin();
        let mut request = agent.get(url.as_str());
        if at_home {
            for (key, value) in &checked.headers {
                request = request.header(key, value);
            }
        }
        let response = request.call().map_err(|error| failure(&url, error))?;
        match response.status().as_u16() {
            200 => return Ok(response),
            301 | 302 | 303 | 307 | 308 => url = target(&url, &response)?,
            status => return Err(FilesError::Failed(format!("{} answered {status}", host(&url)))),
        }
    }
    Err(FilesError::Failed(format!("more than {MAX_REDIRECTS} redirects")))
}

/// Where a redirect leads.
fn target(from: &Url, response: &Response<Body>) -> Result<Url, FilesError> {
    let failed = |reason: String| FilesError::Failed(format!("a redirect of {}: {reason}", host(from)));
    let location = response
        .headers()
        .get(LOCATION)
        .ok_or_else(|| failed("it does not say where to".to_owned()))?;
    let location = location
        .to_str()
        .map_err(|_| failed("its target is not ASCII".to_owned()))?;
    let url = from.join(location).map_err(|error| failed(error.to_string()))?;
    check_url(&url).map_err(failed)?;
    Ok(url)
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("the server")
}

fn failure(url: &Url, error: ureq::Error) -> FilesError {
    match error {
        ureq::Error::Timeout(_) => FilesError::Failed(format!("{} did not answer in time", host(url))),
        error => FilesError::failed(host(url), error),
    }
}

/// Why reading the body failed.
pub(crate) fn reading_failed(error: io::Error) -> FilesError {
    match ureq::Error::from(error) {
        ureq::Error::Timeout(_) => FilesError::Failed("the server stopped sending".to_owned()),
        error => FilesError::failed("the server broke off", error),
    }
}
