use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::classify::normalise;
use super::form;
use super::pick::{self, Meaning};
use super::render::{Scene, going, gone};
use super::session::{Filling, Session};
use super::trace::{Notes, Trace};
use crate::author::{Bot, Form, Step};
use crate::protocol::{Action, ActionData, ActionKind, Button, ButtonKind, Component, Event, Part, Response};

/// Steps of one answer, and answers that go on with each other.
const STEPS: usize = 500;
const DEPTH: usize = 20;
/// Bubbles and quick buttons of one answer.
const BUBBLES: usize = 30;
/// Bytes that are remembered of a conversation.
const REMEMBERED: usize = 64 * 1024;
/// Milliseconds of a minute.
const MINUTE: u64 = 60_000;

/// What a bot answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The bubbles.
    pub bubbles: Vec<Component>,
    /// Buttons at the bottom of the window.
    pub quick: Vec<Component>,
    /// The menu that stays.
    pub menu: Option<Component>,
    /// The answer's name.
    pub scenario: Option<String>,
    /// What was understood for a form.
    pub entities: BTreeMap<String, Value>,
    /// The keyword that was found.
    pub keywords: Vec<String>,
}

/// Why a bot cannot answer. What is wrong stands in its files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A template went wrong.
    #[error("a template went wrong: {0}")]
    Template(String),
    /// Something has a bound.
    #[error("{0}")]
    TooMuch(&'static str),
    /// The answer is none that may be sent.
    #[error("the answer is not right: {0}")]
    Invalid(String),
    /// The author wants it so.
    #[error("it was told to fail: {0}")]
    Told(String),
}

impl Fault {
    pub(super) fn template(error: &minijinja::Error) -> Self {
        let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        Self::Template(match error.line() {
            Some(line) => format!("{detail} (line {line} of the template)"),
            None => detail,
        })
    }
}

impl Answer {
    /// The answer as it is sent.
    #[must_use]
    pub fn response(self, user: &str, session: &str, now: u64) -> Response {
        Response {
            version: Some("v2".to_owned()),
            user_id: user.to_owned(),
            session_id: Some(session.to_owned()),
            timestamp: now,
            bubbles: Some(self.bubbles),
            quick_buttons: Some(self.quick),
            persistent_menu: self.menu,
            scenario: self.scenario.map(Value::String),
            entities: (!self.entities.is_empty()).then(|| json!(self.entities)),
            keywords: (!self.keywords.is_empty()).then(|| json!(self.keywords)),
            event: "send".to_owned(),
            more: Map::new(),
        }
    }
}

/// Takes one turn of a conversation. The same arguments have the same result.
///
/// # Errors
/// [`Fault`]; the conversation is then as it was.
pub fn step(
    bot: &Bot,
    session: Session,
    event: &Event,
    now: u64,
    seed: u64,
) -> Result<(Session, Answer, Vec<Trace>), Fault> {
    let (session, answer, notes) = take(bot, session, event, now, seed, Notes::taken())?;
    Ok((session, answer, notes.into_vec()))
}

/// The same without saying why.
pub(crate) fn reply(
    bot: &Bot,
    session: Session,
    event: &Event,
    now: u64,
    seed: u64,
) -> Result<(Session, Answer), Fault> {
    let (session, answer, _) = take(bot, session, event, now, seed, Notes::left_out())?;
    Ok((session, answer))
}

fn take<'a>(
    bot: &'a Bot,
    session: Session,
    event: &'a Event,
    now: u64,
    seed: u64,
    notes: Notes,
) -> Result<(Session, Answer, Notes), Fault> {
    let mut turn = Turn {
        bot,
        session,
        said: match event {
            Event::Send(text) | Event::Open(Some(text)) => text,
            Event::Open(None) | Event::Menu => "",
        },
        given: BTreeMap::new(),
        answer: Answer::default(),
        notes,
        steps: 0,
        now,
        seed,
    };
    match event {
        Event::Open(postback) => {
            turn.menu()?;
            let target = postback.as_deref().and_then(|text| gone(bot, text));
            let (answer, given) = target.unwrap_or((&bot.settings.welcome.value, BTreeMap::new()));
            turn.given = given;
            turn.go(answer, 0)?;
        }
        Event::Menu => turn.menu()?,
        Event::Send(text) => turn.listen(text)?,
    }
    turn.end()
}

