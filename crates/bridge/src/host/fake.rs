//! An outside that lives in memory, for tests.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};

use coco_keys::{Address, AppAccount, Identity};
use serde_json::value::RawValue;

use url::Url;

use super::{Download, Host, HostError, Media, MediaSource, SafeArea};
use crate::cancel::Cancel;
use crate::certificate::Certificates;
use crate::language::Language;

/// What a test wants the outside to be.
pub(crate) struct FakeHost {
    pub(crate) app: Address,
    pub(crate) version: Option<String>,
    pub(crate) files: BTreeMap<&'static str, &'static [u8]>,
    pub(crate) copied: Mutex<Vec<String>>,
    pub(crate) loaded: Mutex<Vec<(String, String)>>,
    pub(crate) stored: Mutex<Option<Box<RawValue>>>,
    pub(crate) account: Option<Arc<AppAccount>>,
    pub(crate) opened: Mutex<Vec<String>>,
    /// What a scan finds; `None` for one that goes on until it is cancelled.
    pub(crate) scanned: Option<&'static str>,
    pub(crate) saved: Mutex<Vec<(Media, MediaSource)>>,
    pub(crate) downloads: Mutex<Vec<Download>>,
    pub(crate) certificates: Certificates,
    pub(crate) now: i64,
}

impl Default for FakeHost {
    fn default() -> Self {
        let app = Address::from_hash160([7; 20]);
        let mnemonic = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
        let account = Identity::from_mnemonic(mnemonic)
            .ok()
            .and_then(|identity| identity.app_account(&app, 0).ok());
        Self {
            app,
            version: None,
            files: BTreeMap::new(),
            copied: Mutex::default(),
            loaded: Mutex::default(),
            stored: Mutex::default(),
            account: account.map(Arc::new),
            opened: Mutex::default(),
            scanned: None,
            saved: Mutex::default(),
            downloads: Mutex::default(),
            certificates: Certificates::in_memory(),
            now: 0,
        }
    }
}

impl Host for FakeHost {
    fn app(&self) -> Address {
        self.app
    }
    fn app_version(&self) -> Option<String> {
        self.version.clone()
    }
    fn loaded(&self, name: &str, version: &str) {
        self.loaded.lock().unwrap().push((name.to_owned(), version.to_owned()));
    }
    fn language(&self) -> Language {
        Language::TraditionalChinese
    }
    fn safe_area(&self) -> SafeArea {
        SafeArea::default()
    }
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        assert_ne!(path, "panic", "a defect, on purpose");
        self.files
            .get(path)
            .map(|bytes| bytes.to_vec())
            .ok_or_else(|| HostError::NotFound(format!("{path}: no such file")))
    }
    fn copy_text(&self, text: &str) -> Result<(), HostError> {
        self.copied.lock().unwrap().push(text.to_owned());
        Ok(())
    }
    fn account(&self) -> Result<Arc<AppAccount>, HostError> {
        self.account.clone().ok_or(HostError::Locked)
    }
    fn extended_data(&self) -> Result<Option<Box<RawValue>>, HostError> {
        Ok(self.stored.lock().unwrap().clone())
    }
    fn set_extended_data(&self, json: &RawValue) -> Result<(), HostError> {
        *self.stored.lock().unwrap() = Some(json.to_owned());
        Ok(())
    }
    fn open_url(&self, url: &Url, _: &Cancel) -> Result<(), HostError> {
        self.opened.lock().unwrap().push(url.to_string());
        Ok(())
    }
    fn scan(&self, cancel: &Cancel) -> Result<String, HostError> {
        let (cancelled, waiting) = mpsc::channel();
        cancel.on_cancel(move || cancelled.send(()).unwrap());
        match self.scanned {
            Some(text) => Ok(text.to_owned()),
            None => waiting
                .recv()
                .map_or(Err(HostError::Refused), |()| Err(HostError::Refused)),
        }
    }
    fn save_media(&self, media: Media, source: MediaSource, _: &Cancel) -> Result<(), HostError> {
        self.saved.lock().unwrap().push((media, source));
        Ok(())
    }
    fn download(&self, download: Download, _: &Cancel) -> Result<(), HostError> {
        self.downloads.lock().unwrap().push(download);
        Ok(())
    }
    fn is_downloaded(&self, file_name: &str) -> Result<bool, HostError> {
        Ok(file_name == "there")
    }
    fn extract(&self, archive: &str) -> Result<(), HostError> {
        Err(HostError::NotFound(format!("data.archivePath: {archive}")))
    }
    fn certificates(&self) -> &Certificates {
        &self.certificates
    }
    fn now_ms(&self) -> i64 {
        self.now
    }
}
