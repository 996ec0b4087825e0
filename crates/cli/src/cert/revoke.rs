//! `coco cert revoke`.

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use coco_bridge::authorities::{LIST_BYTES, RevocationList};
use coco_keys::Address;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{read_text, time};
use crate::app::account;
use crate::report::{self, Failure, Format};

const STEP: &str = "revocations";

/// Make a signed list of revoked certificates, or add to one.
///
/// Hand the list on to everybody who trusts your certificates: only who has imported it refuses them.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The authority's key file.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The serial of a certificate to revoke; may be given more than once.
    #[arg(long = "serial", value_name = "SERIAL", required = true)]
    serials: Vec<String>,
    /// The list to add to, made if there is none; without it a new list is printed.
    list: Option<PathBuf>,
}

/// What the list says now.
#[derive(Serialize)]
struct Revoked {
    issuer: Address,
    modified: i64,
    /// How many the list names.
    serials: usize,
    /// How many of them are new.
    added: usize,
    list: PathBuf,
}

/// A new list as it is handed on.
#[derive(Serialize)]
#[serde(transparent)]
struct Printed(Box<RawValue>);

impl Revoke {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let refused = |reason: String| {
            Failure::new(
                STEP,
                reason,
                "use the key that made the list; split lists that grow too long",
            )
        };
        let key = account::read(&self.key)?;
        let mut list = match self.list.as_deref().filter(|path| path.exists()) {
            Some(path) => RevocationList::open(read_text(path, LIST_BYTES)?.trim()).map_err(|reason| {
                Failure::new(
                    STEP,
                    format!("{}: not a revocation list: {reason}", path.display()),
                    "the file was left as it is; name another one",
                )
            })?,
            None => RevocationList::new(key.address(), 0),
        };
        let mut added = 0;
        for serial in &self.serials {
            added += usize::from(list.revoke(serial, time::now() / 1000).map_err(refused)?);
        }
        let text = list.sign(&key).map_err(refused)?;
        let Some(path) = self.list else {
            let text = RawValue::from_string(text).map_err(|error| refused(error.to_string()))?;
            report::success(&Printed(text), format);
            return Ok(());
        };
        write(&path, &text).map_err(|error| {
            Failure::new(
                STEP,
                format!("{}: {error}", path.display()),
                "choose a file that you can write",
            )
        })?;
        let revoked = Revoked {
            issuer: *list.issuer(),
            modified: list.modified(),
            serials: list.serials().len(),
            added,
            list: path,
        };
        report::success(&revoked, format);
        Ok(())
    }
}

/// Replaces a file in one step.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(new, "{text}")?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    Ok(())
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Revoked {} more, {} in all, by {}",
            self.added, self.serials, self.issuer
        )?;
        write!(f, "  hand on  {}", self.list.display())
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.get())
    }
}
