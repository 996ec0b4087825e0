//! How another device is let into the account, by the primary one.
//!
//! A device that wants in shows a code, or asks with the user's signature if it was given the recovery words. The primary
//! device dials it by the key that the code names, and proves by a digest of the code that it has seen it. The device answers
//! with its keys; the primary one signs a list with them, and hands over what a device begins with. All else that the devices
//! of a user share follows in letters.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_e2ee::{DeviceEntry, DeviceId, Prekey, SignedDeviceList};
use coco_net::protocol::Signature;
use rusqlite::{Connection, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::keep::Ratchets;
use super::letter::{Known, Letter, Own};
use super::outgoing::refused;
use super::{Online, own, people, registers};
use crate::events::Event;
use crate::model::account;
use crate::routes::auth_login::{Applicant, is_valid};
use crate::{Code, Failure, Outcome, chain, outbox};

/// Most devices of an account.
const MOST: usize = 10;
/// People in one letter to a new device.
const PEOPLE: usize = 64;

/// A greeting between devices of one user, or one that is to be.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "greeting", rename_all = "camelCase")]
pub(super) enum Greeting {
    /// Asks the primary device to let the sender in. Signed by the user's key, in hex.
    Ask {
        applicant: Box<Applicant>,
        signature: String,
    },
    /// The primary device wants to let the one in whose code it has seen: digest of the code, and the list, in hex.
    Offer { code: String, list: String },
    /// The device is on the list now: the list and the delivery token, in hex.
    Grant { list: String, token: String },
    /// The device is no more on the list, in hex.
    Expel { list: String },
}

/// What a device answers to an offer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Acceptance {
    /// Its entry for the list, in hex.
    pub(super) entry: String,
    /// A key to begin a session with, in hex.
    pub(super) key: String,
    /// Name of its system.
    pub(super) name: String,
    /// The user's note for it.
    pub(super) note: String,
    /// Version of its program.
    pub(super) version: String,
}

impl Greeting {
    /// Reads one; `None` if it is something else.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub(super) fn bytes(&self) -> Outcome<Vec<u8>> {
        serde_json::to_vec(self).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))
    }
}

/// Reads something that postcard wrote, in hex.
pub(super) fn from_hex<T: DeserializeOwned>(text: &str) -> Option<T> {
    postcard::from_bytes(&hex::decode(text).ok()?).ok()
}

/// A list that its user signed, in hex.
pub(super) fn signed_list(text: &str) -> Option<SignedDeviceList> {
    SignedDeviceList::from_bytes(&hex::decode(text).ok()?).ok()
}

/// The digest of a code: only who has seen the code knows the id of the device.
pub(super) fn digest(applicant: &Applicant) -> String {
    let text = json!([applicant.time, *applicant.node, *applicant.machine]).to_string();
    hex::encode(blake3::derive_key("coco authorisation 1", text.as_bytes()))
}

/// What the user signs to ask for a device.
pub(super) fn claim(applicant: &Applicant) -> Vec<u8> {
    blake3::derive_key("coco asks to be let in 1", digest(applicant).as_bytes()).to_vec()
}

fn damaged(error: impl std::fmt::Display) -> Failure {
    Failure::with(Code::EXCEPTION, error.to_string())
}

impl Online {
    /// Hears that a device wants in, if the user's own signature says so.
    pub(super) fn asked(&self, applicant: Box<Applicant>, signature: &str) -> Option<Vec<u8>> {
        let session = self.session();
        let own = people::user_id(&session.user.address)?;
        let signature: [u8; 64] = hex::decode(signature).ok()?.try_into().ok()?;
        let theirs = Signature::from(signature).is_by(&own, &claim(&applicant));
        let bounded = applicant.note.len() + applicant.name.len() + applicant.version.len() < 1_024;
        if !theirs || !bounded || !is_valid(applicant.time, session.now()) {
            self.drop_one();
            return None;
        }
        session.emit(Event::AuthorisationRequested { applicant });
        Some(b"heard".to_vec())
    }

