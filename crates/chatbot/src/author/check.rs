//! What must hold between the files of a bot, and inside its steps.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Environment, UndefinedBehavior};
use regex::Regex;
use serde_saphyr::{Location, Spanned};

use super::Bot;
use super::load::learn;
use super::problem::{Problem, Problems};
use super::shape::{Form, Intent, Settings, Slot, Step, Tap};
use super::words::{Words, is_template};

/// How much a template may do, and how deep it may call itself.
const FUEL: u64 = 50_000;
const RECURSION: usize = 50;
/// Letters of the longest name of a bot.
const ID: usize = 64;

/// All that the files say, and which file says it.
#[derive(Default)]
pub(super) struct Sources {
    pub(super) settings: Option<(String, Settings)>,
    pub(super) intents: BTreeMap<String, (String, Intent)>,
    pub(super) keywords: BTreeMap<String, (String, Spanned<Vec<String>>)>,
    pub(super) answers: BTreeMap<String, (String, Spanned<Vec<Step>>)>,
    pub(super) forms: BTreeMap<String, (String, Spanned<Form>)>,
    pub(super) data: BTreeMap<String, (String, serde_json::Value)>,
}

/// Makes a bot of what the files say.
pub(super) fn build(mut sources: Sources) -> Result<Bot, Problems> {
    let Some((file, settings)) = sources.settings.take() else {
        let message = "no file has a bot: with id, name, welcome and fallback";
        return Err(Problems(vec![Problem::of_file("bot.yaml", message)]));
    };
    let mut check = Check {
        languages: settings.languages.clone(),
        answers: sources.answers.keys().cloned().collect(),
        forms: sources.forms.keys().cloned().collect(),
        templates: environment(),
        problems: Vec::new(),
        file: file.clone(),
    };
    check.settings(&settings);
    for (name, (file, intent)) in &sources.intents {
        check.file.clone_from(file);
        check.intent(name, intent);
    }
    for (answer, (file, words)) in &sources.keywords {
        check.file.clone_from(file);
        check.answer(answer, words.referenced);
        if words.value.iter().any(|word| word.trim().is_empty()) {
            check.wrong(words.referenced, "a keyword is empty");
        }
    }
    for (file, steps) in sources.answers.values() {
        check.file.clone_from(file);
        check.steps(&steps.value, steps.referenced);
    }
    for (file, form) in sources.forms.values() {
        check.file.clone_from(file);
        check.form(&form.value, form.referenced);
    }
    if !check.problems.is_empty() {
        return Err(Problems(check.problems));
    }
    let templates = check.templates;
    let found = learn(&mut sources);
    let data = sources
        .data
        .into_iter()
        .map(|(name, (_, value))| (name, minijinja::Value::from_serialize(value)));
    Ok(Bot {
        settings,
        answers: sources
            .answers
            .into_iter()
            .map(|(name, (_, steps))| (name, steps.value))
            .collect(),
        forms: sources
            .forms
            .into_iter()
            .map(|(name, (_, form))| (name, form.value))
            .collect(),
        intents: found.intents,
        classifier: found.classifier,
        keywords: found.keywords,
        templates,
        data: data.collect(),
    })
}

/// Where templates are rendered: without files, and within bounds.
fn environment() -> Environment<'static> {
    let mut templates = Environment::new();
    templates.set_fuel(Some(FUEL));
    templates.set_recursion_limit(RECURSION);
    templates.set_undefined_behavior(UndefinedBehavior::Chainable);
    templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    templates
}

struct Check {
    languages: Vec<String>,
    answers: BTreeSet<String>,
    forms: BTreeSet<String>,
    templates: Environment<'static>,
    problems: Vec<Problem>,
    /// The file that is looked at.
    file: String,
}

impl Check {
    fn wrong(&mut self, at: Location, message: impl Into<String>) {
        let problem = Problem::new(&self.file, at, message);
        self.problems.push(problem);
    }

    fn settings(&mut self, settings: &Settings) {
        let id = &settings.id.value;
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if id.is_empty() || id.len() > ID || !id.bytes().all(fits) {
            self.wrong(
                settings.id.referenced,
                "id must be small letters, digits and hyphens, at most 64",
            );
        }
        if settings.languages.is_empty() {
            self.wrong(settings.id.referenced, "languages must name at least one");
        }
        for answer in [&settings.welcome, &settings.fallback] {
            self.answer(&answer.value, answer.referenced);
        }
        if let Some(words) = &settings.did_you_mean {
            self.words(words);
        }
        if let Some(menu) = &settings.menu {
            if menu.table.is_none() && menu.cover.is_none() {
                self.wrong(settings.id.referenced, "menu must have a table");
            }
            self.bubble(menu, settings.id.referenced);
        }
    }

    fn intent(&mut self, name: &str, intent: &Intent) {
        let at = intent.examples.referenced;
        if intent.examples.value.iter().all(|example| example.trim().is_empty()) {
            self.wrong(at, format!("intent \"{name}\" needs examples"));
        }
        match &intent.answer {
            Some(answer) => self.answer(&answer.value, answer.referenced),
            None => self.answer(name, at),
        }
        if let Some(title) = &intent.title {
            self.words(title);
        }
    }

