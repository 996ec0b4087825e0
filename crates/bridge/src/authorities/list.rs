//! What an authority revoked.

use std::collections::BTreeSet;
use std::fmt;

use coco_keys::{Address, SigningKey, message};
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::certificate::Signed;

/// Most serials that a list has.
pub const SERIALS: usize = 100_000;

/// Longest serial of a certificate, in characters.
pub const SERIAL_CHARS: usize = 128;

/// Longest list in bytes, as it is signed and handed on.
pub const LIST_BYTES: usize = 8 * 1024 * 1024;

/// Whether a certificate can have this serial.
#[must_use]
pub fn is_serial(text: &str) -> bool {
    text.chars().count() <= SERIAL_CHARS
}

/// The serials that an authority revoked. It travels like a certificate, as [`Signed`]: `content` is the JSON text
/// `{"issuer":"<address>","modified":<seconds since 1970>,"serials":["…"]}`, and the signature a Bitcoin signed message
/// over that text by the issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationList {
    issuer: Address,
    modified: i64,
    #[serde(deserialize_with = "serials")]
    serials: BTreeSet<String>,
}

impl RevocationList {
    /// An empty list.
    #[must_use]
    pub fn new(issuer: Address, modified: i64) -> Self {
        Self {
            issuer,
            modified,
            serials: BTreeSet::new(),
        }
    }

    /// Reads a signed list and checks that its issuer signed it.
    ///
    /// # Errors
    /// What is wrong with it, in English.
    pub fn open(text: &str) -> Result<Self, String> {
        if text.len() > LIST_BYTES {
            return Err(format!("it is longer than {LIST_BYTES} bytes"));
        }
        let signed: Signed = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let list: Self = serde_json::from_str(&signed.content).map_err(|error| format!("content: {error}"))?;
        if !message::verify(&list.issuer, &signed.content, &signed.signature) {
            return Err(format!("the signature is not by {}", list.issuer));
        }
        Ok(list)
    }

    /// The list as its issuer hands it on.
    ///
    /// # Errors
    /// When the key is not the issuer's, or the list is longer than [`LIST_BYTES`] or [`SERIALS`].
    pub fn sign(&self, key: &SigningKey) -> Result<String, String> {
        if key.address() != self.issuer {
            return Err(format!(
                "the list is by {}, the key belongs to {}",
                self.issuer,
                key.address()
            ));
        }
        if self.serials.len() > SERIALS {
            return Err(format!("a list has at most {SERIALS} serials"));
        }
        let content = serde_json::to_string(self).map_err(|error| error.to_string())?;
        let text = serde_json::to_string(&Signed::new(content, key)).map_err(|error| error.to_string())?;
        if text.len() > LIST_BYTES {
            return Err(format!("a list has at most {LIST_BYTES} bytes"));
        }
        Ok(text)
    }

    /// Adds a serial, at a later time; `false` if it was there.
    ///
    /// # Errors
    /// When no certificate can have it.
    pub fn revoke(&mut self, serial: &str, modified: i64) -> Result<bool, String> {
        if !is_serial(serial) {
            return Err(format!("a serial has at most {SERIAL_CHARS} characters"));
        }
        self.modified = modified.max(self.modified.saturating_add(1));
        Ok(self.serials.insert(serial.to_owned()))
    }

    /// Whose list it is.
    #[must_use]
    pub fn issuer(&self) -> &Address {
        &self.issuer
    }

    /// When it was made, in seconds since 1970.
    #[must_use]
    pub fn modified(&self) -> i64 {
        self.modified
    }

    /// What is revoked.
    #[must_use]
    pub fn serials(&self) -> &BTreeSet<String> {
        &self.serials
    }
}

/// Reads serials and gives up at the first that is one too many or too long.
fn serials<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    struct Serials;
    impl<'de> Visitor<'de> for Serials {
        type Value = BTreeSet<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of serials")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            let mut serials = BTreeSet::new();
            for _ in 0..=SERIALS {
                let Some(serial) = items.next_element::<String>()? else {
                    return Ok(serials);
                };
                if !is_serial(&serial) {
                    return Err(A::Error::custom(format_args!(
                        "a serial has at most {SERIAL_CHARS} characters"
                    )));
                }
                serials.insert(serial);
            }
            Err(A::Error::custom(format_args!("at most {SERIALS} serials")))
        }
    }
    deserializer.deserialize_seq(Serials)
}
