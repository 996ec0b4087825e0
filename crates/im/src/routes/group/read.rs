//! Looking at groups.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, Params, params};

use super::{LIST, OfGroup};
use crate::model::group::{self, Group, GroupConfig, GroupMember, GroupState};
use crate::model::room;
use crate::table::route_table;
use crate::wire::{Empty, Text, record};
use crate::{Code, Outcome, Session};

route_table! { Group;
    /// Gives somebody who is or was in a group.
    "4.1" getGroupItemByNAddAndGid(OneMember) -> GroupMember = one_member;
    /// Gives a group.
    "4.4" getGroupByGid2(OfGroup) -> Group = one;
    /// Gives what a group allows, and how the user looks at it.
    "4.5" getGroupConfigByGId(OfGroupConfig) -> GroupConfig = config;
    /// Lists the groups of the open room, whatever their state, the oldest first.
    "4.6" getAllGroups(Empty) -> Vec<Group> = all;
    /// Lists who is in a group: the owner, the administrators, then by the time of joining.
    "4.11" getGroupItemByGid(MembersOf) -> Vec<GroupMember> = members;
    /// Pages through who is in a group, a hundred at a time. The answer's only key is where the next page starts, 0 after
    /// the last one.
    "4.13" getGroupMemberByService(MemberPage) -> BTreeMap<String, Vec<GroupMember>> = page;
    /// Lists the groups of the open room that the user is in.
    "4.15" getAllNormalGroup(Empty) -> Vec<Group> = normal;
    /// Gives the user as a member of a group.
    "4.16" getCurUserItem(OfGroup) -> GroupMember = own;
    /// Gives a group with its configuration and its members.
    "4.17" getGroupAllInfo(WholeGroupOf) -> WholeGroup = whole_one;
    /// Lists the groups of the default room with all that belongs to them; none while another room is open.
    "4.18" getGroupDefaultBlock(Empty) -> Vec<WholeGroup> = of_default_room;
    /// Lists the groups of the open room with all that belongs to them. Asked for another room, it lists none.
    "4.19" getGroupByBid(GroupsOfRoom) -> Vec<WholeGroup> = of_room;
    /// Lists the groups of the open room that are in a state and not hidden, with all that belongs to them.
    "4.21" getGroupByCurBlockAndNotHide(GroupsInState) -> Vec<WholeGroup> = shown;
}

record! {
    /// Somebody in a group (4.1).
    pub struct OneMember {
        /// Id of the group.
        group "gId": Text,
        /// Node address.
        address "ndAdd": Text,
    }

    /// Which group's configuration (4.5).
    pub struct OfGroupConfig {
        /// Id of the group.
        group "gid": Text,
    }

    /// Which group's members (4.11).
    pub struct MembersOf {
        /// Id of the group.
        group "gId": Text,
        /// Whether the user's remarks are wanted; they are unless this is false.
        remarks "isGetPs": Option<bool>,
    }

    /// Which part of a group's members (4.13).
    pub struct MemberPage {
        /// Id of the group.
        group "gId": Text,
        /// Where the page starts: the key of the page before; 0 if absent.
        start "startVersion": Option<i64>,
    }

    /// Which group (4.17).
    pub struct WholeGroupOf {
        /// Id of the group.
        group "gId": Text,
        /// Whether the user's remarks for the members are wanted.
        remarks "isGetPs": bool,
    }

    /// Which room's groups (4.19).
    pub struct GroupsOfRoom {
        /// Id of the room.
        room "bId": Text,
    }

    /// Groups in which state (4.21).
    pub struct GroupsInState {
        /// 1 normal, 2 left, 3 dissolved, 4 being created.
        state "groupState": GroupState,
    }

    /// A group with all that belongs to it (4.17).
    pub struct WholeGroup {
        /// The group.
        group "groupData": Group,
        /// What it allows.
        config "groupConfigData": GroupConfig,
        /// Who is in it.
        members "groupItems": Vec<GroupMember>,
        /// Domain name.
        domain: String,
        /// 1 if the group is hidden, else 0.
        hide_state "bHideState": i64,
        /// How many are in it.
        member_count "groupItemSum": i64,
    }
}

/// Members on a page.
const PAGE: usize = 100;

fn one_member(session: &Arc<Session>, request: OneMember) -> Outcome<GroupMember> {
    session.read(|connection| {
        group::get(session, connection, &request.group)?;
        group::member(session, connection, &request.group, &request.address)
    })
}

