//! The account's backup: what the user's devices share, sealed so that only the recovery words open it, at the home nodes.

use std::sync::Arc;
use std::time::Duration;

use coco_e2ee::SignedDeviceList;
use coco_keys::BackupKeys;
use coco_net::protocol::{BACKUP_BYTES, Refusal};
use coco_net::{ClientError, NodeClient};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::apply::{self, Sender};
use super::letter::Known;
use super::{Online, admission, blocking, own, people, registers};
use crate::model::account;
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session};

/// How long after a change a backup is made, so that one holds many.
pub(super) const REST: Duration = Duration::from_secs(20);
/// A backup's size is a multiple of this many bytes, so that it tells little.
const STEP: usize = 4_096;
/// Longest backup that is read, unpacked.
const LONGEST: usize = 4 * BACKUP_BYTES as usize;

/// What a backup says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccountBackup {
    /// The delivery token, in hex.
    token: String,
    /// All registers, base64.
    registers: Vec<String>,
    /// The operations of each group.
    groups: admission::Groups,
    /// People whom the user knows.
    people: Vec<Known>,
    /// Whether the account has a wallet password.
    #[serde(default)]
    pub(crate) has_wallet_password: bool,
}

/// Fills up to the next step: the length of the text comes first.
fn pad(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut padded = Zeroizing::new((text.len() as u64).to_le_bytes().to_vec());
    padded.extend_from_slice(text);
    let whole = padded.len().next_multiple_of(STEP);
    padded.resize(whole, 0);
    padded
}

fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (length, rest) = padded.split_first_chunk::<8>()?;
    rest.get(..usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

impl AccountBackup {
    /// Reads what a backup said, once it is decrypted; `None` if it is none.
    pub(crate) fn read(padded: &[u8]) -> Option<Self> {
        if padded.len() > LONGEST {
            return None;
        }
        serde_json::from_slice(unpad(padded)?).ok()
    }

    /// What there is to be said of the account now.
    fn of(session: &Session, token: &[u8; 32]) -> Outcome<Self> {
        let registers = registers::snapshot(session)?;
        let (groups, people) = session.read(admission::groups_and_people)?;
        let account = session.read(account::load)?;
        Ok(Self {
            token: hex::encode(token),
            registers,
            groups,
            people,
            has_wallet_password: !account.wallet_check.is_empty(),
        })
    }
}

/// The keys of the backup, if this device has the recovery words.
fn keys(connection: &Connection) -> Outcome<Option<BackupKeys>> {
    let Ok(identity) = account::load(connection)?.identity() else {
        return Ok(None);
    };
    let keys = BackupKeys::of(&identity);
    keys.map(Some)
        .map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))
}

/// Writes what a backup said into an account that begins on this device, and what is known of its other devices: the one that
/// was the primary one is one of them no more.
///
/// # Errors
/// Those of the database.
pub(crate) fn restore_backup(
    session: &Session,
    list: Option<&SignedDeviceList>,
    backup: Option<&AccountBackup>,
) -> Outcome<()> {
    let machine = own::load(session)?.machine;
    session.write(|write| {
        if let Some(list) = list {
            people::remember(write, &machine, list, session.now())?;
            write.execute("DELETE FROM device WHERE secret IS NULL AND role = 1", [])?;
            write.execute("UPDATE device SET role = 1 WHERE secret IS NOT NULL", [])?;
        }
        let Some(backup) = backup else { return Ok(()) };
        let token: Option<[u8; 32]> = hex::decode(&backup.token).ok().and_then(|bytes| bytes.try_into().ok());
        if let Some(token) = token {
            own::keep_token(write, &token)?;
        }
        for known in &backup.people {
            meet(session, write, &machine, known)?;
        }
        registers::apply_snapshot(session, write, &backup.registers, true)?;
        for (group, operations) in &backup.groups {
            let from = Sender {
                user: session.user.address.clone(),
                group: None,
            };
            apply::groups::operations(session, write, &from, group, operations)?;
        }
        Ok(())
    })
}

/// Keeps what another device of the user, or the backup, knows of somebody.
pub(super) fn meet(
    session: &Session,
    write: &mut Write<'_>,
    machine: &coco_e2ee::Machine,
    known: &Known,
) -> Outcome<bool> {
    let Some(signed) = admission::signed_list(&known.list) else {
        return Ok(false);
    };
    let Ok(list) = signed.open() else { return Ok(false) };
    if list.user == machine.user() {
        return Ok(false);
    }
    people::remember(write, machine, &signed, session.now())?;
    if let Some(token) = &known.token {
        people::keep_token(write, &people::address(&list.user), token)?;
    }
    Ok(true)
}

impl Online {
    /// Makes a backup and gives it to a node, if this device has the recovery words. Says how its contents differ from others:
    /// by their digest.
    pub(super) async fn back_up(
        self: &Arc<Self>,
        client: &NodeClient,
        last: Option<[u8; 32]>,
    ) -> Result<Option<[u8; 32]>, ClientError> {
        let online = Arc::clone(self);
        let made = blocking(move || {
            let session = online.session();
            let Some(keys) = session.read(keys)? else {
                return Ok(None);
            };
            let backup = AccountBackup::of(session, &online.token())?;
            let text = serde_json::to_vec(&backup).map(Zeroizing::new);
            let text = text.map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
            let digest = *blake3::hash(&text).as_bytes();
            if last == Some(digest) {
                return Ok(None);
            }
            let sealed = keys.seal(&pad(&text));
            let sealed = sealed.map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
            Ok(Some((keys, digest, sealed, session.now().unsigned_abs())))
        });
        let (keys, digest, sealed, now) = match made.await {
            Ok(Some(made)) => made,
            Ok(None) => return Ok(last),
            Err(failure) => {
                eprintln!("engine: no backup: {failure}");
                return Ok(last);
            }
        };
        let key = keys.public_key();
        match client.backup_put(key, now, &sealed, |text| keys.sign(text)).await {
            Err(ClientError::Refused(Refusal::Stale(version))) => {
                let next = version.saturating_add(1);
                client.backup_put(key, next, &sealed, |text| keys.sign(text)).await?;
            }
            // A node that keeps no backup serves the user otherwise.
            Err(ClientError::Refused(_)) => return Ok(last),
            other => other?,
        }
        Ok(Some(digest))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_backup_is_filled_up_and_read_again() {
        for length in [0, 1, STEP - 9, STEP - 8, STEP - 7, 3 * STEP] {
            let text = vec![7; length];
            let padded = pad(&text);
            assert_eq!(padded.len() % STEP, 0);
            assert_eq!(unpad(&padded), Some(&*text));
        }
        assert_eq!(unpad(&[]), None);
        assert_eq!(unpad(&[255; 16]), None);
        assert!(AccountBackup::read(&pad(b"{}")).is_none());
    }
}
