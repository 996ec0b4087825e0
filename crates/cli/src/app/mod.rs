//! `coco app`: CocoAPP developer tools.

pub(crate) mod account;
mod check;
mod create;
mod diff;
mod icon;
mod inspect;
mod installed;
mod pack;
mod shell;
mod sign;
mod template;
mod verify;

use clap::Subcommand;

use crate::report::{Failure, Format};

/// Create, check, sign, pack, compare and install CocoAPPs.
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
    /// Tell everything about a package: what it says of itself, its files, its signatures.
    Inspect(inspect::Inspect),
    /// Tell what changed between two packages.
    Diff(diff::Diff),
    /// Install or update an app from its folder or ZIP.
    Install(installed::Install),
    /// Show an app in its window.
    Run(shell::Run),
    /// Show an app while you are writing it: unsigned, from its folder or from a development server.
    Dev(shell::Dev),
    /// List the installed apps.
    List(installed::List),
    /// Go back to the version that was installed before.
    Rollback(installed::Rollback),
    /// Remove an app.
    Uninstall(installed::Uninstall),
}

/// Runs one command.
pub(crate) fn run(command: AppCommand, format: Format) -> Result<(), Failure> {
    match command {
        AppCommand::Create(create) => create.run(format),
        AppCommand::Check(check) => check.run(format),
        AppCommand::Sign(sign) => sign.run(format),
        AppCommand::Verify(verify) => verify.run(format),
        AppCommand::Pack(pack) => pack.run(format),
        AppCommand::Inspect(inspect) => inspect.run(format),
        AppCommand::Diff(diff) => diff.run(format),
        AppCommand::Install(install) => install.run(format),
        AppCommand::Run(run) => run.run(format),
        AppCommand::Dev(dev) => dev.run(format),
        AppCommand::List(list) => list.run(format),
        AppCommand::Rollback(rollback) => rollback.run(format),
        AppCommand::Uninstall(uninstall) => uninstall.run(format),
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
