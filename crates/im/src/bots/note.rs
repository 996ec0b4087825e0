use coco_chatbot::client::ClientError;
use serde_json::{Value, json};

use crate::model::message::{self, Draft, kind};
use crate::store::Write;
use crate::{Outcome, Session};

/// Longest detail that is told, in characters.
const DETAIL: usize = 1_000;

/// Why a bot did not answer.
#[derive(Debug)]
pub(super) struct Trouble {
    /// What the note says it is: one of those of `docs/messages.md`.
    reason: &'static str,
    /// More of it, for who runs the bot.
    detail: String,
    /// By how many milliseconds this computer's clock is ahead, if that is the trouble.
    ahead: Option<i64>,
    /// Whether it may go away by itself.
    pub(super) passes: bool,
}

impl Trouble {
    pub(super) fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into().chars().take(DETAIL).collect(),
            ahead: None,
            passes: false,
        }
    }

    /// Writes it into the conversation, as the program's.
    pub(super) fn tell(&self, session: &Session, write: &mut Write<'_>, conversation: i64, bot: &str) -> Outcome<()> {
        let mut body = json!({ "type": 2, "reason": self.reason, "detail": self.detail });
        if let (Some(ahead), Value::Object(body)) = (self.ahead, &mut body) {
            body.insert("ahead".to_owned(), json!(ahead));
        }
        let draft = Draft {
            kind: kind::SYSTEM,
            source: 2,
            sender: bot,
            body: &body,
            words: "",
        };
        message::store(session, write, conversation, &draft)?;
        Ok(())
    }
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        let detail = error.to_string();
        match error {
            ClientError::Unreachable(_) => Self {
                passes: true,
                ..Self::new("unreachable", detail)
            },
            ClientError::Clock { ahead } => Self {
                ahead: Some(ahead),
                ..Self::new("clock", detail)
            },
            ClientError::Refused(_) => Self::new("refused", detail),
            ClientError::Address | ClientError::Unreadable(_) => Self::new("unreadable", detail),
        }
    }
}
