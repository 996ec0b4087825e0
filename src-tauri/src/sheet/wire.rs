//! What travels between the sheet's page and this program. `web/src/generated/sheet.ts` is generated from here.

use coco_bridge::Language;
use coco_bridge::consent::QuestionId;
use coco_keys::Address;
use serde::{Deserialize, Serialize};

use crate::settings::Theme;

/// What the page asks for. A picture of the camera comes as bare bytes instead, see [`super::frame`].
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "op", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum SheetRequest {
    /// Everything that the page shows.
    State,
    /// The content needs this much room, in CSS pixels. The first time shows the window.
    Fit { width: u32, height: u32 },
    /// The person's answer to a question.
    Decide {
        #[cfg_attr(test, ts(type = "number"))]
        id: QuestionId,
        allow: bool,
        remember: bool,
    },
    /// The person wants to use the camera. From now on WebKit may give it to the page.
    Camera,
    /// The person wants to choose a picture file.
    File,
    /// The person wants to use the picture on the clipboard.
    Clipboard,
    /// The person wants to use what the screen shows.
    Screen,
    /// The smaller picture of the screen: bare bytes, four for each pixel.
    View,
    /// Looks again at a part of the screen's picture, in its own pixels.
    Look { x: u32, y: u32, width: u32, height: u32 },
    /// Chooses one of several codes.
    Pick { index: usize },
    /// Back to the ways of scanning.
    Back,
    /// The person does not want to scan.
    Cancel,
}

/// Everything that the page shows.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SheetState {
    #[cfg_attr(test, ts(type = "Language"))]
    pub(crate) language: Language,
    #[cfg_attr(test, ts(type = "Theme"))]
    pub(crate) theme: Theme,
    pub(crate) app: Asker,
    /// Open questions, oldest first.
    pub(crate) questions: Vec<Ask>,
    pub(crate) scan: Option<ScanState>,
}

/// The app that asks.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Asker {
    #[cfg_attr(test, ts(type = "string"))]
    pub(crate) address: Address,
    pub(crate) name: String,
    /// A data URL, or empty.
    pub(crate) icon: String,
    /// Who signed it; `null` for a developer's work.
    pub(crate) signer: Option<String>,
}

/// One question.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Ask {
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) id: QuestionId,
    /// The command that asks.
    #[cfg_attr(test, ts(type = "\"openURL\" | \"downloadFile\" | \"saveImage\" | \"saveVideo\""))]
    pub(crate) command: &'static str,
    /// The host that it is about, in ASCII.
    pub(crate) host: Option<String>,
    /// The whole of it, such as an address, as the app gave it.
    pub(crate) detail: String,
    /// Why, in the developer's words.
    pub(crate) reason: Option<String>,
    /// Whether the app has been told no for want of an answer.
    pub(crate) late: bool,
    /// Time until then, in milliseconds.
    pub(crate) left: u32,
}

/// Where scanning a code is.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScanState {
    pub(crate) step: ScanStep,
    /// Whether a picture is being looked for or looked at.
    pub(crate) busy: bool,
    /// Whether a file is dragged over the window.
    pub(crate) over: bool,
    /// What went wrong last.
    pub(crate) note: Option<ScanNote>,
    /// Whether this computer has a camera that programs can see.
    pub(crate) has_camera: bool,
}

/// What the person is to do.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum ScanStep {
    /// Choose a way of scanning.
    Ways,
    /// Choose one of these texts.
    Choose { texts: Vec<String> },
    /// Choose a code on the screen, or a part of the screen where there may be one.
    #[serde(rename_all = "camelCase")]
    Screen {
        /// Size of the screen's picture, in its own pixels.
        width: u32,
        height: u32,
        /// Size of the smaller picture that the page shows.
        view_width: u32,
        view_height: u32,
        /// Codes found so far.
        codes: Vec<Code>,
    },
}

/// A code in a picture.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Code {
    pub(crate) text: String,
    /// Its corners, in the picture's own pixels.
    pub(crate) corners: [[f64; 2]; 4],
}

/// What went wrong with a way of scanning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum ScanNote {
    /// The picture has no code.
    NoCode,
    /// There is no picture on the clipboard.
    NoPicture,
    /// The file is too large.
    TooLarge,
    /// It is no picture, or cannot be read.
    Unreadable,
    /// The desktop gives no pictures of its screen.
    NoScreen,
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