    /// Lets a device in whose code the user has seen. Waits for it: only for threads that may block.
    ///
    /// # Errors
    /// 20000 if the device cannot be reached, 20071 if it answers what does not fit, 20045 if the account has ten devices,
    /// those of the database.
    pub(crate) fn let_in(self: &Arc<Self>, applicant: &Applicant) -> Outcome<()> {
        let device: DeviceId = people::user_id(&applicant.node).ok_or(Code::KEY_CHECK)?;
        let accepted = self.runtime.block_on(self.offer(&device, applicant))?;
        let entry: DeviceEntry = from_hex(&accepted.entry).ok_or(Code::KEY_CHECK)?;
        let own = people::user_id(&self.user_address()).ok_or(Code::KEY)?;
        let named = applicant.machine.strip_suffix("_temp").unwrap_or(&applicant.machine);
        if entry.device != device || entry.machine != named || entry.verify(&own).is_err() {
            return Err(Code::KEY_CHECK.into());
        }
        let key = hex::decode(&accepted.key).ok();
        let key = key
            .and_then(|bytes| Prekey::from_bytes(&bytes).ok())
            .ok_or(Code::KEY_CHECK)?;
        self.enlist(applicant, &accepted, entry, &key)?;
        self.refresh();
        let list = self
            .session()
            .read(|connection| own_list(connection, &self.user_address()))?;
        let token = hex::encode(self.token());
        let question = Greeting::Grant { list, token }.bytes()?;
        self.runtime
            .block_on(self.peer().hello(&device, question))
            .map_err(|error| Failure::with(Code::NETWORK, error.to_string()))?;
        self.welcome(&device)
    }

    async fn offer(&self, device: &DeviceId, applicant: &Applicant) -> Outcome<Acceptance> {
        self.locate(device, &self.user_address()).await;
        let list = self
            .session()
            .read(|connection| own_list(connection, &self.user_address()))?;
        let code = digest(applicant);
        let answer = self.peer().hello(device, Greeting::Offer { code, list }.bytes()?).await;
        let answer = answer.map_err(|error| Failure::with(Code::NETWORK, error.to_string()))?;
        serde_json::from_slice(&answer).map_err(|_| Failure::of(Code::KEY_CHECK))
    }

    /// Puts a device onto the list, which is signed anew, and begins a session with it.
    fn enlist(&self, applicant: &Applicant, accepted: &Acceptance, entry: DeviceEntry, key: &Prekey) -> Outcome<()> {
        let session = self.session();
        let device = entry.device;
        session.write(|write| {
            let list = people::list(write, &session.user.address)?.ok_or(Code::DEVICE_MISSING)?;
            let already = list.devices.iter().any(|known| known.machine == entry.machine);
            if !already && list.devices.len() >= MOST {
                return Err(Failure::with(Code::LIMIT, format!("an account has at most {MOST} devices")));
            }
            write
                .prepare_cached(
                    "INSERT INTO device (machine, address, name, platform, role, note, client_version, last_seen, created, updated)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?8)
                     ON CONFLICT DO UPDATE SET name = ?3, platform = ?4, note = ?6, client_version = ?7, updated = ?8",
                )?
                .execute(params![
                    entry.machine,
                    session.user.address,
                    accepted.name,
                    applicant.platform as i64,
                    account::FURTHER,
                    if accepted.note.is_empty() { &accepted.name } else { &accepted.note },
                    accepted.version,
                    session.now()
                ])?;
            self.sign_list(write, Some(entry))?;
            let peer = people::device(write, &device)?.ok_or(Code::DEVICE_MISSING)?;
            let begun = self.machine().begin(&mut Ratchets(write), &peer, key);
            begun.map_err(refused)?;
            write.emit(Event::DevicesChanged {});
            Ok(())
        })
    }

    /// Tells a new device everything that the user's devices share.
    fn welcome(&self, device: &DeviceId) -> Outcome<()> {
        let session = self.session();
        let snapshot = registers::snapshot(session)?;
        let mut deeds = Vec::new();
        for (at, writes) in outbox::parts(snapshot).into_iter().enumerate() {
            let first = at == 0;
            deeds.push(Own::Snapshot { writes, first });
        }
        let known = session.read(everybody)?;
        deeds.extend(known.chunks(PEOPLE).map(|people| Own::People {
            people: people.to_vec(),
        }));
        let groups = session.read(all_groups)?;
        session.write(|write| {
            // People are known before groups are, whose operations they signed.
            for deed in deeds.iter().filter(|deed| matches!(deed, Own::People { .. })) {
                own::queue_for(session, write, device, deed)?;
            }
            for deed in deeds.iter().filter(|deed| matches!(deed, Own::Snapshot { .. })) {
                own::queue_for(session, write, device, deed)?;
            }
            for (group, operations) in groups {
                for part in outbox::parts(operations) {
                    let letter = Letter::GroupOperations {
                        group: group.clone(),
                        operations: part,
                    };
                    own::queue_letter_for(session, write, device, &letter)?;
                }
            }
            Ok(())
        })
    }

