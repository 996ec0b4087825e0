//! What every backend must do.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::*;

/// Mailboxes of a backend, with time that stands still until it is moved.
struct Lab {
    mailbox: Arc<dyn Mailbox>,
    time: Arc<AtomicU64>,
}

const ALICE: Key = [1; 32];
const BOB: Key = [2; 32];

impl Lab {
    async fn put(&self, mailbox: Key, id: u64, envelope: &[u8]) -> Outcome {
        self.put_by(mailbox, id, envelope, false).await
    }

    async fn put_by(&self, mailbox: Key, id: u64, envelope: &[u8], stranger: bool) -> Outcome {
        let put = Put {
            mailbox,
            id: u128::from(id).to_be_bytes(),
            stranger,
            envelope: envelope.to_vec(),
        };
        self.mailbox.put(put).await.unwrap()
    }

    async fn all(&self, mailbox: Key) -> Vec<Entry> {
        self.mailbox.fetch(mailbox, 0, 1_000_000, usize::MAX).await.unwrap()
    }
}

fn number(outcome: Outcome) -> u64 {
    match outcome {
        Outcome::Stored(number) => number,
        other => panic!("not stored: {other:?}"),
    }
}

async fn order_and_bounds_of_what_is_fetched(lab: &Lab) {
    let mut last = 0;
    for id in 0..20_u64 {
        let stored = number(lab.put(ALICE, id, &[u8::try_from(id).unwrap(); 100]).await);
        assert!(stored > last);
        last = stored;
        lab.put(BOB, id, b"of bob").await;
    }
    let all = lab.all(ALICE).await;
    assert_eq!(all.len(), 20);
    assert!(
        all.iter()
            .zip(0..)
            .all(|(entry, id)| entry.envelope == [id; 100] && !entry.stranger)
    );
    let some = lab.mailbox.fetch(ALICE, all[4].number, 3, usize::MAX).await.unwrap();
    assert_eq!(some, all[5..8]);
    // Bytes end it once they are reached; one entry always comes.
    assert_eq!(lab.mailbox.fetch(ALICE, 0, 10, 250).await.unwrap(), all[..3]);
    assert_eq!(lab.mailbox.fetch(ALICE, 0, 10, 1).await.unwrap(), all[..1]);
    assert!(lab.mailbox.fetch(ALICE, u64::MAX, 10, 1000).await.unwrap().is_empty());
}

async fn repetition(lab: &Lab) {
    let stored = number(lab.put(ALICE, 7, b"once").await);
    assert_eq!(lab.put(ALICE, 7, b"once").await, Outcome::Known(stored));
    assert!(matches!(lab.put(BOB, 7, b"another mailbox").await, Outcome::Stored(_)));
    lab.mailbox.acknowledge(ALICE, stored).await.unwrap();
    assert_eq!(lab.put(ALICE, 7, b"once").await, Outcome::Known(stored));
    assert!(lab.all(ALICE).await.is_empty());
    // Later than anybody repeats, it is forgotten.
    lab.time.fetch_add(DAYS_REMEMBERED * DAY + 1, Ordering::SeqCst);
    assert_eq!(lab.mailbox.expire().await.unwrap(), 0);
    assert!(number(lab.put(ALICE, 7, b"again").await) > stored);
}

async fn acknowledgement(lab: &Lab) {
    let mut numbers = Vec::new();
    for id in 0..10 {
        numbers.push(number(lab.put_by(ALICE, id, b"12345", id % 2 == 0).await));
    }
    lab.put(BOB, 1, b"of bob").await;
    let full = Fill {
        entries: 10,
        bytes: 50,
        strangers: 5,
    };
    assert_eq!(lab.mailbox.fill(ALICE).await.unwrap(), full);
    for _ in 0..2 {
        lab.mailbox.acknowledge(ALICE, numbers[3]).await.unwrap();
        let rest = Fill {
            entries: 6,
            bytes: 30,
            strangers: 3,
        };
        assert_eq!(lab.mailbox.fill(ALICE).await.unwrap(), rest);
    }
    assert_eq!(lab.all(ALICE).await[0].number, numbers[4]);
    lab.mailbox.acknowledge(ALICE, u64::MAX).await.unwrap();
    assert_eq!(lab.mailbox.fill(ALICE).await.unwrap(), Fill::default());
    assert!(
        number(lab.put(ALICE, 99, b"next").await) > numbers[9],
        "a number was used again"
    );
    assert_eq!(lab.all(BOB).await.len(), 1);
}

