//! Developer mode: apps from a developer's machine, and what shows their calls.
//!
//! It is off unless the person switched it on in the settings, or started the program with `--dev` or `--inspector`, which
//! switch it on until the program ends. While it is off nothing of this exists: no such app opens and no call is recorded.

mod target;
mod watch;
mod work;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use coco_bridge::{App, page};
use coco_keys::Address;
use tauri::ipc::CapabilityBuilder;
use tauri::{AppHandle, Manager, WebviewWindow};

pub(crate) use target::Server;
pub use target::Target;
pub(crate) use work::Work;

use crate::apps::{self, Key, Running, development_label_of};
use crate::inspector::{self, Recorder};
use crate::program::Program;
use crate::shell;
use crate::shell::wire::{NoticeLevel, ShellError, ShellErrorKind, WorkInfo};
use watch::Watch;

/// Whether developer mode is on, and what belongs to it.
#[derive(Default)]
pub(crate) struct Developer {
    /// There while developer mode is on.
    recorder: RwLock<Option<Arc<Recorder>>>,
    /// Switched on by the command line, not by the settings.
    for_now: AtomicBool,
    works: Mutex<BTreeMap<String, Opened>>,
}

/// A developer's work that has a window.
struct Opened {
    target: Target,
    _watch: Option<Watch>,
}

impl Developer {
    /// On or off, as the settings say.
    pub(crate) fn new(on: bool) -> Self {
        let developer = Self::default();
        if on {
            developer.start();
        }
        developer
    }

