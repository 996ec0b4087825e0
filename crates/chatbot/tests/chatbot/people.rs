//! Bots and callers.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use coco_chatbot::author::{Bot, Problems, load};
use coco_chatbot::desk::{Access, Desk, Keep, Reply};
use coco_chatbot::protocol::sign;
use serde_json::{Value, json};
use tempfile::TempDir;

/// What it is on the desk's clock in the beginning.
pub(crate) const NOW: u64 = 1_800_000_000_000;
pub(crate) const TOKEN: &str = "0123456789abcdef";
pub(crate) const SECRET: &str = "dGVzdC1zZWNyZXQ=";

/// A bot that repeats what is said, and what else a test needs.
pub(crate) const ECHO: &str = r#"
bot: {id: echo, name: Echo, welcome: welcome, fallback: echo}
answers:
  welcome: [{text: hello}]
  echo: [{text: "{{ said }}"}]
  picture: [{image: "https://pictures.example/a.png", tap: {go: echo}}]
  broken: [{fail: on purpose}]
keywords: {picture: [picture], broken: [break]}
"#;

/// Reads a bot from one file.
pub(crate) fn bot(yaml: &str) -> Result<Bot, Problems> {
    let folder = folder(&[("bot.yaml", yaml)]);
    load(folder.path())
}

/// A folder with files.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The bot that uses everything.
pub(crate) fn shop() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bots/shop")
}

/// A desk whose clock a test sets, and a caller.
pub(crate) struct Office {
    pub(crate) desk: Arc<Desk>,
    pub(crate) clock: Arc<AtomicU64>,
    pub(crate) log: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Office {
    pub(crate) fn with(bot: Bot, keep: Keep) -> Self {
        let clock = Arc::new(AtomicU64::new(NOW));
        let log: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
        let (tick, heard) = (Arc::clone(&clock), Arc::clone(&log));
        let desk = Desk::new(
            Arc::new(keep),
            Arc::new(move || tick.load(Ordering::Relaxed)),
            Arc::new(move |words: &str| heard.lock().unwrap().push(words.to_owned())),
        );
        desk.put(bot, access());
        Self {
            desk: Arc::new(desk),
            clock,
            log,
        }
    }

    pub(crate) fn new(yaml: &str) -> Self {
        Self::with(bot(yaml).unwrap(), Keep::in_memory())
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed)
    }

    /// Sends a body, signed.
    pub(crate) fn send(&self, bot: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let signature = sign(SECRET, body.as_bytes());
        let path = format!("/custom/v1/{bot}/{TOKEN}");
        read(&self.desk.answer(&path, Some(&signature), body.as_bytes()))
    }

    /// What the bot of a name answers to what a user says.
    pub(crate) fn say(&self, bot: &str, user: &str, text: &str) -> Value {
        // A second later, so that no two requests are the same.
        self.clock.fetch_add(1_000, Ordering::Relaxed);
        let (status, answer) = self.send(bot, &saying(user, text, self.now()));
        assert_eq!(status, 200, "{answer}");
        answer
    }
}

pub(crate) fn access() -> Access {
    Access {
        token: TOKEN.to_owned(),
        secret: SECRET.to_owned(),
    }
}

/// The body of a request that says something.
pub(crate) fn saying(user: &str, text: &str, now: u64) -> Value {
    json!({
        "version": "v2", "userId": user, "timestamp": now, "event": "send",
        "bubbles": [{ "type": "text", "data": { "description": text } }],
    })
}

pub(crate) fn read(reply: &Reply) -> (u16, Value) {
    (reply.status, serde_json::from_slice(&reply.body).unwrap())
}

/// The text of an answer's first bubble.
pub(crate) fn first(answer: &Value) -> &str {
    answer["bubbles"][0]["data"]["description"].as_str().unwrap_or_default()
}
