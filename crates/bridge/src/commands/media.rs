//! Commands that give the person pictures and videos.

use serde::Deserialize;

use super::{Command, Lane};
use crate::cancel::Cancel;
use crate::code::BridgeError;
use crate::host::{Host, Media, MediaSource};
use crate::limits::{IMAGE_REQUEST_BYTES, VIDEO_REQUEST_BYTES};

/// Where a picture or video comes from.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// It stands in the request, as a data URL or as bare Base64.
    Base64,
    /// It is a file in the app's download folder.
    Path,
}

/// Without a kind, a text that begins like a data URL is one.
fn source(kind: Option<Kind>, text: String) -> MediaSource {
    match kind {
        Some(Kind::Base64) => MediaSource::Data(text),
        None if text.starts_with("data:") => MediaSource::Data(text),
        Some(Kind::Path) | None => MediaSource::File(text),
    }
}

/// `saveImage`: a PNG, GIF or JPEG into the person's pictures folder.
pub(super) struct SaveImage;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SaveImageParams {
    /// Where it comes from; told by the text itself if missing.
    #[serde(rename = "type")]
    kind: Option<Kind>,
    /// A data URL, or a path relative to the app's download folder.
    image: String,
}

impl Command for SaveImage {
    const NAME: &'static str = "saveImage";
    const LANE: Lane = Lane::Beside;
    const ASKS: bool = true;
    const REQUEST_BYTES: usize = IMAGE_REQUEST_BYTES;
    type Params = SaveImageParams;
    type Answer = ();

    fn run(params: SaveImageParams, host: &dyn Host, cancel: &Cancel) -> Result<(), BridgeError> {
        Ok(host.save_media(Media::Image, source(params.kind, params.image), cancel)?)
    }
}

/// `saveVideo`: an MP4 or MOV into the person's videos folder.
pub(super) struct SaveVideo;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SaveVideoParams {
    /// Where it comes from; told by the text itself if missing.
    #[serde(rename = "type")]
    kind: Option<Kind>,
    /// A data URL, or a path relative to the app's download folder.
    video: String,
}

impl Command for SaveVideo {
    const NAME: &'static str = "saveVideo";
    const LANE: Lane = Lane::Beside;
    const ASKS: bool = true;
    const REQUEST_BYTES: usize = VIDEO_REQUEST_BYTES;
    type Params = SaveVideoParams;
    type Answer = ();

    fn run(params: SaveVideoParams, host: &dyn Host, cancel: &Cancel) -> Result<(), BridgeError> {
        Ok(host.save_media(Media::Video, source(params.kind, params.video), cancel)?)
    }
}
