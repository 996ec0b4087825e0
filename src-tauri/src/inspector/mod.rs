//! The bridge inspector: a window that shows what apps say to the bridge, while developer mode is on.

mod export;
mod recorder;
pub(crate) mod wire;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use tauri::ipc::{Invoke, InvokeBody};
use tauri::{AppHandle, Emitter, Manager, WebviewUrl, WebviewWindowBuilder, Wry};

pub(crate) use recorder::Recorder;

use crate::apps;
use crate::defences::Defence;
use crate::program::Program;
use crate::report::Event;
use crate::shell::wire::{ShellError, ShellErrorKind};
use wire::{Changes, InspectorError, InspectorErrorKind, InspectorRequest, Resent};

/// The label of the inspector's window.
pub(crate) const WINDOW: &str = "inspector";

/// Name of the event that says that there is news.
const EVENT: &str = "inspector";

/// Counts requests that were sent again, so that their ids are like no page's.
static RESENT: AtomicU64 = AtomicU64::new(1);

/// Tells the window of every piece of news.
pub(crate) fn follow(app: &AppHandle, recorder: &Recorder) {
    let app = app.clone();
    recorder.set_follower(Arc::new(move || {
        // There may be no such window: who opens it asks by itself.
        let _ = app.emit_to(WINDOW, EVENT, ());
    }));
}

/// Opens the window, or brings it to the front. Never called on the main thread.
///
/// # Errors
/// When developer mode is off, or the system has no window to give.
pub(crate) fn open(app: &AppHandle) -> Result<(), ShellError> {
    if !app.state::<Program>().developer.is_on() {
        return Err(ShellError::new(
            ShellErrorKind::Invalid,
            "developer mode is off".to_owned(),
        ));
    }
    if let Some(window) = app.get_webview_window(WINDOW) {
        return Ok(apps::raise(&window)?);
    }
    let (built, result) = mpsc::channel();
    let builder = app.clone();
    app.run_on_main_thread(move || {
        let _ = built.send(build(&builder));
    })?;
    Ok(result.recv().map_err(|error| ShellError::io(&error))??)
}

fn build(app: &AppHandle) -> tauri::Result<()> {
    let program = app.state::<Program>();
    let mut builder = WebviewWindowBuilder::new(app, WINDOW, WebviewUrl::App("inspector.html".into()))
        .title("CocoCat — bridge")
        .inner_size(1120.0, 720.0)
        .min_inner_size(480.0, 360.0)
        .theme(apps::theme(&program))
        .data_directory(program.web_data.clone())
        .on_navigation(|url| url.scheme() == "tauri")
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .on_page_load(|window, payload| {
            if payload.event() == tauri::webview::PageLoadEvent::Finished {
                window.state::<Program>().report.say(&Event::Loaded { window: WINDOW });
            }
        });
    if program.defences.has(Defence::DeadProxy) {
        builder = builder.proxy_url(apps::dead_proxy()?);
    }
    apps::close_with_page(&builder.build()?)
}

/// Closes the window, if there is one.
pub(crate) fn close(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(WINDOW) {
        let _ = window.destroy();
    }
}

/// Takes a call of the inspector's page.
pub(crate) fn call(invoke: Invoke<Wry>) {
    let app = invoke.message.webview_ref().app_handle().clone();
    let request = match invoke.message.payload() {
        InvokeBody::Json(payload) => serde_json::from_value(payload.get("request").cloned().unwrap_or_default())
            .map_err(|error| refusal(InspectorErrorKind::Invalid, error.to_string())),
        InvokeBody::Raw(_) => Err(refusal(InspectorErrorKind::Invalid, "expected JSON")),
    };
    tauri::async_runtime::spawn_blocking(move || match request.and_then(|request| handle(&app, request)) {
        Ok(answer) => invoke.resolver.resolve(answer),
        Err(error) => invoke.resolver.reject(error),
    });
}

