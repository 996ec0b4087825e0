//! The outside on a person's computer: packages and keys from disk, everything else from the program's desk.

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use coco_keys::{Address, AppAccount, Keyring};
use coco_package::{PackageError, ReadError, Store};
use serde_json::value::RawValue;
use url::Url;

use crate::app::App;
use crate::cancel::Cancel;
use crate::certificate::Certificates;
use crate::consent::{Consent, Wish};
use crate::disk::Disk;
use crate::host::{Download, Host, HostError, Media, MediaSource, SafeArea};
use crate::language::Language;
use crate::limits::FETCHED_FILE_BYTES;

/// What only the running program knows or can do.
pub trait Desk: Send + Sync {
    /// The page has called `onload`.
    fn loaded(&self, app: &dyn App, name: &str, version: &str);
    /// The shell's language.
    fn language(&self) -> Language;
    /// Whether the caller is a page that is served the app's files at its own origin, with the guard before its scripts.
    fn serves_page(&self) -> bool {
        false
    }
    /// Puts text on the system clipboard.
    ///
    /// # Errors
    /// [`HostError::Failed`] where there is none or it refuses.
    fn copy_text(&self, text: &str) -> Result<(), HostError>;
    /// A picture or video was saved for the person.
    fn saved(&self, _app: &dyn App, _path: &Path) {}
    /// Opens a web page in the person's browser. They have agreed.
    ///
    /// # Errors
    /// [`HostError::Failed`] when there is none.
    fn open_url(&self, url: &Url) -> Result<(), HostError>;
    /// Lets the person scan a QR code for an app: its text.
    ///
    /// # Errors
    /// [`HostError::Refused`] when they cancel, [`HostError::Failed`] where nobody can.
    fn scan(&self, app: &dyn App, cancel: &Cancel) -> Result<String, HostError>;
}

/// What a data folder keeps for its person. One program at a time has it open.
pub struct Data {
    /// The installed apps and what they stored.
    pub store: Arc<Store>,
    /// The person's keys.
    pub keys: Arc<Keyring>,
    /// What the person allowed.
    pub consent: Arc<Consent>,
    /// What the apps have downloaded.
    pub disk: Disk,
    /// Whose certificates are trusted, and what was said about those that were shown.
    pub certificates: Arc<Certificates>,
}

impl Data {
    /// Opens a data folder, which must exist.
    ///
    /// # Errors
    /// When it cannot be used. Damaged keys are no error: apps without an account still run.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            store: Arc::new(Store::open(folder.join("apps")).map_err(io::Error::other)?),
            keys: Arc::new(Keyring::open(folder).map_err(io::Error::other)?),
            consent: Consent::open(folder)?,
            disk: Disk::open(folder)?,
            certificates: Arc::new(Certificates::open(folder)),
        })
    }
}

/// Removes what a person allowed an app and what it downloaded: it is not installed any more.
///
/// # Errors
/// When either cannot be removed; the other is, if it can.
pub fn forget(app: &Address, consent: &Consent, disk: &Disk) -> io::Result<()> {
    let forgotten = consent.grants().forget_all(app);
    disk.downloads().clear(app).and(forgotten)
}

/// Whether a page that called `onload` says of itself what its signed package says (bridge 3). A leading `v` of a version
/// makes no difference.
pub fn names_itself(app: &dyn App, name: &str, version: &str) -> bool {
    fn number(version: &str) -> &str {
        version.strip_prefix(['v', 'V']).unwrap_or(version)
    }
    app.display_name() == name && number(&app.version().unwrap_or_default()) == number(version)
}

/// A [`Host`] for one app.
pub struct LocalHost<D> {
    app: Arc<dyn App>,
    data: Arc<Data>,
    desk: D,
    account: OnceLock<Arc<AppAccount>>,
}

impl<D: Desk> LocalHost<D> {
    /// A host for `app`, with what `data` keeps for it.
    pub fn new(app: Arc<dyn App>, data: Arc<Data>, desk: D) -> Self {
        Self {
            app,
            data,
            desk,
            account: OnceLock::new(),
        }
    }
}