fn one(session: &Arc<Session>, request: OfGroup) -> Outcome<Group> {
    session.read(|connection| group::get(session, connection, &request.group))
}

fn config(session: &Arc<Session>, request: OfGroupConfig) -> Outcome<GroupConfig> {
    session.read(|connection| {
        group::get(session, connection, &request.group)?;
        group::config(connection, &request.group)
    })
}

fn list(connection: &Connection, condition: &str, values: impl Params) -> Outcome<Vec<Group>> {
    let sql = format!("{} WHERE room = ?2 {condition} ORDER BY created, id", group::SELECT);
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(values, group::read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn all(session: &Arc<Session>, _: Empty) -> Outcome<Vec<Group>> {
    session.read(|connection| list(connection, "", params![session.now(), session.room]))
}

fn normal(session: &Arc<Session>, _: Empty) -> Outcome<Vec<Group>> {
    let values = params![session.now(), session.room, group::state::NORMAL];
    session.read(|connection| list(connection, "AND state = ?3", values))
}

/// Takes the user's remarks out.
fn without_remarks(mut members: Vec<GroupMember>) -> Vec<GroupMember> {
    for member in &mut members {
        member.g_ps.clear();
    }
    members
}

fn members(session: &Arc<Session>, request: MembersOf) -> Outcome<Vec<GroupMember>> {
    session.read(|connection| {
        group::get(session, connection, &request.group)?;
        let members = group::members(session, connection, &request.group)?;
        Ok(if request.remarks.unwrap_or(true) {
            members
        } else {
            without_remarks(members)
        })
    })
}

fn page(session: &Arc<Session>, request: MemberPage) -> Outcome<BTreeMap<String, Vec<GroupMember>>> {
    let start = usize::try_from(request.start.unwrap_or(0)).unwrap_or(0);
    session.read(|connection| {
        if group::get(session, connection, &request.group).is_err() {
            return Err(Code::NETWORK.into());
        }
        let members = group::members(session, connection, &request.group)?;
        let end = start.saturating_add(PAGE);
        let next = if end < members.len() { end } else { 0 };
        let page = members.into_iter().skip(start).take(PAGE).collect();
        Ok(BTreeMap::from([(next.to_string(), page)]))
    })
}

fn own(session: &Arc<Session>, request: OfGroup) -> Outcome<GroupMember> {
    session.read(|connection| {
        group::get(session, connection, &request.group)?;
        group::member(session, connection, &request.group, &session.user.address)
    })
}

/// All that belongs to a group, nothing if its configuration was deleted.
fn whole(session: &Session, connection: &Connection, group: Group) -> Outcome<Option<WholeGroup>> {
    let Some(config) = group::find_config(connection, &group.g_id)? else {
        return Ok(None);
    };
    let members = group::members(session, connection, &group.g_id)?;
    Ok(Some(WholeGroup {
        domain: group.c_domain.clone(),
        hide_state: group.b_hide_state.0,
        member_count: i64::try_from(members.len()).unwrap_or(i64::MAX),
        group,
        config,
        members,
    }))
}

fn whole_one(session: &Arc<Session>, request: WholeGroupOf) -> Outcome<WholeGroup> {
    session.read(|connection| {
        let found = group::get(session, connection, &request.group)?;
        let mut found = whole(session, connection, found)?.ok_or(Code::GROUP_MISSING)?;
        if !request.remarks {
            found.members = without_remarks(found.members);
        }
        Ok(found)
    })
}

fn wholes(session: &Session, condition: &str, values: impl Params) -> Outcome<Vec<WholeGroup>> {
    session.read(|connection| {
        let groups = list(connection, condition, values)?.into_iter().take(LIST);
        let wholes = groups.map(|group| whole(session, connection, group).transpose());
        wholes.flatten().collect()
    })
}

fn of_default_room(session: &Arc<Session>, _: Empty) -> Outcome<Vec<WholeGroup>> {
    let request = GroupsOfRoom {
        room: Text(room::DEFAULT.to_owned()),
    };
    of_room(session, request)
}

fn of_room(session: &Arc<Session>, request: GroupsOfRoom) -> Outcome<Vec<WholeGroup>> {
    if *request.room != session.room {
        return Ok(Vec::new());
    }
    wholes(session, "", params![session.now(), session.room])
}

fn shown(session: &Arc<Session>, request: GroupsInState) -> Outcome<Vec<WholeGroup>> {
    let values = params![session.now(), session.room, request.state.0];
    wholes(session, "AND state = ?3 AND hidden_until <= ?1", values)
}
