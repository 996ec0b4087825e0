//! The sheet's window.

use coco_keys::Address;
use gtk::prelude::*;
use tauri::webview::{Color, NewWindowResponse};
use tauri::{AppHandle, DragDropEvent, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use webkit2gtk::{
    PermissionRequestExt, SettingsExt, UserMediaPermissionRequest, UserMediaPermissionRequestExt, WebView, WebViewExt,
};

use super::{closing, gone, scan};
use crate::apps;
use crate::defences::Defence;
use crate::program::Program;

/// Smallest and largest room that the content gets, in CSS pixels.
const WIDTHS: (u32, u32) = (320, 1000);
const HEIGHTS: (u32, u32) = (140, 760);

/// What the window manager knows the window by.
const ROLE: &str = "sheet";

/// Opens a sheet, to be seen only when its page says how much room it needs. On the main thread.
pub(super) fn open(app: &AppHandle, label: &str, address: &Address) -> tauri::Result<()> {
    let program = app.state::<Program>();
    let mut builder = WebviewWindowBuilder::new(app, label, WebviewUrl::App("sheet.html".into()))
        .title("CocoCat")
        .inner_size(440.0, 320.0)
        .visible(false)
        .skip_taskbar(true)
        .theme(apps::theme(&program))
        .data_directory(program.web_data.clone())
        .on_navigation(|url| url.scheme() == "tauri")
        .on_new_window(|_, _| NewWindowResponse::Deny);
    // What is to be seen until the page has been drawn.
    if let Some(colour) = apps::theme(&program).map(ground) {
        builder = builder.background_color(colour);
    }
    if let Some(parent) = app.get_webview_window(&program.windows.label_for(address)) {
        builder = builder.transient_for(&parent)?;
    }
    if program.defences.has(Defence::DeadProxy) {
        builder = builder.proxy_url(apps::dead_proxy()?);
    }
    let window = builder.build()?;
    let gtk_window = window.gtk_window()?;
    gtk_window.set_type_hint(gtk::gdk::WindowTypeHint::Dialog);
    gtk_window.set_role(ROLE);
    apps::close_with_page(&window)?;

    let (handle, name) = (app.clone(), label.to_owned());
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { .. } => closing(&handle, &name),
        WindowEvent::Destroyed => gone(&handle, &name),
        WindowEvent::DragDrop(DragDropEvent::Enter { .. }) => scan::dragging(&handle, &name, true),
        WindowEvent::DragDrop(DragDropEvent::Leave) => scan::dragging(&handle, &name, false),
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => scan::dropped(&handle, &name, paths),
        _ => {}
    });
    let (handle, name, view_of) = (app.clone(), label.to_owned(), window.clone());
    window.with_webview(move |view| prepare(&view.inner(), handle, name, view_of))
}

/// The page's ground, `--surface` of its styles.
fn ground(theme: tauri::Theme) -> Color {
    match theme {
        tauri::Theme::Dark => Color(0x26, 0x20, 0x1d, 0xff),
        _ => Color(0xff, 0xff, 0xff, 0xff),
    }
}

/// The camera, and nothing else, after the person asked for it, and nowhere else.
fn prepare(view: &WebView, app: AppHandle, label: String, window: WebviewWindow) {
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_enable_media_stream(true);
    }
    view.connect_permission_request(move |_, request| {
        let camera = request
            .downcast_ref::<UserMediaPermissionRequest>()
            .is_some_and(|media| media.is_for_video_device() && !media.is_for_audio_device());
        if camera && scan::camera_allowed(&app, &label) {
            request.allow();
        } else {
            request.deny();
        }
        true
    });
    view.connect_web_process_terminated(move |_, _| {
        let _ = window.destroy();
    });
}

/// Gives the content the room that it needs, over the middle of its app's window; shows the window the first time.
pub(super) fn fit(app: &AppHandle, label: &str, width: u32, height: u32) {
    let Some(window) = app.get_webview_window(label) else {
        return;
    };
    let pixels = |length: u32, (least, most): (u32, u32)| i32::try_from(length.clamp(least, most)).unwrap_or_default();
    let (width, height) = (pixels(width, WIDTHS), pixels(height, HEIGHTS));
    let _ = app.run_on_main_thread(move || {
        let Ok(gtk_window) = window.gtk_window() else { return };
        let hidden = scan::is_hidden(window.app_handle(), window.label());
        let seen = gtk_window.is_visible();
        // What is seen stays where it is, unless it becomes another.
        let moves = !seen || gtk_window.size().0 != width;
        gtk_window.resize(width, height);
        if !seen && !hidden {
            gtk_window.show_all();
        }
        if moves {
            centre(&gtk_window, width, height);
        }
        if !seen && !hidden {
            gtk_window.present();
        }
    });
}

/// Moves a window over the middle of its app's, within the screen. Some window managers place a window by themselves, and
/// let it be moved only when it is there.
fn centre(window: &gtk::ApplicationWindow, width: i32, height: i32) {
    let (Some(parent), Some(root)) = (
        window.transient_for(),
        gtk::gdk::Screen::default().and_then(|screen| screen.root_window()),
    ) else {
        return;
    };
    let ((x, y), (wide, high)) = (parent.position(), parent.size());
    let within = |place: i32, room: i32| place.min(room).max(0);
    window.move_(
        within(x + (wide - width) / 2, root.width() - width),
        within(y + (high - height) / 2, root.height() - height),
    );
}
