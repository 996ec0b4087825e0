//! The table of commands (bridge 3). Each command is declared once, as a type that implements [`Command`], and
//! listed once, in [`TABLE`]; dispatch, the level gate and what `window.coco.capabilities()` lists come from here.

mod account;
mod device;
mod downloads;
mod files;
mod media;
mod qr;
mod service;
mod storage;
mod wallet;
mod web;

pub(crate) use files::NO_TEXT;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use crate::cancel::Cancel;
use crate::code::{BridgeError, Code};
use crate::host::Host;
use crate::limits;

/// Where a command is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Where its request arrives, if nothing waits before it: it only tells what is known already, without a disk, keys or
    /// another program.
    AtOnce,
    /// In the order in which the app's requests came, one after the other.
    InOrder,
    /// Beside the others: it waits for a person or for the network.
    Beside,
}

/// What travels: while tests run, also something whose shape can be told.
#[cfg(not(test))]
pub trait Wire {}
#[cfg(not(test))]
impl<T> Wire for T {}
#[cfg(test)]
pub use schemars::JsonSchema as Wire;

/// One command: what it takes, what it answers, what it does.
pub trait Command {
    /// The name that travels.
    const NAME: &'static str;
    /// The certificate level that a caller needs; 0 for none.
    const LEVEL: u8 = 0;
    /// Where it is carried out.
    const LANE: Lane = Lane::InOrder;
    /// Whether a person may be asked before it does anything.
    const ASKS: bool = false;
    /// Longest request in bytes of its JSON text.
    const REQUEST_BYTES: usize = limits::REQUEST_BYTES;
    /// Whether this version carries it out.
    const AVAILABLE: bool = true;
    /// The shape of `data`.
    type Params: DeserializeOwned + Wire;
    /// The shape of `result`; `()` for none.
    type Answer: Serialize + Wire;

    /// Does it, and gives up early when `cancel` says that nobody waits any more.
    ///
    /// # Errors
    /// Whatever the answer's code and message shall say.
    fn run(params: Self::Params, host: &dyn Host, cancel: &Cancel) -> Result<Self::Answer, BridgeError>;
}

/// What a successful call gives back: JSON text, or nothing.
pub type Answer = Option<Box<RawValue>>;

type Handler = fn(&RawValue, &dyn Host, &Cancel) -> Result<Answer, BridgeError>;

/// A row of the table.
pub struct Entry {
    /// The name that travels.
    pub name: &'static str,
    /// The certificate level that a caller needs.
    pub level: u8,
    /// Where it is carried out.
    pub lane: Lane,
    /// Whether a person may be asked before it does anything.
    pub asks: bool,
    /// Longest request in bytes of its JSON text.
    pub request_bytes: usize,
    /// Whether this version carries it out.
    pub available: bool,
    handler: Handler,
    #[cfg(test)]
    params: fn() -> schemars::Schema,
    #[cfg(test)]
    answer: fn() -> schemars::Schema,
}

impl Entry {
    const fn of<C: Command>() -> Self {
        Self {
            name: C::NAME,
            level: C::LEVEL,
            lane: C::LANE,
            asks: C::ASKS,
            request_bytes: C::REQUEST_BYTES,
            available: C::AVAILABLE,
            handler: handle::<C>,
            #[cfg(test)]
            params: sdk_tests::schema_of::<C::Params>,
            #[cfg(test)]
            answer: sdk_tests::schema_of::<C::Answer>,
        }
    }

    /// Carries the command out with the `data` of a request.
    ///
    /// # Errors
    /// 30001 for parameters of the wrong shape, 30100 for a command that is not available yet, else what the command says.
    pub fn run(&self, data: &RawValue, host: &dyn Host, cancel: &Cancel) -> Result<Answer, BridgeError> {
        if !self.available {
            return Err(not_available(self.name));
        }
        (self.handler)(data, host, cancel)
    }
}

fn not_available(name: &str) -> BridgeError {
    BridgeError::new(Code::Failed, format!("{name}: not available yet"))
}

/// Version of the command set, as `window.coco.capabilities()` tells it.
pub const VERSION: &str = "1.0.0";

/// Every command that exists.
pub static TABLE: &[Entry] = &[
    Entry::of::<device::OnLoad>(),
    Entry::of::<wallet::ConnectCocoPay>(),
    Entry::of::<device::GetSafeAreaInsets>(),
    Entry::of::<device::GetLanguage>(),
    Entry::of::<files::ReadFile>(),
    Entry::of::<web::OpenUrl>(),
    Entry::of::<qr::ScanQrCode>(),
    Entry::of::<device::CopyToClipboard>(),
    Entry::of::<qr::GenerateQrCode>(),
    Entry::of::<media::SaveImage>(),
    Entry::of::<media::SaveVideo>(),
    Entry::of::<account::GetAccount>(),
    Entry::of::<storage::SetExtendedData>(),
    Entry::of::<storage::GetExtendedData>(),
    Entry::of::<account::GenerateSignature>(),
    Entry::of::<account::VerifySignature>(),
    Entry::of::<account::Encrypt>(),
    Entry::of::<account::Decrypt>(),
    Entry::of::<downloads::DownloadFile>(),
    Entry::of::<downloads::CheckDownloadStatus>(),
    Entry::of::<downloads::ExtractFile>(),
    Entry::of::<service::RegisterService>(),
    Entry::of::<service::CheckServiceStatus>(),
    Entry::of::<service::SendServiceMessage>(),
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

fn handle<C: Command>(data: &RawValue, host: &dyn Host, cancel: &Cancel) -> Result<Answer, BridgeError> {
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
    let answer = to_raw_value(&C::run(params, host, cancel)?)
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NoParams {}

#[cfg(test)]
#[path = "sdk_tests.rs"]
mod sdk_tests;