    fn answer(&mut self, name: &str, at: Location) {
        if !self.answers.contains(name) {
            let message = format!("there is no answer \"{name}\"{}", suggestion(name, &self.answers));
            self.wrong(at, message);
        }
    }

    fn form(&mut self, form: &Form, at: Location) {
        if form.slots.is_empty() {
            self.wrong(at, "a form needs at least one slot");
        }
        for slot in &form.slots {
            self.slot(slot, at);
        }
        self.steps(&form.escaped, at);
        self.steps(&form.done, at);
    }

    fn slot(&mut self, slot: &Slot, at: Location) {
        if slot.ask.is_empty() {
            self.wrong(at, format!("slot \"{}\" asks nothing", slot.name));
        }
        if let Some(pattern) = &slot.accept.pattern
            && let Err(error) = Regex::new(&pattern.value)
        {
            self.wrong(pattern.referenced, format!("pattern is no regular expression: {error}"));
        }
        if let Some(when) = &slot.when {
            self.expression(when);
        }
        self.steps(&slot.ask, at);
        self.steps(&slot.invalid, at);
    }

    fn steps(&mut self, steps: &[Step], at: Location) {
        for step in steps {
            self.step(step, at);
        }
    }

    /// A step of an answer: exactly one thing happens in it.
    fn step(&mut self, step: &Step, at: Location) {
        let at = step.place().unwrap_or(at);
        let controls = step.controls();
        match (controls.len(), step.kinds().len()) {
            (1, 0) => self.control(step, at),
            (0, 1) => self.bubble(step, at),
            (0, 0) => self.wrong(
                at,
                "a step needs one of text, image, button, cover, cards, flex, quick, set, form, go, hand_over",
            ),
            _ => {
                let all: Vec<_> = controls.into_iter().chain(step.kinds()).collect();
                self.wrong(at, format!("a step does one thing, not {}", all.join(" and ")));
            }
        }
    }

    fn conditions(&mut self, step: &Step) {
        for expression in [&step.when, &step.each].into_iter().flatten() {
            self.expression(expression);
        }
    }

    fn control(&mut self, step: &Step, at: Location) {
        self.conditions(step);
        for (value, known, what) in [(&step.go, &self.answers, "answer"), (&step.form, &self.forms, "form")] {
            if let Some(name) = value
                && !known.contains(&name.value)
            {
                let message = format!(
                    "there is no {what} \"{}\"{}",
                    name.value,
                    suggestion(&name.value, known)
                );
                let problem = Problem::new(&self.file, name.referenced, message);
                self.problems.push(problem);
            }
        }
        for value in step.set.iter().flat_map(|set| set.values()) {
            self.literal(value);
        }
        if let Some(words) = &step.hand_over {
            self.words(words);
        }
        for button in step.quick.iter().flatten() {
            if button.kinds() != ["button"] {
                self.wrong(button.place().unwrap_or(at), "quick takes buttons");
            }
            self.bubble(button, at);
        }
    }

    /// A bubble or a part of one.
    fn bubble(&mut self, bubble: &Step, at: Location) {
        let at = bubble.place().unwrap_or(at);
        self.conditions(bubble);
        for words in bubble.words() {
            self.words(words);
        }
        for url in [&bubble.image, &bubble.icon, &bubble.picture_button]
            .into_iter()
            .flatten()
        {
            if url.all().any(|url| !is_template(url) && !url.starts_with("https://")) {
                self.wrong(url.at, "the address of a picture must begin with https://");
            }
        }
        let needs_tap = bubble.button.is_some() || bubble.picture_button.is_some();
        match &bubble.tap {
            Some(tap) => self.tap(tap, at),
            None if needs_tap => self.wrong(
                at,
                "a button needs tap:, with one of say, go, open, call, utter, welcome",
            ),
            None => {}
        }
        if let Some(cover) = &bubble.cover {
            self.basic(cover, at);
        }
        for cell in [&bubble.table, &bubble.foot].into_iter().flatten().flatten().flatten() {
            self.basic(cell, at);
        }
        for card in bubble.cards.iter().flatten() {
            let place = card.place().unwrap_or(at);
            if card.kinds() == ["cards"] {
                self.wrong(place, "a card of a carousel must not be a carousel");
            } else if card.kinds().len() != 1 || !card.controls().is_empty() {
                self.wrong(place, "a card needs one of text, image, button, cover, flex");
            } else {
                self.bubble(card, place);
            }
        }
    }

    /// A part that is text, image or button.
    fn basic(&mut self, part: &Step, at: Location) {
        let place = part.place().unwrap_or(at);
        match part.kinds().as_slice() {
            ["text" | "image" | "button"] if part.controls().is_empty() => self.bubble(part, place),
            _ => self.wrong(place, "covers and cells need one of text, image, button"),
        }
    }

