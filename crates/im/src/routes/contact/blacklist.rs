//! Who may not write to the user.

use std::sync::Arc;

use rusqlite::params;

use super::Somebody;
use crate::events::Event;
use crate::model::contact::{self, Contact};
use crate::model::version;
use crate::outbox;
use crate::store::Write;
use crate::table::route_table;
use crate::wire::{Empty, choice, record};
use crate::{Code, Failure, Outcome, Session};

route_table! { Contact;
    /// Takes somebody from the blacklist.
    "3.10" deleteBlack(Somebody) -> Empty = unblock;
    /// Puts somebody on the blacklist, a contact or not: what they send is dropped, and contacts are told so when they
    /// send. Whoever is no contact does not become one; a request of theirs is refused.
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
        /// Part of a name, a remark, a domain name or an address; all if absent or empty.
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
    if blocked {
        contact::public_key(address)?;
        if address == session.user.address {
            return Err(Failure::with(Code::CONTACT_LOOKUP, "this is your own address"));
        }
        contact::note(session, write, address, "")?;
    }
    let known = contact::get(session, write, address)?;
    if known.c_black_state == blocked.into() {
        return Ok(Empty {});
    }
    write
        .prepare_cached("UPDATE contact SET blocked = ?2, updated = ?3 WHERE address = ?1 AND room = ?4")?
        .execute(params![address, blocked, session.now(), session.room])?;
    if known.c_state.0 == 2 {
        let kind = if blocked { "blocked" } else { "unblocked" };
        outbox::queue(session, write, kind, address, &serde_json::Value::Null)?;
    } else if blocked {
        refuse_request(session, write, address)?;
    } else {
        forget_stranger(session, write, address)?;
    }
    version::bump(write, version::of::BLACKLIST)?;
    contact::changed(write, address)?;
    Ok(Empty {})
}

/// Answers the open request of somebody who was blocked: with no, and without telling them.
fn refuse_request(session: &Session, write: &mut Write<'_>, address: &str) -> Outcome<()> {
    let refused = write
        .prepare_cached(
            "UPDATE friend_request SET state = 2, seen = 1, updated = ?3
             WHERE room = ?1 AND address = ?2 AND incoming = 1 AND state = 0",
        )?
        .execute(params![session.room, address, session.now()])?;
    if refused > 0 {
        write.emit(Event::RequestChanged {
            address: address.to_owned(),
        });
    }
    Ok(())
}

/// Drops somebody who was known only because they were blocked.
fn forget_stranger(session: &Session, write: &mut Write<'_>, address: &str) -> Outcome<()> {
    write
        .prepare_cached(
            "DELETE FROM contact WHERE room = ?1 AND address = ?2 AND state <> 2 AND NOT EXISTS (
                SELECT 1 FROM friend_request WHERE room = ?1 AND address = ?2 AND incoming = 0
             )",
        )?
        .execute([&session.room, address])?;
    Ok(())
}

fn list(session: &Arc<Session>, request: BlacklistPage) -> Outcome<Vec<Blocked>> {
    if request.room.is_some_and(|room| room != session.room) {
        return Ok(Vec::new());
    }
    let size = request.size.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    let skipped = request.page.unwrap_or(1).max(1).saturating_sub(1).saturating_mul(size);
    let keyword = request.keyword.unwrap_or_default().to_lowercase();
    session.read(|connection| {
        let sql = format!("{} WHERE room = ?1 AND blocked = 1 ORDER BY address", contact::SELECT);
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map([&session.room], contact::read)?;
        // The database knows upper and lower case of Latin letters alone.
        let is_meant = |contact: &Contact| {
            let texts = [&contact.c_ps, &contact.c_nic, &contact.c_nd_add, &contact.c_domain];
            texts.iter().any(|text| text.to_lowercase().contains(&keyword))
        };
        let found = rows.filter(|row| row.as_ref().map_or(true, is_meant));
        let page = found
            .skip(usize::try_from(skipped).unwrap_or(usize::MAX))
            .take(usize::try_from(size).unwrap_or_default());
        Ok(page
            .map(|row| row.map(Blocked::from))
            .collect::<rusqlite::Result<_>>()?)
    })
}

impl From<Contact> for Blocked {
    fn from(contact: Contact) -> Self {
        Self {
            picture: contact.c_pfp_id,
            picture_url: contact.c_pfp_url,
            nic: if contact.c_ps.is_empty() {
                contact.c_nic
            } else {
                contact.c_ps
            },
            address: contact.c_nd_add,
            curve_key: contact.c_pub_curve,
            blocked: (contact.c_black_state.0 != 0).into(),
            blocked_by: (contact.c_be_black_state.0 != 0).into(),
            domain: contact.c_domain,
        }
    }
}
