//! What can be asked for.

use serde::{Deserialize, Serialize};

/// Something that an app may do only with the person's word. Two wishes that are equal have one answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Wish {
    /// To open pages of a host in the person's browser.
    OpenUrl {
        /// The host as it is looked up, in ASCII.
        host: String,
    },
    /// To download files from a host.
    Download {
        /// The host as it is looked up, in ASCII.
        host: String,
    },
    /// To put pictures into the person's pictures folder.
    SaveImages,
    /// To put videos into the person's videos folder.
    SaveVideos,
}

impl Wish {
    /// The command that wishes so, which is also what a package calls the permission.
    pub fn command(&self) -> &'static str {
        match self {
            Self::OpenUrl { .. } => "openURL",
            Self::Download { .. } => "downloadFile",
            Self::SaveImages => "saveImage",
            Self::SaveVideos => "saveVideo",
        }
    }
}
