//! Questions about groups that are answered by yes or no. What the store says counts, not what a request claims.

use std::sync::Arc;

use super::OfGroup;
use crate::model::group::{self, GroupMember, GroupState, MemberState, Rank, Renamed, state};
use crate::table::route_table;
use crate::wire::{Status, Switch, Text, record};
use crate::{Code, Outcome, Session};

route_table! { Group;
    /// Whether somebody, the user if nobody is named, is the owner or an administrator of a group.
    "4.14" checkIsAdminOrOwn(Leading) -> Status = leads;
    /// Whether the user may write to a group: members may while it is not muted, the owner and administrators always.
    "4.20" checkGroupAllChatPermission(OfGroup) -> Status = may_write;
    /// Whether a group is there and the user in it.
    "4.24" checkGroupStateById(GroupById) -> Status = is_normal;
    /// Whether somebody, the user if nobody is named, is an administrator of a group.
    "4.25" checkIsAdmin(RankOf) -> Status = is_admin;
    /// Whether somebody, the user if nobody is named, owns a group.
    "4.26" checkIsOwn(RankOf) -> Status = is_owner;
}

record! {
    /// Somebody in a group, the user if nobody is named (4.14).
    pub struct Leading {
        /// Id of the group.
        group "gId": Text,
        /// Who is meant; its `u_nd_add` counts.
        member "curItem": Option<GroupMember>,
    }

    /// Which group (4.24).
    pub struct GroupById {
        /// Id of the group.
        group "groupId": Text,
    }

    /// Somebody in a group, the user if nobody is named (4.25).
    pub struct RankOf {
        /// Id of the group.
        group "gId": Text,
        /// Who is meant; its `u_nd_add` counts.
        member "curItem": Option<PartOfMember>,
    }

    /// A member of a group of whom not everything is told (4.25).
    pub struct PartOfMember {
        /// Id of the row.
        id: Option<String>,
        /// Id of the group.
        g_id: Option<String>,
        /// Node address; the user's if absent.
        u_nd_add: Option<String>,
        /// Whether the member is an administrator.
        g_is_admin: Option<Switch>,
        /// Whether the member owns the group.
        g_is_owner: Option<Switch>,
        /// Address of the own picture.
        u_pfp_url: Option<String>,
        /// Name in the group.
        g_nick: Option<String>,
        /// When the member joined, in milliseconds since 1970.
        created_time: Option<i64>,
        /// When the member last changed, in milliseconds since 1970.
        updated_time: Option<i64>,
        /// The user's remark for the member.
        g_ps: Option<String>,
        /// 1 in the group, 0 not any more, -1 unknown.
        state: Option<MemberState>,
        /// X25519 key in hex.
        pubkey: Option<String>,
        /// Number of the built-in picture, -1 for none.
        u_pfp_id: Option<i64>,
        /// Domain name.
        c_domain: Option<String>,
        /// Whether the member chose a name of their own for this group.
        g_is_edit_nice: Option<Renamed>,
    }
}

/// What somebody may do in a group, nothing if they are not in it.
fn rank(session: &Session, group: &str, address: Option<&str>) -> Outcome<Option<Rank>> {
    session.read(|connection| {
        group::get(session, connection, group)?;
        let address = address.unwrap_or(&session.user.address);
        match group::present(session, connection, group, address) {
            Ok(member) => Ok(Some(member.rank())),
            Err(failure) if failure.code == Code::NOT_MEMBER => Ok(None),
            Err(failure) => Err(failure),
        }
    })
}

fn leads(session: &Arc<Session>, request: Leading) -> Outcome<Status> {
    let address = request.member.as_ref().map(|member| &*member.u_nd_add);
    let rank = rank(session, &request.group, address)?;
    Ok(Status {
        status: rank >= Some(Rank::Administrator),
    })
}

fn has_rank(session: &Session, request: &RankOf, wanted: Rank) -> Outcome<Status> {
    let address = request.member.as_ref().and_then(|member| member.u_nd_add.as_deref());
    let rank = rank(session, &request.group, address)?;
    Ok(Status {
        status: rank == Some(wanted),
    })
}

fn is_admin(session: &Arc<Session>, request: RankOf) -> Outcome<Status> {
    has_rank(session, &request, Rank::Administrator)
}

fn is_owner(session: &Arc<Session>, request: RankOf) -> Outcome<Status> {
    has_rank(session, &request, Rank::Owner)
}

fn may_write(session: &Arc<Session>, request: OfGroup) -> Outcome<Status> {
    let rank = rank(session, &request.group, None)?;
    session.read(|connection| {
        let found = group::get(session, connection, &request.group)?;
        let muted = group::config(connection, &request.group)?.g_is_all_chat.0 == 1;
        let normal = found.state == GroupState(state::NORMAL);
        Ok(Status {
            status: normal && rank.is_some_and(|rank| !muted || rank > Rank::Member),
        })
    })
}

fn is_normal(session: &Arc<Session>, request: GroupById) -> Outcome<Status> {
    session.read(|connection| match group::get(session, connection, &request.group) {
        Ok(group) => Ok(Status {
            status: group.state == GroupState(state::NORMAL),
        }),
        Err(failure) if failure.code == Code::GROUP_MISSING => Ok(Status { status: false }),
        Err(failure) => Err(failure),
    })
}
