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
        }
    }

    /// A developer's work.
    pub(crate) fn development(work: Arc<Work>, target: &Target) -> Self {
        let source = match target {
            Target::Folder(_) => Source::Folder,
            Target::Server(server) => Source::Server(server.clone()),
        };
        Self { app: work, source }
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
    /// installed app stored.
    pub(crate) fn url(&self) -> String {
        match &self.source {
            Source::Server(server) => server.page().to_string(),
            Source::Installed | Source::Folder => format!("{SCHEME}://{}/", self.host()),
        }
    }

    /// Whether a URL is of its own origin.
    pub(crate) fn owns(&self, url: &Url) -> bool {
        match &self.source {
            Source::Server(server) => server.owns(url),
            Source::Installed | Source::Folder => url.scheme() == SCHEME && url.host_str() == Some(&self.host()),
        }
    }

    /// The title of its window. No installed app can end its name so: what it calls itself is one part of the title only.
    pub(crate) fn title(&self) -> String {
        let name = self.app.display_name();
        if self.is_development() {
            format!("{name} — development")
        } else {
            name.replace(" — development", "")
        }
    }

    fn host(&self) -> String {
        self.label().split_off(PREFIX.len())
    }
}

/// The label of the window in which a developer's work runs under an address.
pub(crate) fn development_label_of(address: &Address) -> String {
    format!("{DEVELOPING}{}", host_of(address))
}
