//! Commands that lead out of the app.

use serde::Deserialize;
use url::Url;

use super::{Command, Lane};
use crate::cancel::Cancel;
use crate::code::BridgeError;
use crate::host::Host;
use crate::limits::OPEN_URL_CHARS;

/// `openURL`: a web page in the person's browser. They are shown its host and confirm the first time.
pub(super) struct OpenUrl;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct OpenUrlParams {
    /// An `https:` address of at most 2,000 characters.
    url: String,
    /// Accepted and without effect: a desktop has no other browser than the system's.
    #[serde(rename = "useSystemOpen")]
    #[allow(dead_code, reason = "held against its type, not used")]
    use_system_open: Option<bool>,
}

impl Command for OpenUrl {
    const NAME: &'static str = "openURL";
    const LANE: Lane = Lane::Beside;
    const ASKS: bool = true;
    type Params = OpenUrlParams;
    type Answer = ();

    fn run(params: OpenUrlParams, host: &dyn Host, cancel: &Cancel) -> Result<(), BridgeError> {
        Ok(host.open_url(&web_address(&params.url, "data.url")?, cancel)?)
    }
}

/// Reads an address that an app may send a person or a download to.
///
/// # Errors
/// 30001 unless it is an absolute `https:` address of at most [`OPEN_URL_CHARS`] characters without a user name in it,
/// which is there only to be taken for a host.
pub(super) fn web_address(text: &str, place: &str) -> Result<Url, BridgeError> {
    let wrong = |what: String| Err(BridgeError::invalid(format!("{place}: {what}")));
    if text.chars().count() > OPEN_URL_CHARS {
        return wrong(format!("at most {OPEN_URL_CHARS} characters are accepted"));
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return wrong(format!("no address: {error}")),
    };
    if url.scheme() != "https" {
        return wrong("expected `https://…`".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("a user name or password is not accepted".to_owned());
    }
    if url.host_str().is_none_or(str::is_empty) {
        return wrong("it names no host".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_plain_https_addresses_are_led_to() {
        for (text, host) in [
            ("https://example.org", "example.org"),
            ("HTTPS://Example.ORG:8443/a?b#c", "example.org"),
            ("https://bücher.example/ä", "xn--bcher-kva.example"),
            ("https://[::1]/", "[::1]"),
        ] {
            assert_eq!(web_address(text, "data.url").unwrap().host_str(), Some(host));
        }
        for text in [
            "",
            "example.org",
            "//example.org",
            "http://example.org",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://",
            "https://user@example.org",
            "https://example.com:x@example.org",
            "https:// example.org",
            &format!("https://example.org/{}", "a".repeat(1_981)),
        ] {
            let error = web_address(text, "data.url").unwrap_err();
            assert!(error.message.starts_with("data.url: "), "{text}: {error}");
        }
        assert!(web_address(&format!("https://example.org/{}", "a".repeat(1_980)), "data.url").is_ok());
    }
}
