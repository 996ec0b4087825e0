//! What a developer runs: a folder of files, or a server on this computer.

use std::path::{Path, PathBuf};

use tauri::Url;
use tauri::utils::acl::RemoteUrlPattern;

/// Names of this computer that a development server may be reached by.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// What `--dev` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A folder with an `index.html`.
    Folder(PathBuf),
    /// A server of web pages on this computer.
    Server(Server),
}

/// A development server: `http`, on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    page: Url,
}

impl Target {
    /// Reads what stands on a command line. A relative folder is one below the current folder.
    ///
    /// # Errors
    /// What is wrong, in English: another scheme, another computer, a name and password.
    pub fn parse(text: &str) -> Result<Self, String> {
        match Url::parse(text) {
            Ok(page) if text.contains("://") => Server::new(page).map(Self::Server),
            _ => std::path::absolute(Path::new(text))
                .map(Self::Folder)
                .map_err(|error| format!("{text}: {error}")),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::Server(server) => server.page.fmt(f),
        }
    }
}

impl Server {
    fn new(mut page: Url) -> Result<Self, String> {
        if page.scheme() != "http" {
            return Err(format!("{page}: a development server is reached by http"));
        }
        if !page.host_str().is_some_and(|host| LOOPBACK.contains(&host)) {
            return Err(format!(
                "{page}: a development server runs on this computer: {}",
                LOOPBACK.join(", ")
            ));
        }
        if !page.username().is_empty() || page.password().is_some() {
            return Err(format!("{}: without a name and a password", page.path()));
        }
        page.set_fragment(None);
        Ok(Self { page })
    }

    /// The page that the window opens.
    pub(crate) fn page(&self) -> &Url {
        &self.page
    }

    /// Its origin, for example `http://localhost:5173`.
    pub(crate) fn origin(&self) -> String {
        self.page.origin().ascii_serialization()
    }

    /// What Tauri knows its pages by: a URL pattern, in which the colons of an address must not mean anything.
    ///
    /// # Errors
    /// When it is no pattern. Tauri itself would panic.
    pub(crate) fn pattern(&self) -> Result<RemoteUrlPattern, String> {
        let origin = self.origin().replace("[::1]", r"[\:\:1]");
        let pattern = format!("{origin}/*");
        pattern.parse().map_err(|error| format!("{pattern}: {error}"))
    }

    /// Name and port, for example `localhost:5173`; the port is there even when it is 80.
    pub(crate) fn authority(&self) -> String {
        let host = self.page.host_str().unwrap_or_default();
        format!("{host}:{}", self.page.port_or_known_default().unwrap_or(80))
    }

    /// Whether a URL is of this server.
    pub(crate) fn owns(&self, url: &Url) -> bool {
        url.origin() == self.page.origin()
    }

    /// The URL of a file below its root. Each part of `path` is one part of the URL's path.
    pub(crate) fn file(&self, path: &str) -> Option<Url> {
        let mut url = self.page.clone();
        url.set_query(None);
        url.path_segments_mut().ok()?.clear().extend(path.split('/'));
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn server(text: &str) -> Server {
        match Target::parse(text) {
            Ok(Target::Server(server)) => server,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn servers_run_on_this_computer() {
        let vite = server("http://localhost:5173/app/?debug#top");
        assert_eq!(vite.page().as_str(), "http://localhost:5173/app/?debug");
        assert_eq!(
            (vite.origin(), vite.authority()),
            ("http://localhost:5173".into(), "localhost:5173".into())
        );
        assert_eq!(server("http://127.0.0.1/").authority(), "127.0.0.1:80");
        assert_eq!(server("http://[::1]:8080").authority(), "[::1]:8080");
        for foreign in [
            "https://localhost:5173",
            "http://example.org",
            "http://localhost.example.org:5173",
            "http://127.0.0.2:5173",
            "http://192.168.0.1:5173",
            "http://0.0.0.0:5173",
            "http://me:secret@localhost:5173",
            "file:///tmp/app",
            "cocoapp://a00/",
            "ws://localhost:1",
        ] {
            assert!(Target::parse(foreign).is_err(), "{foreign}");
        }
    }

    #[test]
    fn its_pattern_fits_its_own_pages_alone() {
        for origin in [
            "http://localhost:5173",
            "http://127.0.0.1:5173",
            "http://[::1]:5173",
            "http://localhost",
        ] {
            let pattern = server(origin).pattern().unwrap();
            let fits = |url: &str| pattern.test(&Url::parse(url).unwrap());
            assert!(
                fits(&format!("{origin}/")) && fits(&format!("{origin}/deep/path?x=1#y")),
                "{origin}"
            );
            for other in [
                "http://localhost:5174/",
                "http://127.0.0.2:5173/",
                "http://[::2]:5173/",
                "https://localhost/",
            ] {
                assert!(!fits(other), "{origin} {other}");
            }
        }
    }

    #[test]
    fn an_origin_is_scheme_name_and_port() {
        let vite = server("http://localhost:5173/");
        let owns = |url: &str| vite.owns(&Url::parse(url).unwrap());
        assert!(owns("http://localhost:5173/any/where?x"));
        for other in [
            "http://localhost:5174/",
            "http://127.0.0.1:5173/",
            "https://localhost:5173/",
            "about:blank",
        ] {
            assert!(!owns(other), "{other}");
        }
    }

    #[test]
    fn files_stay_below_the_root() {
        let file = |path| server("http://localhost:1/app/?x").file(path).unwrap().to_string();
        assert_eq!(file("a/b c.txt"), "http://localhost:1/a/b%20c.txt");
        assert_eq!(file("what?#x"), "http://localhost:1/what%3F%23x");
        assert_eq!(file("//evil.example/x"), "http://localhost:1/evil.example/x");
    }

    #[test]
    fn anything_else_is_a_folder() {
        assert_eq!(Target::parse("/srv/app").unwrap(), Target::Folder("/srv/app".into()));
        let here = std::env::current_dir().unwrap();
        assert_eq!(Target::parse("app").unwrap(), Target::Folder(here.join("app")));
    }
}
