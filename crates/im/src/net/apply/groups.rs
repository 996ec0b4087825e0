//! Letters about what groups are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_ledger::group::{self as ledger, Belonging, Devices, GroupState, Operation, SignedOperation};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Sender, Taken, room_of_contact, room_of_group};
use crate::chain::{self, Came};
use crate::events::Event;
use crate::model::group::{self, GroupMember};
use crate::model::{conversation, version};
use crate::net::letter::Profile;
use crate::net::people;
use crate::routes::group::operation::{self, Deed};
use crate::session::within;
use crate::store::Write;
use crate::{Outcome, Session, outbox};

/// Most operations in one letter.
const OPERATIONS: usize = 4_096;
/// Operations of one group that wait for others.
const PENDING: i64 = 1_000;
/// Most hashes in a question.
const HEADS: usize = 64;
/// Open applications that a group keeps.
const APPLICATIONS: i64 = 500;

/// What is known of devices here.
struct Known<'a>(&'a Connection);

impl Devices for Known<'_> {
    fn belongs(&self, user: &[u8; 32], device: &[u8; 32], list_version: u64) -> Belonging {
        let owner: Result<Option<String>, _> = self
            .0
            .prepare_cached("SELECT address FROM person_device WHERE device = ?1")
            .and_then(|mut statement| statement.query_row([device], |row| row.get(0)).optional());
        let address = people::address(user);
        match owner {
            Ok(Some(owner)) if owner == address => Belonging::Yes,
            Ok(Some(_)) => Belonging::No,
            _ => match people::version(self.0, &address) {
                // The list of that time is not known any more, and the newer one has no such device.
                Ok(known) if known >= list_version && known > 0 => Belonging::No,
                _ => Belonging::Unknown,
            },
        }
    }
}

/// The room in which a group is, or into which it comes: where the sender is a contact. Nobody else brings the user into
/// groups, unless the user applied.
fn room(session: &Session, write: &Write<'_>, from: &Sender, group: &str) -> Outcome<Option<String>> {
    if let Some(room) = room_of_group(write, group)? {
        return Ok(Some(room));
    }
    if from.user == session.user.address {
        return Ok(Some(session.room.clone()));
    }
    if let Some(room) = room_of_contact(session, write, &from.user)? {
        return Ok(Some(room));
    }
    let applied = write
        .prepare_cached("SELECT 1 FROM group_application WHERE group_id = ?1 AND address = ?2 AND incoming = 0")?
        .exists([group, &session.user.address])?;
    Ok(applied.then(|| session.room.clone()))
}

/// Operations of a group. Gives the users whose devices have to be looked up before some of them can be judged.
pub(crate) fn operations(
    session: &Session,
    write: &mut Write<'_>,
    from: &Sender,
    group: &str,
    operations: &[String],
) -> Outcome<(Taken, Vec<String>)> {
    let decoded: Option<Vec<SignedOperation>> = operations
        .iter()
        .map(|text| SignedOperation::from_bytes(&STANDARD.decode(text).ok()?).ok())
        .collect();
    let Some(room) = room(session, write, from, group)? else {
        return Ok((Taken::Dropped, Vec::new()));
    };
    let decoded = decoded.filter(|decoded| decoded.len() <= OPERATIONS && people::user_id(group).is_some());
    let Some(mut decoded) = decoded else {
        return Ok((Taken::Dropped, Vec::new()));
    };
    let mut all = pending(write, group)?;
    all.append(&mut decoded);
    let came = chain::take(write, group, all, &Known(write))?;
    for operation in &came.waiting {
        write
            .prepare_cached(
                "INSERT OR IGNORE INTO group_pending (group_id, sender, operation, created) SELECT ?1, ?2, ?3, ?4
                 WHERE (SELECT count(*) FROM group_pending WHERE group_id = ?1) < ?5",
            )?
            .execute(params![
                group,
                from.user,
                operation.to_bytes().unwrap_or_default(),
                session.now(),
                PENDING
            ])?;
    }
    let mut unknown = came.unknown.clone();
    unknown.sort_unstable();
    unknown.dedup();
    if came.has_gaps && came.unknown.is_empty() {
        ask_for_more(session, write, from, group)?;
    }
    let invalid = came.invalid > 0;
    if let Some(after) = came.after.clone() {
        within(session, write, &room, |session, write| {
            changed(session, write, group, &came, &after)
        })?;
    }
    Ok(((!invalid).into(), unknown))
}

