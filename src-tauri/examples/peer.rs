//! What the measurements in `tests/bench` hold the program against: Tauri as it comes, with one plain command and without
//! any of this project's code. `peer DATA PAGES` keeps WebKit's files in the folder DATA and shows pages of the folder PAGES.
//!
//! Its first window shows `empty.html`. Standard input opens and closes further ones, which show `index.html`: lines
//! `open LABEL` and `close LABEL`; at its end the program ends. Standard output tells what happens, as `--report` of the program does.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tauri::utils::acl::resolved::Resolved;
use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
use tauri::webview::PageLoadEvent;
use tauri::{
    AppHandle, Assets, Context, Manager, PackageInfo, Pattern, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowEvent, Wry,
};

/// The label of the first window.
const FIRST: &str = "main";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(data), Some(pages), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: peer DATA PAGES".into());
    };
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![language, report])
        .setup(move |app| {
            let app = app.handle().clone();
            open(&app, FIRST, "empty.html", &data)?;
            std::thread::Builder::new().name("orders".into()).spawn(move || {
                for order in std::io::stdin().lock().lines().map_while(Result::ok) {
                    obey(&app, &order, &data);
                }
                app.exit(0);
            })?;
            Ok(())
        })
        .run(context(pages)?)?;
    Ok(())
}

/// The plain command: a constant answer, given at once.
#[tauri::command]
fn language() -> &'static str {
    "en"
}

/// What a page has to say, passed on to standard output.
#[tauri::command]
fn report(window: WebviewWindow, text: &str) {
    say(&json!({ "event": "said", "window": window.label(), "text": text }));
}

fn obey(app: &AppHandle, order: &str, data: &Path) {
    match order.split_once(' ') {
        Some(("open", label)) => {
            let (opener, label, data) = (app.clone(), label.to_owned(), data.to_owned());
            let _ = app.run_on_main_thread(move || {
                if let Err(error) = open(&opener, &label, "index.html", &data) {
                    eprintln!("peer: {label}: {error}");
                }
            });
        }
        Some(("close", label)) => {
            if let Some(window) = app.get_webview_window(label) {
                let _ = window.destroy();
            }
        }
        _ => eprintln!("peer: an order is `open LABEL` or `close LABEL`, not `{order}`"),
    }
}

fn open(app: &AppHandle, label: &str, page: &str, data: &Path) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, label, WebviewUrl::App(page.into()))
        .inner_size(1100.0, 760.0)
        .data_directory(data.to_owned())
        .on_page_load(|window, payload| {
            if payload.event() == PageLoadEvent::Finished {
                let event = if window.label() == FIRST { "ready" } else { "loaded" };
                say(&json!({ "event": event, "window": window.label() }));
            }
        })
        .build()?;
    let label = label.to_owned();
    window.on_window_event(move |event| {
        if let WindowEvent::Destroyed = event {
            say(&json!({ "event": "closed", "window": label }));
        }
    });
    Ok(())
}

fn say(event: &Value) {
    let _ = writeln!(std::io::stdout().lock(), "{event}");
}

/// The smallest configuration there is: no plugins, and no permissions, which Tauri asks for only when an app names its commands.
fn context(pages: PathBuf) -> Result<Context<Wry>, Box<dyn Error>> {
    let package = PackageInfo {
        name: "peer".into(),
        version: env!("CARGO_PKG_VERSION").parse()?,
        authors: "",
        description: "",
        crate_name: "peer",
    };
    let config = serde_json::from_value(json!({ "identifier": "org.cococat.peer" }))?;
    let permissions = tauri::runtime_authority!(BTreeMap::new(), Resolved::default());
    Ok(Context::new(
        config,
        Box::new(Folder(pages)),
        None,
        None,
        package,
        Pattern::Brownfield,
        permissions,
        None,
    ))
}

/// The files of a folder, read when they are asked for.
struct Folder(PathBuf);

impl Assets<Wry> for Folder {
    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        std::fs::read(self.0.join(key.as_ref().trim_start_matches('/')))
            .ok()
            .map(Cow::Owned)
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::empty())
    }

    fn csp_hashes(&self, _: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        Box::new(std::iter::empty())
    }
}
