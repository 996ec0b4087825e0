//! Letters to groups: encrypted once for all, with a key that the members' devices were sent before.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_e2ee::{DeviceId, GroupKey, Peer};

use super::apply::{Sender, Taken};
use super::keep::Ratchets;
use super::letter::Letter;
use super::outgoing::{self, Packed, parcel, refused};
use super::{Online, people};
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
    let newcomers: Vec<&Peer> = peers.iter().filter(|peer| !shared.contains(&peer.entry.device)).collect();
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
        machine.mark_shared(&mut Ratchets(write), &id, &devices).map_err(refused)?;
    }
    let payload = serde_json::to_vec(letter).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    let sealed = machine.group_seal(&mut Ratchets(write), &id, &payload).map_err(refused)?;
    let mine = people::version(write, &session.user.address)?;
    for peer in &peers {
        let envelope = machine
            .wrap_group(&mut Ratchets(write), peer, mine, &sealed)
            .map_err(refused)?;
        parcel(session, write, peer, message, &envelope)?;
        packed.devices.insert(peer.entry.device);
    }
    Ok(())
}

/// Takes the key with which a member's device encrypts for a group from now on.
pub(super) fn take_key(
    online: &Online,
    write: &mut Write<'_>,
    from: &Sender,
    device: &DeviceId,
    group: &str,
    key: &str,
) -> Outcome<Taken> {
    let key = STANDARD.decode(key).ok();
    let Some(key) = key.and_then(|bytes| GroupKey::from_bytes(&bytes).ok()) else {
        return Ok(Taken::Dropped);
    };
    if people::user_id(group) != Some(key.group()) {
        return Ok(Taken::Dropped);
    }
    let is_member = write
        .prepare_cached("SELECT 1 FROM group_member WHERE group_id = ?1 AND address = ?2 AND state = 1")?
        .exists([group, &from.user])?;
    if !is_member {
        return Ok(Taken::Dropped);
    }
    let accepted = online
        .machine()
        .accept_group_key(&mut Ratchets(write), device, &key);
    Ok(accepted.is_ok().into())
}
