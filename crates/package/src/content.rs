//! `content.json`: the signed list of a package, parsed (`package.md`).

use std::collections::BTreeMap;

use coco_keys::Address;

use crate::canonical::{self, Object, Value};
use crate::error::PackageError;
use crate::limits::{MAX_FILES, MAX_SIGNERS};

/// A parsed `content.json`. Unknown keys are kept, since they are signed.
///
/// Parsed is not verified: see [`crate::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    tree: Object,
    address: Address,
    modified: i64,
    files: BTreeMap<String, FileEntry>,
    permissions: Vec<Permission>,
    signers: Vec<Address>,
    signs: BTreeMap<String, String>,
}

/// One listed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// The first 64 hex digits, lower-case, of the SHA-512 of its bytes.
    pub sha512: String,
    /// Its size in bytes.
    pub size: u64,
}

/// A permission that the app asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// The permission.
    pub name: String,
    /// Why the app needs it, in the developer's words.
    pub reason: String,
}

impl Content {
    /// Parses the bytes of a `content.json`.
    ///
    /// # Errors
    /// [`PackageError::Parse`] for malformed JSON and for keys that are missing or of the wrong type,
    /// [`PackageError::Address`] when `address` is no P2PKH address.
    pub fn parse(bytes: &[u8]) -> Result<Self, PackageError> {
        match canonical::parse(bytes).map_err(|error| PackageError::Parse(error.to_string()))? {
            Value::Object(tree) => Self::from_tree(tree),
            other => Err(PackageError::Parse(format!(
                "expected an object, found {}",
                other.kind()
            ))),
        }
    }

    pub(crate) fn from_tree(tree: Object) -> Result<Self, PackageError> {
        let reader = Reader(&tree);
        for key in [
            "title",
            "description",
            "version",
            "favicon",
            "merged_type",
            "signers_sign",
            "inner_path",
        ] {
            reader.optional_text(key)?;
        }
        let required = reader.0.get("signs_required");
        if required.is_some_and(|value| value.as_i64() != Some(1)) {
            return Err(PackageError::Parse("signs_required: only 1 is supported".into()));
        }
        let modified = match tree.get("modified") {
            None => Err(PackageError::Parse("modified is missing".into())),
            Some(value) => match value.as_i64() {
                Some(seconds) if seconds >= 0 => Ok(seconds),
                _ => Err(PackageError::Parse(
                    "modified: expected whole seconds since 1970".into(),
                )),
            },
        }?;
        let files = reader.files()?;
        let permissions = reader.permissions()?;
        let signers = reader.signers()?;
        let signs = reader.signs()?;
        let address = match reader.optional_text("address")? {
            Some(address) => address
                .parse()
                .map_err(|error: coco_keys::KeysError| PackageError::Address(error.to_string())),
            None => Err(PackageError::Address("is missing".into())),
        }?;
        Ok(Self {
            address,
            modified,
            files,
            permissions,
            signers,
            signs,
            tree,
        })
    }

    /// The app.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// When it was signed, in seconds since 1970.
    #[must_use]
    pub fn modified(&self) -> i64 {
        self.modified
    }

    /// The app's name, as the developer wrote it: for display see [`InstalledApp::display_name`](crate::InstalledApp::display_name).
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.text("title")
    }

    /// What the app does.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.text("description")
    }

    /// The developer's name for this version.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.text("version")
    }

    /// The type code, `0001` to `0022` for the types that are known today (`merged_type`).
    #[must_use]
    pub fn type_code(&self) -> Option<&str> {
        self.text("merged_type")
    }

    /// The path of the app's favicon.
    #[must_use]
    pub fn favicon(&self) -> Option<&str> {
        self.text("favicon")
    }

    /// What the app asks for, in the developer's order.
    #[must_use]
    pub fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// The listed files by path.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<String, FileEntry> {
        &self.files
    }

    /// The sum of the listed sizes, in bytes.
    #[must_use]
    pub fn total_size(&self) -> u64 {
        self.files.values().fold(0, |sum, file| sum.saturating_add(file.size))
    }

    /// The text that is signed: everything but `sign` and `signs`, as Python's `json.dumps(obj, sort_keys=True)` writes it.
    #[must_use]
    pub fn canonical(&self) -> String {
        let signed = self
            .tree
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "sign" | "signs"));
        Value::Object(signed.map(|(key, value)| (key.clone(), value.clone())).collect()).canonical()
    }

    /// The bytes of a `content.json` file with this content, signatures included.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = Value::Object(self.tree.clone()).pretty();
        text.push('\n');
        text
    }

    pub(crate) fn inner_path(&self) -> Option<&str> {
        self.text("inner_path")
    }

    /// Who may sign besides the app's own key. Only as good as `signers_sign`, which [`crate::verify`] checks.
    #[must_use]
    pub fn signers(&self) -> &[Address] {
        &self.signers
    }

    /// The addresses under which there is a signature, valid or not, as they are written.
    pub fn signed_under(&self) -> impl Iterator<Item = &str> {
        self.signs.keys().map(String::as_str)
    }

    /// Every key at the top, unknown ones too, with its value as canonical JSON; without `files` and the signatures.
    pub fn fields(&self) -> impl Iterator<Item = (&str, String)> {
        self.tree
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "files" | "sign" | "signs" | "signers_sign"))
            .map(|(key, value)| (key.as_str(), value.canonical()))
    }

    pub(crate) fn signers_sign(&self) -> Option<&str> {
        self.text("signers_sign")
    }

    pub(crate) fn sign_of(&self, signer: &Address) -> Option<&str> {
        self.signs.get(&signer.to_string()).map(String::as_str)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.tree.get(key).and_then(Value::as_str)
    }
}

