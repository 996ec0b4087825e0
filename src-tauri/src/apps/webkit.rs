//! What only WebKitGTK itself offers: its scheme registration, its feature switches, its signals.
//!
//! Tauri's own registration is not used for the apps' scheme: it reads request bodies, on which WebKit aborts the whole
//! program when a page posts a Blob, and it counts every scheme it registered as the program's own.

use std::cell::RefCell;
use std::sync::mpsc;

use gtk::prelude::*;
use tauri::webview::PlatformWebview;
use webkit2gtk::glib::translate::ToGlibPtr;
use webkit2gtk::{
    DownloadExt, LoadEvent, NetworkProxyMode, NetworkProxySettings, PermissionRequestExt, SecurityManagerExt, Settings,
    SettingsExt, URISchemeRequest, URISchemeRequestExt, URISchemeResponse, URISchemeResponseExt, WebContextExt,
    WebInspectorExt, WebView, WebViewExt, WebsiteDataManagerExt,
};

use crate::defences::{Defence, Defences};

/// The apps' scheme.
pub(crate) const SCHEME: &str = "cocoapp";

/// What is sent for one request.
pub(crate) struct Response {
    pub(crate) status: u32,
    pub(crate) mime: &'static str,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: Vec<u8>,
}

/// Registers the apps' scheme for every window that shares this one's context.
///
/// `respond` gets the name that [`prepare`] gave the asking window, empty for any other, and the request's URL. It runs
/// on a thread where it may take its time.
pub(crate) fn register_scheme(
    view: &PlatformWebview,
    respond: impl Fn(&str, &str) -> Response + Clone + Send + 'static,
) {
    let Some(context) = view.inner().context() else { return };
    if let Some(security) = context.security_manager() {
        security.register_uri_scheme_as_secure(SCHEME);
    }
    context.register_uri_scheme(SCHEME, move |request| {
        let window = request
            .web_view()
            .map(|view| view.widget_name().to_string())
            .unwrap_or_default();
        let url = request.uri().map(String::from).unwrap_or_default();
        let (request, respond) = (request.clone(), respond.clone());
        gtk::glib::MainContext::default().spawn_local(async move {
            if let Ok(response) = gtk::gio::spawn_blocking(move || respond(&window, &url)).await {
                finish(&request, response);
            }
        });
    });
}

/// Ends every download of every window that shares this one's context before it has a file. (What Tauri offers for this
/// asks later, when a `data:` URL has been written already.)
pub(crate) fn refuse_downloads(view: &PlatformWebview) {
    if let Some(context) = view.inner().context() {
        context.connect_download_started(|_, download| {
            download.connect_decide_destination(|_, _| true);
            download.cancel();
        });
    }
}

fn finish(request: &URISchemeRequest, response: Response) {
    let length = i64::try_from(response.body.len()).unwrap_or(-1);
    let stream = gtk::gio::MemoryInputStream::from_bytes(&gtk::glib::Bytes::from_owned(response.body));
    let answer = URISchemeResponse::new(&stream, length);
    answer.set_status(response.status, None);
    answer.set_content_type(response.mime);
    let headers = soup::MessageHeaders::new(soup::MessageHeadersType::Response);
    // Under `nosniff` WebKit believes this header alone.
    headers.append("Content-Type", response.mime);
    for (name, value) in response.headers {
        headers.append(name, value);
    }
    answer.set_http_headers(headers);
    request.finish_with_response(&answer);
}

/// Calls `gone` when a view is destroyed, as it is after `window.close()`. Not upon WebKit's `close`: wry destroys the view
/// then, and with the view goes every later listener.
pub(crate) fn when_gone(view: &PlatformWebview, gone: impl Fn() + 'static) {
    view.inner().connect_destroy(move |_| gone());
}

/// Makes a window that has loaded nothing yet ready for an app, then loads `url`.
///
/// `name` is what the scheme's handler knows the window by. It is a property of the widget, which no page can reach.
/// `crashed` is called when the page's process has died.
pub(crate) fn prepare(view: &PlatformWebview, name: &str, url: &str, defences: Defences, crashed: impl Fn() + 'static) {
    let view = view.inner();
    view.set_widget_name(name);
    if let Some(settings) = WebViewExt::settings(&view) {
        if defences.has(Defence::DnsPrefetch) {
            switch_off(&settings, "LinkDNSPrefetch");
        }
        if defences.has(Defence::Preconnect) {
            switch_off(&settings, "LinkPreconnect");
        }
    }
    if defences.has(Defence::Permissions) {
        view.connect_permission_request(|_, request| {
            request.deny();
            true
        });
    }
    view.connect_print(|_, _| true);
    view.connect_web_process_terminated(move |_, _| crashed());
    show_progress(&view);
    view.load_uri(url);
}

/// Lets a window's own context reach one name and port, and nothing else: a proxy that does not exist takes the rest.
pub(crate) fn reach_only(view: &PlatformWebview, authority: &str) {
    let manager = view
        .inner()
        .context()
        .and_then(|context| context.website_data_manager());
    if let Some(manager) = manager {
        let mut proxy = NetworkProxySettings::new(Some(super::DEAD_PROXY), &[authority]);
        manager.set_network_proxy_settings(NetworkProxyMode::Custom, Some(&mut proxy));
    }
}

