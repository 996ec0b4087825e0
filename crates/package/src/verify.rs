//! Verification of a package, in the order of `package.md`. The first step that fails is the error.

use std::time::{SystemTime, UNIX_EPOCH};

use coco_keys::{Address, message};
use sha2::{Digest as _, Sha512};

use crate::content::{Content, FileEntry};
use crate::error::{FileError, ModifiedError, PackageError};
use crate::limits::{MAX_AHEAD_SECONDS, MAX_FILE, MAX_PACKAGE};
use crate::path;
use crate::source::Source;

/// Files that every package lists.
pub(crate) const REQUIRED: [&str; 2] = ["index.html", "icon.png"];

/// Whether a version older than the installed one is acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Downgrade {
    /// Refuse it: what `package.md` wants unless the user asks for it.
    Refuse,
    /// Accept it: the user asked to go back. Also accepts other content with the installed version's time.
    Allow,
}

/// How a verified package relates to the installed version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// No version is installed.
    New,
    /// It is newer than the installed version.
    Newer,
    /// It is the installed version.
    Same,
    /// It is older than the installed version, or replaces it with other content of the same time.
    Older,
}

/// A package that passed every step.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The signed list.
    pub content: Content,
    /// Who signed: the app's own address, or one of its `signers`.
    pub signer: Address,
    /// How it relates to the installed version.
    pub relation: Relation,
}

impl Verified {
    /// The listed paths with names outside `[A-Za-z0-9]`: worth a warning, never a refusal (`package.md`, end).
    pub fn unusual_names(&self) -> impl Iterator<Item = &str> {
        self.content
            .files()
            .keys()
            .map(String::as_str)
            .filter(|path| !path::is_plain(path))
    }
}

/// Verifies a package against the clock and the installed version, if there is one.
///
/// # Errors
/// The first failed step; [`PackageError::step`] names it. Of a package over the limits no file is hashed, so that it is
/// refused for its size even when a hash would differ too.
pub fn verify(
    source: &Source,
    now: SystemTime,
    installed: Option<&Content>,
    downgrade: Downgrade,
) -> Result<Verified, PackageError> {
    let content = source.content()?;
    let (relation, signer) = check_list(&content, now, installed, downgrade)?;
    let readable = check_limits(&content).is_ok();
    for (path, entry) in content.files() {
        check_file(source, path, entry, readable).map_err(|reason| PackageError::file(path, reason))?;
    }
    check_limits(&content)?;
    check_required(&content)?;
    Ok(Verified {
        content,
        signer,
        relation,
    })
}

/// The steps that need nothing but `content.json`: from the address to the path rules.
fn check_list(
    content: &Content,
    now: SystemTime,
    installed: Option<&Content>,
    downgrade: Downgrade,
) -> Result<(Relation, Address), PackageError> {
    check_identity(content, installed)?;
    let relation = check_time(content, seconds(now), installed, downgrade)?;
    let signer = check_signature(content)?;
    check_paths(content)?;
    Ok((relation, signer))
}

fn check_identity(content: &Content, installed: Option<&Content>) -> Result<(), PackageError> {
    if let Some(installed) = installed.filter(|installed| installed.address() != content.address()) {
        return Err(PackageError::Address(format!(
            "{} is another app than the installed {}",
            content.address(),
            installed.address()
        )));
    }
    match content.inner_path() {
        Some(path::CONTENT) => Ok(()),
        Some(other) => Err(PackageError::InnerPath(format!("{other:?}"))),
        None => Err(PackageError::InnerPath("nothing".into())),
    }
}

fn check_time(
    content: &Content,
    now: i64,
    installed: Option<&Content>,
    downgrade: Downgrade,
) -> Result<Relation, ModifiedError> {
    let modified = content.modified();
    if modified.saturating_sub(now) > MAX_AHEAD_SECONDS {
        return Err(ModifiedError::Future { modified, now });
    }
    let Some(installed) = installed else {
        return Ok(Relation::New);
    };
    if modified > installed.modified() {
        return Ok(Relation::Newer);
    }
    if modified == installed.modified() && content.canonical() == installed.canonical() {
        return Ok(Relation::Same);
    }
    match downgrade {
        Downgrade::Allow => Ok(Relation::Older),
        Downgrade::Refuse if modified == installed.modified() => Err(ModifiedError::SameTimeOtherContent { modified }),
        Downgrade::Refuse => Err(ModifiedError::Older {
            modified,
            installed: installed.modified(),
        }),
    }
}

