//! Letters to groups: encrypted once for all, with a key that the members' devices were sent before.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_e2ee::{DeviceId, GroupKey, Peer};

use super::apply::{Sender, Taken};
use super::keep::Ratchets;
use super::letter::Letter;
use super::outgoing::{self, Packed, parcel, refused};
use super::{Online, again, people};
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session};

/// The members of a group except the user, as node addresses.
pub(super) fn readers(session: &Session, write: &Write<'_>, group: &str) -> Outcome<Vec<String>> {
    let mut statement =
        write.prepare_cached("SELECT address FROM group_member WHERE group_id = ?1 AND state = 1 AND address <> ?2")?;
    let rows = statement.query_map([group, &session.user.address], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Encrypts a letter for the devices of all members. Whoever joined since the last one is given the key as it is now, so that
/// nothing before can be read; when somebody or a device has left, there is a new key.
pub(super) fn post(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    group: &str,
    message: Option<&str>,
    letter: &Letter,
    packed: &mut Packed,
) -> Outcome<()> {
    let id = people::user_id(group).ok_or(Failure::of(Code::GROUP_MISSING))?;
    let machine = online.machine();
    let now = session.now().unsigned_abs();
    let mut peers: Vec<Peer> = Vec::new();
    for reader in readers(session, write, group)? {
        let list = people::list(write, &reader)?;
        for peer in list.iter().flat_map(|list| list.peers()) {
            if machine.has_session(&Ratchets(write), &peer).map_err(refused)? {
                peers.push(peer);
            }
        }
    }
    let present: BTreeSet<DeviceId> = peers.iter().map(|peer| peer.entry.device).collect();
    let mut shared = machine.shared_with(&Ratchets(write), &id).map_err(refused)?;
    let somebody_left = !shared.is_subset(&present);
    if somebody_left || machine.needs_rotation(&Ratchets(write), &id, now).map_err(refused)? {
        machine.rotate(&mut Ratchets(write), &id, now).map_err(refused)?;
        shared.clear();
    }
    let newcomers: Vec<&Peer> = peers
        .iter()
        .filter(|peer| !shared.contains(&peer.entry.device))
        .collect();
    if !newcomers.is_empty() {
        let key = machine.group_key(&Ratchets(write), &id).map_err(refused)?;
        let letter = Letter::GroupKey {
            group: group.to_owned(),
            key: STANDARD.encode(key.to_bytes()),
        };
        for peer in &newcomers {
            outgoing::send(online, session, write, peer, &letter, None, packed)?;
        }
        let devices: Vec<DeviceId> = newcomers.iter().map(|peer| peer.entry.device).collect();
        machine
            .mark_shared(&mut Ratchets(write), &id, &devices)
            .map_err(refused)?;
    }
    let payload = serde_json::to_vec(letter).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    let sealed = machine
        .group_seal(&mut Ratchets(write), &id, &payload)
        .map_err(refused)?;
    let mine = people::version(write, &session.user.address)?;
    for peer in &peers {
        let envelope = machine
            .wrap_group(&mut Ratchets(write), peer, mine, &sealed)
            .map_err(refused)?;
        let text = std::str::from_utf8(&payload).unwrap_or_default();
        again::remember(online, session, write, peer, Some(group), (message, text))?;
        parcel(session, write, peer, message, &envelope)?;
        packed.devices.insert(peer.entry.device);
    }
    Ok(())
}

/// Keys of one user for groups that are not known yet.
const EARLY: i64 = 100;

/// Takes the key with which a member's device encrypts for a group from now on. One of somebody who is no member, as far as is
/// known here, waits: what makes them one may still be on its way.
pub(super) fn take_key(
    online: &Online,
    session: &Session,
    write: &mut Write<'_>,
    from: &Sender,
    device: &DeviceId,
    group: &str,
    key: &str,
) -> Outcome<Taken> {
    let bytes = STANDARD.decode(key).ok();
    let Some(key) = bytes.as_ref().and_then(|bytes| GroupKey::from_bytes(bytes).ok()) else {
        return Ok(Taken::Dropped);
    };
    if people::user_id(group) != Some(key.group()) {
        return Ok(Taken::Dropped);
    }
    let is_member = write
        .prepare_cached("SELECT 1 FROM group_member WHERE group_id = ?1 AND address = ?2 AND state = 1")?
        .exists([group, &from.user])?;
    if !is_member {
        let kept = write
            .prepare_cached(
                "INSERT INTO early_key (group_id, address, device, key, created) SELECT ?1, ?2, ?3, ?4, ?5
                 WHERE (SELECT count(*) FROM early_key WHERE address = ?2) < ?6",
            )?
            .execute(rusqlite::params![group, from.user, device, bytes, session.now(), EARLY])?;
        return Ok(if kept > 0 { Taken::Waits } else { Taken::Dropped });
    }
    let accepted = online.machine().accept_group_key(&mut Ratchets(write), device, &key);
    Ok(accepted.is_ok().into())
}

/// Takes the keys that waited for a group and whose senders are members now. Gives their devices.
pub(super) fn take_early_keys(online: &Online, write: &Write<'_>, group: &str) -> Outcome<Vec<DeviceId>> {
    let keys: Vec<(DeviceId, Vec<u8>)> = {
        let mut statement = write.prepare_cached(
            "DELETE FROM early_key WHERE group_id = ?1 AND EXISTS (
                SELECT 1 FROM group_member m WHERE m.group_id = early_key.group_id AND m.address = early_key.address AND m.state = 1)
             RETURNING device, key",
        )?;
        let rows = statement.query_map([group], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let mut devices = Vec::new();
    for (device, bytes) in keys {
        if let Ok(key) = GroupKey::from_bytes(&bytes)
            && online
                .machine()
                .accept_group_key(&mut Ratchets(write), &device, &key)
                .is_ok()
        {
            devices.push(device);
        }
    }
    Ok(devices)
}
