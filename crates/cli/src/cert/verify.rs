//! `coco cert show` and `coco cert verify`.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::Args;
use coco_bridge::authorities::Authorities;
use coco_bridge::certificate::{Caller, Content, SIGN_BYTES, Signed, inspect};
use coco_keys::{Address, message};
use serde::Serialize;

use super::{open_authorities, read_text, refused, time};
use crate::report::{self, Failure, Format};

const STEP: &str = "certificate";

/// Tell what a certificate says and who signed it, without judging it.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The certificate as `coco cert issue` prints it; - for standard input.
    #[arg(value_name = "FILE|-")]
    certificate: PathBuf,
}

/// Check a certificate as a user's program does when an app shows it.
///
/// The first thing that is wrong is named. Trusted are the authorities given here and those of the data folder.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The certificate as `coco cert issue` prints it; - for standard input.
    #[arg(value_name = "FILE|-")]
    certificate: PathBuf,
    /// The app that shows it; whichever it is for unless given.
    #[arg(long, value_name = "ADDRESS")]
    app: Option<Address>,
    /// The version of that app; one that fits unless given.
    #[arg(long, value_name = "VERSION")]
    app_version: Option<String>,
    /// An authority to trust; may be given more than once.
    #[arg(long = "authority", value_name = "ADDRESS")]
    authorities: Vec<Address>,
    /// The data folder whose authorities and revocations count.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// What a certificate says.
#[derive(Serialize)]
struct Shown {
    content: Content,
    /// Whose signature it is; none if no key can have made it.
    signer: Option<Address>,
}

/// A certificate that holds.
#[derive(Serialize)]
struct Holds {
    content: Content,
}

impl Show {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let signed = read(&self.certificate)?.1;
        let content = Content::read(&signed.content).map_err(|reason| unreadable(&self.certificate, &reason))?;
        let signer = message::recover(&signed.content, &signed.signature).ok();
        if signer != Some(content.issuer) {
            report::warning("the signature is not by the issuer, so every program refuses it");
        }
        report::success(&Shown { content, signer }, format);
        Ok(())
    }
}

impl Verify {
    pub(super) fn run(self, format: Format) -> Result<(), Failure> {
        let (text, signed) = read(&self.certificate)?;
        let authorities = self
            .data
            .as_deref()
            .map_or_else(Authorities::in_memory, open_authorities);
        let verdict = {
            let content = Content::read(&signed.content).ok();
            let version = self.app_version.as_deref();
            let caller = Caller {
                app: self
                    .app
                    .or(content.as_ref().map(|content| content.address))
                    .unwrap_or(Address::from_hash160([0; 20])),
                version: version.or(content.as_ref().and_then(|content| content.version.as_deref())),
                now: time::now(),
            };
            inspect(text.trim(), &caller, &self.trusted(authorities)?)
        };
        match (verdict.content, verdict.refused) {
            (Some(content), None) => {
                report::success(&Holds { content }, format);
                Ok(())
            }
            (content, reason) => Err(Failure::new(
                STEP,
                format!("the certificate does not hold: {}", reason.unwrap_or_default()),
                match content {
                    Some(content) if self.authorities.is_empty() && self.data.is_none() => {
                        format!("name whom you trust: --authority {} or --data DIR", content.issuer)
                    }
                    Some(_) => "`coco cert show` tells what it says".to_owned(),
                    None => "a certificate is one line of JSON as `coco cert issue` prints it".to_owned(),
                },
            )),
        }
    }

    /// Those of the data folder, and those given, whose revocations count if the folder has them; nothing is kept.
    fn trusted(&self, kept: Authorities) -> Result<Authorities, Failure> {
        if self.authorities.is_empty() {
            return Ok(kept);
        }
        let trusted = kept.unkept();
        for address in &self.authorities {
            trusted.add(*address, "given").map_err(|error| refused(&error))?;
        }
        Ok(trusted)
    }
}

/// The text of a certificate, and what it is made of.
fn read(path: &Path) -> Result<(String, Signed), Failure> {
    let text = read_text(path, SIGN_BYTES)?;
    let signed = serde_json::from_str(&text).map_err(|error| unreadable(path, &error))?;
    Ok((text, signed))
}

fn unreadable(path: &Path, reason: &dyn fmt::Display) -> Failure {
    Failure::new(
        STEP,
        format!("{}: {reason}", path.display()),
        r#"expected {"content":"…","signature":"…"} as `coco cert issue` prints it"#,
    )
}

/// The lines of a certificate. Texts are foreign: control characters must not reach the terminal.
struct Lines<'a>(&'a Content);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = self.0;
        writeln!(f, "  app      {}", content.address)?;
        writeln!(f, "  level    {}", content.level)?;
        match content.version.as_deref().filter(|version| *version != "*") {
            Some(version) => writeln!(f, "  version  {version:?} or later of the same major")?,
            None => writeln!(f, "  version  any")?,
        }
        writeln!(f, "  from     {}", time::show(content.not_before))?;
        writeln!(f, "  until    {}", time::show(content.not_after))?;
        writeln!(f, "  issuer   {}", content.issuer)?;
        write!(f, "  serial   {:?}", content.serial)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", Lines(&self.content))?;
        match self.signer {
            Some(signer) => write!(f, "  signer   {signer}"),
            None => write!(f, "  signer   none: this is no signature"),
        }
    }
}

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The certificate holds")?;
        write!(f, "{}", Lines(&self.content))
    }
}