/// Whether the steps after one still count.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    Away,
}

struct Turn<'a> {
    bot: &'a Bot,
    session: Session,
    said: &'a str,
    given: BTreeMap<String, Value>,
    answer: Answer,
    notes: Notes,
    steps: usize,
    now: u64,
    seed: u64,
}

impl<'a> Turn<'a> {
    fn language(&self) -> &str {
        let first = self.bot.settings.languages.first();
        self.session
            .language
            .as_deref()
            .or(first.map(String::as_str))
            .unwrap_or("en")
    }

    fn scene(&self) -> Scene<'_> {
        Scene {
            bot: self.bot,
            session: &self.session,
            language: self.language(),
            said: self.said,
            given: &self.given,
            item: None,
            now: self.now,
            seed: self.seed,
        }
    }

    fn menu(&mut self) -> Result<(), Fault> {
        if let Some(menu) = &self.bot.settings.menu {
            self.answer.menu = Some(self.scene().component(menu)?);
        }
        Ok(())
    }

    /// What the user said or tapped.
    fn listen(&mut self, text: &str) -> Result<(), Fault> {
        self.session.turns += 1;
        if !self.is_here(text) {
            return Ok(());
        }
        if let Some((answer, given)) = gone(self.bot, text) {
            self.session.form = None;
            self.given = given;
            self.notes.push(|| Trace::Tapped(answer.to_owned()));
            return self.go(answer, 0);
        }
        if let Some(language) = pick::language(self.bot, text)
            && language != self.language()
        {
            self.session.language = Some(language.to_owned());
            self.notes.push(|| Trace::Language(language.to_owned()));
        }
        match self.session.form.take() {
            Some(filling) => self.fill(filling, text),
            None => self.understand(text),
        }
    }

    /// Whether the bot has the conversation, and not a person.
    fn is_here(&mut self, text: &str) -> bool {
        let Some(until) = self.session.person else { return true };
        let hand_over = &self.bot.settings.hand_over;
        let said = normalise(text);
        if self.now < until && !hand_over.back.iter().any(|word| normalise(word) == said) {
            self.session.person = Some(self.now.saturating_add(hand_over.minutes.saturating_mul(MINUTE)));
            self.notes.push(|| Trace::Silent);
            return false;
        }
        self.session.person = None;
        self.notes.push(|| Trace::Back);
        true
    }

    fn understand(&mut self, text: &str) -> Result<(), Fault> {
        let bot = self.bot;
        let (meaning, ranked) = pick::meaning(bot, text);
        let name = |intent: usize| {
            bot.intents
                .get(intent)
                .map(|known| known.name.clone())
                .unwrap_or_default()
        };
        if !ranked.is_empty() {
            let ranked = ranked.iter().take(3).map(|score| (name(score.intent), score.score));
            self.notes.push(|| Trace::Ranked(ranked.collect()));
        }
        match meaning {
            Meaning::Keyword(word, answer) => {
                self.notes.push(|| Trace::Keyword {
                    word: word.clone(),
                    answer: answer.to_owned(),
                });
                self.answer.keywords.push(word);
                self.go(answer, 0)
            }
            Meaning::Intent(intent) => {
                self.notes.push(|| Trace::Intent(name(intent)));
                match bot.intents.get(intent) {
                    Some(known) => self.go(&known.answer, 0),
                    None => Ok(()),
                }
            }
            Meaning::Perhaps(intents) if bot.settings.did_you_mean.is_some() => {
                self.notes
                    .push(|| Trace::Suggested(intents.iter().map(|intent| name(*intent)).collect()));
                self.suggest(&intents)
            }
            Meaning::Perhaps(_) | Meaning::Nothing => {
                self.notes.push(|| Trace::Fallback);
                self.go(&bot.settings.fallback.value, 0)
            }
        }
    }

    /// Asks which of some intents is meant.
    fn suggest(&mut self, intents: &[usize]) -> Result<(), Fault> {
        let bot = self.bot;
        if let Some(words) = &bot.settings.did_you_mean {
            let text = self.scene().words(words)?;
            self.answer.bubbles.push(Component::text(text));
        }
        for known in intents.iter().filter_map(|intent| bot.intents.get(*intent)) {
            let title = match &known.title {
                Some(title) => self.scene().words(title)?,
                None => known.name.replace('_', " "),
            };
            let data = ActionData {
                postback: Some(title.clone()),
                postback_full: Some(going(&known.answer, &Map::new())),
                display_text: Some(title.clone()),
                ..ActionData::default()
            };
            self.answer.quick.push(Component::Button(Part {
                title: Some(title),
                sub_title: None,
                data: Button {
                    kind: ButtonKind::Basic,
                    icon_url: None,
                    action: Action::new(ActionKind::Postback, data),
                    more: Map::new(),
                },
                information: None,
                more: Map::new(),
            }));
        }
        Ok(())
    }

    /// Goes on with an answer.
    fn go(&mut self, name: &str, depth: usize) -> Result<(), Fault> {
        if depth > DEPTH {
            return Err(Fault::TooMuch("answers go on with each other without end"));
        }
        self.notes.push(|| Trace::Answer(name.to_owned()));
        self.answer.scenario = Some(name.to_owned());
        let bot = self.bot;
        match bot.answers.get(name) {
            Some(steps) => self.run(steps, depth).map(drop),
            None => Ok(()),
        }
    }

    fn run(&mut self, steps: &'a [Step], depth: usize) -> Result<Flow, Fault> {
        for step in steps {
            self.steps += 1;
            if self.steps > STEPS {
                return Err(Fault::TooMuch("an answer takes too many steps"));
            }
            if self.one(step, depth)? == Flow::Away {
                return Ok(Flow::Away);
            }
        }
        Ok(Flow::On)
    }

    fn one(&mut self, step: &'a Step, depth: usize) -> Result<Flow, Fault> {
        let bubble = step.controls().is_empty();
        let (mut bubbles, mut quick, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        let mut words = None;
        {
            let scenes = self.scene().scenes(step)?;
            if scenes.is_empty() {
                let when = step.when.as_ref().or(step.each.as_ref());
                let when = || when.map(|when| when.value.clone()).unwrap_or_default();
                self.notes.push(|| Trace::Skipped(when()));
                return Ok(Flow::On);
            }
            for scene in &scenes {
                if bubble {
                    bubbles.push(scene.component(step)?);
                }
                for button in step.quick.iter().flatten() {
                    for scene in scene.scenes(button)? {
                        quick.push(scene.component(button)?);
                    }
                }
                for (name, value) in step.set.iter().flatten() {
                    kept.push((name.clone(), scene.value(value)?));
                }
            }
            if let Some(said) = &step.hand_over {
                words = Some(self.scene().words(said)?);
            }
        }
        self.answer.bubbles.append(&mut bubbles);
        self.answer.quick.append(&mut quick);
        if self.answer.bubbles.len() > BUBBLES || self.answer.quick.len() > BUBBLES {
            return Err(Fault::TooMuch("an answer has too many bubbles"));
        }
        for (name, value) in kept {
            self.notes.push(|| Trace::Set(name.clone()));
            self.keep(name, value);
        }
        for name in step.forget.iter().flatten() {
            self.session.variables.remove(name);
        }
        if let Some(reason) = &step.fail {
            return Err(Fault::Told(reason.clone()));
        }
        if let Some(words) = words {
            let minutes = self.bot.settings.hand_over.minutes;
            self.answer.bubbles.push(Component::text(words));
            self.session.person = Some(self.now.saturating_add(minutes.saturating_mul(MINUTE)));
            self.session.form = None;
            self.notes.push(|| Trace::HandedOver);
            return Ok(Flow::Away);
        }
        if let Some(form) = &step.form {
            self.ask(&form.value, 0, depth)?;
            return Ok(Flow::Away);
        }
        if let Some(go) = &step.go {
            self.go(&go.value, depth + 1)?;
            return Ok(Flow::Away);
        }
        Ok(Flow::On)
    }

    /// Keeps a value. The language is what answers are made in.
    fn keep(&mut self, name: String, value: Value) {
        if name == "language" {
            self.session.language = value.as_str().map(str::to_owned);
        } else {
            self.session.variables.insert(name, value);
        }
    }

    /// Asks for the first slot from one on that has to be asked for.
    fn ask(&mut self, name: &str, from: usize, depth: usize) -> Result<(), Fault> {
        let bot = self.bot;
        let Some(form) = bot.forms.get(name) else { return Ok(()) };
        for (number, slot) in form.slots.iter().enumerate().skip(from) {
            let needed = match &slot.when {
                Some(when) => self.scene().holds(&when.value)?,
                None => true,
            };
            if !needed {
                continue;
            }
            self.notes.push(|| Trace::Asked {
                form: name.to_owned(),
                slot: slot.name.clone(),
            });
            self.session.form = Some(Filling {
                form: name.to_owned(),
                slot: number,
            });
            return self.run(&slot.ask, depth + 1).map(drop);
        }
        self.notes.push(|| Trace::Done(name.to_owned()));
        self.finish(form, depth)
    }

    fn finish(&mut self, form: &'a Form, depth: usize) -> Result<(), Fault> {
        if depth > DEPTH {
            return Err(Fault::TooMuch("forms lead to each other without end"));
        }
        for slot in &form.slots {
            if let Some(value) = self.session.variables.get(&slot.name) {
                self.answer.entities.insert(slot.name.clone(), value.clone());
            }
        }
        self.run(&form.done, depth + 1).map(drop)
    }

    /// Takes what the user said as the answer to a question.
    fn fill(&mut self, filling: Filling, text: &str) -> Result<(), Fault> {
        let bot = self.bot;
        let form = bot.forms.get(&filling.form);
        let Some((form, slot)) = form.and_then(|form| Some((form, form.slots.get(filling.slot)?))) else {
            // The bot was changed in the meantime.
            return self.understand(text);
        };
        if form::leaves(form, text) {
            self.notes.push(|| Trace::Escaped(filling.form));
            return self.run(&form.escaped, 0).map(drop);
        }
        self.answer.scenario = Some(filling.form.clone());
        match form::accepted(&slot.accept, text) {
            Some(value) => {
                self.keep(slot.name.clone(), value);
                self.ask(&filling.form, filling.slot + 1, 0)
            }
            None => {
                self.notes.push(|| Trace::Refused(slot.name.clone()));
                self.session.form = Some(filling);
                self.run(&slot.invalid, 0)?;
                self.run(&slot.ask, 0).map(drop)
            }
        }
    }

    fn end(self) -> Result<(Session, Answer, Notes), Fault> {
        let remembered = || serde_json::to_vec(&self.session).map_or(usize::MAX, |bytes| bytes.len());
        if !self.session.variables.is_empty() && remembered() > REMEMBERED {
            return Err(Fault::TooMuch("more is kept of the conversation than 64 KiB"));
        }
        for component in self.answer.bubbles.iter().chain(&self.answer.quick) {
            component
                .check()
                .map_err(|invalid| Fault::Invalid(invalid.to_string()))?;
        }
        if let Some(menu) = &self.answer.menu {
            menu.check_menu()
                .map_err(|invalid| Fault::Invalid(invalid.to_string()))?;
        }
        Ok((self.session, self.answer, self.notes))
    }
}
