//! The apps' windows: one per app, known by its label alone.

mod crash;
mod desk;
mod registry;
mod running;
pub(crate) mod web_data;
mod webkit;
mod window;

use std::sync::Arc;
use std::time::{Duration, Instant};

use coco_bridge::page::{self, Page};
use coco_keys::Address;
use coco_package::{InstalledApp, host_of};
use tauri::ipc::Invoke;
use tauri::{AppHandle, Manager, Url, WebviewWindow, Wry};

use crate::defences::{Defence, Defences};
use crate::developer;
use crate::program::Program;
use crate::settings::Theme;
use crate::shell;
use crate::shell::wire::{ShellError, ShellErrorKind};
pub(crate) use registry::Windows;
pub(crate) use running::{Running, development_label_of};
pub(crate) use webkit::Key;
pub(crate) use window::close_with_page;

/// What the labels of apps' windows begin with; the host of the app's origin follows.
pub(crate) const PREFIX: &str = "coco-";

/// What the labels of windows with a developer's work begin with.
const DEVELOPING: &str = "coco-dev-";

/// Longest wait for a window to go away.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest start parameter, in bytes.
const START: usize = 2 * 1024;

/// The label of an app's window.
pub(crate) fn label_of(address: &Address) -> String {
    format!("{PREFIX}{}", host_of(address))
}

/// Port 1 of this computer.
const DEAD_PROXY: &str = "http://127.0.0.1:1";

/// A proxy on which nothing listens, or ever may.
pub(crate) fn dead_proxy() -> tauri::Result<Url> {
    Url::parse(DEAD_PROXY).map_err(tauri::Error::InvalidUrl)
}

/// The theme for windows; `None` for the desktop's.
pub(crate) fn theme(program: &Program) -> Option<tauri::Theme> {
    match program.settings.choices().theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

/// Gives every window the chosen theme.
pub(crate) fn apply_theme(app: &AppHandle) {
    let theme = theme(&app.state::<Program>());
    for window in app.webview_windows().values() {
        let _ = window.set_theme(theme);
    }
}

/// Begins to serve the apps' scheme in the context that all windows share.
pub(crate) fn serve(app: &AppHandle, launcher: &WebviewWindow) -> tauri::Result<()> {
    let app = app.clone();
    let refuse_downloads = app.state::<Program>().defences.has(Defence::Downloads);
    launcher.with_webview(move |view| {
        if refuse_downloads {
            webkit::refuse_downloads(&view);
        }
        webkit::register_scheme(&view, move |window, url| respond(&app.state::<Program>(), window, url));
    })
}

/// Answers one request for a file. The asking window's name says whose files it may have; the URL's host only has to agree.
fn respond(program: &Program, window: &str, url: &str) -> webkit::Response {
    let page = requested(program, window, url).unwrap_or_else(Page::not_found);
    let csp = program
        .defences
        .has(Defence::Csp)
        .then_some(("Content-Security-Policy", page::CSP));
    let headers = csp
        .into_iter()
        .chain([("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")])
        .collect();
    webkit::Response {
        status: page.status.into(),
        mime: page.mime,
        headers,
        body: page.body,
    }
}

fn requested(program: &Program, window: &str, url: &str) -> Option<Page> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    if program.defences.has(Defence::OwnHost) && window.strip_prefix(PREFIX)? != host {
        return None;
    }
    let app = program.windows.app(&format!("{PREFIX}{host}"))?;
    Some(page::serve(app.as_ref(), url.path()))
}

/// Opens an app, or brings its window to the front, with a parameter for its page if one is given: a page that is open already hears
/// `hashchange`. Never called on the main thread.
///
/// # Errors
/// When it is not installed, is damaged, or the system has no window to give, or the parameter is too long.
pub(crate) fn open(app: &AppHandle, address: &Address, start: Option<String>) -> Result<(), ShellError> {
    if start.as_ref().is_some_and(|start| start.len() > START) {
        return Err(ShellError::new(
            ShellErrorKind::Invalid,
            "the start parameter is too long",
        ));
    }
    let program = app.state::<Program>();
    let label = label_of(address);
    let is_open = program.windows.has(&label);
    if is_open && start.is_none() {
        if let Some(window) = app.get_webview_window(&label) {
            raise(&window)?;
        }
        return Ok(());
    }
    let running = Running::installed(program.data.store.get(address)?).starting(start);
    match app.get_webview_window(&label).filter(|_| is_open) {
        None => run(app, running),
        Some(window) => {
            let url = Url::parse(&running.url()).map_err(|error| ShellError::io(&error))?;
            window.navigate(url)?;
            Ok(raise(&window)?)
        }
    }
}

