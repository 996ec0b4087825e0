//! What is done to a group: written into its conversation, and queued for everybody who is to do the same.

use std::collections::BTreeSet;

use coco_ledger::group::{self as ledger, Setting, SignedOperation};
use rusqlite::params;
use serde_json::{Value, json};

use crate::chain;

use crate::model::conversation;
use crate::model::group::{self, GroupMember, Renamed};
use crate::model::message::{self, Draft, kind};
use crate::store::Write;
use crate::{Code, Failure, Outcome, Session, outbox};

/// What an operation does, as messages of type 13 name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Deed {
    Add,
    Remove,
    Quit,
    Dissolve,
    ChangeName,
    ChangeImg,
    ChangeNotice,
    ChangeMbrChat,
    ChangeAstrict,
    ChangeAllChat,
    ChangeRename,
    ChangeNum,
    ChangeApplied,
    ChangeNick,
    SettingAdmin,
    CancelAdmin,
    Transfer,
}

/// Signs what was done, writes it into the conversation, queues it for `also` and everybody who is in the group, and tells that
/// the group changed. `members` are those whom the deed is about; who comes new is sent all that was ever done.
pub(super) fn record(
    session: &Session,
    write: &mut Write<'_>,
    id: &str,
    deed: Deed,
    members: &[GroupMember],
    also: &[String],
) -> Outcome<()> {
    let (signed, is_founding) = sign(session, write, id, deed, members)?;
    let group = chain::load(write, id)?.ok_or(Failure::of(Code::GROUP_STORE))?;
    chain::project(session, write, id, group.state())?;
    let newcomers: &[GroupMember] = if deed == Deed::Add { members } else { &[] };
    announce(session, write, id, (deed, members), &session.user.address)?;
    let everything = group.operations_since(&[]);
    let present = group::members(session, write, id)?;
    let present = present.iter().map(|member| &*member.u_nd_add);
    let own = [session.user.address.clone()];
    let recipients: BTreeSet<&str> = present.chain(also.iter().chain(&own).map(String::as_str)).collect();
    for recipient in recipients {
        let is_new = is_founding || newcomers.iter().any(|member| &*member.u_nd_add == recipient);
        if is_new {
            outbox::queue_operations(session, write, recipient, id, everything.iter().copied())?;
        } else {
            outbox::queue_operations(session, write, recipient, id, std::iter::once(&signed))?;
        }
    }
    group::changed(write, id)
}

