//! What the shell's page can ask for, and what it is told.

mod app_page;
mod authorities;
mod choosing;
mod downloads;
mod errors;
mod links;
pub(crate) mod wire;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coco_bridge::local::forget;
use coco_keys::{Address, Protection};
use coco_package::{Downgrade, InstalledApp, Listed, Outcome};
use serde::Serialize;
use serde_json::Value;
use tauri::{AppHandle, Emitter, Manager};

use crate::apps;
use crate::desktop::notify::Notice;
use crate::desktop::{links as links_of_desktop, notify, tray};
use crate::developer;
use crate::inspector;
use crate::program::Program;
use crate::report::Event;
pub(crate) use app_page::page_changed;
pub(crate) use downloads::start;
use wire::{
    AppInfo, Change, DragPhase, IdentityState, InstallAnswer, Installed, LinksAnswer, MnemonicAnswer, NoticeLevel,
    ShellError, ShellErrorKind, ShellEvent, ShellRequest, ShellState, WindowState,
};

/// The label of the launcher's window.
pub(crate) const WINDOW: &str = "main";

/// Carries one request of the page out. May block; never called on the main thread.
pub(crate) fn handle(app: &AppHandle, request: ShellRequest) -> Result<Value, ShellError> {
    let program = app.state::<Program>();
    match request {
        ShellRequest::State => return answer(&state(&program)?),
        ShellRequest::Install { path, downgrade } => {
            let downgrade = if downgrade { Downgrade::Allow } else { Downgrade::Refuse };
            let installed = install(app, Path::new(&path), downgrade)?;
            return answer(&InstallAnswer { installed });
        }
        ShellRequest::ChoosePackage { kind } => return answer(&choosing::package(app, kind)),
        ShellRequest::RevealMnemonic { password } => {
            let mnemonic = program.data.keys.reveal_mnemonic(password.as_deref())?;
            return answer(&MnemonicAnswer {
                mnemonic: mnemonic.to_string(),
            });
        }
        ShellRequest::AppPage { address } => return answer(&app_page::read(&program, &address)?),
        ShellRequest::ForgetGrant { address, wish } => {
            app_page::forget(app, &address, wish)?;
            return Ok(Value::Null);
        }
        ShellRequest::ForgetGrants { address } => {
            app_page::forget_all(app, &address)?;
            return Ok(Value::Null);
        }
        ShellRequest::ClearData { address } => {
            app_page::clear_data(app, &address)?;
            return Ok(Value::Null);
        }
        ShellRequest::CancelDownload => {
            program.data.disk.downloads().cancel();
            return Ok(Value::Null);
        }
        ShellRequest::OpenInspector => {
            inspector::open(app)?;
            return Ok(Value::Null);
        }
        ShellRequest::RaiseWork { address } => {
            if let Some(window) = app.get_webview_window(&apps::development_label_of(&address)) {
                apps::raise(&window)?;
            }
            return Ok(Value::Null);
        }
        ShellRequest::ChooseFiles => return answer(&choosing::files(app)),
        ShellRequest::ChooseSave { name } => return answer(&choosing::place(app, &name)),
        ShellRequest::OpenLink { url } => {
            links::open(&url)?;
            return Ok(Value::Null);
        }
        ShellRequest::Notify {
            chat,
            title,
            text,
            sound,
        } => {
            let notice = Notice {
                chat,
                title,
                text,
                sound,
            };
            notify::show(app, &notice)?;
            return Ok(Value::Null);
        }
        ShellRequest::Withdraw { chat } => {
            match chat {
                Some(chat) => notify::withdraw(app, &chat)?,
                None => notify::withdraw_all(app)?,
            }
            return Ok(Value::Null);
        }
        ShellRequest::SetTray { unread, texts } => {
            tray::show(app, unread, texts)?;
            return Ok(Value::Null);
        }
        ShellRequest::TakeLinks => {
            let links = program.desktop.links.take();
            return answer(&LinksAnswer { links });
        }
        ShellRequest::RegisterLinks => {
            links_of_desktop::register()?;
            return Ok(Value::Null);
        }
        ShellRequest::TakeFiles { on } => {
            program.desktop.takes_files.store(on, Ordering::Relaxed);
            return Ok(Value::Null);
        }
        ShellRequest::Authorities => return answer(&authorities::list(&program)),
        ShellRequest::AddAuthority { address, name } => return answer(&authorities::add(&program, address, &name)?),
        ShellRequest::RemoveAuthority { address } => return answer(&authorities::remove(&program, &address)?),
        ShellRequest::ImportRevocations => return answer(&authorities::import(app)?),
        ShellRequest::RollBack { address } => {
            roll_back(app, &address)?;
            return Ok(Value::Null);
        }
        ShellRequest::Open { address, start } => apps::open(app, &address, start)?,
        ShellRequest::Uninstall { address } => uninstall(app, &address)?,
        ShellRequest::SetLanguage { language } => {
            program
                .settings
                .change(|choices| choices.language = language)
                .map_err(|error| ShellError::io(&error))?;
        }
        ShellRequest::SetTheme { theme } => {
            program
                .settings
                .change(|choices| choices.theme = theme)
                .map_err(|error| ShellError::io(&error))?;
            apps::apply_theme(app);
        }
        ShellRequest::SetDeveloper { on } => {
            program
                .settings
                .change(|choices| choices.developer = on)
                .map_err(|error| ShellError::io(&error))?;
            developer::set(app, on);
        }
        ShellRequest::SetBackground { on } => {
            program
                .settings
                .change(|choices| choices.background = on)
                .map_err(|error| ShellError::io(&error))?;
        }
        ShellRequest::Unlock { password } => program.data.keys.unlock(&password)?,
        ShellRequest::SetPassword { old, new } => program.data.keys.set_password(old.as_deref(), &new)?,
    }
    changed(app);
    Ok(Value::Null)
}

