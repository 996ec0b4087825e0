//! Writing recorded calls into a file that the person chose.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::value::RawValue;
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use super::recorder::Recorder;
use super::refusal;
use super::wire::{CallDetail, CallInfo, ExportFormat, Exported, InspectorError, InspectorErrorKind};

/// A call as it stands in a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    #[serde(flatten)]
    info: CallInfo,
    request: Body,
    answer: Option<Body>,
}

/// JSON as it is, or a text that is none: the beginning of a long one.
#[derive(Serialize)]
#[serde(untagged)]
enum Body {
    Json(Box<RawValue>),
    Text(String),
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        serde_json::from_str(&text).map_or(Self::Text(text), Self::Json)
    }
}

impl From<CallDetail> for Line {
    fn from(detail: CallDetail) -> Self {
        Self {
            info: detail.info,
            request: detail.request.into(),
            answer: detail.answer.map(Body::from),
        }
    }
}

/// Asks the person for a file and writes the calls of these numbers that are still kept.
pub(super) fn export(
    app: &AppHandle,
    recorder: &Recorder,
    format: ExportFormat,
    numbers: &[u64],
) -> Result<Exported, InspectorError> {
    let name = match format {
        ExportFormat::Json => "bridge.json",
        ExportFormat::Ndjson => "bridge.ndjson",
    };
    let chosen = app.dialog().file().set_file_name(name).blocking_save_file();
    let Some(path) = chosen.and_then(|path| path.into_path().ok()) else {
        return Ok(Exported { path: None });
    };
    let lines = numbers
        .iter()
        .filter_map(|number| recorder.call(*number))
        .map(Line::from);
    write(&path, format, lines)
        .map_err(|error| refusal(InspectorErrorKind::File, format!("{}: {error}", path.display())))?;
    Ok(Exported {
        path: Some(path.display().to_string()),
    })
}

fn write(path: &Path, format: ExportFormat, lines: impl Iterator<Item = Line>) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
    match format {
        ExportFormat::Json => {
            let mut before = "[\n";
            for line in lines {
                file.write_all(before.as_bytes())?;
                serde_json::to_writer(&mut file, &line)?;
                before = ",\n";
            }
            file.write_all(if before == "[\n" { b"[]\n" } else { b"\n]\n" })?;
        }
        ExportFormat::Ndjson => {
            for line in lines {
                serde_json::to_writer(&mut file, &line)?;
                file.write_all(b"\n")?;
            }
        }
    }
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
