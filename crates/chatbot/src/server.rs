//! Bots over HTTP.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::desk::{Desk, Reply};
use crate::protocol::{BODY, Code, MEDIA_TYPE, SIGNATURE, SIGNATURE_HYPHEN};

/// Connections at the same time.
const CONNECTIONS: usize = 1_024;
/// How long the head of a request may take, and its body.
const HEAD: Duration = Duration::from_secs(10);
const WHOLE_BODY: Duration = Duration::from_secs(10);
/// Bytes of the head of a request.
const HEAD_BYTES: usize = 16 * 1024;
/// How long is waited after a connection could not be taken, as when there are too many open files.
const BREATH: Duration = Duration::from_millis(50);
/// How long requests under way may take when the server ends.
const GRACE: Duration = Duration::from_secs(5);

/// A server that runs. It ends when this is dropped, or politely by [`Server::close`].
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    closing: watch::Sender<bool>,
    taking: JoinHandle<()>,
}

impl Server {
    /// Listens on an address, within a runtime of `tokio` with its network and time.
    ///
    /// # Errors
    /// If the address cannot be listened on.
    pub async fn open(desk: Arc<Desk>, listen: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (closing, closed) = watch::channel(false);
        let taking = tokio::spawn(take(desk, listener, closed));
        Ok(Self {
            address,
            closing,
            taking,
        })
    }

    /// The address that is listened on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes nothing more and answers what is under way.
    pub async fn close(mut self) {
        self.closing.send_replace(true);
        // Whether the task ended well does not matter now.
        let _ = (&mut self.taking).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.taking.abort();
    }
}

async fn take(desk: Arc<Desk>, listener: TcpListener, mut closed: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let ending = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            _ = closed.changed() => break,
            stream = accepted(&listener, &places) => stream,
        };
        let Some((stream, place)) = stream else {
            sleep(BREATH).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let desk = Arc::clone(&desk);
        let service = service_fn(move |request| {
            let desk = Arc::clone(&desk);
            async move { Ok::<_, Infallible>(respond(&desk, request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let connection = ending.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            // What goes wrong with a connection, its other side knows best.
            let _ = connection.await;
        });
    }
    let _ = timeout(GRACE, ending.shutdown()).await;
}

/// Waits for a place and a connection.
async fn accepted(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let (stream, _) = listener.accept().await.ok()?;
    Some((stream, place))
}

async fn respond(desk: &Desk, request: Request<Incoming>) -> Response<Full<Bytes>> {
    if request.method() != Method::POST {
        let mut response = written(desk.refuse(Code::Url, "bots are asked by POST"));
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let (head, body) = request.into_parts();
    let body = match timeout(WHOLE_BODY, Limited::new(body, BODY).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            let message = format!("the body is longer than {BODY} bytes");
            return written(desk.refuse(Code::Forbidden, &message));
        }
        _ => return written(desk.refuse(Code::Request, "the body did not arrive")),
    };
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let signature = header(SIGNATURE).or_else(|| header(SIGNATURE_HYPHEN));
    written(desk.answer(head.uri.path(), signature, &body))
}

fn written(reply: Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