/// Checks `signers_sign` and finds a valid signature of the list.
pub(crate) fn check_signature(content: &Content) -> Result<Address, PackageError> {
    let address = content.address();
    if !content.signers().is_empty() {
        let sign = content
            .signers_sign()
            .ok_or_else(|| PackageError::Signers("is missing, though signers are listed".into()))?;
        if !signers_texts(address, content.signers())
            .iter()
            .any(|text| message::verify(address, text, sign))
        {
            return Err(PackageError::Signers(format!(
                "is not a signature of the listed signers by {address}"
            )));
        }
    }
    let text = content.canonical();
    let mut signed_by_someone = false;
    for signer in std::iter::once(address).chain(content.signers()) {
        if let Some(sign) = content.sign_of(signer) {
            signed_by_someone = true;
            if message::verify(signer, &text, sign) {
                return Ok(*signer);
            }
        }
    }
    Err(PackageError::Signature(match signed_by_someone {
        true => "the signature does not fit the list: it was changed after signing".into(),
        false => format!("no signature by {address} or a listed signer"),
    }))
}

/// The text that `address` signs to appoint signers: `<signs_required>:<addr>,<addr>,…`. ZeroNet's tools end the list with
/// the site's own address when it is not among the signers; the first of these is theirs, and the one that we write. Both
/// appoint the same keys.
pub(crate) fn signers_texts(address: &Address, signers: &[Address]) -> [String; 2] {
    let join = |addresses: &[&Address]| {
        let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        format!("1:{}", addresses.join(","))
    };
    let mut all: Vec<&Address> = signers.iter().collect();
    let listed = join(&all);
    if !all.contains(&address) {
        all.push(address);
    }
    [join(&all), listed]
}

pub(crate) fn check_paths(content: &Content) -> Result<(), PackageError> {
    path::check_all(content.files().keys().map(String::as_str))
        .map_err(|(path, reason)| PackageError::Path { path, reason })
}

fn check_file(source: &Source, path: &str, entry: &FileEntry, readable: bool) -> Result<(), FileError> {
    let actual = source.size(path)?;
    if actual != entry.size {
        return Err(FileError::Size {
            listed: entry.size,
            actual,
        });
    }
    if readable {
        check_bytes(&source.read(path, entry.size)?, entry)
    } else {
        Ok(())
    }
}

/// Whether these bytes are the listed file.
pub(crate) fn check_bytes(bytes: &[u8], entry: &FileEntry) -> Result<(), FileError> {
    let actual = bytes.len() as u64;
    if actual != entry.size {
        return Err(FileError::Size {
            listed: entry.size,
            actual,
        });
    }
    if hash(bytes) != entry.sha512 {
        return Err(FileError::Hash);
    }
    Ok(())
}

/// The first 64 hex digits of the SHA-512 (`package.md`, file hash).
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha512::digest(bytes)
        .iter()
        .take(32)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub(crate) fn check_limits(content: &Content) -> Result<(), PackageError> {
    if let Some((path, entry)) = content.files().iter().find(|(_, entry)| entry.size > MAX_FILE) {
        return Err(PackageError::Limit(format!(
            "{path:?} has {} bytes, at most {MAX_FILE} are allowed in one file",
            entry.size
        )));
    }
    let total = content.total_size();
    if total > MAX_PACKAGE {
        return Err(PackageError::Limit(format!(
            "the listed files have {total} bytes together, at most {MAX_PACKAGE} are allowed"
        )));
    }
    Ok(())
}

pub(crate) fn check_required(content: &Content) -> Result<(), PackageError> {
    match REQUIRED.into_iter().find(|path| !content.files().contains_key(*path)) {
        Some(missing) => Err(PackageError::Required(missing)),
        None => Ok(()),
    }
}

/// Seconds since 1970; a clock before that is 0.
pub(crate) fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
