//! The user's own keys and devices in the network.

use std::collections::BTreeMap;

use coco_e2ee::{DeviceEntry, DeviceId, DeviceList, Keep as _, Machine};
use coco_keys::{DeviceKey, Identity, UserKeys};
use coco_net::protocol::Listing;
use rusqlite::{Connection, OptionalExtension as _, params};
use zeroize::Zeroizing;

use super::keep::Ratchets;
use super::letter::{Letter, Own};
use super::outgoing::refused;
use super::{Online, people};
use crate::engine::Admitted;
use crate::events::Event;
use crate::model::account;
use crate::session::OrCode as _;
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session, outbox};

/// Where the delivery token is noted.
const TOKEN: &str = "network delivery token";
/// Where the listing is noted that nodes are given.
const LISTING: &str = "network listing";
/// Most home nodes that others are told.
const HOMES: usize = 4;

/// What a device needs in the network.
pub(super) struct Equipment {
    pub(super) machine: Machine,
    /// The device's private ed25519 key.
    pub(super) secret: [u8; 32],
    pub(super) token: [u8; 32],
}

fn note(connection: &Connection, name: &str) -> Outcome<Option<String>> {
    Ok(connection
        .prepare_cached("SELECT value FROM note WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

fn set_note(connection: &Connection, name: &str, value: &str) -> Outcome<()> {
    connection
        .prepare_cached("INSERT INTO note (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2")?
        .execute([name, value])?;
    Ok(())
}

/// Loads what this device has, and makes what it lacks.
///
/// # Errors
/// 20094 if the account does not know this device, and those of the database.
pub(super) fn load(session: &Session) -> Outcome<Equipment> {
    session.write(|write| {
        let secret: Zeroizing<Vec<u8>> = write
            .prepare_cached("SELECT secret FROM device WHERE secret IS NOT NULL")?
            .query_row([], |row| Ok(Zeroizing::new(row.get(0)?)))
            .or_code(Code::DEVICE_MISSING)?;
        let secret: [u8; 32] = secret.as_slice().try_into().map_err(|_| Code::KEY)?;
        let user = people::user_id(&session.user.address).ok_or(Code::KEY)?;
        let mut keep = Ratchets(write);
        let loaded = Machine::load(&keep, user, DeviceKey::from_bytes(&secret)).map_err(refused)?;
        let machine = match loaded {
            Some(machine) => machine,
            None => Machine::create(&mut keep, user, DeviceKey::from_bytes(&secret)).map_err(refused)?,
        };
        let kept = note(write, TOKEN)?.and_then(|hex| hex::decode(hex).ok()?.try_into().ok());
        let token = match kept {
            Some(token) => token,
            None => {
                let mut token = [0; 32];
                getrandom::fill(&mut token).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
                set_note(write, TOKEN, &hex::encode(token))?;
                token
            }
        };
        Ok(Equipment { machine, secret, token })
    })
}

/// The user's keys, if this device has the recovery words.
pub(super) fn user_keys(connection: &Connection) -> Outcome<Option<UserKeys>> {
    let identity = account::load(connection)?.identity();
    match identity {
        Ok(identity) => UserKeys::of(&identity)
            .map(Some)
            .map_err(|error| Failure::with(Code::EXCEPTION, error.to_string())),
        Err(_) => Ok(None),
    }
}

/// The tickets of the nodes that the user chose.
pub(super) fn chosen(connection: &Connection) -> Outcome<Vec<String>> {
    let mut statement =
        connection.prepare_cached("SELECT node, host, port FROM node ORDER BY is_current DESC, created, id")?;
    let rows = statement.query_map([], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, u16>(2)?,
        ))
    })?;
    let mut tickets = Vec::new();
    for row in rows {
        let (node, host, port) = row?;
        tickets.extend(ticket(&node, &host, port));
    }
    Ok(tickets)
}

/// The ticket of a node that is known by its id, which may be a ticket itself, address and port.
fn ticket(node: &str, host: &str, port: u16) -> Option<String> {
    if node.parse::<coco_net::Ticket>().is_ok() {
        return Some(node.to_owned());
    }
    let key = hex::decode(node)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .or_else(|| coco_keys::user_address_bytes(node))?;
    let place = coco_net::Place {
        sockets: vec![(host.parse::<std::net::IpAddr>().ok()?, port).into()],
        relay: None,
    };
    Some(coco_net::Ticket { node: key, place }.to_string())
}

/// The listing that nodes are given, if there is one.
pub(super) fn listing(connection: &Connection) -> Outcome<Option<Listing>> {
    let text = note(connection, LISTING)?;
    Ok(text
        .and_then(|text| hex::decode(text).ok())
        .and_then(|bytes| postcard::from_bytes(&bytes).ok()))
}

/// Where it is noted that the user has removed this device.
const REMOVED: &str = "network removed";

