use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use coco_chatbot::protocol::Event;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};

use super::note::Trouble;
use super::shelf::Shelf;
use super::{answer, link};
use crate::model::{conversation, message};
use crate::session::within;
use crate::store::Write;
use crate::{Outcome, Session};

/// Most bots that are asked at the same time.
const AT_ONCE: usize = 8;
/// How long is waited before a bot is asked again that could not be reached: at first, and at most.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(300);
/// How long a message waits for a bot that cannot be reached, in milliseconds.
const WAITS: i64 = 24 * 60 * 60 * 1_000;

/// A room and the address of a bot in it.
type Which = (String, String);

/// Asks the bots of somebody who is logged in, each by itself and one thing after the other.
#[derive(Debug)]
pub(crate) struct Bots {
    session: Weak<Session>,
    shelf: Shelf,
    busy: Mutex<BTreeSet<Which>>,
    ended: Mutex<bool>,
    bell: Condvar,
}

/// What one look at what waits for a bot came to.
enum Turn {
    /// Something was asked; there may be more.
    Done,
    /// The bot cannot be reached now.
    Later,
    /// Nothing waits.
    Nothing,
}

/// Something that waits for a bot.
struct Ask {
    seq: i64,
    message: Option<String>,
    payload: Value,
    created: i64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bots {
    /// Begins with what waited before.
    pub(crate) fn begin(session: &Arc<Session>) -> Arc<Self> {
        let bots = Arc::new(Self {
            session: Arc::downgrade(session),
            shelf: Shelf::default(),
            busy: Mutex::default(),
            ended: Mutex::new(false),
            bell: Condvar::new(),
        });
        bots.wake();
        bots
    }

    /// Says that something waits.
    pub(crate) fn wake(self: &Arc<Self>) {
        let mut busy = lock(&self.busy);
        let Some(session) = self.session.upgrade() else { return };
        // Whoever logged out meanwhile needs no answer.
        let waiting = session.read(waiting).unwrap_or_default();
        for which in waiting {
            if busy.len() >= AT_ONCE || !busy.insert(which.clone()) {
                continue;
            }
            let (bots, work) = (Arc::clone(self), which.clone());
            let began = std::thread::Builder::new()
                .name("bot".to_owned())
                .spawn(move || bots.work(&work));
            if began.is_err() {
                busy.remove(&which);
            }
        }
    }

    /// Asks nothing any more; what waits, waits for the next login.
    pub(crate) fn end(&self) {
        *lock(&self.ended) = true;
        self.bell.notify_all();
    }

    /// Asks one bot for as long as something waits for it.
    fn work(self: Arc<Self>, which: &Which) {
        let mut pause = FIRST;
        while !*lock(&self.ended) {
            let Some(session) = self.session.upgrade() else { break };
            match self.turn(&session, which) {
                Ok(Turn::Done) => pause = FIRST,
                Ok(Turn::Later) => {
                    drop(session);
                    self.rest(pause);
                    pause = (pause * 2).min(LONGEST);
                }
                Ok(Turn::Nothing) => {
                    let mut busy = lock(&self.busy);
                    // What came since is seen now, or by whoever wakes afterwards.
                    if !session
                        .read(|connection| is_waiting(connection, which))
                        .unwrap_or(false)
                    {
                        busy.remove(which);
                        break;
                    }
                }
                Err(failure) => {
                    eprintln!("engine: a bot is not asked: {failure}");
                    drop(session);
                    self.rest(pause);
                    pause = (pause * 2).min(LONGEST);
                }
            }
        }
        lock(&self.busy).remove(which);
        if !*lock(&self.ended) {
            self.wake();
        }
    }

    fn rest(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut ended = lock(&self.ended);
        while !*ended && Instant::now() < until {
            let left = until.saturating_duration_since(Instant::now());
            ended = self
                .bell
                .wait_timeout(ended, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn turn(&self, session: &Session, (room, bot): &Which) -> Outcome<Turn> {
        let next = session.read(|connection| {
            let Some(ask) = oldest(connection, room, bot)? else {
                return Ok(None);
            };
            let link = link::of(connection, room, bot)?;
            let event = event(connection, &ask)?;
            let memory = answer::memory(connection, room, bot)?;
            Ok(Some((ask, link, event, memory)))
        })?;
        let Some((ask, link, event, memory)) = next else {
            return Ok(Turn::Nothing);
        };
        let (Some(link), Some(event)) = (link, event) else {
            session.write(|write| done(write, &ask))?;
            return Ok(Turn::Done);
        };
        let answered = match event {
            Ok(event) => answer::ask(&self.shelf, session, &link, &event, memory),
            Err(trouble) => Err(trouble),
        };
        session.write(|write| {
            within(session, write, room, |session, write| {
                let Some(conversation) = conversation::seq(session, write, bot)? else {
                    done(write, &ask)?;
                    return Ok(Turn::Done);
                };
                match answered {
                    Ok(answered) => {
                        // What was taken back meanwhile, or whose bot was deleted, has no answer.
                        if done(write, &ask)? {
                            mark(session, write, &ask, conversation, Mark::Read)?;
                            answer::keep(session, write, (bot, conversation), answered)?;
                        }
                        Ok(Turn::Done)
                    }
                    Err(trouble) => troubled(session, write, (bot, conversation), &ask, &trouble),
                }
            })
        })
    }
}

/// Tells a trouble once, and gives up what does not go away or waits too long.
fn troubled(
    session: &Session,
    write: &mut Write<'_>,
    (bot, conversation): (&str, i64),
    ask: &Ask,
    trouble: &Trouble,
) -> Outcome<Turn> {
    let waits = trouble.passes && session.now() < ask.created + WAITS;
    if waits {
        if ask.payload.get("told").is_none() {
            let mut payload = ask.payload.clone();
            if let Value::Object(payload) = &mut payload {
                payload.insert("told".to_owned(), json!(true));
            } else {
                payload = json!({ "told": true });
            }
            let told = write
                .prepare_cached("UPDATE outbox SET payload = ?2 WHERE seq = ?1")?
                .execute(params![ask.seq, payload.to_string()])?;
            if told > 0 {
                trouble.tell(session, write, conversation, bot)?;
            }
        }
        return Ok(Turn::Later);
    }
    if done(write, ask)? {
        mark(session, write, ask, conversation, Mark::Failed)?;
        if ask.payload.get("told").is_none() {
            trouble.tell(session, write, conversation, bot)?;
        }
    }
    Ok(Turn::Done)
}

/// Rooms and bots for which something waits.
fn waiting(connection: &Connection) -> Outcome<Vec<Which>> {
    let mut statement = connection
        .prepare_cached("SELECT DISTINCT room, recipient FROM outbox WHERE kind = 'ask' AND room > '' LIMIT 1000")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn is_waiting(connection: &Connection, (room, bot): &Which) -> Outcome<bool> {
    Ok(oldest(connection, room, bot)?.is_some())
}

fn oldest(connection: &Connection, room: &str, bot: &str) -> Outcome<Option<Ask>> {
    Ok(connection
        .prepare_cached(
            "SELECT seq, message, payload, created FROM outbox WHERE room = ?1 AND recipient = ?2 AND kind = 'ask'
             ORDER BY seq LIMIT 1",
        )?
        .query_row([room, bot], |row| {
            Ok(Ask {
                seq: row.get(0)?,
                message: row.get(1)?,
                payload: serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default(),
                created: row.get(3)?,
            })
        })
        .optional()?)
}

/// Removes what has been dealt with; says whether it was still there.
fn done(write: &Write<'_>, ask: &Ask) -> Outcome<bool> {
    let gone = write
        .prepare_cached("DELETE FROM outbox WHERE seq = ?1")?
        .execute([ask.seq])?;
    Ok(gone > 0)
}

/// What the bot hears; nothing if the message is gone. Bots of this protocol know texts alone.
fn event(connection: &Connection, ask: &Ask) -> Outcome<Option<Result<Event, Trouble>>> {
    let Some(id) = &ask.message else {
        return Ok(Some(Ok(Event::Open(None))));
    };
    let found: Option<(i64, String)> = connection
        .prepare_cached("SELECT kind, body FROM message WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((sort, body)) = found else { return Ok(None) };
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let text = |member: &str| body.get(member).and_then(Value::as_str).map(str::to_owned);
    let postback = text("postback");
    Ok(Some(match (sort, postback, text("text")) {
        (message::kind::TEXT, Some(postback), _) if body.get("open") == Some(&json!(true)) => {
            Ok(Event::Open(Some(postback)))
        }
        (message::kind::TEXT, Some(postback), _) => Ok(Event::Send(postback)),
        (message::kind::TEXT | message::kind::QUOTE, None, Some(text)) => Ok(Event::Send(text)),
        _ => Err(Trouble::new("textOnly", "bots understand texts alone")),
    }))
}

/// What became of a message of the user's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// The bot answered it.
    Read,
    /// It was given up.
    Failed,
}

fn mark(session: &Session, write: &mut Write<'_>, ask: &Ask, conversation: i64, mark: Mark) -> Outcome<()> {
    let Some(id) = &ask.message else { return Ok(()) };
    let Some(seq) = message::seq(write, conversation, id)? else {
        return Ok(());
    };
    if mark == Mark::Read {
        return message::received(session, write, seq, message::READ);
    }
    write
        .prepare_cached("UPDATE message SET sent = 2, updated = ?2 WHERE seq = ?1")?
        .execute(params![seq, session.now()])?;
    message::tell(write, seq)
}
