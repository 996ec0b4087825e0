//! `coco bridge`: the bridge without a window. Requests are JSON lines on standard input, answers JSON lines on standard
//! output, in the order in which they are ready.

use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use coco_bridge::local::{Data, Desk, LocalHost, names_itself};
use coco_bridge::{App, Cancel, HostError, Language, Session, limits};
use coco_package::Downgrade;
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
            Ok(text) => session.submit(text, Box::new(move |answer| ending.end(answer))),
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
