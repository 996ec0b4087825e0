//! The user's own keys and devices in the network.

use coco_e2ee::{DeviceEntry, DeviceList, Machine};
use coco_keys::{DeviceKey, UserKeys};
use coco_net::protocol::Listing;
use rusqlite::{Connection, OptionalExtension as _};
use zeroize::Zeroizing;

use super::keep::Ratchets;
use super::outgoing::refused;
use super::{Online, people};
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
pub(super) struct Own {
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
pub(super) fn load(session: &Session) -> Outcome<Own> {
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
        Ok(Own { machine, secret, token })
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

impl Online {
    /// Signs a new list of the user's devices if it is to say anything else than the last one: devices that the user removed
    /// are on it no more. Only a device that has the recovery words can. Its version is the time, so that it follows the lists
    /// of other devices that are not known here.
    ///
    /// # Errors
    /// Those of the database and of the keys.
    pub(super) fn refresh_own_list(&self) -> Outcome<()> {
        let session = self.session();
        session.write(|write| {
            let Some(keys) = user_keys(write)? else { return Ok(()) };
            let own = account::this_device(write)?;
            let mut nodes = chosen(write)?;
            nodes.extend(self.options.nodes.iter().cloned());
            nodes.dedup();
            nodes.truncate(HOMES);
            let before = people::list(write, &session.user.address)?;
            let kept = account::devices(write)?;
            let mut devices: Vec<DeviceEntry> = before
                .iter()
                .flat_map(|list| list.devices.iter())
                .filter(|entry| entry.device != self.device())
                .filter(|entry| kept.iter().any(|device| device.machine == entry.machine))
                .cloned()
                .collect();
            let known = before.as_ref().and_then(|list| list.entry(&self.device()));
            let added = known.map_or(session.now().unsigned_abs(), |entry| entry.added);
            devices.insert(
                0,
                self.machine().entry(&own.machine, own.role == account::PRIMARY, added),
            );
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
        })
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
