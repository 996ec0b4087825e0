//! `coco cert issue`.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use coco_bridge::certificate::{Content, Signed};
use coco_keys::Address;
use serde::Serialize;

use super::time::{self, Moment};
use crate::app::account;
use crate::report::{self, Failure, Format};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Sign a certificate that opens commands above level 0 to an app.
///
/// Prints what the app passes as `sign` with such a command, as one line of JSON. It holds wherever the key's address is a
/// trusted authority.
#[derive(Debug, Args)]
pub(crate) struct Issue {
    /// The authority's key file.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The app's address.
    #[arg(long, value_name = "ADDRESS")]
    app: Address,
    /// The highest level that it opens.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=9))]
    level: u8,
    /// The version of the app that it is for, or later with the same first number; any unless given.
    #[arg(long)]
    version: Option<String>,
    /// How many days it holds.
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(i64).range(1..=36_500), conflicts_with = "not_after")]
    days: i64,
    /// Since when it holds: a day or a moment such as 2027-01-31T12:00:00Z; now unless given.
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    not_before: Option<Moment>,
    /// Until when it holds: a moment, or a day to its end.
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    not_after: Option<Moment>,
    /// Your number for it, by which it can be revoked; random unless given.
    #[arg(long)]
    serial: Option<String>,
}

/// What was signed.
#[derive(Serialize)]
#[serde(transparent)]
struct Issued(Signed);

impl Issue {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let key = account::read(&self.key)?;
        let not_before = self.not_before.map_or_else(time::now, |moment| moment.first);
        let not_after = self
            .not_after
            .map_or_else(|| not_before.saturating_add(self.days * DAY), |moment| moment.last);
        let refused = |error: &dyn fmt::Display, hint: &str| Failure::new("certificate", error, hint);
        if not_after < not_before {
            return Err(refused(
                &format_args!(
                    "it would end {}, before it begins {}",
                    time::show(not_after),
                    time::show(not_before)
                ),
                "choose a later --not-after",
            ));
        }
        let content = Content {
            address: self.app,
            level: self.level,
            version: self.version,
            not_before,
            not_after,
            issuer: key.address(),
            serial: self.serial.map_or_else(random_serial, Ok)?,
        };
        let signed = content
            .sign(&key)
            .map_err(|reason| refused(&reason, "choose shorter values"))?;
        report::success(&Issued(signed), format);
        Ok(())
    }
}

impl fmt::Display for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

fn random_serial() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::new("certificate", error, "choose a serial yourself with --serial"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
