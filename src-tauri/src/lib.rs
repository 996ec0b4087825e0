//! The shell: the launcher's window, the apps' windows, and what connects them to the crates that do the work.

mod apps;
mod arguments;
mod defences;
mod desktop;
mod developer;
mod im;
mod inspector;
mod program;
mod report;
mod settings;
mod sheet;
mod shell;

use std::error::Error;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;

use coco_keys::Address;
use coco_package::instance::{Develop, Instance, Request, data_folder};
use tauri::ipc::Invoke;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, DragDropEvent, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent, Wry};

pub use arguments::Arguments;
pub use defences::{Defence, Defences};
pub use developer::Target;
use program::Program;
use report::{Event, Report};
use shell::wire::{DragPhase, ShellError, ShellErrorKind};

/// Longest wait for the main thread to say that it lives.
const PATIENCE: Duration = Duration::from_secs(2);

/// Runs the program until its last window is closed.
///
/// # Errors
/// When the data folder cannot be used or the system has no display.
pub fn run(arguments: Arguments, defences: Defences) -> Result<(), Box<dyn Error>> {
    let folder = data_folder(arguments.data)?.ok_or("no folder for data: give one with --data DIR")?;
    // What lies in it is nobody else's business.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let request = Request {
        install: arguments
            .install
            .iter()
            .map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()))
            .collect(),
        open: arguments.open,
        develop: arguments
            .dev
            .iter()
            .zip(arguments.dev_address)
            .map(|(target, address)| Develop {
                target: target.to_string(),
                address,
            })
            .collect(),
        inspector: arguments.inspector,
        links: arguments.link,
        ..Request::default()
    };
    let first = match Instance::claim(&folder, &request).map_err(|error| format!("{}: {error}", folder.display()))? {
        Instance::First(first) => first,
        Instance::Later => {
            eprintln!("cococat: already running with this data folder; it has been told");
            return Ok(());
        }
    };
    let program = Program::open(&folder, Report(arguments.report), defences)?;

    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(program)
        .invoke_handler(dispatch)
        .setup(move |app| {
            let app = app.handle().clone();
            sheet::start(&app);
            let launcher = open_launcher(&app)?;
            apps::serve(&app, &launcher)?;
            shell::start(&app);
            developer::start(&app);
            im::start(&app);
            if !defences.has(Defence::OneCommand) {
                app.add_capability(include_str!("apps/every-command.json"))?;
            }
            let ear = app.clone();
            first.listen(move |request| take(&ear, request))?;
            std::thread::Builder::new()
                .name("start".into())
                .spawn(move || carry_out(&app, request))?;
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}

/// Every command that any page can call. Which window may call which is granted in `capabilities/` and was checked
/// before this; that an app cannot reach `shell` is checked here once more.
fn dispatch(invoke: Invoke<Wry>) -> bool {
    let label = invoke.message.webview_ref().label().to_owned();
    match invoke.message.command() {
        "bridge" => apps::call(&label, invoke),
        "im" if label == shell::WINDOW || !apps::one_command(&invoke) => im::call(invoke),
        "inspector" if label == inspector::WINDOW => inspector::call(invoke),
        "sheet" if label.starts_with(sheet::PREFIX) => sheet::call(label, invoke),
        "shell" if label == shell::WINDOW || !apps::one_command(&invoke) => {
            let app = invoke.message.webview_ref().app_handle().clone();
            let request = match invoke.message.payload() {
                tauri::ipc::InvokeBody::Json(payload) => {
                    shell::read(payload.get("request").cloned().unwrap_or_default())
                }
                tauri::ipc::InvokeBody::Raw(_) => shell::read(serde_json::Value::Null),
            };
            tauri::async_runtime::spawn_blocking(move || {
                match request.and_then(|request| shell::handle(&app, request)) {
                    Ok(answer) => invoke.resolver.resolve(answer),
                    Err(error) => invoke.resolver.reject(error),
                }
            });
        }
        _ => return false,
    }
    true
}

/// Takes the request of a later start, unless this program is ending and will not get to it.
fn take(app: &AppHandle, request: Request) -> bool {
    let (alive, heard) = mpsc::channel();
    let asked = app.run_on_main_thread(move || {
        let _ = alive.send(());
    });
    if asked.is_err() || heard.recv_timeout(PATIENCE).is_err() {
        return false;
    }
    raise_launcher(app);
    let app = app.clone();
    std::thread::Builder::new()
        .name("later start".into())
        .spawn(move || carry_out(&app, request))
        .is_ok()
}

fn carry_out(app: &AppHandle, request: Request) {
    // First, so that nothing is missed of what opens.
    if request.inspector {
        developer::set_for_now(app);
        if let Err(error) = inspector::open(app) {
            eprintln!("cococat: {}", error.message);
        }
    }
    for path in request.install {
        shell::install_and_tell(app, &path);
    }
    for address in request.roll_back {
        if let Err(error) = shell::roll_back(app, &address) {
            eprintln!("cococat: {address}: {}", error.message);
        }
    }
    for address in request.uninstall {
        if let Err(error) = shell::uninstall(app, &address) {
            eprintln!("cococat: {address}: {}", error.message);
        }
        shell::changed(app);
    }
    for link in request.links {
        desktop::links::arrived(app, &link);
    }
    for address in request.open {
        if let Err(error) = apps::open(app, &address, None) {
            not_opened(app, &address, &error);
        }
    }
    for Develop { target, address } in request.develop {
        let opened = Target::parse(&target)
            .map_err(|message| ShellError::new(ShellErrorKind::Invalid, message))
            .and_then(|target| developer::open(app, &target, &address));
        if let Err(error) = opened {
            not_opened(app, &address, &error);
        }
    }
}

fn not_opened(app: &AppHandle, address: &Address, error: &ShellError) {
    app.state::<Program>().report.say(&Event::NotOpened {
        address: &address.to_string(),
        message: &error.message,
    });
    eprintln!("cococat: {address}: {}", error.message);
}

fn open_launcher(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let (web_data, theme, defences) = {
        let program = app.state::<Program>();
        (program.web_data.clone(), apps::theme(&program), program.defences)
    };
    let mut builder = WebviewWindowBuilder::new(app, shell::WINDOW, WebviewUrl::App("index.html".into()))
        .title("CocoCat")
        .inner_size(960.0, 680.0)
        .min_inner_size(360.0, 420.0)
        .theme(theme)
        .data_directory(web_data)
        .on_navigation(|url| url.scheme() == "tauri")
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .on_page_load(|window, payload| {
            if payload.event() == PageLoadEvent::Finished {
                window.state::<Program>().report.say(&Event::Ready {
                    pid: std::process::id(),
                });
            }
        });
    // All windows share one context, and with it the proxy.
    if defences.has(Defence::DeadProxy) {
        builder = builder.proxy_url(apps::dead_proxy()?);
    }
    let window = builder.build()?;
    apps::close_with_page(&window)?;
    desktop::recording::allow(&window)?;
    let app = app.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(DragDropEvent::Enter { .. }) => shell::dragging(&app, DragPhase::Over),
        WindowEvent::DragDrop(DragDropEvent::Leave) => shell::dragging(&app, DragPhase::Leave),
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => {
            shell::dragging(&app, DragPhase::Leave);
            dropped(&app, paths.clone());
        }
        WindowEvent::CloseRequested { api, .. } if stays(&app) => {
            api.prevent_close();
            if let Some(window) = app.get_webview_window(shell::WINDOW) {
                let _ = window.hide();
            }
        }
        _ => {}
    });
    Ok(window)
}

/// Files that were dropped on the launcher: the page has a use for them, or they are packages.
fn dropped(app: &AppHandle, paths: Vec<PathBuf>) {
    if app.state::<Program>().desktop.takes_files.load(Ordering::Relaxed) {
        shell::dropped(app, &paths);
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || paths.iter().for_each(|path| shell::install_and_tell(&app, path)));
}

/// Whether the program goes on without its windows: the person wants it to, and can come back by the tray.
fn stays(app: &AppHandle) -> bool {
    let program = app.state::<Program>();
    program.settings.choices().background && program.desktop.tray.is_there()
}

/// Brings the launcher before the person's eyes.
pub(crate) fn raise_launcher(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(shell::WINDOW) {
        let _ = apps::raise(&window);
    } else {
        let opener = app.clone();
        let _ = app.run_on_main_thread(move || {
            let _ = open_launcher(&opener);
        });
    }
}
