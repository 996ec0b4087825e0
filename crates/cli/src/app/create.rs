//! `coco app create`.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use coco_keys::{Address, SigningKey};
use coco_package::{SignOptions, host_of};
use serde::Serialize;

use super::account::{self, ACCOUNT};
use super::{icon, sign};
use crate::report::{self, Failure, Format};

const PAGE: &str = include_str!("template/index.html");
const SCRIPT: &str = include_str!("template/app.js");

/// Start a new app: a page that works, and a key of its own.
///
/// The key is written to account.json beside the folder, never inside it. It is the app's identity: without it no one
/// can publish a new version, so keep it safe and to yourself.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The app's folder, new or empty; named by the app's address unless given.
    dir: Option<PathBuf>,
    /// The app's name; the folder's name unless given.
    #[arg(long)]
    title: Option<String>,
    /// What kind of app it is: a code of four digits such as 0003 (DevTools) or 0022 (Other).
    #[arg(long = "type", value_name = "CODE", default_value = "0022", value_parser = super::parse_type)]
    type_code: String,
}

/// What was created.
#[derive(Debug, Serialize)]
struct Created {
    address: Address,
    host: String,
    folder: PathBuf,
    account: PathBuf,
    title: String,
}

impl Create {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let key = SigningKey::generate().map_err(|error| Failure::new("key", error, "try again"))?;
        let address = key.address();
        let folder = self.dir.clone().unwrap_or_else(|| address.to_string().into());
        let account = beside(&folder)?;
        let title = self.title.clone().unwrap_or_else(|| default_title(self.dir.as_deref()));
        refuse_occupied(&folder, &account)?;

        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
        let files = [
            ("index.html", PAGE.replace("{{title}}", &escaped(&title)).into_bytes()),
            (
                "app.js",
                SCRIPT.replace("\"{{title}}\"", &script_text(&title)).into_bytes(),
            ),
            (
                "icon.png",
                icon::draw(&address).map_err(|error| unwritable(&folder, &error))?,
            ),
        ];
        for (name, bytes) in files {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(|error| unwritable(&path, &error))?;
        }
        account::write_new(&account, &key).map_err(|error| unwritable(&account, &error))?;
        let options = SignOptions {
            title: Some(title.clone()),
            version: Some("1.0.0".into()),
            type_code: Some(self.type_code),
            modified: sign::seconds(SystemTime::now()),
            ..SignOptions::default()
        };
        coco_package::sign(&folder, &key, &options)?;
        let created = Created {
            address,
            host: host_of(&address),
            folder,
            account,
            title,
        };
        report::success(&created, format);
        Ok(())
    }
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (folder, account) = (self.folder.display(), self.account.display());
        writeln!(f, "Created {:?}, the app {}", self.title, self.address)?;
        writeln!(f, "  {folder}  the app; it is signed and can be installed")?;
        writeln!(f, "  {account}  its private key: keep it safe, and never publish it")?;
        write!(f, "After a change: coco app sign {folder} --key {account}")
    }
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

fn refuse_occupied(folder: &Path, account: &Path) -> Result<(), Failure> {
    if account.symlink_metadata().is_ok() {
        return Err(Failure::new(
            "create",
            format!("{} exists: it may be the key of another app", account.display()),
            "create the app in another place, for example `coco app create NAME/app`",
        ));
    }
    let occupied = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(unwritable(folder, &error)),
    };
    if occupied {
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

/// Text as it stands in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Text as a JavaScript string.
fn script_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
