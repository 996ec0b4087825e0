//! Takes requests for several bots: who may ask, which conversation it is, and what is answered.

mod guard;
mod keep;

pub use keep::{Keep, KeepError};

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use self::guard::Guard;
use crate::author::Bot;
use crate::engine::reply;
use crate::protocol::{Code, Refusal, Request, Verifier, Version, answer_v1};

/// What begins the path of every bot.
pub const PATH: &str = "/custom/v1/";
/// Conversations that are answered at the same time, for which it matters.
const STRIPES: usize = 256;
/// Bytes that most answers are no longer than.
const ROOM: usize = 1_024;
/// Letters of a token.
const TOKEN: std::ops::RangeInclusive<usize> = 8..=128;

/// What opens a bot to a messenger.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// Stands in the bot's address.
    pub token: String,
    /// Signs requests.
    pub secret: String,
}

/// Without the secret.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}

/// An answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status: 200, or 500 with a refusal.
    pub status: u16,
    /// JSON.
    pub body: Vec<u8>,
}

/// Says what time it is, in ms since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;
/// Hears what went wrong, for whoever runs the bots: nothing that users said.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

struct Place {
    bot: RwLock<Arc<Bot>>,
    access: Access,
    verifier: Verifier,
    guard: Mutex<Guard>,
}

/// Several bots and their conversations.
pub struct Desk {
    places: RwLock<HashMap<String, Arc<Place>>>,
    keep: Arc<Keep>,
    clock: Clock,
    log: Log,
    /// One at a time for each conversation.
    stripes: Vec<Mutex<()>>,
    turns: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// A desk without bots.
    #[must_use]
    pub fn new(keep: Arc<Keep>, clock: Clock, log: Log) -> Self {
        Self {
            places: RwLock::default(),
            keep,
            clock,
            log,
            stripes: (0..STRIPES).map(|_| Mutex::new(())).collect(),
            turns: AtomicU64::new(0),
        }
    }

    /// Takes a bot, or another version of one; conversations go on.
    pub fn put(&self, bot: Bot, access: Access) {
        let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
        match places.get(bot.id()) {
            Some(place) if place.access == access => {
                *place.bot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(bot);
            }
            _ => {
                let place = Place {
                    guard: Mutex::new(Guard::new()),
                    verifier: Verifier::new(&access.secret),
                    access,
                    bot: RwLock::new(Arc::new(bot)),
                };
                places.insert(place.id(), Arc::new(place));
            }
        }
    }

    /// Takes a bot away.
    pub fn remove(&self, id: &str) {
        self.places.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Answers a request for a path. `signature` is the header's, if there is one.
    pub fn answer(&self, path: &str, signature: Option<&str>, body: &[u8]) -> Reply {
        let now = (self.clock)();
        match self.take(path, signature, body, now) {
            Ok(body) => Reply { status: 200, body },
            Err(refusal) => Reply {
                status: 500,
                body: serde_json::to_vec(&refusal).unwrap_or_default(),
            },
        }
    }

    /// A refusal of something that was not read, such as a body that is too long.
    pub fn refuse(&self, code: Code, message: &str) -> Reply {
        let refusal = Refusal::new(code, message, (self.clock)());
        Reply {
            status: 500,
            body: serde_json::to_vec(&refusal).unwrap_or_default(),
        }
    }

    fn take(&self, path: &str, signature: Option<&str>, body: &[u8], now: u64) -> Result<Vec<u8>, Refusal> {
        let refused = |code: Code, message: &str| Refusal::new(code, message, now);
        let place = self.place(path, now)?;
        let signature = signature.and_then(|signature| place.verifier.verified(body, signature));
        let Some(signature) = signature else {
            return Err(refused(
                Code::Signature,
                "the signature is missing or not that of the body",
            ));
        };
        let bot = Arc::clone(&place.bot.read().unwrap_or_else(PoisonError::into_inner));
        if !lock(&place.guard).may(bot.settings.limit, now) {
            return Err(refused(Code::Forbidden, "too many requests; try again in a second"));
        }
        let request = Request::parse(body, now)?;
        let window = bot.window();
        if window > 0 {
            if request.timestamp.abs_diff(now) > window {
                let message = format!("the timestamp is more than {window} ms away from the bot's clock");
                return Err(refused(Code::Time, &message));
            }
            let until = request.timestamp.saturating_add(window);
            if !lock(&place.guard).is_new(signature, until, now) {
                return Err(refused(
                    Code::Signature,
                    "this request was answered before; sign a new one",
                ));
            }
        }
        let response = self.turn(&bot, &request, now)?;
        let mut written = Vec::with_capacity(ROOM);
        let done = match request.version {
            Version::V2 => serde_json::to_writer(&mut written, &response),
            Version::V1 => serde_json::to_writer(&mut written, &answer_v1(&response)?),
        };
        done.map_err(|_| refused(Code::Failed, "the bot failed"))?;
        Ok(written)
    }

    /// The bot of a path.
    fn place(&self, path: &str, now: u64) -> Result<Arc<Place>, Refusal> {
        let refused = |code: Code, message: &str| Refusal::new(code, message, now);
        let rest = path.strip_prefix(PATH).and_then(|rest| rest.split_once('/'));
        let (id, token) = rest.ok_or_else(|| refused(Code::Url, "the path must be /custom/v1/{botId}/{token}"))?;
        let place = self
            .places
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned();
        let place = place.ok_or_else(|| refused(Code::Bot, "there is no bot of this name"))?;
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !TOKEN.contains(&token.len()) || !token.bytes().all(letter) {
            return Err(refused(Code::Url, "the token has another form"));
        }
        if !guard::same(token, &place.access.token) {
            return Err(refused(Code::Unauthorized, "the token is not the bot's"));
        }
        Ok(place)
    }

    fn turn(&self, bot: &Bot, request: &Request, now: u64) -> Result<crate::protocol::Response, Refusal> {
        let mut hasher = DefaultHasher::new();
        (bot.id(), &request.user_id).hash(&mut hasher);
        let number = usize::try_from(hasher.finish() % STRIPES as u64).unwrap_or_default();
        let _alone = self.stripes.get(number).map(lock);
        let failed = |what: &dyn fmt::Display| {
            (self.log)(&format!("{}: {what}", bot.id()));
            Refusal::new(Code::Failed, "the bot failed", now)
        };
        let session = self
            .keep
            .load(bot.id(), &request.user_id)
            .map_err(|error| failed(&error))?;
        let seed = now ^ self.turns.fetch_add(1, Ordering::Relaxed);
        let (session, answer) = reply(bot, session, &request.event, now, seed).map_err(|fault| failed(&fault))?;
        let response = answer.response(&request.user_id, &session.id, now);
        self.keep.save(bot.id(), &request.user_id, session);
        Ok(response)
    }
}

impl Place {
    fn id(&self) -> String {
        self.bot.read().unwrap_or_else(PoisonError::into_inner).id().to_owned()
    }
}
