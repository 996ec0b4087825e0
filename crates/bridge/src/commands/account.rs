//! Commands that use the person's account in the app.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Command;
use crate::cancel::Cancel;
use crate::code::{BridgeError, Code};
use crate::host::Host;
use crate::limits::DECRYPT_REQUEST_BYTES;

/// `getAccount`: the account's address, or its key for encryption.
pub(super) struct GetAccount;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct GetAccountParams {
    #[serde(rename = "type")]
    kind: Option<Kind>,
}

/// The one value that `type` takes, as both clients spell it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "expected 1 or nothing")]
#[cfg_attr(test, schemars(extend("enum" = [1, "1"], "or" = "expected 1 or nothing")))]
enum Kind {
    Number(u64),
    Text(String),
}

impl Command for GetAccount {
    const NAME: &'static str = "getAccount";
    type Params = GetAccountParams;
    type Answer = String;

    fn run(params: GetAccountParams, host: &dyn Host, _: &Cancel) -> Result<String, BridgeError> {
        match params.kind {
            None => Ok(host.account()?.address().to_string()),
            Some(Kind::Number(1)) => Ok(STANDARD.encode(host.account()?.encryption_public_key())),
            Some(Kind::Text(text)) if text == "1" => Ok(STANDARD.encode(host.account()?.encryption_public_key())),
            Some(_) => Err(BridgeError::invalid("data.type: expected 1 or nothing")),
        }
    }
}

/// `generateSignature`: a Bitcoin signed message by the account.
pub(super) struct GenerateSignature;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct GenerateSignatureParams {
    message: String,
}

impl Command for GenerateSignature {
    const NAME: &'static str = "generateSignature";
    type Params = GenerateSignatureParams;
    type Answer = String;

    fn run(params: GenerateSignatureParams, host: &dyn Host, _: &Cancel) -> Result<String, BridgeError> {
        Ok(host.account()?.sign(&params.message))
    }
}

/// `verifySignature`: whether a signature is by the account.
pub(super) struct VerifySignature;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("either" = ["signatureData", "signature"])))]
pub(super) struct VerifySignatureParams {
    message: String,
    #[serde(rename = "signatureData")]
    signature_data: Option<String>,
    signature: Option<String>,
}

impl Command for VerifySignature {
    const NAME: &'static str = "verifySignature";
    type Params = VerifySignatureParams;
    type Answer = bool;

    fn run(params: VerifySignatureParams, host: &dyn Host, _: &Cancel) -> Result<bool, BridgeError> {
        let signature = params
            .signature_data
            .or(params.signature)
            .ok_or_else(|| BridgeError::invalid("data: missing field `signatureData`"))?;
        Ok(host.account()?.verify(&params.message, &signature))
    }
}

/// `encrypt`: text that only this account opens again (ECIES to its key for encryption).
pub(super) struct Encrypt;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct EncryptParams {
    /// The text.
    message: String,
}

impl Command for Encrypt {
    const NAME: &'static str = "encrypt";
    type Params = EncryptParams;
    type Answer = String;

    fn run(params: EncryptParams, host: &dyn Host, _: &Cancel) -> Result<String, BridgeError> {
        let encrypted = host.account()?.encrypt(params.message.as_bytes());
        encrypted
            .map(|bytes| STANDARD.encode(bytes))
            .map_err(|error| BridgeError::new(Code::Failed, format!("data.message: {error}")))
    }
}

/// `decrypt`: the text that was encrypted to this account.
pub(super) struct Decrypt;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("either" = ["encryptedData", "content"])))]
pub(super) struct DecryptParams {
    /// What `encrypt` gave, in Base64.
    #[serde(rename = "encryptedData")]
    encrypted_data: Option<String>,
    /// The same by its other name.
    content: Option<String>,
}

impl Command for Decrypt {
    const NAME: &'static str = "decrypt";
    const REQUEST_BYTES: usize = DECRYPT_REQUEST_BYTES;
    type Params = DecryptParams;
    type Answer = String;

    fn run(params: DecryptParams, host: &dyn Host, _: &Cancel) -> Result<String, BridgeError> {
        let (place, text) = match (params.encrypted_data, params.content) {
            (Some(text), _) => ("data.encryptedData", text),
            (None, Some(text)) => ("data.content", text),
            (None, None) => return Err(BridgeError::invalid("data: missing field `encryptedData`")),
        };
        let wrong = |what: &dyn std::fmt::Display| BridgeError::invalid(format!("{place}: {what}"));
        let bytes = STANDARD.decode(text.trim_ascii()).map_err(|error| wrong(&error))?;
        let message = host.account()?.decrypt(&bytes).map_err(|error| wrong(&error))?;
        str::from_utf8(&message)
            .map(str::to_owned)
            .map_err(|_| wrong(&"what was encrypted is no UTF-8 text"))
    }
}
