//! Making groups, and who is in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use rusqlite::{named_params, params};
use zeroize::Zeroizing;

use super::operation::{self, Deed};
use super::{LIST, NAME, check_name};
use crate::model::group::{self, GroupMember, Rank};
use crate::model::{contact, conversation};
use crate::store::Write;
use crate::table::Route;
use crate::wire::{Empty, Filled, Text, choice, record};
use crate::{Code, Outcome, Session, bots};

/// The routes of this file: those of the module `group` and of `sync`.
pub(super) fn routes() -> Vec<Route> {
    [groups::routes(), shared::routes()].concat()
}

mod groups {
    use super::*;
    use crate::table::route_table;

    route_table! { Group;
        /// Makes a group of the user, who owns it, and of contacts, who are invited.
        "4.2" createGroup(NewGroup) -> CreatedGroup = create;
        /// Brings one more member into a group, without any rights there, as an invitation does.
        "4.23" addGroupItem(NewMember) -> Empty = add_one;
    }
}

mod shared {
    use super::*;
    use crate::table::route_table;

    route_table! { Sync;
        /// Invites contacts into a group. While joining is restricted or must be approved, only the owner and
        /// administrators may.
        "4.7" addGroupMemberWith(Invitation) -> Empty = invite;
        /// Removes members from a group: administrators remove members, the owner anybody else.
        "4.8" removeGroupMemberWith(Removal) -> Empty = remove;
        /// Changes the user's name in a group.
        "4.33" updateGroupWithNickName(NewNickname) -> Empty = rename;
        /// Makes members administrators of a group, or administrators members; the owner alone may.
        "4.35" updateGroupWithAdmins(Appointment) -> Empty = appoint;
        /// Hands a group over to another member; the owner alone may.
        "4.36" transferGroupWithGid(HandOver) -> Empty = hand_over;
    }
}

choice! {
    /// What happens to administrators.
    pub enum AdminChange: i64 {
        /// Members become administrators.
        Appoint = 2,
        /// Administrators become members.
        Dismiss = 3,
    }
}

record! {
    /// A group to make (4.2).
    pub struct NewGroup {
        /// Its name, at most 64 characters; the names of its members if absent or empty.
        name "groupName": Option<String>,
        /// Contacts to invite.
        contacts "itemList": Filled<ChosenContact>,
    }

    /// A contact who was chosen (4.2); the address counts, the rest is known.
    pub struct ChosenContact {
        /// Node address.
        id "cId": Text,
        /// Number of the built-in picture, -1 for none.
        picture "cPfpId": i64,
        /// Address of the own picture.
        picture_url "cPfpUrl": String,
        /// Name.
        nickname "cNic": String,
        /// Node address.
        address "cNdAdd": Text,
        /// The user's remark.
        remark "cPs": String,
        /// X25519 key in hex.
        curve_key "cPubCurve": String,
    }

    /// A group that was made (4.2).
    pub struct CreatedGroup {
        /// Id of the group.
        g_id: String,
    }

    /// Who is to be in a group (4.23).
    pub struct NewMember {
        /// The member; `g_id` and `u_nd_add` say whom and where.
        member "groupItemData": GroupMember,
    }

    /// Whom to invite (4.7).
    pub struct Invitation {
        /// Id of the group.
        group "gId": Text,
        /// Contacts to invite.
        contacts "mContacts": Filled<ChosenContact>,
    }

    /// Whom to remove (4.8).
    pub struct Removal {
        /// Id of the group.
        group "gId": Text,
        /// Members to remove; their `u_nd_add` counts.
        members "mSelectGroupItems": Filled<GroupMember>,
    }

    /// A new name in a group (4.33).
    pub struct NewNickname {
        /// Id of the group.
        group "gId": Text,
        /// The name; at most 64 characters.
        nickname "nickName": Text,
    }

    /// Who becomes an administrator, or is one no more (4.35).
    pub struct Appointment {
        /// Id of the group.
        group "gId": Text,
        /// Which of the two.
        change "type": AdminChange,
        /// The members; their `u_nd_add` counts.
        members "mSelectGroupItems": Filled<GroupMember>,
    }

    /// Who is to own a group (4.36).
    pub struct HandOver {
        /// Id of the group.
        group "gId": Text,
        /// The member; its `u_nd_add` counts.
        owner: GroupMember,
    }
}

