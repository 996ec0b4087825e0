//! The program `coco`: what developers, testers and operators need, without a window.
//!
//! Every command exits with 0 on success, 1 when an operation was refused or failed, and 2 on wrong usage. What it found out
//! goes to standard output, as text or with `--json` as one line of JSON; errors and warnings go to standard error.

mod app;
mod bot;
mod bridge;
mod cert;
mod ends;
mod engine;
mod node;
mod report;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::report::{Failure, Format};

/// Developer tools and everything of CocoCat that runs without a window.
#[derive(Debug, Parser)]
#[command(name = "coco", version, arg_required_else_help = true)]
struct Cli {
    /// Answer with one line of JSON on standard output.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create, sign, verify and pack CocoAPPs.
    #[command(subcommand)]
    App(app::AppCommand),
    /// Serve, test and talk to chatbots.
    #[command(subcommand)]
    Bot(bot::BotCommand),
    /// Talk to the bridge as an app does: requests as JSON lines on standard input, answers on standard output.
    Bridge(bridge::BridgeArguments),
    /// Issue, check and revoke level certificates, and choose whose are trusted.
    #[command(subcommand)]
    Cert(cert::CertCommand),
    /// Run a user's messaging engine for other programs on this computer, until interrupted. Prints where it is found and
    /// the token that opens it as one line of JSON.
    Engine(engine::EngineArguments),
    /// Run a network node, until interrupted: it keeps what is for devices that are away and helps devices find each other.
    /// Prints the ticket by which devices find it as one line of JSON.
    Node(node::NodeArguments),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let format = if cli.json { Format::Json } else { Format::Text };
    let done: Result<(), Failure> = match cli.command {
        Command::App(command) => app::run(command, format),
        Command::Bot(command) => bot::run(command, format),
        Command::Bridge(arguments) => bridge::run(&arguments),
        Command::Cert(command) => cert::run(command, format),
        Command::Engine(arguments) => engine::run(arguments),
        Command::Node(arguments) => node::run(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report::failure(&failure, format);
            ExitCode::FAILURE
        }
    }
}
