//! Connections: how they are taken, how many at once, and how they end.

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::routing::any;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::guard::{Guard, SOCKET};
use super::limits::{BUFFER, HEAD, HEADERS};
use super::line::{Line, Unread};
use super::rate::Rate;
use super::{DoorError, DoorOptions, Limits, TOKEN_FILE, http, socket, token};
use crate::Engine;

/// Bytes that one permit of [`House::bodies`] stands for.
const UNIT: usize = 1 << 10;
/// How long no connection is taken after one could not be, as when there are too many open files.
const BREATH: Duration = Duration::from_millis(50);

/// Open doors. They close when this is dropped, or politely by [`Doors::close`].
pub struct Doors {
    address: SocketAddr,
    token: String,
    house: House,
    taking: JoinHandle<()>,
}

impl Doors {
    /// Opens doors to an engine, within a runtime of `tokio` with its network and time. The token is read from the
    /// engine's folder, or made there.
    ///
    /// # Errors
    /// See [`DoorError`].
    pub async fn open(engine: Engine, options: DoorOptions) -> Result<Self, DoorError> {
        if !options.listen.ip().is_loopback() {
            return Err(DoorError::NotLoopback(options.listen));
        }
        let token = token::load(engine.folder()).map_err(|source| DoorError::Token {
            path: engine.folder().join(TOKEN_FILE),
            source,
        })?;
        let guard = Guard::new(token.clone(), &options.origins)?;
        let failed = |source| DoorError::Address {
            address: options.listen,
            source,
        };
        let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let house = House::new(engine, guard, options.limits);
        let taking = tokio::spawn(take(house.clone(), listener));
        Ok(Self {
            address,
            token,
            house,
            taking,
        })
    }

    /// The address that is listened on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the HTTP door, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn http(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the WebSocket door, such as `ws://127.0.0.1:40123/ws`.
    #[must_use]
    pub fn ws(&self) -> String {
        format!("ws://{}{SOCKET}", self.address)
    }

    /// The token, for whoever may have it.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Closes the doors: takes nothing more, answers what is under way, and ends what takes longer than
    /// [`Limits::grace`].
    pub async fn close(mut self) {
        self.house.closing.send_replace(true);
        let limits = self.house.limits;
        let everything = async {
            // Whether the task ended well does not matter now.
            let _ = (&mut self.taking).await;
            let all = |permits: usize| u32::try_from(permits).unwrap_or(u32::MAX);
            let _ = self.house.sockets.acquire_many(all(limits.sockets)).await;
            let _ = self.house.requests.acquire_many(all(limits.requests)).await;
        };
        let _ = timeout(limits.grace, everything).await;
    }
}

/// Without the token.
impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doors")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.house.closing.send_replace(true);
        self.house.requests.close();
        self.taking.abort();
    }
}

/// What all connections share.
#[derive(Debug, Clone)]
pub(super) struct House {
    pub(super) engine: Engine,
    pub(super) guard: Arc<Guard>,
    pub(super) limits: Limits,
    pub(super) rate: Arc<Rate>,
    /// Places for WebSockets.
    pub(super) sockets: Arc<Semaphore>,
    /// Becomes true once.
    pub(super) closing: Arc<watch::Sender<bool>>,
    /// Places for requests that are worked on.
    requests: Arc<Semaphore>,
    /// Room for bodies, in units.
    bodies: Arc<Semaphore>,
}

impl House {
    fn new(engine: Engine, guard: Guard, limits: Limits) -> Self {
        let room = limits.bodies.max(limits.body) / UNIT + 1;
        Self {
            engine,
            guard: Arc::new(guard),
            limits,
            rate: Arc::new(Rate::new(limits.per_second, limits.burst)),
            sockets: Arc::new(Semaphore::new(limits.sockets)),
            closing: Arc::new(watch::Sender::new(false)),
            requests: Arc::new(Semaphore::new(limits.requests.max(1))),
            bodies: Arc::new(Semaphore::new(room)),
        }
    }

    /// Waits until a body of a length has room in memory.
    pub(super) async fn room_for(&self, length: usize) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(length / UNIT + 1).ok()?;
        Arc::clone(&self.bodies).acquire_many_owned(units).await.ok()
    }

    /// Has something done that blocks, on a thread where it may, as soon as there is a place; `None` when the doors have
    /// closed before. It is done even if nobody waits for it any more.
    pub(super) fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = Option<T>> + Send + 'static {
        let requests = Arc::clone(&self.requests);
        async move {
            let place = requests.acquire_owned().await.ok()?;
            let done = tokio::task::spawn_blocking(move || {
                let done = work();
                drop(place);
                done
            });
            done.await.ok()
        }
    }
}

/// Waits until the doors close.
pub(super) async fn closes(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

/// Takes connections until the doors close, then waits for those that are left.
async fn take(house: House, listener: TcpListener) {
    let router = Router::new()
        .route(SOCKET, any(socket::open))
        .fallback(http::answer)
        .layer(axum::middleware::from_fn_with_state(house.clone(), http::admit))
        .with_state(house.clone());
    let places = Arc::new(Semaphore::new(house.limits.connections.max(1)));
    let mut closing = house.closing.subscribe();
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        tokio::select! {
            () = closes(&mut closing) => break,
            Some(_) = connections.join_next() => {}
            (place, taken) = next => match taken {
                Ok((stream, _)) => {
                    let connection = serve(house.clone(), router.clone(), stream);
                    connections.spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                Err(_) => sleep(BREATH).await,
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Serves one connection to its end.
async fn serve(house: House, router: Router, stream: TcpStream) {
    // Answers are small and somebody waits for each.
    let _ = stream.set_nodelay(true);
    let unread = Unread::default();
    let line = Line::new(stream, unread.clone(), house.limits.stall);
    let inner = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(unread.clone());
        let answer = inner.call(request);
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(house.limits.head)
        .max_header_size(HEAD)
        .max_headers(HEADERS)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(line), service)
        .with_upgrades();
    tokio::pin!(connection);
    let mut closing = house.closing.subscribe();
    tokio::select! {
        // Why a connection ended is nobody's concern.
        _ = connection.as_mut() => return,
        () = closes(&mut closing) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