fn handle(app: &AppHandle, request: InspectorRequest) -> Result<Value, InspectorError> {
    let program = app.state::<Program>();
    let recorder = program
        .developer
        .recorder()
        .ok_or_else(|| refusal(InspectorErrorKind::Off, "developer mode is off"))?;
    match request {
        InspectorRequest::Changes { since } => {
            let news = recorder.news(since);
            answer(&Changes {
                language: program.settings.language(),
                paused: news.paused,
                revision: news.revision,
                oldest: news.oldest,
                more: news.more,
                calls: news.calls,
                windows: program
                    .windows
                    .all()
                    .iter()
                    .map(|(running, _)| running.label())
                    .collect(),
            })
        }
        InspectorRequest::Call { number } => {
            let gone = || refusal(InspectorErrorKind::Gone, format!("call {number} is not kept any more"));
            answer(&recorder.call(number).ok_or_else(gone)?)
        }
        InspectorRequest::Clear => {
            recorder.clear();
            Ok(Value::Null)
        }
        InspectorRequest::Pause { on } => {
            recorder.pause(on);
            Ok(Value::Null)
        }
        InspectorRequest::Resend { window, request, of } => resend(&program, &recorder, &window, &request, of),
        InspectorRequest::Export { format, numbers } => answer(&export::export(app, &recorder, format, &numbers)?),
    }
}

/// Sends a request again. It gets an id of ours, so that it takes no call's place and no page hears its answer.
fn resend(
    program: &Program,
    recorder: &Arc<Recorder>,
    window: &str,
    request: &str,
    of: u64,
) -> Result<Value, InspectorError> {
    let closed = || refusal(InspectorErrorKind::Closed, format!("{window} is closed"));
    let session = program.windows.session(window).ok_or_else(closed)?;
    let running = program.windows.running(window).ok_or_else(closed)?;
    let request = with_own_id(request).map_err(|error| refusal(InspectorErrorKind::Invalid, error.to_string()))?;
    let recording = recorder
        .begin(&running, &request, Some(of))
        .ok_or_else(|| refusal(InspectorErrorKind::Invalid, "recording is paused"))?;
    let number = recording.number();
    session.submit(&request, Box::new(move |answer| recording.end(answer.as_deref())));
    answer(&Resent { number })
}

/// A request with a message id that no page uses, of the kind that it had.
fn with_own_id(request: &str) -> serde_json::Result<String> {
    let mut fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(request)?;
    let number = RESENT.fetch_add(1, Ordering::Relaxed);
    let id = match fields.get("messageId") {
        Some(id) if id.get().starts_with('"') => Value::from(format!("inspector-{number}")),
        _ => Value::from((-1_000_000_000_000_i64).saturating_sub(i64::try_from(number).unwrap_or_default())),
    };
    fields.insert("messageId".to_owned(), to_raw_value(&id)?);
    serde_json::to_string(&fields)
}

fn answer(value: &impl Serialize) -> Result<Value, InspectorError> {
    serde_json::to_value(value).map_err(|error| refusal(InspectorErrorKind::Invalid, error.to_string()))
}

fn refusal(kind: InspectorErrorKind, message: impl Into<String>) -> InspectorError {
    InspectorError {
        kind,
        message: message.into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_request_that_is_sent_again_has_an_id_of_its_own() {
        let id = |request: &str| {
            let sent: Value = serde_json::from_str(&with_own_id(request).unwrap()).unwrap();
            (
                sent.get("cmd").cloned().unwrap(),
                sent.get("messageId").cloned().unwrap(),
            )
        };
        let (cmd, first) = id(r#"{"cmd":"getLanguage","messageId":"a"}"#);
        assert_eq!(cmd, "getLanguage");
        assert!(first.as_str().unwrap().starts_with("inspector-"));
        assert_ne!(id(r#"{"cmd":"x"}"#).1, id(r#"{"cmd":"x"}"#).1);
        assert!(id(r#"{"cmd":"x","messageId":7}"#).1.as_i64().unwrap() < -1_000_000_000_000);
        let kept = with_own_id(r#"{"cmd":"x","data":{"b":1.0,"a":1e400}}"#).unwrap();
        assert!(kept.contains(r#""data":{"b":1.0,"a":1e400}"#), "{kept}");
        assert!(with_own_id("[]").is_err());
    }
}
