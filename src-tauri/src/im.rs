//! The messaging engine in this program: one command, `im`, for the launcher's page alone.
//!
//! With a request, as the engine's routes have it, the command answers as they do. With a channel of the page it answers
//! nothing, and from then on what the engine tells goes into that channel, some frames at a time; no other window can
//! hear it. Page and engine are of one process, so there is no token, and no limit but how many requests are answered at
//! once.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use coco_im::{Answer, Engine, Failure, Frame, NetworkOptions, Options, Subscription};
use serde_json::{Map, Value};
use tauri::ipc::{Channel, Invoke, InvokeBody, JavaScriptChannelId};
use tauri::{AppHandle, Manager, Wry};

use crate::program::Program;

/// Most requests that are answered at once.
const AT_ONCE: usize = 64;

/// The engine, once it is open.
#[derive(Default)]
pub(crate) struct Im {
    folder: PathBuf,
    engine: Mutex<Option<Engine>>,
    /// Where the page hears what the engine tells.
    page: Arc<Mutex<Option<Channel<Vec<Frame>>>>>,
    running: Arc<AtomicUsize>,
}

impl Im {
    /// An engine whose files are in the program's data folder, not opened yet.
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            folder: data.join("im"),
            ..Self::default()
        }
    }

    /// The engine, opened by whoever asks first; after a failure the next one tries again. Reads files, so not for the main
    /// thread.
    fn engine(&self) -> Result<Engine, Failure> {
        let mut engine = lock(&self.engine);
        if let Some(engine) = &*engine {
            return Ok(engine.clone());
        }
        let opened = Engine::open(&self.folder, Options::default())?;
        opened.keep_time()?;
        opened.connect(
            tauri::async_runtime::handle().inner().clone(),
            NetworkOptions::personal(),
        );
        // From the first moment, so that nothing is missed.
        tauri::async_runtime::spawn(tell(opened.clone(), opened.listen(), Arc::clone(&self.page)));
        Ok(engine.insert(opened).clone())
    }
}

/// Opens the engine, off the main thread.
pub(crate) fn start(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(failure) = app.state::<Program>().im.engine() {
            eprintln!("cococat: the messaging engine does not start: {failure}");
        }
    });
}

/// Passes on what the engine tells until it is gone.
async fn tell(engine: Engine, mut events: Subscription, page: Arc<Mutex<Option<Channel<Vec<Frame>>>>>) {
    while let Some(batch) = events.next().await {
        let frames = batch.frames(engine.listeners());
        if let Some(page) = &*lock(&page)
            && !frames.is_empty()
        {
            // There may be no page any more; the next one asks for everything when it loads.
            let _ = page.send(frames);
        }
    }
}

/// Answers a request of the page, or takes its channel.
pub(crate) fn call(invoke: Invoke<Wry>) {
    let webview = invoke.message.webview_ref().clone();
    let app = webview.app_handle().clone();
    let program = app.state::<Program>();
    let member = |name: &str| match invoke.message.payload() {
        InvokeBody::Json(payload) => payload.get(name).cloned(),
        InvokeBody::Raw(_) => None,
    };
    if let Some(events) = member("events") {
        let Some(id) = events.as_str().and_then(|id| id.parse::<JavaScriptChannelId>().ok()) else {
            return invoke.resolver.reject("events is no channel");
        };
        *lock(&program.im.page) = Some(id.channel_on(webview));
        return invoke.resolver.resolve(Value::Null);
    }
    let Some(Value::Object(request)) = member("request") else {
        return invoke.resolver.reject("request is no object");
    };
    let running = Arc::clone(&program.im.running);
    if running.fetch_add(1, Ordering::Relaxed) >= AT_ONCE {
        running.fetch_sub(1, Ordering::Relaxed);
        return invoke.resolver.reject(format!("more than {AT_ONCE} requests at once"));
    }
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let answer = answer(&app, &request);
        running.fetch_sub(1, Ordering::Relaxed);
        match serde_json::to_value(answer) {
            Ok(answer) => invoke.resolver.resolve(answer),
            Err(error) => invoke.resolver.reject(error.to_string()),
        }
    });
}

fn answer(app: &AppHandle, request: &Map<String, Value>) -> Answer {
    match app.state::<Program>().im.engine() {
        Ok(engine) => engine.answer(request),
        Err(failure) => Answer::refusal(&failure, "en").to(request),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