/// The operations of a group that waited, which wait no more.
fn pending(write: &Write<'_>, group: &str) -> Outcome<Vec<SignedOperation>> {
    let mut statement = write.prepare_cached("DELETE FROM group_pending WHERE group_id = ?1 RETURNING operation")?;
    let rows = statement.query_map([group], |row| row.get::<_, Vec<u8>>(0))?;
    let bytes: Vec<Vec<u8>> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(bytes
        .iter()
        .filter_map(|bytes| SignedOperation::from_bytes(bytes).ok())
        .collect())
}

/// The groups in which something waits for the devices of people.
pub(crate) fn waiting_groups(connection: &Connection) -> Outcome<Vec<(String, String)>> {
    let mut statement =
        connection.prepare_cached("SELECT group_id, min(sender) FROM group_pending GROUP BY group_id LIMIT 100")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Asks who sent something for what precedes it.
fn ask_for_more(session: &Session, write: &mut Write<'_>, from: &Sender, group: &str) -> Outcome<()> {
    let heads: Vec<String> = chain::load(write, group)?
        .map(|known| known.heads().iter().take(HEADS).map(hex::encode).collect())
        .unwrap_or_default();
    let letter = serde_json::json!({ "kind": "groupHeads", "group": group, "heads": heads });
    outbox::queue(session, write, "groupLetter", &from.user, &letter)
}

/// Answers which operations somebody lacks, who is or was in the group.
pub(super) fn heads(
    session: &Session,
    write: &mut Write<'_>,
    from: &Sender,
    group: &str,
    heads: &[String],
) -> Outcome<Taken> {
    let Some(known) = chain::load(write, group)? else {
        return Ok(Taken::Dropped);
    };
    let asked: Option<Vec<[u8; 32]>> = heads
        .iter()
        .map(|head| hex::decode(head).ok()?.try_into().ok())
        .collect();
    let user = chain::key(&from.user)?;
    let is_one = known.state().member(&user).is_some() || from.user == session.user.address;
    let Some(asked) = asked.filter(|asked| asked.len() <= HEADS && is_one) else {
        return Ok(Taken::Dropped);
    };
    let missing = known.operations_since(&asked);
    if !missing.is_empty() {
        outbox::queue_operations(session, write, &from.user, group, missing.iter().copied())?;
    }
    Ok(Taken::Done)
}

/// Writes what a group is now, and what was done to it.
fn changed(session: &Session, write: &mut Write<'_>, id: &str, came: &Came, after: &GroupState) -> Outcome<()> {
    let own = chain::key(&session.user.address)?;
    let is_here = room_of_group(write, id)?.is_some();
    let concerned = after.member(&own).is_some();
    if !is_here {
        if !concerned {
            return Ok(());
        }
        begin(session, write, id)?;
    }
    chain::project(session, write, id, after)?;
    for operation in &came.effective {
        let Ok(operation) = operation.read() else { continue };
        let author = people::address(&operation.author.user);
        let Some((deed, users)) = described(&operation) else {
            continue;
        };
        let members: Vec<GroupMember> = users
            .iter()
            .filter_map(|user| group::member(session, write, id, &people::address(user)).ok())
            .collect();
        // Who acted without ever having been in the group has done nothing.
        if group::member(session, write, id, &author).is_ok() {
            operation::announce(session, write, id, (deed, &members), &author)?;
        }
    }
    conversation::ensure(session, write, id, conversation::GROUP)?;
    group::changed(write, id)?;
    write
        .prepare_cached("DELETE FROM group_application WHERE group_id = ?1 AND address = ?2 AND incoming = 0")?
        .execute([id, &session.user.address])?;
    Ok(())
}

/// Makes the rows of a group that the user is in from now on.
fn begin(session: &Session, write: &mut Write<'_>, id: &str) -> Outcome<()> {
    let now = session.now();
    let uid = || uuid::Uuid::new_v4().to_string();
    write
        .prepare_cached(
            "INSERT INTO chat_group (id, uid, room, state, created, updated) VALUES (?1, ?2, ?3, 1, ?4, ?4)",
        )?
        .execute(params![id, uid(), session.room, now])?;
    write
        .prepare_cached(
            "INSERT INTO group_config (group_id, uid, created, updated) VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![id, uid(), now])?;
    Ok(())
}

/// What an operation is called in messages, and whom it is about. Those that nobody is told of have no name.
fn described(operation: &Operation) -> Option<(Deed, Vec<[u8; 32]>)> {
    let users = |members: &[ledger::Profile]| members.iter().map(|member| member.user).collect();
    Some(match &operation.deed {
        ledger::Deed::Create { members, .. } | ledger::Deed::Add { members } => (Deed::Add, users(members)),
        ledger::Deed::Admit { member } => (Deed::Add, vec![member.user]),
        ledger::Deed::Remove { members } => (Deed::Remove, members.clone()),
        ledger::Deed::Quit => (Deed::Quit, vec![operation.author.user]),
        ledger::Deed::Dissolve => (Deed::Dissolve, Vec::new()),
        ledger::Deed::SetName { .. } => (Deed::ChangeName, Vec::new()),
        ledger::Deed::SetPicture { .. } => (Deed::ChangeImg, Vec::new()),
        ledger::Deed::SetNotice { .. } => (Deed::ChangeNotice, Vec::new()),
        ledger::Deed::SetConfig(setting) => match setting {
            ledger::Setting::MembersProtected(_) => (Deed::ChangeMbrChat, Vec::new()),
            ledger::Setting::JoiningRestricted(_) => (Deed::ChangeAstrict, Vec::new()),
            ledger::Setting::AllMuted(_) => (Deed::ChangeAllChat, Vec::new()),
            ledger::Setting::RenameRestricted(_) => (Deed::ChangeRename, Vec::new()),
            ledger::Setting::Approval(_) => (Deed::ChangeApplied, Vec::new()),
            ledger::Setting::MemberLimit(_) => (Deed::ChangeNum, Vec::new()),
            _ => return None,
        },
        ledger::Deed::SetNick { .. } => (Deed::ChangeNick, vec![operation.author.user]),
        ledger::Deed::Appoint { members } => (Deed::SettingAdmin, members.clone()),
        ledger::Deed::Dismiss { members } => (Deed::CancelAdmin, members.clone()),
        ledger::Deed::Transfer { to } => (Deed::Transfer, vec![*to]),
        _ => return None,
    })
}

/// Somebody asks to be let into a group: at once if it lets in whoever scanned its code, else after somebody who leads it
/// agreed.
pub(super) fn join(
    session: &Session,
    write: &mut Write<'_>,
    from: &Sender,
    group: &str,
    profile: &Profile,
    approval: bool,
) -> Outcome<Taken> {
    let Some(room) = room_of_group(write, group)?.filter(|_| profile.is_well_formed()) else {
        return Ok(Taken::Dropped);
    };
    let curve_key = people::curve_key(write, &from.user)?.unwrap_or_default();
    within(session, write, &room, |session, write| {
        let Ok(own) = group::own(session, write, group) else {
            return Ok(Taken::Dropped);
        };
        let config = group::config(write, group)?;
        if own.rank() == group::Rank::Member || group::present(session, write, group, &from.user).is_ok() {
            return Ok(Taken::Dropped);
        }
        let kept = write
            .prepare_cached(
                "INSERT INTO group_application (id, group_id, address, nickname, picture, picture_url, curve_key, incoming, state, created, updated)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 0, ?8, ?8
                 WHERE (SELECT count(*) FROM group_application WHERE group_id = ?2 AND state = 0) < ?9
                    AND NOT EXISTS (SELECT 1 FROM group_application WHERE group_id = ?2 AND address = ?3 AND incoming = 1 AND state = 0)",
            )?
            .execute(params![
                uuid::Uuid::new_v4().to_string(),
                group,
                from.user,
                profile.nickname,
                profile.picture,
                profile.picture_url,
                curve_key,
                session.now(),
                APPLICATIONS
            ])?;
        if !approval && config.g_is_applied.0 == 0 && config.g_is_astrict.0 == 0 {
            // Whoever cannot be let in now stays an applicant.
            let let_in = crate::routes::group::admit(session, write, group, &from.user);
            if let_in.is_ok() {
                write
                    .prepare_cached(
                        "UPDATE group_application SET state = 1, updated = ?3 WHERE group_id = ?1 AND address = ?2 AND incoming = 1",
                    )?
                    .execute(params![group, from.user, session.now()])?;
            }
        }
        version::bump(write, version::of::GROUPS)?;
        write.emit(Event::ApplicationChanged {
            group: group.to_owned(),
        });
        Ok((kept > 0).into())
    })
}
