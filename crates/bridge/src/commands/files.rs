//! Commands that read the app's own files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Command;
use crate::cancel::Cancel;
use crate::code::{BridgeError, Code};
use crate::host::Host;

/// `readFile`: one of the files that the signed package lists.
pub(super) struct ReadFile;

#[derive(Deserialize)]
pub(super) struct ReadFileParams {
    /// `<own address>/dir/file`.
    path: String,
    #[serde(rename = "type")]
    encoding: Option<Encoding>,
}

/// How a file's bytes are given.
#[derive(Deserialize)]
enum Encoding {
    #[serde(alias = "base64")]
    Base64,
}

impl Command for ReadFile {
    const NAME: &'static str = "readFile";
    type Params = ReadFileParams;
    type Answer = String;

    fn run(params: ReadFileParams, host: &dyn Host, _: &Cancel) -> Result<String, BridgeError> {
        let app = host.app().to_string();
        let own = params.path.strip_prefix(&app).and_then(|rest| rest.strip_prefix('/'));
        let path = own.ok_or_else(|| {
            BridgeError::new(
                Code::NotFound,
                format!("data.path: only files of this app can be read: `{app}/…`"),
            )
        })?;
        let bytes = host.read_file(path)?;
        match params.encoding {
            Some(Encoding::Base64) => Ok(STANDARD.encode(bytes)),
            None => String::from_utf8(bytes)
                .map_err(|_| BridgeError::invalid("data.type: the file is no UTF-8 text; ask for it with `Base64`")),
        }
    }
}
