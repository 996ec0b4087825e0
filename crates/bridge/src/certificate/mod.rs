//! Level certificates (bridge 4): who may call a command above level 0.
//!
//! [`Certificates`] holds a request's `sign` against what the command needs. Reading a certificate and recovering its signer
//! is done once for each; whatever can change (the time, the app's version, who is trusted, what was revoked) is looked at
//! every time.

mod cache;
mod content;
mod verdict;
mod version;

use std::path::Path;
use std::sync::Arc;

use coco_keys::{Address, message};
use serde_json::value::RawValue;

pub use cache::Cache;
pub use content::{CONTENT_BYTES, Content, SIGN_BYTES, Signed, VERSION_CHARS};
pub use verdict::Verdict;

use crate::authorities::Authorities;
use crate::code::{BridgeError, Code};
use crate::host::Host;
use verdict::Verdicts;
use version::satisfies;

/// The app that shows a certificate, and when.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// Its address.
    pub app: Address,
    /// Version of the installed package, as its developer wrote it.
    pub version: Option<&'a str>,
    /// Now, in milliseconds since 1970.
    pub now: i64,
}

/// Everything that is known about certificates on this computer.
pub struct Certificates {
    authorities: Authorities,
    cache: Cache,
    verdicts: Verdicts,
}

impl Certificates {
    /// Those of a data folder, which need not exist yet.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        Self {
            authorities: Authorities::open(folder),
            cache: Cache::default(),
            verdicts: Verdicts::open(folder),
        }
    }

    /// Nothing but the authorities that are built in, and nothing kept.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            authorities: Authorities::in_memory(),
            cache: Cache::default(),
            verdicts: Verdicts::default(),
        }
    }

    /// Who is trusted.
    #[must_use]
    pub fn authorities(&self) -> &Authorities {
        &self.authorities
    }

    /// What was said about the last certificate that an app showed; `None` if it never showed one.
    #[must_use]
    pub fn last_verdict(&self, app: &Address) -> Option<Verdict> {
        self.verdicts.last(app)
    }

    /// Holds a request's certificate against the level that a command needs, and remembers the verdict.
    ///
    /// # Errors
    /// 30002 when `sign` is missing or blank, 30003 with the reason when it does not hold.
    pub fn check(&self, sign: Option<&RawValue>, level: u8, caller: &Caller<'_>) -> Result<(), BridgeError> {
        let missing = || {
            BridgeError::new(
                Code::CertificateMissing,
                format!("sign: this command needs a certificate of level {level}"),
            )
        };
        let sign = sign
            .map(RawValue::get)
            .filter(|sign| *sign != "null")
            .ok_or_else(missing)?;
        let (content, held) = match self.cache.get(sign) {
            Some(content) => {
                let held = trusted(&content, &self.authorities);
                (Some(content), held)
            }
            None => match read(sign) {
                Ok(None) => return Err(missing()),
                Ok(Some(signed)) => {
                    let Examined { content, held } = examine(&signed, &self.authorities);
                    let content = content.map(Arc::new);
                    if let (Some(content), Ok(())) = (&content, &held) {
                        self.cache.insert(sign, content);
                    }
                    (content, held)
                }
                Err(reason) => (None, Err(reason)),
            },
        };
        let held = held.and_then(|()| match &content {
            Some(content) => judge(content, caller, &self.authorities).and_then(|()| opens(content, level)),
            None => Ok(()),
        });
        self.verdicts
            .remember(caller, content, held.as_ref().err().map(String::as_str));
        held.map_err(|reason| BridgeError::new(Code::CertificateRefused, format!("sign: {reason}")))
    }
}

/// Holds a request's certificate against the level that a command needs, for the app that the host serves.
///
/// # Errors
/// As [`Certificates::check`].
pub fn check(sign: Option<&RawValue>, level: u8, host: &dyn Host) -> Result<(), BridgeError> {
    let version = host.app_version();
    let caller = Caller {
        app: host.app(),
        version: version.as_deref(),
        now: host.now_ms(),
    };
    host.certificates().check(sign, level, &caller)
}

