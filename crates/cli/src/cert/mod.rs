//! `coco cert`: certificates for commands above level 0, and whose are trusted.

mod issue;
mod revoke;
mod time;
mod trust;
mod verify;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use clap::Subcommand;
use coco_bridge::authorities::{Authorities, AuthoritiesError};

use crate::report::{self, Failure, Format};

/// Issue, check and revoke level certificates, and choose whose are trusted.
#[derive(Debug, Subcommand)]
pub(crate) enum CertCommand {
    /// Sign a certificate that opens commands above level 0 to an app.
    Issue(issue::Issue),
    /// Tell what a certificate says and who signed it, without judging it.
    Show(verify::Show),
    /// Check a certificate as a user's program does when an app shows it.
    Verify(verify::Verify),
    /// Make a signed list of revoked certificates, or add to one.
    Revoke(revoke::Revoke),
    /// Trust certificates by an authority from now on.
    Trust(trust::Trust),
    /// Trust an authority no longer.
    Untrust(trust::Untrust),
    /// List the authorities that are trusted.
    Authorities(trust::List),
    /// Take over an authority's signed list of revoked certificates.
    ImportRevocations(trust::Import),
}

/// Runs one command.
pub(crate) fn run(command: CertCommand, format: Format) -> Result<(), Failure> {
    match command {
        CertCommand::Issue(issue) => issue.run(format),
        CertCommand::Show(show) => show.run(format),
        CertCommand::Verify(verify) => verify.run(format),
        CertCommand::Revoke(revoke) => revoke.run(format),
        CertCommand::Trust(trust) => trust.run(format),
        CertCommand::Untrust(untrust) => untrust.run(format),
        CertCommand::Authorities(list) => list.run(format),
        CertCommand::ImportRevocations(import) => import.run(format),
    }
}

/// The text of a file, or of standard input for `-`.
fn read_text(path: &Path, limit: usize) -> Result<String, Failure> {
    let read = if path == Path::new("-") {
        bounded(io::stdin().lock(), limit)
    } else {
        File::open(path).and_then(|file| bounded(file, limit))
    };
    read.map_err(|error| {
        Failure::new(
            "input",
            format!("{}: {error}", path.display()),
            format!("name a text file of at most {limit} bytes, or - for standard input"),
        )
    })
}

fn bounded(input: impl Read, limit: usize) -> io::Result<String> {
    let mut text = String::new();
    input.take(limit as u64 + 1).read_to_string(&mut text)?;
    if text.len() > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too long"));
    }
    Ok(text)
}

/// The authorities of a data folder; what cannot be read there is warned of.
fn open_authorities(folder: &Path) -> Authorities {
    let authorities = Authorities::open(folder);
    authorities.damaged().iter().for_each(report::warning);
    authorities
}

/// Says what to do about a change that was refused.
fn refused(error: &AuthoritiesError) -> Failure {
    let hint = match error {
        AuthoritiesError::Unknown(_) => "`coco cert authorities` lists who is trusted, `coco cert trust` adds to them",
        AuthoritiesError::Name => "choose another name with --name",
        AuthoritiesError::TooMany => "remove one first with `coco cert untrust`",
        AuthoritiesError::List(_) => "ask the authority for the list as `coco cert revoke` wrote it",
        AuthoritiesError::NotNewer { .. } => "nothing needs to be done",
        AuthoritiesError::Io { .. } => "choose a folder that you can write with --data",
        _ => "no change was made",
    };
    Failure::new("authorities", error, hint)
}
