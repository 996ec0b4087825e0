//! The sheet: a window of the program's own beside an app's, where the person is asked what the app may do and scans QR
//! codes for it (bridge 2.4 and 3). No page of an app can draw in it, click it or see it.
//!
//! An app has at most one. It is there while the app has open questions or wants a code, and its page is told by the bare
//! event `sheet` that there is something new to read.

mod clipboard;
mod picture;
mod scan;
mod screen;
mod window;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coco_bridge::App;
use coco_bridge::consent::{Answer, Front, PATIENCE, Question, QuestionId, Wish, Word};
use coco_keys::Address;
use coco_package::host_of;
use tauri::ipc::{Invoke, InvokeBody, Response};
use tauri::{AppHandle, Emitter, Manager, Wry};

use crate::apps;
use crate::program::Program;
use scan::Scan;
pub(crate) use scan::scan;
use wire::{Ask, Asker, SheetRequest, SheetState};

/// What the labels of sheets begin with; the host of the app's origin follows.
pub(crate) const PREFIX: &str = "sheet-";

/// The event that tells a page to ask for its state.
const EVENT: &str = "sheet";

/// The sheets by their label.
#[derive(Default)]
struct Sheets(Mutex<BTreeMap<String, Sheet>>);

struct Sheet {
    app: Address,
    window: Phase,
    /// When a question that is not late was first seen.
    asked: BTreeMap<QuestionId, Instant>,
    scan: Option<Scan>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Absent,
    Open,
    /// On its way out; its label is not free yet.
    Closing,
}

/// What to do with a window.
enum Step {
    Open,
    Tell,
    Close,
    Nothing,
}

impl Sheets {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Sheet>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a sheet, if there is one of this label.
    fn with<T>(&self, label: &str, change: impl FnOnce(&mut Sheet) -> T) -> Option<T> {
        self.lock().get_mut(label).map(change)
    }

    /// Makes the sheet of an app if it has none, and changes it.
    fn of<T>(&self, app: &Address, change: impl FnOnce(&mut Sheet) -> T) -> T {
        let mut sheets = self.lock();
        change(sheets.entry(label_of(app)).or_insert_with(|| Sheet {
            app: *app,
            window: Phase::Absent,
            asked: BTreeMap::new(),
            scan: None,
        }))
    }
}

impl Sheet {
    fn settle(&mut self, questions: &[Question]) -> Step {
        self.asked
            .retain(|id, _| questions.iter().any(|question| question.id == *id));
        for question in questions {
            if question.late {
                self.asked.remove(&question.id);
            } else {
                self.asked.entry(question.id).or_insert_with(Instant::now);
            }
        }
        let wanted = !questions.is_empty() || self.scan.is_some();
        match (self.window, wanted) {
            (Phase::Absent, true) => {
                self.window = Phase::Open;
                Step::Open
            }
            (Phase::Open, true) => Step::Tell,
            (Phase::Open, false) => {
                self.window = Phase::Closing;
                Step::Close
            }
            (Phase::Absent, false) | (Phase::Closing, _) => Step::Nothing,
        }
    }
}

/// Asks the person whatever apps ask from now on.
pub(crate) fn start(app: &AppHandle) {
    app.manage(Sheets::default());
    let front = Arc::new(Watch(app.clone()));
    app.state::<Program>().data.consent.set_front(front);
}

struct Watch(AppHandle);

impl Front for Watch {
    fn changed(&self, app: &Address) {
        settle(&self.0, app);
        crate::shell::page_changed(&self.0, app);
    }
}

/// The label of an app's sheet.
fn label_of(app: &Address) -> String {
    format!("{PREFIX}{}", host_of(app))
}

/// Opens, renews or closes an app's sheet, whichever its questions ask for. Windows belong to the main thread.
fn settle(app: &AppHandle, address: &Address) {
    let (handle, address) = (app.clone(), *address);
    let _ = app.run_on_main_thread(move || settle_now(&handle, &address));
}

