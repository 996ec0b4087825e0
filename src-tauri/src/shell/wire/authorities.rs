//! Whose certificates are trusted, and what was said about the one that an app showed last.

use coco_bridge::authorities::Authorities;
use coco_bridge::certificate::Verdict;
use serde::Serialize;

/// The last certificate that an app showed.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Certificate {
    /// What it says; `null` when that could not be read.
    pub(crate) content: Option<CertificateContent>,
    /// Why it was refused, in English; `null` when it held.
    pub(crate) refused: Option<String>,
    /// When it was shown, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) at: i64,
}

/// What a certificate says.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateContent {
    pub(crate) level: u8,
    pub(crate) issuer: String,
    /// What the authority is called, if it is trusted.
    pub(crate) issuer_name: Option<String>,
    /// First moment it holds, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) not_before: i64,
    /// Last moment it holds, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) not_after: i64,
}

/// Answer of `authorities`, and of what changes them.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct AuthoritiesAnswer {
    pub(crate) authorities: Vec<Authority>,
}

/// Somebody whose certificates are trusted.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authority {
    pub(crate) address: String,
    pub(crate) name: String,
    /// Whether it came with the program, so that it cannot be removed.
    pub(crate) built_in: bool,
    /// What it revoked, as far as it is known.
    pub(crate) revoked: Option<Revoked>,
}

/// A list of revoked certificates.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Revoked {
    pub(crate) count: usize,
    /// When the list was made, in seconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) modified: i64,
}

/// Answer of `importRevocations`; `null` when the person chose no file.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ImportAnswer {
    /// Whose list it was.
    pub(crate) issuer: Option<String>,
}

impl Certificate {
    /// A verdict in the words of the wire.
    pub(crate) fn new(verdict: Verdict, authorities: &Authorities) -> Self {
        let content = verdict.content.map(|content| {
            let issuer = authorities.list().into_iter().find(|one| one.address == content.issuer);
            CertificateContent {
                level: content.level,
                issuer: content.issuer.to_string(),
                issuer_name: issuer.map(|one| one.name),
                not_before: content.not_before,
                not_after: content.not_after,
            }
        });
        Self {
            content,
            refused: verdict.refused,
            at: verdict.at,
        }
    }
}

impl From<&Authorities> for AuthoritiesAnswer {
    fn from(authorities: &Authorities) -> Self {
        let list = authorities.list().into_iter().map(|one| Authority {
            revoked: authorities
                .revocations(&one.address)
                .map(|(modified, count)| Revoked { count, modified }),
            address: one.address.to_string(),
            name: one.name,
            built_in: one.built_in,
        });
        Self {
            authorities: list.collect(),
        }
    }
}
