//! What one app's page shows: what it may do, what it keeps, which versions there are.

use coco_bridge::consent;
use coco_package as package;
use serde::{Deserialize, Serialize};

use super::Certificate;

/// Answer of `appPage`: what the list of apps does not say of an app.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppPage {
    /// Its type, `0001` to `0022`; `null` when it gives none that is known.
    pub(crate) type_code: Option<String>,
    /// Remembered answers, oldest first.
    pub(crate) grants: Vec<Grant>,
    /// What the package says it needs, in the developer's order.
    pub(crate) permissions: Vec<Permission>,
    pub(crate) storage: Storage,
    /// The person's address in this app; `null` while the keys are locked or damaged.
    pub(crate) account: Option<String>,
    /// The last certificate it showed; `null` when it showed none.
    pub(crate) certificate: Option<Certificate>,
    /// The version before the installed one, as long as it is kept.
    pub(crate) previous: Option<PreviousVersion>,
    /// What was installed when, oldest first.
    pub(crate) history: Vec<Installation>,
}

/// An answer that the person gave.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Grant {
    pub(crate) wish: Wish,
    pub(crate) allowed: bool,
    /// When it was given, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) since: i64,
}

/// Something that needs the person's word.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Wish {
    /// To open pages of a host in the browser.
    OpenUrl { host: String },
    /// To download files from a host.
    Download { host: String },
    /// To save pictures.
    SaveImages,
    /// To save videos.
    SaveVideos,
}

/// What a package says that it needs.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Permission {
    /// The command.
    pub(crate) name: String,
    /// Why, in the developer's words.
    pub(crate) reason: String,
}

/// Bytes that an app keeps on the disk, beside its own files.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Storage {
    /// Stored through the bridge.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) extended: u64,
    /// Downloaded files.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) downloads: u64,
    /// Stored by the page itself.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) web: u64,
}

/// The version that one can go back to.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PreviousVersion {
    pub(crate) version: Option<String>,
    /// When it was signed, in seconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) modified: i64,
    /// Bytes of its files.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) size: u64,
    pub(crate) signer: String,
    /// What the installed version changed; `null` when that one is damaged.
    pub(crate) difference: Option<Difference>,
}

/// Numbers of files that differ.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Difference {
    pub(crate) added: usize,
    pub(crate) removed: usize,
    pub(crate) changed: usize,
}

/// One line of an app's history.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Installation {
    pub(crate) version: Option<String>,
    /// When it was signed, in seconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) modified: i64,
    /// When it became the installed version, in seconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) at: i64,
    pub(crate) way: Way,
}

/// How a version became the installed one.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum Way {
    Installed,
    Updated,
    Repaired,
    RolledBack,
}

impl From<consent::Grant> for Grant {
    fn from(grant: consent::Grant) -> Self {
        Self {
            wish: grant.wish.into(),
            allowed: grant.word == consent::Word::Yes,
            since: grant.since,
        }
    }
}

impl From<consent::Wish> for Wish {
    fn from(wish: consent::Wish) -> Self {
        match wish {
            consent::Wish::OpenUrl { host } => Self::OpenUrl { host },
            consent::Wish::Download { host } => Self::Download { host },
            consent::Wish::SaveImages => Self::SaveImages,
            consent::Wish::SaveVideos => Self::SaveVideos,
        }
    }
}

impl From<Wish> for consent::Wish {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::OpenUrl { host } => Self::OpenUrl { host },
            Wish::Download { host } => Self::Download { host },
            Wish::SaveImages => Self::SaveImages,
            Wish::SaveVideos => Self::SaveVideos,
        }
    }
}

impl From<&package::Permission> for Permission {
    fn from(permission: &package::Permission) -> Self {
        Self {
            name: permission.name.clone(),
            reason: permission.reason.clone(),
        }
    }
}

impl From<package::Difference> for Difference {
    fn from(difference: package::Difference) -> Self {
        let package::Difference {
            added,
            removed,
            changed,
        } = difference;
        Self {
            added,
            removed,
            changed,
        }
    }
}

impl From<package::Installation> for Installation {
    fn from(line: package::Installation) -> Self {
        Self {
            version: line.version,
            modified: line.modified,
            at: line.at,
            way: match line.way {
                package::Way::Installed => Way::Installed,
                package::Way::Updated => Way::Updated,
                package::Way::Repaired => Way::Repaired,
                package::Way::RolledBack => Way::RolledBack,
            },
        }
    }
}
