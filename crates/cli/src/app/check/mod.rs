//! `coco app check`: what a developer wants to know before others do.

mod address;
mod css;
mod files;
mod finding;
mod html;
mod policy;
mod script;
mod secrets;
mod tokens;

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

use clap::Args;
use coco_keys::Address;
use coco_package::limits::{MAX_FILE, MAX_LIST};
use coco_package::{FileError, PackageError, Source, path};
use serde::{Deserialize, Serialize};

use self::address::Places;
use self::finding::{Finding, Findings, Severity, Text};
use crate::report::{self, Failure, Format};

/// Look for mistakes: requests that will be blocked, secrets, sizes, names, the icon.
///
/// Nothing is changed, and the package need not be signed yet. Ends with 1 if there is an error.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The app's folder or ZIP.
    #[arg(value_name = "DIR|ZIP")]
    package: PathBuf,
    /// End with 1 for warnings too.
    #[arg(long)]
    strict: bool,
}

/// What the checks of single files need to know of the package.
struct Checked<'a> {
    places: Places,
    /// Names of the permissions in `content.json`.
    permissions: &'a [String],
}

/// What was found.
#[derive(Debug, Serialize)]
struct Report {
    address: Option<Address>,
    /// Whether it is signed and would be installed as it is.
    valid: bool,
    files: usize,
    bytes: u64,
    errors: usize,
    warnings: usize,
    notes: usize,
    findings: Vec<Finding>,
    /// Findings beyond the first thousand.
    #[serde(rename = "leftOut")]
    left_out: usize,
}

impl Check {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let source = Source::open(&self.package)?;
        let report = check(&source)?;
        report::success(&report, format);
        if report.errors > 0 || (self.strict && report.warnings > 0) {
            return Err(Failure::told());
        }
        Ok(())
    }
}

fn check(source: &Source) -> Result<Report, PackageError> {
    let mut findings = Findings::default();
    let names = match source.names() {
        Ok(names) => names,
        Err(PackageError::File { path, reason }) => {
            let hint = "replace it by the file itself; nothing else was checked";
            findings.add(
                "unreadable",
                Severity::Error,
                Some(&path),
                format!("the file {reason}"),
                hint,
            );
            Vec::new()
        }
        Err(error) => return Err(error),
    };
    let readable = !names.is_empty() || findings.all.is_empty();
    let permissions = permissions(source);
    let package = Checked {
        places: Places::new(names.iter().map(String::as_str)),
        permissions: &permissions,
    };
    let (mut count, mut bytes) = (0, 0_u64);
    for name in names.iter().filter(|name| !name.starts_with("node_modules/")) {
        let size = check_file(&package, source, name, &mut findings);
        if !files::is_hidden(name) && name != path::CONTENT && name != path::PUBLISH_FILES {
            count += 1;
            bytes = bytes.saturating_add(size);
        }
    }
    let mut valid = false;
    if readable {
        files::check_names(source, &names, &mut findings);
        files::check_total(bytes, &mut findings);
        valid = files::check_signed(source, &names, &mut findings);
    }
    findings.sort();
    Ok(Report {
        address: source.content().ok().map(|content| *content.address()),
        valid,
        files: count,
        bytes,
        errors: findings.count(Severity::Error),
        warnings: findings.count(Severity::Warning),
        notes: findings.count(Severity::Note),
        findings: findings.all,
        left_out: findings.left_out,
    })
}

/// Checks one file; its size in bytes.
fn check_file(package: &Checked<'_>, source: &Source, name: &str, findings: &mut Findings) -> u64 {
    let is_list = name == path::CONTENT || name == path::PUBLISH_FILES;
    let limit = if is_list { MAX_LIST } else { MAX_FILE };
    let read = source
        .size(name)
        .and_then(|size| source.read(name, limit).map(|bytes| (size, bytes)));
    let (size, bytes) = match read {
        Ok(read) => read,
        Err(reason) => {
            findings.add(
                "unreadable",
                Severity::Error,
                Some(name),
                format!("the file {reason}"),
                readable_hint(&reason),
            );
            return 0;
        }
    };
    if is_list {
        secrets::check_key(name, &bytes, findings);
        return size;
    }
    if !files::is_hidden(name) && !files::check_size(name, size.max(bytes.len() as u64), findings) {
        return size;
    }
    secrets::check_key(name, &bytes, findings);
    if name == "icon.png" {
        files::check_icon(name, &bytes, findings);
    }
    let whole = String::from_utf8_lossy(&bytes);
    let text = Text::new(name, &whole);
    if let Cow::Borrowed(_) = whole {
        secrets::check_words(text, findings);
    }
    if files::is_hidden(name) {
        return size;
    }
    match name
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "html" | "htm" | "xhtml" | "svg" => html::check(package, text, findings),
        "css" => css::check(package, text, findings),
        "js" | "mjs" | "cjs" => script::check(package, text, findings),
        _ => {}
    }
    check_map(name, text, findings);
    size
}

fn readable_hint(reason: &FileError) -> &'static str {
    match reason {
        FileError::Link => "replace the link by the file itself",
        _ => "make the file readable, or take it out",
    }
}

/// Source maps give the sources away, which is rarely meant, and are never asked for.
fn check_map(name: &str, text: Text<'_>, findings: &mut Findings) {
    let hint = "build without source maps, unless you want to publish the sources";
    if name.ends_with(".map") && text.part.contains("\"mappings\"") {
        let message = "a source map, with the sources or their names in it";
        findings.add("source-map", Severity::Warning, Some(name), message, hint);
    }
    if let Some(offset) = text.part.find("sourceMappingURL=data:") {
        text.found(
            findings,
            offset,
            "source-map",
            Severity::Warning,
            "a source map within the file",
            hint,
        );
    }
}

/// The names in `permissions`, also of a list that is not complete yet.
fn permissions(source: &Source) -> Vec<String> {
    #[derive(Deserialize)]
    struct List {
        permissions: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        name: String,
    }
    let bytes = source.read(path::CONTENT, MAX_LIST).unwrap_or_default();
    let list: Option<List> = serde_json::from_slice(&bytes).ok();
    list.map(|list| list.permissions.into_iter().map(|entry| entry.name).collect())
        .unwrap_or_default()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        if self.left_out > 0 {
            writeln!(f, "and {} more of the same kind", self.left_out)?;
        }
        let many = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        write!(
            f,
            "{}, {}, {} in {} ({} bytes)",
            many(self.errors, "error"),
            many(self.warnings, "warning"),
            many(self.notes, "note"),
            many(self.files, "file"),
            self.bytes
        )
    }
}