/// Notes that the user has removed this device.
pub(super) fn note_removal(connection: &Connection) -> Outcome<()> {
    set_note(connection, REMOVED, "1")
}

/// Whether the user has removed this device.
pub(super) fn is_removed(connection: &Connection) -> Outcome<bool> {
    Ok(note(connection, REMOVED)?.is_some())
}

/// Keeps the delivery token, which all devices of a user share.
pub(super) fn keep_token(connection: &Connection, token: &[u8; 32]) -> Outcome<()> {
    set_note(connection, TOKEN, &hex::encode(token))
}

/// Queues what one device of the user tells another.
pub(crate) fn queue_for(session: &Session, write: &mut Write<'_>, device: &DeviceId, deed: &Own) -> Outcome<()> {
    let deed = Box::new(deed.clone());
    queue_letter_for(session, write, device, &Letter::Own { deed })
}

/// Queues a letter for one device of the user.
pub(super) fn queue_letter_for(
    session: &Session,
    write: &mut Write<'_>,
    device: &DeviceId,
    letter: &Letter,
) -> Outcome<()> {
    let letter = serde_json::to_value(letter).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    outbox::queue(session, write, "toDevice", &people::address(device), &letter)
}

/// Queues what this device tells all others of the user, if there are any.
pub(crate) fn tell_others(session: &Session, write: &mut Write<'_>, deed: Own) -> Outcome<()> {
    if !has_others(session, write)? {
        return Ok(());
    }
    let deed = Box::new(deed);
    let letter = serde_json::to_value(Letter::Own { deed })
        .map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    outbox::queue(session, write, "letter", &session.user.address, &letter)
}

/// Whether the user has other devices.
pub(super) fn has_others(session: &Session, connection: &Connection) -> Outcome<bool> {
    Ok(people::list(connection, &session.user.address)?.is_some_and(|list| list.devices.len() > 1))
}

/// The keys of the user's devices, by the id of the device.
pub(crate) fn keys(session: &Session, connection: &Connection) -> Outcome<BTreeMap<String, DeviceId>> {
    let list = people::list(connection, &session.user.address)?;
    let entries = list.into_iter().flat_map(|list| list.devices);
    Ok(entries.map(|entry| (entry.machine, entry.device)).collect())
}

/// Makes the account's devices what the user's own list says they are.
pub(super) fn follow(write: &mut Write<'_>, list: &DeviceList, this: &DeviceId, now: i64) -> Outcome<()> {
    let address = people::address(&list.user);
    let machines: Vec<&str> = list.devices.iter().map(|entry| &*entry.machine).collect();
    let machines = serde_json::to_string(&machines).unwrap_or_default();
    let mut changed = write
        .prepare_cached("DELETE FROM device WHERE secret IS NULL AND machine NOT IN (SELECT value FROM json_each(?1))")?
        .execute([machines])?;
    for entry in &list.devices {
        let role = if entry.primary {
            account::PRIMARY
        } else {
            account::FURTHER
        };
        let own = entry.device == *this;
        changed += write
            .prepare_cached(
                "INSERT INTO device (machine, address, name, platform, role, last_seen, created, updated)
                 SELECT ?1, ?2, '', ?3, ?4, ?5, ?5, ?5 WHERE NOT ?6
                 ON CONFLICT DO UPDATE SET role = ?4, version = version + 1, updated = ?5 WHERE role <> ?4",
            )?
            .execute(params![entry.machine, address, account::COMPUTER, role, now, own])?;
        if own {
            changed += write
                .prepare_cached("UPDATE device SET role = ?1, updated = ?2 WHERE secret IS NOT NULL AND role <> ?1")?
                .execute(params![role, now])?;
        }
    }
    if changed > 0 {
        write.emit(Event::DevicesChanged {});
    }
    Ok(())
}

/// Keeps the recovery words, which the device that was the primary one hands over: this one is it from now on.
pub(super) fn take_words(write: &mut Write<'_>, entropy: &str, now: i64) -> Outcome<bool> {
    let Ok(entropy) = hex::decode(entropy).map(Zeroizing::new) else {
        return Ok(false);
    };
    let address: String = write
        .prepare_cached("SELECT address FROM account WHERE only = 1")?
        .query_row([], |row| row.get(0))?;
    let theirs = Identity::from_entropy(entropy.clone()).and_then(|identity| account::user(&identity).ok());
    if theirs.is_none_or(|user| user.address != address) {
        return Ok(false);
    }
    write
        .prepare_cached("UPDATE account SET entropy = ?1, updated = ?2 WHERE only = 1")?
        .execute(params![entropy.as_slice(), now])?;
    // The list that says so may come later, and this device signs one of its own at once.
    write
        .prepare_cached("UPDATE device SET role = iif(secret IS NOT NULL, ?1, ?2), updated = ?3 WHERE machine > ''")?
        .execute(params![account::PRIMARY, account::FURTHER, now])?;
    write.emit(Event::DevicesChanged {});
    Ok(true)
}