    /// Signs a list without a device that the user removed, and tells everybody.
    ///
    /// # Errors
    /// Those of the database and of the keys.
    pub(crate) fn remove(self: &Arc<Self>, device: DeviceId) -> Outcome<()> {
        self.refresh_own_list()?;
        self.refresh();
        self.expel(device);
        Ok(())
    }

    /// Tells a device that it is one of the account's no more, if it can be reached now. If not, it learns so from the node.
    fn expel(self: &Arc<Self>, device: DeviceId) {
        let online = Arc::clone(self);
        self.spawn(async move {
            let session = online.session();
            let Ok(list) = session.read(|connection| own_list(connection, &session.user.address)) else {
                return;
            };
            if let Ok(question) = (Greeting::Expel { list }).bytes() {
                online.locate(&device, &online.user_address()).await;
                // Whoever cannot be reached hears it from the node.
                let _ = online.peer().hello(&device, question).await;
            }
        });
    }

    /// Hears that this device is one of the account's no more.
    pub(super) fn expelled(self: &Arc<Self>, list: &str) -> Option<Vec<u8>> {
        let signed = signed_list(list)?;
        let list = signed.open().ok()?;
        let session = self.session();
        let known = session
            .read(|connection| people::version(connection, &session.user.address))
            .ok()?;
        let ours = people::address(&list.user) == session.user.address;
        if !ours || list.version <= known || list.entry(&self.device()).is_some() {
            self.drop_one();
            return None;
        }
        self.leave_for_good();
        Some(b"heard".to_vec())
    }

    /// Leaves the network for good, and logs out: the user has removed this device.
    pub(super) fn leave_for_good(self: &Arc<Self>) {
        self.leave_homes();
        let online = Arc::clone(self);
        self.runtime.spawn_blocking(move || {
            let session = online.session();
            let noted = session.write(|write| own::note_removal(write));
            if let Err(failure) = noted {
                eprintln!("engine: {failure}");
            }
            online.log_out();
        });
    }

    /// Logs out, if this session is the one that is in.
    pub(super) fn log_out(self: &Arc<Self>) {
        let Some(engine) = self.engine.engine() else { return };
        let current = engine
            .session()
            .is_ok_and(|session| Arc::ptr_eq(&session, self.session()));
        if current && let Err(failure) = engine.log_out() {
            eprintln!("engine: {failure}");
        }
    }
}

/// The user's list as it was signed, in hex.
fn own_list(connection: &Connection, address: &str) -> Outcome<String> {
    let signed = people::signed(connection, address)?.ok_or(Code::DEVICE_MISSING)?;
    Ok(hex::encode(signed.to_bytes().map_err(refused)?))
}

/// Everybody whose list is known, but the user.
fn everybody(connection: &Connection) -> Outcome<Vec<Known>> {
    let mut statement = connection.prepare_cached(
        "SELECT signed, token FROM person WHERE address > '' AND address NOT IN (SELECT address FROM account)",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Known {
            list: hex::encode(row.get::<_, Vec<u8>>(0)?),
            token: row.get::<_, Option<Vec<u8>>>(1)?.map(hex::encode),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Groups, by their ids, with their operations, base64.
pub(super) type Groups = Vec<(String, Vec<String>)>;

/// All operations of all groups.
fn all_groups(connection: &Connection) -> Outcome<Groups> {
    let ids: Vec<String> = {
        let mut statement = connection.prepare_cached("SELECT id FROM chat_group WHERE id > ''")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let mut groups = Vec::new();
    for id in ids {
        let Some(group) = chain::load(connection, &id)? else {
            continue;
        };
        let operations = group.operations_since(&[]);
        let texts: Result<Vec<String>, _> = operations
            .iter()
            .map(|operation| operation.to_bytes().map(|bytes| STANDARD.encode(bytes)))
            .collect();
        groups.push((id, texts.map_err(damaged)?));
    }
    Ok(groups)
}

/// What a backup needs of groups and people.
pub(super) fn groups_and_people(connection: &Connection) -> Outcome<(Groups, Vec<Known>)> {
    Ok((all_groups(connection)?, everybody(connection)?))
}