fn settle_now(app: &AppHandle, address: &Address) {
    let consent = &app.state::<Program>().data.consent;
    let questions = consent.questions(address);
    let label = label_of(address);
    let scans = app.state::<Sheets>().with(&label, |sheet| sheet.scan.is_some());
    if (!questions.is_empty() || scans == Some(true))
        && app
            .get_webview_window(&app.state::<Program>().windows.label_for(address))
            .is_none()
    {
        // Whoever asked went away before there was a window to ask in.
        return app_gone(app, address);
    }
    if questions.is_empty() && scans.is_none() {
        return;
    }
    match app.state::<Sheets>().of(address, |sheet| sheet.settle(&questions)) {
        Step::Open => {
            if let Err(error) = window::open(app, &label, address) {
                eprintln!("cococat: {label}: {error}");
                gone(app, &label);
            }
        }
        Step::Tell => {
            // A page that has not loaded yet asks by itself when it has.
            let _ = app.emit_to(&label, EVENT, ());
        }
        Step::Close => {
            if let Some(window) = app.get_webview_window(&label) {
                let _ = window.destroy();
            }
        }
        Step::Nothing => {}
    }
}

/// The app's window is gone: nobody waits for an answer any more.
pub(crate) fn app_gone(app: &AppHandle, address: &Address) {
    app.state::<Program>().data.consent.dismiss(address);
    end_scan(app, &label_of(address));
}

/// The person closes the window: no to everything that it asks, for this time.
fn closing(app: &AppHandle, label: &str) {
    let sheets = app.state::<Sheets>();
    if let Some(address) = sheets.with(label, |sheet| {
        sheet.window = Phase::Closing;
        sheet.app
    }) {
        refuse(app, label, &address);
    }
}

/// The window is gone, for whatever reason. What was asked meanwhile gets a new one.
fn gone(app: &AppHandle, label: &str) {
    let sheets = app.state::<Sheets>();
    let Some((address, phase)) = sheets.with(label, |sheet| {
        (sheet.app, std::mem::replace(&mut sheet.window, Phase::Closing))
    }) else {
        return;
    };
    if phase == Phase::Open {
        refuse(app, label, &address);
    }
    let idle = sheets.with(label, |sheet| {
        sheet.window = Phase::Absent;
        sheet.scan.is_none()
    });
    if idle == Some(true) && app.state::<Program>().data.consent.questions(&address).is_empty() {
        sheets.lock().remove(label);
    } else {
        settle_when_free(app, label, address);
    }
}

/// While a window's end is being told, its label is still taken: a new window of that label would be forgotten with it.
fn settle_when_free(app: &AppHandle, label: &str, address: Address) {
    let (handle, label) = (app.clone(), label.to_owned());
    tauri::async_runtime::spawn_blocking(move || {
        apps::wait_until_gone(&handle, &label);
        settle(&handle, &address);
    });
}

fn refuse(app: &AppHandle, label: &str, address: &Address) {
    let consent = &app.state::<Program>().data.consent;
    for question in consent.questions(address) {
        answer(app, question.id, Word::No, false);
    }
    end_scan(app, label);
}

fn answer(app: &AppHandle, id: QuestionId, word: Word, remember: bool) {
    let answer = Answer { word, remember };
    if let Err(error) = app.state::<Program>().data.consent.decide(id, answer) {
        eprintln!("cococat: an answer cannot be kept: {error}");
    }
}

/// Ends the scan of a sheet without a text.
fn end_scan(app: &AppHandle, label: &str) {
    let ended = app
        .state::<Sheets>()
        .with(label, |sheet| (sheet.app, sheet.scan.take()));
    if let Some((address, Some(scan))) = ended {
        drop(scan);
        settle(app, &address);
    }
}

