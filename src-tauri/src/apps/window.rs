//! Building the window of one app.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use coco_bridge::local::LocalHost;
use coco_bridge::{Session, guard};
use coco_package::host_of;
use tauri::image::Image;
use tauri::webview::{NewWindowResponse, PageLoadEvent, PageLoadPayload, PlatformWebview};
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use super::registry::Turn;
use super::running::Running;
use super::webkit;
use super::{crash, dead_proxy, desk, may_navigate, theme};
use crate::defences::{Defence, Defences};
use crate::developer::{self, Server};
use crate::program::Program;
use crate::report::Event;
use crate::shell::wire::{ShellError, WindowState};
use crate::{sheet, shell};

/// Opens the window and waits until it is there.
pub(super) fn open(app: &AppHandle, label: &str, turn: Turn, running: Arc<Running>) -> Result<(), ShellError> {
    app.state::<Program>()
        .windows
        .attach(label, start_session(app, label, &running)?);

    // GTK belongs to the main thread.
    let (built, result) = mpsc::channel();
    let (builder, label) = (app.clone(), label.to_owned());
    app.run_on_main_thread(move || {
        let _ = built.send(build(&builder, &label, turn, &running));
    })?;
    Ok(result.recv().map_err(|error| ShellError::io(&error))??)
}

/// Shows another version of the app in its window.
pub(super) fn go_on_with(window: &WebviewWindow, running: Arc<Running>) -> Result<(), ShellError> {
    let session = start_session(window.app_handle(), window.label(), &running)?;
    window.set_title(&running.title())?;
    let url = Url::parse(&running.url()).map_err(|error| ShellError::io(&error))?;
    window
        .state::<Program>()
        .windows
        .replace(window.label(), running, session);
    Ok(window.navigate(url)?)
}

fn start_session(app: &AppHandle, label: &str, running: &Running) -> Result<Session, ShellError> {
    let program = app.state::<Program>();
    let desk = desk::ShellDesk::new(app.clone(), label.to_owned());
    let host = LocalHost::new(Arc::clone(running.app()), Arc::clone(&program.data), desk);
    Session::start(Arc::new(host)).map_err(|error| ShellError::io(&error))
}

/// WebKit's files for a page. All windows share one folder, and with it what they can reach; a page that comes from a
/// developer's server has one of its own, so that only that page can reach it.
fn web_data_of(program: &Program, running: &Running) -> PathBuf {
    match running.server() {
        None => program.web_data.clone(),
        Some(_) => program
            .web_data
            .with_file_name("web-development")
            .join(host_of(running.address())),
    }
}

fn build(app: &AppHandle, label: &str, turn: Turn, running: &Arc<Running>) -> tauri::Result<()> {
    let program = app.state::<Program>();
    let defences = program.defences;
    let url = running.url();
    let own = Arc::clone(running);

    // The page is loaded only after WebKit's own settings are made, in `webkit::prepare`.
    let nothing = Url::parse("about:blank").map_err(tauri::Error::InvalidUrl)?;
    let mut builder = WebviewWindowBuilder::new(app, label, WebviewUrl::External(nothing))
        .title(running.title())
        .inner_size(1100.0, 760.0)
        .min_inner_size(320.0, 320.0)
        .theme(theme(&program))
        .data_directory(web_data_of(&program, running))
        .initialization_script(first_script(&program, running))
        .disable_drag_drop_handler()
        .on_navigation(move |url| may_navigate(defences, &own, url))
        .on_page_load(page_loads);
    if let Some((icon, pixels)) = running
        .app()
        .icon()
        .and_then(|icon| icon.rgba().map(|pixels| (icon, pixels)))
    {
        builder = builder.icon(Image::new_owned(pixels, icon.width, icon.height))?;
    }
    if defences.has(Defence::NewWindow) {
        builder = builder.on_new_window(|_, _| NewWindowResponse::Deny);
    }
    if defences.has(Defence::DeadProxy) {
        builder = builder.proxy_url(dead_proxy()?);
    }
    let window = builder.build()?;

    let (gone, name, address) = (app.clone(), label.to_owned(), *running.address());
    window.on_window_event(move |event| {
        if let WindowEvent::Destroyed = event {
            closed(&gone, &name, turn);
            sheet::app_gone(&gone, &address);
        }
    });
    close_with_page(&window)?;
    let (name, crashed) = (label.to_owned(), crash_keeper(&window, running, &url));
    let (alone, inspectable) = (running.server().cloned(), program.developer.is_on());
    let keys = window.clone();
    window.with_webview(move |view| {
        if let Some(server) = alone {
            reach_only(&view, &server.authority(), defences);
        }
        webkit::set_inspectable(&view, inspectable);
        webkit::when_pressed(&view, move |key| developer::pressed(&keys, key));
        webkit::prepare(&view, &name, &url, defences, crashed);
    })
}

/// The defences of the context that all other windows share, for one that is a window's own.
fn reach_only(view: &PlatformWebview, authority: &str, defences: Defences) {
    if defences.has(Defence::DeadProxy) {
        webkit::reach_only(view, authority);
    }
    if defences.has(Defence::Downloads) {
        webkit::refuse_downloads(view);
    }
}

/// What runs before the page's first script: the guard, and before it what a server's answers do not say.
fn first_script(program: &Program, running: &Running) -> String {
    let origin = running.server().map(Server::origin);
    let policy = running
        .server()
        .filter(|_| program.defences.has(Defence::Csp))
        .map(developer::policy_script)
        .unwrap_or_default();
    let guard = guard::script_for(&guard::Setting {
        origin: origin.as_deref(),
        tell_refused: program.developer.is_on(),
    });
    policy + &guard
}

/// Closes a window when its page closes itself or is closed from outside; WebKit alone would leave an empty window.
pub(crate) fn close_with_page(window: &WebviewWindow) -> tauri::Result<()> {
    let closing = window.clone();
    window.with_webview(move |view| {
        webkit::when_gone(&view, move || {
            let _ = closing.destroy();
        });
    })
}

fn page_loads(window: WebviewWindow, payload: PageLoadPayload<'_>) {
    let program = window.state::<Program>();
    match payload.event() {
        PageLoadEvent::Started => {
            if let Some(session) = program.windows.session(window.label()) {
                session.reset();
            }
        }
        PageLoadEvent::Finished if program.windows.take_crash_page(window.label()) => {}
        PageLoadEvent::Finished => {
            program.report.say(&Event::Loaded { window: window.label() });
            if program.windows.set_state(window.label(), WindowState::Open) {
                changed_later(window.app_handle());
            }
        }
    }
}

fn closed(app: &AppHandle, label: &str, turn: Turn) {
    let program = app.state::<Program>();
    if program.windows.gone(label, turn) {
        developer::closed(app, label);
        changed_later(app);
    }
    program.report.say(&Event::Closed { window: label });
}

/// Listing apps reads files, which the main thread has no time for.
fn changed_later(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || shell::changed(&app));
}

fn crash_keeper(window: &WebviewWindow, running: &Running, url: &str) -> impl Fn() + use<> {
    let (window, name, url) = (window.clone(), running.app().display_name(), url.to_owned());
    move || {
        let program = window.state::<Program>();
        program.report.say(&Event::Crashed { window: window.label() });
        program.windows.crashed(window.label());
        changed_later(window.app_handle());
        let html = crash::page(program.settings.language(), &name, &url);
        let url = url.clone();
        let _ = window.with_webview(move |view| webkit::show_instead(&view, &html, &url));
    }
}