fn answer(value: &impl Serialize) -> Result<Value, ShellError> {
    serde_json::to_value(value).map_err(|error| ShellError::io(&error))
}

/// Tells the page that something of the state has changed.
pub(crate) fn changed(app: &AppHandle) {
    match state(&app.state::<Program>()) {
        Ok(state) => tell(app, ShellEvent::State { state }),
        Err(error) => eprintln!("cococat: {}", error.message),
    }
}

/// Tells the page that files are dragged over the window.
pub(crate) fn dragging(app: &AppHandle, phase: DragPhase) {
    tell(app, ShellEvent::Drag { phase });
}

/// Tells the page which files were dropped on the window. Those whose names cannot be told are left out.
pub(crate) fn dropped(app: &AppHandle, paths: &[PathBuf]) {
    let paths = paths
        .iter()
        .filter_map(|path| path.to_str().map(str::to_owned))
        .collect();
    tell(app, ShellEvent::Dropped { paths });
}

pub(crate) fn tell(app: &AppHandle, event: ShellEvent) {
    // There may be no page yet, or no more; it asks for the state when it loads.
    let _ = app.emit_to(WINDOW, "shell", event);
}

/// Tells the page a sentence for the person.
pub(crate) fn notice(app: &AppHandle, level: NoticeLevel, key: &'static str, values: BTreeMap<&'static str, String>) {
    tell(app, ShellEvent::Notice { level, key, values });
}

/// Installs a package that came by another way than a request of the page, and tells the page how it went.
pub(crate) fn install_and_tell(app: &AppHandle, path: &Path) {
    match install(app, path, Downgrade::Refuse) {
        Ok(Installed { address, name, change }) => {
            notice(
                app,
                NoticeLevel::Info,
                change.word(),
                BTreeMap::from([("name", name), ("address", address.to_string())]),
            );
        }
        Err(error) => {
            let file = path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned();
            let kind = serde_json::to_value(error.kind)
                .ok()
                .and_then(|kind| kind.as_str().map(str::to_owned))
                .unwrap_or_default();
            let values = [
                ("file", file),
                ("path", path.display().to_string()),
                ("kind", kind),
                ("message", error.message),
            ];
            notice(app, NoticeLevel::Error, "installFailed", BTreeMap::from(values));
        }
    }
}

