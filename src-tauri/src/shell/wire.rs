//! What travels between the shell's page and this program. `web/src/generated/shell.ts` is generated from here.

mod app_page;
mod authorities;

use std::collections::BTreeMap;

use coco_bridge::Language;
use coco_keys::Address;
use serde::{Deserialize, Serialize};

use crate::settings::Theme;
pub(crate) use app_page::{AppPage, PreviousVersion, Storage, Wish};
pub(crate) use authorities::{AuthoritiesAnswer, Certificate, ImportAnswer};

/// What the page asks for.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "op", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum ShellRequest {
    /// Everything that the page shows.
    State,
    /// Installs a package, an older one than the installed only with `downgrade`.
    Install { path: String, downgrade: bool },
    /// Lets the person choose a package.
    ChoosePackage { kind: PackageKind },
    /// Opens an app, or brings its window to the front; `start` is for its page, from a card or a link, and `null` without one.
    Open {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
        start: Option<String>,
    },
    /// Closes an app and removes it.
    Uninstall {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
    },
    /// What an app may do, keeps, and was before.
    AppPage {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
    },
    /// Forgets the person's answer to a wish of an app, so that it is asked again.
    ForgetGrant {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
        wish: Wish,
    },
    /// Forgets all answers to an app's wishes.
    ForgetGrants {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
    },
    /// Closes an app and removes everything that it stored. Its account and the person's answers stay.
    ClearData {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
    },
    /// Goes back to an app's previous version.
    RollBack {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
    },
    /// Cancels the running download.
    CancelDownload,
    /// Switches developer mode.
    SetDeveloper { on: bool },
    /// Opens the bridge inspector, while developer mode is on.
    OpenInspector,
    /// Brings the window of a developer's work to the front.
    RaiseWork {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
    },
    /// Opens a page of the web, or a number to call, in the program that the system has for it.
    OpenLink { url: String },
    /// Lets the person choose files to send.
    ChooseFiles,
    /// Lets the person choose where to save something of a name.
    ChooseSave { name: String },
    /// Shows a notification of the desktop about a chat, in place of the chat's last one.
    Notify {
        chat: String,
        title: String,
        text: String,
        sound: bool,
    },
    /// Takes a chat's notification away, or all.
    Withdraw { chat: Option<String> },
    /// Shows an icon in the tray with how many messages are unread.
    SetTray { unread: u32, texts: TrayTexts },
    /// The links that the program was opened with and nobody took yet.
    TakeLinks,
    /// Makes this program the one that opens its links.
    RegisterLinks,
    /// Whether files that are dropped on the window go to the page; else they are installed.
    TakeFiles { on: bool },
    /// Whether the program goes on in the tray when the launcher is closed.
    SetBackground { on: bool },
    /// Whose certificates are trusted.
    Authorities,
    /// Trusts an authority, or gives it another name.
    AddAuthority {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
        name: String,
    },
    /// Trusts an authority no longer.
    RemoveAuthority {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
    },
    /// Lets the person choose a list of revoked certificates.
    ImportRevocations,
    /// Chooses the language; `null` for the system's.
    SetLanguage {
        #[cfg_attr(test, ts(type = "Language | null"))]
        language: Option<Language>,
    },
    /// Chooses light or dark.
    SetTheme { theme: Theme },
    /// Unlocks the person's keys.
    Unlock { password: String },
    /// Sets or changes the password; `old` is `null` while there is none.
    SetPassword { old: Option<String>, new: String },
    /// Shows the recovery words; `password` is `null` while there is none.
    RevealMnemonic { password: Option<String> },
}

/// Words of the menu in the tray.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct TrayTexts {
    pub(crate) open: String,
    pub(crate) lock: String,
    pub(crate) quit: String,
}

/// What a package comes as.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum PackageKind {
    Folder,
    Zip,
}

/// Everything that the page shows.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShellState {
    pub(crate) version: &'static str,
    #[cfg_attr(test, ts(type = "Language"))]
    pub(crate) language: Language,
    pub(crate) language_from_system: bool,
    pub(crate) theme: Theme,
    /// Whether developer mode is on.
    pub(crate) developer: bool,
    /// Whether the program goes on in the tray when the launcher is closed.
    pub(crate) background: bool,
    pub(crate) identity: IdentityState,
    pub(crate) apps: Vec<AppInfo>,
    /// What developers are working on, as far as it has a window.
    pub(crate) works: Vec<WorkInfo>,
    /// The one that is running.
    pub(crate) download: Option<Download>,
}

