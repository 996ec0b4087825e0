//! `coco app diff`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::Args;
use coco_keys::Address;
use coco_package::{Content, Downgrade, Source};
use serde::Serialize;
use similar::TextDiff;

use super::inspect::{Permission, permissions};
use crate::report::{self, Failure, Format};

/// Largest text file that is compared line by line, in bytes.
const MAX_TEXT: u64 = 256 * 1024;
/// How long to look for the shortest difference of one file; after that any will do.
const PATIENCE: Duration = Duration::from_millis(500);
/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// Tell what changed between two packages: files, what they say of themselves, permissions, signers.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The older package.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The newer package.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Show the changed lines of text files up to 256 KiB.
    #[arg(long)]
    text: bool,
}

/// What changed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Changes {
    same_app: bool,
    old: Side,
    new: Side,
    added: Vec<Sized>,
    removed: Vec<Sized>,
    changed: Vec<ChangedFile>,
    /// Changed keys of `content.json` with their values as JSON.
    fields: Vec<Field>,
    permissions_gained: Vec<Permission>,
    permissions_lost: Vec<Permission>,
    signers_gained: Vec<Address>,
    signers_lost: Vec<Address>,
}

/// One of the two packages.
#[derive(Debug, Serialize)]
struct Side {
    address: Address,
    version: Option<String>,
    /// When it was signed, in seconds since 1970.
    modified: i64,
    /// Sum of the listed sizes in bytes.
    bytes: u64,
    valid: bool,
    /// Whose signature holds.
    signer: Option<Address>,
}

#[derive(Debug, Serialize)]
struct Sized {
    path: String,
    /// In bytes.
    size: u64,
}

#[derive(Debug, Serialize)]
struct ChangedFile {
    path: String,
    /// In bytes.
    old: u64,
    /// In bytes.
    new: u64,
    /// The changed lines as a unified diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Debug, Serialize)]
struct Field {
    key: String,
    old: Option<String>,
    new: Option<String>,
}

impl Diff {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let (old_source, new_source) = (Source::open(&self.old)?, Source::open(&self.new)?);
        let (old, new) = (old_source.content()?, new_source.content()?);
        let with_text = self.text;
        let text = |path: &str| with_text.then(|| lines(&old_source, &new_source, path)).flatten();
        let changes = Changes {
            same_app: old.address() == new.address(),
            added: only_in(&new, &old),
            removed: only_in(&old, &new),
            changed: changed(&old, &new, text),
            fields: fields(&old, &new),
            permissions_gained: permissions_only_in(&new, &old),
            permissions_lost: permissions_only_in(&old, &new),
            signers_gained: signers_only_in(&new, &old),
            signers_lost: signers_only_in(&old, &new),
            old: Side::of(&old_source, &old),
            new: Side::of(&new_source, &new),
        };
        report::success(&changes, format);
        Ok(())
    }
}

impl Side {
    fn of(source: &Source, content: &Content) -> Self {
        let verified = coco_package::verify(source, SystemTime::now(), None, Downgrade::Refuse).ok();
        Self {
            address: *content.address(),
            version: content.version().map(str::to_owned),
            modified: content.modified(),
            bytes: content.total_size(),
            valid: verified.is_some(),
            signer: verified.map(|verified| verified.signer),
        }
    }
}

fn only_in(here: &Content, there: &Content) -> Vec<Sized> {
    let files = here
        .files()
        .iter()
        .filter(|(path, _)| !there.files().contains_key(*path));
    files
        .map(|(path, entry)| Sized {
            path: path.clone(),
            size: entry.size,
        })
        .collect()
}

fn changed(old: &Content, new: &Content, text: impl Fn(&str) -> Option<String>) -> Vec<ChangedFile> {
    let both = old
        .files()
        .iter()
        .filter_map(|(path, entry)| Some((path, entry, new.files().get(path)?)));
    both.filter(|(_, old, new)| old != new)
        .map(|(path, old, new)| ChangedFile {
            path: path.clone(),
            old: old.size,
            new: new.size,
            text: text(path),
        })
        .collect()
}