impl<D: Desk> Host for LocalHost<D> {
    fn app(&self) -> Address {
        *self.app.address()
    }

    fn app_version(&self) -> Option<String> {
        self.app.version()
    }

    fn loaded(&self, name: &str, version: &str) {
        self.desk.loaded(self.app.as_ref(), name, version);
    }

    fn language(&self) -> Language {
        self.desk.language()
    }

    /// A window of its own on a desktop: nothing covers its edges.
    fn safe_area(&self) -> SafeArea {
        SafeArea::default()
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        self.app.read(path).map_err(|error| match error {
            ReadError::NotListed(_) => HostError::NotFound(format!("data.path: {error}")),
            other => HostError::Failed(format!("data.path: {other}")),
        })
    }

    fn page_fetches(&self, path: &str) -> bool {
        self.desk.serves_page() && self.app.size(path).is_some_and(|size| size >= FETCHED_FILE_BYTES)
    }

    fn copy_text(&self, text: &str) -> Result<(), HostError> {
        self.desk.copy_text(text)
    }

    fn account(&self) -> Result<Arc<AppAccount>, HostError> {
        let identity = self.data.keys.identity().ok_or(HostError::Locked)?;
        if let Some(account) = self.account.get() {
            return Ok(Arc::clone(account));
        }
        let failed = |error: &dyn std::fmt::Display| HostError::Failed(format!("account: {error}"));
        let generation = self.data.store.generation(self.app.address());
        let account = identity
            .app_account(self.app.address(), generation)
            .map_err(|error| failed(&error))?;
        Ok(Arc::clone(self.account.get_or_init(|| Arc::new(account))))
    }

    fn extended_data(&self) -> Result<Option<Box<RawValue>>, HostError> {
        let failed = |error: &dyn std::fmt::Display| HostError::Failed(format!("stored data: {error}"));
        let Some(bytes) = self
            .data
            .store
            .extended(self.app.address())
            .map_err(|error| failed(&error))?
        else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| failed(&error))
    }

    fn set_extended_data(&self, json: &RawValue) -> Result<(), HostError> {
        self.data
            .store
            .set_extended(self.app.address(), json.get().as_bytes())
            .map_err(|error| match error {
                PackageError::ExtendedTooLarge { .. } => HostError::TooLarge(format!("data.extend: {error}")),
                other => HostError::Failed(format!("data.extend: {other}")),
            })
    }

    fn open_url(&self, url: &Url, cancel: &Cancel) -> Result<(), HostError> {
        let host = url.host_str().unwrap_or_default().to_owned();
        self.data
            .consent
            .ask(self.app.address(), &Wish::OpenUrl { host }, url.as_str(), cancel)?;
        self.desk.open_url(url)
    }

    fn scan(&self, cancel: &Cancel) -> Result<String, HostError> {
        self.desk.scan(self.app.as_ref(), cancel)
    }

    fn save_media(&self, media: Media, source: MediaSource, cancel: &Cancel) -> Result<(), HostError> {
        let path = self
            .data
            .disk
            .save(self.app.as_ref(), media, source, &self.data.consent, cancel)?;
        self.desk.saved(self.app.as_ref(), &path);
        Ok(())
    }

    fn download(&self, download: Download, cancel: &Cancel) -> Result<(), HostError> {
        self.data
            .disk
            .download(self.app.as_ref(), download, &self.data.consent, cancel)
    }

    fn is_downloaded(&self, file_name: &str) -> Result<bool, HostError> {
        self.data.disk.is_downloaded(self.app.as_ref(), file_name)
    }

    fn extract(&self, archive: &str) -> Result<(), HostError> {
        self.data.disk.extract(self.app.as_ref(), archive)
    }

    fn certificates(&self) -> &Certificates {
        &self.data.certificates
    }

    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}
