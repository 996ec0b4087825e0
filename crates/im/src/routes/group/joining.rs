//! Joining groups by QR codes, and applications to join.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::{OptionalExtension as _, params};
use serde_json::json;

use super::members;
use crate::events::Event;
use crate::model::group::{self, Group, GroupConfig, GroupMember, Rank, state};
use crate::model::{contact, version};
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Empty, Filled, Status, Text, record};
use crate::{Code, Outcome, Session, outbox};

route_table! { Sync;
    /// Joins a group whose QR code was scanned. The request waits for the network; the user is in the group when the
    /// group says so.
    "4.31" scanJoinGroup(Joining) -> Status = join;
    /// Applies to join a group whose QR code was scanned.
    "4.32" scanJoinGroupApply(Joining) -> Status = apply;
    /// Ignores an application to join; the owner and administrators may.
    "4.34" ignoreGroupEntryApplication(IgnoredApplication) -> Status = ignore;
    /// Accepts an application to join; the owner and administrators may.
    "4.37" agreeGroupEntryApplication(AcceptedApplication) -> Empty = accept;
}

record! {
    /// A group to join (4.31).
    pub struct Joining {
        /// Id of the group.
        group "gId": Text,
        /// The user as a member.
        member "curUserItem": GroupMember,
        /// The group as the QR code tells.
        scanned "groupAllBean": ScannedGroup,
        /// Version of the QR code.
        version: Option<i64>,
    }

    /// A group as a QR code tells (4.31).
    pub struct ScannedGroup {
        /// The group.
        group "groupData": Group,
        /// What it allows.
        config "groupConfigData": GroupConfig,
        /// Who is in it.
        members "groupItems": Filled<GroupMember>,
    }

    /// An application to ignore (4.34).
    pub struct IgnoredApplication {
        /// Id of the group.
        group "gid" | "gId": Text,
        /// Id of the application, or node address of the applicant.
        application "applyNoId": Text,
    }

    /// An application to accept (4.37).
    pub struct AcceptedApplication {
        /// Id of the group.
        group "gid": Text,
        /// Id of the application, or node address of the applicant.
        application "applyNoId": Text,
    }
}

/// Refuses a group that the user cannot join; gives what it allows. What is known here counts, and what was scanned for groups
/// that are not.
fn joinable(session: &Session, write: &Write<'_>, request: &Joining) -> Outcome<GroupConfig> {
    let scanned = &request.scanned;
    let Ok(known) = group::get(session, write, &request.group) else {
        contact::public_key(&request.group)?;
        return allowed(scanned.config.clone(), scanned.members.0.len());
    };
    if known.state.0 == state::DISSOLVED {
        return Err(Code::GROUP_DISSOLVED.into());
    }
    match group::present(session, write, &request.group, &session.user.address) {
        Ok(_) => return Err(Code::ALREADY_MEMBER.into()),
        Err(failure) if failure.code != Code::NOT_MEMBER => return Err(failure),
        Err(_) => {}
    }
    let present = group::members(session, write, &request.group)?;
    allowed(group::config(write, &request.group)?, present.len())
}

/// Refuses a group that is full or lets nobody in.
fn allowed(config: GroupConfig, present: usize) -> Outcome<GroupConfig> {
    if i64::try_from(present).unwrap_or(i64::MAX) >= config.g_num {
        return Err(Code::GROUP_MEMBER_LIMIT.into());
    }
    if config.g_is_astrict.0 == 1 {
        return Err(Code::GROUP_RESTRICTED.into());
    }
    Ok(config)
}

/// Most members of a scanned group who are asked.
const ASKED: usize = 8;

