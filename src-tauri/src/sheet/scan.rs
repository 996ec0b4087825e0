//! Scanning a QR code for an app: from the camera, a file, the clipboard or the screen.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use coco_bridge::{Cancel, HostError};
use coco_keys::Address;
use coco_qr::{Effort, Found, Grey};
use tauri::http::HeaderMap;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::DialogExt;

use super::clipboard::{self, Content};
use super::picture::{ENDINGS, codes_in, read_file, read_picture};
use super::screen::{self, Shot};
use super::wire::{Code, ScanNote, ScanState, ScanStep};
use super::{Sheets, label_of, settle};

/// Longest wait for the person.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Longest wait for whoever owns the clipboard.
const CLIPBOARD: Duration = Duration::from_secs(5);

/// Most pixels of a camera's picture.
const FRAME_PIXELS: usize = 1280 * 1280;

/// Tells one scan from the next of the same app.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Number(u64);

/// A scan under way. Dropping it is a refusal.
pub(super) struct Scan {
    number: Number,
    text: Sender<String>,
    step: Step,
    busy: bool,
    over: bool,
    note: Option<ScanNote>,
    /// Whether the person wants to use the camera.
    camera: bool,
    /// Whether the sheet is out of the way of a picture of the screen.
    hidden: bool,
}

enum Step {
    Ways,
    Choose(Vec<String>),
    Screen(Arc<Shot>, Vec<Code>),
}

impl Scan {
    pub(super) fn state(&self) -> ScanState {
        let pixels = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        ScanState {
            step: match &self.step {
                Step::Ways => ScanStep::Ways,
                Step::Choose(texts) => ScanStep::Choose { texts: texts.clone() },
                Step::Screen(shot, codes) => ScanStep::Screen {
                    width: pixels(shot.grey.width()),
                    height: pixels(shot.grey.height()),
                    view_width: shot.view_width,
                    view_height: shot.view_height,
                    codes: codes.clone(),
                },
            },
            busy: self.busy,
            over: self.over,
            note: self.note,
            has_camera: has_camera(),
        }
    }

    /// Shows the ways again, with what went wrong.
    fn back(&mut self, note: Option<ScanNote>) {
        (self.step, self.busy, self.note) = (Step::Ways, false, note);
    }
}

/// Whether Linux has a video device, be it that WebKit can use it or not.
fn has_camera() -> bool {
    fs::read_dir("/dev").is_ok_and(|mut entries| {
        entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("video")))
    })
}

/// Lets the person scan a code for an app, and waits for its text.
///
/// # Errors
/// [`HostError::Refused`] when they cancel, do nothing for five minutes or nobody waits any more, [`HostError::Failed`]
/// while they scan one for the same app already.
pub(crate) fn scan(app: &AppHandle, address: &Address, cancel: &Cancel) -> Result<String, HostError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = Number(NEXT.fetch_add(1, Ordering::Relaxed));
    let (text, found) = mpsc::channel();
    let begun = app.state::<Sheets>().of(address, |sheet| {
        let free = sheet.scan.is_none();
        if free {
            sheet.scan = Some(Scan {
                number,
                text,
                step: Step::Ways,
                busy: false,
                over: false,
                note: None,
                camera: false,
                hidden: false,
            });
        }
        free
    });
    if !begun {
        return Err(HostError::Failed("a code is being scanned for this app already".into()));
    }
    settle(app, address);
    let (handle, label) = (app.clone(), label_of(address));
    let ended = label.clone();
    cancel.on_cancel(move || end(&handle, &ended, number));
    let text = found.recv_timeout(PATIENCE);
    end(app, &label, number);
    text.map_err(|_| HostError::Refused)
}

/// Ends one scan, if it is still under way.
fn end(app: &AppHandle, label: &str, number: Number) {
    drop(take_out(app, label, number));
}

fn take_out(app: &AppHandle, label: &str, number: Number) -> Option<Scan> {
    let (address, scan) = app.state::<Sheets>().with(label, |sheet| {
        let own = sheet.scan.as_ref().is_some_and(|scan| scan.number == number);
        (sheet.app, own.then(|| sheet.scan.take()).flatten())
    })?;
    settle(app, &address);
    scan
}

fn finish(app: &AppHandle, label: &str, number: Number, text: String) {
    if let Some(scan) = take_out(app, label, number) {
        // A caller that has just given up does not listen.
        let _ = scan.text.send(text);
    }
}

