//! `coco app`: CocoAPP developer tools.

pub(crate) mod account;
mod check;
mod create;
mod icon;
mod pack;
mod sign;
mod verify;

use clap::Subcommand;

use crate::report::{Failure, Format};

/// Create, sign, verify and pack CocoAPPs.
#[derive(Debug, Subcommand)]
pub(crate) enum AppCommand {
    /// Start a new app: a page that works, and a key of its own.
    Create(create::Create),
    /// Look for mistakes: requests that will be blocked, secrets, sizes, names, the icon.
    Check(check::Check),
    /// List and sign the files of an app's folder.
    Sign(sign::Sign),
    /// Check a package as a user's program does before it installs it.
    Verify(verify::Verify),
    /// Make a signed folder a ZIP to give to others.
    Pack(pack::Pack),
}

/// Runs one command.
pub(crate) fn run(command: AppCommand, format: Format) -> Result<(), Failure> {
    match command {
        AppCommand::Create(create) => create.run(format),
        AppCommand::Check(check) => check.run(format),
        AppCommand::Sign(sign) => sign.run(format),
        AppCommand::Verify(verify) => verify.run(format),
        AppCommand::Pack(pack) => pack.run(format),
    }
}

/// The code of a known app type, for `--type`.
fn parse_type(code: &str) -> Result<String, String> {
    if coco_package::app_types().any(|known| known.code == code) {
        return Ok(code.to_owned());
    }
    let known: Vec<String> = coco_package::app_types()
        .map(|known| format!("{} {}", known.code, known.name))
        .collect();
    Err(format!("not a known type; known are: {}", known.join(", ")))
}
