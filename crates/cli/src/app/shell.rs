//! `coco app run` and `coco app dev`: apps in windows, by the program `cococat`.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clap::Args;
use coco_keys::Address;
use coco_package::host_of;
use coco_package::instance::{Instance, Request};
use serde::{Deserialize, Serialize};
use url::Url;

use super::account::{self, ACCOUNT};
use super::installed::{By, DataFolder, claim, installable};
use crate::report::{self, Failure, Format};

/// The program with the windows.
const PROGRAM: &str = "cococat";

/// Show an app in its window.
///
/// A CocoCat that runs shows it. Otherwise one is started, and this command goes on until it ends.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// An installed app, or a signed folder or ZIP, which is installed first.
    #[arg(value_name = "ADDRESS|DIR|ZIP")]
    app: OsString,
    #[command(flatten)]
    data: DataFolder,
}

/// Show an app while you are writing it: unsigned, from its folder or from a development server.
///
/// Goes on until CocoCat ends.
#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// The folder, or where the development server of this computer listens, for example http://localhost:5173.
    #[arg(value_name = "URL|DIR")]
    target: String,
    /// The app's address; that of the account.json in or above the folder (the current one for a URL) unless given.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "key")]
    address: Option<Address>,
    /// The developer's key file, for its address.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    data: DataFolder,
}

/// What is shown.
#[derive(Debug, Serialize)]
struct Shown {
    address: Address,
    by: By,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.by {
            By::Shell => write!(f, "CocoCat, which is running, shows {}", self.address),
            By::Coco => write!(f, "CocoCat shows {}; Ctrl-C ends it", self.address),
        }
    }
}

impl Run {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let folder = self.data.path()?;
        let named = self.app.to_str().and_then(|text| text.parse::<Address>().ok());
        let mut request = Request::default();
        let address = match named {
            Some(address) => {
                self.data.store_with(&address)?.get(&address)?;
                address
            }
            None => {
                let package = std::path::absolute(&self.app)
                    .map_err(|error| Failure::new("open", error, "name an address, a folder or a ZIP"))?;
                let (address, _) = installable(&package, self.data.store()?.as_ref())?;
                request.install.push(package);
                address
            }
        };
        request.open.push(address);
        let program = find_program();
        if let Instance::Later = claim(&folder, &request)? {
            let by = By::Shell;
            report::success(&Shown { address, by }, format);
            return Ok(());
        }
        let mut arguments = vec![OsString::from("--data"), folder.into()];
        for package in request.install {
            arguments.extend(["--install".into(), package.into()]);
        }
        arguments.extend(["--open".into(), address.to_string().into()]);
        show(&program?, &arguments, address, format)
    }
}

impl Dev {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let (target, beside) = self.target()?;
        let address = match (self.address, &self.key) {
            (Some(address), _) => address,
            (None, Some(key)) => account::read(key)?.address(),
            (None, None) => address_near(&beside)?,
        };
        let arguments = [
            "--data".into(),
            self.data.path()?.into(),
            "--dev".into(),
            target,
            "--dev-address".into(),
            address.to_string().into(),
        ];
        show(&find_program()?, &arguments, address, format)
    }

    /// What `cococat` is to show, and where to look for the key.
    fn target(&self) -> Result<(OsString, PathBuf), Failure> {
        let wrong = |what: String| {
            let hint = "name the app's folder, or http://localhost:PORT of your development server";
            Failure::new("target", what, hint)
        };
        let here = |path: &Path| std::path::absolute(path).map_err(|error| wrong(error.to_string()));
        if let Some(url) = Url::parse(&self.target).ok().filter(|url| url.scheme() == "http") {
            let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            if !local || url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
                return Err(wrong(format!(
                    "{} is no development server of this computer",
                    self.target
                )));
            }
            let origin = url.origin().ascii_serialization();
            return Ok((origin.into(), here(Path::new("."))?));
        }
        let folder = here(Path::new(&self.target))?;
        if !folder.is_dir() {
            return Err(wrong(format!("{} is no folder", folder.display())));
        }
        Ok((folder.clone().into(), folder))
    }
}

/// The address of the nearest key file in `folder` or above it.
fn address_near(folder: &Path) -> Result<Address, Failure> {
    let found = folder
        .ancestors()
        .map(|folder| folder.join(ACCOUNT))
        .find(|path| path.is_file());
    let path = found.ok_or_else(|| {
        let message = format!("there is no {ACCOUNT} in {} or above it", folder.display());
        Failure::new("key", message, "name the app with --address or --key")
    })?;
    Ok(account::read(&path)?.address())
}

/// The program `cococat`: named in the environment, beside this one, or on the search path.
fn find_program() -> Result<PathBuf, Failure> {
    if let Some(named) = env::var_os("COCOCAT").filter(|named| !named.is_empty()) {
        return Ok(named.into());
    }
    let beside = env::current_exe().ok().and_then(|own| own.parent().map(Path::to_owned));
    let path = env::var_os("PATH").unwrap_or_default();
    beside
        .into_iter()
        .chain(env::split_paths(&path))
        .map(|folder| folder.join(format!("{PROGRAM}{}", env::consts::EXE_SUFFIX)))
        .find(|program| program.is_file())
        .ok_or_else(|| {
            let message = format!("the program {PROGRAM} is neither beside coco nor on the search path");
            Failure::new(
                "shell",
                message,
                "install CocoCat, or name the program in the environment variable COCOCAT",
            )
        })
}

/// What `cococat --report` says that matters here.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase")]
enum Event {
    Loaded {
        window: String,
    },
    NotOpened {
        message: String,
    },
    Refused {
        message: String,
    },
    #[serde(other)]
    Other,
}

/// Starts `cococat`, tells when the app is shown, and goes on until the program ends.
fn show(program: &Path, arguments: &[impl AsRef<OsStr>], address: Address, format: Format) -> Result<(), Failure> {
    let failed = |what: String| {
        let message = format!("{}: {what}", program.display());
        Failure::new(
            "shell",
            message,
            "CocoCat needs a desktop; what it says itself stands above",
        )
    };
    let mut child = Command::new(program)
        .args(arguments)
        .arg("--report")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let outcome = watch(&mut child, address, format);
    if outcome.is_err() {
        // It has nothing to show.
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    match outcome? {
        Seen::Shown => Ok(()),
        Seen::Nothing if status.success() => {
            // Another one was started in the meantime, and has been told.
            let by = By::Shell;
            report::success(&Shown { address, by }, format);
            Ok(())
        }
        Seen::Nothing => Err(failed(format!("ended with {status}"))),
    }
}

/// Whether the app's window was seen before the program ended.
enum Seen {
    Shown,
    Nothing,
}

fn watch(child: &mut Child, address: Address, format: Format) -> Result<Seen, Failure> {
    let mut seen = Seen::Nothing;
    let Some(output) = child.stdout.take() else {
        return Ok(seen);
    };
    let label = format!("coco-{}", host_of(&address));
    // Read to its end, so that the program never waits for a reader.
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        match (serde_json::from_str(&line), &seen) {
            (Ok(Event::Loaded { window }), Seen::Nothing) if window == label => {
                let by = By::Coco;
                report::success(&Shown { address, by }, format);
                seen = Seen::Shown;
            }
            (Ok(Event::NotOpened { message } | Event::Refused { message }), Seen::Nothing) => {
                return Err(Failure::new("shell", message, "correct this, then try again"));
            }
            _ => {}
        }
    }
    Ok(seen)
}