/// Asks those who decide about new members, as far as is known here or was scanned.
fn ask(session: &Session, write: &mut Write<'_>, request: &Joining, approval: bool) -> Outcome<()> {
    let (nickname, picture, picture_url, domain) = contact::own_profile(write)?;
    let letter = json!({
        "kind": "groupJoin", "group": request.group, "approval": approval,
        "profile": {
            "nickname": nickname, "picture": picture, "picture_url": picture_url, "domain": domain,
            "version": version::get(write, version::of::USER)?,
        },
    });
    let known = group::members(session, write, &request.group)?;
    let members = if known.is_empty() {
        &request.scanned.members.0
    } else {
        &known
    };
    let deciding = members
        .iter()
        .filter(|member| member.rank() > Rank::Member && *member.u_nd_add != *session.user.address);
    let deciding: BTreeSet<&str> = deciding.map(|member| &*member.u_nd_add).take(ASKED).collect();
    if deciding.is_empty() {
        return Err(Code::NETWORK.into());
    }
    for address in deciding {
        contact::public_key(address)?;
        outbox::queue(session, write, "groupLetter", address, &letter)?;
    }
    apply_here(session, write, &request.group)
}

/// Writes down that the user waits to be let in, so that the group is expected.
fn apply_here(session: &Session, write: &mut Write<'_>, group: &str) -> Outcome<()> {
    let (nickname, picture, picture_url, _) = contact::own_profile(write)?;
    write
        .prepare_cached("DELETE FROM group_application WHERE group_id = ?1 AND address = ?2 AND incoming = 0")?
        .execute([group, &session.user.address])?;
    write
        .prepare_cached(
            "INSERT INTO group_application (id, group_id, address, nickname, picture, picture_url, curve_key, incoming, state, created, updated)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, ?8, ?8)",
        )?
        .execute(params![
            uuid::Uuid::new_v4().to_string(),
            group,
            session.user.address,
            nickname,
            picture,
            picture_url,
            session.user.curve_key,
            session.now()
        ])?;
    changed(write, group)
}

fn join(session: &Arc<Session>, request: Joining) -> Outcome<Status> {
    session.write(|write| {
        if joinable(session, write, &request)?.g_is_applied.0 == 1 {
            return Err(Code::GROUP_APPROVAL.into());
        }
        ask(session, write, &request, false)?;
        Ok(Status { status: true })
    })
}

fn apply(session: &Arc<Session>, request: Joining) -> Outcome<Status> {
    session.write(|write| {
        joinable(session, write, &request)?;
        ask(session, write, &request, true)?;
        Ok(Status { status: true })
    })
}

/// Says that the applications of a group changed.
fn changed(write: &mut Write<'_>, group: &str) -> Outcome<()> {
    version::bump(write, version::of::GROUPS)?;
    write.emit(Event::ApplicationChanged {
        group: group.to_owned(),
    });
    Ok(())
}

/// Answers an open application, 1 by accepting and 2 by ignoring it; gives the applicant's address.
fn decide(session: &Session, write: &mut Write<'_>, group: &str, application: &str, state: i64) -> Outcome<String> {
    group::own_as(session, write, group, Rank::Administrator)?;
    let found: Option<(String, String)> = write
        .prepare_cached(
            "SELECT id, address FROM group_application
             WHERE group_id = ?1 AND incoming = 1 AND state = 0 AND (id = ?2 OR address = ?2)",
        )?
        .query_row([group, application], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (id, address) = found.ok_or(Code::APPLICATION_STATE)?;
    write
        .prepare_cached("UPDATE group_application SET state = ?2, updated = ?3 WHERE id = ?1")?
        .execute(params![id, state, session.now()])?;
    changed(write, group)?;
    Ok(address)
}

fn ignore(session: &Arc<Session>, request: IgnoredApplication) -> Outcome<Status> {
    session.write(|write| {
        decide(session, write, &request.group, &request.application, 2)?;
        Ok(Status { status: true })
    })
}

fn accept(session: &Arc<Session>, request: AcceptedApplication) -> Outcome<Empty> {
    session.write(|write| {
        let address = decide(session, write, &request.group, &request.application, 1)?;
        members::admit(session, write, &request.group, &address)
    })
}
