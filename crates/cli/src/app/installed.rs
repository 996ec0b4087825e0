//! `coco app install`, `uninstall`, `rollback` and `list`: the apps in a data folder.
//!
//! While the shell runs on that folder it is told what to do, so that its windows and its list stay right; otherwise the
//! folder is claimed as a shell claims it, and a shell that is started meanwhile waits.

use std::fmt;
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use clap::Args;
use coco_bridge::consent::Consent;
use coco_bridge::disk::Disk;
use coco_bridge::local::forget;
use coco_keys::Address;
use coco_package::instance::{Instance, Request, data_folder};
use coco_package::{Downgrade, InstalledApp, Outcome, PackageError, Relation, Source, Store};
use serde::Serialize;

use crate::report::{self, Failure, Format};

/// How long the shell may take to do what it was told.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause before the next look at what it did.
const PAUSE: Duration = Duration::from_millis(20);

/// Where apps are installed.
#[derive(Debug, Args)]
pub(super) struct DataFolder {
    /// The data folder; the one that CocoCat uses unless given.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl DataFolder {
    /// Its absolute path; it need not exist.
    pub(super) fn path(&self) -> Result<PathBuf, Failure> {
        let hint = "name a folder with --data DIR";
        data_folder(self.data.clone())
            .map_err(|error| Failure::new("data", error, hint))?
            .ok_or_else(|| Failure::new("data", "there is no folder for data: HOME is not set", hint))
    }

    /// Its apps, if there ever were any.
    pub(super) fn store(&self) -> Result<Option<Store>, Failure> {
        let apps = self.path()?.join("apps");
        Ok(if apps.is_dir() { Some(Store::open(apps)?) } else { None })
    }

    /// Its apps, one of which must be `address`.
    pub(super) fn store_with(&self, address: &Address) -> Result<Store, Failure> {
        self.store()?.ok_or_else(|| PackageError::NotInstalled(*address).into())
    }
}

/// Who did what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum By {
    /// The shell that runs on the folder.
    Shell,
    /// This program.
    Coco,
}

/// Has `request` carried out by the shell that runs on `folder`, or claims the folder and does it by `directly`.
pub(super) fn carry_out(
    folder: &Path,
    request: &Request,
    directly: impl FnOnce() -> Result<(), Failure>,
) -> Result<By, Failure> {
    match claim(folder, request)? {
        Instance::First(_claimed) => directly().map(|()| By::Coco),
        Instance::Later => Ok(By::Shell),
    }
}

/// Claims a data folder, which is made if need be, or hands `request` to the shell that has it.
pub(super) fn claim(folder: &Path, request: &Request) -> Result<Instance, Failure> {
    use std::os::unix::fs::DirBuilderExt as _;
    let unusable = |error: std::io::Error| {
        let hint = "choose a folder that you can write with --data; if CocoCat hangs, end it";
        Failure::new("data", format!("{}: {error}", folder.display()), hint)
    };
    // What lies in it is nobody else's business.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(unusable)?;
    Instance::claim(folder, request).map_err(unusable)
}

/// Waits until the shell has done what it has taken on.
fn wait_until(done: impl Fn() -> bool) -> Result<(), Failure> {
    let end = Instant::now() + PATIENCE;
    while !done() {
        if Instant::now() > end {
            let message = "CocoCat has taken the request, but nothing has changed";
            return Err(Failure::new(
                "shell",
                message,
                "look at its window: it says what was wrong",
            ));
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// Install or update an app from its folder or ZIP.
#[derive(Debug, Args)]
pub(crate) struct Install {
    /// The signed folder or ZIP.
    #[arg(value_name = "DIR|ZIP")]
    package: PathBuf,
    #[command(flatten)]
    data: DataFolder,
}

/// Remove an app. Its account and what it stored are kept for 7 days.
#[derive(Debug, Args)]
pub(crate) struct Uninstall {
    /// The app.
    address: Address,
    #[command(flatten)]
    data: DataFolder,
}

/// Go back to the version that was installed before. There is one step back.
#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// The app.
    address: Address,
    #[command(flatten)]
    data: DataFolder,
}

/// List the installed apps.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    data: DataFolder,
}

/// What happened to an app.
#[derive(Debug, Serialize)]
struct Changed {
    change: &'static str,
    by: By,
    #[serde(flatten)]
    app: App,
}

/// An installed app.
#[derive(Debug, Serialize)]
struct App {
    address: Address,
    title: String,
    version: Option<String>,
    /// When it was signed, in seconds since 1970.
    modified: i64,
}

impl App {
    fn of(app: &InstalledApp) -> Self {
        Self {
            address: *app.address(),
            title: app.display_name(),
            version: app.content().version().map(str::to_owned),
            modified: app.content().modified(),
        }
    }
}

/// Checks that a package may be installed, so that its mistakes are told here and not in the shell's window. Gives the app, and
/// what installing it would change.
pub(super) fn installable(package: &Path, store: Option<&Store>) -> Result<(Address, Relation), Failure> {
    let source = Source::open(package)?;
    let address = *source.content()?.address();
    let installed = store.and_then(|store| store.get(&address).ok());
    let content = installed.as_ref().map(InstalledApp::content);
    let verified = coco_package::verify(&source, SystemTime::now(), content, Downgrade::Refuse)?;
    Ok((address, verified.relation))
}

impl Install {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let folder = self.data.path()?;
        let (address, _) = installable(&self.package, self.data.store()?.as_ref())?;
        let content = Source::open(&self.package)?.content()?;
        let path = std::path::absolute(&self.package).map_err(|error| {
            Failure::new(
                "open",
                format!("{}: {error}", self.package.display()),
                "name the package",
            )
        })?;
        let before = self.data.store()?.and_then(|store| store.get(&address).ok());
        let request = Request {
            install: vec![path.clone()],
            ..Request::default()
        };
        let mut change = match &before {
            None => "installed",
            Some(before) if *before.content() == content => "unchanged",
            Some(_) => "updated",
        };
        let by = carry_out(&folder, &request, || {
            change = match Store::open(folder.join("apps"))?.install(&path, Downgrade::Refuse)? {
                Outcome::Installed(_) => "installed",
                Outcome::Updated(_) => "updated",
                Outcome::Unchanged(_) => "unchanged",
            };
            Ok(())
        })?;
        let store = Store::open(folder.join("apps"))?;
        if by == By::Shell {
            wait_until(|| store.get(&address).is_ok_and(|app| *app.content() == content))?;
        }
        let app = App::of(&store.get(&address)?);
        report::success(&Changed { change, by, app }, format);
        Ok(())
    }
}

