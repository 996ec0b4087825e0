//! `coco bot` as authors use it: the real program, over real HTTP, with files that change under it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use coco_chatbot::client::Remote;
use coco_chatbot::protocol::{Component, Event, Response};
use coco_rig::engine::{Engine, EngineOptions};
use coco_rig::space::Space;
use coco_rig::talk::{heard, saying};
use coco_rig::wait::until;
use serde_json::{Value, json};
use tempfile::TempDir;

fn shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bots/shop")
}

/// A small bot in a folder.
fn bot(folder: &Path, id: &str, answer: &str) {
    fs::create_dir_all(folder).unwrap();
    let yaml = format!(
        "bot: {{id: {id}, name: B, welcome: w, fallback: w}}\nanswers:\n  w: [{{text: \"{answer}\"}}, {{set: {{count: '{{{{ (count or 0) + 1 }}}}'}}}}]\n"
    );
    fs::write(folder.join("bot.yaml"), yaml).unwrap();
}

struct Serving {
    child: Child,
    ready: Value,
    said: BufReader<ChildStderr>,
}

impl Serving {
    fn start(folder: &Path, data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_coco"))
            .args(["bot", "serve"])
            .arg(folder)
            .arg("--data")
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self { child, ready, said }
    }

    fn ask(&self, number: usize, user: &str, text: &str) -> Response {
        let bot = &self.ready["bots"][number];
        let now = || u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        let secret = bot["secret"].as_str().unwrap().to_owned();
        let remote = Remote::new(bot["url"].as_str().unwrap(), secret, Arc::new(now)).unwrap();
        remote.ask(user, &Event::Send(text.to_owned())).unwrap()
    }

