//! The devices of the account.

use std::sync::Arc;

use rusqlite::Connection;

use crate::events::Event;
use crate::model::account::{self, Device};
use crate::net::{self, Own};
use crate::routes::group;
use crate::table::route_table;
use crate::wire::{Empty, Status, Text, Word, choice, record};
use crate::{Code, Failure, Outcome, Session};

/// Most devices of an account.
const MOST: usize = 10;
/// Most characters of a note.
const NOTE: usize = 128;

route_table! { AuthLogin;
    /// The user's note for this device; at first the name of its system.
    "2.8" getDeviceNote(Empty) -> Word = own_note;
    /// Whether another device must go before this one can come: an account has ten.
    "2.13" checkIsNeedRemoveDevice(MachineName) -> Status = is_full;
    /// Whether there is a login password.
    "2.14" checkHasTextPwd(Empty) -> Status = has_password;
    /// Whether this is the primary device.
    "2.16" checkIsPrimaryDevice(Empty) -> Status = is_primary;
    /// The account's devices.
    "2.17" getLocalAllMachine(Empty) -> Vec<Machine> = list;
    /// Removes another device from the account: it is logged out, and can neither read what is new nor act for the user. 20094 if
    /// there is none of this id, 500 for this device itself, 20087 if this device is not the primary one and so may not.
    "2.18" deleteMachine(MachineName) -> Empty = delete;
    /// Logs another device out. 20094 if there is none of this id, 500 for this device itself: log out instead.
    "2.19" offlineMachine(MachineName) -> Empty = take_offline;
    /// Sets the note of a device. 20094 if there is none of this id, 20045 for more than 128 characters.
    "2.20" setMachineNote(MachineNote) -> Empty = set_note;
    /// Makes a device the primary one, which is handed the recovery words. 20094 if there is none of this id, 20087 if this device is not the primary one and
    /// so may not decide it.
    "2.21" setPrimaryMachine(MachineName) -> Empty = set_primary;
}

record! {
    /// A device by its id.
    pub struct MachineName {
        /// Id of the device.
        machine "machineId": Text,
    }

    /// A note for a device (2.20).
    pub struct MachineNote {
        /// Id of the device.
        machine "machineId": Text,
        /// The note.
        note: Text,
    }

    /// A device of the account (2.17).
    pub struct Machine {
        /// Node address of the user.
        address "addr": String,
        /// Id of the device.
        machine "machineId": String,
        /// Whether it is there.
        online "inOnline": bool,
        /// Name of its system.
        name "devName": String,
        /// 1 primary, 2 default, 3 further one.
        role "devType": Role,
        /// Whether it is the one in use.
        in_use "isInUse": bool,
        /// The user's note for it.
        note "devNote": String,
        /// When it last came or went, in milliseconds since 1970.
        last_seen "lastOutTime": i64,
        /// Version of its program.
        client_version "clientVersion": String,
        /// Counts its changes.
        version "Version": i64,
        /// Messages that were brought to it.
        message_count "msgCount": i64,
        /// Whether it logs in by itself.
        auto_login "autoLogin": bool,
        /// Whether there is something for it.
        new_data "isNewData": bool,
    }
}

choice! {
    /// What a device is among the account's: 1 primary, 2 default, 3 further one.
    pub enum Role: i64 {
        /// The one that lets others in.
        Primary = 1,
        /// One for which nothing was decided.
        Default = 2,
        /// A further one.
        Further = 3,
    }
}

impl Machine {
    fn of(session: &Session, device: Device) -> Self {
        Self {
            address: session.user.address.clone(),
            machine: device.machine,
            online: device.online,
            name: device.name,
            role: Role::try_from(device.role).unwrap_or(Role::Default),
            in_use: device.in_use,
            note: device.note,
            last_seen: device.last_seen,
            client_version: device.client_version,
            version: device.version,
            message_count: device.message_count,
            auto_login: device.auto_login,
            new_data: device.new_data,
        }
    }
}

fn own_note(session: &Arc<Session>, _: Empty) -> Outcome<Word> {
    let value = session.read(account::this_device)?.note;
    Ok(Word { value })
}

fn is_full(session: &Arc<Session>, request: MachineName) -> Outcome<Status> {
    let devices = session.read(account::devices)?;
    let known = devices.iter().any(|device| device.machine == *request.machine);
    Ok(Status {
        status: !known && devices.len() >= MOST,
    })
}

