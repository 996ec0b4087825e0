//! The icon in the tray: how many messages are unread, and a menu to open, lock and quit. Desktops without a tray show none, and then
//! closing the launcher ends the program as it does without this.
//!
//! Whether there is a tray is told by the bus: one that shows icons has a name there (`StatusNotifierItem` of freedesktop.org and KDE).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use gtk::gio::{BusType, Cancellable, DBusCallFlags, bus_get_sync};
use gtk::glib::ToVariant;
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuEvent};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry};

use super::lock;
use crate::program::Program;
use crate::shell;
use crate::shell::wire::{ShellError, ShellEvent, TrayTexts};

const ID: &str = "cococat";
/// Who shows icons, and how long the bus may take to know of them, in milliseconds.
const HOST: &str = "org.kde.StatusNotifierWatcher";
const PATIENCE: i32 = 2_000;
/// Entries of its menu.
const OPEN: &str = "tray-open";
const LOCK: &str = "tray-lock";
const QUIT: &str = "tray-quit";
/// Most that is counted where there is little room.
const COUNTED: u32 = 99;
/// Radius of the mark for unread messages: a part of the icon's edge.
const MARK: u32 = 5;
/// Its colour.
const RED: [u8; 4] = [0xd9, 0x36, 0x2b, 0xff];

/// The icon, if this desktop can have one.
#[derive(Default)]
pub(crate) struct Tray {
    icon: Mutex<Option<TrayIcon<Wry>>>,
    refused: AtomicBool,
}

impl Tray {
    /// Whether there is an icon.
    pub(crate) fn is_there(&self) -> bool {
        lock(&self.icon).is_some()
    }
}

/// Shows the icon with a number of unread messages and a menu in the page's language.
///
/// # Errors
/// `io` if this desktop can have none.
pub(crate) fn show(app: &AppHandle, unread: u32, texts: TrayTexts) -> Result<(), ShellError> {
    if !app.state::<Program>().desktop.tray.is_there() && !has_host() {
        return Err(ShellError::io(&"this desktop has no tray"));
    }
    let (send, done) = std::sync::mpsc::channel();
    let on_main = app.clone();
    // Menus are of the main thread.
    app.run_on_main_thread(move || {
        let _ = send.send(set(&on_main, unread, &texts));
    })
    .map_err(|error| ShellError::io(&error))?;
    done.recv().map_err(|error| ShellError::io(&error))?
}

fn set(app: &AppHandle, unread: u32, texts: &TrayTexts) -> Result<(), ShellError> {
    let failed = |error: tauri::Error| ShellError::io(&error);
    let tray = &app.state::<Program>().desktop.tray;
    if tray.refused.load(Ordering::Relaxed) {
        return Err(ShellError::io(&"this desktop has no tray"));
    }
    let menu = MenuBuilder::new(app)
        .text(OPEN, &texts.open)
        .text(LOCK, &texts.lock)
        .separator()
        .text(QUIT, &texts.quit)
        .build()
        .map_err(failed)?;
    let mut icon = lock(&tray.icon);
    if icon.is_none() {
        match build(app, &menu) {
            Some(built) => *icon = Some(built),
            None => {
                tray.refused.store(true, Ordering::Relaxed);
                return Err(ShellError::io(&"this desktop has no tray"));
            }
        }
    }
    if let Some(icon) = &*icon {
        icon.set_menu(Some(menu)).map_err(failed)?;
        icon.set_icon(picture(app, unread > 0)).map_err(failed)?;
        icon.set_title(label(unread)).map_err(failed)?;
    }
    Ok(())
}

/// Whether somebody shows icons.
fn has_host() -> bool {
    let Ok(bus) = bus_get_sync(BusType::Session, Cancellable::NONE) else {
        return false;
    };
    let (name, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
    let asked = (HOST,).to_variant();
    let answer = bus.call_sync(
        Some(name),
        path,
        name,
        "NameHasOwner",
        Some(&asked),
        None,
        DBusCallFlags::NONE,
        PATIENCE,
        Cancellable::NONE,
    );
    answer.is_ok_and(|answer| answer.get::<(bool,)>() == Some((true,)))
}

/// The icon, unless the system's library for it is missing, at which the crate that loads it panics.
fn build(app: &AppHandle, menu: &Menu<Wry>) -> Option<TrayIcon<Wry>> {
    let builder = TrayIconBuilder::with_id(ID)
        .menu(menu)
        .icon(picture(app, false)?)
        .tooltip("CocoCat")
        .on_menu_event(|app, event| chosen(app, &event));
    catch_unwind(AssertUnwindSafe(|| builder.build(app))).ok()?.ok()
}

fn chosen(app: &AppHandle, event: &MenuEvent) {
    match event.id().as_ref() {
        OPEN => crate::raise_launcher(app),
        LOCK => shell::tell(app, ShellEvent::Lock),
        QUIT => app.exit(0),
        _ => {}
    }
}

/// How many are unread, in as few letters as there is room for.
fn label(unread: u32) -> Option<String> {
    match unread {
        0 => None,
        few if few <= COUNTED => Some(few.to_string()),
        _ => Some(format!("{COUNTED}+")),
    }
}

/// The program's icon, with a mark if something is unread.
fn picture(app: &AppHandle, marked: bool) -> Option<Image<'static>> {
    let icon = app.default_window_icon()?;
    let (width, height) = (icon.width(), icon.height());
    let mut pixels = icon.rgba().to_vec();
    if marked {
        mark(&mut pixels, width, height);
    }
    Some(Image::new_owned(pixels, width, height))
}

/// Draws a disc into the upper right corner of RGBA pixels.
fn mark(pixels: &mut [u8], width: u32, height: u32) {
    let radius = width.min(height) / MARK;
    let (x, y) = (width.saturating_sub(radius), radius);
    for (at, pixel) in (0_u32..).zip(pixels.chunks_exact_mut(RED.len())) {
        let (column, row) = (at % width.max(1), at / width.max(1));
        if column.abs_diff(x).pow(2) + row.abs_diff(y).pow(2) <= radius.pow(2) {
            pixel.copy_from_slice(&RED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unread_messages_are_counted_to_ninety_nine() {
        assert_eq!(label(0), None);
        assert_eq!(label(99).as_deref(), Some("99"));
        assert_eq!(label(100).as_deref(), Some("99+"));
    }

    #[test]
    fn the_mark_stands_in_its_corner() {
        let mut pixels = vec![0; 40 * 40 * 4];
        mark(&mut pixels, 40, 40);
        let at = |column: usize, row: usize| pixels.get((row * 40 + column) * 4).copied().unwrap_or_default();
        assert_eq!((at(32, 8), at(39, 8), at(10, 10), at(32, 30)), (RED[0], RED[0], 0, 0));
    }
}
