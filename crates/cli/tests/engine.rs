//! `coco engine` as other programs use it: the real program, its ready line, its doors, and its end.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod developer;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use developer::fails;
use serde_json::{Value, json};

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coco"));
    command.arg("engine").arg("--data").arg(data).args(arguments);
    command
}

/// An engine that is ready.
struct Running {
    child: Child,
    ready: Value,
}

impl Running {
    fn start(data: &Path) -> Self {
        let mut child = command(data, &[])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self { child, ready }
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap()
    }

    fn address(&self) -> &str {
        self.text("http").strip_prefix("http://").unwrap()
    }

    /// Calls a route; the answer, with the status in front.
    fn ask(&self, token: &str, path: &str, body: &Value) -> (String, Value) {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        let (host, body) = (self.address(), body.to_string());
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n");
        write!(
            stream,
            "{head}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (
            head.split(' ').nth(1).unwrap().to_owned(),
            serde_json::from_str(body).unwrap(),
        )
    }

    /// Sends a signal and waits for the end.
    fn end(mut self, signal: &str) -> ExitStatus {
        let sent = Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(sent.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_answers_until_it_is_told_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new").join("folder");
    let engine = Running::start(&data);
    assert_eq!(engine.text("ws"), format!("ws://{}/ws", engine.address()));
    let token = engine.text("token").to_owned();
    let file = data.join("door.token");
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim_end(), token);
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let (status, answer) = engine.ask(&token, "/addReceive", &json!({ "identifier": "me" }));
    assert_eq!((status.as_str(), &answer["code"]), ("200", &json!(200)), "{answer}");
    let (status, answer) = engine.ask(&token, "/getConversations", &json!({}));
    assert_eq!((status.as_str(), &answer["code"]), ("200", &json!(20061)));
    assert_eq!(engine.ask("wrong", "/addReceive", &json!({})).0, "401");
    // Somebody who stays connected does not keep it from ending.
    let idle = TcpStream::connect(engine.address()).unwrap();
    assert!(engine.end("TERM").success());
    drop(idle);

    let again = Running::start(&data);
    assert_eq!(again.text("token"), token);
    assert_eq!(
        again.ask(&token, "/addReceive", &json!({ "identifier": "me" })).0,
        "200"
    );
    assert!(again.end("INT").success());
    // Even after it was ended by force.
    assert!(!Running::start(&data).end("KILL").success());
    assert!(Running::start(&data).end("TERM").success());
}

#[test]
fn what_cannot_be_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Running::start(folder.path());
    let refused =
        |data: &Path, arguments: &[&str]| fails(|arguments| command(data, arguments).output().unwrap(), arguments);
    let (step, told) = refused(folder.path(), &[]);
    assert!(step == "data" && told.contains("another engine uses"), "{step}: {told}");

    let other = folder.path().join("other");
    let (step, told) = refused(&other, &["--listen", "0.0.0.0:0"]);
    assert!(
        step == "listen" && told.contains("not a loopback address"),
        "{step}: {told}"
    );
    let (step, told) = refused(&other, &["--listen", engine.address()]);
    assert!(step == "listen" && told.contains("another port"), "{step}: {told}");
    let (step, told) = refused(&other, &["--origin", "https://example.org"]);
    assert!(step == "origin" && told.contains("example.org"), "{step}: {told}");
    std::fs::write(other.join("door.token"), "damaged").unwrap();
    let (step, told) = refused(&other, &[]);
    assert!(step == "token" && told.contains("delete it"), "{step}: {told}");
    let wrong = command(&other, &["--listen", "nowhere"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}
