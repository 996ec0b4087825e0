//! Groups as functions of signed operations.
//!
//! Whatever is done to a group is an operation that a device signed. All operations of a group are kept; the tables that routes
//! read are written from what the ledger makes of them, here and on every other device alike.

use coco_keys::{DeviceKey, user_address_bytes};
use coco_ledger::OperationId;
use coco_ledger::group::{
    Author, Belonging, Deed, Devices, Group, GroupState, Inserted, Operation, Outcome as Effect, Profile, Rank,
    SignedOperation,
};
use ed25519_dalek::{Signer as _, SigningKey};
use rusqlite::{Connection, OptionalExtension as _, named_params, params};
use zeroize::Zeroizing;

use crate::model::group::state;
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session};

/// The 32 bytes of an address or of a group's id.
pub(crate) fn key(address: &str) -> Outcome<[u8; 32]> {
    user_address_bytes(address).ok_or(Failure::of(Code::KEY))
}

/// The address of 32 bytes.
pub(crate) fn address(key: &[u8; 32]) -> String {
    bs58::encode(key).into_string()
}

fn refused(error: impl std::fmt::Display) -> Failure {
    Failure::with(Code::GROUP_STATE, error.to_string())
}

/// The operations of a group as they are kept.
pub(crate) fn load(connection: &Connection, id: &str) -> Outcome<Option<Group>> {
    let mut statement =
        connection.prepare_cached("SELECT operation FROM group_operation WHERE group_id = ?1 ORDER BY seq")?;
    let rows = statement.query_map([id], |row| row.get::<_, Vec<u8>>(0))?;
    let mut operations = Vec::new();
    for bytes in rows {
        operations.push(SignedOperation::from_bytes(&bytes?).map_err(refused)?);
    }
    if operations.is_empty() {
        return Ok(None);
    }
    Ok(Some(Group::restore(key(id)?, operations)))
}

/// Keeps an operation.
fn keep(write: &Write<'_>, id: &str, operation: &SignedOperation) -> Outcome<()> {
    write
        .prepare_cached("INSERT OR IGNORE INTO group_operation (group_id, id, operation) VALUES (?1, ?2, ?3)")?
        .execute(params![id, operation.id(), operation.to_bytes().map_err(refused)?])?;
    Ok(())
}

/// Only this device's own operations are looked at, which it has just signed.
struct Own;

impl Devices for Own {
    fn belongs(&self, _: &[u8; 32], _: &[u8; 32], _: u64) -> Belonging {
        Belonging::Yes
    }
}

/// This device, as it signs.
struct Signer {
    author: Author,
    key: DeviceKey,
}

fn signer(session: &Session, write: &Write<'_>) -> Outcome<Signer> {
    let secret: Zeroizing<Vec<u8>> = write
        .prepare_cached("SELECT secret FROM device WHERE secret IS NOT NULL")?
        .query_row([], |row| Ok(Zeroizing::new(row.get(0)?)))
        .optional()?
        .ok_or(Failure::of(Code::DEVICE_MISSING))?;
    let secret: &[u8; 32] = secret.as_slice().try_into().map_err(|_| Failure::of(Code::KEY))?;
    let key = DeviceKey::from_bytes(secret);
    let version: Option<i64> = write
        .prepare_cached("SELECT version FROM person WHERE address = ?1")?
        .query_row([&session.user.address], |row| row.get(0))
        .optional()?;
    Ok(Signer {
        author: Author {
            user: self::key(&session.user.address)?,
            device: key.public_key(),
            list_version: version.unwrap_or(1).unsigned_abs(),
        },
        key,
    })
}

/// Founds a group whose key is kept until then.
pub(crate) fn found(
    session: &Session,
    write: &Write<'_>,
    id: &str,
    name: &str,
    founder: Profile,
    members: Vec<Profile>,
) -> Outcome<SignedOperation> {
    let secret: Zeroizing<Vec<u8>> = write
        .prepare_cached("SELECT secret FROM chat_group WHERE id = ?1 AND secret IS NOT NULL")?
        .query_row([id], |row| Ok(Zeroizing::new(row.get(0)?)))
        .optional()?
        .ok_or(Failure::of(Code::GROUP_STORE))?;
    let secret: &[u8; 32] = secret
        .as_slice()
        .try_into()
        .map_err(|_| Failure::of(Code::GROUP_STORE))?;
    let group_key = SigningKey::from_bytes(secret);
    let signer = signer(session, write)?;
    let deed = Deed::Create {
        name: name.to_owned(),
        founder,
        members,
    };
    let mut group = Group::new(key(id)?);
    let signed = group
        .draft(signer.author, deed, session.now().unsigned_abs())
        .found(|bytes| signer.key.sign(bytes), |bytes| group_key.sign(bytes).to_bytes())
        .map_err(refused)?;
    enter(&mut group, &signed)?;
    keep(write, id, &signed)?;
    write
        .prepare_cached("UPDATE chat_group SET secret = NULL WHERE id = ?1")?
        .execute([id])?;
    Ok(signed)
}

/// Puts an own operation into its group.
///
/// # Errors
/// The code of why the ledger does not let it count.
fn enter(group: &mut Group, signed: &SignedOperation) -> Outcome<()> {
    match group.insert(signed.clone(), &Own) {
        Inserted::Applied { .. } => {}
        other => return Err(refused(format!("{other:?}"))),
    }
    match group.outcome(&signed.id()) {
        Some(Effect::Void(refusal)) => Err(Code::from_number(refusal.code()).unwrap_or(Code::GROUP_STATE).into()),
        _ => Ok(()),
    }
}

