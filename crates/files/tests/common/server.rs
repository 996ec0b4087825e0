//! An HTTPS server of a few lines, with a certificate authority of its own.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use coco_files::{Roots, Settings};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::NamedTempFile;

/// A connection of the server: what the test writes is what the client gets.
pub(crate) type Connection = StreamOwned<ServerConnection, TcpStream>;

type Answer = dyn Fn(&str, &mut Connection) -> io::Result<()> + Send + Sync;

/// A server that runs until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    authority: NamedTempFile,
    requests: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers every request with what `answer` writes; it is given the head of the request.
    pub(crate) fn new(answer: impl Fn(&str, &mut Connection) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::with_name("localhost", answer)
    }

    /// The same with a certificate for `name`.
    pub(crate) fn with_name(
        name: &str,
        answer: impl Fn(&str, &mut Connection) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = vec![name.to_owned(), "127.0.0.1".to_owned()];
        let names = if name == "localhost" {
            names
        } else {
            vec![name.to_owned()]
        };
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
        let authority = NamedTempFile::new().unwrap();
        fs::write(authority.path(), issuer.pem()).unwrap();

        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let over = Arc::new(AtomicBool::new(false));
        let thread = {
            let (requests, over) = (requests.clone(), over.clone());
            thread::spawn(move || serve(&listener, &Arc::new(config), &requests, &over, &Arc::new(answer)))
        };
        Self {
            address,
            authority,
            requests,
            over,
            thread: Some(thread),
        }
    }

    /// The URL of a path, by the name `localhost`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }

    /// The URL of a path, by the number of the machine: another host for the client.
    pub(crate) fn url_by_number(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The file with the server's authority.
    pub(crate) fn authority(&self) -> &std::path::Path {
        self.authority.path()
    }

    /// Settings that trust this server and no other.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            roots: Roots::File(self.authority.path().to_owned()),
            ..Settings::default()
        }
    }

    /// The heads of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    listener: &TcpListener,
    config: &Arc<ServerConfig>,
    requests: &Arc<Mutex<Vec<String>>>,
    over: &AtomicBool,
    answer: &Arc<impl Fn(&str, &mut Connection) -> io::Result<()> + Send + Sync + 'static>,
) {
    for stream in listener.incoming() {
        if over.load(Ordering::Acquire) {
            return;
        }
        let (config, requests, answer) = (config.clone(), requests.clone(), answer.clone());
        thread::spawn(move || {
            // A client that goes away is part of some tests.
            let _ = handle(stream, config, &requests, &*answer);
        });
    }
}

fn handle(
    stream: io::Result<TcpStream>,
    config: Arc<ServerConfig>,
    requests: &Mutex<Vec<String>>,
    answer: &Answer,
) -> io::Result<()> {
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut connection = StreamOwned::new(connection, stream?);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        connection.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    requests.lock().unwrap().push(head.clone());
    answer(&head, &mut connection)?;
    connection.conn.send_close_notify();
    connection.flush()
}

/// An answer with this status, these header lines and this body, its length named.
pub(crate) fn answer(connection: &mut Connection, status: &str, headers: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n"
    )?;
    connection.write_all(body)
}

/// Waits until the client has gone.
pub(crate) fn wait_for_the_end(connection: &mut Connection) -> io::Result<()> {
    connection.flush()?;
    let mut byte = [0];
    while connection.read(&mut byte)? > 0 {}
    Ok(())
}

/// The path of a request.
pub(crate) fn path_of(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}
