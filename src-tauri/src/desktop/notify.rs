//! Notifications of the desktop (freedesktop.org, Desktop Notifications Specification 1.2), by D-Bus: one for each chat at most, which
//! a later one takes the place of. A click brings the launcher to the front, and the page hears of which chat it was.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use gtk::gio::{BusType, Cancellable, DBusCallFlags, DBusConnection, DBusSignalFlags, bus_get_sync};
use gtk::glib::{self, ToVariant, Variant, VariantTy};
use tauri::{AppHandle, Manager};

use super::lock;
use crate::program::Program;
use crate::shell;
use crate::shell::wire::{ShellError, ShellErrorKind, ShellEvent};

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// How long the desktop may take to answer, in milliseconds.
const PATIENCE: i32 = 2_000;
/// Most letters of a title, of a text, and of what names a chat.
const TITLE: usize = 120;
const TEXT: usize = 400;
const CHAT: usize = 200;
/// Most chats with a notification at once.
const MOST: usize = 64;
/// The action of a click on the notification itself.
const CLICK: &str = "default";

/// The notifications that are shown.
#[derive(Default)]
pub(crate) struct Notifications {
    bus: OnceLock<DBusConnection>,
    /// Whether texts are read as markup here, and have to be escaped.
    markup: OnceLock<bool>,
    /// By chat, the number that the desktop gave.
    shown: Mutex<HashMap<String, u32>>,
}

/// What a notification says.
pub(crate) struct Notice {
    /// The chat that it is about, as the page calls it.
    pub(crate) chat: String,
    pub(crate) title: String,
    pub(crate) text: String,
    /// Whether a sound may be made.
    pub(crate) sound: bool,
}

/// Shows a notification, in place of the chat's last one.
///
/// # Errors
/// `invalid` for a chat's name that is too long, `io` if the desktop shows none.
pub(crate) fn show(app: &AppHandle, notice: &Notice) -> Result<(), ShellError> {
    if notice.chat.len() > CHAT {
        return Err(ShellError::new(ShellErrorKind::Invalid, "the chat's name is too long"));
    }
    let notifications = &app.state::<Program>().desktop.notifications;
    let bus = notifications.bus(app)?;
    let replaces = lock(&notifications.shown).get(&notice.chat).copied().unwrap_or(0);
    let text: String = notice.text.chars().take(TEXT).collect();
    let text = if notifications.reads_markup(bus) {
        glib::markup_escape_text(&text).to_string()
    } else {
        text
    };
    let title: String = notice.title.chars().take(TITLE).collect();
    let parameters = (
        "CocoCat",
        replaces,
        "",
        title,
        text,
        vec![CLICK, "Open"],
        hints(app, notice.sound),
        -1,
    );
    let answer = call(bus, "Notify", &parameters.to_variant())?;
    let (number,) = answer
        .get::<(u32,)>()
        .ok_or_else(|| failed("the desktop gave no number"))?;
    let mut shown = lock(&notifications.shown);
    if shown.len() >= MOST {
        shown.clear();
    }
    shown.insert(notice.chat.clone(), number);
    Ok(())
}

/// Takes a chat's notification away, if there is one.
///
/// # Errors
/// `io` if the desktop does not answer.
pub(crate) fn withdraw(app: &AppHandle, chat: &str) -> Result<(), ShellError> {
    let notifications = &app.state::<Program>().desktop.notifications;
    let Some(number) = lock(&notifications.shown).remove(chat) else {
        return Ok(());
    };
    call(notifications.bus(app)?, "CloseNotification", &(number,).to_variant()).map(|_| ())
}

/// Takes all notifications away.
///
/// # Errors
/// `io` if the desktop does not answer.
pub(crate) fn withdraw_all(app: &AppHandle) -> Result<(), ShellError> {
    let chats: Vec<String> = lock(&app.state::<Program>().desktop.notifications.shown)
        .keys()
        .cloned()
        .collect();
    chats.iter().try_for_each(|chat| withdraw(app, chat))
}

impl Notifications {
    /// The session's bus, on which clicks are listened for from the first time on.
    fn bus(&self, app: &AppHandle) -> Result<&DBusConnection, ShellError> {
        if let Some(bus) = self.bus.get() {
            return Ok(bus);
        }
        let bus = bus_get_sync(BusType::Session, Cancellable::NONE).map_err(failed)?;
        let (ear, heard) = (bus.clone(), app.clone());
        // Where it is asked for is where it is told: the main thread has the loop.
        app.run_on_main_thread(move || listen(&ear, &heard)).map_err(failed)?;
        Ok(self.bus.get_or_init(|| bus))
    }

    fn reads_markup(&self, bus: &DBusConnection) -> bool {
        *self.markup.get_or_init(|| {
            call(bus, "GetCapabilities", &().to_variant())
                .ok()
                .and_then(|answer| answer.get::<(Vec<String>,)>())
                .is_none_or(|(capabilities,)| capabilities.iter().any(|word| word == "body-markup"))
        })
    }
}

fn listen(bus: &DBusConnection, app: &AppHandle) {
    let clicked = app.clone();
    bus.signal_subscribe(
        Some(SERVICE),
        Some(SERVICE),
        Some("ActionInvoked"),
        Some(PATH),
        None,
        DBusSignalFlags::NONE,
        move |_, _, _, _, _, parameters| {
            if let Some((number, action)) = parameters.get::<(u32, String)>()
                && action == CLICK
                && let Some(chat) = chat_of(&clicked, number)
            {
                crate::raise_launcher(&clicked);
                shell::tell(&clicked, ShellEvent::OpenChat { chat });
            }
        },
    );
    let closed = app.clone();
    bus.signal_subscribe(
        Some(SERVICE),
        Some(SERVICE),
        Some("NotificationClosed"),
        Some(PATH),
        None,
        DBusSignalFlags::NONE,
        move |_, _, _, _, _, parameters| {
            if let Some((number, _)) = parameters.get::<(u32, u32)>() {
                lock(&closed.state::<Program>().desktop.notifications.shown).retain(|_, shown| *shown != number);
            }
        },
    );
}

fn chat_of(app: &AppHandle, number: u32) -> Option<String> {
    let program = app.state::<Program>();
    let shown = lock(&program.desktop.notifications.shown);
    shown
        .iter()
        .find(|(_, shown)| **shown == number)
        .map(|(chat, _)| chat.clone())
}

/// What else the desktop is told: kind, program, sound and picture.
fn hints(app: &AppHandle, sound: bool) -> HashMap<&'static str, Variant> {
    let mut hints = HashMap::from([
        ("category", "im.received".to_variant()),
        ("desktop-entry", super::links::ENTRY.to_variant()),
        ("suppress-sound", (!sound).to_variant()),
    ]);
    if sound {
        hints.insert("sound-name", "message-new-instant".to_variant());
    }
    if let Some(icon) = app.default_window_icon() {
        let edge = |length: u32| i32::try_from(length).unwrap_or_default();
        let (width, height) = (edge(icon.width()), edge(icon.height()));
        let pixels = icon.rgba().to_vec();
        hints.insert(
            "image-data",
            (width, height, width * 4, true, 8, 4, pixels).to_variant(),
        );
    }
    hints
}

fn call(bus: &DBusConnection, method: &str, parameters: &Variant) -> Result<Variant, ShellError> {
    let answer: Option<&VariantTy> = None;
    bus.call_sync(
        Some(SERVICE),
        PATH,
        SERVICE,
        method,
        Some(parameters),
        answer,
        DBusCallFlags::NONE,
        PATIENCE,
        Cancellable::NONE,
    )
    .map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> ShellError {
    ShellError::io(&error)
}
