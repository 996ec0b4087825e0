//! What an app's window shows: an installed package, or what a developer is working on.

use std::sync::Arc;

use coco_bridge::App;
use coco_keys::Address;
use coco_package::{InstalledApp, host_of};
use tauri::Url;

use super::webkit::SCHEME;
use super::{DEVELOPING, PREFIX, label_of};
use crate::developer::{Server, Target, Work};

/// One app, and where its page comes from.
pub(crate) struct Running {
    app: Arc<dyn App>,
    source: Source,
    /// What it was opened with, by a link or a card.
    start: Option<String>,
}

enum Source {
    Installed,
    Folder,
    Server(Server),
}

impl Running {
    /// An installed package.
    pub(crate) fn installed(app: InstalledApp) -> Self {
        Self {
            app: Arc::new(app),
            source: Source::Installed,
            start: None,
        }
    }

    /// The same, opened with a parameter for its page.
    pub(crate) fn starting(self, start: Option<String>) -> Self {
        Self { start, ..self }
    }

    /// A developer's work.
    pub(crate) fn development(work: Arc<Work>, target: &Target) -> Self {
        let source = match target {
            Target::Folder(_) => Source::Folder,
            Target::Server(server) => Source::Server(server.clone()),
        };
        Self {
            app: work,
            source,
            start: None,
        }
    }

    /// The app itself.
    pub(crate) fn app(&self) -> &Arc<dyn App> {
        &self.app
    }

    /// Who it is.
    pub(crate) fn address(&self) -> &Address {
        self.app.address()
    }

    /// Whether it is a developer's work.
    pub(crate) fn is_development(&self) -> bool {
        !matches!(self.source, Source::Installed)
    }

    /// The server that its page comes from, if it is not served by this program.
    pub(crate) fn server(&self) -> Option<&Server> {
        match &self.source {
            Source::Server(server) => Some(server),
            Source::Installed | Source::Folder => None,
        }
    }

    /// The label of its window.
    pub(crate) fn label(&self) -> String {
        if self.is_development() {
            development_label_of(self.address())
        } else {
            label_of(self.address())
        }
    }

    /// Where its page is. A developer's work has an origin of its own, so that what it stores never mixes with what the
    /// installed app stored. What it was opened with stands behind the `#`, as a form has it.
    pub(crate) fn url(&self) -> String {
        let page = match &self.source {
            Source::Server(server) => server.page().to_string(),
            Source::Installed | Source::Folder => format!("{SCHEME}://{}/", self.host()),
        };
        match self.start.as_deref().and_then(fragment) {
            Some(start) => format!("{page}#{start}"),
            None => page,
        }
    }

    /// Whether a URL is of its own origin.
    pub(crate) fn owns(&self, url: &Url) -> bool {
        match &self.source {
            Source::Server(server) => server.owns(url),
            Source::Installed | Source::Folder => url.scheme() == SCHEME && url.host_str() == Some(&self.host()),
        }
    }

    /// The title of its window. An installed app that calls itself so gets another dash.
    pub(crate) fn title(&self) -> String {
        let name = self.app.display_name();
        if self.is_development() {
            format!("{name} — development")
        } else if name.to_lowercase().ends_with("development") {
            name.replace('—', "-")
        } else {
            name
        }
    }

    fn host(&self) -> String {
        self.label().split_off(PREFIX.len())
    }
}

/// A start parameter as a form has it.
fn fragment(start: &str) -> Option<String> {
    let mut form = Url::parse("form:").ok()?;
    form.query_pairs_mut().append_pair("start", start);
    form.query().map(str::to_owned)
}

/// The label of the window in which a developer's work runs under an address.
pub(crate) fn development_label_of(address: &Address) -> String {
    format!("{DEVELOPING}{}", host_of(address))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn running(title: &str, target: &str) -> (tempfile::TempDir, Running) {
        let folder = tempfile::tempdir().unwrap();
        let about = serde_json::json!({ "title": title }).to_string();
        std::fs::write(folder.path().join("content.json"), about).unwrap();
        let target = match target {
            "" => Target::Folder(folder.path().to_owned()),
            url => Target::parse(url).unwrap(),
        };
        let work = Arc::new(Work::at(&target, Address::from_hash160([5; 20])));
        (folder, Running::development(work, &target))
    }

    #[test]
    fn a_developers_folder_has_a_label_an_origin_and_a_title_of_its_own() {
        let (_folder, running) = running("Half done", "");
        let host = host_of(running.address());
        assert_eq!(running.label(), format!("coco-dev-{host}"));
        assert_eq!(running.url(), format!("cocoapp://dev-{host}/"));
        assert_eq!(running.title(), "Half done — development");
        let owns = |url: String| running.owns(&Url::parse(&url).unwrap());
        assert!(owns(format!("cocoapp://dev-{host}/deep?x")));
        for other in [
            format!("cocoapp://{host}/"),
            format!("http://dev-{host}/"),
            "about:blank".into(),
        ] {
            assert!(!owns(other.clone()), "{other}");
        }
    }

    #[test]
    fn a_start_parameter_stands_behind_the_page_whatever_is_in_it() {
        let (_folder, running) = running("Shop", "");
        let running = running.starting(Some("a=1&b#ü \"".into()));
        let url = Url::parse(&running.url()).unwrap();
        assert!(running.owns(&url));
        assert_eq!(url.fragment(), Some("start=a%3D1%26b%23%C3%BC+%22"));
    }

    #[test]
    fn a_developers_server_is_at_its_own_address() {
        let (_folder, running) = running("x", "http://localhost:1/app?x");
        assert_eq!(running.url(), "http://localhost:1/app?x");
        assert!(running.owns(&Url::parse("http://localhost:1/other").unwrap()));
        assert!(!running.owns(&Url::parse("http://localhost:2/app").unwrap()));
    }
}
