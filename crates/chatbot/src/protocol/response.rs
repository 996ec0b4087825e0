use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::component::{Component, Invalid};

/// Most bubbles of an answer, and most quick buttons.
const BUBBLES: usize = 50;
const QUICK: usize = 50;

/// What a bot answers (the document, "Response"; what lies beyond it, live services send).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// `v2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Whom it is for.
    pub user_id: String,
    /// Which conversation of the user's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// When it was made, in ms since 1970.
    pub timestamp: u64,
    /// The bubbles; a missing list is an empty one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bubbles: Option<Vec<Component>>,
    /// Buttons at the bottom of the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quick_buttons: Option<Vec<Component>>,
    /// A menu that stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistent_menu: Option<Component>,
    /// Which part of the bot answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Value>,
    /// What was understood of the user's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<Value>,
    /// Words of the user's text that mattered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Value>,
    /// Always `send`.
    pub event: String,
    /// Fields that are not known.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A fact about a bubble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Information {
    /// What it is about.
    pub key: String,
    /// The fact.
    pub value: Value,
    /// Fields that are not known.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Response {
    /// The bubbles.
    #[must_use]
    pub fn bubbles(&self) -> &[Component] {
        self.bubbles.as_deref().unwrap_or_default()
    }

    /// Whether all of it may be shown.
    ///
    /// # Errors
    /// [`Invalid`] with the first field that is not as it must be.
    pub fn check(&self) -> Result<(), Invalid> {
        let quick = self.quick_buttons.as_deref().unwrap_or_default();
        if self.bubbles().len() > BUBBLES {
            return Err(Invalid::new("bubbles", "has too many bubbles"));
        }
        if quick.len() > QUICK {
            return Err(Invalid::new("quickButtons", "has too many buttons"));
        }
        for (list, name) in [(self.bubbles(), "bubbles"), (quick, "quickButtons")] {
            for (number, component) in list.iter().enumerate() {
                let place =
                    |invalid: Invalid| Invalid::new(format!("{name}[{number}].{}", invalid.path), invalid.reason);
                component.check().map_err(place)?;
                if name == "quickButtons" && !matches!(component, Component::Button(_)) {
                    return Err(place(Invalid::new("type", "must be a button")));
                }
            }
        }
        match &self.persistent_menu {
            Some(menu) => menu
                .check_menu()
                .map_err(|invalid| Invalid::new(format!("persistentMenu.{}", invalid.path), invalid.reason)),
            None => Ok(()),
        }
    }
}
