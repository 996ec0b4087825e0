//! Whose certificates the person trusts.

use std::fs::File;
use std::io::Read;

use coco_bridge::authorities::{Authorities, AuthoritiesError, LIST_BYTES};
use coco_keys::Address;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::DialogExt;

use super::wire::{AuthoritiesAnswer, ImportAnswer, ShellError, ShellErrorKind};
use crate::program::Program;

/// All that are trusted.
pub(super) fn list(program: &Program) -> AuthoritiesAnswer {
    authorities(program).into()
}

/// Trusts one more, or gives it another name.
pub(super) fn add(program: &Program, address: Address, name: &str) -> Result<AuthoritiesAnswer, ShellError> {
    authorities(program).add(address, name)?;
    Ok(list(program))
}

/// Trusts one no longer.
pub(super) fn remove(program: &Program, address: &Address) -> Result<AuthoritiesAnswer, ShellError> {
    authorities(program).remove(address)?;
    Ok(list(program))
}

/// Lets the person choose a list of revoked certificates, and takes it over.
pub(super) fn import(app: &AppHandle) -> Result<ImportAnswer, ShellError> {
    let chosen = app
        .dialog()
        .file()
        .add_filter("JSON", &["json"])
        .blocking_pick_file()
        .and_then(|path| path.into_path().ok());
    let Some(path) = chosen else {
        return Ok(ImportAnswer { issuer: None });
    };
    let mut text = String::new();
    File::open(&path)
        .and_then(|file| file.take(LIST_BYTES as u64 + 1).read_to_string(&mut text))
        .map_err(|error| ShellError::io(&format_args!("{}: {error}", path.display())))?;
    let issuer = authorities(&app.state::<Program>()).import_revocations(&text)?;
    Ok(ImportAnswer {
        issuer: Some(issuer.to_string()),
    })
}

fn authorities(program: &Program) -> &Authorities {
    program.data.certificates.authorities()
}

impl From<AuthoritiesError> for ShellError {
    fn from(error: AuthoritiesError) -> Self {
        let kind = match &error {
            AuthoritiesError::Io { .. } => ShellErrorKind::Io,
            _ => ShellErrorKind::Invalid,
        };
        Self::new(kind, error.to_string())
    }
}
