use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

type Mac = Hmac<Sha256>;
/// The bytes of a signature.
pub(crate) type Signature = [u8; SIGNATURE_BYTES];
const SIGNATURE_BYTES: usize = 32;

/// The signature of a body: Base64 of its HMAC-SHA256 (the document, "Signature"). The secret is a text, also where it looks like
/// Base64.
#[must_use]
pub fn sign(secret: &str, body: &[u8]) -> String {
    // Keys of HMAC have any length.
    match Mac::new_from_slice(secret.as_bytes()) {
        Ok(mac) => STANDARD.encode(mac.chain_update(body).finalize().into_bytes()),
        Err(_) => String::new(),
    }
}

/// Whether a body has this signature. Takes equally long wherever the two differ.
#[must_use]
pub fn is_signed(secret: &str, body: &[u8], signature: &str) -> bool {
    Verifier::new(secret).verified(body, signature).is_some()
}

/// What checks signatures, made of a secret once.
pub(crate) struct Verifier(Option<Mac>);

impl Verifier {
    pub(crate) fn new(secret: &str) -> Self {
        // Keys of HMAC have any length.
        Self(Mac::new_from_slice(secret.as_bytes()).ok())
    }

    /// The bytes of a signature, if it is that of the body.
    pub(crate) fn verified(&self, body: &[u8], signature: &str) -> Option<Signature> {
        let mut bytes = [0; SIGNATURE_BYTES + 1];
        let count = STANDARD.decode_slice(signature, &mut bytes).ok()?;
        let signature: Signature = bytes.get(..count)?.try_into().ok()?;
        let mac = self.0.clone()?.chain_update(body);
        mac.verify_slice(&signature).ok()?;
        Some(signature)
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::string_slice)]
mod tests {
    use super::*;

    const SECRET: &str = "dGVzdC1zZWNyZXQ=";
    /// Bodies and what another implementation signs them with.
    const GOLDEN: [(&str, &str); 3] = [
        (
            r#"{"version":"v2","userId":"u1","timestamp":12345678,"bubbles":[],"event":"open"}"#,
            "Kr2/WHfklcG5F/o6pes9nJYhVNVX6iWCp88SSxp5QIE=",
        ),
        (
            r#"{"version":"v2","userId":"u1","timestamp":12345678,"bubbles":[{"type":"text","data":{"description":"안녕"}}],"event":"send"}"#,
            "lsWkjm0r/BXB3BLpdCJambBuXzXGn8rz1P7GVejAFEc=",
        ),
        (
            r#"{"version": "v2", "userId": "u1", "timestamp": 12345678, "bubbles": [{"type": "text", "data": {"description": "\uc548\ub155"}}], "event": "send"}"#,
            "zJy4Ku7sj4mNR9Y60rXsDx1m+YPooMDzd8qB+4EAVg0=",
        ),
    ];

    #[test]
    fn bodies_are_signed_as_others_sign_them() {
        for (body, signature) in GOLDEN {
            assert_eq!(sign(SECRET, body.as_bytes()), signature);
            assert!(is_signed(SECRET, body.as_bytes(), signature));
        }
    }

    #[test]
    fn nothing_else_is_a_signature() {
        let (body, signature) = GOLDEN[0];
        for wrong in ["", "=", "Kr2/", GOLDEN[1].1, &signature[1..], &format!("{signature} ")] {
            assert!(!is_signed(SECRET, body.as_bytes(), wrong), "{wrong}");
        }
        assert!(!is_signed(SECRET, &body.as_bytes()[1..], signature));
        assert!(!is_signed("test-secret", body.as_bytes(), signature));
    }
}