/// Signs something that the user does to a group, and keeps it.
///
/// # Errors
/// The code of why it is not allowed.
pub(crate) fn act(session: &Session, write: &Write<'_>, id: &str, deed: Deed) -> Outcome<SignedOperation> {
    let mut group = load(write, id)?.ok_or(Failure::of(Code::GROUP_STORE))?;
    let signer = signer(session, write)?;
    let draft: Operation = group.draft(signer.author, deed, session.now().unsigned_abs());
    let signed = draft.sign(|bytes| signer.key.sign(bytes)).map_err(refused)?;
    enter(&mut group, &signed)?;
    keep(write, id, &signed)?;
    Ok(signed)
}

/// What became of operations that came from somebody else.
#[derive(Debug, Default)]
pub(crate) struct Came {
    /// Those that are in their place now and have an effect there, in order.
    pub(crate) effective: Vec<SignedOperation>,
    /// Those that wait, and are to be tried again.
    pub(crate) waiting: Vec<SignedOperation>,
    /// People whose devices are to be looked up.
    pub(crate) unknown: Vec<String>,
    /// Whether something is missing before one of them.
    pub(crate) has_gaps: bool,
    /// Those that never count.
    pub(crate) invalid: usize,
    /// The group as it is then, if anything landed.
    pub(crate) after: Option<GroupState>,
}

/// Puts operations of others into their group. Nothing is written but the operations.
pub(crate) fn take(
    write: &Write<'_>,
    id: &str,
    operations: Vec<SignedOperation>,
    devices: &impl Devices,
) -> Outcome<Came> {
    let loaded = load(write, id)?;
    let mut came = Came::default();
    let mut group = match loaded {
        Some(group) => group,
        None => Group::new(key(id)?),
    };
    let mut landed: Vec<SignedOperation> = Vec::new();
    for operation in operations {
        match group.insert(operation.clone(), devices) {
            Inserted::Applied { landed: ids } => landed.extend(ids.iter().filter_map(|id| group.get(id).cloned())),
            Inserted::Waiting { .. } => {
                came.has_gaps = true;
                came.waiting.push(operation);
            }
            Inserted::UnknownDevice(author) => {
                came.unknown.push(address(&author.user));
                came.waiting.push(operation);
            }
            Inserted::Duplicate => {}
            Inserted::Invalid(_) => came.invalid += 1,
        }
    }
    let ids: Vec<OperationId> = landed.iter().map(SignedOperation::id).collect();
    came.waiting.retain(|operation| !ids.contains(&operation.id()));
    for operation in &landed {
        keep(write, id, operation)?;
    }
    if !landed.is_empty() {
        came.after = Some(group.state().clone());
    }
    landed.retain(|operation| matches!(group.outcome(&operation.id()), Some(Effect::Effective)));
    came.effective = landed;
    Ok(came)
}

/// Writes what a group is into the tables that routes read. What only concerns the user's view of it stays as it is.
pub(crate) fn project(session: &Session, write: &Write<'_>, id: &str, state: &GroupState) -> Outcome<()> {
    let now = session.now();
    let own = key(&session.user.address)?;
    let standing = if state.dissolved {
        state::DISSOLVED
    } else if state.member(&own).is_none() {
        state::LEFT
    } else {
        state::NORMAL
    };
    write
        .prepare_cached(
            "UPDATE chat_group SET name = :name, notice = :notice, picture = :picture, picture_url = :url, state = :state,
                updated = :now WHERE id = :id",
        )?
        .execute(named_params! {
            ":name": state.name, ":notice": state.notice, ":picture": state.picture.number,
            ":url": state.picture.url, ":state": standing, ":now": now, ":id": id,
        })?;
    let config = &state.config;
    write
        .prepare_cached(
            "UPDATE group_config SET members_protected = :protected, joining_restricted = :joining, all_muted = :muted,
                rename_restricted = :renaming, approval = :approval, qr_joining = :qr, member_limit = :members,
                admin_limit = :admins, version = :version, updated = :now WHERE group_id = :id",
        )?
        .execute(named_params! {
            ":protected": config.members_protected, ":joining": config.joining_restricted, ":muted": config.all_muted,
            ":renaming": config.rename_restricted, ":approval": config.approval, ":qr": config.qr_joining,
            ":members": config.member_limit, ":admins": config.administrator_limit,
            ":version": i64::try_from(state.version).unwrap_or(i64::MAX), ":now": now, ":id": id,
        })?;
    write
        .prepare_cached("UPDATE group_member SET state = 0, is_owner = 0, is_admin = 0 WHERE group_id = ?1")?
        .execute([id])?;
    for member in state.members() {
        let rank = member.rank;
        write
            .prepare_cached(
                "INSERT INTO group_member (group_id, address, is_owner, is_admin, nickname, picture, picture_url, curve_key,
                    domain, state, renamed, created, updated)
                 VALUES (:group, :address, :owner, :admin, :nickname, :picture, :url, :key, :domain, 1, :renamed, :joined, :now)
                 ON CONFLICT (group_id, address) DO UPDATE SET is_owner = :owner, is_admin = :admin, nickname = :nickname,
                    picture = :picture, picture_url = :url, curve_key = :key, domain = :domain, state = 1,
                    renamed = :renamed, created = :joined, updated = :now",
            )?
            .execute(named_params! {
                ":group": id, ":address": address(&member.profile.user),
                ":owner": rank == Rank::Owner,
                ":admin": rank == Rank::Administrator,
                ":nickname": member.profile.nickname, ":picture": member.profile.picture.number,
                ":url": member.profile.picture.url, ":key": hex::encode(member.profile.curve_key),
                ":domain": member.profile.domain, ":renamed": member.renamed,
                ":joined": i64::try_from(member.joined).unwrap_or(now), ":now": now,
            })?;
    }
    Ok(())
}
