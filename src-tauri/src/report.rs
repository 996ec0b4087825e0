//! `--report`: what happens, as JSON lines on standard output, for programs that start this one.

use serde::Serialize;

/// Something that happened.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "camelCase")]
pub(crate) enum Event<'a> {
    /// The launcher's page has loaded, in the process `pid`.
    Ready { pid: u32 },
    /// A package was installed.
    Installed { address: &'a str, change: &'a str },
    /// A package was refused.
    Refused { path: &'a str, message: &'a str },
    /// An app could not be opened.
    NotOpened { address: &'a str, message: &'a str },
    /// An app's page has loaded.
    Loaded { window: &'a str },
    /// An app's page has called `onload`; `as_signed` says whether its package says the same of it.
    #[serde(rename_all = "camelCase")]
    Onload {
        window: &'a str,
        name: &'a str,
        version: &'a str,
        as_signed: bool,
    },
    /// An app's page has died.
    Crashed { window: &'a str },
    /// An app's window is gone.
    Closed { window: &'a str },
}

/// Where reports go, or nowhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report(pub(crate) bool);

impl Report {
    pub(crate) fn say(self, event: &Event<'_>) {
        use std::io::Write;
        if let (true, Ok(line)) = (self.0, serde_json::to_string(event)) {
            // A reader that went away is no reason to stop.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }
}