/// A developer's work that has a window.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct WorkInfo {
    #[cfg_attr(test, ts(type = "string"))]
    pub(crate) address: Address,
    pub(crate) name: String,
    /// Its folder, or the address of its server.
    pub(crate) target: String,
}

/// A download that is running.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Download {
    /// The app that downloads.
    #[cfg_attr(test, ts(type = "string"))]
    pub(crate) address: Address,
    pub(crate) file: String,
    /// Bytes so far.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) received: u64,
    /// Bytes in all; `null` when the server does not say.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub(crate) total: Option<u64>,
}

/// One installed app.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppInfo {
    #[cfg_attr(test, ts(type = "string"))]
    pub(crate) address: Address,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) version: Option<String>,
    /// A data URL, or empty.
    pub(crate) icon: String,
    /// When it was signed, in seconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) modified: i64,
    /// Bytes of its files.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) size: u64,
    pub(crate) signer: String,
    pub(crate) window: WindowState,
    /// Why it cannot be opened, in English.
    pub(crate) damaged: Option<String>,
}

/// What an app's window is doing.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum WindowState {
    Closed,
    Opening,
    Open,
    Crashed,
}

/// How the person's keys are protected.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum IdentityState {
    /// Usable; a file on this computer alone protects them.
    Open,
    /// Protected by a password, unlocked.
    Unlocked,
    /// Protected by a password, locked.
    Locked,
    /// The file that holds them cannot be read.
    Damaged,
}

/// What an installation changed.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Change {
    Installed,
    Updated,
    Unchanged,
}

impl Change {
    /// Its name, as reports and notices carry it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        }
    }
}

/// The app that was installed.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Installed {
    #[cfg_attr(test, ts(type = "string"))]
    pub(crate) address: Address,
    pub(crate) name: String,
    pub(crate) change: Change,
}

/// Answer of `install`.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct InstallAnswer {
    pub(crate) installed: Installed,
}

/// Answer of `choosePackage`; `null` when the person chose none.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PathAnswer {
    pub(crate) path: Option<String>,
}

/// Answer of `chooseFiles`.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PathsAnswer {
    pub(crate) paths: Vec<String>,
}

/// Answer of `takeLinks`.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct LinksAnswer {
    pub(crate) links: Vec<String>,
}

/// Answer of `revealMnemonic`.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct MnemonicAnswer {
    pub(crate) mnemonic: String,
}

/// Why a request was refused.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ShellError {
    pub(crate) kind: ShellErrorKind,
    /// English detail for people who look into it.
    pub(crate) message: String,
}

/// What kind of refusal it is; the page has plain words for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum ShellErrorKind {
    /// No package, or one that cannot be read.
    Parse,
    /// The address is wrong.
    Address,
    /// The signature is wrong.
    Signature,
    /// Older than what is installed.
    Older,
    /// Signed in the future.
    Future,
    /// A file is not as it was signed.
    Files,
    /// Too large.
    Limits,
    /// A required file is missing.
    Missing,
    /// What is installed is damaged.
    Damaged,
    /// The disk is full.
    Disk,
    /// The password is wrong, or not good enough.
    Password,
    /// The keys are locked.
    Locked,
    /// Something could not be read or written.
    Io,
    /// No such app.
    NotFound,
    /// The request makes no sense.
    Invalid,
}

/// What the page is told without asking.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub(crate) enum ShellEvent {
    /// Something of the state has changed.
    State { state: ShellState },
    /// What `appPage` answers for an app has changed.
    AppPage {
        #[cfg_attr(test, ts(type = "string"))]
        address: Address,
    },
    /// How far the running download is, at most ten times a second; `null` when it has ended.
    Download { download: Option<Download> },
    /// Files are being dragged over the window.
    Drag { phase: DragPhase },
    /// Files were dropped on the window, and the page takes them.
    Dropped { paths: Vec<String> },
    /// The person clicked a chat's notification.
    OpenChat { chat: String },
    /// There are links to take.
    Links,
    /// The person wants the messenger locked.
    Lock,
    /// A sentence for the person: a key of the page's texts and what stands in it.
    Notice {
        level: NoticeLevel,
        key: &'static str,
        #[cfg_attr(test, ts(type = "Record<string, string>"))]
        values: BTreeMap<&'static str, String>,
    },
}

/// Where a drag is.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum DragPhase {
    Over,
    Leave,
}

/// How serious a notice is.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum NoticeLevel {
    Info,
    Error,
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
