//! Commands that fill the app's download folder.

use serde::Deserialize;

use super::web::web_address;
use super::{Command, Lane};
use crate::cancel::Cancel;
use crate::code::BridgeError;
use crate::host::{Download, Header, Host};

/// `downloadFile`: a file from the network into the app's download folder. It answers when the download has ended, and
/// goes on when the page that asked is gone.
pub(super) struct DownloadFile;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct DownloadFileParams {
    /// An `https:` address.
    url: String,
    /// A plain name.
    #[serde(rename = "fileName")]
    file_name: String,
    /// Headers of the request.
    #[serde(default)]
    authorizations: Option<Vec<Authorization>>,
}

/// One header of the request for a file.
#[derive(Deserialize)]
#[serde(expecting = "a map")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Authorization {
    /// The header's name.
    key: String,
    /// Its value.
    value: String,
}

impl Command for DownloadFile {
    const NAME: &'static str = "downloadFile";
    const LANE: Lane = Lane::Beside;
    const ASKS: bool = true;
    type Params = DownloadFileParams;
    type Answer = ();

    fn run(params: DownloadFileParams, host: &dyn Host, cancel: &Cancel) -> Result<(), BridgeError> {
        let download = Download {
            url: web_address(&params.url, "data.url")?,
            file_name: params.file_name,
            headers: params
                .authorizations
                .unwrap_or_default()
                .into_iter()
                .map(|Authorization { key, value }| Header { name: key, value })
                .collect(),
        };
        Ok(host.download(download, cancel)?)
    }
}

/// `checkDownloadStatus`: whether a downloaded file is there and whole.
pub(super) struct CheckDownloadStatus;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CheckDownloadStatusParams {
    /// The name it was downloaded under.
    #[serde(rename = "fileName")]
    file_name: String,
}

impl Command for CheckDownloadStatus {
    const NAME: &'static str = "checkDownloadStatus";
    type Params = CheckDownloadStatusParams;
    type Answer = bool;

    fn run(params: CheckDownloadStatusParams, host: &dyn Host, _: &Cancel) -> Result<bool, BridgeError> {
        Ok(host.is_downloaded(&params.file_name)?)
    }
}

/// `extractFile`: unpacks a ZIP of the download folder into a folder beside it.
pub(super) struct ExtractFile;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ExtractFileParams {
    /// Path of the ZIP, relative to the app's download folder.
    #[serde(rename = "archivePath")]
    archive_path: String,
}

impl Command for ExtractFile {
    const NAME: &'static str = "extractFile";
    const LANE: Lane = Lane::Beside;
    type Params = ExtractFileParams;
    type Answer = ();

    fn run(params: ExtractFileParams, host: &dyn Host, _: &Cancel) -> Result<(), BridgeError> {
        Ok(host.extract(&params.archive_path)?)
    }
}
