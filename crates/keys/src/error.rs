//! Everything that can go wrong with keys, each case told apart from the others.

use std::io;
use std::path::{Path, PathBuf};

/// Why an operation on keys was refused. No variant carries secret material.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The text is not a mainnet P2PKH address; says which property is wrong.
    #[error("not a Bitcoin P2PKH address: {0}")]
    Address(&'static str),

    /// The text is not a mainnet private key in wallet import format; says which property is wrong.
    #[error("not a private key in wallet import format: {0}")]
    PrivateKey(&'static str),

    /// The text is not a Bitcoin message signature, or no key can have made it for this message.
    #[error("not a message signature: {0}")]
    Signature(&'static str),

    /// The bytes are no message encrypted to this account; says what is wrong as far as anyone may know it.
    #[error("not a message encrypted to this account: {0}")]
    Ciphertext(&'static str),

    /// The message is too long to be encrypted; the limit is in bytes.
    #[error("a message to be encrypted has at most {0} bytes")]
    MessageLength(usize),

    /// A mnemonic has 12, 15, 18, 21 or 24 words; this many were given.
    #[error("a mnemonic has 12, 15, 18, 21 or 24 words, not {0}")]
    MnemonicLength(usize),

    /// The word at this position, counted from 1, is in none of the word lists in question.
    #[error("word {0} of the mnemonic is in no word list")]
    MnemonicWord(usize),

    /// Every word exists, but together they do not match their checksum: one is wrong or two are swapped.
    #[error("the mnemonic's checksum does not match: a word is wrong or out of place")]
    MnemonicChecksum,

    /// A key could not be derived; by the laws of chance this is never seen.
    #[error("this key cannot be derived")]
    Derivation,

    /// The operating system gave no random bytes.
    #[error("the system's random generator failed")]
    Random,

    /// The password does not open the vault.
    #[error("wrong password")]
    WrongPassword,

    /// There is no vault at this path.
    #[error("there is no identity at {}", .0.display())]
    VaultMissing(PathBuf),

    /// Something is at this path already; a vault never overwrites it.
    #[error("there is something at {} already; it was left as it is", .0.display())]
    VaultExists(PathBuf),

    /// The file is damaged, or no vault at all. It is left as it is.
    #[error("the identity file is damaged: {0}")]
    VaultCorrupt(&'static str),

    /// The file was written by another generation of the program. It is left as it is.
    #[error("the identity file has version {0}, which this program does not know")]
    VaultVersion(u64),

    /// The data key or password key belongs to another safe.
    #[error("this key belongs to another safe")]
    ForeignKey,

    /// The password opens the safe already, under this other label.
    #[error("the password is in use already")]
    PasswordTaken(String),

    /// The safe has no place for a further password; the limit is a number of passwords.
    #[error("a safe has at most {0} passwords")]
    SafeFull(usize),

    /// The label of a password is empty or too long; the limit is in bytes.
    #[error("a label has 1 to {0} bytes")]
    Label(usize),

    /// The text is no verifier of a password, or a damaged one.
    #[error("not a verifier of a password: {0}")]
    PasswordCheck(&'static str),

    /// There is not enough memory to turn the password into a key.
    #[error("not enough memory to check the password")]
    OutOfMemory,

    /// The file system refused.
    #[error("could not {action} {}", path.display())]
    Io {
        /// What was attempted, as a verb: `read`, `write`, `remove`, `erase`.
        action: &'static str,
        /// The file or folder in question.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
}

impl KeysError {
    /// Wraps a system error with what was attempted on which path; for use with `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