/// The difference of a file, if both are texts of a bearable size.
fn lines(old: &Source, new: &Source, path: &str) -> Option<String> {
    let read = |source: &Source| {
        let bytes = source.read(path, MAX_TEXT).ok()?;
        let small = bytes.len() as u64 <= MAX_TEXT && !bytes.contains(&0);
        small.then(|| String::from_utf8(bytes).ok()).flatten()
    };
    let (old, new) = (read(old)?, read(new)?);
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(&old, &new);
    Some(diff.unified_diff().context_radius(CONTEXT).to_string())
}

/// Changed fields, but for those that are told apart and the time, which always changes.
fn fields(old: &Content, new: &Content) -> Vec<Field> {
    let all = |content: &Content| -> BTreeMap<String, String> {
        let fields = content
            .fields()
            .filter(|(key, _)| !matches!(*key, "modified" | "permissions" | "signers"));
        fields.map(|(key, value)| (key.to_owned(), value)).collect()
    };
    let (old, new) = (all(old), all(new));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    keys.into_iter()
        .filter(|key| old.get(*key) != new.get(*key))
        .map(|key| Field {
            key: key.clone(),
            old: old.get(key).cloned(),
            new: new.get(key).cloned(),
        })
        .collect()
}

/// By name and reason: another reason is worth a look as well.
fn permissions_only_in(here: &Content, there: &Content) -> Vec<Permission> {
    let mut permissions = permissions(here);
    permissions.retain(|permission| {
        let same =
            |other: &coco_package::Permission| other.name == permission.name && other.reason == permission.reason;
        !there.permissions().iter().any(same)
    });
    permissions
}

fn signers_only_in(here: &Content, there: &Content) -> Vec<Address> {
    let signers = here.signers().iter().filter(|signer| !there.signers().contains(signer));
    signers.copied().collect()
}

impl fmt::Display for Changes {
    /// Everything here is foreign text: control characters must not reach the terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.same_app {
            writeln!(f, "Two different apps: {} and {}", self.old.address, self.new.address)?;
        }
        for (name, side) in [("old", &self.old), ("new", &self.new)] {
            let version = side.version.as_deref().unwrap_or("–").escape_debug();
            let signer = side
                .signer
                .map_or_else(|| "INVALID".to_owned(), |signer| format!("signed by {signer}"));
            writeln!(
                f,
                "{name}  {version}, modified {}, {} bytes, {signer}",
                side.modified, side.bytes
            )?;
        }
        if self.new.modified <= self.old.modified && self.same_app {
            writeln!(
                f,
                "The new one is not newer: it would be refused where the old one is installed"
            )?;
        }
        for field in &self.fields {
            let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
            writeln!(
                f,
                "{}: {} → {}",
                field.key.escape_debug(),
                value(&field.old),
                value(&field.new)
            )?;
        }
        for (sign, permissions) in [('+', &self.permissions_gained), ('-', &self.permissions_lost)] {
            for permission in permissions {
                let (name, reason) = (permission.name.escape_debug(), permission.reason.escape_debug());
                writeln!(f, "{sign} permission {name}: {reason}")?;
            }
        }
        for (sign, signers) in [('+', &self.signers_gained), ('-', &self.signers_lost)] {
            for signer in signers {
                writeln!(f, "{sign} signer {signer}")?;
            }
        }
        for (sign, files) in [('+', &self.added), ('-', &self.removed)] {
            for file in files {
                writeln!(f, "{sign} {} ({} bytes)", file.path.escape_debug(), file.size)?;
            }
        }
        for file in &self.changed {
            writeln!(f, "~ {} ({} → {} bytes)", file.path.escape_debug(), file.old, file.new)?;
            for line in file.text.iter().flat_map(|text| text.lines()) {
                writeln!(
                    f,
                    "    {}",
                    line.replace(|c: char| c.is_control() && c != '\t', "\u{fffd}")
                )?;
            }
        }
        let (added, removed, changed) = (self.added.len(), self.removed.len(), self.changed.len());
        write!(f, "{added} added, {removed} removed, {changed} changed")
    }
}
