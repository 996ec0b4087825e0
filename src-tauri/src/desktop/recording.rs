//! Camera and microphone of the launcher's own page: for codes of people and for voice messages. Nothing else that a page can wish for.

use gtk::prelude::*;
use tauri::WebviewWindow;
use webkit2gtk::{PermissionRequestExt, SettingsExt, UserMediaPermissionRequest, WebViewExt};

/// Lets the launcher's page use camera and microphone, which it does when the person presses a button for it. The page is the program's own.
pub(crate) fn allow(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|view| {
        let view = view.inner();
        if let Some(settings) = WebViewExt::settings(&view) {
            settings.set_enable_media_stream(true);
        }
        view.connect_permission_request(|_, request| {
            if request.is::<UserMediaPermissionRequest>() {
                request.allow();
            } else {
                request.deny();
            }
            true
        });
    })
}