/// A member to be written.
struct Joining {
    address: String,
    nickname: String,
    picture: i64,
    picture_url: String,
    curve_key: String,
    domain: String,
}

/// The addresses, each once.
fn once<'a>(addresses: impl ExactSizeIterator<Item = &'a Text>) -> Outcome<BTreeSet<String>> {
    let count = addresses.len();
    if count > LIST {
        return Err(Code::GROUP_MEMBER_LIMIT.into());
    }
    let once: BTreeSet<String> = addresses.map(|address| address.to_string()).collect();
    if once.len() < count {
        return Err(Code::PARAMETER_DUPLICATE.into());
    }
    Ok(once)
}

/// Contacts of the open room who were chosen.
fn chosen(session: &Session, write: &Write<'_>, contacts: &[ChosenContact]) -> Outcome<Vec<Joining>> {
    let addresses = once(contacts.iter().map(|contact| &contact.address))?;
    let known = addresses.into_iter().map(|address| {
        if address == session.user.address {
            return Err(Code::ALREADY_MEMBER.into());
        }
        let known = contact::get(session, write, &address)?;
        if known.c_state.0 != 2 || bots::is_bot(write, &address)? {
            return Err(Code::CONTACT_LOOKUP.into());
        }
        Ok(Joining {
            address,
            nickname: known.c_nic,
            picture: known.c_pfp_id,
            picture_url: known.c_pfp_url,
            curve_key: known.c_pub_curve,
            domain: known.c_domain,
        })
    });
    known.collect()
}

/// Writes a member who has no rights; one who was in the group before is again.
fn insert(session: &Session, write: &Write<'_>, group: &str, member: &Joining) -> Outcome<()> {
    write
        .prepare_cached(
            "INSERT INTO group_member (group_id, address, nickname, picture, picture_url, curve_key, domain, state, created, updated)
             VALUES (:group, :address, :nickname, :picture, :picture_url, :key, :domain, 1, :now, :now)
             ON CONFLICT (group_id, address) DO UPDATE SET state = 1, is_owner = 0, is_admin = 0, created = excluded.created,
                updated = excluded.updated",
        )?
        .execute(named_params! {
            ":group": group, ":address": member.address, ":nickname": member.nickname, ":picture": member.picture,
            ":picture_url": member.picture_url, ":key": member.curve_key, ":domain": member.domain,
            ":now": session.now(),
        })?;
    Ok(())
}

/// Brings people into a group, if the user may and there is room for them.
fn bring(session: &Session, write: &mut Write<'_>, group: &str, joining: &[Joining]) -> Outcome<Empty> {
    let own = group::own(session, write, group)?;
    let config = group::config(write, group)?;
    if own.rank() == Rank::Member && config.g_is_astrict.0 == 1 {
        return Err(Code::GROUP_RESTRICTED.into());
    }
    if own.rank() == Rank::Member && config.g_is_applied.0 == 1 {
        return Err(Code::GROUP_APPROVAL.into());
    }
    join(session, write, group, joining)
}

/// Writes new members of a group if there is room for them, and tells everybody.
fn join(session: &Session, write: &mut Write<'_>, group: &str, joining: &[Joining]) -> Outcome<Empty> {
    let config = group::config(write, group)?;
    let present = group::members(session, write, group)?;
    let is_in = |joining: &Joining| present.iter().any(|member| *member.u_nd_add == *joining.address);
    if joining.iter().any(is_in) {
        return Err(Code::ALREADY_MEMBER.into());
    }
    let limit = usize::try_from(config.g_num).unwrap_or(0);
    if present.len().saturating_add(joining.len()) > limit {
        return Err(Code::GROUP_MEMBER_LIMIT.into());
    }
    let mut added = Vec::with_capacity(joining.len());
    for one in joining {
        insert(session, write, group, one)?;
        added.push(group::member(session, write, group, &one.address)?);
    }
    operation::record(session, write, group, Deed::Add, &added, &[])?;
    Ok(Empty {})
}

