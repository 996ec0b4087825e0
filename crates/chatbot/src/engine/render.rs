//! Makes texts, values and components of what the author wrote.

use std::collections::BTreeMap;
use std::io::{self, Write};

use minijinja::{Environment, Value as Seen};
use serde_json::{Map, Value};

use super::session::Session;
use super::step::Fault;
use crate::author::{Bot, Literal, Step, Tap, Words, condition, is_template};
use crate::protocol::{
    Action, ActionData, ActionKind, Button, ButtonKind, Carousel, Cell, Component, Flex, Image, Information, Part,
    Template, Text,
};

/// Bytes of the longest text that a template makes.
const LONGEST: usize = 64 * 1024;
/// Things of a list that are gone through.
const EACH: usize = 100;

/// What templates see.
pub(super) struct Scene<'a> {
    pub(super) bot: &'a Bot,
    pub(super) session: &'a Session,
    pub(super) language: &'a str,
    pub(super) said: &'a str,
    pub(super) given: &'a BTreeMap<String, Value>,
    pub(super) item: Option<Seen>,
    pub(super) now: u64,
    pub(super) seed: u64,
}

/// Takes no more than it should.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(io::Error::other("the text is too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> Scene<'a> {
    /// The same with a thing of a list.
    fn with(&self, item: Seen) -> Scene<'a> {
        Scene {
            item: Some(item),
            ..*self
        }
    }

    fn templates(&self) -> &'a Environment<'static> {
        &self.bot.templates
    }

    fn context(&self) -> Seen {
        let mut all = self.bot.data.clone();
        let variables = self.session.variables.iter();
        all.extend(variables.map(|(name, value)| (name.clone(), Seen::from_serialize(value))));
        all.insert("language".to_owned(), self.language.into());
        all.insert("said".to_owned(), self.said.into());
        all.insert("given".to_owned(), Seen::from_serialize(self.given));
        all.insert("now".to_owned(), self.now.into());
        all.insert("turns".to_owned(), self.session.turns.into());
        if let Some(item) = &self.item {
            all.insert("item".to_owned(), item.clone());
        }
        Seen::from(all)
    }

    /// A text in the user's language.
    pub(super) fn words(&self, words: &Words) -> Result<String, Fault> {
        let text = words.choose(self.language, self.seed);
        if is_template(text) {
            self.template(text)
        } else {
            Ok(text.to_owned())
        }
    }

    fn some(&self, words: Option<&Words>) -> Result<Option<String>, Fault> {
        words.map(|words| self.words(words)).transpose()
    }

    fn template(&self, text: &str) -> Result<String, Fault> {
        let mut made = Bounded(Vec::new());
        let template = self
            .templates()
            .get_template(text)
            .map_err(|error| Fault::template(&error))?;
        template
            .render_captured_to(self.context(), &mut made)
            .map_err(|error| Fault::template(&error))?;
        String::from_utf8(made.0).map_err(|_| Fault::TooMuch("a text is too long"))
    }

    /// Whether an expression holds.
    pub(super) fn holds(&self, expression: &str) -> Result<bool, Fault> {
        Ok(self.template(&condition(expression))? == "1")
    }

    /// What an author's value is now.
    pub(super) fn value(&self, literal: &Literal) -> Result<Value, Fault> {
        let Some(text) = literal.value.as_str().filter(|text| is_template(text)) else {
            return Ok(literal.value.clone());
        };
        let alone = text.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
        match alone.filter(|inside| !is_template(inside) && !inside.contains("}}")) {
            Some(expression) => serde_json::to_value(self.evaluate(expression)?)
                .map_err(|_| Fault::TooMuch("a value is none that can be kept")),
            None => self.template(text).map(Value::String),
        }
    }

    fn evaluate(&self, expression: &str) -> Result<Seen, Fault> {
        let compiled = self.templates().compile_expression_owned(expression.to_owned());
        let value = compiled.and_then(|expression| expression.eval(self.context()));
        value.map_err(|error| Fault::template(&error))
    }

    /// Scenes for each thing of a step's list, or this one; none if its condition does not hold.
    pub(super) fn scenes(&self, step: &Step) -> Result<Vec<Scene<'a>>, Fault> {
        let scenes = match &step.each {
            None => vec![self.with_same()],
            Some(list) => {
                let list = self.evaluate(&list.value)?;
                let things = list.try_iter().map_err(|error| Fault::template(&error))?;
                things.take(EACH).map(|thing| self.with(thing)).collect()
            }
        };
        let Some(when) = &step.when else { return Ok(scenes) };
        let mut holding = Vec::new();
        for scene in scenes {
            if scene.holds(&when.value)? {
                holding.push(scene);
            }
        }
        Ok(holding)
    }

    fn with_same(&self) -> Scene<'a> {
        Scene {
            item: self.item.clone(),
            ..*self
        }
    }

    /// The component that a step is.
    pub(super) fn component(&self, step: &Step) -> Result<Component, Fault> {
        if let Some(cards) = &step.cards {
            let mut made = Vec::new();
            for card in cards {
                for scene in self.scenes(card)? {
                    made.push(scene.component(card)?);
                }
            }
            let data = Carousel {
                cards: made,
                more: Map::new(),
            };
            return Ok(Component::Carousel(self.part(step, data)?));
        }
        if step.cover.is_some() || step.table.is_some() {
            return Ok(Component::Template(Box::new(self.part(step, self.tables(step)?)?)));
        }
        if step.button.is_some() || step.picture_button.is_some() {
            return self.button(step);
        }
        if let Some(image) = &step.image {
            let data = Image {
                image_url: self.words(image)?,
                alt: self.some(step.alt.as_ref())?,
                image_position: step.position,
                text: self.text(step)?,
            };
            return Ok(Component::Image(self.part(step, data)?));
        }
        if let Some(flex) = &step.flex {
            let mut more = Map::new();
            if let Some(content) = &step.content {
                more.insert("contents".to_owned(), content.clone());
            }
            let data = Flex {
                alt_text: Some(self.words(flex)?),
                more,
            };
            return Ok(Component::Flex(self.part(step, data)?));
        }
        Ok(Component::Text(self.part(step, self.text(step)?)?))
    }

    fn part<D>(&self, step: &Step, data: D) -> Result<Part<D>, Fault> {
        let mut facts = Vec::new();
        for (key, value) in &step.facts {
            facts.push(Information {
                key: key.clone(),
                value: Value::String(self.words(value)?),
                more: Map::new(),
            });
        }
        Ok(Part {
            title: self.some(step.title.as_ref())?,
            sub_title: self.some(step.subtitle.as_ref())?,
            data,
            information: (!facts.is_empty()).then_some(facts),
            more: Map::new(),
        })
    }

    fn text(&self, step: &Step) -> Result<Text, Fault> {
        let title = self.some(step.title.as_ref())?;
        Ok(Text {
            description: self.some(step.text.as_ref())?,
            url: self.some(step.link.as_ref())?,
            url_alias: self.some(step.link_text.as_ref())?,
            action: step
                .tap
                .as_ref()
                .map(|tap| self.action(tap, title.as_deref()))
                .transpose()?,
            more: Map::new(),
        })
    }

    fn button(&self, step: &Step) -> Result<Component, Fault> {
        let (kind, icon) = match &step.picture_button {
            Some(picture) => (ButtonKind::ImageButton, Some(picture)),
            None => (ButtonKind::Basic, step.icon.as_ref()),
        };
        let title = self.some(step.button.as_ref().or(step.title.as_ref()))?;
        let tap = step.tap.as_ref().ok_or(Fault::TooMuch("a button without tap"))?;
        let data = Button {
            kind,
            icon_url: self.some(icon)?,
            action: self.action(tap, title.as_deref())?,
            more: Map::new(),
        };
        let part = self.part(step, data)?;
        Ok(Component::Button(Part { title, ..part }))
    }

    fn tables(&self, step: &Step) -> Result<Template, Fault> {
        let table = |rows: &Option<Vec<Vec<Step>>>| -> Result<Option<Vec<Vec<Cell>>>, Fault> {
            let Some(rows) = rows else { return Ok(None) };
            let mut made = Vec::new();
            for row in rows {
                let mut cells = Vec::new();
                for cell in row {
                    for scene in self.scenes(cell)? {
                        cells.push(Cell {
                            col_span: cell.columns.unwrap_or(1),
                            row_span: cell.height.unwrap_or(1),
                            data: scene.component(cell)?,
                            more: Map::new(),
                        });
                    }
                }
                if !cells.is_empty() {
                    made.push(cells);
                }
            }
            Ok(Some(made))
        };
        Ok(Template {
            cover: step.cover.as_ref().map(|cover| self.component(cover)).transpose()?,
            content_table_show_rows: step.rows,
            content_table: table(&step.table)?,
            foot_table_show_rows: step.foot_rows,
            foot_table: table(&step.foot)?,
            more: Map::new(),
        })
    }

    fn action(&self, tap: &Tap, title: Option<&str>) -> Result<Action, Fault> {
        let none = ActionData::default;
        let (kind, data) = if let Some(go) = &tap.go {
            let mut given = Map::new();
            for (name, value) in &tap.given {
                given.insert(name.clone(), self.value(value)?);
            }
            let full = going(&go.value, &given);
            let shown = title.map_or_else(|| go.value.clone(), str::to_owned);
            (
                ActionKind::Postback,
                ActionData {
                    postback: Some(shown.clone()),
                    postback_full: Some(full),
                    display_text: Some(shown),
                    ..none()
                },
            )
        } else if let Some(page) = &tap.open {
            (
                ActionKind::Link,
                ActionData {
                    url: Some(self.words(page)?),
                    mobile_url: self.some(tap.open_mobile.as_ref())?,
                    ..none()
                },
            )
        } else if let Some(number) = &tap.call {
            (
                ActionKind::Phone,
                ActionData {
                    number: Some(self.words(number)?),
                    name: self.some(tap.callee.as_ref())?,
                    ..none()
                },
            )
        } else {
            let kinds = [
                (ActionKind::Postback, &tap.say),
                (ActionKind::Utterance, &tap.utter),
                (ActionKind::Welcome, &tap.welcome),
            ];
            let told = kinds
                .into_iter()
                .find_map(|(kind, words)| Some((kind, words.as_ref()?)));
            let (kind, words) = told.ok_or(Fault::TooMuch("a tap that does nothing"))?;
            (
                kind,
                ActionData {
                    postback: Some(self.words(words)?),
                    ..none()
                },
            )
        };
        Ok(Action::new(kind, data))
    }
}

/// What begins a postback that leads to an answer.
const GO: &str = "go:";

/// The postback that leads to an answer with values.
pub(super) fn going(answer: &str, given: &Map<String, Value>) -> String {
    if given.is_empty() {
        format!("{GO}{answer}")
    } else {
        format!("{GO}{answer} {}", Value::Object(given.clone()))
    }
}

/// The answer that a postback leads to, and the values with it.
pub(super) fn gone<'a>(bot: &'a Bot, text: &str) -> Option<(&'a str, BTreeMap<String, Value>)> {
    let rest = text.strip_prefix(GO)?;
    let (answer, given) = rest.split_once(' ').unwrap_or((rest, "{}"));
    let (answer, _) = bot.answers.get_key_value(answer)?;
    Some((answer, serde_json::from_str(given).ok()?))
}