fn install(app: &AppHandle, path: &Path, downgrade: Downgrade) -> Result<Installed, ShellError> {
    let program = app.state::<Program>();
    app_page::forget_expired(app, path);
    let outcome = program.data.store.install(path, downgrade).inspect_err(|error| {
        program.report.say(&Event::Refused {
            path: &path.display().to_string(),
            message: &error.to_string(),
        });
    })?;
    let change = match &outcome {
        Outcome::Installed(_) => Change::Installed,
        Outcome::Updated(_) => Change::Updated,
        Outcome::Unchanged(_) => Change::Unchanged,
    };
    let installed = outcome.app();
    let address = *installed.address();
    program.report.say(&Event::Installed {
        address: &address.to_string(),
        change: change.word(),
    });
    if !matches!(change, Change::Unchanged) {
        apps::replaced(app, installed);
    }
    changed(app);
    page_changed(app, &address);
    Ok(Installed {
        name: installed.display_name(),
        address,
        change,
    })
}

/// Goes back to an app's previous version, also in its window if it has one.
pub(crate) fn roll_back(app: &AppHandle, address: &Address) -> Result<(), ShellError> {
    let previous = app.state::<Program>().data.store.roll_back(address)?;
    apps::replaced(app, &previous);
    changed(app);
    page_changed(app, address);
    Ok(())
}

/// Closes an app and removes it. Its downloads go, and what it was allowed is forgotten at once: should it come back,
/// it has to ask again.
pub(crate) fn uninstall(app: &AppHandle, address: &Address) -> Result<(), ShellError> {
    apps::close(app, address);
    let data = &app.state::<Program>().data;
    data.store.uninstall(address)?;
    forget(address, &data.consent, &data.disk).map_err(|error| ShellError::io(&error))
}

fn state(program: &Program) -> Result<ShellState, ShellError> {
    let choices = program.settings.choices();
    Ok(ShellState {
        version: env!("CARGO_PKG_VERSION"),
        language: program.settings.language(),
        language_from_system: choices.language.is_none(),
        theme: choices.theme,
        developer: choices.developer,
        background: choices.background,
        identity: match program.data.keys.protection() {
            Protection::Device => IdentityState::Open,
            Protection::Unlocked => IdentityState::Unlocked,
            Protection::Locked => IdentityState::Locked,
            Protection::Damaged => IdentityState::Damaged,
        },
        apps: program
            .data
            .store
            .list()?
            .into_iter()
            .map(|listed| info(program, listed))
            .collect(),
        works: developer::works(program),
        download: downloads::running(program),
    })
}

fn info(program: &Program, listed: Listed) -> AppInfo {
    match listed.app {
        Ok(app) => whole(program, &app),
        Err(error) => AppInfo {
            address: listed.address,
            name: listed.address.to_string(),
            description: None,
            version: None,
            icon: String::new(),
            modified: 0,
            size: 0,
            signer: String::new(),
            window: WindowState::Closed,
            damaged: Some(error.to_string()),
        },
    }
}

fn whole(program: &Program, app: &InstalledApp) -> AppInfo {
    let content = app.content();
    let icon = app
        .icon()
        .map(|icon| format!("data:image/png;base64,{}", STANDARD.encode(icon.png)));
    AppInfo {
        address: *app.address(),
        name: app.display_name(),
        description: content.description().map(str::to_owned),
        version: content.version().map(str::to_owned),
        icon: icon.unwrap_or_default(),
        modified: content.modified(),
        size: content.total_size(),
        signer: app.signer().to_string(),
        window: program.windows.state(app.address()),
        damaged: None,
    }
}

/// Reads a request of the page.
pub(crate) fn read(value: Value) -> Result<ShellRequest, ShellError> {
    serde_json::from_value(value).map_err(|error| ShellError::new(ShellErrorKind::Invalid, error.to_string()))
}
