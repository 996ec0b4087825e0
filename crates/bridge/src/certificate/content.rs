//! What an authority signs, and how it travels.

use std::collections::HashSet;
use std::fmt;

use coco_keys::{Address, SigningKey};
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::authorities::{SERIAL_CHARS, is_serial};

/// Longest `sign.content` in bytes that is looked at.
pub const CONTENT_BYTES: usize = 8 * 1024;

/// Longest `sign` in bytes of its JSON text that is looked at: there is room for a content of which each byte is escaped.
pub const SIGN_BYTES: usize = 64 * 1024;

/// Longest version in a certificate, in characters.
pub const VERSION_CHARS: usize = 100;

/// A text and its signature: what a request carries as `sign`, and what a list of revocations is handed on as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// JSON text, signed exactly as it stands.
    #[serde(default)]
    pub content: String,
    /// A Bitcoin signed message over the content: Base64 of 65 bytes.
    #[serde(default)]
    pub signature: String,
}

impl Signed {
    /// Signs a text.
    #[must_use]
    pub fn new(content: String, key: &SigningKey) -> Self {
        let signature = key.sign_message(&content);
        Self { content, signature }
    }
}

/// What an authority says of an app (bridge 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// The app it is for.
    pub address: Address,
    /// Highest level it opens, 1 to 9.
    pub level: u8,
    /// Version of the app it is for, or later of the same major; `None` or `*` for any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// First moment it holds, in milliseconds since 1970.
    pub not_before: i64,
    /// Last moment it holds, in milliseconds since 1970.
    pub not_after: i64,
    /// The authority.
    pub issuer: Address,
    /// The authority's number for it, at most [`SERIAL_CHARS`] characters.
    pub serial: String,
}

impl Content {
    /// Reads the JSON text that was signed.
    ///
    /// # Errors
    /// What is wrong with it, in English.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > CONTENT_BYTES {
            return Err(format!("content is longer than {CONTENT_BYTES} bytes"));
        }
        serde_json::from_str(text).map_err(|error| format!("content: {error}"))
    }

    /// Signs it by the issuer's key: what an app passes as `sign`.
    ///
    /// # Errors
    /// When the key is not the issuer's, or no program would read what is signed.
    pub fn sign(&self, key: &SigningKey) -> Result<Signed, String> {
        if key.address() != self.issuer {
            return Err(format!(
                "the issuer is {}, the key belongs to {}",
                self.issuer,
                key.address()
            ));
        }
        let text = serde_json::to_string(self).map_err(|error| error.to_string())?;
        Self::read(&text)?;
        Ok(Signed::new(text, key))
    }
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
        let mut seen = HashSet::new();
        let (mut address, mut level, mut version, mut not_before) = (None, None, None, None);
        let (mut not_after, mut issuer, mut serial) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "address" => address = Some(map.next_value()?),
                "level" => level = Some(map.next_value()?),
                "version" => version = map.next_value::<Option<String>>()?,
                "notBefore" => not_before = Some(map.next_value()?),
                "notAfter" => not_after = Some(map.next_value()?),
                "issuer" => issuer = Some(map.next_value()?),
                "serial" => serial = Some(map.next_value::<String>()?),
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
        if version
            .as_ref()
            .is_some_and(|version| version.chars().count() > VERSION_CHARS)
        {
            return Err(A::Error::custom(format_args!(
                "version: at most {VERSION_CHARS} characters"
            )));
        }
        let serial = serial.ok_or_else(|| A::Error::missing_field("serial"))?;
        if !is_serial(&serial) {
            return Err(A::Error::custom(format_args!(
                "serial: at most {SERIAL_CHARS} characters"
            )));
        }
        Ok(Content {
            address: address.ok_or_else(|| A::Error::missing_field("address"))?,
            level,
            version,
            not_before: not_before.ok_or_else(|| A::Error::missing_field("notBefore"))?,
            not_after: not_after.ok_or_else(|| A::Error::missing_field("notAfter"))?,
            issuer: issuer.ok_or_else(|| A::Error::missing_field("issuer"))?,
            serial,
        })
    }
}
