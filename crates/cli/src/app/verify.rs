//! `coco app verify`.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Args;
use coco_keys::Address;
use coco_package::{Content, Downgrade, Source, host_of, path};
use serde::Serialize;

use crate::report::{self, Failure, FirstFew, Format};

/// Check a package as a user's program does before it installs it.
///
/// The first step that fails is named; nothing is changed.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The app's folder or ZIP.
    #[arg(value_name = "DIR|ZIP")]
    package: PathBuf,
}

/// What a signed list says.
#[derive(Debug, Serialize)]
pub(super) struct Findings {
    address: Address,
    host: String,
    title: Option<String>,
    version: Option<String>,
    modified: i64,
    files: usize,
    bytes: u64,
    #[serde(rename = "unusualNames")]
    pub(super) unusual_names: Vec<String>,
}

/// What the check found out.
#[derive(Debug, Serialize)]
struct VerifiedApp {
    #[serde(flatten)]
    findings: Findings,
    signer: Address,
    /// Files that are there but not listed, so that no one will see them.
    unlisted: Vec<String>,
}

impl Verify {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let source = Source::open(&self.package)?;
        let verified = coco_package::verify(&source, SystemTime::now(), None, Downgrade::Refuse)?;
        let found = VerifiedApp {
            findings: Findings::of(&verified.content),
            signer: verified.signer,
            unlisted: unlisted(&source, &verified.content)?,
        };
        warn_about_names(&found.findings.unusual_names);
        if !found.unlisted.is_empty() {
            report::warning(format_args!(
                "not listed, so never served: {}; sign the folder again to include new files",
                FirstFew(&found.unlisted)
            ));
        }
        report::success(&found, format);
        Ok(())
    }
}

impl Findings {
    pub(super) fn of(content: &Content) -> Self {
        let names = content.files().keys().filter(|name| !path::is_plain(name));
        Self {
            address: *content.address(),
            host: host_of(content.address()),
            title: content.title().map(str::to_owned),
            version: content.version().map(str::to_owned),
            modified: content.modified(),
            files: content.files().len(),
            bytes: content.total_size(),
            unusual_names: names.cloned().collect(),
        }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  app       {}", self.address)?;
        // Foreign text: control characters must not reach the terminal.
        writeln!(f, "  title     {:?}", self.title.as_deref().unwrap_or_default())?;
        writeln!(f, "  version   {:?}", self.version.as_deref().unwrap_or_default())?;
        writeln!(f, "  modified  {}", self.modified)?;
        write!(f, "  files     {} ({} bytes)", self.files, self.bytes)
    }
}

impl fmt::Display for VerifiedApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The package is valid, signed by {}", self.signer)?;
        write!(f, "{}", self.findings)
    }
}

/// Warns of names outside `[A-Za-z0-9]` (`package.md`, end).
pub(super) fn warn_about_names(names: &[String]) {
    if !names.is_empty() {
        let many = names.len();
        report::warning(format_args!(
            "{many} file name{} with characters outside A-Z, a-z, 0-9: {}; some programs of this family refuse them",
            if many == 1 { "" } else { "s" },
            FirstFew(names)
        ));
    }
}

/// What lies in the package without being listed; hidden files are expected to.
fn unlisted(source: &Source, content: &Content) -> Result<Vec<String>, Failure> {
    let own: BTreeSet<&str> = [path::CONTENT, path::PUBLISH_FILES].into();
    let mut names = source.names()?;
    names.retain(|name| {
        let hidden = name.split('/').any(|part| part.starts_with('.'));
        !hidden && !own.contains(name.as_str()) && !content.files().contains_key(name)
    });
    Ok(names)
}
