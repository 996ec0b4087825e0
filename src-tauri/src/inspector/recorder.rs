//! What apps have said to the bridge and what it answered, in memory and bounded. Nothing of it is ever written to the
//! disk unless the person exports it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use coco_bridge::local::names_itself;
use coco_bridge::{App, commands, envelope};
use serde::Deserialize;

use super::wire::{CallDetail, CallInfo, CallState, PackageName};
use crate::apps::Running;

/// Most calls that are kept; the oldest goes first.
const CALLS: usize = 2_000;

/// Most bytes that are kept of all requests and answers.
const BYTES: usize = 32 * 1024 * 1024;

/// Most bytes that are kept of one request or answer.
const TEXT_BYTES: usize = 4 * 1024 * 1024;

/// Most calls that are told at once.
const TOLD: usize = 500;

/// Longest word of a guard in bytes.
const REFUSED_BYTES: usize = 16 * 1024;

/// Keeps calls while developer mode is on.
#[derive(Default)]
pub(crate) struct Recorder {
    ring: Mutex<Ring>,
    /// Called without any lock held when something is new, once for each time that it was looked at.
    changed: Mutex<Option<Arc<dyn Fn() + Send + Sync>>>,
}

#[derive(Default)]
struct Ring {
    number: u64,
    revision: u64,
    bytes: usize,
    paused: bool,
    told: bool,
    calls: VecDeque<Kept>,
}

struct Kept {
    info: CallInfo,
    revision: u64,
    request: Text,
    answer: Option<Text>,
}

/// The beginning of a text.
struct Text {
    text: String,
    cut: bool,
}

impl Text {
    fn new(text: &str) -> Self {
        let end = (0..=TEXT_BYTES.min(text.len()))
            .rev()
            .find(|end| text.is_char_boundary(*end));
        let end = end.unwrap_or_default();
        Self {
            text: text.get(..end).unwrap_or_default().to_owned(),
            cut: end < text.len(),
        }
    }
}

/// A call under way that is being recorded.
pub(crate) struct Recording {
    recorder: Arc<Recorder>,
    number: u64,
    since: Instant,
}

/// What is new since the last look.
pub(crate) struct News {
    pub(crate) revision: u64,
    pub(crate) oldest: Option<u64>,
    pub(crate) more: bool,
    pub(crate) paused: bool,
    pub(crate) calls: Vec<CallInfo>,
}

#[derive(Deserialize)]
struct Coded {
    code: u16,
}

/// What the guard of a page says of a request that it answered itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    cmd: Option<serde_json::Value>,
    message_id: Option<serde_json::Value>,
    code: u16,
    bytes: Option<u64>,
}

#[derive(Deserialize)]
struct OnLoad {
    name: String,
    version: String,
}

impl Recorder {
    /// Says who is told of news.
    pub(crate) fn set_follower(&self, changed: Arc<dyn Fn() + Send + Sync>) {
        *self.changed.lock().unwrap_or_else(PoisonError::into_inner) = Some(changed);
    }

    /// Records a request; `None` while recording is paused. `resent` is the call that it repeats.
    pub(crate) fn begin(self: &Arc<Self>, running: &Running, text: &str, resent: Option<u64>) -> Option<Recording> {
        if self.lock().paused {
            return None;
        }
        let (reply, package) = match envelope::read(text) {
            Ok(request) => {
                let package = (request.cmd == "onload")
                    .then(|| mismatch(running.app().as_ref(), request.data.get()))
                    .flatten();
                (request.reply, package)
            }
            Err(refused) => (refused.reply, None),
        };
        let info = CallInfo {
            level: reply.cmd.as_deref().and_then(level),
            cmd: reply.cmd,
            message_id: reply.message_id,
            request_bytes: text.len() as u64,
            resent,
            package,
            ..blank(running)
        };
        let number = self.add(info, Text::new(text), None);
        Some(Recording {
            recorder: Arc::clone(self),
            number,
            since: Instant::now(),
        })
    }

    /// Records a request that the guard of a window's page answered itself, by what the guard says of it.
    pub(crate) fn refused(&self, running: &Running, text: &str) {
        let Some(refused) = (text.len() <= REFUSED_BYTES)
            .then(|| serde_json::from_str::<Refused>(text).ok())
            .flatten()
        else {
            return;
        };
        if self.lock().paused {
            return;
        }
        let cmd = refused
            .cmd
            .as_ref()
            .map(|cmd| cmd.as_str().map_or_else(|| cmd.to_string(), str::to_owned));
        let info = CallInfo {
            level: cmd.as_deref().and_then(level),
            cmd,
            message_id: refused.message_id.map(|id| id.to_string()),
            state: CallState::Guard,
            code: Some(refused.code),
            microseconds: Some(0),
            request_bytes: refused.bytes.unwrap_or_default(),
            answer_bytes: text.len() as u64,
            ..blank(running)
        };
        self.add(info, Text::new(""), Some(Text::new(text)));
    }