/// Lets somebody in whose application was accepted.
pub(crate) fn admit(session: &Session, write: &mut Write<'_>, group: &str, address: &str) -> Outcome<Empty> {
    let joining = write
        .prepare_cached(
            "SELECT address, nickname, picture, picture_url, curve_key FROM group_application
             WHERE group_id = ?1 AND address = ?2 AND incoming = 1",
        )?
        .query_row([group, address], |row| {
            Ok(Joining {
                address: row.get(0)?,
                nickname: row.get(1)?,
                picture: row.get(2)?,
                picture_url: row.get(3)?,
                curve_key: row.get(4)?,
                domain: String::new(),
            })
        })?;
    join(session, write, group, &[joining])
}

/// A name made of those of the members, cut where names end.
fn name_of(names: impl Iterator<Item = String>) -> String {
    let named: Vec<String> = names.filter(|name| !name.trim().is_empty()).collect();
    let name = named.join(", ");
    name.chars().filter(|letter| !letter.is_control()).take(NAME).collect()
}

fn create(session: &Arc<Session>, request: NewGroup) -> Outcome<CreatedGroup> {
    let name = request.name.filter(|name| !name.is_empty());
    if let Some(name) = &name {
        check_name(name, Code::GROUP_NAME_FORM, Code::GROUP_NAME)?;
    }
    let mut secret = Zeroizing::new([0; 32]);
    getrandom::fill(secret.as_mut_slice()).map_err(|_| Code::GROUP_STORE)?;
    let id = bs58::encode(SigningKey::from_bytes(&secret).verifying_key().as_bytes()).into_string();
    session.write(|write| {
        let now = session.now();
        let joining = chosen(session, write, &request.contacts.0)?;
        let (nickname, picture, picture_url, domain) = contact::own_profile(write)?;
        let name = name.unwrap_or_else(|| {
            let own = std::iter::once(nickname.clone());
            name_of(own.chain(joining.iter().map(|joining| joining.nickname.clone())))
        });
        write
            .prepare_cached(
                "INSERT INTO chat_group (id, uid, room, name, state, secret, created, updated)
                 VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?6)",
            )?
            .execute(params![
                id,
                uuid::Uuid::new_v4().to_string(),
                session.room,
                name,
                secret.as_slice(),
                now
            ])?;
        write
            .prepare_cached(
                "INSERT INTO group_config (group_id, uid, version, created, updated) VALUES (?1, ?2, 0, ?3, ?3)",
            )?
            .execute(params![id, uuid::Uuid::new_v4().to_string(), now])?;
        let own = Joining {
            address: session.user.address.clone(),
            nickname,
            picture,
            picture_url,
            curve_key: session.user.curve_key.clone(),
            domain,
        };
        insert(session, write, &id, &own)?;
        write
            .prepare_cached("UPDATE group_member SET is_owner = 1 WHERE group_id = ?1 AND address = ?2")?
            .execute([&id, &own.address])?;
        conversation::ensure(session, write, &id, conversation::GROUP)?;
        join(session, write, &id, &joining)?;
        Ok(CreatedGroup { g_id: id.clone() })
    })
}

fn add_one(session: &Arc<Session>, request: NewMember) -> Outcome<Empty> {
    let member = request.member;
    contact::public_key(&member.u_nd_add)?;
    if member.g_nick.chars().count() > NAME || member.u_pfp_url.len() > super::PICTURE_URL {
        return Err(Code::GROUP_MEMBER_NAME.into());
    }
    let joining = Joining {
        address: member.u_nd_add.0,
        nickname: member.g_nick,
        picture: member.u_pfp_id,
        picture_url: member.u_pfp_url,
        curve_key: member.pubkey.chars().take(64).collect(),
        domain: member.c_domain.chars().take(64).collect(),
    };
    session.write(|write| bring(session, write, &member.g_id, std::slice::from_ref(&joining)))
}

fn invite(session: &Arc<Session>, request: Invitation) -> Outcome<Empty> {
    session.write(|write| {
        group::own(session, write, &request.group)?;
        let joining = chosen(session, write, &request.contacts.0)?;
        bring(session, write, &request.group, &joining)
    })
}

/// The members whom a request names, who must be in the group.
fn named(session: &Session, write: &Write<'_>, group: &str, members: &[GroupMember]) -> Outcome<Vec<GroupMember>> {
    let addresses = once(members.iter().map(|member| &member.u_nd_add))?;
    let present = addresses
        .iter()
        .map(|address| group::present(session, write, group, address));
    present.collect()
}