async fn room(lab: &Lab) {
    for id in 0..STRANGERS {
        lab.put_by(ALICE, id, b"x", true).await;
    }
    assert_eq!(lab.put_by(ALICE, 1000, b"x", true).await, Outcome::Full);
    assert!(matches!(lab.put_by(ALICE, 5, b"x", true).await, Outcome::Known(_)));
    assert!(matches!(lab.put(ALICE, 1001, b"x").await, Outcome::Stored(_)));
    assert_eq!(
        lab.put_by(BOB, 1, &vec![0; STRANGER_BYTES + 1], true).await,
        Outcome::TooLarge
    );
    assert_eq!(lab.put(BOB, 1, &vec![0; ENVELOPE_BYTES + 1]).await, Outcome::TooLarge);
    let mib = vec![1; ENVELOPE_BYTES];
    for id in 0..256 {
        assert!(matches!(lab.put(BOB, id, &mib).await, Outcome::Stored(_)), "{id}");
    }
    assert_eq!(lab.put(BOB, 256, b"x").await, Outcome::Full);
    let first = lab.mailbox.fetch(BOB, 0, 1, 1).await.unwrap()[0].number;
    lab.mailbox.acknowledge(BOB, first).await.unwrap();
    assert!(matches!(lab.put(BOB, 256, &mib).await, Outcome::Stored(_)));
}

async fn age(lab: &Lab) {
    lab.put_by(ALICE, 1, b"old", true).await;
    lab.time.fetch_add(DAYS_WAITING * DAY, Ordering::SeqCst);
    lab.put(ALICE, 2, b"young").await;
    assert_eq!(lab.mailbox.expire().await.unwrap(), 0);
    lab.time.fetch_add(1, Ordering::SeqCst);
    assert_eq!(lab.mailbox.expire().await.unwrap(), 1);
    assert_eq!(lab.all(ALICE).await[0].envelope, b"young");
    let rest = Fill {
        entries: 1,
        bytes: 5,
        strangers: 0,
    };
    assert_eq!(lab.mailbox.fill(ALICE).await.unwrap(), rest);
    // More than one job of expiry takes.
    let puts = (100..2600).map(|id| lab.put(BOB, id, b"many"));
    for put in puts {
        put.await;
    }
    lab.time.fetch_add(DAYS_WAITING * DAY + 1, Ordering::SeqCst);
    assert_eq!(lab.mailbox.expire().await.unwrap(), 2501);
    assert!(lab.all(BOB).await.is_empty());
}

async fn removal(lab: &Lab) {
    let stored = number(lab.put(ALICE, 1, b"x").await);
    lab.put(BOB, 1, b"x").await;
    lab.mailbox.remove(ALICE).await.unwrap();
    assert_eq!(lab.mailbox.fill(ALICE).await.unwrap(), Fill::default());
    assert!(lab.all(ALICE).await.is_empty());
    assert!(number(lab.put(ALICE, 1, b"x").await) > stored);
    assert_eq!(lab.all(BOB).await.len(), 1);
}