/// Changes a scan, and tells the page.
fn change<T>(app: &AppHandle, label: &str, change: impl FnOnce(&mut Scan) -> T) -> Option<T> {
    let (address, changed) = app
        .state::<Sheets>()
        .with(label, |sheet| Some((sheet.app, change(sheet.scan.as_mut()?))))??;
    settle(app, &address);
    Some(changed)
}

/// Changes a scan unless another has taken its place.
fn change_own(app: &AppHandle, label: &str, number: Number, with: impl FnOnce(&mut Scan)) {
    change(app, label, |scan| {
        if scan.number == number {
            with(scan);
        }
    });
}

/// Begins to look for a picture, unless one is being looked for.
fn begin(app: &AppHandle, label: &str) -> Option<Number> {
    change(app, label, |scan| {
        let free = !scan.busy;
        (scan.busy, scan.over, scan.camera) = (true, false, scan.camera && !free);
        free.then(|| {
            scan.note = None;
            scan.number
        })
    })?
}

/// Gives the app the only text, lets the person choose from several, or says that there is none.
fn conclude(app: &AppHandle, label: &str, number: Number, found: Result<Vec<Found>, ScanNote>) {
    let mut texts: Vec<String> = Vec::new();
    match found {
        Ok(codes) => codes.into_iter().for_each(|code| {
            if !texts.contains(&code.text) {
                texts.push(code.text);
            }
        }),
        Err(note) => return change_own(app, label, number, |scan| scan.back(Some(note))),
    }
    match <[String; 1]>::try_from(texts) {
        Ok([text]) => finish(app, label, number, text),
        Err(none) if none.is_empty() => change_own(app, label, number, |scan| scan.back(Some(ScanNote::NoCode))),
        Err(several) => change_own(app, label, number, |scan| {
            scan.back(None);
            scan.step = Step::Choose(several);
        }),
    }
}

/// Looks at one picture of the camera: bare bytes of grey, their size in the headers `coco-width` and `coco-height`.
pub(super) fn frame(app: &AppHandle, label: &str, headers: &HeaderMap, pixels: &[u8]) -> Result<(), String> {
    let length = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value
            .and_then(|value| value.parse::<usize>().ok())
            .ok_or(format!("{name}: expected a number"))
    };
    let (width, height) = (length("coco-width")?, length("coco-height")?);
    if pixels.len() > FRAME_PIXELS {
        return Err(format!("at most {FRAME_PIXELS} pixels are looked at"));
    }
    let grey = Grey::new(width, height, pixels.to_vec()).map_err(|error| error.to_string())?;
    let number = app.state::<Sheets>().with(label, |sheet| {
        let scan = sheet.scan.as_ref()?;
        (scan.camera && matches!(scan.step, Step::Ways)).then_some(scan.number)
    });
    let Some(number) = number.flatten() else {
        return Ok(());
    };
    let found = coco_qr::read(&grey, Effort::Frame);
    if !found.is_empty() {
        conclude(app, label, number, Ok(found));
    }
    Ok(())
}

pub(super) fn allow_camera(app: &AppHandle, label: &str) {
    change(app, label, |scan| (scan.camera, scan.note) = (true, None));
}

pub(super) fn camera_allowed(app: &AppHandle, label: &str) -> bool {
    let sheets = app.state::<Sheets>();
    let allowed = sheets.with(label, |sheet| sheet.scan.as_ref().is_some_and(|scan| scan.camera));
    allowed == Some(true)
}

pub(super) fn is_hidden(app: &AppHandle, label: &str) -> bool {
    let sheets = app.state::<Sheets>();
    let hidden = sheets.with(label, |sheet| sheet.scan.as_ref().is_some_and(|scan| scan.hidden));
    hidden == Some(true)
}

pub(super) fn dragging(app: &AppHandle, label: &str, over: bool) {
    change(app, label, |scan| scan.over = over);
}

pub(super) fn dropped(app: &AppHandle, label: &str, paths: &[PathBuf]) {
    let (Some(number), Some(path)) = (begin(app, label), paths.first().cloned()) else {
        return;
    };
    let (app, label) = (app.clone(), label.to_owned());
    tauri::async_runtime::spawn_blocking(move || conclude(&app, &label, number, read_file(&path)));
}

