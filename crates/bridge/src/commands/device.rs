//! Commands that speak of the window and the computer.

use serde::Deserialize;

use super::{Command, Lane, NoParams};
use crate::cancel::Cancel;
use crate::code::BridgeError;
use crate::host::{Host, SafeArea};
use crate::language::Language;

/// `onload`: the page says that it has loaded.
pub(super) struct OnLoad;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct OnLoadParams {
    name: String,
    version: String,
}

impl Command for OnLoad {
    const NAME: &'static str = "onload";
    type Params = OnLoadParams;
    type Answer = ();

    fn run(params: OnLoadParams, host: &dyn Host, _: &Cancel) -> Result<(), BridgeError> {
        host.loaded(&params.name, &params.version);
        Ok(())
    }
}

/// `getSafeAreaInsets`: what covers the window's edges.
pub(super) struct GetSafeAreaInsets;

impl Command for GetSafeAreaInsets {
    const NAME: &'static str = "getSafeAreaInsets";
    const LANE: Lane = Lane::AtOnce;
    type Params = NoParams;
    type Answer = SafeArea;

    fn run(_: NoParams, host: &dyn Host, _: &Cancel) -> Result<SafeArea, BridgeError> {
        Ok(host.safe_area())
    }
}

/// `getLanguage`: the shell's language.
pub(super) struct GetLanguage;

impl Command for GetLanguage {
    const NAME: &'static str = "getLanguage";
    const LANE: Lane = Lane::AtOnce;
    type Params = NoParams;
    type Answer = Language;

    fn run(_: NoParams, host: &dyn Host, _: &Cancel) -> Result<Language, BridgeError> {
        Ok(host.language())
    }
}

/// `copyToClipboard`: text to the system clipboard.
pub(super) struct CopyToClipboard;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CopyParams {
    text: String,
}

impl Command for CopyToClipboard {
    const NAME: &'static str = "copyToClipboard";
    type Params = CopyParams;
    type Answer = ();

    fn run(params: CopyParams, host: &dyn Host, _: &Cancel) -> Result<(), BridgeError> {
        Ok(host.copy_text(&params.text)?)
    }
}
