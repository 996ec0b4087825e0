//! Looking at applications to join groups.

use std::sync::Arc;

use rusqlite::Connection;

use crate::model::group::{self, Rank};
use crate::table::route_table;
use crate::wire::record;
use crate::{Outcome, Session};

route_table! { Group;
    /// Lists who has applied to join a group and waits for an answer, who has waited longest first; the owner and
    /// administrators may. Without a group, lists those of all groups of the open room that the user leads.
    "beyond 7" getGroupApplications(ApplicationsTo) -> Vec<Application> = applications;
}

record! {
    /// Which applications to list (beyond 7).
    pub struct ApplicationsTo {
        /// Id of the group; all that the user leads if absent.
        group "gId": Option<String>,
    }
}

record! {
    /// Somebody who has applied to join a group (beyond 7).
    pub struct Application {
        /// Id of the application.
        id: String,
        /// Id of the group.
        group "gId": String,
        /// Node address.
        address: String,
        /// Name.
        nickname: String,
        /// Number of the built-in picture, -1 for none.
        picture "pfpId": i64,
        /// Address of the own picture.
        picture_url "pfpUrl": String,
        /// When it came, in milliseconds since 1970.
        created "createdTime": i64,
    }
}

fn applications(session: &Arc<Session>, request: ApplicationsTo) -> Outcome<Vec<Application>> {
    session.read(|connection| {
        if let Some(group) = &request.group {
            group::own_as(session, connection, group, Rank::Administrator)?;
            return waiting(connection, group);
        }
        let mut asked = connection.prepare_cached(
            "SELECT g.id FROM chat_group g JOIN group_member m ON m.group_id = g.id AND m.address = ?2
             WHERE g.room = ?1 AND g.state = 1 AND m.state = 1 AND m.is_owner + m.is_admin > 0",
        )?;
        let led = asked
            .query_map([&session.room, &session.user.address], |row| row.get::<_, String>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        let mut all = Vec::new();
        for group in led {
            all.append(&mut waiting(connection, &group)?);
        }
        all.sort_by_key(|application| application.created);
        Ok(all)
    })
}

/// Who waits to be let into a group.
fn waiting(connection: &Connection, group: &str) -> Outcome<Vec<Application>> {
    let mut asked = connection.prepare_cached(
        "SELECT id, group_id, address, nickname, picture, picture_url, created FROM group_application AS application
         WHERE group_id = ?1 AND incoming = 1 AND state = 0 AND NOT EXISTS (
            SELECT 1 FROM group_member AS member
            WHERE member.group_id = application.group_id AND member.address = application.address AND member.state = 1)
         ORDER BY created, id",
    )?;
    let rows = asked.query_map([group], |row| {
        Ok(Application {
            id: row.get(0)?,
            group: row.get(1)?,
            address: row.get(2)?,
            nickname: row.get(3)?,
            picture: row.get(4)?,
            picture_url: row.get(5)?,
            created: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
