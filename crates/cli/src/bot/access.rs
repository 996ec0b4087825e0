use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use coco_chatbot::desk::Access;
use serde::{Deserialize, Serialize};

use crate::report::Failure;

/// What stands in the file of a bot's token and secret.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    token: String,
    secret: String,
}

/// Reads a bot's token and secret, or makes them, in a file that only its owner can read.
pub(super) fn of(state: &Path, id: &str) -> Result<Access, Failure> {
    let path = state.join(format!("{id}.access.json"));
    let failed = |error: &dyn std::fmt::Display| {
        let message = format!("{}: {error}", path.display());
        Failure::new(
            "access",
            message,
            "make the file readable for you, correct it, or delete it for another secret",
        )
    };
    let file: File = match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| failed(&error))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path).map_err(|error| failed(&error))?,
        Err(error) => return Err(failed(&error)),
    };
    Ok(Access {
        token: file.token,
        secret: file.secret,
    })
}

fn make(path: &Path) -> io::Result<File> {
    let file = File {
        token: random()?,
        secret: random()?,
    };
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(path)?;
    written.write_all(&serde_json::to_vec_pretty(&file)?)?;
    written.sync_all()?;
    Ok(file)
}

/// 32 random letters and digits.
fn random() -> io::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
