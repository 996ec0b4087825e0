//! The picture on the clipboard.

use std::path::PathBuf;

use gtk::gdk::{Atom, SELECTION_CLIPBOARD};
use gtk::{Clipboard, gio};

/// Kinds of content that may be a picture, the best first.
const PICTURES: [&str; 5] = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp"];

/// What a file manager puts there.
const FILES: &str = "text/uri-list";

/// What lies on the clipboard.
pub(super) enum Content {
    /// The bytes of a picture file.
    Picture(Vec<u8>),
    /// Where a file is.
    File(PathBuf),
    /// Nothing that could be a picture.
    Nothing,
}

/// Asks whoever owns the clipboard, and calls `then` with what they give. On the main thread.
pub(super) fn read(then: impl FnOnce(Content) + 'static) {
    let clipboard = Clipboard::get(&SELECTION_CLIPBOARD);
    clipboard.request_contents(&Atom::intern("TARGETS"), move |clipboard, targets| {
        let offered: Vec<String> = targets
            .targets()
            .unwrap_or_default()
            .iter()
            .map(|atom| atom.name().to_string())
            .collect();
        let chosen = PICTURES.into_iter().chain([FILES]);
        let Some(target) = chosen
            .into_iter()
            .find(|target| offered.iter().any(|name| name == target))
        else {
            return then(Content::Nothing);
        };
        clipboard.request_contents(&Atom::intern(target), move |_, data| {
            then(if target == FILES {
                let uris = data.uris();
                let path = uris
                    .first()
                    .and_then(|uri| gio::prelude::FileExt::path(&gio::File::for_uri(uri)));
                path.map_or(Content::Nothing, Content::File)
            } else {
                Content::Picture(data.data())
            });
        });
    });
}
