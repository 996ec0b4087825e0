//! `coco bot`: chatbots.

mod access;
mod folders;
mod serve;
mod talk;
mod test;

use std::path::{Path, PathBuf};

use coco_chatbot::author::{Bot, Problems, load};

use crate::report::{Failure, Format};

/// What `coco bot` does.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum BotCommand {
    /// Serve bots over HTTP, until interrupted. Prints where they are found and their secrets as one line of JSON; files that
    /// change are read anew.
    Serve(serve::ServeArguments),
    /// Play the stories of bots, and show where they go otherwise than expected.
    Test(test::TestArguments),
    /// Talk to a bot in the terminal.
    Talk(talk::TalkArguments),
}

/// Runs a command.
pub(crate) fn run(command: BotCommand, format: Format) -> Result<(), Failure> {
    match command {
        BotCommand::Serve(arguments) => serve::run(&arguments),
        BotCommand::Test(arguments) => test::run(&arguments, format),
        BotCommand::Talk(arguments) => talk::run(&arguments),
    }
}

/// Reads a bot, or says all that is wrong with it.
fn read(folder: &Path) -> Result<Bot, Failure> {
    load(folder).map_err(|problems| wrong(folder, &problems))
}

fn wrong(folder: &Path, problems: &Problems) -> Failure {
    let message = format!("{} cannot be used:\n{problems}", folder.display());
    Failure::new("bot", message, "correct the files that are named")
}

/// The only bot of a folder.
fn only(folder: &Path) -> Result<PathBuf, Failure> {
    let mut all = folders::find(folder)?;
    match (all.pop(), all.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => {
            let message = format!("{} holds several bots", folder.display());
            Err(Failure::new("folder", message, "name the folder of one of them"))
        }
    }
}