/// Typed access to the tree, with errors that name the place.
struct Reader<'a>(&'a Object);

impl Reader<'_> {
    fn optional_text(&self, key: &str) -> Result<Option<&str>, PackageError> {
        self.0.get(key).map(|value| text(value, key)).transpose()
    }

    fn files(&self) -> Result<BTreeMap<String, FileEntry>, PackageError> {
        let listed = object(
            self.0
                .get("files")
                .ok_or_else(|| PackageError::Parse("files is missing".into()))?,
            "files",
        )?;
        if listed.len() > MAX_FILES {
            return Err(PackageError::Parse(format!(
                "files: {} are listed, at most {MAX_FILES} are allowed",
                listed.len()
            )));
        }
        listed
            .iter()
            .map(|(path, entry)| Ok((path.clone(), file_entry(entry, path)?)))
            .collect()
    }

    fn permissions(&self) -> Result<Vec<Permission>, PackageError> {
        let listed = self
            .0
            .get("permissions")
            .map_or(Ok([].as_slice()), |value| array(value, "permissions"))?;
        listed
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let at = format!("permissions[{index}]");
                let member = |key: &str| {
                    let place = format!("{at}.{key}");
                    match object(value, &at)?.get(key) {
                        Some(value) => text(value, &place).map(str::to_owned),
                        None => Err(PackageError::Parse(format!("{place} is missing"))),
                    }
                };
                Ok(Permission {
                    name: member("name")?,
                    reason: member("reason")?,
                })
            })
            .collect()
    }

    fn signers(&self) -> Result<Vec<Address>, PackageError> {
        let listed = self
            .0
            .get("signers")
            .map_or(Ok([].as_slice()), |value| array(value, "signers"))?;
        if listed.len() > MAX_SIGNERS {
            return Err(PackageError::Parse(format!(
                "signers: at most {MAX_SIGNERS} are allowed"
            )));
        }
        listed
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let at = format!("signers[{index}]");
                text(value, &at)?
                    .parse()
                    .map_err(|error| PackageError::Parse(format!("{at}: {error}")))
            })
            .collect()
    }

    fn signs(&self) -> Result<BTreeMap<String, String>, PackageError> {
        let Some(signs) = self.0.get("signs") else {
            return Ok(BTreeMap::new());
        };
        object(signs, "signs")?
            .iter()
            .map(|(signer, sign)| Ok((signer.clone(), text(sign, &format!("signs.{signer}"))?.to_owned())))
            .collect()
    }
}

fn file_entry(value: &Value, path: &str) -> Result<FileEntry, PackageError> {
    let wrong = |what: &str| PackageError::Parse(format!("files[{path:?}].{what}"));
    let entry = object(value, &format!("files[{path:?}]"))?;
    let sha512 = entry.get("sha512").and_then(Value::as_str).unwrap_or_default();
    if sha512.len() != 64 || !sha512.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(wrong("sha512: expected 64 lower-case hex digits"));
    }
    let size = entry
        .get("size")
        .and_then(Value::as_i64)
        .and_then(|size| u64::try_from(size).ok());
    Ok(FileEntry {
        sha512: sha512.to_owned(),
        size: size.ok_or_else(|| wrong("size: expected a whole number of bytes"))?,
    })
}

fn text<'a>(value: &'a Value, at: &str) -> Result<&'a str, PackageError> {
    value.as_str().ok_or_else(|| mismatch(value, at, "a string"))
}

fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Object, PackageError> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(mismatch(other, at, "an object")),
    }
}

fn array<'a>(value: &'a Value, at: &str) -> Result<&'a [Value], PackageError> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(mismatch(other, at, "an array")),
    }
}

fn mismatch(value: &Value, at: &str, expected: &str) -> PackageError {
    PackageError::Parse(format!("{at}: expected {expected}, found {}", value.kind()))
}
