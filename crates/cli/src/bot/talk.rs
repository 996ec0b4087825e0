use std::io::{self, BufRead as _, Write as _};
use std::path::PathBuf;

use coco_chatbot::author::Bot;
use coco_chatbot::engine::{Answer, Session, show, step};
use coco_chatbot::protocol::Event;
use coco_chatbot::story::taps;

use super::serve::now;
use super::{only, read};
use crate::report::Failure;

/// Whom to talk to.
#[derive(Debug, clap::Args)]
pub(crate) struct TalkArguments {
    /// Folder of a bot
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Also show why the bot answers what it does
    #[arg(long)]
    trace: bool,
}

/// Talks until the input ends. A slash and the number in front of something tap it.
pub(crate) fn run(arguments: &TalkArguments) -> Result<(), Failure> {
    let bot = read(&only(&arguments.folder)?)?;
    let unwritable = |error: io::Error| Failure::new("output", error, "see where the output goes");
    let mut talk = Talk {
        bot: &bot,
        session: Session::new("terminal".to_owned()),
        last: Answer::default(),
        trace: arguments.trace,
        turns: 0,
    };
    talk.take(&Event::Open(None)).map_err(unwritable)?;
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|error| Failure::new("input", error, "type UTF-8"))?;
        let event = match talk.tapped(&line) {
            Some(Some(event)) => event,
            Some(None) => {
                println!("(this leads out of the conversation)");
                continue;
            }
            None => Event::Send(line),
        };
        talk.take(&event).map_err(unwritable)?;
    }
    Ok(())
}

struct Talk<'a> {
    bot: &'a Bot,
    session: Session,
    last: Answer,
    trace: bool,
    turns: u64,
}

impl Talk<'_> {
    fn take(&mut self, event: &Event) -> io::Result<()> {
        let mut out = io::stdout().lock();
        self.turns += 1;
        match step(self.bot, self.session.clone(), event, now(), self.turns) {
            Ok((session, answer, trace)) => {
                self.session = session;
                self.last = answer;
                for why in trace.iter().filter(|_| self.trace) {
                    writeln!(out, "    {why}")?;
                }
                writeln!(out, "{}", show(&self.last))?;
                for (number, (title, _)) in taps(&self.last).into_iter().enumerate() {
                    writeln!(out, "  /{}  {title}", number + 1)?;
                }
            }
            Err(fault) => writeln!(out, "(the bot fails: {fault})")?,
        }
        write!(out, "> ")?;
        out.flush()
    }

    /// What a line such as `/2` taps: nothing if it is no such line, and no event if what is tapped goes elsewhere.
    fn tapped(&self, line: &str) -> Option<Option<Event>> {
        let number: usize = line.trim().strip_prefix('/')?.parse().ok()?;
        let taps = taps(&self.last);
        let (_, action) = taps.get(number.checked_sub(1)?)?;
        Some(action.event())
    }
}
