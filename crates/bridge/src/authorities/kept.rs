//! What a data folder keeps of authorities, read and written.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use coco_keys::Address;
use serde::{Deserialize, Serialize};

use super::{AUTHORITIES, LIST_BYTES, RevocationList, file};

/// Far more than the file of added authorities ever has, in bytes.
pub(super) const FILE_BYTES: u64 = 256 * 1024;

pub(super) const FILE: &str = "authorities.json";
pub(super) const LISTS: &str = "revocations";

/// A file that could not be read, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}; {consequence}", path.display())]
pub struct Damaged {
    /// Where the file lies now.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
    /// What that means for certificates.
    pub consequence: &'static str,
}

/// What is known of an authority's revocations.
pub(super) enum Known {
    List(RevocationList),
    /// There is a list, but it cannot be read: everything counts as revoked until there is one again.
    Unreadable,
}

/// One line of the file, and of the list that is built in.
#[derive(Serialize, Deserialize)]
pub(super) struct Named {
    pub(super) address: Address,
    pub(super) name: String,
}

/// Where added authorities are kept.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// Where an authority's list of revocations is kept.
pub(super) fn list_path(folder: &Path, issuer: &Address) -> PathBuf {
    folder.join(LISTS).join(format!("{issuer}.json"))
}

/// Reads what was added, `None` if nothing ever was. A file that makes no sense is set aside, so that the next change does
/// not overwrite it.
pub(super) fn read(folder: &Path) -> Result<Option<BTreeMap<Address, String>>, Damaged> {
    let path = path(folder);
    let lines = file::read(&path, FILE_BYTES).and_then(|bytes| {
        let lines: Option<Vec<Named>> = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose()?;
        Ok(lines)
    });
    match lines {
        Ok(lines) => Ok(lines.map(|lines| {
            let lines = lines.into_iter().take(AUTHORITIES);
            lines.map(|one| (one.address, one.name)).collect()
        })),
        Err(error) => Err(Damaged {
            path: file::set_aside(&path).unwrap_or(path),
            reason: error.to_string(),
            consequence: "the authorities that were added are not trusted; add them again",
        }),
    }
}

/// Writes what was added.
pub(super) fn write(path: &Path, added: &BTreeMap<Address, String>) -> io::Result<()> {
    let named = |(address, name): (&Address, &String)| Named {
        address: *address,
        name: name.clone(),
    };
    let lines: Vec<Named> = added.iter().map(named).collect();
    file::write(path, &serde_json::to_vec_pretty(&lines)?)
}

/// Reads every list. One that makes no sense stays where it is, and is told.
pub(super) fn read_lists(folder: &Path) -> (HashMap<Address, Known>, Vec<Damaged>) {
    let (mut lists, mut damaged) = (HashMap::new(), Vec::new());
    let entries = std::fs::read_dir(folder.join(LISTS)).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(issuer) = name.and_then(|name| name.strip_suffix(".json")?.parse::<Address>().ok()) else {
            continue;
        };
        match read_list(&path, &issuer) {
            Ok(list) => lists.extend(list.map(|list| (issuer, Known::List(list)))),
            Err(reason) => {
                lists.insert(issuer, Known::Unreadable);
                damaged.push(Damaged {
                    path,
                    reason,
                    consequence: "no certificate by this authority holds until its list is imported again",
                });
            }
        }
    }
    (lists, damaged)
}

/// Reads a list, `None` if there is none.
pub(super) fn read_list(path: &Path, issuer: &Address) -> Result<Option<RevocationList>, String> {
    let Some(bytes) = file::read(path, LIST_BYTES as u64).map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    let text = str::from_utf8(&bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let list = RevocationList::open(text)?;
    if list.issuer() != issuer {
        return Err(format!("it is a list of {}", list.issuer()));
    }
    Ok(Some(list))
}
