//! What is being run: an installed package, or what a developer is working on.

use coco_keys::Address;
use coco_package::{Icon, InstalledApp, Permission, ReadError};

/// An app whose page calls the bridge. Everything a host tells of its caller comes from here.
pub trait App: Send + Sync {
    /// Who it is: its account, its grants and what it stored hang on this.
    fn address(&self) -> &Address;

    /// Its name, fit for display.
    fn display_name(&self) -> String;

    /// The developer's name for this version.
    fn version(&self) -> Option<String>;

    /// Its icon, if it has a sensible one.
    fn icon(&self) -> Option<Icon>;

    /// Who signed it; `None` for what is not signed.
    fn signer(&self) -> Option<Address>;

    /// What it says it will ask the person for.
    fn permissions(&self) -> Vec<Permission>;

    /// Size in bytes of one of its files; `None` for what it does not have, or where nobody knows without reading it.
    fn size(&self, path: &str) -> Option<u64>;

    /// The bytes of one of its files. `path` is relative to the app; nothing in it is decoded or guessed.
    ///
    /// # Errors
    /// [`ReadError::NotListed`] for what is not one of its files, anything else when it cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;
}

impl App for InstalledApp {
    fn address(&self) -> &Address {
        InstalledApp::address(self)
    }

    fn display_name(&self) -> String {
        InstalledApp::display_name(self)
    }

    fn version(&self) -> Option<String> {
        self.content().version().map(str::to_owned)
    }

    fn icon(&self) -> Option<Icon> {
        InstalledApp::icon(self)
    }

    fn signer(&self) -> Option<Address> {
        Some(*InstalledApp::signer(self))
    }

    fn permissions(&self) -> Vec<Permission> {
        self.content().permissions().to_vec()
    }

    fn size(&self, path: &str) -> Option<u64> {
        self.content().files().get(path).map(|entry| entry.size)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        InstalledApp::read(self, path)
    }
}
