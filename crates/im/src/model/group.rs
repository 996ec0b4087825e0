//! Groups, their configuration and their members.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::events::Event;
use crate::model::version;
use crate::session::OrCode as _;
use crate::store::Write;
use crate::wire::{Switch, Text, choice, figure, record};
use crate::{Code, Outcome, Session};

figure! {
    /// State of a group: 1 normal, 2 left, 3 dissolved, 4 being created.
    pub struct GroupState = 1 | 2 | 3 | 4;

    /// State of a member: 1 in the group, 0 not any more, -1 unknown.
    pub struct MemberState = -1 | 0 | 1;
}

choice! {
    /// Whether a member chose a name of their own for the group.
    pub enum Renamed: str {
        /// No.
        No = "0",
        /// Yes.
        Yes = "1",
    }
}

record! {
    /// A group (4.4).
    pub struct Group {
        /// Id of the row.
        id: Text,
        /// Id of the group.
        g_id: Text,
        /// Name.
        g_name: String,
        /// Notice.
        g_info: String,
        /// Number of the built-in picture, -1 for none.
        g_pfp_id: i64,
        /// Address of the own picture.
        g_pfp_url: String,
        /// Counts the group's messages.
        g_msg_version: i64,
        /// When the group was made or joined, in milliseconds since 1970.
        created_time: i64,
        /// When it last changed, in milliseconds since 1970.
        updated_time: i64,
        /// 1 normal, 2 left, 3 dissolved, 4 being created.
        state: GroupState,
        /// Room that the group is assigned to.
        b_id: Text,
        /// Whether the group is hidden.
        b_hide_state: Switch,
        /// Domain name.
        c_domain: String,
    }

    /// What a group allows, and how the user looks at it (4.5).
    pub struct GroupConfig {
        /// Id of the row.
        id: Text,
        /// Id of the group.
        g_id: Text,
        /// Whether only the owner and administrators change name and picture.
        g_is_rename: Switch,
        /// Whether only the owner and administrators bring in new members.
        g_is_astrict: Switch,
        /// Whether only the owner and administrators may write.
        g_is_all_chat: Switch,
        /// Whether a QR code lets people in.
        g_is_qr_allow: Switch,
        /// Whether new members must be approved.
        g_is_applied: Switch,
        /// Most members.
        g_num: i64,
        /// Most administrators.
        g_admin_num: i64,
        /// Whether members are protected from each other.
        g_mbr_chat "g_mbr_chat_": Switch,
        /// Whether voice calls are allowed.
        g_mbr_ac: Switch,
        /// Whether video calls are allowed.
        g_mbr_vc: Switch,
        /// Whether messages make no noise.
        g_is_disturb: Switch,
        /// Whether the conversation is pinned.
        g_is_top: Switch,
        /// Counts what was done to the group.
        g_version: i64,
        /// When the configuration was made, in milliseconds since 1970.
        created_time: i64,
        /// When it last changed, in milliseconds since 1970.
        updated_time: i64,
    }

    /// A member of a group (4.1).
    pub struct GroupMember {
        /// Id of the row: the group's id and the member's address.
        id: Text,
        /// Id of the group.
        g_id: Text,
        /// Whether the member is an administrator.
        g_is_admin: Switch,
        /// Whether the member owns the group.
        g_is_owner: Switch,
        /// Address of the own picture.
        u_pfp_url: String,
        /// Name in the group.
        g_nick: String,
        /// When the member joined, in milliseconds since 1970.
        created_time: i64,
        /// When the member last changed, in milliseconds since 1970.
        updated_time: i64,
        /// The user's remark for the member.
        g_ps: String,
        /// 1 in the group, 0 not any more, -1 unknown.
        state: MemberState,
        /// X25519 key in hex.
        pubkey: String,
        /// Node address.
        u_nd_add: Text,
        /// Number of the built-in picture, -1 for none.
        u_pfp_id: i64,
        /// Domain name.
        c_domain: String,
        /// Whether the member chose a name of their own for this group.
        g_is_edit_nice: Renamed,
    }
}

