//! Conversations that an author expects: what the user does, and what the bot answers.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::author::{Bot, Problem, Problems, parse, read};
use crate::engine::{Answer, Session, Trace, show, step};
use crate::protocol::{Action, Component, Event};

/// The folder of stories in a bot's folder.
const FOLDER: &str = "stories";
/// When stories happen unless they say when: 2026-01-01, 09:00 UTC, in ms.
const WHEN: u64 = 1_767_258_000_000;
/// Milliseconds between turns, and of a minute.
const PAUSE: u64 = 5_000;
const MINUTE: u64 = 60_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    stories: Vec<Story>,
}

/// A conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    name: String,
    /// Chooses among texts.
    #[serde(default)]
    seed: u64,
    turns: Vec<Spanned<Turn>>,
}

/// Something that the user does, and what follows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Turn {
    /// Opens the conversation.
    open: bool,
    /// Says something.
    user: Option<String>,
    /// Taps what has this title.
    tap: Option<String>,
    /// Waits for so many minutes first.
    wait: u64,
    /// All that is answered.
    bot: Option<String>,
    /// Lines or parts of lines that are answered.
    has: Vec<String>,
    /// Part of why the bot fails.
    fails: Option<String>,
}

/// What became of a story.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The file, seen from the bot's folder.
    pub file: String,
    /// Its name.
    pub name: String,
    /// Where and how it went otherwise; nothing if all is as expected.
    pub miss: Option<Miss>,
}

/// Where and how a story went otherwise than expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// The line of the turn.
    pub line: u64,
    /// What is expected.
    pub expected: String,
    /// What was answered.
    pub answered: String,
    /// Why.
    pub trace: Vec<Trace>,
}

/// Plays all stories of a bot.
///
/// # Errors
/// What is wrong with their files.
pub fn play_all(bot: &Bot, folder: &Path) -> Result<Vec<Outcome>, Problems> {
    let mut paths: Vec<_> = match fs::read_dir(folder.join(FOLDER)) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => Vec::new(),
    };
    paths.retain(|path| path.extension().is_some_and(|end| end == "yaml" || end == "yml"));
    paths.sort();
    let (mut outcomes, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        match read(&path, &name).and_then(|text| parse::<File>(&text, &name)) {
            Ok(file) => outcomes.extend(file.stories.into_iter().map(|story| Outcome {
                file: name.clone(),
                miss: story.play(bot),
                name: story.name,
            })),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(outcomes)
    } else {
        Err(Problems(problems))
    }
}

/// What the last answer offers to tap: what it is called, and what it does.
#[must_use]
pub fn taps(answer: &Answer) -> Vec<(String, Action)> {
    let components = answer.bubbles.iter().chain(&answer.quick).chain(&answer.menu);
    components
        .flat_map(Component::offers)
        .filter_map(|(title, action)| Some((title?.to_owned(), action.clone())))
        .collect()
}

impl Story {
    /// Plays it; says where it first goes otherwise.
    fn play(&self, bot: &Bot) -> Option<Miss> {
        let (mut session, mut last) = (Session::new("story".to_owned()), Answer::default());
        let mut menu = None;
        let mut now = WHEN;
        for turn in &self.turns {
            let line = turn.referenced.line();
            let miss = |expected: &str, answered: String, trace: Vec<Trace>| {
                Some(Miss {
                    line,
                    expected: expected.to_owned(),
                    answered,
                    trace,
                })
            };
            let turn = &turn.value;
            now += PAUSE + turn.wait.saturating_mul(MINUTE);
            let event = match (&turn.user, &turn.tap) {
                (Some(text), None) if !turn.open => Event::Send(text.clone()),
                (None, Some(title)) if !turn.open => {
                    last.menu.clone_from(&menu);
                    let taps = taps(&last);
                    match taps.iter().find(|(own, _)| own == title) {
                        None => {
                            let offered: Vec<String> =
                                taps.into_iter().map(|(title, _)| format!("[{title}]")).collect();
                            return miss(&format!("[{title}]"), offered.join(" "), Vec::new());
                        }
                        Some((_, action)) => match action.event() {
                            Some(event) => event,
                            // It opens a page or calls somebody: the bot hears nothing of it.
                            None => continue,
                        },
                    }
                }
                (None, None) if turn.open => Event::Open(None),
                _ => return miss("one of open, user and tap", "none or several".to_owned(), Vec::new()),
            };
            let (answered, trace) = match step(bot, session.clone(), &event, now, self.seed) {
                Ok((next, answer, trace)) => {
                    session = next;
                    if let Some(menu_now) = &answer.menu {
                        menu = Some(menu_now.clone());
                    }
                    last = answer;
                    (show(&last), trace)
                }
                Err(fault) => {
                    let fault = fault.to_string();
                    match &turn.fails {
                        Some(expected) if fault.contains(expected.as_str()) => continue,
                        _ => return miss(turn.fails.as_deref().unwrap_or("an answer"), fault, Vec::new()),
                    }
                }
            };
            if let Some(expected) = &turn.fails {
                return miss(&format!("it fails: {expected}"), answered, trace);
            }
            if let Some(expected) = &turn.bot
                && expected.trim() != answered.trim()
            {
                return miss(expected.trim(), answered, trace);
            }
            if let Some(expected) = turn.has.iter().find(|expected| !answered.contains(expected.as_str())) {
                return miss(expected, answered, trace);
            }
        }
        None
    }
}

/// The number of stories that went otherwise.
#[must_use]
pub fn missed(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|outcome| outcome.miss.is_some()).count()
}

impl Outcome {
    /// The miss as a problem of a file.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let miss = self.miss.as_ref()?;
        Some(Problem {
            file: self.file.clone(),
            line: miss.line,
            column: 1,
            message: format!("story \"{}\" goes otherwise", self.name),
        })
    }
}
