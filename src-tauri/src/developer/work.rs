//! A developer's work as an app: unsigned files, read anew whenever they are asked for.

use std::io::Read;
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use coco_bridge::App;
use coco_keys::Address;
use coco_package::limits::{MAX_FILE, MAX_LIST};
use coco_package::{FileError, Icon, Permission, ReadError, Source, displayable};
use serde::Deserialize;

use super::target::{Server, Target};

/// Longest wait for a development server, which may compile a file before it sends it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Most permissions that are read of a `content.json` that nobody has checked.
const PERMISSIONS: usize = 64;

/// What a developer is working on, under the address that they chose.
pub(crate) struct Work {
    address: Address,
    files: Files,
    about: RwLock<About>,
}

/// Where its files come from.
enum Files {
    Folder(PathBuf),
    Server { server: Server, agent: ureq::Agent },
}

/// What its `content.json` says, as far as it says anything that can be read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct About {
    title: Option<String>,
    version: Option<String>,
    permissions: Vec<Wanted>,
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    reason: String,
}

impl Work {
    /// Looks at what there is at `target`.
    pub(crate) fn at(target: &Target, address: Address) -> Self {
        let files = match target {
            Target::Folder(path) => Files::Folder(path.clone()),
            Target::Server(server) => Files::Server {
                server: server.clone(),
                agent: agent(),
            },
        };
        let work = Self {
            address,
            files,
            about: RwLock::default(),
        };
        work.look_again();
        work
    }

    /// Reads `content.json` again: the developer may have changed it. One that cannot be read counts as none, since it is
    /// written only when the work is signed.
    pub(crate) fn look_again(&self) {
        let about = self
            .load("content.json", MAX_LIST)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        *self.about.write().unwrap_or_else(PoisonError::into_inner) = about;
    }

    fn about<T>(&self, of: impl FnOnce(&About) -> T) -> T {
        of(&self.about.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A file of at most `most` bytes.
    fn load(&self, path: &str, most: u64) -> Result<Vec<u8>, FileError> {
        // What tools keep for themselves is never packed either.
        if path.split('/').any(|part| part.starts_with('.') || part.is_empty()) {
            return Err(FileError::Missing);
        }
        let bytes = match &self.files {
            Files::Folder(folder) => Source::open(folder)
                .map_err(|error| FileError::Unreadable(error.to_string()))?
                .read(path, most)?,
            Files::Server { server, agent } => fetch(server, agent, path, most)?,
        };
        if bytes.len() as u64 > most {
            return Err(FileError::Unreadable(format!("it has more than {most} bytes")));
        }
        Ok(bytes)
    }
}

impl App for Work {
    fn address(&self) -> &Address {
        &self.address
    }

    fn display_name(&self) -> String {
        self.about(|about| displayable(about.title.as_deref().unwrap_or_default()))
            .unwrap_or_else(|| match &self.files {
                Files::Folder(path) => path
                    .file_name()
                    .and_then(|name| displayable(&name.to_string_lossy()))
                    .unwrap_or_else(|| self.address.to_string()),
                Files::Server { server, .. } => server.authority(),
            })
    }

    fn version(&self) -> Option<String> {
        self.about(|about| about.version.clone())
    }

    fn icon(&self) -> Option<Icon> {
        Icon::read(self.load("icon.png", MAX_FILE).ok()?)
    }

    fn signer(&self) -> Option<Address> {
        None
    }

    fn permissions(&self) -> Vec<Permission> {
        self.about(|about| {
            let named = about.permissions.iter().take(PERMISSIONS);
            named
                .map(|Wanted { name, reason }| Permission {
                    name: name.clone(),
                    reason: reason.clone(),
                })
                .collect()
        })
    }

    fn size(&self, path: &str) -> Option<u64> {
        match &self.files {
            Files::Folder(folder) => Source::open(folder).ok()?.size(path).ok(),
            Files::Server { .. } => None,
        }
    }

    /// Files are bounded as those of a package are, so that what works here works when it is installed.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.load(path, MAX_FILE).map_err(|error| match error {
            FileError::Missing | FileError::NotAFile | FileError::Link => ReadError::NotListed(path.to_owned()),
            reason => ReadError::Unreadable {
                path: path.to_owned(),
                reason,
            },
        })
    }
}

/// Speaks with this computer alone: no proxy, and no redirect to elsewhere.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(PATIENCE))
        .build()
        .into()
}

fn fetch(server: &Server, agent: &ureq::Agent, path: &str, most: u64) -> Result<Vec<u8>, FileError> {
    let failed = |error: &dyn std::fmt::Display| FileError::Unreadable(format!("{}: {error}", server.origin()));
    let url = server.file(path).ok_or(FileError::Missing)?;
    let mut answer = match agent.get(url.as_str()).call() {
        Ok(answer) => answer,
        Err(ureq::Error::StatusCode(404 | 410)) => return Err(FileError::Missing),
        Err(error) => return Err(failed(&error)),
    };
    if !answer.status().is_success() {
        return Err(failed(&format!("it answers {}", answer.status())));
    }
    let mut bytes = Vec::new();
    let body = answer.body_mut().as_reader();
    body.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;
    Ok(bytes)
}

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;
