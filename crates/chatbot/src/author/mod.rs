//! Bots as their authors write them: a folder of YAML files.
//!
//! Every `.yaml` file of the folder but those in `stories/` is read; all of them have the same keys, and what they say is put
//! together. `docs/chatbots.md` is the reference for authors.

mod check;
mod load;
mod looks;
mod problem;
mod shape;
mod words;

pub(crate) use check::condition;
pub use load::{LARGEST_FILE, MOST_FILES, load};
pub(crate) use load::{parse, read};
pub use looks::Looks;
pub use problem::{Problem, Problems};
pub(crate) use shape::{Accept, Form, Literal, Settings, Step, Tap};
pub(crate) use words::{Words, is_template};

use std::collections::{BTreeMap, HashMap};

use minijinja::Environment;

use crate::engine::Classifier;

/// A bot that was read and found right.
#[derive(Debug)]
pub struct Bot {
    pub(crate) settings: Settings,
    pub(crate) answers: BTreeMap<String, Vec<Step>>,
    pub(crate) forms: BTreeMap<String, Form>,
    /// Intents by number.
    pub(crate) intents: Vec<Known>,
    pub(crate) classifier: Classifier,
    /// Answers by the normalised words that lead to them.
    pub(crate) keywords: HashMap<String, String>,
    /// Templates by their own text.
    pub(crate) templates: Environment<'static>,
    /// The author's data, as templates see it.
    pub(crate) data: BTreeMap<String, minijinja::Value>,
}

/// An intent, as the engine needs it.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: String,
    /// What it is called when the user is asked whether it is meant.
    pub(crate) title: Option<Words>,
    pub(crate) answer: String,
}

impl Bot {
    /// Its name in addresses.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.settings.id.value
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// How far the clocks of callers may differ, in ms; 0 if that does not matter.
    #[must_use]
    pub fn window(&self) -> u64 {
        self.settings.window
    }

    /// How many intents it knows.
    #[must_use]
    pub fn intents(&self) -> usize {
        self.intents.len()
    }
}
