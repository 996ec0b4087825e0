//! What a page gets for the URLs of its own origin (bridge 5).
//!
//! An app is served at the root of `cocoapp://<host>/`, where the host is a letter and the lower-case hex of its
//! address's hash160.

use coco_package::{ReadError, mime_of};
use percent_encoding::percent_decode_str;

use crate::app::App;

/// What an app's pages may do, on every response, an error's included.
pub const CSP: &str = "default-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data: blob:; \
    media-src 'self' blob:; frame-src 'none'; worker-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'";

/// The answer to one request for a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// 200, 404, or 500 for a file that is not what was signed.
    pub status: u16,
    /// MIME type, with the character set where it is text.
    pub mime: &'static str,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Page {
    fn message(status: u16, text: &str) -> Self {
        Self {
            status,
            mime: "text/plain; charset=utf-8",
            body: text.as_bytes().to_vec(),
        }
    }

    /// The answer for what no app owns.
    pub fn not_found() -> Self {
        Self::message(404, "not found")
    }
}

/// Serves the path of a URL, percent-encoded as it came. `/` is `index.html`, and so is any unknown path whose last
/// part has no extension, so that apps may route by path.
pub fn serve(app: &dyn App, path: &str) -> Page {
    let Ok(path) = percent_decode_str(path.trim_start_matches('/')).decode_utf8() else {
        return Page::not_found();
    };
    let path = if path.is_empty() { "index.html" } else { path.as_ref() };
    match app.read(path) {
        Ok(body) => Page {
            status: 200,
            mime: mime_of(path),
            body,
        },
        Err(ReadError::NotListed(_)) if !has_extension(path) => match app.read("index.html") {
            Ok(body) => Page {
                status: 200,
                mime: mime_of("index.html"),
                body,
            },
            Err(error) => broken(&error),
        },
        Err(ReadError::NotListed(_)) => Page::not_found(),
        Err(error) => broken(&error),
    }
}

fn broken(error: &ReadError) -> Page {
    match error {
        ReadError::Unreadable { .. } => Page::message(500, &error.to_string()),
        ReadError::NotListed(_) | ReadError::Damaged { .. } => {
            Page::message(500, &format!("this file is not what was signed: {error}"))
        }
    }
}

fn has_extension(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}
