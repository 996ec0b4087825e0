//! Asking the primary device to be let in, and letting others in.
//!
//! A device without an account shows a code, or asks with the recovery words; the primary device hears of it, and lets it in.
//! While the network cannot be reached, the steps that need it say so and change nothing.

use coco_keys::{DeviceKey, UserKeys, user_address_bytes};
use zeroize::Zeroizing;

use crate::engine::account::{Door, Member};
use crate::model::account;
use crate::routes::login::Way;
use crate::session::OrCode as _;
use crate::table::route_table;
use crate::wire::{Empty, Status, Text, choice, record};
use crate::{Code, Engine, Failure, Outcome};

/// How long a QR code is valid, in milliseconds.
const VALID: i64 = 10 * 60 * 1_000;

route_table! { AuthLogin;
    /// Prepares the steps of an authorisation.
    "2.6" initAuth(Empty) -> Empty, Engine = init;
    /// Gives up a request for authorisation.
    @old "2.7" cancelLoginReq(Empty) -> Empty, Engine = cancel;
    /// What the QR code says by which this device asks to be let in; valid for ten minutes.
    "2.9" getQrCodeInfo(Empty) -> QrCode, Engine = qr_code;
    /// Asks the primary device, after recovery words were given; 20087 before that, 20003 if it cannot be reached.
    "2.10" reqAuthByMn(Empty) -> Empty, Engine = request_by_words;
    /// Which kind of login this device needs to get in again.
    "2.11" getLogInAgainTypeInMobile(Empty) -> AgainType, Engine = again_type;
    /// Asks the primary device; 20017 if the QR code has expired, 20003 if the device cannot be reached.
    "2.12" requestAuthorize(Empty) -> Empty, Engine = request;
    /// Lets a device in. 20017 if its QR code has expired, 20071 if it asks for another account, 20087 if this is not the
    /// primary device, 20000 if the network cannot be reached.
    "2.15" authorize(Authorisation) -> Status, Member = authorise;
    /// Connects to where the primary device can be asked; 20003 if nothing can be reached.
    "2.24" connectTempP2p(TemporaryConnection) -> Empty, Engine = connect;
}

record! {
    /// What the QR code of a device says (2.9).
    pub struct QrCode {
        /// 7: a device asks to be let in.
        kind "type": QrKind,
        /// The device.
        content: Applicant,
        /// Empty: what is signed is the authorisation.
        signature "sign": String,
        /// Empty, as `sign`.
        key "pub": String,
    }

    /// A device that asks to be let in.
    pub struct Applicant {
        /// When the code was made, in milliseconds since 1970.
        time "t": i64,
        /// Network node address of the device.
        node "n": Text,
        /// Whether the primary device was lost.
        lost "is": bool,
        /// 1 Android, 2 iOS, 3 computer.
        platform "pf": DevicePlatform,
        /// Name of its system.
        name "pn": String,
        /// Its id; ends with `_temp` until it belongs to an account.
        machine "mId": Text,
        /// The user's note for it.
        note "mn": String,
        /// Whether the account is a new one.
        registering "ir": bool,
        /// Node address of the user; `-` while the device does not know whom it will belong to.
        address "la": Text,
        /// Version of the program.
        version "cv": Text,
    }

    /// Which kind of login a device needs (2.11).
    pub struct AgainType {
        /// 1 directly, 2 the primary device authorises, 3 the primary device scans a code.
        value: Again,
    }

    /// Letting a device in (2.15).
    pub struct Authorisation {
        /// What its QR code says as `content`.
        applicant "mLoginQrCode": Applicant,
    }

    /// A connection for the time of an authorisation (2.24).
    pub struct TemporaryConnection {
        /// Whether to wait until it is there.
        wait "isAwait": bool,
    }
}

choice! {
    /// What a QR code is for: 7 a device asks to be let in.
    pub enum QrKind: i64 {
        /// A device asks to be let in.
        Authorisation = 7,
    }
}

choice! {
    /// Platform of a device: 1 Android, 2 iOS, 3 computer.
    pub enum DevicePlatform: i64 {
        /// Android.
        Android = 1,
        /// iOS.
        Ios = 2,
        /// A computer.
        Computer = 3,
    }
}

choice! {
    /// A kind of login: 1 directly, 2 the primary device authorises, 3 the primary device scans a code.
    pub enum Again: i64 {
        /// Directly.
        Direct = 1,
        /// The primary device authorises.
        Authorise = 2,
        /// The primary device scans a code.
        Scan = 3,
    }
}

fn init(engine: &Engine, _: Empty) -> Outcome<Empty> {
    engine.machine()?;
    Ok(Empty {})
}

fn cancel(engine: &Engine, _: Empty) -> Outcome<Empty> {
    engine.door().code = None;
    Ok(Empty {})
}

fn qr_code(engine: &Engine, _: Empty) -> Outcome<QrCode> {
    Ok(QrCode {
        kind: QrKind::Authorisation,
        content: applicant(engine, &mut engine.door())?,
        signature: String::new(),
        key: String::new(),
    })
}

