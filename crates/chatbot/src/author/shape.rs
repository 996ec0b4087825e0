//! What stands in the files.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;

use super::words::Words;
use crate::protocol::{Position, WINDOW};

/// One file. All have the same keys.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) bot: Option<Settings>,
    pub(super) intents: BTreeMap<String, Intent>,
    pub(super) keywords: BTreeMap<String, Spanned<Vec<String>>>,
    pub(super) answers: BTreeMap<String, Spanned<Vec<Step>>>,
    pub(super) forms: BTreeMap<String, Spanned<Form>>,
    /// Anything that the author wants to have at hand in templates.
    pub(super) data: BTreeMap<String, Value>,
}

/// The bot as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Its name in addresses: small letters, digits and hyphens.
    pub(crate) id: Spanned<String>,
    pub(crate) name: String,
    /// The languages that it answers in, the first one first.
    #[serde(default = "english")]
    pub(crate) languages: Vec<String>,
    /// The answer to who opens the conversation.
    pub(crate) welcome: Spanned<String>,
    /// The answer to what is not understood.
    pub(crate) fallback: Spanned<String>,
    /// What stands above suggestions.
    pub(crate) did_you_mean: Option<Words>,
    /// The menu that stays: a template whose cover may be missing.
    pub(crate) menu: Option<Step>,
    /// How a conversation comes back from a person.
    #[serde(default)]
    pub(crate) hand_over: HandOver,
    /// How far clocks of callers may differ, in ms; 0 if that does not matter.
    #[serde(default = "window")]
    pub(crate) window: u64,
    /// Requests that are answered a second; 0 for as many as come.
    #[serde(default = "limit")]
    pub(crate) limit: u32,
}

fn limit() -> u32 {
    1_000
}

fn english() -> Vec<String> {
    vec!["en".to_owned()]
}

fn window() -> u64 {
    WINDOW
}

/// How a conversation comes back from a person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HandOver {
    /// What the user says to have the bot again.
    pub(crate) back: Vec<String>,
    /// After how many minutes without a word it comes back by itself.
    pub(crate) minutes: u64,
}

impl Default for HandOver {
    fn default() -> Self {
        Self {
            back: Vec::new(),
            minutes: 30,
        }
    }
}

/// Something that users mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intent {
    /// How users say it.
    pub(super) examples: Spanned<Vec<String>>,
    /// What it is called when the user is asked whether it is meant.
    pub(super) title: Option<Words>,
    /// The answer; the one of the same name if it is not told.
    pub(super) answer: Option<Spanned<String>>,
}

/// A value to keep: as it stands, or what a template makes of it.
pub(crate) type Literal = Spanned<Value>;

/// One step of an answer: a bubble, or something else that happens. Also a part of a bubble, which has no control.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Step {
    /// An expression that must be true.
    pub(crate) when: Option<Spanned<String>>,
    /// An expression that names a list: the step is taken for each, as `item`.
    pub(crate) each: Option<Spanned<String>>,

    pub(crate) text: Option<Words>,
    pub(crate) title: Option<Words>,
    pub(crate) subtitle: Option<Words>,
    /// The address of a picture.
    pub(crate) image: Option<Words>,
    pub(crate) alt: Option<Words>,
    pub(crate) position: Option<Position>,
    /// A page that is linked below.
    pub(crate) link: Option<Words>,
    pub(crate) link_text: Option<Words>,
    /// The text of a button.
    pub(crate) button: Option<Words>,
    /// The address of the picture of a button that is a picture; `title` is its text.
    pub(crate) picture_button: Option<Words>,
    /// The address of a button's icon.
    pub(crate) icon: Option<Words>,
    /// What tapping it does.
    pub(crate) tap: Option<Tap>,
    /// Facts for programs.
    pub(crate) facts: BTreeMap<String, Words>,

    pub(crate) cover: Option<Box<Step>>,
    pub(crate) table: Option<Vec<Vec<Step>>>,
    /// Rows that are shown before the table is unfolded.
    pub(crate) rows: Option<u32>,
    pub(crate) foot: Option<Vec<Vec<Step>>>,
    pub(crate) foot_rows: Option<u32>,
    /// Columns and rows that a cell takes.
    pub(crate) columns: Option<u32>,
    pub(crate) height: Option<u32>,

    pub(crate) cards: Option<Vec<Step>>,
    /// What is shown instead of a card in another format.
    pub(crate) flex: Option<Words>,
    pub(crate) content: Option<Value>,

    /// Buttons at the bottom of the window.
    pub(crate) quick: Option<Vec<Step>>,
    /// Keeps values.
    pub(crate) set: Option<BTreeMap<String, Literal>>,
    /// Forgets values.
    pub(crate) forget: Option<Vec<String>>,
    /// Begins to ask for something.
    pub(crate) form: Option<Spanned<String>>,
    /// Goes on with another answer.
    pub(crate) go: Option<Spanned<String>>,
    /// Leaves the conversation to a person, with these words.
    pub(crate) hand_over: Option<Words>,
    /// Fails, for bots that show how that looks; the reason stays in the log.
    pub(crate) fail: Option<String>,
}

/// What tapping something does: one of these.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tap {
    /// Says a text.
    pub(crate) say: Option<Words>,
    /// Goes to an answer, with values that it finds in `given`.
    pub(crate) go: Option<Spanned<String>>,
    pub(crate) given: BTreeMap<String, Literal>,
    /// Opens a page, and perhaps another one on phones.
    pub(crate) open: Option<Words>,
    pub(crate) open_mobile: Option<Words>,
    /// Offers to call a number, and whose it is.
    pub(crate) call: Option<Words>,
    pub(crate) callee: Option<Words>,
    /// Says a text as if the user had typed it.
    pub(crate) utter: Option<Words>,
    /// Greets the bot anew, with a text.
    pub(crate) welcome: Option<Words>,
}

/// Questions that are asked one after the other.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    pub(crate) slots: Vec<Slot>,
    /// What the user says to leave it.
    #[serde(default)]
    pub(crate) escape: Vec<String>,
    /// What happens then.
    #[serde(default)]
    pub(crate) escaped: Vec<Step>,
    /// What happens when all is answered.
    pub(crate) done: Vec<Step>,
}

/// One question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slot {
    /// Under which name the answer is kept.
    pub(crate) name: String,
    pub(crate) ask: Vec<Step>,
    #[serde(default)]
    pub(crate) accept: Accept,
    /// What happens when the answer is none.
    #[serde(default)]
    pub(crate) invalid: Vec<Step>,
    /// An expression that must be true for it to be asked.
    pub(crate) when: Option<Spanned<String>>,
}

/// What answers a question. What is told must all hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Accept {
    /// One of these, by the words that mean it.
    pub(crate) choices: BTreeMap<String, Vec<String>>,
    /// A number within these bounds.
    pub(crate) number: Option<Range>,
    /// A text whose whole fits.
    pub(crate) pattern: Option<Spanned<String>>,
    /// A text that is not longer, in characters.
    pub(crate) longest: Option<usize>,
}

/// Bounds of a number, both included.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Range {
    pub(crate) from: Option<f64>,
    pub(crate) to: Option<f64>,
    /// Whether fractions are none.
    pub(crate) whole: bool,
}
