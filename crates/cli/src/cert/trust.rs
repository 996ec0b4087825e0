//! `coco cert trust`, `untrust`, `authorities` and `import-revocations`: what a data folder trusts.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use coco_bridge::authorities::{Authority, LIST_BYTES};
use coco_keys::Address;
use serde::Serialize;

use super::{open_authorities, read_text, refused, time};
use crate::report::{self, Failure, Format};

/// Trust certificates by an authority from now on.
///
/// Whoever holds its key decides which apps may call commands above level 0. A CocoCat that is running on the folder takes
/// note at its next start.
#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// The authority's address.
    address: Address,
    /// What to call it.
    #[arg(long)]
    name: String,
    /// The user's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Trust an authority no longer.
///
/// A CocoCat that is running on the folder takes note at its next start.
#[derive(Debug, Args)]
pub(crate) struct Untrust {
    /// The authority's address.
    address: Address,
    /// The user's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// List the authorities that are trusted.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// The user's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Take over an authority's signed list of revoked certificates.
///
/// A CocoCat that is running on the folder takes note at its next start.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The list as `coco cert revoke` wrote it; - for standard input.
    #[arg(value_name = "LIST|-")]
    list: PathBuf,
    /// The user's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Everybody who is trusted.
#[derive(Serialize)]
struct Trusted {
    authorities: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    authority: Authority,
    revocations: Option<Revocations>,
}

/// An authority's newest list.
#[derive(Serialize)]
struct Revocations {
    modified: i64,
    serials: usize,
}

/// What was taken over.
#[derive(Serialize)]
struct Imported {
    issuer: Address,
    #[serde(flatten)]
    revocations: Revocations,
}

impl Trust {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let authorities = open_authorities(&self.data);
        authorities
            .add(self.address, &self.name)
            .map_err(|error| refused(&error))?;
        List { data: self.data }.run(format)
    }
}

impl Untrust {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let authorities = open_authorities(&self.data);
        authorities.remove(&self.address).map_err(|error| refused(&error))?;
        List { data: self.data }.run(format)
    }
}

impl List {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let authorities = open_authorities(&self.data);
        let line = |authority: Authority| Line {
            revocations: authorities
                .revocations(&authority.address)
                .map(|(modified, serials)| Revocations { modified, serials }),
            authority,
        };
        let trusted = Trusted {
            authorities: authorities.list().into_iter().map(line).collect(),
        };
        report::success(&trusted, format);
        Ok(())
    }
}

impl Import {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let text = read_text(&self.list, LIST_BYTES)?;
        let authorities = open_authorities(&self.data);
        let issuer = authorities.import_revocations(&text).map_err(|error| refused(&error))?;
        let (modified, serials) = authorities.revocations(&issuer).unwrap_or_default();
        let imported = Imported {
            issuer,
            revocations: Revocations { modified, serials },
        };
        report::success(&imported, format);
        Ok(())
    }
}

impl fmt::Display for Trusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.authorities.is_empty() {
            return f.write_str("No authority is trusted, so no certificate holds");
        }
        for (place, Line { authority, revocations }) in self.authorities.iter().enumerate() {
            let end = if place == 0 { "" } else { "\n" };
            write!(f, "{end}{}  {:?}", authority.address, authority.name)?;
            if authority.built_in {
                f.write_str(", built in")?;
            }
            if let Some(revocations) = revocations {
                write!(f, ", {revocations}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = time::show(self.modified.saturating_mul(1000));
        write!(f, "{} revoked as of {at}", self.serials)
    }
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.issuer, self.revocations)
    }
}
