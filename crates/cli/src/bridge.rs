//! `coco bridge`: the bridge without a window. Requests are JSON lines on standard input, answers JSON lines on standard
//! output, in the order in which they are ready.

use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::Instant;

use coco_bridge::consent::{Answer, Consent, Front, Word};
use coco_bridge::local::{Data, Desk, LocalHost, names_itself};
use coco_bridge::{App, Cancel, HostError, Language, Session, commands, envelope, limits};
use coco_keys::Address;
use coco_package::Downgrade;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::report::Failure;

/// Which app calls, and where the person's data lies.
#[derive(Debug, clap::Args)]
pub(crate) struct BridgeArguments {
    /// The app that calls: a signed folder or ZIP. It is installed in the data folder first
    #[arg(long, value_name = "DIR|ZIP")]
    app: PathBuf,
    /// Folder for the app, its data and the user's keys; a new one starts a new user
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Allow everything that a person would be asked for, and write what each call was to standard error, one JSON object
    /// a line
    #[arg(long)]
    developer: bool,
}

/// Serves standard input until it ends, and answers what is still under way.
pub(crate) fn run(arguments: &BridgeArguments) -> Result<(), Failure> {
    let data = |error: &dyn std::fmt::Display| {
        Failure::new(
            "data",
            format!("{}: {error}", arguments.data.display()),
            "choose a folder that you can write with --data",
        )
    };
    let input = |error: io::Error| Failure::new("input", error, "standard input must be readable to its end");
    std::fs::create_dir_all(&arguments.data).map_err(|error| data(&error))?;
    let kept = Arc::new(Data::open(&arguments.data).map_err(|error| data(&error))?);
    if arguments.developer {
        kept.consent.set_front(Arc::new(Yes(Arc::downgrade(&kept.consent))));
    }
    let app = Arc::new(kept.store.install(&arguments.app, Downgrade::Allow)?.app().clone());
    let host = LocalHost::new(app, kept, TerminalDesk::default());
    let session = Session::start(Arc::new(host)).map_err(|error| data(&error))?;

    let calls = Arc::new(Calls::default());
    let mut lines = io::stdin().lock();
    while let Some(line) = next_line(&mut lines).map_err(input)? {
        if line.trim_ascii().is_empty() {
            continue;
        }
        calls.begin();
        let ending = Arc::clone(&calls);
        match str::from_utf8(&line) {
            Ok(text) => {
                let record = arguments.developer.then(|| Record::begin(text));
                let deliver = move |answer: Option<String>| {
                    if let Some(record) = record {
                        record.end(answer.as_deref());
                    }
                    ending.end(answer);
                };
                session.submit(text, Box::new(deliver));
            }
            Err(_) => ending.end(Some(r#"{"code":30001,"message":"request: not UTF-8 text"}"#.to_owned())),
        }
    }
    calls.wait();
    Ok(())
}

/// The next line without its end, `None` at the end of the input. Of one that is too long, as much comes back as makes
/// the bridge refuse it; the rest is read and forgotten.
fn next_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let longest = limits::LONGEST_REQUEST_BYTES as u64 + 1;
    let mut line = Vec::new();
    if input.by_ref().take(longest).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() as u64 == longest {
        input.skip_until(b'\n')?;
    }
    Ok(Some(line))
}

/// Counts calls under way, so that input is read no faster than it is answered and the last answer is waited for.
#[derive(Default)]
struct Calls {
    count: Mutex<usize>,
    ended: Condvar,
}

impl Calls {
    fn begin(&self) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = self
            .ended
            .wait_while(count, |count| *count >= limits::CALLS / 2)
            .unwrap_or_else(PoisonError::into_inner);
        *count += 1;
    }

    fn end(&self, answer: Option<String>) {
        if let Some(answer) = answer {
            // Whoever closed our output does not wait for answers any more.
            let _ = writeln!(io::stdout().lock(), "{answer}");
        }
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.ended.notify_all();
    }

    fn wait(&self) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        drop(
            self.ended
                .wait_while(count, |count| *count > 0)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
}

/// Says yes to every question, and remembers none.
struct Yes(Weak<Consent>);

impl Front for Yes {
    fn changed(&self, app: &Address) {
        let Some(consent) = self.0.upgrade() else { return };
        for question in consent.questions(app) {
            let answer = Answer {
                word: Word::Yes,
                remember: false,
            };
            // What is not remembered cannot fail to be kept.
            let _ = consent.decide(question.id, answer);
        }
    }
}

/// A call under way, for who looks at standard error.
struct Record {
    cmd: Option<String>,
    bytes: usize,
    since: Instant,
}

/// The part of an answer that a record tells.
#[derive(Deserialize)]
struct Coded {
    code: u16,
}

/// What is written of a call. `code` and `answerBytes` are missing for one that a newer call superseded.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordLine<'a> {
    cmd: Option<&'a str>,
    level: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    microseconds: u128,
    request_bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_bytes: Option<usize>,
}

