use std::path::PathBuf;

use coco_chatbot::story::{Miss, Outcome, missed, play_all};
use serde::Serialize;
use similar::TextDiff;

use super::{folders, read, wrong};
use crate::report::{self, Failure, Format};

/// Whose stories are played.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArguments {
    /// Folder of a bot, or of several
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Also show why the bot answered what it did
    #[arg(long)]
    trace: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    bot: &'a str,
    stories: usize,
    missed: usize,
}

/// Plays stories.
pub(crate) fn run(arguments: &TestArguments, format: Format) -> Result<(), Failure> {
    let mut all_missed = 0;
    for folder in folders::find(&arguments.folder)? {
        let bot = read(&folder)?;
        let outcomes = play_all(&bot, &folder).map_err(|problems| wrong(&folder, &problems))?;
        let missed = missed(&outcomes);
        all_missed += missed;
        for outcome in &outcomes {
            show(outcome, arguments.trace);
        }
        let found = Report {
            bot: bot.id(),
            stories: outcomes.len(),
            missed,
        };
        match format {
            Format::Json => report::json(&found),
            Format::Text => println!(
                "{}: {} stories, {} go otherwise",
                found.bot, found.stories, found.missed
            ),
        }
    }
    if all_missed == 0 {
        return Ok(());
    }
    let message = format!("{all_missed} stories go otherwise than expected");
    Err(Failure::new(
        "stories",
        message,
        "correct the bot, or what its stories expect",
    ))
}

fn show(outcome: &Outcome, trace: bool) {
    let (Some(miss), Some(problem)) = (&outcome.miss, outcome.problem()) else {
        return;
    };
    eprintln!("{problem}");
    eprint!("{}", diff(miss));
    if trace {
        for why in &miss.trace {
            eprintln!("    {why}");
        }
    }
}

/// What is expected with `-`, what was answered with `+`.
fn diff(miss: &Miss) -> String {
    let (expected, answered) = (format!("{}\n", miss.expected), format!("{}\n", miss.answered));
    TextDiff::from_lines(&expected, &answered)
        .iter_all_changes()
        .map(|change| format!("  {}{}", change.tag(), change.value()))
        .collect()
}
