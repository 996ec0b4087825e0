//! Whom a message goes to.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::model::conversation::{self, GROUP, SINGLE};
use crate::wire::choice;
use crate::{Code, Outcome, Session};

choice! {
    /// Kind of conversation, as senders count it.
    pub enum Audience: i64 {
        /// A contact.
        Single = 0,
        /// A group.
        Group = 1,
    }
}

choice! {
    /// Kind of conversation, as answers count it.
    pub enum Sort: i64 {
        /// With a contact.
        Single = 1,
        /// In a group.
        Group = 2,
    }
}

impl Audience {
    /// The kind as answers and the store count it.
    pub(crate) fn kind(self) -> i64 {
        match self {
            Self::Single => SINGLE,
            Self::Group => GROUP,
        }
    }
}

/// Looks whether the user may write to somebody now.
///
/// A message goes to contacts of the open room, in whatever state the friend request is: until it is accepted the message
/// waits for it. Whoever is no contact any more can be written to as long as their conversation is there.
///
/// # Errors
/// 20058 unknown user · 20074 blocked by the user · 20075 blocked by them · 20043 unknown group · 20054 dissolved · 20047
/// left · 20048 not a member · 20042 muted for members.
pub(crate) fn may_write(session: &Session, connection: &Connection, peer: &str, kind: i64) -> Outcome<()> {
    if kind == GROUP {
        may_write_group(session, connection, peer)
    } else {
        may_write_single(session, connection, peer)
    }
}

fn may_write_single(session: &Session, connection: &Connection, peer: &str) -> Outcome<()> {
    let found = connection
        .prepare_cached("SELECT blocked, blocked_by FROM contact WHERE address = ?1 AND room = ?2")?
        .query_row([peer, &session.room], |row| {
            Ok((row.get::<_, i64>(0)? != 0, row.get::<_, i64>(1)? != 0))
        })
        .optional()?;
    match found {
        Some((true, _)) => Err(Code::BLOCKED_BY_YOU.into()),
        Some((_, true)) => Err(Code::BLOCKED_BY_THEM.into()),
        Some(_) => Ok(()),
        None => {
            let known = connection
                .prepare_cached("SELECT kind FROM conversation WHERE room = ?1 AND peer = ?2")?
                .query_row([&session.room, peer], |row| row.get::<_, i64>(0))
                .optional()?;
            (known == Some(SINGLE)).then_some(()).ok_or(Code::CONTACT_LOOKUP.into())
        }
    }
}

/// What the user is in a group, and what the group allows.
struct Membership {
    /// State of the group: 1 normal, 2 left, 3 dissolved, 4 being created.
    state: i64,
    muted: bool,
    member: bool,
    leads: bool,
}

fn membership(session: &Session, connection: &Connection, group: &str) -> Outcome<Membership> {
    let found = connection
        .prepare_cached(
            "SELECT g.state, coalesce(f.all_muted, 0), coalesce(u.state, 0), coalesce(u.is_owner, 0) + coalesce(u.is_admin, 0)
             FROM chat_group g LEFT JOIN group_config f ON f.group_id = g.id
             LEFT JOIN group_member u ON u.group_id = g.id AND u.address = ?3
             WHERE g.id = ?1 AND g.room = ?2",
        )?
        .query_row(params![group, session.room, session.user.address], |row| {
            Ok(Membership {
                state: row.get(0)?,
                muted: row.get::<_, i64>(1)? != 0,
                member: row.get::<_, i64>(2)? == 1,
                leads: row.get::<_, i64>(3)? > 0,
            })
        })
        .optional()?;
    found.ok_or(Code::GROUP_MISSING.into())
}

fn may_write_group(session: &Session, connection: &Connection, group: &str) -> Outcome<()> {
    let membership = membership(session, connection, group)?;
    match membership {
        Membership { state: 3, .. } => Err(Code::GROUP_DISSOLVED.into()),
        Membership { state: 2, .. } => Err(Code::GROUP_STATE.into()),
        Membership { member: false, .. } => Err(Code::NOT_MEMBER.into()),
        Membership {
            muted: true,
            leads: false,
            ..
        } => Err(Code::NOT_ADMIN.into()),
        _ => Ok(()),
    }
}

/// Looks whether the user may decide for a whole group: its owner and its administrators may.
///
/// # Errors
/// Those of writing to the group, and 20042.
pub(crate) fn may_lead(session: &Session, connection: &Connection, group: &str) -> Outcome<()> {
    may_write_group(session, connection, group)?;
    membership(session, connection, group)?
        .leads
        .then_some(())
        .ok_or(Code::NOT_ADMIN.into())
}

/// The row of the conversation with somebody to whom the user may write, begun if there is none.
pub(crate) fn open(session: &Session, write: &mut crate::store::Write<'_>, peer: &str, kind: i64) -> Outcome<i64> {
    may_write(session, write, peer, kind)?;
    conversation::ensure(session, write, peer, kind)
}
