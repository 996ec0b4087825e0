use serde::{Deserialize, Serialize};

/// The error codes of the document, "Error Define", and 5010, which came later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Code {
    /// The protocol's version is none that the bot speaks.
    #[serde(rename = "1000")]
    Version,
    /// There is no bot of this name.
    #[serde(rename = "1001")]
    Bot,
    /// The path is not that of a bot.
    #[serde(rename = "1002")]
    Url,
    /// Something in the request is not as it must be.
    #[serde(rename = "4000")]
    Request,
    /// The token in the path is not the bot's.
    #[serde(rename = "4010")]
    Unauthorized,
    /// Too long or too often.
    #[serde(rename = "4030")]
    Forbidden,
    /// The signature is missing, wrong, or was used before.
    #[serde(rename = "4031")]
    Signature,
    /// The request was made too long ago, or in the future.
    #[serde(rename = "4032")]
    Time,
    /// The bot failed.
    #[serde(rename = "5000")]
    Failed,
    /// The answer has something that a caller of v1 cannot show.
    #[serde(rename = "5010")]
    CannotShow,
}

impl Code {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Version,
        Self::Bot,
        Self::Url,
        Self::Request,
        Self::Unauthorized,
        Self::Forbidden,
        Self::Signature,
        Self::Time,
        Self::Failed,
        Self::CannotShow,
    ];

    /// The code as it travels.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Version => "1000",
            Self::Bot => "1001",
            Self::Url => "1002",
            Self::Request => "4000",
            Self::Unauthorized => "4010",
            Self::Forbidden => "4030",
            Self::Signature => "4031",
            Self::Time => "4032",
            Self::Failed => "5000",
            Self::CannotShow => "5010",
        }
    }
}

/// Why a request is not answered: HTTP status 500 with this as its body (the document, "Error").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} ({})", code.as_str())]
pub struct Refusal {
    /// Which kind of reason.
    pub code: Code,
    /// The reason in words, for developers.
    pub message: String,
    /// When, in ms since 1970.
    pub timestamp: u64,
    /// Always `send`.
    #[serde(default = "send")]
    pub event: String,
}

fn send() -> String {
    "send".to_owned()
}

impl Refusal {
    /// A refusal at a time.
    pub fn new(code: Code, message: impl Into<String>, now: u64) -> Self {
        Self {
            code,
            message: message.into(),
            timestamp: now,
            event: send(),
        }
    }
}