/// What there is to say about a certificate (the JSON text of `sign`) that this app would show now; nothing is remembered.
#[must_use]
pub fn inspect(sign: &str, caller: &Caller<'_>, authorities: &Authorities) -> Verdict {
    let examined = match read(sign) {
        Ok(Some(signed)) => examine(&signed, authorities),
        Ok(None) => Examined::refused(None, "content and signature are blank".to_owned()),
        Err(reason) => Examined::refused(None, reason),
    };
    let Examined { content, held } = examined;
    let held = held.and_then(|()| match &content {
        Some(content) => judge(content, caller, authorities),
        None => Ok(()),
    });
    Verdict::new(content, held.err().as_deref(), caller.now)
}

/// A certificate without regard to who shows it and when.
struct Examined {
    /// What it says, if that can be read.
    content: Option<Content>,
    /// Whether a trusted authority signed it.
    held: Result<(), String>,
}

impl Examined {
    fn refused(content: Option<Content>, reason: String) -> Self {
        Self {
            content,
            held: Err(reason),
        }
    }
}

/// Reads `sign`: `None` if it is blank.
fn read(sign: &str) -> Result<Option<Signed>, String> {
    if sign.len() > SIGN_BYTES {
        return Err(format!("it is longer than {SIGN_BYTES} bytes"));
    }
    // A list of two texts would be read as the object too.
    if !sign.trim_ascii_start().starts_with('{') {
        return Err("expected an object".to_owned());
    }
    let signed: Signed = serde_json::from_str(sign).map_err(|error| error.to_string())?;
    let blank = signed.content.trim().is_empty() && signed.signature.trim().is_empty();
    Ok((!blank).then_some(signed))
}

/// Reads what was signed, and recovers the signer only if that can be a trusted one.
fn examine(signed: &Signed, authorities: &Authorities) -> Examined {
    let content = match Content::read(&signed.content) {
        Ok(content) => content,
        Err(reason) => return Examined::refused(None, reason),
    };
    let held = trusted(&content, authorities).and_then(|()| {
        if message::verify(&content.issuer, &signed.content, &signed.signature) {
            Ok(())
        } else {
            Err(format!("the signature is not by {}", content.issuer))
        }
    });
    Examined {
        content: Some(content),
        held,
    }
}

fn trusted(content: &Content, authorities: &Authorities) -> Result<(), String> {
    if authorities.is_trusted(&content.issuer) {
        Ok(())
    } else {
        Err(format!("{} is no trusted authority", content.issuer))
    }
}

/// Everything about a signed certificate that depends on who shows it and when.
fn judge(content: &Content, caller: &Caller<'_>, authorities: &Authorities) -> Result<(), String> {
    if content.address != caller.app {
        return Err(format!("it is for {}, this is {}", content.address, caller.app));
    }
    if caller.now < content.not_before {
        return Err("it is not valid yet".to_owned());
    }
    if caller.now > content.not_after {
        return Err("it has expired".to_owned());
    }
    if let Some(version) = content.version.as_deref().filter(|version| *version != "*")
        && !satisfies(caller.version, version)
    {
        return Err(format!(
            "it is for version {version} or later of the same major, {} is installed",
            caller.version.unwrap_or("no version")
        ));
    }
    if authorities.is_revoked(&content.issuer, &content.serial) {
        return Err(format!("{} has revoked it", content.issuer));
    }
    Ok(())
}

fn opens(content: &Content, level: u8) -> Result<(), String> {
    if content.level >= level {
        return Ok(());
    }
    Err(format!("it opens level {}, this command needs {level}", content.level))
}

#[cfg(test)]
mod tamper_tests;
#[cfg(test)]
mod tests;
