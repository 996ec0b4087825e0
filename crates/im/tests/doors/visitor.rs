//! What the tests share: an engine with open doors, and somebody who knocks.

use std::time::Duration;

use coco_im::doors::{DoorOptions, Doors, Limits};
use coco_im::testing::Lab;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longer than anything here takes; what is still awaited then will never come.
pub(crate) const NEVER: Duration = Duration::from_secs(60);

/// An engine with somebody logged in, and doors to it.
pub(crate) struct Open {
    pub(crate) lab: Lab,
    pub(crate) doors: Doors,
}

/// The origin of the only page that may knock.
pub(crate) const PAGE: &str = "http://127.0.0.1:5173";

impl Open {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// Doors with limits of the test's own.
    pub(crate) async fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let lab = Lab::new();
        lab.befriend(9);
        let mut options = DoorOptions {
            origins: vec![PAGE.to_owned()],
            ..DoorOptions::default()
        };
        change(&mut options.limits);
        let doors = Doors::open(lab.engine.clone(), options).await.unwrap();
        Self { lab, doors }
    }

    pub(crate) async fn knock(&self) -> Visitor {
        Visitor {
            stream: TcpStream::connect(self.doors.address()).await.unwrap(),
            read: Vec::new(),
        }
    }

    /// A head that is let in, without its end.
    pub(crate) fn head(&self, line: &str) -> String {
        let (host, token) = (self.doors.address(), self.doors.token());
        format!("{line} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n")
    }

    /// A whole request.
    pub(crate) fn request(&self, line: &str, body: &str) -> String {
        format!("{}Content-Length: {}\r\n\r\n{body}", self.head(line), body.len())
    }

    /// What comes back for a whole request.
    pub(crate) async fn ask(&self, line: &str, body: &Value) -> Response {
        let mut visitor = self.knock().await;
        visitor.say(&self.request(line, &body.to_string())).await;
        visitor.hear().await
    }
}

/// A request that lists conversations.
pub(crate) fn conversations() -> Value {
    json!({ "__SERVER_ROUTE_MODULE": "chat", "__SERVER_ROUTE_METHOD": "getConversations" })
}

/// A request that sends a text.
pub(crate) fn text(text: &str) -> Value {
    let peer = coco_im::testing::address(9);
    json!({
        "__SERVER_ROUTE_MODULE": "chat", "__SERVER_ROUTE_METHOD": "sendTextMessage", "identifier": text,
        "cnd": peer, "cid": peer, "conversationType": 0, "pub": "", "text": text,
    })
}

/// A connection, byte by byte.
pub(crate) struct Visitor {
    stream: TcpStream,
    read: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn code(&self) -> i64 {
        self.json()["code"].as_i64().unwrap()
    }

    pub(crate) fn closes(&self) -> bool {
        self.head.to_ascii_lowercase().contains("connection: close")
    }
}

impl Visitor {
    /// Writes as much as the other side takes.
    pub(crate) async fn say(&mut self, text: &str) {
        let _ = self.stream.write_all(text.as_bytes()).await;
    }

    /// Reads one answer.
    pub(crate) async fn hear(&mut self) -> Response {
        self.hear_or_end().await.expect("an answer")
    }

    /// Reads one answer; `None` if the connection ended instead.
    pub(crate) async fn hear_or_end(&mut self) -> Option<Response> {
        loop {
            if let Some(response) = self.take() {
                return Some(response);
            }
            let mut space = [0; 65_536];
            let read = tokio::time::timeout(NEVER, self.stream.read(&mut space))
                .await
                .expect("an answer or an end");
            match read {
                Ok(0) | Err(_) => return None,
                Ok(length) => self.read.extend(&space[..length]),
            }
        }
    }

    fn take(&mut self) -> Option<Response> {
        let end = self.read.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8(self.read[..end].to_vec()).unwrap();
        let length = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        let rest = self.read[end + 4..].to_vec();
        (rest.len() >= length).then(|| {
            self.read = rest[length..].to_vec();
            Response {
                status: head.split(' ').nth(1).unwrap().parse().unwrap(),
                body: String::from_utf8(rest[..length].to_vec()).unwrap(),
                head,
            }
        })
    }
}

/// Waits until something is so.
pub(crate) async fn until<F: Future<Output = bool>>(mut so: impl FnMut() -> F) {
    let waiting = async {
        while !so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(NEVER, waiting).await.expect("what is waited for");
}
