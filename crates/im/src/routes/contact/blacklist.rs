//! Who may not write to the user.

use std::sync::Arc;

use rusqlite::{named_params, params};

use super::Somebody;
use crate::model::{contact, version};
use crate::outbox;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Empty, choice, record};
use crate::{Outcome, Session};

route_table! { Contact;
    /// Takes a contact from the blacklist.
    "3.10" deleteBlack(Somebody) -> Empty = unblock;
    /// Puts a contact on the blacklist: what they send is dropped, and they are told so when they send.
    "3.11" onBlack(Somebody) -> Empty = block;
    /// Pages through the blacklist of the open room. Asked for another room, it lists nobody.
    "3.12" getBlacklist(BlacklistPage) -> Vec<Blocked> = list;
}

choice! {
    /// Yes or no, as the blacklist says it.
    pub enum YesNo: str {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
    }
}

impl From<bool> for YesNo {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

record! {
    /// Which part of the blacklist (3.12).
    pub struct BlacklistPage {
        /// Id of the room; the open one if absent.
        room "blockId": Option<String>,
        /// Part of a name, a remark or an address; all if absent or empty.
        keyword: Option<String>,
        /// Number of the page, from 1, which is also what counts if it is absent.
        page: Option<i64>,
        /// How many at most; 20 if absent, never more than 500.
        size: Option<i64>,
    }

    /// Somebody on the blacklist (3.12).
    pub struct Blocked {
        /// Number of the built-in picture, -1 for none.
        picture "pfpId": i64,
        /// Address of the own picture.
        picture_url "pfpUrl": String,
        /// The user's remark, else the name.
        nic: String,
        /// Node address.
        address "ndAdd": String,
        /// X25519 key in hex.
        curve_key "pubCurve": String,
        /// Whether the user blocked them.
        blocked "blackState": YesNo,
        /// Whether they blocked the user.
        blocked_by "beBlackState": YesNo,
        /// Domain name.
        domain: String,
    }
}

/// People on a page if nobody says how many.
const PAGE: i64 = 20;
/// Most people on a page.
const LARGEST_PAGE: i64 = 500;

fn block(session: &Arc<Session>, request: Somebody) -> Outcome<Empty> {
    session.write(|write| set(session, write, &request.address, true))
}

fn unblock(session: &Arc<Session>, request: Somebody) -> Outcome<Empty> {
    session.write(|write| set(session, write, &request.address, false))
}

fn set(session: &Session, write: &mut Write<'_>, address: &str, blocked: bool) -> Outcome<Empty> {
    contact::get(session, write, address)?;
    write
        .prepare_cached("UPDATE contact SET blocked = ?2, updated = ?3 WHERE address = ?1")?
        .execute(params![address, blocked, session.now()])?;
    let kind = if blocked { "blocked" } else { "unblocked" };
    outbox::queue(session, write, kind, address, &serde_json::Value::Null)?;
    version::bump(write, version::of::BLACKLIST)?;
    contact::changed(write, address)?;
    Ok(Empty {})
}

fn list(session: &Arc<Session>, request: BlacklistPage) -> Outcome<Vec<Blocked>> {
    if request.room.is_some_and(|room| room != session.room) {
        return Ok(Vec::new());
    }
    let size = request.size.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    let skipped = request.page.unwrap_or(1).max(1).saturating_sub(1).saturating_mul(size);
    session.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT picture, picture_url, coalesce(nullif(remark, ''), nickname), address, curve_key, blocked, blocked_by, domain
             FROM contact
             WHERE room = :room AND blocked = 1
                AND (instr(lower(nickname), :part) OR instr(lower(remark), :part) OR instr(address, :whole) OR :part = '')
             ORDER BY address LIMIT :size OFFSET :skipped",
        )?;
        let keyword = request.keyword.as_deref().unwrap_or_default();
        let rows = statement.query_map(
            named_params! {
                ":room": session.room, ":part": keyword.to_lowercase(), ":whole": keyword, ":size": size, ":skipped": skipped,
            },
            |row| {
                Ok(Blocked {
                    picture: row.get(0)?,
                    picture_url: row.get(1)?,
                    nic: row.get(2)?,
                    address: row.get(3)?,
                    curve_key: row.get(4)?,
                    blocked: row.get::<_, bool>(5)?.into(),
                    blocked_by: row.get::<_, bool>(6)?.into(),
                    domain: row.get(7)?,
                })
            },
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}