fn has_password(session: &Arc<Session>, _: Empty) -> Outcome<Status> {
    let anonymous = session.read(|connection| Ok(account::load(connection)?.anonymous))?;
    Ok(Status { status: !anonymous })
}

fn is_primary(session: &Arc<Session>, _: Empty) -> Outcome<Status> {
    let role = session.read(account::this_device)?.role;
    Ok(Status {
        status: role == account::PRIMARY,
    })
}

fn list(session: &Arc<Session>, _: Empty) -> Outcome<Vec<Machine>> {
    let (devices, keys) =
        session.read(|connection| Ok((account::devices(connection)?, net::device_keys(session, connection)?)))?;
    let own = session.read(account::this_device)?.machine;
    let online = session.online();
    let mut machines: Vec<Machine> = devices.into_iter().map(|device| Machine::of(session, device)).collect();
    for machine in machines.iter_mut().filter(|machine| machine.machine != own) {
        let key = keys.get(&machine.machine);
        if let (Some(online), Some(key)) = (&online, key) {
            machine.online = online.is_connected(key);
        }
    }
    Ok(machines)
}

/// Refuses what only the primary device may do.
fn may_decide(connection: &Connection) -> Outcome<()> {
    match account::this_device(connection)?.role {
        account::PRIMARY => Ok(()),
        _ => Err(Code::NO_AUTHORISATION.into()),
    }
}

/// A device of this id that is not this one.
fn other(connection: &Connection, machine: &str) -> Outcome<Device> {
    let device = account::device(connection, machine)?;
    if device.machine == account::this_device(connection)?.machine {
        return Err(Failure::with(Code::FAILURE, "this is the device in use"));
    }
    Ok(device)
}

fn delete(session: &Arc<Session>, request: MachineName) -> Outcome<Empty> {
    let key = session.write(|write| {
        let device = other(write, &request.machine)?;
        may_decide(write)?;
        let key = net::device_keys(session, write)?.remove(&device.machine);
        write
            .prepare_cached("DELETE FROM device WHERE machine = ?1")?
            .execute([&device.machine])?;
        write.emit(Event::DevicesChanged {});
        if let Some(key) = key {
            group::revoke(session, write, key)?;
        }
        Ok(key)
    })?;
    if let (Some(online), Some(key)) = (session.online(), key) {
        online.remove(key)?;
    }
    Ok(Empty {})
}

fn take_offline(session: &Arc<Session>, request: MachineName) -> Outcome<Empty> {
    session.write(|write| {
        let device = other(write, &request.machine)?;
        write
            .prepare_cached("UPDATE device SET online = 0, in_use = 0, updated = ?2 WHERE machine = ?1")?
            .execute(rusqlite::params![device.machine, session.now()])?;
        if let Some(key) = net::device_keys(session, write)?.get(&device.machine) {
            net::queue_for(session, write, key, &Own::Offline {})?;
        }
        write.emit(Event::DevicesChanged {});
        Ok(Empty {})
    })
}

fn set_note(session: &Arc<Session>, request: MachineNote) -> Outcome<Empty> {
    if request.note.chars().count() > NOTE {
        return Err(Failure::with(Code::LIMIT, format!("note: at most {NOTE} characters")));
    }
    session.write(|write| {
        let device = account::device(write, &request.machine)?;
        write
            .prepare_cached("UPDATE device SET note = ?2, version = version + 1, updated = ?3 WHERE machine = ?1")?
            .execute(rusqlite::params![device.machine, request.note.0, session.now()])?;
        write.emit(Event::DevicesChanged {});
        Ok(Empty {})
    })
}

fn set_primary(session: &Arc<Session>, request: MachineName) -> Outcome<Empty> {
    session.write(|write| {
        let device = account::device(write, &request.machine)?;
        may_decide(write)?;
        if let Some(key) = net::device_keys(session, write)?.get(&device.machine) {
            let entropy = net::words_to_hand_over(write)?;
            net::queue_for(session, write, key, &Own::Primary { entropy })?;
        }
        write
            .prepare_cached(
                "UPDATE device SET role = iif(machine = ?1, 1, 3), version = version + 1, updated = ?2
                 WHERE (role = 1) <> (machine = ?1)",
            )?
            .execute(rusqlite::params![device.machine, session.now()])?;
        write.emit(Event::DevicesChanged {});
        Ok(())
    })?;
    if let Some(online) = session.online() {
        online.refresh();
    }
    Ok(Empty {})
}
