//! The developer's key file: `{"privateKey":"<WIF>","address":"…"}` (`package.md`).

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use coco_keys::{Address, SigningKey};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::report::Failure;

/// Name of the key file.
pub(crate) const ACCOUNT: &str = "account.json";

/// Far more than a key file ever has, in bytes.
const MAX_ACCOUNT: u64 = 64 * 1024;

const STEP: &str = "key";

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Account {
    #[serde(rename = "privateKey")]
    private_key: String,
    #[zeroize(skip)]
    address: Option<Address>,
}

/// Reads a key file. An `address` in it must be the key's.
pub(crate) fn read(path: &Path) -> Result<SigningKey, Failure> {
    let unreadable = |error: io::Error| {
        Failure::new(
            STEP,
            format!("{}: {error}", path.display()),
            "name the account.json that `coco app create` wrote beside the app",
        )
    };
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path)
        .and_then(|file| file.take(MAX_ACCOUNT).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    // What serde says of a malformed file may quote it; only the place is told.
    let account: Account = serde_json::from_slice(&bytes).map_err(|error| {
        Failure::new(
            STEP,
            format!(
                "{}: line {}, column {}: not a key file",
                path.display(),
                error.line(),
                error.column()
            ),
            r#"expected {"privateKey":"<WIF>","address":"<address>"}"#,
        )
    })?;
    let key = SigningKey::from_wif(&account.private_key).map_err(|error| {
        Failure::new(
            STEP,
            format!("{}: privateKey: {error}", path.display()),
            "the key is written in wallet import format: 51 or 52 characters, starting with 5, K or L",
        )
    })?;
    match account.address {
        Some(address) if address != key.address() => Err(Failure::new(
            STEP,
            format!(
                "{}: the key belongs to {}, not to {address}",
                path.display(),
                key.address()
            ),
            "correct the address, or use the key that belongs to it",
        )),
        _ => Ok(key),
    }
}

/// Writes a new key file that only its owner can read. A file that exists is left alone.
pub(crate) fn write_new(path: &Path, key: &SigningKey) -> io::Result<()> {
    let account = Account {
        private_key: key.to_wif().to_string(),
        address: Some(key.address()),
    };
    let mut text = Zeroizing::new(serde_json::to_vec(&account)?);
    text.push(b'\n');
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(&text)?;
    file.sync_all()
}
