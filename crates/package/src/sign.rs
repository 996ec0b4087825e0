//! Signing a folder: `publishfiles.json` and `content.json` are written into it.

use std::fs;
use std::path::Path;

use coco_keys::SigningKey;

use crate::canonical::{self, Object, Value};
use crate::content::Content;
use crate::disk::{self, Readers};
use crate::error::{FileError, PackageError};
use crate::folder::{Folder, Visibility, read_bounded};
use crate::limits::{MAX_FILE, MAX_FILES, MAX_LIST};
use crate::path::{CONTENT, PUBLISH_FILES};
use crate::{path, secrets, verify};

/// What to write into the list. A field that is `None` keeps what the folder's `content.json` says.
#[derive(Debug, Clone, Default)]
pub struct SignOptions {
    /// The app's name.
    pub title: Option<String>,
    /// What the app does.
    pub description: Option<String>,
    /// The developer's name for this version.
    pub version: Option<String>,
    /// The type code, see [`crate::app_types`]; `0022` (Other) when no one says.
    pub type_code: Option<String>,
    /// When it is signed, in seconds since 1970.
    pub modified: i64,
}

/// A folder that was signed.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The list as written.
    pub content: Content,
    /// Files that were left out because they, or a folder above them, are hidden.
    pub left_out: Vec<String>,
}

/// Keys of the list that are made anew each time.
const GENERATED: [&str; 8] = [
    "address",
    "files",
    "inner_path",
    "modified",
    "sign",
    "signers_sign",
    "signs",
    "signs_required",
];

/// Signs `folder` with `key`. Equal files, options and key give equal bytes. An existing `content.json` may be incomplete: what
/// it says beyond the generated keys (title, permissions, signers, unknown keys …) is kept, so a developer can write it by hand.
///
/// # Errors
/// [`PackageError::KeyInside`] when something like a private key lies in the folder, [`PackageError::WrongKey`], the steps of
/// verification that concern the files, [`PackageError::Io`], [`PackageError::DiskFull`]. Nothing is written then.
pub fn sign(folder: &Path, key: &SigningKey, options: &SignOptions) -> Result<Signed, PackageError> {
    let opened = Folder::open(folder).map_err(|error| PackageError::open(folder, error))?;
    let (files, left_out) = list_files(&opened)?;
    let publish_files = publish_files(files.keys());
    let tree = list(read_existing(&opened)?, files, key, options)?;
    let content = seal(tree, key)?;
    write(&folder.join(PUBLISH_FILES), &publish_files)?;
    write(&folder.join(CONTENT), &content.to_json())?;
    Ok(Signed { content, left_out })
}

/// Hashes what is to be published, and names what is not because it is hidden.
fn list_files(folder: &Folder) -> Result<(Object, Vec<String>), PackageError> {
    let mut files = Object::new();
    let mut left_out = Vec::new();
    for file in folder.walk()? {
        if let Some(found) = secrets::name(&file.path) {
            return Err(PackageError::KeyInside { path: file.path, found });
        }
        if file.visibility == Visibility::Hidden {
            left_out.push(file.path);
        } else if file.path != CONTENT && file.path != PUBLISH_FILES {
            path::check(&file.path).map_err(|reason| PackageError::Path {
                path: file.path.clone(),
                reason,
            })?;
            let entry = entry(folder, &file.path)?;
            files.insert(file.path, entry);
        }
    }
    if files.len() > MAX_FILES {
        return Err(PackageError::Limit(format!(
            "{} files, at most {MAX_FILES} are allowed",
            files.len()
        )));
    }
    Ok((files, left_out))
}

fn entry(folder: &Folder, path: &str) -> Result<Value, PackageError> {
    let bytes = folder
        .read(path, MAX_FILE)
        .map_err(|reason| PackageError::file(path, reason))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(PackageError::Limit(format!(
            "{path:?} is larger than {MAX_FILE} bytes, the most that is allowed in one file"
        )));
    }
    if let Some(found) = secrets::find(path, &bytes) {
        return Err(PackageError::KeyInside {
            path: path.to_owned(),
            found,
        });
    }
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    Ok(Value::Object(Object::from([
        ("sha512".into(), verify::hash(&bytes).as_str().into()),
        ("size".into(), size.into()),
    ])))
}