/// Who has seen a number has seen all before it, while many write.
async fn nothing_appears_behind(lab: &Lab) {
    let writers: Vec<_> = (0..8_u64)
        .map(|writer| {
            let mailbox = lab.mailbox.clone();
            tokio::spawn(async move {
                for id in 0..100 {
                    let put = Put {
                        mailbox: ALICE,
                        id: u128::from(writer * 1000 + id).to_be_bytes(),
                        stranger: false,
                        envelope: vec![1; 10],
                    };
                    assert!(matches!(mailbox.put(put).await, Ok(Outcome::Stored(_))));
                }
            })
        })
        .collect();
    let (mut seen, mut since) = (0, 0);
    while seen < 800 {
        let entries = lab.mailbox.fetch(ALICE, since, 7, usize::MAX).await.unwrap();
        seen += entries.len();
        since = entries.last().map_or(since, |entry| entry.number);
        lab.mailbox.acknowledge(ALICE, since).await.unwrap();
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(lab.mailbox.fill(ALICE).await.unwrap(), Fill::default());
}

/// What was answered survives; see the tests of the program for the loss of its process.
async fn reopening(lab: &Lab, other: &Lab) {
    let stored = number(lab.put(ALICE, 1, b"kept").await);
    assert_eq!(other.all(ALICE).await[0].envelope, b"kept");
    assert_eq!(other.put(ALICE, 1, b"kept").await, Outcome::Known(stored));
}

fn time() -> (Clock, Arc<AtomicU64>) {
    let time = Arc::new(AtomicU64::new(1_800_000_000_000));
    let clock = time.clone();
    (Arc::new(move || clock.load(Ordering::SeqCst)), time)
}

fn sqlite(folder: &Path) -> Lab {
    let (clock, time) = time();
    let mailbox = SqliteMailbox::open(&folder.join("mailboxes.db"), clock).unwrap();
    Lab {
        mailbox: Arc::new(mailbox),
        time,
    }
}

/// A PostgreSQL server of its own, in a folder, reached by a socket in it. It ends with the test.
struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts one, or says why not.
    fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            println!("skipped: there is no PostgreSQL on this computer");
            return None;
        };
        let server = Self {
            programs,
            // The path of a socket has little room.
            folder: tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap(),
        };
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(server.folder.path()).status();
            assert!(owned.unwrap().success());
        }
        let data = server.data();
        let made = server.run(
            "initdb",
            &["-D", &data, "-U", "coco", "-A", "trust", "--no-sync", "-E", "UTF8"],
        );
        assert!(made.status.success(), "{made:?}");
        let socket = format!("-k {} -c listen_addresses=", server.folder.path().display());
        let log = server.folder.path().join("log").display().to_string();
        let started = server.run("pg_ctl", &["-D", &data, "-w", "-l", &log, "-o", &socket, "start"]);
        assert!(started.status.success(), "{started:?}");
        Some(server)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Runs one of PostgreSQL's programs as somebody whom it lets.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.args(arguments).current_dir("/").output().unwrap()
    }

    /// The address of a database of this name, which is made.
    async fn database(&self, name: &str) -> String {
        let address = |name: &str| format!("host={} user=coco dbname={name}", self.folder.path().display());
        let (client, connection) = tokio_postgres::connect(&address("postgres"), tokio_postgres::NoTls)
            .await
            .unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
        address(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// Where the newest PostgreSQL has its programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions.flatten().map(|version| version.path().join("bin")).collect();
    found.retain(|programs| programs.join("initdb").exists());
    found.sort();
    found.pop()
}

async fn postgres(address: &str) -> Lab {
    let (clock, time) = time();
    Lab {
        mailbox: Arc::new(PostgresMailbox::open(address, clock).await.unwrap()),
        time,
    }
}

/// One suite for every backend: each test gets mailboxes of its own.
macro_rules! suite {
    ($($test:ident),*) => {
        mod on_sqlite {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                let folder = tempfile::tempdir().unwrap();
                super::$test(&sqlite(folder.path())).await;
            })*
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn on_postgres() {
            let Some(server) = Server::start() else { return };
            $({
                println!("{}", stringify!($test));
                let address = server.database(stringify!($test)).await;
                $test(&postgres(&address).await).await;
            })*
            let address = server.database("opened_twice").await;
            reopening(&postgres(&address).await, &postgres(&address).await).await;
            several_nodes_share(&server).await;
            a_restarted_server_is_found_again(&server).await;
        }
    };
}

suite!(
    order_and_bounds_of_what_is_fetched,
    repetition,
    acknowledgement,
    room,
    age,
    removal,
    nothing_appears_behind
);

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_what_it_answered() {
    let folder = tempfile::tempdir().unwrap();
    reopening(&sqlite(folder.path()), &sqlite(folder.path())).await;
}

/// Two nodes that get the same envelopes store each once.
async fn several_nodes_share(server: &Server) {
    let address = server.database("shared").await;
    let (one, other) = (postgres(&address).await, postgres(&address).await);
    let both = [one.mailbox.clone(), other.mailbox.clone()].map(|mailbox| {
        (0..4_u64).map(move |writer| {
            let mailbox = mailbox.clone();
            tokio::spawn(async move {
                for id in 0..50 {
                    let put = Put {
                        mailbox: if id % 2 == 0 { ALICE } else { BOB },
                        id: u128::from(writer * 1000 + id).to_be_bytes(),
                        stranger: false,
                        envelope: vec![1; 10],
                    };
                    mailbox.put(put).await.unwrap();
                }
            })
        })
    });
    let writers: Vec<_> = both.into_iter().flatten().collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(one.all(ALICE).await.len(), 100);
    assert_eq!(other.mailbox.fill(BOB).await.unwrap().entries, 100);
}

async fn a_restarted_server_is_found_again(server: &Server) {
    let lab = postgres(&server.database("restarted").await).await;
    lab.put(ALICE, 1, b"before").await;
    let socket = format!("-k {} -c listen_addresses=", server.folder.path().display());
    let data = server.data();
    let log = server.folder.path().join("log").display().to_string();
    let again = server.run(
        "pg_ctl",
        &[
            "-D",
            &data,
            "-w",
            "-m",
            "immediate",
            "-l",
            &log,
            "-o",
            &socket,
            "restart",
        ],
    );
    assert!(again.status.success(), "{again:?}");
    let until = Instant::now() + Duration::from_secs(20);
    while lab.mailbox.fill(ALICE).await.is_err() {
        assert!(Instant::now() < until, "not found again");
    }
    let put = Put {
        mailbox: ALICE,
        id: [9; 16],
        stranger: false,
        envelope: b"after".to_vec(),
    };
    while lab.mailbox.put(put.clone()).await.is_err() {
        assert!(Instant::now() < until, "not found again");
    }
    assert_eq!(lab.all(ALICE).await.len(), 2);
}
