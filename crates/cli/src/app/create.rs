//! `coco app create`.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::{Args, ValueEnum};
use coco_keys::{Address, SigningKey};
use coco_package::{SignOptions, host_of};
use serde::Serialize;

use super::account::{self, ACCOUNT};
use super::template::{self, Facts, VERSION};
use super::{icon, sign};
use crate::report::{self, Failure, Format};

/// Folder of a new project that nobody named.
const NAME: &str = "my-cocoapp";

/// Start a new app: a page that works, and a key of its own.
///
/// The key is written to account.json: beside the folder of a vanilla app, in that of a Vue project, never in what is
/// signed. It is the app's identity: without it no one can publish a new version, so keep it safe and to yourself. A key
/// that is there already is used, never replaced. Nothing is fetched.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The new folder; the app's address (vanilla) or my-cocoapp (vue) unless given.
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// What it begins as.
    #[arg(long, value_enum, default_value_t)]
    template: Template,
    /// The app's name; the folder's name unless given.
    #[arg(long)]
    title: Option<String>,
    /// What kind of app it is: a code of four digits such as 0003 (DevTools) or 0022 (Other).
    #[arg(long = "type", value_name = "CODE", default_value = "0022", value_parser = super::parse_type)]
    type_code: String,
}

/// What a new app begins as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Template {
    /// A page and a script, signed as they are.
    #[default]
    Vanilla,
    /// A project for Vite and Vue, which has to be built.
    Vue,
}

/// What was created.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    address: Address,
    host: String,
    folder: PathBuf,
    account: PathBuf,
    /// Whether the key was there before.
    account_existed: bool,
    title: String,
    template: Template,
}

impl Create {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let place = match (&self.dir, self.template) {
            (Some(dir), Template::Vanilla) => beside(dir)?,
            (Some(dir), Template::Vue) => dir.join(ACCOUNT),
            (None, Template::Vanilla) => ACCOUNT.into(),
            (None, Template::Vue) => Path::new(NAME).join(ACCOUNT),
        };
        let account_existed = place.symlink_metadata().is_ok();
        let key = if account_existed {
            account::read(&place)?
        } else {
            SigningKey::generate().map_err(|error| Failure::new("key", error, "try again"))?
        };
        let address = key.address();
        let folder = match (&self.dir, self.template) {
            (Some(dir), _) => dir.clone(),
            (None, Template::Vanilla) => address.to_string().into(),
            (None, Template::Vue) => NAME.into(),
        };
        refuse_occupied(&folder)?;
        let title = self.title.clone().unwrap_or_else(|| default_title(self.dir.as_deref()));

        let facts = Facts {
            address: &address,
            title: &title,
            type_code: &self.type_code,
        };
        let (mut files, icon) = match self.template {
            Template::Vanilla => (template::vanilla(&facts), "icon.png"),
            Template::Vue => (template::vue(&facts), "public/icon.png"),
        };
        let picture = icon::draw(&address).map_err(|error| unwritable(&folder, &error))?;
        files.push((icon.to_owned(), picture));
        write(&folder, files)?;
        if !account_existed {
            account::write_new(&place, &key).map_err(|error| unwritable(&place, &error))?;
        }
        if self.template == Template::Vanilla {
            let options = SignOptions {
                title: Some(title.clone()),
                version: Some(VERSION.into()),
                type_code: Some(self.type_code),
                modified: sign::seconds(SystemTime::now()),
                ..SignOptions::default()
            };
            coco_package::sign(&folder, &key, &options)?;
        }
        let created = Created {
            address,
            host: host_of(&address),
            folder,
            account: place,
            account_existed,
            title,
            template: self.template,
        };
        report::success(&created, format);
        Ok(())
    }
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (folder, account) = (self.folder.display(), self.account.display());
        writeln!(f, "Created {:?}, the app {}", self.title, self.address)?;
        if self.account_existed {
            writeln!(
                f,
                "  {account}  was there, and its key is used: this is the app of that key"
            )?;
        } else {
            writeln!(f, "  {account}  its private key: keep it safe, and never publish it")?;
        }
        match self.template {
            Template::Vanilla => {
                writeln!(f, "  {folder}  the app; it is signed and can be installed")?;
                write!(f, "After a change: coco app sign {folder} --key {account}")
            }
            Template::Vue => {
                writeln!(f, "  {folder}  the project; `npm run build` makes the signed app in it")?;
                write!(f, "Next: cd {folder} && npm install && npm run dev")
            }
        }
    }
}

/// Writes new files and the folders that they need.
fn write(folder: &Path, files: Vec<template::File>) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    for (name, bytes) in files {
        let path = folder.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, bytes))
            .map_err(|error| unwritable(&path, &error))?;
    }
    Ok(())
}

/// Where the key of the app in `folder` goes: beside it.
fn beside(folder: &Path) -> Result<PathBuf, Failure> {
    let place = |error: io::Error| unwritable(folder, &error);
    match folder.parent() {
        Some(parent) if folder.file_name().is_some() => Ok(parent.join(ACCOUNT)),
        _ => {
            let whole =
                std::path::absolute(folder).and_then(|path| if path.exists() { path.canonicalize() } else { Ok(path) });
            let whole = whole.map_err(place)?;
            let parent = whole.parent().ok_or_else(|| {
                Failure::new(
                    "create",
                    "the root of the disk cannot be an app",
                    "name a folder for the app",
                )
            })?;
            Ok(parent.join(ACCOUNT))
        }
    }
}

/// Refuses a folder with anything in it but the key.
fn refuse_occupied(folder: &Path) -> Result<(), Failure> {
    let mut entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritable(folder, &error)),
    };
    if entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() != ACCOUNT)) {
        return Err(Failure::new(
            "create",
            format!("{} is not empty", folder.display()),
            "name a new folder; to sign files that are there already use `coco app sign`",
        ));
    }
    Ok(())
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        "create",
        format!("{}: {error}", path.display()),
        "name a folder that you may write to, on a disk with free space",
    )
}

fn default_title(dir: Option<&Path>) -> String {
    let name = dir.and_then(Path::file_name).and_then(|name| name.to_str());
    name.unwrap_or("My CocoAPP").to_owned()
}