/// Lets a developer open WebKit's inspector for a page, or not.
pub(crate) fn set_inspectable(view: &PlatformWebview, inspectable: bool) {
    if let Some(settings) = WebViewExt::settings(&view.inner()) {
        settings.set_enable_developer_extras(inspectable);
    }
    if !inspectable && let Some(inspector) = view.inner().inspector() {
        inspector.close();
    }
}

/// Opens WebKit's inspector for a page that may be looked into.
pub(crate) fn inspect(view: &PlatformWebview) {
    if let Some(inspector) = view.inner().inspector() {
        inspector.show();
    }
}

/// Keys of developers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// F12, or Ctrl+Shift+I: look into the page.
    Page,
    /// Ctrl+Shift+B: look at what it says to the bridge.
    Bridge,
}

/// Calls `pressed` for a developer's keys, before the page hears of them. What it does not take, the page gets.
pub(crate) fn when_pressed(view: &PlatformWebview, pressed: impl Fn(Key) -> bool + 'static) {
    use gtk::gdk::{ModifierType, keys::constants as names};
    view.inner().connect_key_press_event(move |_, event| {
        let both = ModifierType::CONTROL_MASK | ModifierType::SHIFT_MASK;
        let key = match event.keyval() {
            names::F12 => Some(Key::Page),
            names::I | names::i if event.state().contains(both) => Some(Key::Page),
            names::B | names::b if event.state().contains(both) => Some(Key::Bridge),
            _ => None,
        };
        if key.is_some_and(&pressed) {
            gtk::glib::Propagation::Stop
        } else {
            gtk::glib::Propagation::Proceed
        }
    });
}

/// Shows a page of our own in the place of one that died; reloading it loads `url`.
pub(crate) fn show_instead(view: &PlatformWebview, html: &str, url: &str) {
    view.inner().load_alternate_html(html, url, Some(url));
}

/// Runs the body of an asynchronous function in an empty page of an origin, which nobody sees and which has no script of
/// its own, then lets go of the page. Shares the data of all windows, of which `view` is one.
pub(crate) fn run_alone(
    view: &PlatformWebview,
    origin: &str,
    script: &'static str,
    done: mpsc::Sender<Result<(), String>>,
) {
    let Some(context) = view.inner().context() else { return };
    let page = WebView::builder().web_context(&context).build();
    // The page lives until its script has ended.
    let held = RefCell::new(Some(page.clone()));
    page.connect_load_changed(move |_, event| {
        let Some(page) = (event == LoadEvent::Finished).then(|| held.take()).flatten() else {
            return;
        };
        let (alive, done) = (page.clone(), done.clone());
        let ended = move |ended: Result<_, gtk::glib::Error>| {
            drop(alive);
            let _ = done.send(ended.map(drop).map_err(|error| error.to_string()));
        };
        page.call_async_javascript_function(script, None, None, None, None::<&gtk::gio::Cancellable>, ended);
    });
    page.load_html("<!doctype html>", Some(origin));
}

/// A thin bar over the page for as long as it loads.
fn show_progress(view: &WebView) {
    let Some(column) = view.parent().and_then(|parent| parent.downcast::<gtk::Box>().ok()) else {
        return;
    };
    let bar = gtk::ProgressBar::new();
    bar.style_context().add_class("osd");
    bar.set_no_show_all(true);
    column.pack_start(&bar, false, false, 0);
    column.reorder_child(&bar, 0);
    let progress = bar.clone();
    view.connect_estimated_load_progress_notify(move |view| progress.set_fraction(view.estimated_load_progress()));
    view.connect_is_loading_notify(move |view| bar.set_visible(view.is_loading()));
}

/// WebKit's feature switches, which the Rust bindings do not have.
#[allow(unsafe_code)]
mod features {
    use std::ffi::{c_char, c_int, c_void};

    use webkit2gtk::ffi::WebKitSettings;

    #[link(name = "webkit2gtk-4.1")]
    unsafe extern "C" {
        pub(super) fn webkit_settings_get_all_features() -> *mut c_void;
        pub(super) fn webkit_feature_list_get_length(list: *mut c_void) -> usize;
        pub(super) fn webkit_feature_list_get(list: *mut c_void, index: usize) -> *mut c_void;
        pub(super) fn webkit_feature_list_unref(list: *mut c_void);
        pub(super) fn webkit_feature_get_identifier(feature: *mut c_void) -> *const c_char;
        pub(super) fn webkit_settings_set_feature_enabled(
            settings: *mut WebKitSettings,
            feature: *mut c_void,
            enabled: c_int,
        );
    }
}

/// Switches one of WebKit's features off, by its identifier.
#[allow(unsafe_code)]
fn switch_off(settings: &Settings, identifier: &str) {
    // SAFETY: the list is ours until `unref`; features belong to it and are not used after that; identifiers are
    // NUL-terminated strings that live as long as their feature; `settings` outlives the call.
    unsafe {
        let list = features::webkit_settings_get_all_features();
        for index in 0..features::webkit_feature_list_get_length(list) {
            let feature = features::webkit_feature_list_get(list, index);
            let name = std::ffi::CStr::from_ptr(features::webkit_feature_get_identifier(feature));
            if name.to_bytes() == identifier.as_bytes() {
                features::webkit_settings_set_feature_enabled(settings.to_glib_none().0, feature, 0);
            }
        }
        features::webkit_feature_list_unref(list);
    }
}
