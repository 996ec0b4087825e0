//! Where the addresses in a page lead: into the package, or to a place that no app can reach.

use std::collections::BTreeSet;

use url::Url;

/// Stands for the app's origin.
const HOST: &str = "app.invalid";

/// Where an address leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To another computer, by one of the web's protocols.
    Network,
    /// To a `data:` address, whose type is given in lower case.
    Data(String),
    /// To a listed file, or to what the page made itself.
    Fine,
    /// To a file that the package does not have.
    Missing,
}

/// The files of a package, as addresses see them.
pub(super) struct Places(BTreeSet<String>);

impl Places {
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self(names.filter_map(|name| Some(place(name)?.path().to_owned())).collect())
    }

    /// Where `address` leads when the file `from` uses it.
    pub(super) fn target(&self, from: &str, address: &str) -> Target {
        let address = address.trim_ascii();
        let Some(url) = place(from).and_then(|base| base.join(address).ok()) else {
            // A host that cannot be one is still nowhere in the package.
            return if is_remote(address) {
                Target::Network
            } else {
                Target::Fine
            };
        };
        match url.scheme() {
            "data" => Target::Data(url.path().split([';', ',']).next().unwrap_or_default().to_lowercase()),
            "http" | "https" | "ws" | "wss" | "ftp" if url.host_str() != Some(HOST) || is_remote(address) => {
                Target::Network
            }
            "http" if self.0.contains(url.path()) || !has_extension(url.path()) => Target::Fine,
            "http" => Target::Missing,
            _ => Target::Fine,
        }
    }
}

/// Whether a text begins like the address of another computer, with a host of its own.
pub(super) fn is_remote(address: &str) -> bool {
    let address = address.trim_ascii_start();
    let scheme = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    ["http://", "https://", "ws://", "wss://", "//"]
        .iter()
        .any(|start| scheme.starts_with(start))
}

fn place(name: &str) -> Option<Url> {
    let mut url = Url::parse(&format!("http://{HOST}/")).ok()?;
    url.set_path(name);
    Some(url)
}

/// Paths without an extension are answered with the page (bridge 5).
fn has_extension(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_inside_from_outside() {
        let places = Places::new(["index.html", "a b/ü.js", "css/x.css", "pic.png"].into_iter());
        for (from, address, target) in [
            ("index.html", "pic.png?x#y", Target::Fine),
            ("css/x.css", "../pic.png", Target::Fine),
            ("css/x.css", "pic.png", Target::Missing),
            ("css/x.css", "/pic.png", Target::Fine),
            ("index.html", "a%20b/%C3%BC.js", Target::Fine),
            ("index.html", "a b/ü.js", Target::Fine),
            ("index.html", "/route/deep", Target::Fine),
            ("index.html", "#top", Target::Fine),
            ("index.html", "", Target::Fine),
            ("index.html", "mailto:a@b", Target::Fine),
            ("index.html", "blob:x", Target::Fine),
            ("index.html", "//example.org/x.js", Target::Network),
            ("index.html", "\\\\example.org/x.js", Target::Network),
            ("index.html", " HTTPS://example.org", Target::Network),
            ("index.html", "ht\ntps:example.org", Target::Network),
            ("index.html", "wss://example.org", Target::Network),
            ("index.html", "https://", Target::Network),
            (
                "index.html",
                "data:Font/woff2;base64,x",
                Target::Data("font/woff2".into()),
            ),
        ] {
            assert_eq!(places.target(from, address), target, "{from} {address:?}");
        }
    }
}