impl Uninstall {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let store = self.data.store_with(&self.address)?;
        let app = match store.get(&self.address) {
            Ok(app) => App::of(&app),
            // A damaged app can be removed as well.
            Err(PackageError::Damaged { .. }) => App {
                address: self.address,
                title: self.address.to_string(),
                version: None,
                modified: 0,
            },
            Err(error) => return Err(error.into()),
        };
        let request = Request {
            uninstall: vec![self.address],
            ..Request::default()
        };
        let folder = self.data.path()?;
        let by = carry_out(&folder, &request, || {
            store.uninstall(&self.address)?;
            forget_app(&folder, &self.address).map_err(|error| {
                Failure::new(
                    "data",
                    error,
                    "what it downloaded or was allowed is still in the data folder",
                )
            })
        })?;
        if by == By::Shell {
            wait_until(|| matches!(store.get(&self.address), Err(PackageError::NotInstalled(_))))?;
        }
        let change = "uninstalled";
        report::success(&Changed { change, by, app }, format);
        Ok(())
    }
}

/// Removes what belongs to an app beside its package, as the shell does.
fn forget_app(folder: &Path, app: &Address) -> std::io::Result<()> {
    forget(app, &*Consent::open(folder)?, &Disk::open(folder)?)
}

impl Rollback {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let store = self.data.store_with(&self.address)?;
        let previous = store
            .previous(&self.address)?
            .ok_or(PackageError::NoPrevious(self.address))?;
        previous.check()?;
        let request = Request {
            roll_back: vec![self.address],
            ..Request::default()
        };
        let by = carry_out(&self.data.path()?, &request, || {
            store.roll_back(&self.address)?;
            Ok(())
        })?;
        if by == By::Shell {
            let back = |app: InstalledApp| app.version_dir() == previous.version_dir();
            wait_until(|| store.get(&self.address).is_ok_and(back))?;
        }
        let app = App::of(&store.get(&self.address)?);
        let change = "rolled back";
        report::success(&Changed { change, by, app }, format);
        Ok(())
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut word = self.change.to_owned();
        if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        write!(f, "{word}: {}", self.app)?;
        if self.by == By::Shell {
            write!(f, "\n  by CocoCat, which is running")?;
        }
        Ok(())
    }
}

impl fmt::Display for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}  {:?} {}",
            self.address,
            self.title,
            self.version.as_deref().unwrap_or_default().escape_debug()
        )
    }
}

/// All installed apps.
#[derive(Debug, Serialize)]
struct Apps {
    data: PathBuf,
    apps: Vec<ListedApp>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ListedApp {
    Whole {
        #[serde(flatten)]
        app: App,
        /// The version that a roll-back would go to.
        previous: Option<String>,
    },
    Damaged {
        address: Address,
        damaged: String,
    },
}

impl List {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let store = self.data.store()?;
        let listed = store.as_ref().map_or(Ok(Vec::new()), Store::list)?;
        let apps = listed.into_iter().map(|listed| match listed.app {
            Ok(app) => ListedApp::Whole {
                previous: store
                    .as_ref()
                    .and_then(|store| store.previous(app.address()).ok().flatten())
                    .map(|previous| previous.content().version().unwrap_or("unnamed").to_owned()),
                app: App::of(&app),
            },
            Err(error) => ListedApp::Damaged {
                address: listed.address,
                damaged: error.to_string(),
            },
        });
        let apps = Apps {
            apps: apps.collect(),
            data: self.data.path()?,
        };
        report::success(&apps, format);
        Ok(())
    }
}

impl fmt::Display for Apps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.apps.is_empty() {
            return write!(f, "No app is installed in {}", self.data.display());
        }
        let lines = self.apps.iter().map(|listed| match listed {
            ListedApp::Whole { app, previous: None } => app.to_string(),
            ListedApp::Whole {
                app,
                previous: Some(version),
            } => {
                format!("{app}  (before: {})", version.escape_debug())
            }
            ListedApp::Damaged { address, damaged } => format!("{address}  {damaged}"),
        });
        write!(f, "{}", lines.collect::<Vec<_>>().join("\n"))
    }
}
