//! The table of commands (bridge 3). Each command is declared once, as a type that implements [`Command`], and
//! listed once, in [`TABLE`]; dispatch, the level gate and what `window.coco.capabilities()` lists come from here.

mod account;
mod device;
mod files;
mod qr;
mod storage;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use crate::code::{BridgeError, Code};
use crate::host::Host;

/// One command: what it takes, what it answers, what it does.
pub trait Command {
    /// The name that travels.
    const NAME: &'static str;
    /// The certificate level that a caller needs; 0 for none.
    const LEVEL: u8 = 0;
    /// Whether it only tells what is known already: no disk, no keys, no other program. Such a call may be answered
    /// where it arrives, if nothing waits before it.
    const IMMEDIATE: bool = false;
    /// The shape of `data`.
    type Params: DeserializeOwned;
    /// The shape of `result`; `()` for none.
    type Answer: Serialize;

    /// Does it.
    ///
    /// # Errors
    /// Whatever the answer's code and message shall say.
    fn run(params: Self::Params, host: &dyn Host) -> Result<Self::Answer, BridgeError>;
}

/// What a successful call gives back: JSON text, or nothing.
pub type Answer = Option<Box<RawValue>>;

type Handler = fn(&RawValue, &dyn Host) -> Result<Answer, BridgeError>;

/// A row of the table.
pub struct Entry {
    /// The name that travels.
    pub name: &'static str,
    /// The certificate level that a caller needs.
    pub level: u8,
    /// See [`Command::IMMEDIATE`].
    pub immediate: bool,
    handler: Option<Handler>,
}

impl Entry {
    const fn of<C: Command>() -> Self {
        Self {
            name: C::NAME,
            level: C::LEVEL,
            immediate: C::IMMEDIATE,
            handler: Some(handle::<C>),
        }
    }

    /// A command of the specification that this version does not carry out.
    const fn later(name: &'static str, level: u8) -> Self {
        Self {
            name,
            level,
            immediate: false,
            handler: None,
        }
    }

    /// Whether this version carries the command out.
    pub fn available(&self) -> bool {
        self.handler.is_some()
    }

    /// Carries the command out with the `data` of a request.
    ///
    /// # Errors
    /// 30001 for parameters of the wrong shape, 30100 for a command that is not available yet, else what the command says.
    pub fn run(&self, data: &RawValue, host: &dyn Host) -> Result<Answer, BridgeError> {
        let handler = self
            .handler
            .ok_or_else(|| BridgeError::new(Code::Failed, format!("{}: not available yet", self.name)))?;
        handler(data, host)
    }
}

/// Version of the command set, as `window.coco.capabilities()` tells it.
pub const VERSION: &str = "1.0.0";

/// Every command that exists.
pub static TABLE: &[Entry] = &[
    Entry::of::<device::OnLoad>(),
    Entry::later("connectCocoPay", 0),
    Entry::of::<device::GetSafeAreaInsets>(),
    Entry::of::<device::GetLanguage>(),
    Entry::of::<files::ReadFile>(),
    Entry::later("openURL", 0),
    Entry::later("scanQRCode", 0),
    Entry::of::<device::CopyToClipboard>(),
    Entry::of::<qr::GenerateQrCode>(),
    Entry::later("saveImage", 0),
    Entry::later("saveVideo", 0),
    Entry::of::<account::GetAccount>(),
    Entry::of::<storage::SetExtendedData>(),
    Entry::of::<storage::GetExtendedData>(),
    Entry::of::<account::GenerateSignature>(),
    Entry::of::<account::VerifySignature>(),
    Entry::later("encrypt", 0),
    Entry::later("decrypt", 0),
    Entry::later("downloadFile", 0),
    Entry::later("checkDownloadStatus", 0),
    Entry::later("extractFile", 0),
    Entry::later("registerService", 8),
    Entry::later("checkServiceStatus", 8),
    Entry::later("sendServiceMessage", 8),
];

/// Names that are kept free: they always answer 30004.
pub const RESERVED: &[&str] = &[
    "postdata",
    "gethostsession",
    "writeFile",
    "ppgethosts",
    "ppsethost",
    "ppnewuser",
    "openiospp",
    "getiosppstatus",
    "closeiospp",
    "ppgetsetting",
    "ppstop",
    "childsign",
    "pptempsign",
    "ppstart",
    "startpp",
    "pprecharge",
    "proxycertificate",
];

/// The row of a name.
///
/// # Errors
/// 30004 for a reserved name and for one that the table does not have.
pub fn find(name: &str) -> Result<&'static Entry, BridgeError> {
    TABLE.iter().find(|entry| entry.name == name).ok_or_else(|| {
        let why = if RESERVED.contains(&name) {
            "is reserved"
        } else {
            "does not exist"
        };
        BridgeError::new(Code::NoSuchCommand, format!("cmd: `{name}` {why}"))
    })
}

fn handle<C: Command>(data: &RawValue, host: &dyn Host) -> Result<Answer, BridgeError> {
    let mut reader = serde_json::Deserializer::from_str(data.get());
    let params: C::Params = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." {
            "data".to_owned()
        } else {
            format!("data.{path}")
        };
        BridgeError::invalid(format!("{place}: {}", describe(error.inner())))
    })?;
    let answer = to_raw_value(&C::run(params, host)?)
        .map_err(|error| BridgeError::new(Code::Failed, format!("answer: {error}")))?;
    let nothing = std::mem::size_of::<C::Answer>() == 0;
    Ok((!nothing).then_some(answer))
}

/// The reason alone: line and column of a text that the developer never saw help nobody.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ")
        .map_or(text.clone(), |(reason, _)| reason.to_owned())
}

/// Parameters of a command that has none: any object.
#[derive(serde::Deserialize)]
pub(crate) struct NoParams {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SDK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../messagehandler-js/src/levels.ts");

    #[test]
    fn the_sdk_knows_the_same_commands() {
        let rows: String = TABLE
            .iter()
            .map(|entry| format!("  {}: {},\n", entry.name, entry.level))
            .collect();
        let generated = format!(
            "// Generated from the command table in crates/bridge by its tests; UPDATE_GENERATED=1 writes it anew.\n\
             import type {{ CommandMap, CommandName }} from \"./commands.js\";\n\n\
             /** The certificate level that each command needs. */\n\
             export const levels: {{ readonly [C in CommandName]: CommandMap[C][\"level\"] }} = {{\n{rows}}};\n"
        );
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            std::fs::write(SDK, &generated).unwrap();
        }
        let written = std::fs::read_to_string(SDK).unwrap_or_default();
        assert!(
            written == generated,
            "stale: run `UPDATE_GENERATED=1 cargo test -p coco-bridge the_sdk`"
        );
    }

    #[test]
    fn every_name_stands_once() {
        let mut names: Vec<_> = TABLE
            .iter()
            .map(|entry| entry.name)
            .chain(RESERVED.iter().copied())
            .collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!((TABLE.len(), RESERVED.len()), (24, 17));
    }
}
