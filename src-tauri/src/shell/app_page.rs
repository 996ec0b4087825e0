//! One app's page in the launcher: what the app may do, what it keeps, which versions there are.

use std::path::Path;

use coco_bridge::consent::Wish;
use coco_keys::Address;
use coco_package::{Difference, InstalledApp, PackageError, Source, app_types, host_of};
use tauri::{AppHandle, Manager};

use super::wire::{self, AppPage, Certificate, PreviousVersion, ShellError, ShellErrorKind, ShellEvent, Storage};
use super::{changed, tell};
use crate::apps;
use crate::program::Program;

/// Everything on the page of an app that is installed, be it damaged.
pub(super) fn read(program: &Program, address: &Address) -> Result<AppPage, ShellError> {
    let data = &program.data;
    let installed = match data.store.get(address) {
        Err(error @ PackageError::NotInstalled(_)) => return Err(error.into()),
        found => found.ok(),
    };
    Ok(AppPage {
        type_code: installed.as_ref().and_then(type_code),
        grants: data.consent.grants().of(address).into_iter().map(Into::into).collect(),
        permissions: installed
            .iter()
            .flat_map(|app| app.content().permissions())
            .map(Into::into)
            .collect(),
        storage: Storage {
            extended: data.store.extended_size(address).unwrap_or_default(),
            downloads: data.disk.downloads().size_of(address).unwrap_or_default(),
            web: apps::web_data::size(&program.web_data, &host_of(address)),
        },
        account: account(program, address),
        certificate: data
            .certificates
            .last_verdict(address)
            .map(|verdict| Certificate::new(verdict, data.certificates.authorities())),
        previous: data
            .store
            .previous(address)
            .ok()
            .flatten()
            .map(|previous| PreviousVersion {
                version: previous.content().version().map(str::to_owned),
                modified: previous.content().modified(),
                size: previous.content().total_size(),
                signer: previous.signer().to_string(),
                difference: installed.map(|app| Difference::between(previous.content(), app.content()).into()),
            }),
        history: data
            .store
            .history(address)
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect(),
    })
}

fn type_code(app: &InstalledApp) -> Option<String> {
    let code = app.content().type_code()?;
    app_types().any(|known| known.code == code).then(|| code.to_owned())
}

/// The person's address in an app, if the keys can be used now.
fn account(program: &Program, address: &Address) -> Option<String> {
    let generation = program.data.store.generation(address);
    let account = program.data.keys.identity()?.app_account(address, generation).ok()?;
    Some(account.address().to_string())
}

/// Tells the launcher that an app's page says something else now.
pub(crate) fn page_changed(app: &AppHandle, address: &Address) {
    tell(app, ShellEvent::AppPage { address: *address });
}

/// Forgets the answer to a wish of an app.
pub(super) fn forget(app: &AppHandle, address: &Address, wish: wire::Wish) -> Result<(), ShellError> {
    let wish: Wish = wish.into();
    let forgotten = app.state::<Program>().data.consent.grants().forget(address, &wish);
    page_changed(app, address);
    forgotten.map_err(|error| ShellError::io(&error))
}

/// Forgets the answers to all wishes of an app.
pub(super) fn forget_all(app: &AppHandle, address: &Address) -> Result<(), ShellError> {
    let forgotten = app.state::<Program>().data.consent.grants().forget_all(address);
    page_changed(app, address);
    forgotten.map_err(|error| ShellError::io(&error))
}

/// Closes an app and removes what it stored. Whatever cannot be removed does not keep the rest.
pub(super) fn clear_data(app: &AppHandle, address: &Address) -> Result<(), ShellError> {
    apps::close(app, address);
    let program = app.state::<Program>();
    let web = apps::web_data::clear(app, &program.web_data, address);
    let extended = program.data.store.clear_extended(address);
    let downloads = program.data.disk.downloads().clear(address);
    changed(app);
    page_changed(app, address);
    extended?;
    downloads.map_err(|error| ShellError::io(&error))?;
    web.map_err(|message| ShellError::new(ShellErrorKind::Io, message))
}

/// The app in the package at `path` may have been uninstalled so long ago that it comes back with another account. What
/// its page stored for the former one is removed, as the store removes the rest.
pub(super) fn forget_expired(app: &AppHandle, path: &Path) {
    let program = app.state::<Program>();
    let Ok(content) = Source::open(path).and_then(|source| source.content()) else {
        return;
    };
    let address = content.address();
    let stored = || apps::web_data::size(&program.web_data, &host_of(address)) > 0;
    if program.data.store.is_expired(address)
        && stored()
        && let Err(message) = apps::web_data::clear(app, &program.web_data, address)
    {
        eprintln!("cococat: {address}: {message}");
    }
}