fn remove(session: &Arc<Session>, request: Removal) -> Outcome<Empty> {
    session.write(|write| {
        let own = group::own_as(session, write, &request.group, Rank::Administrator)?;
        let removed = named(session, write, &request.group, &request.members.0)?;
        if own.rank() == Rank::Owner && removed.iter().any(|member| member.u_nd_add == own.u_nd_add) {
            return Err(Code::OWNER_CANNOT_LEAVE.into());
        }
        if removed.iter().any(|member| member.rank() >= own.rank()) {
            return Err(Code::NOT_OWNER.into());
        }
        let mut told = Vec::with_capacity(removed.len());
        for member in &removed {
            write
                .prepare_cached(
                    "UPDATE group_member SET state = 0, is_admin = 0, updated = ?3 WHERE group_id = ?1 AND address = ?2",
                )?
                .execute(params![&*request.group, &*member.u_nd_add, session.now()])?;
            told.push(member.u_nd_add.to_string());
        }
        operation::record(session, write, &request.group, Deed::Remove, &removed, &told)?;
        Ok(Empty {})
    })
}

fn rename(session: &Arc<Session>, request: NewNickname) -> Outcome<Empty> {
    check_name(&request.nickname, Code::GROUP_MEMBER_NAME, Code::GROUP_MEMBER_NAME)?;
    session.write(|write| {
        group::own(session, write, &request.group)?;
        write
            .prepare_cached(
                "UPDATE group_member SET nickname = ?3, renamed = 1, updated = ?4 WHERE group_id = ?1 AND address = ?2",
            )?
            .execute(params![
                &*request.group,
                session.user.address,
                &*request.nickname,
                session.now()
            ])?;
        let own = group::own(session, write, &request.group)?;
        operation::record(session, write, &request.group, Deed::ChangeNick, &[own], &[])?;
        Ok(Empty {})
    })
}

fn appoint(session: &Arc<Session>, request: Appointment) -> Outcome<Empty> {
    let appointed = request.change == AdminChange::Appoint;
    session.write(|write| {
        group::own_as(session, write, &request.group, Rank::Owner)?;
        let members = named(session, write, &request.group, &request.members.0)?;
        if members.iter().any(|member| member.rank() == Rank::Owner) {
            return Err(Code::ALREADY_MEMBER.into());
        }
        let mut changed = Vec::with_capacity(members.len());
        for member in &members {
            write
                .prepare_cached(
                    "UPDATE group_member SET is_admin = ?3, updated = ?4 WHERE group_id = ?1 AND address = ?2",
                )?
                .execute(params![&*request.group, &*member.u_nd_add, appointed, session.now()])?;
            changed.push(group::present(session, write, &request.group, &member.u_nd_add)?);
        }
        let all = group::members(session, write, &request.group)?;
        let admins = all.iter().filter(|member| member.rank() == Rank::Administrator).count();
        let limit = group::config(write, &request.group)?.g_admin_num;
        if appointed && i64::try_from(admins).unwrap_or(i64::MAX) > limit {
            return Err(Code::ADMIN_LIMIT.into());
        }
        let deed = if appointed {
            Deed::SettingAdmin
        } else {
            Deed::CancelAdmin
        };
        operation::record(session, write, &request.group, deed, &changed, &[])?;
        Ok(Empty {})
    })
}

fn hand_over(session: &Arc<Session>, request: HandOver) -> Outcome<Empty> {
    session.write(|write| {
        let own = group::own_as(session, write, &request.group, Rank::Owner)?;
        let owner = group::present(session, write, &request.group, &request.owner.u_nd_add)?;
        if owner.u_nd_add == own.u_nd_add {
            return Ok(Empty {});
        }
        write
            .prepare_cached(
                "UPDATE group_member SET is_owner = address = ?3, is_admin = 0, updated = ?4
                 WHERE group_id = ?1 AND address IN (?2, ?3)",
            )?
            .execute(params![
                &*request.group,
                &*own.u_nd_add,
                &*owner.u_nd_add,
                session.now()
            ])?;
        let owner = group::present(session, write, &request.group, &owner.u_nd_add)?;
        operation::record(session, write, &request.group, Deed::Transfer, &[owner], &[])?;
        Ok(Empty {})
    })
}
