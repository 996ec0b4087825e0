//! Level certificates (bridge 4): who may call a command above level 0.

use std::collections::HashSet;
use std::fmt;

use coco_keys::{Address, message};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::code::{BridgeError, Code};
use crate::host::Host;

/// Longest `sign.content` in bytes that is looked at.
const CONTENT_BYTES: usize = 8 * 1024;

/// `sign` as a request carries it.
#[derive(serde::Deserialize)]
struct Sign {
    #[serde(default)]
    content: String,
    #[serde(default)]
    signature: String,
}

/// What an authority signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The app it is for.
    pub address: Address,
    /// Highest level it opens, 1 to 9.
    pub level: u8,
    /// Version of the app it is for, or later of the same major; `None` or `*` for any.
    pub version: Option<String>,
    /// First moment it holds, in milliseconds since 1970.
    pub not_before: i64,
    /// Last moment it holds, in milliseconds since 1970.
    pub not_after: i64,
    /// The authority.
    pub issuer: Address,
    /// The authority's number for it.
    pub serial: String,
}

/// Holds a request's certificate against the level that a command needs.
///
/// # Errors
/// 30002 when `sign` is missing or blank, 30003 with the reason when it does not hold.
pub fn check(sign: Option<&RawValue>, level: u8, host: &dyn Host) -> Result<(), BridgeError> {
    let missing = || {
        BridgeError::new(
            Code::CertificateMissing,
            format!("sign: this command needs a certificate of level {level}"),
        )
    };
    let refused = |reason: String| BridgeError::new(Code::CertificateRefused, format!("sign: {reason}"));

    let sign = sign.ok_or_else(missing)?;
    if !sign.get().starts_with('{') {
        return Err(refused("expected an object".to_owned()));
    }
    let sign: Sign = serde_json::from_str(sign.get()).map_err(|error| refused(error.to_string()))?;
    if sign.content.trim().is_empty() && sign.signature.trim().is_empty() {
        return Err(missing());
    }
    verify(&sign, level, host).map_err(refused)
}

fn verify(sign: &Sign, level: u8, host: &dyn Host) -> Result<(), String> {
    if sign.content.len() > CONTENT_BYTES {
        return Err(format!("content is longer than {CONTENT_BYTES} bytes"));
    }
    let content: Content = serde_json::from_str(&sign.content).map_err(|error| format!("content: {error}"))?;
    if !host.authorities().contains(&content.issuer) {
        return Err(format!("{} is no trusted authority", content.issuer));
    }
    if !message::verify(&content.issuer, &sign.content, &sign.signature) {
        return Err(format!("the signature is not by {}", content.issuer));
    }
    if content.address != host.app() {
        return Err(format!("it is for {}, this is {}", content.address, host.app()));
    }
    let now = host.now_ms();
    if now < content.not_before {
        return Err("it is not valid yet".to_owned());
    }
    if now > content.not_after {
        return Err("it has expired".to_owned());
    }
    if content.level < level {
        return Err(format!("it opens level {}, this command needs {level}", content.level));
    }
    let installed = host.app_version();
    match content.version.as_deref() {
        Some(version) if version != "*" && !satisfies(installed.as_deref(), version) => Err(format!(
            "it is for version {version} or later of the same major, {} is installed",
            installed.as_deref().unwrap_or("no version")
        )),
        _ => Ok(()),
    }
}

/// Whether `installed` is `wanted` or later with the same first number. Versions are dotted numbers, a leading `v`
/// and anything after `-` or `+` aside.
fn satisfies(installed: Option<&str>, wanted: &str) -> bool {
    match (installed.and_then(numbers), numbers(wanted)) {
        (Some(installed), Some(wanted)) => installed.first() == wanted.first() && installed >= wanted,
        _ => false,
    }
}

/// The numbers of a version without trailing zeros, so that `1` and `1.0.0` are equal.
fn numbers(version: &str) -> Option<Vec<u64>> {
    let version = version.trim().trim_start_matches(['v', 'V']);
    let version = version.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = version
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<Vec<u64>>>()?;
    while numbers.len() > 1 && numbers.last() == Some(&0) {
        numbers.pop();
    }
    Some(numbers)
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ContentVisitor)
    }
}

/// Reads the object by hand, since a key that stands twice must refuse even when it is one that nobody reads.
struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        use serde::de::Error;
        let mut seen = HashSet::new();
        let (mut address, mut level, mut version, mut not_before) = (None, None, None, None);
        let (mut not_after, mut issuer, mut serial) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "address" => address = Some(map.next_value()?),
                "level" => level = Some(map.next_value()?),
                "version" => version = map.next_value()?,
                "notBefore" => not_before = Some(map.next_value()?),
                "notAfter" => not_after = Some(map.next_value()?),
                "issuer" => issuer = Some(map.next_value()?),
                "serial" => serial = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            if !seen.insert(key) {
                return Err(A::Error::custom("a key stands twice"));
            }
        }
        let level = level.ok_or_else(|| A::Error::missing_field("level"))?;
        if !(1..=9).contains(&level) {
            return Err(A::Error::custom("level: expected 1 to 9"));
        }
        Ok(Content {
            address: address.ok_or_else(|| A::Error::missing_field("address"))?,
            level,
            version,
            not_before: not_before.ok_or_else(|| A::Error::missing_field("notBefore"))?,
            not_after: not_after.ok_or_else(|| A::Error::missing_field("notAfter"))?,
            issuer: issuer.ok_or_else(|| A::Error::missing_field("issuer"))?,
            serial: serial.ok_or_else(|| A::Error::missing_field("serial"))?,
        })
    }
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
