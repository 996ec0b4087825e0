//! Leaving and dissolving groups, and forgetting what is kept of them here.

use std::sync::Arc;

use rusqlite::params;

use super::OfGroup;
use super::operation::{self, Deed};
use crate::events::Event;
use crate::model::group::{self, Rank};
use crate::model::version;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Status, Text, record};
use crate::{Code, Outcome, Session};

route_table! { Group;
    /// Leaves a group, which its owner cannot. What was said stays here.
    "4.9" quiteGroup(OfGroup) -> Status = leave;
    /// Dissolves a group for everybody; the owner alone may. What was said stays.
    "4.10" dissolveGroup(OfGroup) -> Status = dissolve;
    /// Forgets a group here with its configuration and its members. Nobody is told, and the user does not leave it.
    "4.27" deleteGroupAllInfo(Forgetting) -> Status = forget;
    /// Forgets a group here, but not its configuration and its members.
    "4.28" deleteGroupByGId(OfGroup) -> Status = forget_group;
    /// Forgets a group's configuration here.
    "4.29" deleteGroupConfigByGid(OfGroup) -> Status = forget_config;
    /// Forgets a group's members here.
    "4.30" deleteGroupItemByGid(OfGroup) -> Status = forget_members;
}

record! {
    /// What to forget of a group (4.27).
    pub struct Forgetting {
        /// Id of the group.
        group "gId": Text,
        /// Whether the conversation with its messages goes too.
        conversation "isDeleteConversation": bool,
    }
}

fn leave(session: &Arc<Session>, request: OfGroup) -> Outcome<Status> {
    session.write(|write| {
        let own = group::own(session, write, &request.group)?;
        if own.rank() == Rank::Owner {
            return Err(Code::OWNER_CANNOT_LEAVE.into());
        }
        write
            .prepare_cached(
                "UPDATE group_member SET state = 0, is_admin = 0, updated = ?3 WHERE group_id = ?1 AND address = ?2",
            )?
            .execute(params![&*request.group, session.user.address, session.now()])?;
        end(session, write, &request.group, group::state::LEFT)?;
        operation::record(session, write, &request.group, Deed::Quit, &[own], &[])?;
        Ok(Status { status: true })
    })
}

fn dissolve(session: &Arc<Session>, request: OfGroup) -> Outcome<Status> {
    session.write(|write| {
        group::own_as(session, write, &request.group, Rank::Owner)?;
        end(session, write, &request.group, group::state::DISSOLVED)?;
        operation::record(session, write, &request.group, Deed::Dissolve, &[], &[])?;
        Ok(Status { status: true })
    })
}

/// Says that the user is in a group no more.
fn end(session: &Session, write: &Write<'_>, group: &str, state: i64) -> Outcome<()> {
    write
        .prepare_cached("UPDATE chat_group SET state = ?2, updated = ?3 WHERE id = ?1")?
        .execute(params![group, state, session.now()])?;
    Ok(())
}

fn forget(session: &Arc<Session>, request: Forgetting) -> Outcome<Status> {
    session.write(|write| {
        group::get(session, write, &request.group)?;
        for table in ["group_application", "group_member", "group_config"] {
            write
                .prepare_cached(&format!("DELETE FROM {table} WHERE group_id = ?1"))?
                .execute([&*request.group])?;
        }
        delete_group(write, &request.group)?;
        if request.conversation {
            write
                .prepare_cached("DELETE FROM conversation WHERE room = ?1 AND peer = ?2")?
                .execute([&session.room, &*request.group])?;
            write.emit(Event::ConversationDeleted {
                conversation: request.group.to_string(),
            });
        }
        Ok(Status { status: true })
    })
}

/// Deletes the row of a group, which then is gone from the room.
fn delete_group(write: &mut Write<'_>, group: &str) -> Outcome<()> {
    write
        .prepare_cached("DELETE FROM chat_group WHERE id = ?1")?
        .execute([group])?;
    version::bump(write, version::of::GROUPS)?;
    write.emit(Event::GroupDeleted {
        group: group.to_owned(),
    });
    Ok(())
}

fn forget_group(session: &Arc<Session>, request: OfGroup) -> Outcome<Status> {
    session.write(|write| {
        group::get(session, write, &request.group)?;
        delete_group(write, &request.group)?;
        Ok(Status { status: true })
    })
}

fn forget_config(session: &Arc<Session>, request: OfGroup) -> Outcome<Status> {
    session.write(|write| {
        forget_part(
            session,
            write,
            &request.group,
            "DELETE FROM group_config WHERE group_id = ?1
             AND NOT EXISTS (SELECT 1 FROM chat_group WHERE id = ?1 AND room <> ?2)",
        )
    })
}

fn forget_members(session: &Arc<Session>, request: OfGroup) -> Outcome<Status> {
    session.write(|write| {
        forget_part(
            session,
            write,
            &request.group,
            "DELETE FROM group_member WHERE group_id = ?1
             AND NOT EXISTS (SELECT 1 FROM chat_group WHERE id = ?1 AND room <> ?2)",
        )
    })
}

/// Deletes what belongs to a group of the open room, or to one whose own row is gone already.
fn forget_part(session: &Session, write: &mut Write<'_>, group: &str, sql: &str) -> Outcome<Status> {
    let gone = write.prepare_cached(sql)?.execute([group, &session.room])?;
    if gone == 0 {
        group::get(session, write, group)?;
    }
    group::changed(write, group)?;
    Ok(Status { status: true })
}