impl Record {
    fn begin(text: &str) -> Self {
        let reply = envelope::read(text).map_or_else(|refused| refused.reply, |request| request.reply);
        Self {
            cmd: reply.cmd,
            bytes: text.len(),
            since: Instant::now(),
        }
    }

    fn end(self, answer: Option<&str>) {
        let line = RecordLine {
            cmd: self.cmd.as_deref(),
            level: self
                .cmd
                .as_deref()
                .and_then(|cmd| commands::find(cmd).ok())
                .map(|entry| entry.level),
            code: answer
                .and_then(|answer| serde_json::from_str::<Coded>(answer).ok())
                .map(|answer| answer.code),
            microseconds: self.since.elapsed().as_micros(),
            request_bytes: self.bytes,
            answer_bytes: answer.map(str::len),
        };
        if let Ok(line) = serde_json::to_string(&line) {
            // Whoever closed our standard error does not want it.
            let _ = writeln!(io::stderr().lock(), "{line}");
        }
    }
}

/// What a terminal has to give. The clipboard is kept open, since on X11 its content lives in this process.
#[derive(Default)]
struct TerminalDesk {
    clipboard: Mutex<Option<arboard::Clipboard>>,
}

impl Desk for TerminalDesk {
    fn loaded(&self, app: &dyn App, name: &str, version: &str) {
        if !names_itself(app, name, version) {
            eprintln!(
                "coco: the app calls itself {name:?} {version:?}; its package says {:?} {:?}",
                app.display_name(),
                app.version().unwrap_or_default()
            );
        }
    }

    fn language(&self) -> Language {
        Language::from_environment()
    }

    fn copy_text(&self, text: &str) -> Result<(), HostError> {
        let failed = |error: arboard::Error| HostError::Failed(format!("clipboard: {error}"));
        let mut clipboard = self.clipboard.lock().unwrap_or_else(PoisonError::into_inner);
        if clipboard.is_none() {
            *clipboard = Some(arboard::Clipboard::new().map_err(failed)?);
        }
        clipboard
            .as_mut()
            .map_or(Ok(()), |clipboard| clipboard.set_text(text).map_err(failed))
    }

    fn open_url(&self, url: &Url) -> Result<(), HostError> {
        open::that_detached(url.as_str()).map_err(|error| HostError::Failed(format!("browser: {error}")))
    }

    /// Nobody is there to show a code.
    fn scan(&self, _: &dyn App, _: &Cancel) -> Result<String, HostError> {
        Err(HostError::Refused)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lines_are_bounded_and_the_next_one_is_found() {
        let mut input = vec![b'a'; limits::LONGEST_REQUEST_BYTES + 100];
        input.extend(b"\nnext\n\nlast");
        let mut input = input.as_slice();
        assert_eq!(
            next_line(&mut input).unwrap().unwrap().len(),
            limits::LONGEST_REQUEST_BYTES + 1
        );
        for line in ["next", "", "last"] {
            assert_eq!(next_line(&mut input).unwrap().unwrap(), line.as_bytes());
        }
        assert!(next_line(&mut input).unwrap().is_none());
    }
}
