//! The account and its devices.

use coco_keys::{DataKey, Identity, UserKeys};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::{Connection, Row, params};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::room;
use crate::session::OrCode as _;
use crate::store::Write;
use crate::{Code, Failure, Outcome, User};

/// What is needed to begin an account on this device.
pub(crate) struct Founding<'a> {
    pub(crate) user: &'a User,
    /// The person, if this device is to keep the recovery words: it is the primary one then.
    pub(crate) words: Option<&'a Identity>,
    pub(crate) anonymous: bool,
    /// The text that tells the wallet password, empty for none.
    pub(crate) wallet_check: &'a str,
    /// Whether the user has the recovery words on paper already: 0 no, 1 yes.
    pub(crate) backup: i64,
    pub(crate) machine: &'a str,
    pub(crate) device_secret: &'a [u8; 32],
    pub(crate) language: &'a str,
    pub(crate) now: i64,
}

/// What is known of the account.
pub(crate) struct Account {
    address: String,
    curve_key: String,
    /// That of the recovery words, on the primary device.
    entropy: Option<Zeroizing<Vec<u8>>>,
    pub(crate) anonymous: bool,
    pub(crate) wallet_check: String,
    /// Whether the recovery words were backed up: 0 no, 1 yes, 2 ignored.
    pub(crate) backup: i64,
}

/// A device of the account.
pub(crate) struct Device {
    pub(crate) machine: String,
    pub(crate) name: String,
    /// 1 primary, 2 default, 3 further one.
    pub(crate) role: i64,
    pub(crate) note: String,
    pub(crate) online: bool,
    pub(crate) in_use: bool,
    pub(crate) auto_login: bool,
    pub(crate) client_version: String,
    pub(crate) version: i64,
    pub(crate) message_count: i64,
    pub(crate) new_data: bool,
    pub(crate) last_seen: i64,
}

/// Role of the device that lets others in.
pub(crate) const PRIMARY: i64 = 1;
/// Role of those that it let in.
pub(crate) const FURTHER: i64 = 3;
/// Platform of computers.
pub(crate) const COMPUTER: i64 = 3;

/// The name of this device's system, for people.
pub(crate) fn system() -> &'static str {
    match std::env::consts::OS {
        "linux" => "Linux",
        "windows" => "Windows",
        "macos" => "macOS",
        other => other,
    }
}

/// How others know a person.
///
/// # Errors
/// 700, which by the laws of chance is never seen.
pub(crate) fn user(identity: &Identity) -> Outcome<User> {
    let keys = UserKeys::of(identity).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    Ok(User {
        address: keys.address(),
        public_key: hex::encode(keys.public_key()),
        curve_key: hex::encode(keys.curve_key()),
    })
}

/// Begins an account in an empty store: its rooms, its settings and its first device.
pub(crate) fn found(write: &mut Write<'_>, founding: &Founding<'_>) -> Outcome<()> {
    let user = founding.user;
    let id = uuid::Uuid::new_v4().simple().to_string();
    let entropy = founding.words.map(Identity::entropy);
    room::found(write, founding.now)?;
    write
        .prepare_cached(
            "INSERT INTO account (only, id, entropy, address, curve_key, mnemonic_backup, wallet_check, anonymous, created, updated)
             VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
        )?
        .execute(params![
            id,
            entropy.as_ref().map(|entropy| entropy.as_slice()),
            user.address,
            user.curve_key,
            founding.backup,
            founding.wallet_check,
            founding.anonymous,
            founding.now
        ])?;
    write
        .prepare_cached("INSERT INTO setting (only, language, created, updated) VALUES (1, ?1, ?2, ?2)")?
        .execute(params![founding.language, founding.now])?;
    write
        .prepare_cached(
            "INSERT INTO device (machine, address, name, platform, role, note, in_use, auto_login, client_version, secret,
                last_seen, created, updated)
             VALUES (?1, ?2, ?3, ?4, ?5, ?3, 1, 1, ?6, ?7, ?8, ?8, ?8)",
        )?
        .execute(params![
            founding.machine,
            user.address,
            system(),
            COMPUTER,
            if founding.words.is_some() { PRIMARY } else { FURTHER },
            env!("CARGO_PKG_VERSION"),
            founding.device_secret.as_slice(),
            founding.now
        ])?;
    Ok(())
}

