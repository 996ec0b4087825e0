//! `coco app pack`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use coco_package::Source;
use serde::Serialize;

use super::verify::{Findings, warn_about_names};
use crate::report::{self, Failure, Format};

/// Make a signed folder a ZIP to give to others.
///
/// The package is verified first. Only listed files, content.json and publishfiles.json are packed, and the same
/// package always gives the same bytes.
#[derive(Debug, Args)]
pub(crate) struct Pack {
    /// The signed folder.
    dir: PathBuf,
    /// The ZIP to write; <address>.zip beside the folder unless given. A ZIP that is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What was packed.
#[derive(Debug, Serialize)]
struct PackedApp {
    #[serde(flatten)]
    findings: Findings,
    out: PathBuf,
    /// Size of the ZIP in bytes.
    size: u64,
}

impl Pack {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let source = Source::open(&self.dir)?;
        let out = match self.out {
            Some(out) => out,
            None => {
                let name = format!("{}.zip", source.content()?.address());
                let whole = self.dir.canonicalize().map_err(|error| unwritable(&self.dir, &error))?;
                whole.parent().unwrap_or(&whole).join(name)
            }
        };
        refuse_inside(&self.dir, &out)?;
        let packed = coco_package::pack(&source, SystemTime::now(), &out)?;
        let packed = PackedApp {
            findings: Findings::of(&packed.verified.content),
            out,
            size: packed.size,
        };
        warn_about_names(&packed.findings.unusual_names);
        report::success(&packed, format);
        Ok(())
    }
}

impl fmt::Display for PackedApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Packed {} ({} bytes)", self.out.display(), self.size)?;
        write!(f, "{}", self.findings)
    }
}

fn refuse_inside(dir: &Path, out: &Path) -> Result<(), Failure> {
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (Ok(folder), Ok(target)) = (dir.canonicalize(), parent.canonicalize()) else {
        return Err(Failure::new(
            "pack",
            format!("{}: the folder does not exist", parent.display()),
            "name a file in a folder that exists",
        ));
    };
    if folder.is_dir() && target.starts_with(&folder) {
        return Err(Failure::new(
            "pack",
            format!("{} lies in the folder that is packed", out.display()),
            "name a file outside of it",
        ));
    }
    Ok(())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new("pack", format!("{}: {error}", path.display()), "name the signed folder")
}
