//! Looking at applications to join groups.

use std::sync::Arc;

use super::OfGroup;
use crate::model::group::{self, Rank};
use crate::table::route_table;
use crate::wire::record;
use crate::{Outcome, Session};

route_table! { Group;
    /// Lists who has applied to join a group and waits for an answer, who has waited longest first; the owner and
    /// administrators may.
    "beyond 7" getGroupApplications(OfGroup) -> Vec<Application> = applications;
}

record! {
    /// Somebody who has applied to join a group (beyond 7).
    pub struct Application {
        /// Id of the application.
        id: String,
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

fn applications(session: &Arc<Session>, request: OfGroup) -> Outcome<Vec<Application>> {
    session.read(|connection| {
        group::own_as(session, connection, &request.group, Rank::Administrator)?;
        let mut asked = connection.prepare_cached(
            "SELECT id, address, nickname, picture, picture_url, created FROM group_application AS application
             WHERE group_id = ?1 AND incoming = 1 AND state = 0 AND NOT EXISTS (
                SELECT 1 FROM group_member AS member
                WHERE member.group_id = application.group_id AND member.address = application.address AND member.state = 1)
             ORDER BY created, id",
        )?;
        let rows = asked.query_map([&*request.group], |row| {
            Ok(Application {
                id: row.get(0)?,
                address: row.get(1)?,
                nickname: row.get(2)?,
                picture: row.get(3)?,
                picture_url: row.get(4)?,
                created: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}
