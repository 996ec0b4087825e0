//! Commands that reach the service that the app's developer runs. All need level 8.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Command, Lane, NoParams, not_available};
use crate::cancel::Cancel;
use crate::code::BridgeError;
use crate::host::Host;

/// `registerService`: names the developer's service.
pub(super) struct RegisterService;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[allow(
    dead_code,
    reason = "declared for the types that are generated from it; nothing reads them yet"
)]
pub(super) struct RegisterServiceParams {
    /// Key of the service.
    #[serde(rename = "serviceKey")]
    service_key: String,
    /// `serviceKey` signed by the app's deployment key, as a Bitcoin signed message.
    #[serde(rename = "signKey")]
    sign_key: Option<String>,
}

impl Command for RegisterService {
    const NAME: &'static str = "registerService";
    const LEVEL: u8 = 8;
    const AVAILABLE: bool = false;
    type Params = RegisterServiceParams;
    type Answer = ();

    fn run(_: RegisterServiceParams, _: &dyn Host, _: &Cancel) -> Result<(), BridgeError> {
        Err(not_available(Self::NAME))
    }
}

/// `checkServiceStatus`: whether a service is registered.
pub(super) struct CheckServiceStatus;

impl Command for CheckServiceStatus {
    const NAME: &'static str = "checkServiceStatus";
    const LEVEL: u8 = 8;
    const AVAILABLE: bool = false;
    type Params = NoParams;
    type Answer = bool;

    fn run(_: NoParams, _: &dyn Host, _: &Cancel) -> Result<bool, BridgeError> {
        Err(not_available(Self::NAME))
    }
}

/// `sendServiceMessage`: a request to the service, and what it answered.
pub(super) struct SendServiceMessage;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[allow(
    dead_code,
    reason = "declared for the types that are generated from it; nothing reads them yet"
)]
pub(super) struct SendServiceMessageParams {
    /// How the service is spoken to.
    #[serde(rename = "type")]
    kind: Protocol,
    /// The request.
    content: ServiceRequest,
}

/// How a service is spoken to.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Protocol {
    #[serde(rename = "HTTP")]
    Http,
}

/// An HTTP request to the service.
#[derive(Deserialize)]
#[serde(expecting = "a map")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[allow(
    dead_code,
    reason = "declared for the types that are generated from it; nothing reads them yet"
)]
struct ServiceRequest {
    /// The method.
    method: Method,
    /// A path such as `/add`, without host.
    url: String,
    /// Headers by name.
    headers: Option<BTreeMap<String, String>>,
    /// The body.
    data: Option<Box<RawValue>>,
}

/// Methods that a service is called by.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
enum Method {
    Post,
    Get,
    Put,
    Delete,
}

impl Command for SendServiceMessage {
    const NAME: &'static str = "sendServiceMessage";
    const LEVEL: u8 = 8;
    const LANE: Lane = Lane::Beside;
    const AVAILABLE: bool = false;
    type Params = SendServiceMessageParams;
    type Answer = Box<RawValue>;

    fn run(_: SendServiceMessageParams, _: &dyn Host, _: &Cancel) -> Result<Box<RawValue>, BridgeError> {
        Err(not_available(Self::NAME))
    }
}