/// Says in all groups that a device is the user's no more, so that nothing it signs from now on counts.
pub(crate) fn revoke(session: &Session, write: &mut Write<'_>, device: [u8; 32]) -> Outcome<()> {
    let groups: Vec<String> = {
        let mut statement = write.prepare_cached("SELECT id FROM chat_group WHERE id > '' AND state = 1")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for id in groups {
        if chain::load(write, &id)?.is_none() {
            continue;
        }
        let signed = chain::act(session, write, &id, ledger::Deed::Revoke { device })?;
        let members: Vec<String> = {
            let mut statement =
                write.prepare_cached("SELECT address FROM group_member WHERE group_id = ?1 AND state = 1")?;
            let rows = statement.query_map([&id], |row| row.get(0))?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        for member in members {
            outbox::queue_operations(session, write, &member, &id, std::iter::once(&signed))?;
        }
    }
    Ok(())
}

/// Signs what was done to a group; says whether it is founded by that.
fn sign(
    session: &Session,
    write: &Write<'_>,
    id: &str,
    deed: Deed,
    members: &[GroupMember],
) -> Outcome<(SignedOperation, bool)> {
    let group = group::get(session, write, id)?;
    if chain::load(write, id)?.is_none() {
        let founder = profile(&group::member(session, write, id, &session.user.address)?)?;
        let others = members.iter().map(profile).collect::<Outcome<_>>()?;
        return Ok((chain::found(session, write, id, &group.g_name, founder, others)?, true));
    }
    let config = group::config(write, id)?;
    let users = || {
        members
            .iter()
            .map(|member| chain::key(&member.u_nd_add))
            .collect::<Outcome<Vec<_>>>()
    };
    let is_on = |switch: &crate::wire::Switch| switch.0 == 1;
    let done = match deed {
        Deed::Add => ledger::Deed::Add {
            members: members.iter().map(profile).collect::<Outcome<_>>()?,
        },
        Deed::Remove => ledger::Deed::Remove { members: users()? },
        Deed::Quit => ledger::Deed::Quit,
        Deed::Dissolve => ledger::Deed::Dissolve,
        Deed::ChangeName => ledger::Deed::SetName { name: group.g_name },
        Deed::ChangeImg => ledger::Deed::SetPicture {
            picture: ledger::Picture {
                number: group.g_pfp_id,
                url: group.g_pfp_url,
            },
        },
        Deed::ChangeNotice => ledger::Deed::SetNotice { notice: group.g_info },
        Deed::ChangeMbrChat => ledger::Deed::SetConfig(Setting::MembersProtected(is_on(&config.g_mbr_chat))),
        Deed::ChangeAstrict => ledger::Deed::SetConfig(Setting::JoiningRestricted(is_on(&config.g_is_astrict))),
        Deed::ChangeAllChat => ledger::Deed::SetConfig(Setting::AllMuted(is_on(&config.g_is_all_chat))),
        Deed::ChangeRename => ledger::Deed::SetConfig(Setting::RenameRestricted(is_on(&config.g_is_rename))),
        Deed::ChangeApplied => ledger::Deed::SetConfig(Setting::Approval(is_on(&config.g_is_applied))),
        Deed::ChangeNum => {
            let limit = u16::try_from(config.g_num).map_err(|_| Failure::of(Code::GROUP_MEMBER_LIMIT))?;
            ledger::Deed::SetConfig(Setting::MemberLimit(limit))
        }
        Deed::ChangeNick => ledger::Deed::SetNick {
            nickname: group::member(session, write, id, &session.user.address)?.g_nick,
        },
        Deed::SettingAdmin => ledger::Deed::Appoint { members: users()? },
        Deed::CancelAdmin => ledger::Deed::Dismiss { members: users()? },
        Deed::Transfer => ledger::Deed::Transfer {
            to: users()?.pop().ok_or(Failure::of(Code::NOT_MEMBER))?,
        },
    };
    Ok((chain::act(session, write, id, done)?, false))
}

/// A member as the ledger describes one.
fn profile(member: &GroupMember) -> Outcome<ledger::Profile> {
    let mut curve_key = [0; 32];
    // Whose key is not known yet has none here either.
    let _ = hex::decode_to_slice(&member.pubkey, &mut curve_key);
    Ok(ledger::Profile {
        user: chain::key(&member.u_nd_add)?,
        curve_key,
        nickname: member.g_nick.clone(),
        picture: ledger::Picture {
            number: member.u_pfp_id,
            url: member.u_pfp_url.clone(),
        },
        domain: member.c_domain.clone(),
    })
}

/// Writes into a group's conversation what somebody did to it.
pub(crate) fn announce(
    session: &Session,
    write: &mut Write<'_>,
    id: &str,
    (deed, members): (Deed, &[GroupMember]),
    by: &str,
) -> Outcome<()> {
    write
        .prepare_cached("UPDATE chat_group SET message_version = message_version + 1, updated = ?2 WHERE id = ?1")?
        .execute(params![id, session.now()])?;
    let group = group::get(session, write, id)?;
    let config = group::config(write, id)?;
    let body = json!({
        "groupId": id,
        "groupOperationTypes": deed,
        "groupMember": members.iter().map(describe).collect::<Vec<_>>(),
        "groupInfo": {
            "groupId": id, "name": group.g_name, "info": group.g_info, "img": group.g_pfp_id,
            "imgUrl": group.g_pfp_url, "state": group.state, "version": group.g_msg_version,
        },
        "groupConfig": {
            "groupId": id, "isRename": config.g_is_rename, "isAstrict": config.g_is_astrict,
            "isAllChat": config.g_is_all_chat, "isQrAllow": config.g_is_qr_allow, "isApplied": config.g_is_applied,
            "num": config.g_num, "adminNum": config.g_admin_num, "mbrChat": config.g_mbr_chat,
            "version": config.g_version,
        },
        "operationMember": describe(&group::member(session, write, id, by)?),
    });
    let conversation = conversation::ensure(session, write, id, conversation::GROUP)?;
    let draft = Draft {
        kind: kind::GROUP_OPERATION,
        source: 2,
        sender: by,
        body: &body,
        words: "",
    };
    message::store(session, write, conversation, &draft)?;
    Ok(())
}

/// A member as operations describe one.
fn describe(member: &GroupMember) -> Value {
    json!({
        "groupId": member.g_id,
        "memberId": member.u_nd_add,
        "memberStatus": match member.rank() {
            group::Rank::Owner => "OWNER",
            group::Rank::Administrator => "ADMIN",
            group::Rank::Member => "MASSES",
        },
        "memberImg": member.u_pfp_id,
        "memberImgUrl": member.u_pfp_url,
        "nickName": member.g_nick,
        "memberEdpuk": member.pubkey,
        "createTime": member.created_time,
        "domain": member.c_domain,
        "gIsEditNice": member.g_is_edit_nice == Renamed::Yes,
    })
}
