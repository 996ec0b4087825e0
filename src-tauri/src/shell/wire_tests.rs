//! Holds the page's types against this program's.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use ts_rs::TS;

use super::app_page::{Difference, Grant, Installation, Permission, Way};
use super::authorities::{Authority, CertificateContent, Revoked};
use super::*;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/src/generated/shell.ts");

/// Which operation answers what. Only its shape matters.
#[derive(TS)]
#[allow(dead_code)]
#[ts(rename_all = "camelCase")]
struct ShellAnswers {
    state: ShellState,
    install: InstallAnswer,
    choose_package: PathAnswer,
    open: (),
    uninstall: (),
    app_page: AppPage,
    forget_grant: (),
    forget_grants: (),
    clear_data: (),
    roll_back: (),
    cancel_download: (),
    set_developer: (),
    open_inspector: (),
    raise_work: (),
    open_link: (),
    choose_files: PathsAnswer,
    choose_save: PathAnswer,
    notify: (),
    withdraw: (),
    set_tray: (),
    take_links: LinksAnswer,
    register_links: (),
    take_files: (),
    set_background: (),
    authorities: AuthoritiesAnswer,
    add_authority: AuthoritiesAnswer,
    remove_authority: AuthoritiesAnswer,
    import_revocations: ImportAnswer,
    set_language: (),
    set_theme: (),
    unlock: (),
    set_password: (),
    reveal_mnemonic: MnemonicAnswer,
}

fn generated() -> String {
    let languages: Vec<_> = Language::ALL
        .iter()
        .map(|language| serde_json::to_string(language).unwrap())
        .collect();
    let mut text = String::from(
        "// Generated from src-tauri/src/shell/wire.rs by its tests; UPDATE_GENERATED=1 writes it anew.\n",
    );
    writeln!(text, "\nexport type Language = {};", languages.join(" | ")).unwrap();
    for declaration in [
        Theme::decl(),
        WindowState::decl(),
        AppInfo::decl(),
        IdentityState::decl(),
        Download::decl(),
        WorkInfo::decl(),
        ShellState::decl(),
        Wish::decl(),
        Grant::decl(),
        Permission::decl(),
        Storage::decl(),
        Difference::decl(),
        PreviousVersion::decl(),
        Way::decl(),
        Installation::decl(),
        CertificateContent::decl(),
        Certificate::decl(),
        AppPage::decl(),
        Revoked::decl(),
        Authority::decl(),
        AuthoritiesAnswer::decl(),
        ImportAnswer::decl(),
        Change::decl(),
        PackageKind::decl(),
        TrayTexts::decl(),
        LinksAnswer::decl(),
        ShellRequest::decl(),
        Installed::decl(),
        InstallAnswer::decl(),
        PathAnswer::decl(),
        PathsAnswer::decl(),
        MnemonicAnswer::decl(),
        ShellAnswers::decl(),
        ShellErrorKind::decl(),
        ShellError::decl(),
        NoticeLevel::decl(),
        DragPhase::decl(),
        ShellEvent::decl(),
    ] {
        writeln!(text, "\nexport {declaration}").unwrap();
    }
    text
}

#[test]
fn the_pages_types_are_fresh() {
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(FILE, generated()).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written == generated(),
        "stale: run `UPDATE_GENERATED=1 cargo test -p cococat the_pages_types`"
    );
}