/// Forgets the recovery words, which another device has now, unless this one is the primary one.
pub(super) fn forget_words(write: &mut Write<'_>, now: i64) -> Outcome<()> {
    write
        .prepare_cached(
            "UPDATE account SET entropy = NULL, updated = ?1
             WHERE only = 1 AND NOT EXISTS (SELECT 1 FROM device WHERE secret IS NOT NULL AND role = 1)",
        )?
        .execute([now])?;
    Ok(())
}

/// The entropy of the recovery words, to be handed over: in hex.
pub(crate) fn words(connection: &Connection) -> Outcome<String> {
    Ok(hex::encode(account::load(connection)?.identity()?.entropy().as_slice()))
}

/// Writes what a device has that the primary one let in.
///
/// # Errors
/// Those of the database.
pub(crate) fn furnish_device(session: &Session, admitted: &Admitted) -> Outcome<()> {
    session.write(|write| {
        for (name, blob) in &admitted.blobs {
            Ratchets(write).put(name, blob)?;
        }
        keep_token(write, &admitted.token)?;
        people::remember(write, &admitted.machine, &admitted.signed, session.now())?;
        Ok(())
    })
}

impl Online {
    /// Signs a new list of the user's devices if it is to say anything else than the last one: devices that the user removed
    /// are on it no more. Only a device that has the recovery words can. Its version is the time, so that it follows the lists
    /// of other devices that are not known here.
    ///
    /// # Errors
    /// Those of the database and of the keys.
    pub(super) fn refresh_own_list(&self) -> Outcome<()> {
        self.session().write(|write| self.sign_list(write, None))
    }

    /// As [`Online::refresh_own_list`], with a device that comes.
    pub(super) fn sign_list(&self, write: &mut Write<'_>, newcomer: Option<DeviceEntry>) -> Outcome<()> {
        let session = self.session();
        let Some(keys) = user_keys(write)? else { return Ok(()) };
        let own = account::this_device(write)?;
        let mut nodes = chosen(write)?;
        nodes.extend(self.options.nodes.iter().cloned());
        nodes.dedup();
        nodes.truncate(HOMES);
        let before = people::list(write, &session.user.address)?;
        let kept = account::devices(write)?;
        let others = before.iter().flat_map(|list| list.devices.iter().cloned());
        let others = others
            .filter(|entry| {
                newcomer
                    .as_ref()
                    .is_none_or(|newcomer| newcomer.machine != entry.machine)
            })
            .chain(newcomer.clone())
            .filter(|entry| entry.device != self.device() && entry.machine != own.machine);
        let mut devices: Vec<DeviceEntry> = others
            .filter_map(|mut entry| {
                let device = kept.iter().find(|device| device.machine == entry.machine)?;
                entry.primary = device.role == account::PRIMARY;
                Some(entry)
            })
            .collect();
        let known = before.as_ref().and_then(|list| list.entry(&self.device()));
        let added = known.map_or(session.now().unsigned_abs(), |entry| entry.added);
        devices.push(self.machine().entry(&own.machine, own.role == account::PRIMARY, added));
        // In the same order, whichever device signs.
        devices.sort_by_key(|entry| (entry.added, entry.device));
        if before
            .as_ref()
            .is_some_and(|list| list.nodes == nodes && list.devices == devices)
        {
            return Ok(());
        }
        let list = DeviceList {
            user: keys.public_key(),
            curve: keys.curve_key(),
            version: before
                .map_or(0, |list| list.version + 1)
                .max(session.now().unsigned_abs()),
            made: session.now().unsigned_abs(),
            devices,
            nodes,
        };
        self.publish_list(write, &keys, &list)
    }

    /// Signs a list, keeps it, and queues it for every contact.
    pub(super) fn publish_list(&self, write: &mut Write<'_>, keys: &UserKeys, list: &DeviceList) -> Outcome<()> {
        let session = self.session();
        let signed = list.sign(keys).map_err(refused)?;
        people::remember(write, self.machine(), &signed, session.now())?;
        let devices = list.devices.iter().map(|entry| entry.device).collect();
        let body = signed.to_bytes().map_err(refused)?;
        let listing = Listing::new(list.user, list.version, devices, body, |text| keys.sign(text));
        let bytes = postcard::to_stdvec(&listing).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
        set_note(write, LISTING, &hex::encode(bytes))?;
        let contacts: Vec<String> = {
            let mut statement = write.prepare_cached("SELECT DISTINCT address FROM contact WHERE state = 2")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        for contact in contacts.iter().chain([&session.user.address]) {
            outbox::queue(session, write, "devices", contact, &serde_json::Value::Null)?;
        }
        Ok(())
    }
}