/// Numbers that [`Group::state`] has.
pub(crate) mod state {
    pub(crate) const NORMAL: i64 = 1;
    pub(crate) const LEFT: i64 = 2;
    pub(crate) const DISSOLVED: i64 = 3;
}

/// The columns from which [`read`] makes a group; `?1` is the time. Conditions and order follow.
pub(crate) const SELECT: &str = "
    SELECT uid, id, name, notice, picture, picture_url, message_version, created, updated, state, room,
        hidden_until > ?1, domain
    FROM chat_group
";

/// Makes a group from a row of [`SELECT`].
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        id: Text(row.get(0)?),
        g_id: Text(row.get(1)?),
        g_name: row.get(2)?,
        g_info: row.get(3)?,
        g_pfp_id: row.get(4)?,
        g_pfp_url: row.get(5)?,
        g_msg_version: row.get(6)?,
        created_time: row.get(7)?,
        updated_time: row.get(8)?,
        state: row.get(9)?,
        b_id: Text(row.get(10)?),
        b_hide_state: row.get(11)?,
        c_domain: row.get(12)?,
    })
}

/// A group of the open room, whatever its state.
///
/// # Errors
/// 20043 if the room has no such group.
pub(crate) fn get(session: &Session, connection: &Connection, group: &str) -> Outcome<Group> {
    let sql = format!("{SELECT} WHERE id = ?2 AND room = ?3");
    connection
        .prepare_cached(&sql)?
        .query_row(params![session.now(), group, session.room], read)
        .or_code(Code::GROUP_MISSING)
}

/// A group of the open room that the user is in.
///
/// # Errors
/// 20043 if the room has no such group, 20054 if it was dissolved, 20047 if the user left it or it is not ready.
pub(crate) fn active(session: &Session, connection: &Connection, group: &str) -> Outcome<Group> {
    let found = get(session, connection, group)?;
    match found.state.0 {
        state::NORMAL => Ok(found),
        state::DISSOLVED => Err(Code::GROUP_DISSOLVED.into()),
        _ => Err(Code::GROUP_STATE.into()),
    }
}

/// The configuration of a group that the caller knows to be in the open room.
pub(crate) fn find_config(connection: &Connection, group: &str) -> Outcome<Option<GroupConfig>> {
    let found = connection
        .prepare_cached(
            "SELECT uid, group_id, rename_restricted, joining_restricted, all_muted, qr_joining, approval, member_limit,
                admin_limit, members_protected, voice_calls, video_calls, muted, pinned, version, created, updated
             FROM group_config WHERE group_id = ?1",
        )?
        .query_row([group], |row| {
            Ok(GroupConfig {
                id: Text(row.get(0)?),
                g_id: Text(row.get(1)?),
                g_is_rename: row.get(2)?,
                g_is_astrict: row.get(3)?,
                g_is_all_chat: row.get(4)?,
                g_is_qr_allow: row.get(5)?,
                g_is_applied: row.get(6)?,
                g_num: row.get(7)?,
                g_admin_num: row.get(8)?,
                g_mbr_chat: row.get(9)?,
                g_mbr_ac: row.get(10)?,
                g_mbr_vc: row.get(11)?,
                g_is_disturb: row.get(12)?,
                g_is_top: row.get(13)?,
                g_version: row.get(14)?,
                created_time: row.get(15)?,
                updated_time: row.get(16)?,
            })
        });
    Ok(found.optional()?)
}

/// The configuration of a group that the caller knows to be in the open room.
///
/// # Errors
/// 20043 if it was deleted.
pub(crate) fn config(connection: &Connection, group: &str) -> Outcome<GroupConfig> {
    find_config(connection, group)?.ok_or(Code::GROUP_MISSING.into())
}