    fn tap(&mut self, tap: &Tap, at: Location) {
        let words = [&tap.say, &tap.open, &tap.call, &tap.utter, &tap.welcome];
        let count = words.iter().filter(|words| words.is_some()).count() + usize::from(tap.go.is_some());
        if count != 1 {
            self.wrong(at, "tap needs one of say, go, open, call, utter, welcome");
        }
        for words in words.into_iter().chain([&tap.open_mobile, &tap.callee]).flatten() {
            self.words(words);
        }
        if let Some(go) = &tap.go {
            self.answer(&go.value, go.referenced);
        }
        for value in tap.given.values() {
            self.literal(value);
        }
    }

    fn literal(&mut self, value: &super::Literal) {
        if let Some(text) = value.value.as_str() {
            self.template(text, value.referenced);
        }
    }

    fn words(&mut self, words: &Words) {
        let unknown = words
            .languages()
            .find(|language| !self.languages.iter().any(|own| own == language));
        if let Some(unknown) = unknown {
            let message = format!(
                "\"{unknown}\" is none of the bot's languages: {}",
                self.languages.join(", ")
            );
            self.wrong(words.at, message);
        }
        for text in words.all() {
            self.template(text, words.at);
        }
    }

    fn template(&mut self, text: &str, at: Location) {
        if is_template(text)
            && self.templates.get_template(text).is_err()
            && let Err(error) = self.templates.add_template_owned(text.to_owned(), text.to_owned())
        {
            self.wrong(at, format!("the template is not right: {}", explain(&error)));
        }
    }

    fn expression(&mut self, expression: &Spanned<String>) {
        let source = condition(&expression.value);
        if self.templates.get_template(&source).is_err()
            && let Err(error) = self.templates.add_template_owned(source.clone(), source)
        {
            let message = format!("\"{}\" is no expression: {}", expression.value, explain(&error));
            self.wrong(expression.referenced, message);
        }
    }
}

/// A condition as a template, which says `1` if it holds.
pub(crate) fn condition(expression: &str) -> String {
    format!("{{% if {expression} %}}1{{% endif %}}")
}

/// What is wrong with a template, without its name, which is its text.
fn explain(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

/// The name that somebody may have meant.
fn suggestion(name: &str, known: &BTreeSet<String>) -> String {
    let near = known.iter().map(|own| (distance(name, own), own)).min();
    match near {
        Some((distance, own)) if distance <= 2 + name.len() / 4 => format!("; \"{own}\" may be meant"),
        _ => String::new(),
    }
}

/// Letters to change, add or take away to make one text of another.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (number, letter) in one.chars().enumerate() {
        let mut diagonal = number;
        let mut left = number + 1;
        for (above, own) in row.iter_mut().skip(1).zip(&other) {
            let changed = diagonal + usize::from(letter != *own);
            diagonal = *above;
            left = changed.min(left + 1).min(*above + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = number + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

impl Step {
    /// What kind of bubble it is, as far as it is one.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        // A text beside a picture belongs to it, and a title to whatever it stands above.
        let kinds = [
            ("cards", self.cards.is_some()),
            ("cover", self.cover.is_some() || self.table.is_some()),
            ("button", self.button.is_some() || self.picture_button.is_some()),
            ("image", self.image.is_some()),
            ("flex", self.flex.is_some()),
        ];
        let mut kinds: Vec<_> = kinds.into_iter().filter(|(_, is)| *is).map(|(kind, _)| kind).collect();
        let is_text = self.text.is_some() && kinds != ["image"];
        if is_text || (kinds.is_empty() && self.title.is_some()) {
            kinds.push("text");
        }
        kinds
    }

    /// What happens in it beside bubbles.
    pub(crate) fn controls(&self) -> Vec<&'static str> {
        let controls = [
            ("quick", self.quick.is_some()),
            ("set", self.set.is_some()),
            ("forget", self.forget.is_some()),
            ("form", self.form.is_some()),
            ("go", self.go.is_some()),
            ("hand_over", self.hand_over.is_some()),
            ("fail", self.fail.is_some()),
        ];
        controls
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(control, _)| control)
            .collect()
    }

    /// The words of this part alone.
    fn words(&self) -> impl Iterator<Item = &Words> {
        let words = [
            &self.text,
            &self.title,
            &self.subtitle,
            &self.image,
            &self.alt,
            &self.link,
            &self.link_text,
            &self.button,
            &self.picture_button,
            &self.icon,
            &self.flex,
        ];
        words.into_iter().flatten().chain(self.facts.values())
    }

    /// Where it stands, as far as something in it tells.
    fn place(&self) -> Option<Location> {
        let own = self.words().map(|words| words.at).next();
        own.or_else(|| Some(self.when.as_ref().or(self.each.as_ref())?.referenced))
            .or_else(|| Some(self.go.as_ref().or(self.form.as_ref())?.referenced))
            .or_else(|| self.cover.as_ref()?.place())
            .or_else(|| self.cards.iter().flatten().find_map(Self::place))
            .or_else(|| self.quick.iter().flatten().find_map(Self::place))
    }
}
