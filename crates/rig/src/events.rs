//! Events of an engine, by WebSocket.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::http::HeaderValue;
use tungstenite::{Message, WebSocket};

use crate::RigError;
use crate::engine::frame;
use crate::error::During as _;
use crate::space::Space;

/// How long the engine may take to let somebody listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Listens to an engine until it is dropped or the engine ends. Keeps every event.
#[derive(Debug)]
pub struct Events {
    heard: Arc<Heard>,
    stream: TcpStream,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Heard {
    all: Mutex<Record>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Record {
    events: Vec<Value>,
    ended: bool,
}

impl Events {
    pub(crate) fn open(space: &Space, url: &str, token: &str, routes: &[&str]) -> Result<Self, RigError> {
        let mut request = url.into_client_request().during(url)?;
        let bearer = HeaderValue::from_str(&format!("Bearer {token}")).during("the token")?;
        request.headers_mut().insert("authorization", bearer);
        let host: SocketAddr = request
            .uri()
            .authority()
            .map(|it| it.as_str())
            .unwrap_or_default()
            .parse()
            .during(url)?;
        let stream = space.run(|| TcpStream::connect(host))?.during(url)?;
        stream.set_read_timeout(Some(PATIENCE)).during(url)?;
        let (mut socket, _) = tungstenite::client(request, stream.try_clone().during(url)?).during(url)?;
        for route in routes {
            let asked = json!(frame(route, json!({ "identifier": route, "id": route }))?);
            socket.send(Message::text(asked.to_string())).during(route)?;
            let answer = read(&mut socket)?;
            if answer.get("code") != Some(&json!(200)) {
                return Err(RigError::new(format!("{route}: {answer}")));
            }
        }
        stream.set_read_timeout(None).during(url)?;
        let heard = Arc::<Heard>::default();
        let record = Arc::clone(&heard);
        let thread = thread::Builder::new()
            .name("rig-events".to_owned())
            .spawn(move || record.fill(socket));
        Ok(Self {
            heard,
            stream,
            thread: Some(thread.during("a thread")?),
        })
    }

    /// All events so far, the oldest first. Each has `event` (the route that listens), `type` and `data`.
    #[must_use]
    pub fn so_far(&self) -> Vec<Value> {
        self.heard.record().events.clone()
    }

    /// Waits for an event, those that came already included.
    ///
    /// # Errors
    /// If none comes within the patience, or the engine ends before.
    pub fn wait(&self, what: &str, patience: Duration, is_it: impl Fn(&Value) -> bool) -> Result<Value, RigError> {
        let end = Instant::now() + patience;
        let mut record = self.heard.record();
        loop {
            if let Some(event) = record.events.iter().find(|event| is_it(event)) {
                return Ok(event.clone());
            }
            let left = end.saturating_duration_since(Instant::now());
            if record.ended || left.is_zero() {
                let came: Vec<_> = record.events.iter().filter_map(|event| event.get("type")).collect();
                return Err(RigError::new(format!("no event says: {what}; there are only {came:?}")));
            }
            (record, _) = self
                .heard
                .more
                .wait_timeout(record, left)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Heard {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what comes until nothing does any more.
    fn fill(&self, mut socket: WebSocket<TcpStream>) {
        loop {
            let event = read(&mut socket);
            let mut record = self.record();
            let ended = event.is_err();
            record.ended = ended;
            record.events.extend(event);
            drop(record);
            self.more.notify_all();
            if ended {
                return;
            }
        }
    }
}

/// The next text that an engine says.
fn read(socket: &mut WebSocket<TcpStream>) -> Result<Value, RigError> {
    loop {
        if let Message::Text(text) = socket.read().during("WebSocket")? {
            return serde_json::from_str(&text).during("WebSocket");
        }
    }
}