/// Takes a call of a sheet's page. The label alone says which app's sheet that is.
pub(crate) fn call(label: String, invoke: Invoke<Wry>) {
    let app = invoke.message.webview_ref().app_handle().clone();
    tauri::async_runtime::spawn_blocking(move || {
        let done = match invoke.message.payload() {
            InvokeBody::Raw(pixels) => scan::frame(&app, &label, invoke.message.headers(), pixels).map(|()| None),
            InvokeBody::Json(payload) => serde_json::from_value(payload.get("request").cloned().unwrap_or_default())
                .map_err(|error| error.to_string())
                .and_then(|request| carry_out(&app, &label, request)),
        };
        match done {
            Ok(response) => invoke
                .resolver
                .resolve(response.unwrap_or_else(|| Response::new("null".to_owned()))),
            Err(error) => invoke.resolver.reject(error),
        }
    });
}

/// Carries one request out. May block; never called on the main thread.
fn carry_out(app: &AppHandle, label: &str, request: SheetRequest) -> Result<Option<Response>, String> {
    match request {
        SheetRequest::State => {
            let state = state(app, label).ok_or("nothing is asked here")?;
            let text = serde_json::to_string(&state).map_err(|error| error.to_string())?;
            return Ok(Some(Response::new(text)));
        }
        SheetRequest::View => return scan::view(app, label).map(|pixels| Some(Response::new(pixels))),
        SheetRequest::Fit { width, height } => window::fit(app, label, width, height),
        SheetRequest::Decide { id, allow, remember } => {
            let asks = |address| app.state::<Program>().data.consent.questions(&address);
            let address = app.state::<Sheets>().with(label, |sheet| sheet.app);
            if address.is_some_and(|address| asks(address).iter().any(|question| question.id == id)) {
                answer(app, id, if allow { Word::Yes } else { Word::No }, remember);
            }
        }
        SheetRequest::Cancel => end_scan(app, label),
        SheetRequest::Camera => scan::allow_camera(app, label),
        SheetRequest::File => scan::choose_file(app, label),
        SheetRequest::Clipboard => scan::paste(app, label),
        SheetRequest::Screen => scan::grab(app, label),
        SheetRequest::Look { x, y, width, height } => scan::look_closer(app, label, [x, y, width, height]),
        SheetRequest::Pick { index } => scan::pick(app, label, index),
        SheetRequest::Back => scan::back(app, label),
    }
    Ok(None)
}

fn state(app: &AppHandle, label: &str) -> Option<SheetState> {
    let program = app.state::<Program>();
    let (address, asked, scan) = app.state::<Sheets>().with(label, |sheet| {
        (sheet.app, sheet.asked.clone(), sheet.scan.as_ref().map(Scan::state))
    })?;
    let installed = program.windows.app(&program.windows.label_for(&address))?;
    let questions = program.data.consent.questions(&address);
    Some(SheetState {
        language: program.settings.language(),
        theme: program.settings.choices().theme,
        questions: questions
            .into_iter()
            .map(|question| {
                let since = asked.get(&question.id).map(Instant::elapsed).unwrap_or_default();
                let left = PATIENCE.saturating_sub(since).as_millis();
                ask(&*installed, question, u32::try_from(left).unwrap_or(u32::MAX))
            })
            .collect(),
        app: asker(&*installed),
        scan,
    })
}

fn asker(app: &dyn App) -> Asker {
    let icon = app
        .icon()
        .map(|icon| format!("data:image/png;base64,{}", STANDARD.encode(icon.png)));
    Asker {
        address: *app.address(),
        name: app.display_name(),
        icon: icon.unwrap_or_default(),
        signer: app.signer().map(|signer| signer.to_string()),
    }
}

fn ask(app: &dyn App, question: Question, left: u32) -> Ask {
    let command = question.wish.command();
    let declared = app
        .permissions()
        .into_iter()
        .find(|permission| permission.name == command);
    Ask {
        id: question.id,
        command,
        host: match question.wish {
            Wish::OpenUrl { host } | Wish::Download { host } => Some(host),
            Wish::SaveImages | Wish::SaveVideos => None,
        },
        detail: question.detail,
        reason: declared
            .map(|permission| permission.reason.trim().to_owned())
            .filter(|reason| !reason.is_empty()),
        late: question.late,
        left: if question.late { 0 } else { left },
    }
}
