//! The codes of an answer and the error that carries one.

use std::fmt;

/// A code of an answer (bridge 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// 200: done.
    Success,
    /// 30001: malformed request or invalid parameters.
    Invalid,
    /// 30002: the command needs a certificate and none was sent.
    CertificateMissing,
    /// 30003: a certificate was sent and does not hold.
    CertificateRefused,
    /// 30004: no such command.
    NoSuchCommand,
    /// 30005: no such file or other resource.
    NotFound,
    /// 30007: a download failed.
    DownloadFailed,
    /// 30010: a size limit was exceeded.
    TooLarge,
    /// 30100: something failed, or the person refused.
    Failed,
}

impl Code {
    /// The number that travels.
    pub const fn number(self) -> u16 {
        match self {
            Self::Success => 200,
            Self::Invalid => 30001,
            Self::CertificateMissing => 30002,
            Self::CertificateRefused => 30003,
            Self::NoSuchCommand => 30004,
            Self::NotFound => 30005,
            Self::DownloadFailed => 30007,
            Self::TooLarge => 30010,
            Self::Failed => 30100,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

/// Why a call was not answered with success. The message is English, for the app's developer, and says
/// what was wrong and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct BridgeError {
    /// What kind of failure it is.
    pub code: Code,
    /// What was wrong and where, for example `data.path: expected a string`.
    pub message: String,
}

impl BridgeError {
    /// An error with `code` and a message for developers.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// 30001 with a message that names the place.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::Invalid, message)
    }
}
