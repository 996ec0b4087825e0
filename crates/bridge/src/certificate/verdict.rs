//! What was said about certificates, for the page that shows an app.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use coco_keys::Address;
use serde::{Deserialize, Serialize};

use super::{Caller, Content};
use crate::authorities::file;

/// Most apps whose last verdict is remembered.
const APPS: usize = 256;
/// Longest reason that is remembered, in characters.
const REASON_CHARS: usize = 300;
/// Far more than the file ever has, in bytes.
const FILE_BYTES: u64 = 4 * 1024 * 1024;
/// The file is written at most this often, since an app may show a certificate with each of its calls.
const PAUSE: Duration = Duration::from_secs(10);

const FILE: &str = "certificates.json";

/// What was said about a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it says, if that can be read. Words of whoever made it, unless it holds.
    #[serde(default)]
    pub content: Option<Content>,
    /// Why it was refused, in English; `None` if it holds.
    #[serde(default)]
    pub refused: Option<String>,
    /// When that was said, in milliseconds since 1970.
    pub at: i64,
}

impl Verdict {
    pub(super) fn new(content: Option<Content>, refused: Option<&str>, at: i64) -> Self {
        Self {
            content,
            refused: refused.map(shorten),
            at,
        }
    }
}

fn shorten(reason: &str) -> String {
    reason.chars().take(REASON_CHARS).collect()
}

/// The last verdict of each app, in a small file as well. A verdict of the last seconds before the program was killed may
/// be missing there.
#[derive(Default)]
pub(super) struct Verdicts {
    file: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    apps: BTreeMap<Address, Said>,
    changed: bool,
    written: Option<Instant>,
}

/// A verdict whose content is shared with the cache.
#[derive(PartialEq)]
struct Said {
    content: Option<Arc<Content>>,
    refused: Option<String>,
    at: i64,
}

impl Said {
    fn verdict(&self) -> Verdict {
        Verdict {
            content: self.content.as_deref().cloned(),
            refused: self.refused.clone(),
            at: self.at,
        }
    }

    /// Whether the same was said of the same, whenever.
    fn is(&self, content: Option<&Arc<Content>>, refused: Option<&str>) -> bool {
        let same = match (&self.content, content) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same && self.refused.as_deref() == refused
    }
}

impl Verdicts {
    /// Reads the file. One that cannot be read counts as none: the next certificate says it again.
    pub(super) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let apps: BTreeMap<Address, Verdict> = file::read(&path, FILE_BYTES)
            .ok()
            .flatten()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let said = |verdict: Verdict| Said {
            content: verdict.content.map(Arc::new),
            refused: verdict.refused,
            at: verdict.at,
        };
        let apps = apps.into_iter().take(APPS).map(|(app, verdict)| (app, said(verdict)));
        Self {
            file: Some(path),
            state: Mutex::new(State {
                apps: apps.collect(),
                ..State::default()
            }),
        }
    }

    pub(super) fn last(&self, app: &Address) -> Option<Verdict> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.apps.get(app).map(Said::verdict)
    }

    pub(super) fn remember(&self, caller: &Caller<'_>, content: Option<Arc<Content>>, refused: Option<&str>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.changed = true;
        if let Some(said) = state.apps.get_mut(&caller.app)
            && said.is(content.as_ref(), refused)
        {
            said.at = caller.now;
            return;
        }
        let said = Said {
            content,
            refused: refused.map(shorten),
            at: caller.now,
        };
        state.apps.insert(caller.app, said);
        if state.apps.len() > APPS {
            let oldest = state.apps.iter().min_by_key(|(_, said)| said.at).map(|(app, _)| *app);
            oldest.map(|app| state.apps.remove(&app));
        }
        if state.written.is_none_or(|written| written.elapsed() >= PAUSE) {
            self.save(&mut state);
        }
    }

    /// Writes the file. Where that fails the verdicts are remembered for as long as the program runs.
    fn save(&self, state: &mut State) {
        state.written = Some(Instant::now());
        state.changed = false;
        let Some(path) = &self.file else { return };
        let apps: BTreeMap<&Address, Verdict> = state.apps.iter().map(|(app, said)| (app, said.verdict())).collect();
        let _ = serde_json::to_vec(&apps)
            .map_err(std::io::Error::from)
            .and_then(|bytes| file::write(path, &bytes));
    }
}

impl Drop for Verdicts {
    fn drop(&mut self) {
        let mut state = std::mem::take(self.state.get_mut().unwrap_or_else(PoisonError::into_inner));
        if state.changed {
            self.save(&mut state);
        }
    }
}