/// Opens the window of something that has none. Never called on the main thread.
///
/// # Errors
/// When the system has no window to give.
pub(crate) fn run(app: &AppHandle, running: Running) -> Result<(), ShellError> {
    let program = app.state::<Program>();
    let (label, running) = (running.label(), Arc::new(running));
    wait_until_gone(app, &label);
    let Some(turn) = program.windows.reserve(Arc::clone(&running)) else {
        return Ok(());
    };
    shell::changed(app);
    let opened = window::open(app, &label, turn, running);
    if opened.is_err() {
        program.windows.remove(&label);
        shell::changed(app);
    }
    opened
}

/// Brings a window to the front.
pub(crate) fn raise(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

/// Closes an app's window, if it has one, and waits until it is gone. Never called on the main thread.
pub(crate) fn close(app: &AppHandle, address: &Address) {
    close_window(app, &label_of(address));
}

/// Closes the window of a label, if there is one, and waits until it is gone. Never called on the main thread.
pub(crate) fn close_window(app: &AppHandle, label: &str) {
    app.state::<Program>().windows.remove(label);
    developer::closed(app, label);
    if let Some(window) = app.get_webview_window(label) {
        let _ = window.destroy();
    }
    wait_until_gone(app, label);
}

/// A label is free only after the main thread has heard of its window's end.
pub(crate) fn wait_until_gone(app: &AppHandle, label: &str) {
    let end = Instant::now() + PATIENCE;
    while app.get_webview_window(label).is_some() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// An app's package was replaced: a window that shows it goes on with the new one. Never called on the main thread.
pub(crate) fn replaced(app: &AppHandle, installed: &InstalledApp) {
    let label = label_of(installed.address());
    let Some(window) = app.get_webview_window(&label) else {
        return;
    };
    if let Err(error) = window::go_on_with(&window, Arc::new(Running::installed(installed.clone()))) {
        eprintln!("cococat: {}: {}", installed.address(), error.message);
        close(app, installed.address());
    }
}

/// Hands a page's request to its app's session. The label alone says which app that is.
pub(crate) fn call(label: &str, invoke: Invoke<Wry>) {
    let program = invoke.message.webview_ref().state::<Program>();
    let Some(session) = program.windows.session(label) else {
        return invoke.resolver.reject("this window belongs to no app");
    };
    let tauri::ipc::InvokeBody::Json(payload) = invoke.message.payload() else {
        return invoke.resolver.reject("expected JSON");
    };
    let recorder = program.developer.recorder();
    if let (Some(recorder), Some(refused)) = (&recorder, payload.get("refused").and_then(|refused| refused.as_str())) {
        if let Some(running) = program.windows.running(label) {
            recorder.refused(&running, refused);
        }
        return invoke.resolver.resolve(());
    }
    let Some(request) = payload.get("request").and_then(|request| request.as_str()) else {
        return invoke.resolver.reject("request: expected a string");
    };
    let recording = recorder.and_then(|recorder| recorder.begin(&*program.windows.running(label)?, request, None));
    let resolver = invoke.resolver.clone();
    session.submit(
        request,
        Box::new(move |answer| {
            if let Some(recording) = recording {
                recording.end(answer.as_deref());
            }
            resolver.resolve(answer);
        }),
    );
}

/// Opens WebKit's inspector for a window's page.
pub(crate) fn inspect(window: &WebviewWindow) {
    let _ = window.with_webview(|view| webkit::inspect(&view));
}

/// Lets developers look into the pages of every app's window, or no more.
pub(crate) fn set_inspectable(app: &AppHandle, inspectable: bool) {
    for (label, window) in app.webview_windows() {
        if label.starts_with(PREFIX) {
            let _ = window.with_webview(move |view| webkit::set_inspectable(&view, inspectable));
        }
    }
}

/// Whether the windows of apps are kept to the command `bridge`.
pub(crate) fn one_command(invoke: &Invoke<Wry>) -> bool {
    invoke
        .message
        .webview_ref()
        .state::<Program>()
        .defences
        .has(Defence::OneCommand)
}

/// What a window of an app may navigate to: its own origin.
fn may_navigate(defences: Defences, running: &Running, url: &Url) -> bool {
    !defences.has(Defence::Navigation) || running.owns(url)
}