    /// The next line that the program says, of the lines that have something in them.
    fn hears(&mut self, wanted: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(
                self.said.read_line(&mut line).unwrap() > 0,
                "it ended before it said {wanted}"
            );
            if line.contains(wanted) {
                return line;
            }
        }
    }

    fn end(mut self) -> bool {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(response: &Response) -> &str {
    match response.bubbles() {
        [Component::Text(part), ..] => part.data.description.as_deref().unwrap_or_default(),
        other => panic!("{other:?}"),
    }
}

fn run(arguments: &[&str], folder: &Path, input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_coco"))
        .arg("bot")
        .args(arguments)
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever does not read it closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn several_bots_are_served_read_anew_and_remember() {
    let (bots, data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    bot(&bots.path().join("one"), "one", "first {{ count or 0 }}");
    bot(&bots.path().join("two"), "two", "second");
    let mut serving = Serving::start(bots.path(), data.path());
    assert_eq!(serving.ready["url"], serving.ready["bots"][0]["url"]);
    assert_ne!(serving.ready["bots"][0]["secret"], serving.ready["bots"][1]["secret"]);
    assert_eq!(said(&serving.ask(0, "u", "a")), "first 0");
    assert_eq!(said(&serving.ask(1, "u", "a")), "second");

    fs::write(bots.path().join("one/broken.yaml"), "answers:\n  x:\n    - text: [}\n").unwrap();
    serving.hears("the version before stays");
    assert!(serving.hears("broken.yaml").starts_with("broken.yaml:3:"));
    assert_eq!(said(&serving.ask(0, "u", "b")), "first 1");
    fs::remove_file(bots.path().join("one/broken.yaml")).unwrap();
    bot(&bots.path().join("one"), "one", "another {{ count or 0 }}");
    serving.hears("was read anew");
    assert_eq!(said(&serving.ask(0, "u", "c")), "another 2");
    let before = serving.ready.clone();
    assert!(serving.end());

    let serving = Serving::start(bots.path(), data.path());
    assert_eq!(serving.ready["secret"], before["secret"]);
    assert_eq!(said(&serving.ask(0, "u", "d")), "another 3");
    assert!(serving.end());
}

#[test]
fn the_shop_is_served_and_passes_its_stories() {
    let data = TempDir::new().unwrap();
    let serving = Serving::start(&shop(), data.path());
    assert_eq!(said(&serving.ask(0, "u", "几点开门？")), "周一至周六，8点到20点。");
    assert!(serving.end());
    let played = run(&["test"], &shop(), "");
    assert!(played.status.success(), "{}", text(&played.stderr));
    assert!(text(&played.stdout).starts_with("shop: 14 stories, 0 go otherwise"));
}

#[test]
fn stories_that_go_otherwise_are_shown() {
    let folder = TempDir::new().unwrap();
    bot(folder.path(), "b", "yes");
    fs::create_dir(folder.path().join("stories")).unwrap();
    let stories = "stories:\n  - name: s\n    turns:\n      - user: a\n        bot: no\n";
    fs::write(folder.path().join("stories/a.yaml"), stories).unwrap();
    let played = run(&["test", "--trace"], folder.path(), "");
    assert_eq!(played.status.code(), Some(1));
    let said = text(&played.stderr);
    for expected in ["stories/a.yaml:4:", "  -no\n", "  +yes\n", "    not understood\n"] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn mistakes_are_shown_with_their_place() {
    let folder = TempDir::new().unwrap();
    bot(folder.path(), "b", "yes");
    fs::write(folder.path().join("more.yaml"), "answers:\n  x:\n    - go: y\n").unwrap();
    for command in ["test", "talk", "serve"] {
        let refused = run(&[command], folder.path(), "");
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            text(&refused.stderr).contains("more.yaml:3:11: there is no answer \"y\""),
            "{}",
            text(&refused.stderr)
        );
    }
    let nothing = run(&["test"], &folder.path().join("none"), "");
    assert_eq!(nothing.status.code(), Some(1));
}

#[test]
fn a_bot_talks_in_the_terminal() {
    let talked = run(
        &["talk", "--trace"],
        &shop(),
        "fruit\n/1\nhow late are you open?\n/99\nbreak\n",
    );
    assert!(talked.status.success());
    let said = text(&talked.stdout);
    for expected in [
        "*Welcome to the Corner Shop*",
        "keyword \"fruit\" leads to fruit",
        "/1  Put into the cart",
        "tapped: add",
        "quick: [More fruit] [Order]",
        "means hours",
        "(the bot fails: it was told to fail: somebody tapped what always fails)",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn a_bot_is_a_contact_of_somebody_with_a_messenger() {
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(&shop(), &folder.path().join("bots"));
    let engine = Engine::start(EngineOptions {
        program: PathBuf::from(env!("CARGO_BIN_EXE_coco")),
        home: folder.path().join("engine"),
        space: Space::plain(),
        args: Vec::new(),
        clock_offset: 0,
    })
    .unwrap();
    engine.register().unwrap();
    engine.login().unwrap();
    let (url, secret) = (&serving.ready["url"], &serving.ready["secret"]);
    engine
        .get("addFriend", json!({ "nodeId": url, "content": secret }))
        .unwrap();
    let contacts = engine.get("getContacts", json!({})).unwrap();
    assert_eq!(
        (&contacts[0]["c_nic"], &contacts[0]["c_is_bot"]),
        (&json!("shop"), &json!(1))
    );
    let bot = contacts[0]["c_nd_add"].as_str().unwrap();
    let answered = |count: usize, what: &str| {
        until(what, Duration::from_secs(20), || {
            heard(&engine, bot).unwrap().len() >= count
        })
        .unwrap();
        heard(&engine, bot).unwrap().remove(count - 1)
    };
    let greeting = answered(1, "the greeting");
    assert_eq!(
        greeting, "Welcome to the Corner Shop\nFruit to your door.",
        "words alone"
    );
    saying(&engine, bot, "when are you open?").unwrap().send().unwrap();
    assert!(answered(2, "the opening hours").contains("8 to 20"));
    let tapped = json!({ "cnd": bot, "text": "Fruit", "postback": "go:fruit" });
    engine.get("sendPostbackMessage", tapped).unwrap();
    assert!(answered(3, "the fruit").contains("Melon"));
    let hits = engine.get("searchMessages", json!({ "text": "melon" })).unwrap();
    assert_eq!(hits.as_array().unwrap().len(), 1, "{hits}");
    engine.get("deleteFriend", json!({ "nodeId": bot })).unwrap();
    assert_eq!(engine.get("getContacts", json!({})).unwrap(), json!([]));
    assert!(serving.end());
}