/// The columns from which [`read_member`] makes a member; `?1` is the room. Conditions and order follow.
const SELECT_MEMBER: &str = "
    SELECT m.group_id, m.address, m.is_admin, m.is_owner, m.picture_url, m.nickname, m.created, m.updated,
        coalesce(nullif(c.remark, ''), m.remark), m.state, m.curve_key, m.picture, m.domain, m.renamed
    FROM group_member m LEFT JOIN contact c ON c.room = ?1 AND c.address = m.address
";

fn read_member(row: &Row<'_>) -> rusqlite::Result<GroupMember> {
    let (group, address): (String, String) = (row.get(0)?, row.get(1)?);
    Ok(GroupMember {
        id: Text(format!("{group}{address}")),
        g_id: Text(group),
        u_nd_add: Text(address),
        g_is_admin: row.get(2)?,
        g_is_owner: row.get(3)?,
        u_pfp_url: row.get(4)?,
        g_nick: row.get(5)?,
        created_time: row.get(6)?,
        updated_time: row.get(7)?,
        g_ps: row.get(8)?,
        state: row.get(9)?,
        pubkey: row.get(10)?,
        u_pfp_id: row.get(11)?,
        c_domain: row.get(12)?,
        g_is_edit_nice: if row.get(13)? { Renamed::Yes } else { Renamed::No },
    })
}

/// Somebody who is or was in a group.
///
/// # Errors
/// 20048 if they never were.
pub(crate) fn member(session: &Session, connection: &Connection, group: &str, address: &str) -> Outcome<GroupMember> {
    let sql = format!("{SELECT_MEMBER} WHERE m.group_id = ?2 AND m.address = ?3");
    connection
        .prepare_cached(&sql)?
        .query_row([&session.room, group, address], read_member)
        .or_code(Code::NOT_MEMBER)
}

/// Somebody who is in a group.
///
/// # Errors
/// 20048 if they are not.
pub(crate) fn present(session: &Session, connection: &Connection, group: &str, address: &str) -> Outcome<GroupMember> {
    let found = member(session, connection, group, address)?;
    if found.state.0 == 1 {
        Ok(found)
    } else {
        Err(Code::NOT_MEMBER.into())
    }
}

/// Everybody who is in a group: the owner, the administrators, then by the time of joining.
pub(crate) fn members(session: &Session, connection: &Connection, group: &str) -> Outcome<Vec<GroupMember>> {
    let sql = format!(
        "{SELECT_MEMBER} WHERE m.group_id = ?2 AND m.state = 1
         ORDER BY m.is_owner DESC, m.is_admin DESC, m.created, m.address"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([&session.room, group], read_member)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What somebody may do in a group; each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Member,
    Administrator,
    Owner,
}

impl GroupMember {
    /// What the member may do.
    pub(crate) fn rank(&self) -> Rank {
        match (self.g_is_owner.0, self.g_is_admin.0) {
            (1, _) => Rank::Owner,
            (_, 1) => Rank::Administrator,
            _ => Rank::Member,
        }
    }
}

/// The user as a member of a group that is active.
///
/// # Errors
/// Those of [`active`], and 20048.
pub(crate) fn own(session: &Session, connection: &Connection, group: &str) -> Outcome<GroupMember> {
    active(session, connection, group)?;
    present(session, connection, group, &session.user.address)
}

/// The user as a member who may do at least what `rank` may.
///
/// # Errors
/// Those of [`own`]; 20042 if an administrator is needed, 20064 if the owner.
pub(crate) fn own_as(session: &Session, connection: &Connection, group: &str, rank: Rank) -> Outcome<GroupMember> {
    let own = own(session, connection, group)?;
    match rank {
        _ if own.rank() >= rank => Ok(own),
        Rank::Owner => Err(Code::NOT_OWNER.into()),
        _ => Err(Code::NOT_ADMIN.into()),
    }
}

/// Says that a group changed.
pub(crate) fn changed(write: &mut Write<'_>, group: &str) -> Outcome<()> {
    version::bump(write, version::of::GROUPS)?;
    write.emit(Event::GroupChanged {
        group: group.to_owned(),
    });
    Ok(())
}
