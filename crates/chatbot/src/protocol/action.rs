use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::component::Invalid;
use super::request::Event;

/// What happens when somebody taps something (the document, "Action").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Which kind.
    #[serde(rename = "type")]
    pub kind: ActionKind,
    /// What it needs.
    #[serde(default)]
    pub data: ActionData,
    /// Fields that are not known.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Kinds of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ActionKind {
    /// Sends a text to the bot and shows it as the user's message.
    Postback,
    /// Opens a page.
    Link,
    /// Offers to call a number.
    Phone,
    /// Sends a text as if the user had typed it.
    Utterance,
    /// Greets the bot anew.
    Welcome,
    /// One that is not known.
    #[serde(other)]
    Unknown,
}

/// What an action needs; which fields, depends on its kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ActionData {
    /// What is sent, and shown as the user's message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postback: Option<String>,
    /// What is sent instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postback_full: Option<String>,
    /// What is shown instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_text: Option<String>,
    /// The page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The page for phones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile_url: Option<String>,
    /// The number to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Whose number it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Fields that are not known.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Action {
    /// An action of a kind.
    #[must_use]
    pub fn new(kind: ActionKind, data: ActionData) -> Self {
        Self {
            kind,
            data,
            more: Map::new(),
        }
    }

    /// What is sent to the bot when somebody taps it, if it is something that is sent.
    #[must_use]
    pub fn sent(&self) -> Option<&str> {
        match self.kind {
            ActionKind::Link | ActionKind::Phone | ActionKind::Unknown => None,
            _ => self.data.postback_full.as_deref().or(self.data.postback.as_deref()),
        }
    }

    /// What tapping it makes of the conversation, if it goes to the bot.
    #[must_use]
    pub fn event(&self) -> Option<Event> {
        match self.kind {
            ActionKind::Welcome => Some(Event::Open(self.sent().map(str::to_owned))),
            _ => self.sent().map(|text| Event::Send(text.to_owned())),
        }
    }

    /// What is shown as the user's message when somebody taps it.
    #[must_use]
    pub fn shown(&self) -> Option<&str> {
        self.data.display_text.as_deref().or(self.data.postback.as_deref())
    }

    /// Whether it has what its kind needs.
    ///
    /// # Errors
    /// [`Invalid`] with the field.
    pub fn check(&self) -> Result<(), Invalid> {
        let needs = |there: bool, field: &str| {
            if there {
                Ok(())
            } else {
                Err(Invalid::new(format!("data.{field}"), "is missing"))
            }
        };
        match self.kind {
            ActionKind::Postback | ActionKind::Utterance => needs(self.sent().is_some(), "postback"),
            ActionKind::Phone => needs(self.data.number.is_some(), "number"),
            ActionKind::Link => {
                needs(self.data.url.is_some(), "url")?;
                let links = [("url", &self.data.url), ("mobileUrl", &self.data.mobile_url)];
                for (field, url) in links {
                    let bad = url.as_deref().is_some_and(|url| !is_page(url));
                    if bad {
                        return Err(Invalid::new(format!("data.{field}"), "is no address of a page"));
                    }
                }
                Ok(())
            }
            ActionKind::Welcome | ActionKind::Unknown => Ok(()),
        }
    }
}

/// Whether something is an address that a browser may be sent to.
pub(super) fn is_page(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://")) && !url.chars().any(char::is_control)
}
