//! Commands of the wallet.

use serde::{Deserialize, Serialize};

use super::{Command, Lane, not_available};
use crate::cancel::Cancel;
use crate::code::BridgeError;
use crate::host::Host;

/// `connectCocoPay`: an account of the person's wallet, if they choose one.
pub(super) struct ConnectCocoPay;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[allow(
    dead_code,
    reason = "declared for the types that are generated from it; nothing reads them yet"
)]
pub(super) struct ConnectCocoPayParams {
    /// Symbols of the chains to choose from, in any case.
    #[serde(rename = "chainList")]
    chain_list: Vec<String>,
    /// Wallets that the app can work with.
    #[serde(rename = "walletSupports")]
    wallet_supports: Option<Vec<String>>,
}

/// The account that the person chose.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct WalletAccount {
    /// Symbol of its chain.
    chain_type: String,
    /// Its address there.
    account: String,
}

impl Command for ConnectCocoPay {
    const NAME: &'static str = "connectCocoPay";
    const LANE: Lane = Lane::Beside;
    const ASKS: bool = true;
    const AVAILABLE: bool = false;
    type Params = ConnectCocoPayParams;
    type Answer = WalletAccount;

    fn run(_: ConnectCocoPayParams, _: &dyn Host, _: &Cancel) -> Result<WalletAccount, BridgeError> {
        Err(not_available(Self::NAME))
    }
}
