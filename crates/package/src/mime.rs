//! Media types of packaged files, by extension.

/// The media type to serve `path` with; text is UTF-8. Unknown extensions are `application/octet-stream`.
#[must_use]
pub fn mime_of(path: &str) -> &'static str {
    match mime_guess::from_path(path).first_raw() {
        Some("text/html") => "text/html; charset=utf-8",
        // Module scripts run only when served as JavaScript, and RFC 9239 left one name for it.
        Some("text/javascript" | "application/javascript") => "text/javascript; charset=utf-8",
        Some("text/css") => "text/css; charset=utf-8",
        Some("text/plain") => "text/plain; charset=utf-8",
        Some("text/xml" | "application/xml") => "text/xml; charset=utf-8",
        Some("text/markdown") => "text/markdown; charset=utf-8",
        Some("text/csv") => "text/csv; charset=utf-8",
        Some("text/vtt") => "text/vtt; charset=utf-8",
        Some("application/json") => "application/json; charset=utf-8",
        Some("application/font-woff") => "font/woff",
        Some(other) => other,
        None => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_apps_need() {
        for (path, mime) in [
            ("index.html", "text/html; charset=utf-8"),
            ("a/app.js", "text/javascript; charset=utf-8"),
            ("app.MJS", "text/javascript; charset=utf-8"),
            ("style.css", "text/css; charset=utf-8"),
            ("data.json", "application/json; charset=utf-8"),
            ("m.wasm", "application/wasm"),
            ("i.svg", "image/svg+xml"),
            ("i.png", "image/png"),
            ("i.jpg", "image/jpeg"),
            ("i.jpeg", "image/jpeg"),
            ("i.gif", "image/gif"),
            ("i.webp", "image/webp"),
            ("i.avif", "image/avif"),
            ("favicon.ico", "image/x-icon"),
            ("f.woff", "font/woff"),
            ("f.woff2", "font/woff2"),
            ("f.ttf", "font/ttf"),
            ("v.mp4", "video/mp4"),
            ("v.webm", "video/webm"),
            ("a.mp3", "audio/mpeg"),
            ("a.ogg", "audio/ogg"),
            ("a.wav", "audio/wav"),
            ("t.txt", "text/plain; charset=utf-8"),
            ("t.xml", "text/xml; charset=utf-8"),
            ("app.webmanifest", "application/manifest+json"),
            ("LICENSE", "application/octet-stream"),
            ("x.unheardof", "application/octet-stream"),
            ("", "application/octet-stream"),
        ] {
            assert_eq!(mime_of(path), mime, "{path}");
        }
    }
}