    /// Whether developer mode is on.
    pub(crate) fn is_on(&self) -> bool {
        self.recorder.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// What records calls, while developer mode is on.
    pub(crate) fn recorder(&self) -> Option<Arc<Recorder>> {
        self.recorder.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What runs at the label of a window with a developer's work.
    pub(crate) fn target(&self, label: &str) -> Option<Target> {
        self.works().get(label).map(|opened| opened.target.clone())
    }

    fn start(&self) {
        let mut recorder = self.recorder.write().unwrap_or_else(PoisonError::into_inner);
        recorder.get_or_insert_with(Arc::default);
    }

    fn works(&self) -> MutexGuard<'_, BTreeMap<String, Opened>> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins what belongs to developer mode, if the settings have it on.
pub(crate) fn start(app: &AppHandle) {
    if app.state::<Program>().developer.is_on() {
        begin(app);
    }
}

/// Switches developer mode as the person chose. Never called on the main thread.
pub(crate) fn set(app: &AppHandle, on: bool) {
    let developer = &app.state::<Program>().developer;
    developer.for_now.store(false, Ordering::Relaxed);
    if on {
        begin(app);
        return;
    }
    developer
        .recorder
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    inspector::close(app);
    apps::set_inspectable(app, false);
    let labels: Vec<_> = developer.works().keys().cloned().collect();
    for label in labels {
        apps::close_window(app, &label);
    }
}

/// Switches developer mode on until the program ends, for who asked for it on the command line.
pub(crate) fn set_for_now(app: &AppHandle) {
    let developer = &app.state::<Program>().developer;
    if !developer.is_on() {
        developer.for_now.store(true, Ordering::Relaxed);
        begin(app);
    }
}

fn begin(app: &AppHandle) {
    let developer = &app.state::<Program>().developer;
    developer.start();
    if let Some(recorder) = developer.recorder() {
        inspector::follow(app, &recorder);
    }
    apps::set_inspectable(app, true);
}

/// Runs a developer's work under an address, in a window of its own; what ran there before is closed. Never called on the
/// main thread.
///
/// # Errors
/// When the folder has no page, or the system has no window to give.
pub(crate) fn open(app: &AppHandle, target: &Target, address: &Address) -> Result<(), ShellError> {
    if let Target::Folder(folder) = target
        && !folder.join("index.html").is_file()
    {
        return Err(ShellError::new(
            ShellErrorKind::Missing,
            format!("{}: there is no index.html", folder.display()),
        ));
    }
    let program = app.state::<Program>();
    set_for_now(app);
    let label = development_label_of(address);
    // Whoever starts the same again wants to see it.
    if program.developer.target(&label).as_ref() == Some(target)
        && let Some(window) = app.get_webview_window(&label)
    {
        return Ok(apps::raise(&window)?);
    }
    apps::close_window(app, &label);
    if let Target::Server(server) = target {
        let pattern = server
            .pattern()
            .map_err(|message| ShellError::new(ShellErrorKind::Invalid, message))?;
        app.add_capability(
            CapabilityBuilder::new(format!(
                "{label}-{}",
                server.authority().replace([':', '[', ']', '.'], "-")
            ))
            .window(&label)
            .local(false)
            .remote(pattern.as_str().to_owned())
            .permission("allow-bridge"),
        )?;
    }
    let work = Arc::new(Work::at(target, *address));
    let opened = Opened {
        target: target.clone(),
        _watch: watch(app, target, &label, &work),
    };
    program.developer.works().insert(label.clone(), opened);
    apps::run(app, Running::development(Arc::clone(&work), target)).inspect_err(|_| closed(app, &label))?;
    if program.developer.for_now.load(Ordering::Relaxed) {
        let values = [
            ("name", work.display_name()),
            ("target", target.to_string()),
            ("address", address.to_string()),
        ];
        shell::notice(app, NoticeLevel::Info, "development", BTreeMap::from(values));
    }
    Ok(())
}

/// What developers are working on, as far as it has a window.
pub(crate) fn works(program: &Program) -> Vec<WorkInfo> {
    let open = program.windows.all().into_iter().map(|(running, _)| running);
    open.filter_map(|running| {
        Some(WorkInfo {
            address: *running.address(),
            name: running.app().display_name(),
            target: program.developer.target(&running.label())?.to_string(),
        })
    })
    .collect()
}

/// A window is gone: nobody watches its folder any more.
pub(crate) fn closed(app: &AppHandle, label: &str) {
    let opened = app.state::<Program>().developer.works().remove(label);
    // Outside the lock: a watch ends threads.
    drop(opened);
}

/// Loads the page anew whenever its folder changes.
fn watch(app: &AppHandle, target: &Target, label: &str, work: &Arc<Work>) -> Option<Watch> {
    let Target::Folder(folder) = target else { return None };
    let (app, label, work) = (app.clone(), label.to_owned(), Arc::clone(work));
    let reload = move || {
        work.look_again();
        let running = app.state::<Program>().windows.running(&label);
        if let (Some(running), Some(window)) = (running, app.get_webview_window(&label)) {
            let _ = window.set_title(&running.title());
            let _ = window.reload();
        }
    };
    Watch::start(folder, reload)
        .inspect_err(|error| eprintln!("cococat: {}: changes are not seen: {error}", folder.display()))
        .ok()
}

/// What a page of a developer's server runs first: production's policy, which allows its own WebSocket besides.
pub(crate) fn policy_script(server: &Server) -> String {
    let socket = server.origin().replacen("http:", "ws:", 1);
    let policy = page::CSP.replace("connect-src 'self'", &format!("connect-src 'self' {socket}"));
    let quote = |text: &str| serde_json::Value::from(text).to_string();
    format!(
        "({})({}, {});\n",
        include_str!("policy.js").trim_end().trim_end_matches(';'),
        quote(&policy),
        quote(&server.origin())
    )
}

/// A developer's key was pressed in an app's window; `false` when developer mode is off, and the key is the page's.
pub(crate) fn pressed(window: &WebviewWindow, key: Key) -> bool {
    let app = window.app_handle();
    if !app.state::<Program>().developer.is_on() {
        return false;
    }
    match key {
        Key::Page => apps::inspect(window),
        Key::Bridge => {
            let app = app.clone();
            tauri::async_runtime::spawn_blocking(move || {
                if let Err(error) = inspector::open(&app) {
                    eprintln!("cococat: {}", error.message);
                }
            });
        }
    }
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn the_policy_of_a_server_is_that_of_packages_and_its_own_socket() {
        let Ok(Target::Server(server)) = Target::parse("http://localhost:5173/app/") else {
            panic!("a server")
        };
        let script = policy_script(&server);
        assert!(script.contains("connect-src 'self' ws://localhost:5173;"), "{script}");
        for directive in page::CSP
            .split("; ")
            .filter(|directive| !directive.starts_with("connect-src"))
        {
            assert!(script.contains(directive), "{directive}");
        }
    }
}
