//! Engines to test with: somebody is logged in without any password having been made slow.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "tests, benchmarks and fuzzing stop at what they do not expect"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use coco_keys::{Cost, Safe};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::engine::files::{Files, SAFE, STORE, create_store};
use crate::model::room;
use crate::session::Opened;
use crate::store::Store;
#[cfg(test)]
use crate::store::plans;
use crate::table::Table;
use crate::{Answer, Clock, Engine, Options, Passwords, Session, User};

/// When tests begin: some moment in 2026, in milliseconds since 1970.
pub const BEGINNING: i64 = 1_790_000_000_000;

/// The login password of whoever is logged in.
pub const PASSWORD: &str = "correct horse";

/// An engine with somebody logged in, and a clock that the test winds.
#[derive(Debug)]
pub struct Lab {
    /// The engine.
    pub engine: Engine,
    time: Arc<AtomicI64>,
    store: Arc<Store>,
    passwords: Passwords,
    _folder: TempDir,
}

/// Node addresses of people who do not exist: base58 of 32 bytes.
pub fn address(number: u8) -> String {
    bs58::encode([number; 32]).into_string()
}

#[cfg(test)]
/// No test may leave behind a question that reads a whole table.
impl Drop for Lab {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.store.is_open() {
            plans::hold(&plans::taken(), &self.store);
        }
    }
}

impl Default for Lab {
    fn default() -> Self {
        Self::new()
    }
}

