use std::fmt;

use serde::Serialize;

/// Why a bot answered what it did, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trace {
    /// The user was found to talk another language.
    Language(String),
    /// Something was tapped that leads to an answer.
    Tapped(String),
    /// A keyword was found.
    Keyword {
        /// The keyword.
        word: String,
        /// The answer that it leads to.
        answer: String,
    },
    /// The intents that fit best, and how well.
    Ranked(Vec<(String, f32)>),
    /// The best one is what is meant.
    Intent(String),
    /// None is good enough, so that the user is asked.
    Suggested(Vec<String>),
    /// Nothing fits.
    Fallback,
    /// An answer begins.
    Answer(String),
    /// A step is left out, since this does not hold.
    Skipped(String),
    /// A value is kept.
    Set(String),
    /// A form begins or goes on with a slot.
    Asked {
        /// The form.
        form: String,
        /// The slot.
        slot: String,
    },
    /// What the user said does not answer a slot.
    Refused(String),
    /// The user left a form.
    Escaped(String),
    /// All slots of a form are answered.
    Done(String),
    /// The conversation goes to a person.
    HandedOver,
    /// A person has the conversation: the bot says nothing.
    Silent,
    /// The bot has the conversation again.
    Back,
}

/// What is noted of a turn, if somebody wants to know.
pub(super) struct Notes(Option<Vec<Trace>>);

impl Notes {
    pub(super) fn taken() -> Self {
        Self(Some(Vec::new()))
    }

    pub(super) fn left_out() -> Self {
        Self(None)
    }

    pub(super) fn push(&mut self, note: impl FnOnce() -> Trace) {
        if let Some(all) = &mut self.0 {
            all.push(note());
        }
    }

    pub(super) fn into_vec(self) -> Vec<Trace> {
        self.0.unwrap_or_default()
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Language(language) => write!(f, "the user talks {language}"),
            Self::Tapped(answer) => write!(f, "tapped: {answer}"),
            Self::Keyword { word, answer } => write!(f, "keyword \"{word}\" leads to {answer}"),
            Self::Ranked(ranked) => {
                f.write_str("fits:")?;
                ranked
                    .iter()
                    .try_for_each(|(name, score)| write!(f, " {name} {score:.2}"))
            }
            Self::Intent(name) => write!(f, "means {name}"),
            Self::Suggested(names) => write!(f, "perhaps means {}", names.join(" or ")),
            Self::Fallback => f.write_str("not understood"),
            Self::Answer(name) => write!(f, "answer {name}"),
            Self::Skipped(when) => write!(f, "left out, since not: {when}"),
            Self::Set(name) => write!(f, "keeps {name}"),
            Self::Asked { form, slot } => write!(f, "form {form} asks for {slot}"),
            Self::Refused(slot) => write!(f, "no answer for {slot}"),
            Self::Escaped(form) => write!(f, "left form {form}"),
            Self::Done(form) => write!(f, "form {form} is filled"),
            Self::HandedOver => f.write_str("goes to a person"),
            Self::Silent => f.write_str("a person answers"),
            Self::Back => f.write_str("the bot is back"),
        }
    }
}
