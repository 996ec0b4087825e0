//! The package as a set of files: what is missing, too large, wrongly named or not meant for others.

use std::collections::BTreeSet;
use std::time::SystemTime;

use coco_package::limits::{MAX_FILE, MAX_PACKAGE};
use coco_package::{Content, Downgrade, Icon, PackageError, Source, path};

use super::finding::{Findings, Severity};
use crate::report::FirstFew;

/// Width and height of an icon in pixels (`package.md`).
const ICON: u32 = 192;
/// Files larger than this are worth a thought, in bytes.
const LARGE: u64 = MAX_FILE / 2;

const SMALLER: &str = "compress pictures, split scripts, leave out what the app does not need";

/// Whether a name, or a folder in it, is hidden: `coco app sign` leaves such files out.
pub(super) fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.'))
}

/// Checks names and which files there are.
pub(super) fn check_names(source: &Source, names: &[String], findings: &mut Findings) {
    for required in ["index.html", "icon.png"] {
        if !names.iter().any(|name| name == required) {
            let (message, hint) = (
                "every package needs it, and it is missing",
                "add the file to the folder",
            );
            findings.add("required", Severity::Error, Some(required), message, hint);
        }
    }
    let (hidden, shown): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| is_hidden(name));
    check_hidden(source, &hidden, findings);
    let listed = shown
        .iter()
        .map(|name| name.as_str())
        .filter(|name| *name != path::CONTENT);
    let broken: BTreeSet<&str> = listed.clone().filter(|name| path::check(name).is_err()).collect();
    for name in &broken {
        if let Err(error) = path::check(name) {
            let message = format!("the name {error}");
            findings.add(
                "name",
                Severity::Error,
                Some(name),
                message,
                "rename the file: such names are refused",
            );
        }
    }
    if let Err((name, error)) = path::check_all(listed.clone().filter(|name| !broken.contains(name))) {
        let hint = "rename one of them: Windows and macOS keep only one";
        findings.add("name", Severity::Error, Some(&name), format!("the name {error}"), hint);
    }
    let unusual: Vec<String> = listed.filter(|name| !path::is_plain(name)).map(str::to_owned).collect();
    if !unusual.is_empty() {
        let message = format!("names with characters outside A-Z, a-z, 0-9: {}", FirstFew(&unusual));
        findings.add(
            "unusual-name",
            Severity::Note,
            None,
            message,
            "some programs of this family refuse them",
        );
    }
    let tools: Vec<String> = ["package.json", "package-lock.json", "tsconfig.json", "node_modules"]
        .into_iter()
        .filter(|tool| {
            names
                .iter()
                .any(|name| name == tool || name.starts_with(&format!("{tool}/")))
        })
        .map(str::to_owned)
        .collect();
    if !tools.is_empty() {
        let message = format!("files of development tools: {}", FirstFew(&tools));
        let hint = "check the folder that the build writes, not the one with the sources";
        findings.add("development-files", Severity::Warning, None, message, hint);
    }
}

fn check_hidden(source: &Source, hidden: &[&String], findings: &mut Findings) {
    let mut told = BTreeSet::new();
    for name in hidden {
        // A folder like .git is told of once.
        let parts: Vec<&str> = name.split('/').collect();
        let depth = parts.iter().position(|part| part.starts_with('.')).unwrap_or_default();
        let place = parts.get(..=depth).unwrap_or_default().join("/");
        if !told.insert(place.clone()) {
            continue;
        }
        let last = parts.get(depth).copied().unwrap_or_default();
        let private = last.starts_with(".env") || matches!(last, ".git" | ".npmrc" | ".ssh");
        let (severity, hint) = match (source, private) {
            (Source::Zip(_), true) => (Severity::Error, "take it out of the ZIP: it may hold secrets"),
            (Source::Zip(_), false) => (
                Severity::Warning,
                "take it out of the ZIP; `coco app pack` leaves it out",
            ),
            (Source::Folder(_), true) => (Severity::Warning, "move it out of the folder: it may hold secrets"),
            (Source::Folder(_), false) => (Severity::Note, "`coco app sign` and `coco app pack` leave it out"),
        };
        findings.add("hidden", severity, Some(&place), "a hidden file or folder", hint);
    }
}

