//! People as the network knows them, and their devices.

use coco_e2ee::{DeviceId, DeviceList, Machine, Peer, SignedDeviceList, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::keep::Ratchets;
use super::letter::Profile;
use super::outgoing::refused;
use crate::store::Write;
use crate::{Code, Failure, Outcome};

/// The 32 bytes of a node address.
pub(super) fn user_id(address: &str) -> Option<UserId> {
    coco_keys::user_address_bytes(address)
}

/// The node address of a user.
pub(super) fn address(user: &UserId) -> String {
    bs58::encode(user).into_string()
}

/// The devices of somebody, if their list is known.
pub(super) fn list(connection: &Connection, address: &str) -> Outcome<Option<DeviceList>> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached("SELECT devices FROM person WHERE address = ?1")?
        .query_row([address], |row| row.get(0))
        .optional()?;
    let damaged = |error: postcard::Error| Failure::with(Code::DATABASE, error.to_string());
    bytes
        .map(|bytes| postcard::from_bytes(&bytes).map_err(damaged))
        .transpose()
}

/// The list of somebody as they signed it.
pub(super) fn signed(connection: &Connection, address: &str) -> Outcome<Option<SignedDeviceList>> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached("SELECT signed FROM person WHERE address = ?1")?
        .query_row([address], |row| row.get(0))
        .optional()?;
    let damaged = |error: coco_e2ee::E2eeError| Failure::with(Code::DATABASE, error.to_string());
    bytes
        .map(|bytes| SignedDeviceList::from_bytes(&bytes).map_err(damaged))
        .transpose()
}

/// Version of the list that is known of somebody, 0 if none is.
pub(super) fn version(connection: &Connection, address: &str) -> Outcome<u64> {
    let version: Option<i64> = connection
        .prepare_cached("SELECT version FROM person WHERE address = ?1")?
        .query_row([address], |row| row.get(0))
        .optional()?;
    Ok(version.unwrap_or(0).unsigned_abs())
}

/// A device that is on the list of whoever owns it.
pub(super) fn device(connection: &Connection, device: &DeviceId) -> Outcome<Option<Peer>> {
    let owner: Option<String> = connection
        .prepare_cached("SELECT address FROM person_device WHERE device = ?1 AND listed = 1")?
        .query_row([device], |row| row.get(0))
        .optional()?;
    match owner {
        Some(owner) => Ok(list(connection, &owner)?.and_then(|list| list.peer(device))),
        None => Ok(None),
    }
}

/// Whether a device belongs to the user, a contact, or a member of one of the user's groups.
pub(super) fn is_known(connection: &Connection, device: &DeviceId) -> Outcome<bool> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM person_device d WHERE d.device = ?1 AND d.listed = 1 AND (
                EXISTS (SELECT 1 FROM contact c WHERE c.address = d.address AND c.state = 2)
                OR EXISTS (SELECT 1 FROM account a WHERE a.address = d.address)
                OR EXISTS (
                    SELECT 1 FROM chat_group g JOIN group_member m ON m.group_id = g.id
                    WHERE m.address = d.address AND m.state = 1 AND g.state = 1))",
        )?
        .exists([device])?)
}

/// The x25519 key of somebody in hex, if their list is known.
pub(super) fn curve_key(connection: &Connection, address: &str) -> Outcome<Option<String>> {
    Ok(list(connection, address)?.map(|list| hex::encode(list.curve)))
}

/// Writes down a list that somebody signed, unless a newer one is known. Devices that are no longer on it are locked out: what
/// waits for them and what was agreed with them is gone. Says whether it was news.
///
/// # Errors
/// Those of the database; a list that is not well signed is no news.
pub(super) fn remember(write: &mut Write<'_>, machine: &Machine, signed: &SignedDeviceList, now: i64) -> Outcome<bool> {
    let Ok(new) = signed.open() else {
        return Ok(false);
    };
    let owner = address(&new.user);
    if let Some(known) = list(write, &owner)?
        && new.supersedes(&known).is_err()
    {
        return Ok(false);
    }
    let bytes = postcard::to_stdvec(&new).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    write
        .prepare_cached(
            "INSERT INTO person (address, signed, devices, version, looked) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET signed = ?2, devices = ?3, version = ?4, looked = ?5",
        )?
        .execute(params![
            owner,
            signed.to_bytes().map_err(refused)?,
            bytes,
            i64::try_from(new.version).unwrap_or(i64::MAX),
            now
        ])?;
    let before: Vec<DeviceId> = {
        let mut statement =
            write.prepare_cached("SELECT device FROM person_device WHERE address = ?1 AND listed = 1")?;
        let rows = statement.query_map([&owner], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for gone in before.iter().filter(|device| new.entry(device).is_none()) {
        lock_out(write, machine, gone)?;
    }
    if new.user == machine.user() {
        super::own::follow(write, &new, &machine.device(), now)?;
    }
    for entry in &new.devices {
        write
            .prepare_cached(
                "INSERT INTO person_device (device, address) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET address = ?2, listed = 1",
            )?
            .execute(params![entry.device, owner])?;
    }
    Ok(true)
}

/// Ends everything with a device.
fn lock_out(write: &Write<'_>, machine: &Machine, device: &DeviceId) -> Outcome<()> {
    for sql in [
        "UPDATE person_device SET listed = 0 WHERE device = ?1",
        "DELETE FROM parcel WHERE device = ?1",
        "DELETE FROM held WHERE device = ?1",
        "DELETE FROM unopened WHERE device = ?1",
    ] {
        write.prepare_cached(sql)?.execute([device])?;
    }
    machine.forget_device(&mut Ratchets(write), device).map_err(refused)
}

/// Keeps the token that somebody gave for their mailboxes.
pub(super) fn remember_token(connection: &Connection, address: &str, profile: &Profile) -> Outcome<()> {
    match &profile.token {
        Some(token) => keep_token(connection, address, token),
        None => Ok(()),
    }
}

/// Keeps a token, in hex, for somebody's mailboxes.
pub(super) fn keep_token(connection: &Connection, address: &str, token: &str) -> Outcome<()> {
    if let Some(token) = hex::decode(token).ok().filter(|token| token.len() == 32) {
        connection
            .prepare_cached("UPDATE person SET token = ?2 WHERE address = ?1")?
            .execute(params![address, token])?;
    }
    Ok(())
}

/// The token that somebody gave for their mailboxes.
pub(super) fn token(connection: &Connection, address: &str) -> Outcome<Option<[u8; 32]>> {
    let token: Option<Option<Vec<u8>>> = connection
        .prepare_cached("SELECT token FROM person WHERE address = ?1")?
        .query_row([address], |row| row.get(0))
        .optional()?;
    Ok(token.flatten().and_then(|token| token.try_into().ok()))
}
