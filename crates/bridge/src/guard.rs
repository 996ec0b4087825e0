//! The script that a page finds before its own first script runs (bridge 2.6, 2.7 and 5).

use serde_json::json;

use crate::commands::{NO_TEXT, TABLE, VERSION};
use crate::limits;

/// The script, with the capabilities of this version written into it.
///
/// It carries a page's requests to the host by one function, which the shell provides as
/// `__TAURI_INTERNALS__.invoke("bridge", {request})` and which resolves to an answer's JSON text, or to `null` when the
/// request was superseded.
pub fn script() -> String {
    script_for(&Setting::default())
}

/// What is different for developers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setting<'a> {
    /// The origin of a page that comes from a developer's server, for example `http://localhost:5173`.
    pub origin: Option<&'a str>,
    /// Whether the host is told of requests that the script refuses itself, by `invoke("bridge", {refused})`.
    pub tell_refused: bool,
}

/// The script for a page of a [`Setting`].
pub fn script_for(setting: &Setting<'_>) -> String {
    let commands: Vec<_> = TABLE
        .iter()
        .filter(|entry| entry.available)
        .map(|entry| json!({ "cmd": entry.name, "level": entry.level, "version": VERSION }))
        .collect();
    let longer: serde_json::Map<_, _> = TABLE
        .iter()
        .filter(|entry| entry.request_bytes != limits::REQUEST_BYTES)
        .map(|entry| (entry.name.to_owned(), entry.request_bytes.into()))
        .collect();
    let facts = json!({
        "commands": commands,
        "requestBytes": limits::REQUEST_BYTES,
        "longerRequests": longer,
        "urlBytes": limits::URL_BYTES,
        "noText": NO_TEXT,
        "origin": setting.origin,
        "tellRefused": setting.tell_refused,
    });
    format!(
        "({})({facts});",
        include_str!("../js/guard.js").trim_end().trim_end_matches(';')
    )
}
