//! Shows the person what is being downloaded.

use std::collections::BTreeMap;

use coco_files::{Progress, State};
use tauri::{AppHandle, Manager};

use super::wire::{Download, NoticeLevel, ShellEvent};
use super::{notice, page_changed, tell};
use crate::program::Program;

/// Shows downloads in the launcher from now on.
pub(crate) fn start(app: &AppHandle) {
    let shown = app.clone();
    app.state::<Program>()
        .data
        .disk
        .set_listener(move |progress| show(&shown, progress));
}

/// The download that is running.
pub(super) fn running(program: &Program) -> Option<Download> {
    program.data.disk.downloads().running().as_ref().map(Into::into)
}

fn show(app: &AppHandle, progress: &Progress) {
    let running = progress.state == State::Running;
    tell(
        app,
        ShellEvent::Download {
            download: running.then(|| progress.into()),
        },
    );
    match progress.state {
        State::Running => return,
        State::Done => say(app, NoticeLevel::Info, "downloadDone", progress),
        State::Failed => say(app, NoticeLevel::Error, "downloadFailed", progress),
        State::Cancelled => {}
    }
    page_changed(app, &progress.app);
}

fn say(app: &AppHandle, level: NoticeLevel, key: &'static str, progress: &Progress) {
    let installed = app.state::<Program>().data.store.get(&progress.app);
    let name = installed.map_or_else(|_| progress.app.to_string(), |installed| installed.display_name());
    let values = [("name", name), ("download", progress.file.clone())];
    notice(app, level, key, BTreeMap::from(values));
}

impl From<&Progress> for Download {
    fn from(progress: &Progress) -> Self {
        Self {
            address: progress.app,
            file: progress.file.clone(),
            received: progress.received,
            total: progress.total,
        }
    }
}