/// The account.
///
/// # Errors
/// 20016 if there is none.
pub(crate) fn load(connection: &Connection) -> Outcome<Account> {
    connection
        .prepare_cached(
            "SELECT address, curve_key, entropy, anonymous, wallet_check, mnemonic_backup FROM account WHERE only = 1",
        )?
        .query_row([], |row| {
            Ok(Account {
                address: row.get(0)?,
                curve_key: row.get(1)?,
                entropy: row.get::<_, Option<_>>(2)?.map(Zeroizing::new),
                anonymous: row.get(3)?,
                wallet_check: row.get(4)?,
                backup: row.get(5)?,
            })
        })
        .or_code(Code::READ_USER)
}

impl Account {
    /// An opaque token of the wallet password, other after each change; empty if there is none.
    ///
    /// # Errors
    /// 700, which is never seen.
    pub(crate) fn wallet_token(&self, key: &DataKey) -> Outcome<String> {
        if self.wallet_check.is_empty() {
            return Ok(String::new());
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_slice())
            .map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
        mac.update(b"cococat im 1: wallet token");
        mac.update(self.wallet_check.as_bytes());
        Ok(hex::encode(mac.finalize().into_bytes()))
    }

    /// The person, by the recovery words.
    ///
    /// # Errors
    /// 20087 if this device does not keep them, 20016 if what is stored is no person's.
    pub(crate) fn identity(&self) -> Outcome<Identity> {
        let entropy = self.entropy.clone().ok_or(Failure::of(Code::NO_AUTHORISATION))?;
        Identity::from_entropy(entropy).ok_or(Failure::of(Code::READ_USER))
    }

    /// How others know the person.
    ///
    /// # Errors
    /// 20016 if what is stored is no person's.
    pub(crate) fn user(&self) -> Outcome<User> {
        let key = coco_keys::user_address_bytes(&self.address).ok_or(Failure::of(Code::READ_USER))?;
        Ok(User {
            address: self.address.clone(),
            public_key: hex::encode(key),
            curve_key: self.curve_key.clone(),
        })
    }
}

/// Keeps the text that tells the wallet password.
pub(crate) fn set_wallet_check(write: &mut Write<'_>, check: &str, now: i64) -> Outcome<()> {
    write
        .prepare_cached("UPDATE account SET wallet_check = ?1, updated = ?2 WHERE only = 1")?
        .execute(params![check, now])?;
    Ok(())
}

/// Turns fast login on or off.
pub(crate) fn set_fast_login(write: &mut Write<'_>, on: bool, now: i64) -> Outcome<()> {
    write
        .prepare_cached("UPDATE account SET fast_login = ?1, updated = ?2 WHERE only = 1")?
        .execute(params![on, now])?;
    Ok(())
}

/// Notes that this device is in use from now on, or no more.
pub(crate) fn note_presence(write: &mut Write<'_>, online: bool, now: i64) -> Outcome<()> {
    write
        .prepare_cached(
            "UPDATE device SET online = ?1, last_seen = ?2, client_version = ?3, updated = ?2 WHERE secret IS NOT NULL",
        )?
        .execute(params![online, now, env!("CARGO_PKG_VERSION")])?;
    Ok(())
}

const DEVICE: &str =
    "SELECT machine, name, role, note, online, in_use, auto_login, client_version, version, message_count,
    new_data, last_seen FROM device";

fn read_device(row: &Row<'_>) -> rusqlite::Result<Device> {
    Ok(Device {
        machine: row.get(0)?,
        name: row.get(1)?,
        role: row.get(2)?,
        note: row.get(3)?,
        online: row.get(4)?,
        in_use: row.get(5)?,
        auto_login: row.get(6)?,
        client_version: row.get(7)?,
        version: row.get(8)?,
        message_count: row.get(9)?,
        new_data: row.get(10)?,
        last_seen: row.get(11)?,
    })
}

/// The account's devices, the primary one first.
pub(crate) fn devices(connection: &Connection) -> Outcome<Vec<Device>> {
    let mut statement = connection.prepare_cached(&format!("{DEVICE} ORDER BY role, created, machine"))?;
    let rows = statement.query_map([], read_device)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A device of the account by its id.
///
/// # Errors
/// 20094 if there is none.
pub(crate) fn device(connection: &Connection, machine: &str) -> Outcome<Device> {
    connection
        .prepare_cached(&format!("{DEVICE} WHERE machine = ?1"))?
        .query_row([machine], read_device)
        .or_code(Code::DEVICE_MISSING)
}

/// The device that this is.
///
/// # Errors
/// 20094 if the account does not know it.
pub(crate) fn this_device(connection: &Connection) -> Outcome<Device> {
    connection
        .prepare_cached(&format!("{DEVICE} WHERE secret IS NOT NULL"))?
        .query_row([], read_device)
        .or_code(Code::DEVICE_MISSING)
}