/// What the folder's `content.json` says, if there is one. It need not be complete, but it must be an object.
fn read_existing(folder: &Folder) -> Result<Object, PackageError> {
    let bytes = match folder.read(CONTENT, MAX_LIST) {
        Ok(bytes) => bytes,
        Err(FileError::Missing) => return Ok(Object::new()),
        Err(reason) => return Err(PackageError::Parse(format!("the file {reason}"))),
    };
    match canonical::parse(&bytes).map_err(|error| PackageError::Parse(error.to_string()))? {
        Value::Object(tree) => Ok(tree),
        other => Err(PackageError::Parse(format!(
            "expected an object, found {}",
            other.kind()
        ))),
    }
}

/// The list without its signatures.
fn list(existing: Object, files: Object, key: &SigningKey, options: &SignOptions) -> Result<Object, PackageError> {
    let own = key.address();
    let app = match existing.get("address").and_then(Value::as_str) {
        Some(address) => address
            .parse()
            .map_err(|error: coco_keys::KeysError| PackageError::Address(error.to_string()))?,
        None => own,
    };
    let appointed = existing.get("signers_sign").cloned().filter(|_| app != own);
    let mut tree: Object = existing
        .into_iter()
        .filter(|(key, _)| !GENERATED.contains(&key.as_str()))
        .collect();
    for (key, value) in [
        ("title", &options.title),
        ("description", &options.description),
        ("version", &options.version),
        ("merged_type", &options.type_code),
    ] {
        if let Some(value) = value {
            tree.insert(key.into(), value.as_str().into());
        }
    }
    tree.entry("merged_type".into()).or_insert_with(|| "0022".into());
    tree.insert("address".into(), app.to_string().as_str().into());
    tree.insert("files".into(), Value::Object(files));
    tree.insert("inner_path".into(), CONTENT.into());
    tree.insert("modified".into(), options.modified.into());
    tree.insert("signs_required".into(), 1.into());

    let content = Content::from_tree(tree.clone())?;
    verify::check_paths(&content)?;
    verify::check_limits(&content)?;
    verify::check_required(&content)?;
    if app == own {
        if !content.signers().is_empty() {
            let [text, _] = verify::signers_texts(&app, content.signers());
            tree.insert("signers_sign".into(), key.sign_message(&text).as_str().into());
        }
    } else if content.signers().contains(&own) {
        tree.extend(appointed.map(|sign| ("signers_sign".into(), sign)));
    } else {
        return Err(PackageError::WrongKey { key: own, app });
    }
    Ok(tree)
}

/// Signs the list and checks the result as a reader will.
fn seal(mut tree: Object, key: &SigningKey) -> Result<Content, PackageError> {
    let sign = key.sign_message(&Content::from_tree(tree.clone())?.canonical());
    tree.insert(
        "signs".into(),
        Value::Object(Object::from([(key.address().to_string(), sign.as_str().into())])),
    );
    let content = Content::from_tree(tree)?;
    verify::check_signature(&content)?;
    let size = content.to_json().len() as u64;
    if size > MAX_LIST {
        return Err(PackageError::Limit(format!(
            "content.json has {size} bytes, at most {MAX_LIST} are allowed"
        )));
    }
    Ok(content)
}

fn publish_files<'a>(paths: impl Iterator<Item = &'a String>) -> String {
    let files = paths.map(|path| path.as_str().into()).collect();
    let mut text = Value::Object(Object::from([("files".into(), Value::Array(files))])).pretty();
    text.push('\n');
    text
}

/// Writes a file of the package, unless it has these bytes already.
fn write(path: &Path, text: &str) -> Result<(), PackageError> {
    let unchanged = fs::File::open(path)
        .ok()
        .and_then(|file| read_bounded(file, MAX_LIST).ok())
        .is_some_and(|bytes| bytes == text.as_bytes());
    if unchanged {
        return Ok(());
    }
    disk::replace(path, text.as_bytes(), Readers::Everyone)
}
