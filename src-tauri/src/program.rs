//! What the program holds while it runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use coco_bridge::local::Data;

use crate::apps::Windows;
use crate::defences::Defences;
use crate::desktop::Desktop;
use crate::developer::Developer;
use crate::im::Im;
use crate::report::Report;
use crate::settings::Settings;

/// The data folder opened, and everything that lives as long as the program.
pub(crate) struct Program {
    /// Where WebKit keeps what pages store.
    pub(crate) web_data: PathBuf,
    /// The apps, and what is kept for the person.
    pub(crate) data: Arc<Data>,
    pub(crate) settings: Settings,
    pub(crate) windows: Windows,
    pub(crate) report: Report,
    pub(crate) defences: Defences,
    pub(crate) developer: Developer,
    pub(crate) im: Im,
    pub(crate) desktop: Desktop,
}

impl Program {
    /// Opens the data folder.
    ///
    /// # Errors
    /// When apps or keys cannot be kept there. A damaged identity is no error: apps without an account still run.
    pub(crate) fn open(folder: &Path, report: Report, defences: Defences) -> Result<Self, Box<dyn std::error::Error>> {
        let settings = Settings::open(folder);
        Ok(Self {
            web_data: folder.join("web"),
            data: Arc::new(Data::open(folder)?),
            developer: Developer::new(settings.choices().developer),
            settings,
            im: Im::new(folder),
            desktop: Desktop::default(),
            windows: Windows::default(),
            report,
            defences,
        })
    }
}