/// Checks one size in bytes; whether the file can be looked at.
pub(super) fn check_size(name: &str, size: u64, findings: &mut Findings) -> bool {
    if size > MAX_FILE {
        let message = format!("has {size} bytes, at most {MAX_FILE} are allowed in one file");
        findings.add("size", Severity::Error, Some(name), message, SMALLER);
    } else if size > LARGE {
        let message = format!("has {size} bytes; the limit is {MAX_FILE}");
        findings.add("large", Severity::Note, Some(name), message, SMALLER);
    }
    size <= MAX_FILE
}

/// Checks the sum of all sizes in bytes.
pub(super) fn check_total(total: u64, findings: &mut Findings) {
    if total > MAX_PACKAGE {
        let message = format!("the files have {total} bytes together, at most {MAX_PACKAGE} are allowed");
        findings.add("size", Severity::Error, None, message, SMALLER);
    } else if total > MAX_PACKAGE / 10 * 8 {
        let message = format!("the files have {total} bytes together; the limit is {MAX_PACKAGE}");
        findings.add("large", Severity::Note, None, message, SMALLER);
    }
}

/// Checks `icon.png`.
pub(super) fn check_icon(name: &str, bytes: &[u8], findings: &mut Findings) {
    let hint = "draw it as a PNG of 192 x 192 pixels";
    let is_png = bytes.starts_with(b"\x89PNG\r\n\x1a\n");
    match Icon::read(bytes.to_vec()) {
        Some(icon) if icon.rgba().is_none() => {
            findings.add("icon", Severity::Error, Some(name), "the picture is damaged", hint);
        }
        Some(icon) if (icon.width, icon.height) != (ICON, ICON) => {
            let message = format!("has {} x {} pixels", icon.width, icon.height);
            findings.add("icon", Severity::Warning, Some(name), message, hint);
        }
        Some(_) => {}
        None if is_png => {
            findings.add("icon", Severity::Error, Some(name), "is damaged, tiny or huge", hint);
        }
        None => findings.add("icon", Severity::Error, Some(name), "is no PNG", hint),
    }
}

/// Compares with the signed list; whether the package is valid.
pub(super) fn check_signed(source: &Source, names: &[String], findings: &mut Findings) -> bool {
    let verified = coco_package::verify(source, SystemTime::now(), None, Downgrade::Refuse);
    if let Ok(content) = source.content() {
        check_unlisted(names, &content, findings);
    }
    let Err(error) = verified else { return true };
    let sign = "sign the folder with `coco app sign DIR --key account.json`";
    match (source, &error) {
        (Source::Zip(_), error) => {
            let message = format!("is refused at the step {:?}: {error}", error.step());
            findings.add(
                "invalid",
                Severity::Error,
                None,
                message,
                "sign the folder again and pack it with `coco app pack`",
            );
        }
        (Source::Folder(_), PackageError::File { path, reason }) => {
            let message = format!("is listed, but {reason}");
            findings.add("changed", Severity::Warning, Some(path), message, sign);
        }
        // Reported by the rules above.
        (_, PackageError::Path { .. } | PackageError::Limit(_) | PackageError::Required(_)) => {}
        (Source::Folder(_), _) if !names.iter().any(|name| name == path::CONTENT) => {
            findings.add("unsigned", Severity::Note, None, "is not signed yet", sign);
        }
        (Source::Folder(_), error) => {
            findings.add(
                "unsigned",
                Severity::Warning,
                Some(path::CONTENT),
                error.to_string(),
                sign,
            );
        }
    }
    false
}

fn check_unlisted(names: &[String], content: &Content, findings: &mut Findings) {
    for name in names {
        let own = [path::CONTENT, path::PUBLISH_FILES].contains(&name.as_str());
        if !own && !is_hidden(name) && !content.files().contains_key(name) {
            let (message, hint) = ("is not listed, so never served", "sign the folder again to include it");
            findings.add("unlisted", Severity::Warning, Some(name), message, hint);
        }
    }
}
