//! `coco app sign`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use coco_keys::Address;
use coco_package::{SignOptions, Source};
use serde::Serialize;

use super::account;
use super::verify::{Findings, warn_about_names};
use crate::report::{self, Failure, FirstFew, Format};

/// List and sign the files of an app's folder.
///
/// Writes publishfiles.json and content.json into the folder. What content.json says already (title, permissions and so
/// on) is kept unless given here. Equal files and options give equal bytes when the time is given.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The app's folder, with index.html and icon.png in it.
    dir: PathBuf,
    /// The developer's key file, which must lie outside the folder.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The name of this version, for example 1.2.0.
    #[arg(long)]
    version: Option<String>,
    /// The app's name.
    #[arg(long)]
    title: Option<String>,
    /// What the app does, in a sentence.
    #[arg(long)]
    description: Option<String>,
    /// What kind of app it is: a code of four digits such as 0003 (DevTools) or 0022 (Other).
    #[arg(long = "type", value_name = "CODE", value_parser = super::parse_type)]
    type_code: Option<String>,
    /// When it is signed, in seconds since 1970. Unless given here or in the environment variable SOURCE_DATE_EPOCH it is
    /// now, and always later than the time before.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(0..))]
    modified: Option<i64>,
}

/// What was signed.
#[derive(Debug, Serialize)]
struct SignedApp {
    #[serde(flatten)]
    findings: Findings,
    signer: Address,
    folder: PathBuf,
    /// Hidden files, which are not published.
    #[serde(rename = "leftOut")]
    left_out: Vec<String>,
}

impl Sign {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        refuse_key_inside(&self.dir, &self.key)?;
        let key = account::read(&self.key)?;
        let options = SignOptions {
            modified: match self.modified {
                Some(seconds) => seconds,
                None => source_date()?.unwrap_or_else(|| next_time(&self.dir)),
            },
            title: self.title,
            description: self.description,
            version: self.version,
            type_code: self.type_code,
        };
        let signed = coco_package::sign(&self.dir, &key, &options)?;
        let signed = SignedApp {
            findings: Findings::of(&signed.content),
            signer: key.address(),
            folder: self.dir,
            left_out: signed.left_out,
        };
        warn_about_names(&signed.findings.unusual_names);
        if !signed.left_out.is_empty() {
            report::warning(format_args!(
                "hidden files are not published: {}",
                FirstFew(&signed.left_out)
            ));
        }
        report::success(&signed, format);
        Ok(())
    }
}

impl fmt::Display for SignedApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Signed {}", self.folder.display())?;
        write!(f, "{}", self.findings)
    }
}

/// The time that a reproducible build is given, in seconds since 1970.
fn source_date() -> Result<Option<i64>, Failure> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let seconds = text
        .to_str()
        .and_then(|text| text.parse().ok())
        .filter(|seconds| *seconds >= 0);
    seconds.map(Some).ok_or_else(|| {
        let message = format!("SOURCE_DATE_EPOCH is {text:?}, which is no time");
        Failure::new("modified", message, "give whole seconds since 1970, or unset it")
    })
}

/// Now, but later than the folder's last signature, so that two versions signed within one second can be told apart. A
/// last signature far in the future was a mistake and is not followed.
fn next_time(dir: &Path) -> i64 {
    let now = seconds(SystemTime::now());
    let last = Source::open(dir)
        .and_then(|source| source.content())
        .map(|content| content.modified());
    match last {
        Ok(last) if last >= now && last - now < coco_package::limits::MAX_AHEAD_SECONDS => last + 1,
        _ => now,
    }
}

/// Seconds since 1970.
pub(super) fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn refuse_key_inside(dir: &Path, key: &Path) -> Result<(), Failure> {
    let (Ok(folder), Ok(file)) = (dir.canonicalize(), key.canonicalize()) else {
        // What does not exist is reported when it is opened.
        return Ok(());
    };
    if file.starts_with(&folder) {
        return Err(Failure::new(
            "key",
            format!("{} lies in the folder that is to be signed", key.display()),
            "move the key out of the folder: it must never be published",
        ));
    }
    Ok(())
}
