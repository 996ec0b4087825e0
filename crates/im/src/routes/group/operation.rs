//! What is done to a group: written into its conversation, and queued for everybody who is to do the same.

use rusqlite::params;
use serde_json::{Value, json};

use crate::model::conversation;
use crate::model::group::{self, GroupMember, Renamed};
use crate::model::message::{self, Draft, kind};
use crate::store::Write;
use crate::{Outcome, Session, outbox};

/// What an operation does, as messages of type 13 name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Deed {
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

/// Counts the operation, writes it into the conversation, queues it for `also` and everybody who is in the group, and
/// tells that the group changed. `members` are those whom the deed is about.
pub(super) fn record(
    session: &Session,
    write: &mut Write<'_>,
    id: &str,
    deed: Deed,
    members: &[GroupMember],
    also: &[String],
) -> Outcome<()> {
    let now = session.now();
    write
        .prepare_cached("UPDATE group_config SET version = version + 1, updated = ?2 WHERE group_id = ?1")?
        .execute(params![id, now])?;
    write
        .prepare_cached("UPDATE chat_group SET message_version = message_version + 1, updated = ?2 WHERE id = ?1")?
        .execute(params![id, now])?;
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
        "operationMember": describe(&group::member(session, write, id, &session.user.address)?),
    });
    let conversation = conversation::ensure(session, write, id, conversation::GROUP)?;
    let draft = Draft {
        kind: kind::GROUP_OPERATION,
        source: 2,
        sender: &session.user.address,
        body: &body,
        words: "",
    };
    message::store(session, write, conversation, &draft)?;
    let present = group::members(session, write, id)?;
    let present = present.iter().map(|member| &*member.u_nd_add);
    let recipients = present.chain(also.iter().map(String::as_str));
    for recipient in recipients.filter(|recipient| *recipient != session.user.address) {
        outbox::queue(session, write, "groupOperation", recipient, &body)?;
    }
    group::changed(write, id)
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
