//! `coco app inspect`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Args;
use coco_keys::Address;
use coco_package::{Content, Downgrade, PackageError, STEPS, Source, host_of};
use serde::Serialize;

use crate::report::{self, Failure, Format};

/// Fields that have a line of their own.
const SHOWN: [&str; 10] = [
    "address",
    "title",
    "version",
    "description",
    "merged_type",
    "modified",
    "permissions",
    "signers",
    "inner_path",
    "signs_required",
];

/// Tell everything about a package: what it says of itself, its files, its signatures.
///
/// The package need not be valid; each step of its verification is told.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The app's folder or ZIP.
    #[arg(value_name = "DIR|ZIP")]
    package: PathBuf,
}

/// All there is to tell.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspected {
    address: Address,
    host: String,
    title: Option<String>,
    version: Option<String>,
    description: Option<String>,
    type_code: Option<String>,
    /// The English name of the type, if it is a known one.
    type_name: Option<&'static str>,
    /// When it was signed, in seconds since 1970.
    modified: i64,
    valid: bool,
    /// Whose signature holds.
    signer: Option<Address>,
    /// Who may sign besides the app's own key.
    signers: Vec<Address>,
    /// Under which addresses there are signatures, valid or not.
    signed_under: Vec<String>,
    steps: Vec<Step>,
    permissions: Vec<Permission>,
    /// Sum of the listed sizes in bytes.
    bytes: u64,
    /// The listed files, the largest first.
    files: Vec<File>,
    /// What else is signed: each key with its value as JSON.
    others: BTreeMap<String, String>,
}

/// One step of verification.
#[derive(Debug, Serialize)]
struct Step {
    step: &'static str,
    /// `null` when an earlier step failed.
    passed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Permission {
    pub(super) name: String,
    pub(super) reason: String,
}

#[derive(Debug, Serialize)]
struct File {
    path: String,
    /// In bytes.
    size: u64,
    sha512: String,
}

impl Inspect {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let source = Source::open(&self.package)?;
        let content = source.content()?;
        let verified = coco_package::verify(&source, SystemTime::now(), None, Downgrade::Refuse);
        let inspected = Inspected {
            valid: verified.is_ok(),
            signer: verified.as_ref().ok().map(|verified| verified.signer),
            steps: steps(verified.as_ref().err()),
            ..Inspected::of(&content)
        };
        report::success(&inspected, format);
        Ok(())
    }
}

/// The name of a type.
pub(super) fn type_name(code: Option<&str>) -> Option<&'static str> {
    coco_package::app_types()
        .find(|known| Some(known.code) == code)
        .map(|known| known.name)
}

pub(super) fn permissions(content: &Content) -> Vec<Permission> {
    let permissions = content.permissions().iter().map(|permission| Permission {
        name: permission.name.clone(),
        reason: permission.reason.clone(),
    });
    permissions.collect()
}

impl Inspected {
    /// What the list says; nothing is verified.
    fn of(content: &Content) -> Self {
        let mut files: Vec<File> = content
            .files()
            .iter()
            .map(|(path, entry)| File {
                path: path.clone(),
                size: entry.size,
                sha512: entry.sha512.clone(),
            })
            .collect();
        files.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.path.cmp(&b.path)));
        let text = |text: Option<&str>| text.map(str::to_owned);
        Self {
            address: *content.address(),
            host: host_of(content.address()),
            title: text(content.title()),
            version: text(content.version()),
            description: text(content.description()),
            type_code: text(content.type_code()),
            type_name: type_name(content.type_code()),
            modified: content.modified(),
            valid: false,
            signer: None,
            signers: content.signers().to_vec(),
            signed_under: content.signed_under().map(str::to_owned).collect(),
            steps: Vec::new(),
            permissions: permissions(content),
            bytes: content.total_size(),
            files,
            others: content
                .fields()
                .filter(|(key, _)| !SHOWN.contains(key))
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        }
    }
}

/// The steps up to the one that failed, and those that were not reached.
fn steps(error: Option<&PackageError>) -> Vec<Step> {
    let failed = error.and_then(|error| STEPS.iter().position(|step| *step == error.step()));
    let steps = STEPS.iter().enumerate().map(|(index, &step)| {
        let passed = match failed {
            Some(failed) if index > failed => None,
            Some(failed) => Some(index < failed),
            // An error that is no step of verification leaves everything open.
            None => error.is_none().then_some(true),
        };
        Step {
            step,
            passed,
            message: error.filter(|_| passed == Some(false)).map(ToString::to_string),
        }
    });
    steps.collect()
}

impl fmt::Display for Inspected {
    /// Everything here is foreign text: control characters must not reach the terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &Option<String>| text.as_deref().unwrap_or("–").escape_debug().to_string();
        writeln!(f, "{}", text(&self.title))?;
        writeln!(f, "  app          {}", self.address)?;
        writeln!(f, "  host         {}", self.host)?;
        writeln!(f, "  version      {}", text(&self.version))?;
        writeln!(
            f,
            "  type         {} {}",
            text(&self.type_code),
            self.type_name.unwrap_or("(unknown)")
        )?;
        writeln!(f, "  description  {}", text(&self.description))?;
        writeln!(f, "  modified     {}", self.modified)?;
        for (key, value) in &self.others {
            writeln!(f, "  {}  {value}", key.escape_debug())?;
        }
        writeln!(
            f,
            "Permissions{}",
            if self.permissions.is_empty() { ": none" } else { "" }
        )?;
        for permission in &self.permissions {
            writeln!(
                f,
                "  {}: {}",
                permission.name.escape_debug(),
                permission.reason.escape_debug()
            )?;
        }
        writeln!(f, "Signatures")?;
        for signer in &self.signed_under {
            writeln!(f, "  by {}", signer.escape_debug())?;
        }
        for signer in &self.signers {
            writeln!(f, "  {signer} may sign too")?;
        }
        writeln!(f, "Verification")?;
        for step in &self.steps {
            let word = match step.passed {
                Some(true) => "passed",
                Some(false) => "FAILED",
                None => "not reached",
            };
            write!(f, "  {:<13}{word}", step.step)?;
            if let Some(message) = &step.message {
                write!(f, ": {message}")?;
            }
            writeln!(f)?;
        }
        write!(f, "Files: {} ({} bytes)", self.files.len(), self.bytes)?;
        for file in &self.files {
            write!(f, "\n  {:>9}  {}", file.size, file.path.escape_debug())?;
        }
        Ok(())
    }
}
