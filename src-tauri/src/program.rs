//! What the program holds while it runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use coco_keys::Keyring;
use coco_package::Store;

use crate::apps::Windows;
use crate::defences::Defences;
use crate::report::Report;
use crate::settings::Settings;

/// The data folder opened, and everything that lives as long as the program.
pub(crate) struct Program {
    /// Where WebKit keeps what pages store.
    pub(crate) web_data: PathBuf,
    pub(crate) store: Arc<Store>,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) settings: Settings,
    pub(crate) windows: Windows,
    pub(crate) report: Report,
    pub(crate) defences: Defences,
}

impl Program {
    /// Opens the data folder.
    ///
    /// # Errors
    /// When apps or keys cannot be kept there. A damaged identity is no error: apps without an account still run.
    pub(crate) fn open(folder: &Path, report: Report, defences: Defences) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self {
            web_data: folder.join("web"),
            store: Arc::new(Store::open(folder.join("apps"))?),
            keys: Arc::new(Keyring::open(folder)?),
            settings: Settings::open(folder),
            windows: Windows::default(),
            report,
            defences,
        })
    }
}
