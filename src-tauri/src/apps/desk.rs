//! What the running program gives an app's host: its language, its clipboard, its ear.

use std::sync::mpsc;
use std::time::Duration;

use coco_bridge::local::{Desk, names_itself};
use coco_bridge::{App, Cancel, HostError, Language};
use tauri::{AppHandle, Manager, Url};

use crate::program::Program;
use crate::report::Event;
use crate::sheet;

/// Longest wait for the main thread, which alone may touch the clipboard.
const PATIENCE: Duration = Duration::from_secs(5);

/// The desk of one app's window.
pub(super) struct ShellDesk {
    app: AppHandle,
    label: String,
}

impl ShellDesk {
    pub(super) fn new(app: AppHandle, label: String) -> Self {
        Self { app, label }
    }
}

impl Desk for ShellDesk {
    fn loaded(&self, app: &dyn App, name: &str, version: &str) {
        let as_signed = names_itself(app, name, version);
        self.app.state::<Program>().report.say(&Event::Onload {
            window: &self.label,
            name,
            version,
            as_signed,
        });
    }

    fn language(&self) -> Language {
        self.app.state::<Program>().settings.language()
    }

    fn serves_page(&self) -> bool {
        true
    }

    fn copy_text(&self, text: &str) -> Result<(), HostError> {
        let failed = |error: &dyn std::fmt::Display| HostError::Failed(format!("clipboard: {error}"));
        let (done, waiting) = mpsc::channel();
        let text = text.to_owned();
        self.app
            .run_on_main_thread(move || {
                gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD).set_text(&text);
                let _ = done.send(());
            })
            .map_err(|error| failed(&error))?;
        waiting.recv_timeout(PATIENCE).map_err(|error| failed(&error))
    }

    fn open_url(&self, url: &Url) -> Result<(), HostError> {
        open::that_detached(url.as_str()).map_err(|error| HostError::Failed(format!("browser: {error}")))
    }

    fn scan(&self, app: &dyn App, cancel: &Cancel) -> Result<String, HostError> {
        sheet::scan(&self.app, app.address(), cancel)
    }
}
