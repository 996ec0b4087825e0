//! What travels between the inspector's page and this program. `web/src/generated/inspector.ts` is generated from here.

use coco_bridge::Language;
use coco_keys::Address;
use serde::{Deserialize, Serialize};

/// What the inspector asks for.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "op", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum InspectorRequest {
    /// The calls that are new or have changed since a revision; 0 for all.
    Changes {
        #[cfg_attr(test, ts(type = "number"))]
        since: u64,
    },
    /// Everything about one call.
    Call {
        #[cfg_attr(test, ts(type = "number"))]
        number: u64,
    },
    /// Forgets every call.
    Clear,
    /// Records nothing until it is switched off again.
    Pause { on: bool },
    /// Sends a request again, by the session of a window. Its page hears nothing of it.
    Resend {
        window: String,
        request: String,
        /// The call that it was.
        #[cfg_attr(test, ts(type = "number"))]
        of: u64,
    },
    /// Lets the person choose a file and writes calls into it.
    Export {
        format: ExportFormat,
        #[cfg_attr(test, ts(type = "Array<number>"))]
        numbers: Vec<u64>,
    },
}

/// How calls are written into a file.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExportFormat {
    /// One list.
    Json,
    /// A call on each line.
    Ndjson,
}

/// Answer of `changes`.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Changes {
    #[cfg_attr(test, ts(type = "Language"))]
    pub(crate) language: Language,
    pub(crate) paused: bool,
    /// What `since` shall be the next time.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) revision: u64,
    /// The oldest call that is still kept; `null` when there is none.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub(crate) oldest: Option<u64>,
    /// Whether there is more to fetch at once.
    pub(crate) more: bool,
    pub(crate) calls: Vec<CallInfo>,
    /// Labels of the windows that are open.
    pub(crate) windows: Vec<String>,
}

/// One call, as a line of the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallInfo {
    /// Counts up from 1.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) number: u64,
    pub(crate) window: String,
    #[cfg_attr(test, ts(type = "string"))]
    pub(crate) address: Address,
    /// The app's name.
    pub(crate) app: String,
    pub(crate) development: bool,
    /// `null` for a request that has none.
    pub(crate) cmd: Option<String>,
    /// JSON text, `null` for none.
    pub(crate) message_id: Option<String>,
    /// The certificate level that the command needs; `null` for one that does not exist.
    pub(crate) level: Option<u8>,
    /// When it came, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) at: u64,
    pub(crate) state: CallState,
    /// `null` while there is no answer.
    pub(crate) code: Option<u16>,
    /// From the request's arrival to its answer; `null` while there is none.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub(crate) microseconds: Option<u64>,
    /// Bytes of the request.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) request_bytes: u64,
    /// Bytes of the answer; 0 while there is none.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) answer_bytes: u64,
    /// The call that took this one's place.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub(crate) superseded_by: Option<u64>,
    /// The call that was sent again.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub(crate) resent: Option<u64>,
    /// What the package says where `onload` says something else.
    pub(crate) package: Option<PackageName>,
}

/// Where a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum CallState {
    /// Not answered yet.
    Waiting,
    /// Answered.
    Answered,
    /// A newer request, which its page could not tell from this one, took its place.
    Superseded,
    /// Its page went away.
    Dropped,
    /// Refused before it reached the host: the page's guard answered.
    Guard,
}

/// What a package calls itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PackageName {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
}

/// Answer of `call`.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallDetail {
    pub(crate) info: CallInfo,
    /// JSON text, or its beginning.
    pub(crate) request: String,
    /// Whether it is only the beginning.
    pub(crate) request_cut: bool,
    /// JSON text, or its beginning; `null` for none.
    pub(crate) answer: Option<String>,
    pub(crate) answer_cut: bool,
}

/// Answer of `resend`.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Resent {
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) number: u64,
}

/// Answer of `export`; `null` when the person chose no file.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Exported {
    pub(crate) path: Option<String>,
}

/// Why a request was refused.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct InspectorError {
    pub(crate) kind: InspectorErrorKind,
    /// English detail for people who look into it.
    pub(crate) message: String,
}

/// What kind of refusal it is; the page has plain words for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum InspectorErrorKind {
    /// Developer mode is off.
    Off,
    /// The call is not kept any more.
    Gone,
    /// The app's window is closed.
    Closed,
    /// The file cannot be written.
    File,
    /// The request makes no sense.
    Invalid,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fmt::Write;
    use ts_rs::TS;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/src/generated/inspector.ts");

    /// Which operation answers what. Only its shape matters.
    #[derive(TS)]
    #[allow(dead_code)]
    #[ts(rename_all = "camelCase")]
    struct InspectorAnswers {
        changes: Changes,
        call: CallDetail,
        clear: (),
        pause: (),
        resend: Resent,
        export: Exported,
    }

    fn generated() -> String {
        let mut text = String::from(
            "// Generated from src-tauri/src/inspector/wire.rs by its tests; UPDATE_GENERATED=1 writes it anew.\n\
             import type { Language } from \"./shell\";\n",
        );
        for declaration in [
            ExportFormat::decl(),
            InspectorRequest::decl(),
            CallState::decl(),
            PackageName::decl(),
            CallInfo::decl(),
            Changes::decl(),
            CallDetail::decl(),
            Resent::decl(),
            Exported::decl(),
            InspectorErrorKind::decl(),
            InspectorError::decl(),
            InspectorAnswers::decl(),
        ] {
            writeln!(text, "\nexport {declaration}").unwrap();
        }
        text
    }

    #[test]
    fn the_inspectors_types_are_fresh() {
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            std::fs::write(FILE, generated()).unwrap();
        }
        let written = std::fs::read_to_string(FILE).unwrap_or_default();
        assert!(
            written == generated(),
            "stale: run `UPDATE_GENERATED=1 cargo test -p cococat the_inspectors_types`"
        );
    }
}