/// What this device says of itself from now on.
fn applicant(engine: &Engine, door: &mut Door) -> Outcome<Applicant> {
    let now = engine.options().clock.now();
    let machine = engine.machine()?;
    let (node, machine, note, address) = match engine.session() {
        Ok(session) => {
            let (device, secret) = session.read(|connection| {
                let secret: Vec<u8> = connection
                    .prepare_cached("SELECT secret FROM device WHERE secret IS NOT NULL")?
                    .query_row([], |row| row.get(0))
                    .or_code(Code::DEVICE_MISSING)?;
                Ok((account::this_device(connection)?, Zeroizing::new(secret)))
            })?;
            let secret: &[u8; 32] = secret.as_slice().try_into().map_err(|_| Code::KEY)?;
            let node = DeviceKey::from_bytes(secret).address();
            (node, machine, device.note, session.user.address.clone())
        }
        Err(_) => {
            let address = match &door.arriving {
                Some(identity) => account::user(identity)?.address,
                None => "-".to_owned(),
            };
            let node = engine.device_address(door)?;
            (node, format!("{machine}_temp"), String::new(), address)
        }
    };
    let applicant = Applicant {
        time: now,
        node: Text(node),
        lost: false,
        platform: DevicePlatform::Computer,
        name: account::system().to_owned(),
        machine: Text(machine),
        note,
        registering: false,
        address: Text(address),
        version: Text(env!("CARGO_PKG_VERSION").to_owned()),
    };
    door.code = Some(applicant.clone());
    Ok(applicant)
}

fn request_by_words(engine: &Engine, _: Empty) -> Outcome<Empty> {
    let mut door = engine.door();
    if door.arriving.is_none() {
        return Err(Code::NO_AUTHORISATION.into());
    }
    let applicant = applicant(engine, &mut door)?;
    ask(engine, &mut door, &applicant)
}

fn again_type(engine: &Engine, _: Empty) -> Outcome<AgainType> {
    let value = match engine.door().way {
        None | Some(Way::Direct) => Again::Direct,
        Some(Way::Authorise) => Again::Authorise,
        Some(Way::Scan) => Again::Scan,
    };
    Ok(AgainType { value })
}

fn request(engine: &Engine, _: Empty) -> Outcome<Empty> {
    let mut door = engine.door();
    let now = engine.options().clock.now();
    if door.code.as_ref().is_some_and(|code| !is_valid(code.time, now)) {
        return Err(Code::QR_EXPIRED.into());
    }
    if !door.is_connected() {
        return Err(Code::CONNECTION_TIMEOUT.into());
    }
    let applicant = match &door.code {
        Some(code) => code.clone(),
        None => applicant(engine, &mut door)?,
    };
    match door.arriving {
        Some(_) => ask(engine, &mut door, &applicant),
        // Whose device it will be is for whoever scans the code to say.
        None => Ok(Empty {}),
    }
}

/// Asks the primary device of the person whose recovery words were given.
fn ask(engine: &Engine, door: &mut Door, applicant: &Applicant) -> Outcome<Empty> {
    let timeout = || Failure::of(Code::CONNECTION_TIMEOUT);
    let arrival = engine.arrive(door)?.ok_or_else(timeout)?;
    let keys = door
        .arriving
        .as_ref()
        .map(UserKeys::of)
        .ok_or(Failure::of(Code::NO_AUTHORISATION))?;
    let keys = keys.map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    arrival.announce()?;
    let (list, _) = arrival.find(&keys.public_key()).ok_or_else(timeout)?;
    arrival.ask(&list, applicant, &keys)?;
    Ok(Empty {})
}

fn authorise(member: &Member, request: Authorisation) -> Outcome<Status> {
    let (session, applicant) = (&member.session, &request.applicant);
    if !is_valid(applicant.time, session.now()) {
        return Err(Code::QR_EXPIRED.into());
    }
    let of_another = *applicant.address != *session.user.address && &*applicant.address != "-";
    if of_another || user_address_bytes(&applicant.node).is_none() {
        return Err(Code::KEY_CHECK.into());
    }
    match session.read(account::this_device)?.role {
        account::PRIMARY => {}
        _ => return Err(Code::NO_AUTHORISATION.into()),
    }
    let online = session.online().ok_or(Failure::of(Code::NETWORK))?;
    online.let_in(applicant)?;
    Ok(Status { status: true })
}

fn connect(engine: &Engine, request: TemporaryConnection) -> Outcome<Empty> {
    let mut door = engine.door();
    let arrival = engine.arrive(&mut door)?.ok_or(Failure::of(Code::CONNECTION_TIMEOUT))?;
    drop(door);
    if request.wait {
        arrival.announce()?;
    } else {
        // Whoever does not wait is not told either.
        std::thread::spawn(move || arrival.announce());
    }
    Ok(Empty {})
}

/// Whether a code made at one time is valid at another; clocks may differ by as much.
pub(crate) fn is_valid(made: i64, now: i64) -> bool {
    made.abs_diff(now) < VALID.unsigned_abs()
}