pub(super) fn choose_file(app: &AppHandle, label: &str) {
    let Some(number) = begin(app, label) else { return };
    let mut dialog = app.dialog().file().add_filter("PNG, JPEG, GIF, WebP, BMP", &ENDINGS);
    if let Some(window) = app.get_webview_window(label) {
        dialog = dialog.set_parent(&window);
    }
    match dialog.blocking_pick_file().and_then(|path| path.into_path().ok()) {
        Some(path) => conclude(app, label, number, read_file(&path)),
        None => change_own(app, label, number, |scan| scan.back(None)),
    }
}

pub(super) fn paste(app: &AppHandle, label: &str) {
    let Some(number) = begin(app, label) else { return };
    let (given, content) = mpsc::channel();
    let asked = app.run_on_main_thread(move || {
        clipboard::read(move |content| {
            let _ = given.send(content);
        });
    });
    let content = asked.ok().and_then(|()| content.recv_timeout(CLIPBOARD).ok());
    let found = match content {
        Some(Content::Picture(bytes)) => read_picture(&bytes),
        Some(Content::File(path)) => read_file(&path),
        Some(Content::Nothing) | None => Err(ScanNote::NoPicture),
    };
    conclude(app, label, number, found);
}

/// Takes a picture of the screen without the sheet, and shows it in the sheet unless it has exactly one code.
pub(super) fn grab(app: &AppHandle, label: &str) {
    let Some(number) = begin(app, label) else { return };
    change_own(app, label, number, |scan| scan.hidden = true);
    let shot = screen::grab(app, label);
    change_own(app, label, number, |scan| scan.hidden = false);
    let shot = match shot {
        Ok(shot) => shot,
        Err(note) => {
            screen::show(app, label);
            return change_own(app, label, number, |scan| scan.back(note));
        }
    };
    let codes = codes_in(&shot.grey, [0, 0]);
    match <[Code; 1]>::try_from(codes) {
        Ok([code]) => finish(app, label, number, code.text),
        Err(codes) => {
            change_own(app, label, number, |scan| {
                scan.back(None);
                scan.step = Step::Screen(Arc::new(shot), codes);
            });
            screen::show(app, label);
        }
    }
}

pub(super) fn look_closer(app: &AppHandle, label: &str, [x, y, width, height]: [u32; 4]) {
    let Some((number, shot)) = shot_of(app, label) else {
        return;
    };
    let Some(part) = shot.part([x, y, width, height]) else {
        return;
    };
    match <[Code; 1]>::try_from(codes_in(&part, [x, y])) {
        Ok([code]) => finish(app, label, number, code.text),
        Err(found) => change_own(app, label, number, |scan| {
            scan.note = found.is_empty().then_some(ScanNote::NoCode);
            if let (Step::Screen(_, codes), false) = (&mut scan.step, found.is_empty()) {
                *codes = found;
            }
        }),
    }
}

fn shot_of(app: &AppHandle, label: &str) -> Option<(Number, Arc<Shot>)> {
    app.state::<Sheets>().with(label, |sheet| {
        let scan = sheet.scan.as_ref()?;
        match &scan.step {
            Step::Screen(shot, _) => Some((scan.number, Arc::clone(shot))),
            Step::Ways | Step::Choose(_) => None,
        }
    })?
}

/// The smaller picture of the screen.
pub(super) fn view(app: &AppHandle, label: &str) -> Result<Vec<u8>, String> {
    let (_, shot) = shot_of(app, label).ok_or("there is no picture of the screen")?;
    Ok(shot.view.clone())
}

pub(super) fn pick(app: &AppHandle, label: &str, index: usize) {
    let chosen = app.state::<Sheets>().with(label, |sheet| {
        let scan = sheet.scan.as_ref()?;
        let text = match &scan.step {
            Step::Ways => None,
            Step::Choose(texts) => texts.get(index).cloned(),
            Step::Screen(_, codes) => codes.get(index).map(|code| code.text.clone()),
        };
        text.map(|text| (scan.number, text))
    });
    if let Some((number, text)) = chosen.flatten() {
        finish(app, label, number, text);
    }
}

pub(super) fn back(app: &AppHandle, label: &str) {
    change(app, label, |scan| {
        scan.camera = false;
        scan.back(None);
    });
}
