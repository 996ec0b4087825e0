//! Commands that keep one JSON value per app.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Command;
use super::NoParams;
use crate::cancel::Cancel;
use crate::code::BridgeError;
use crate::host::Host;

/// `setExtendedData`: replaces the app's value.
pub(super) struct SetExtendedData;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SetExtendedDataParams {
    /// Kept as the text it came as, so that it goes back the same.
    extend: Box<RawValue>,
}

impl Command for SetExtendedData {
    const NAME: &'static str = "setExtendedData";
    type Params = SetExtendedDataParams;
    type Answer = ();

    fn run(params: SetExtendedDataParams, host: &dyn Host, _: &Cancel) -> Result<(), BridgeError> {
        Ok(host.set_extended_data(&params.extend)?)
    }
}

/// `getExtendedData`: the app's value, `null` if it has none.
pub(super) struct GetExtendedData;

impl Command for GetExtendedData {
    const NAME: &'static str = "getExtendedData";
    type Params = NoParams;
    type Answer = Option<Box<RawValue>>;

    fn run(_: NoParams, host: &dyn Host, _: &Cancel) -> Result<Option<Box<RawValue>>, BridgeError> {
        Ok(host.extended_data()?)
    }
}