impl Lab {
    /// The store, for what no route does.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Somebody with an account of their own, in the default room.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let time = Arc::new(AtomicI64::new(BEGINNING));
        let clock = Clock::from({
            let time = Arc::clone(&time);
            move || time.load(Ordering::Relaxed)
        });
        let engine = Engine::open(
            folder.path(),
            Options {
                clock,
                cost: Cost::Cheap,
                ..Options::default()
            },
        )
        .unwrap();
        let files = Files::of(folder.path());
        let (mut safe, key) = Safe::create_with(files.at(SAFE), Cost::Cheap).unwrap();
        safe.set(&key, "im", &safe.derive(PASSWORD).unwrap()).unwrap();
        let store = Arc::new(create_store(&files.at(STORE), &key).unwrap());
        let passwords = Passwords::new(files.at(SAFE), key, Arc::default());
        store
            .write(|write| {
                room::found(write, BEGINNING)?;
                write.execute(
                    "INSERT INTO account (only, id, entropy, address, curve_key, nickname, created, updated) VALUES (1, 'account', zeroblob(16), ?1, 'curve', 'Ada', ?2, ?2)",
                    rusqlite::params![address(1), BEGINNING],
                )?;
                write.execute(
                    "INSERT INTO device (machine, address, name, platform, role, secret, last_seen, created, updated)
                     VALUES ('linlab', ?1, 'Lab', 3, 1, ?3, ?2, ?2, ?2)",
                    rusqlite::params![address(1), BEGINNING, [1_u8; 32]],
                )?;
                write.execute("INSERT INTO setting (only, created, updated) VALUES (1, ?1, ?1)", [BEGINNING])?;
                Ok(())
            })
            .unwrap();
        let lab = Self {
            engine,
            time,
            store,
            passwords,
            _folder: folder,
        };
        lab.enter(room::DEFAULT);
        lab
    }

    /// Opens another room, which must exist.
    pub fn enter(&self, room: &str) {
        let user = User {
            address: address(1),
            public_key: "01".repeat(32),
            curve_key: "02".repeat(32),
        };
        let session = Session::new(
            user,
            room.to_owned(),
            Opened {
                store: Arc::clone(&self.store),
                passwords: self.passwords.clone(),
            },
            self.engine.events().clone(),
            self.engine.options().clock.clone(),
        );
        self.engine.set_session(Some(Arc::new(session)));
    }

    /// Who is logged in.
    pub fn session(&self) -> Arc<Session> {
        self.engine.session().unwrap()
    }

    /// A number from the store, however long the question takes.
    pub fn count(&self, sql: &str) -> i64 {
        let number = self
            .store
            .read(|connection| Ok(connection.query_row(sql, [], |row| row.get(0))?));
        #[cfg(test)]
        plans::forget(sql);
        number.unwrap()
    }

    /// Makes somebody a contact in the room that is open.
    pub fn befriend(&self, number: u8) {
        let befriended =
            self.store.write(|write| {
                write.execute(
                "INSERT INTO contact (address, room, nickname, state, created, updated) VALUES (?1, ?2, ?3, 2, ?4, ?4)",
                rusqlite::params![address(number), self.session().room, format!("Friend {number}"), BEGINNING],
            )?;
                Ok(())
            });
        befriended.unwrap();
    }

    /// Lets somebody's letter arrive, which is bytes that may be anything.
    #[cfg(feature = "lab")]
    pub fn hear(&self, from: u8, group: Option<&str>, bytes: &[u8]) {
        crate::net::hear(&self.session(), &address(from), group, bytes).unwrap();
    }

    /// Lets time pass.
    pub fn wait(&self, milliseconds: i64) {
        self.time.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// Calls a route by its method, which must be in one module only, and gives back the whole answer.
    pub fn answer(&self, method: &str, body: Value) -> Answer {
        let route = Table::get().iter().find(|route| route.method == method).unwrap();
        let mut body: Map<String, Value> = serde_json::from_value(body).unwrap();
        body.insert("__SERVER_ROUTE_MODULE".to_owned(), json!(route.module));
        body.insert("__SERVER_ROUTE_METHOD".to_owned(), json!(method));
        self.engine.answer(&body)
    }

    /// Calls a route that must succeed, and gives back its data.
    pub fn ask(&self, method: &str, body: Value) -> Value {
        let answer = self.answer(method, body);
        assert_eq!(answer.code, 200, "{method}: {}", answer.message);
        answer.data
    }

    /// Calls a route that must fail, and gives back the code.
    pub fn refused(&self, method: &str, body: Value) -> u16 {
        let answer = self.answer(method, body);
        assert_ne!(answer.code, 200, "{method}: {:?}", answer.data);
        answer.code
    }

    /// Fills a conversation with received texts, a second apart, far faster than by routes.
    pub fn fill(&self, peer: &str, count: usize, text: impl Fn(usize) -> String) {
        const AT_ONCE: usize = 20_000;
        let numbers: Vec<usize> = (0..count).collect();
        for part in numbers.chunks(AT_ONCE) {
            let filled = self.store.write(|write| {
                let conversation: i64 = write.query_row(
                    "INSERT INTO conversation (room, peer, kind, created, updated) VALUES ('1', ?1, 1, ?2, ?2)
                     ON CONFLICT DO UPDATE SET updated = excluded.updated RETURNING seq",
                    rusqlite::params![peer, BEGINNING],
                    |row| row.get(0),
                )?;
                let mut message = write.prepare(
                    "INSERT INTO message (id, conversation, kind, source, sender, body, state, sent, version, created, updated)
                     VALUES (?1, ?2, 1, 1, ?3, ?4, 2, 1, ?5, ?6, ?6) RETURNING seq",
                )?;
                let mut last = 0;
                for &number in part {
                    let text = text(number);
                    let (id, body) = (format!("{conversation:08x}{number:056x}"), json!({ "text": text }).to_string());
                    let time = BEGINNING - 1_000 * i64::try_from(count - number).unwrap();
                    last = message.query_row(
                        rusqlite::params![id, conversation, peer, body, i64::try_from(number).unwrap(), time],
                        |row| row.get(0),
                    )?;
                    crate::search::remember(write, last, conversation, 1, &text)?;
                }
                write.execute(
                    "UPDATE conversation SET last_message = ?2, counter = ?3 WHERE seq = ?1",
                    [conversation, last, i64::try_from(count).unwrap()],
                )?;
                Ok(())
            });
            filled.unwrap();
        }
    }
}
