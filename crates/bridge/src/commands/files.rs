//! Commands that read the app's own files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::Command;
use crate::cancel::Cancel;
use crate::code::{BridgeError, Code};
use crate::host::Host;

/// `readFile`: one of the files that the signed package lists.
pub(super) struct ReadFile;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ReadFileParams {
    /// `<own address>/dir/file`.
    path: String,
    #[serde(rename = "type")]
    encoding: Option<Encoding>,
}

/// How a file's bytes are given.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("enum" = ["Base64", "base64"])))]
pub(super) enum Encoding {
    #[serde(alias = "base64")]
    Base64,
}

/// What the answer to a file that is no text says.
pub(crate) const NO_TEXT: &str = "data.type: the file is no UTF-8 text; ask for it with `Base64`";

/// What a page gets: always a text. Where the page's own guard fetches the file (see [`Host::page_fetches`]), the answer
/// tells it which.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
#[cfg_attr(test, schemars(extend("type" = "string")))]
pub(super) enum FileContent {
    Text(String),
    Fetched { file: String, encoding: Option<Encoding> },
}

impl Command for ReadFile {
    const NAME: &'static str = "readFile";
    type Params = ReadFileParams;
    type Answer = FileContent;

    fn run(params: ReadFileParams, host: &dyn Host, _: &Cancel) -> Result<FileContent, BridgeError> {
        let app = host.app().to_string();
        let own = params.path.strip_prefix(&app).and_then(|rest| rest.strip_prefix('/'));
        let path = own.ok_or_else(|| {
            BridgeError::new(
                Code::NotFound,
                format!("data.path: only files of this app can be read: `{app}/…`"),
            )
        })?;
        if host.page_fetches(path) {
            let (file, encoding) = (path.to_owned(), params.encoding);
            return Ok(FileContent::Fetched { file, encoding });
        }
        let bytes = host.read_file(path)?;
        let text = match params.encoding {
            Some(Encoding::Base64) => Ok(STANDARD.encode(bytes)),
            None => String::from_utf8(bytes).map_err(|_| BridgeError::invalid(NO_TEXT)),
        };
        text.map(FileContent::Text)
    }
}