    /// What is new since a revision, oldest first.
    pub(crate) fn news(&self, since: u64) -> News {
        let mut ring = self.lock();
        let mut fresh: Vec<_> = ring.calls.iter().filter(|kept| kept.revision > since).collect();
        fresh.sort_unstable_by_key(|kept| kept.revision);
        let more = fresh.len() > TOLD;
        fresh.truncate(TOLD);
        let news = News {
            revision: fresh.last().map_or(ring.revision, |kept| kept.revision),
            oldest: ring.calls.front().map(|kept| kept.info.number),
            more,
            paused: ring.paused,
            calls: fresh.into_iter().map(|kept| kept.info.clone()).collect(),
        };
        ring.told = false;
        news
    }

    /// Everything about one call; `None` when it is not kept any more.
    pub(crate) fn call(&self, number: u64) -> Option<CallDetail> {
        let ring = self.lock();
        let kept = ring.calls.iter().find(|kept| kept.info.number == number)?;
        Some(CallDetail {
            info: kept.info.clone(),
            request: kept.request.text.clone(),
            request_cut: kept.request.cut,
            answer: kept.answer.as_ref().map(|answer| answer.text.clone()),
            answer_cut: kept.answer.as_ref().is_some_and(|answer| answer.cut),
        })
    }

    /// Forgets every call.
    pub(crate) fn clear(&self) {
        let mut ring = self.lock();
        ring.calls.clear();
        ring.bytes = 0;
        ring.revision += 1;
        drop(ring);
        self.tell();
    }

    /// Records nothing while `on`.
    pub(crate) fn pause(&self, on: bool) {
        self.lock().paused = on;
        self.tell();
    }

    fn add(&self, mut info: CallInfo, request: Text, answer: Option<Text>) -> u64 {
        let mut ring = self.lock();
        ring.number += 1;
        let number = ring.number;
        info.number = number;
        let revision = ring.next_revision();
        // The one that the machine supersedes: the page could not tell the two apart.
        if let Some(older) = info.cmd.is_some().then(|| ring.waiting_like(&info)).flatten() {
            older.info.superseded_by = Some(number);
            older.revision = revision;
        }
        ring.bytes += request.text.len() + answer.as_ref().map_or(0, |answer| answer.text.len());
        ring.calls.push_back(Kept {
            info,
            revision,
            request,
            answer,
        });
        ring.shrink();
        drop(ring);
        self.tell();
        number
    }

    fn end(&self, number: u64, microseconds: u64, answer: Option<&str>) {
        let mut ring = self.lock();
        let revision = ring.next_revision();
        let Some(kept) = ring.calls.iter_mut().rev().find(|kept| kept.info.number == number) else {
            return;
        };
        kept.revision = revision;
        kept.info.microseconds = Some(microseconds);
        kept.info.state = match (answer, kept.info.superseded_by) {
            (Some(_), _) => CallState::Answered,
            (None, Some(_)) => CallState::Superseded,
            (None, None) => CallState::Dropped,
        };
        kept.info.code = answer
            .and_then(|answer| serde_json::from_str::<Coded>(answer).ok())
            .map(|answer| answer.code);
        kept.info.answer_bytes = answer.map_or(0, str::len) as u64;
        kept.answer = answer.map(Text::new);
        let bytes = kept.answer.as_ref().map_or(0, |answer| answer.text.len());
        ring.bytes += bytes;
        ring.shrink();
        drop(ring);
        self.tell();
    }

    /// Tells the follower, unless it was told and has not looked yet.
    fn tell(&self) {
        if std::mem::replace(&mut self.lock().told, true) {
            return;
        }
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(changed) = changed {
            changed();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn next_revision(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    fn waiting_like(&mut self, info: &CallInfo) -> Option<&mut Kept> {
        self.calls.iter_mut().rev().find(|kept| {
            let other = &kept.info;
            other.state == CallState::Waiting
                && (&other.window, &other.cmd, &other.message_id) == (&info.window, &info.cmd, &info.message_id)
        })
    }

    fn shrink(&mut self) {
        while self.calls.len() > CALLS || self.bytes > BYTES {
            let Some(kept) = self.calls.pop_front() else { return };
            self.bytes -= kept.request.text.len() + kept.answer.map_or(0, |answer| answer.text.len());
        }
    }
}

impl Recording {
    /// The call's number.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Records the answer; `None` when there will be none.
    pub(crate) fn end(self, answer: Option<&str>) {
        let microseconds = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.recorder.end(self.number, microseconds, answer);
    }
}

fn blank(running: &Running) -> CallInfo {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    CallInfo {
        number: 0,
        window: running.label(),
        address: *running.address(),
        app: running.app().display_name(),
        development: running.is_development(),
        cmd: None,
        message_id: None,
        level: None,
        at: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
        state: CallState::Waiting,
        code: None,
        microseconds: None,
        request_bytes: 0,
        answer_bytes: 0,
        superseded_by: None,
        resent: None,
        package: None,
    }
}

fn level(cmd: &str) -> Option<u8> {
    commands::find(cmd).ok().map(|entry| entry.level)
}

/// What the package says where a page that calls `onload` says something else.
fn mismatch(app: &dyn App, data: &str) -> Option<PackageName> {
    let said: OnLoad = serde_json::from_str(data).ok()?;
    (!names_itself(app, &said.name, &said.version)).then(|| PackageName {
        name: app.display_name(),
        version: app.version(),
    })
}

#[cfg(test)]
#[path = "recorder_tests.rs"]
mod tests;
