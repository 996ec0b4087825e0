//! Building the window of one app.

use std::sync::{Arc, mpsc};

use coco_bridge::local::LocalHost;
use coco_bridge::{Session, guard};
use coco_package::{InstalledApp, host_of};
use tauri::image::Image;
use tauri::webview::{NewWindowResponse, PageLoadEvent, PageLoadPayload};
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use super::registry::Turn;
use super::webkit::{self, SCHEME};
use super::{crash, dead_proxy, desk, may_navigate, theme};
use crate::defences::Defence;
use crate::program::Program;
use crate::report::Event;
use crate::shell::wire::{ShellError, WindowState};
use crate::{sheet, shell};

/// Opens the window and waits until it is there.
pub(super) fn open(app: &AppHandle, label: &str, turn: Turn, installed: Arc<InstalledApp>) -> Result<(), ShellError> {
    app.state::<Program>()
        .windows
        .attach(label, start_session(app, label, &installed)?);

    // GTK belongs to the main thread.
    let (built, result) = mpsc::channel();
    let (builder, label) = (app.clone(), label.to_owned());
    app.run_on_main_thread(move || {
        let _ = built.send(build(&builder, &label, turn, &installed));
    })?;
    Ok(result.recv().map_err(|error| ShellError::io(&error))??)
}

/// Shows another version of the app in its window.
pub(super) fn go_on_with(window: &WebviewWindow, installed: Arc<InstalledApp>) -> Result<(), ShellError> {
    let session = start_session(window.app_handle(), window.label(), &installed)?;
    window.set_title(&installed.display_name())?;
    let url = Url::parse(&url_of(&installed)).map_err(|error| ShellError::io(&error))?;
    window
        .state::<Program>()
        .windows
        .replace(window.label(), installed, session);
    Ok(window.navigate(url)?)
}

fn start_session(app: &AppHandle, label: &str, installed: &Arc<InstalledApp>) -> Result<Session, ShellError> {
    let program = app.state::<Program>();
    let desk = desk::ShellDesk::new(app.clone(), label.to_owned());
    let host = LocalHost::new(Arc::clone(installed), Arc::clone(&program.data), desk);
    Session::start(Arc::new(host)).map_err(|error| ShellError::io(&error))
}

fn url_of(installed: &InstalledApp) -> String {
    format!("{SCHEME}://{}/", host_of(installed.address()))
}

fn build(app: &AppHandle, label: &str, turn: Turn, installed: &InstalledApp) -> tauri::Result<()> {
    let program = app.state::<Program>();
    let defences = program.defences;
    let own_host = host_of(installed.address());
    let url = url_of(installed);

    // The page is loaded only after WebKit's own settings are made, in `webkit::prepare`.
    let nothing = Url::parse("about:blank").map_err(tauri::Error::InvalidUrl)?;
    let mut builder = WebviewWindowBuilder::new(app, label, WebviewUrl::External(nothing))
        .title(installed.display_name())
        .inner_size(1100.0, 760.0)
        .min_inner_size(320.0, 320.0)
        .theme(theme(&program))
        .data_directory(program.web_data.clone())
        .initialization_script(guard::script())
        .disable_drag_drop_handler()
        .on_navigation(move |url| may_navigate(defences, &own_host, url))
        .on_page_load(page_loads);
    if let Some((icon, pixels)) = installed
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

    let (gone, name, address) = (app.clone(), label.to_owned(), *installed.address());
    window.on_window_event(move |event| {
        if let WindowEvent::Destroyed = event {
            closed(&gone, &name, turn);
            sheet::app_gone(&gone, &address);
        }
    });
    close_with_page(&window)?;
    let (name, crashed) = (label.to_owned(), crash_keeper(&window, installed, &url));
    window.with_webview(move |view| webkit::prepare(&view, &name, &url, defences, crashed))
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
        changed_later(app);
    }
    program.report.say(&Event::Closed { window: label });
}

/// Listing apps reads files, which the main thread has no time for.
fn changed_later(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || shell::changed(&app));
}

fn crash_keeper(window: &WebviewWindow, installed: &InstalledApp, url: &str) -> impl Fn() + use<> {
    let (window, name, url) = (window.clone(), installed.display_name(), url.to_owned());
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
