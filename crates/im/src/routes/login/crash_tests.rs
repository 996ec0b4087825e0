//! Another process uses the account and is killed at some moment: whatever it said was done is there afterwards, and what
//! it was about to do is done or not.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use coco_keys::Cost;
use serde_json::json;

use super::tests::{Device, open};
use crate::{Label, Options};

/// Tells the other process where the account is.
const FOLDER: &str = "COCO_IM_CRASH_FOLDER";
/// Tells it where to begin among what it does.
const FIRST: &str = "COCO_IM_CRASH_FIRST";
const WIPE: &str = "the wipe password";
/// How often the process is killed.
const ROUNDS: usize = 24;

fn device(folder: &Path) -> Device {
    let options = Options {
        cost: Cost::Cheap,
        ..Options::default()
    };
    Device::of(open(folder, &options), folder)
}

fn password(number: u64) -> String {
    format!("password {number}")
}

/// What is known of the account from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct State {
    registered: bool,
    password: u64,
    written: i64,
}

impl State {
    fn after(self, doing: &str) -> Self {
        match doing {
            "register" => Self {
                registered: true,
                ..self
            },
            "write" => Self {
                written: self.written + 1,
                ..self
            },
            "change" => Self {
                password: self.password + 1,
                ..self
            },
            "wipe" => Self { written: 0, ..self },
            _ => self,
        }
    }

    /// What is there, as far as it can be seen.
    fn of(folder: &Path, known: Self) -> Self {
        let device = device(folder);
        if device.ask("init", json!({}))["account"] == false {
            return Self::default();
        }
        let right = [known.password, known.password + 1]
            .into_iter()
            .find(|number| device.enter(&password(*number)) == Ok(-2));
        Self {
            registered: true,
            password: right.expect("a password that was set opens the account"),
            written: device.rows("message"),
        }
    }
}

/// What the other process does, as `State` above; told before and after on its output.
fn use_account(folder: &Path, first: usize) {
    let device = device(folder);
    let mut number = std::fs::read_to_string(folder.join("number")).map_or(0, |text| text.parse().unwrap());
    let tell = |what: &str, doing: &str| {
        let mut out = std::io::stderr().lock();
        writeln!(out, "{what} {doing}").unwrap();
    };
    let mut registered = device.ask("init", json!({}))["account"] == true;
    if registered {
        assert_eq!(device.enter(&password(number)), Ok(-2));
    }
    for doing in ["write", "change", "write", "wipe", "write", "write"]
        .into_iter()
        .cycle()
        .skip(first)
    {
        if !registered {
            tell("begin", "register");
            device.ask("register", json!({ "imPwd": password(number), "type": "text" }));
            tell("done", "register");
            registered = true;
            assert_eq!(device.enter(&password(number)), Ok(-2));
        }
        tell("begin", doing);
        match doing {
            "write" => device.write("something"),
            "change" => {
                number += 1;
                device.ask(
                    "exportChangeImPwd",
                    json!({ "imPwd": password(number), "type": "text" }),
                );
            }
            _ => {
                device.set(&Label::Wipe, WIPE).unwrap();
                assert_eq!(device.enter(WIPE), Ok(-3));
            }
        }
        tell("done", doing);
    }
}

/// Not a test by itself: what the other process runs.
#[test]
fn other_process() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let first = std::env::var(FIRST).unwrap().parse().unwrap();
        use_account(Path::new(&folder), first);
    }
}

#[test]
fn what_was_answered_survives_being_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = State::default();
    for round in 0..ROUNDS {
        std::fs::write(folder.path().join("number"), state.password.to_string()).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "routes::login::crash_tests::other_process", "--nocapture"])
            .env(FOLDER, folder.path())
            .env(FIRST, round.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut doing = None;
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // In every round it is killed a little later; what it told until then is read to its end.
        let mut told = 0;
        for line in lines.map_while(Result::ok) {
            match line.split_once(' ') {
                Some(("begin", what)) => doing = Some(what.to_owned()),
                Some(("done", what)) => {
                    state = state.after(what);
                    doing = None;
                }
                _ => continue,
            }
            told += 1;
            if told == round + 1 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(told > round, "the other process ended by itself in round {round}");
        let found = State::of(folder.path(), state);
        let possible = [state, doing.as_deref().map_or(state, |doing| state.after(doing))];
        assert!(
            possible.contains(&found),
            "round {round}: {found:?} is none of {possible:?} ({doing:?})"
        );
        state = found;
    }
}
