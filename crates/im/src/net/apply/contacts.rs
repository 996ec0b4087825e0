//! Letters about being contacts.

use rusqlite::{named_params, params};

use super::{Sender, Taken};
use crate::events::Event;
use crate::model::contact::{self, IncomingRequest};
use crate::model::version;
use crate::net::letter::Profile;
use crate::net::people;
use crate::session::within;
use crate::store::Write;
use crate::{Outcome, Session, outbox};

/// The rooms in which somebody is a contact.
fn rooms(write: &Write<'_>, address: &str) -> Outcome<Vec<String>> {
    let mut statement = write.prepare_cached("SELECT room FROM contact WHERE address = ?1 AND state = 2")?;
    let rows = statement.query_map([address], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Somebody wants to become a contact. Whom the user has asked too is one from now on; who is a contact already, and only
/// forgot, is told so.
pub(super) fn request(
    session: &Session,
    write: &mut Write<'_>,
    from: &Sender,
    content: String,
    profile: &Profile,
) -> Outcome<Taken> {
    if !profile.is_well_formed() || from.group.is_some() {
        return Ok(Taken::Dropped);
    }
    people::remember_token(write, &from.user, profile)?;
    for room in rooms(write, &from.user)? {
        let blocked: bool = write
            .prepare_cached("SELECT blocked FROM contact WHERE address = ?1 AND room = ?2")?
            .query_row([&from.user, &room], |row| row.get(0))?;
        if !blocked {
            within(session, write, &room, |session, write| {
                outbox::queue(session, write, "friendAccepted", &from.user, &serde_json::Value::Null)
            })?;
            update(session, write, &from.user, profile)?;
            return Ok(Taken::Done);
        }
    }
    let request = IncomingRequest {
        address: from.user.clone(),
        content,
        nickname: profile.nickname.clone(),
        picture: profile.picture,
        picture_url: profile.picture_url.clone(),
        curve_key: people::curve_key(write, &from.user)?.unwrap_or_default(),
        domain: profile.domain.clone(),
    };
    let Some(room) = contact::take_request(session, write, &request)? else {
        return Ok(Taken::Dropped);
    };
    if asked(write, &room, &from.user)? {
        within(session, write, &room, |session, write| {
            contact::befriend(session, write, &from.user, None)?;
            outbox::queue(session, write, "friendAccepted", &from.user, &serde_json::Value::Null)
        })?;
    }
    Ok(Taken::Done)
}

/// Whether the user's own request to somebody is open in a room.
fn asked(write: &Write<'_>, room: &str, address: &str) -> Outcome<bool> {
    Ok(write
        .prepare_cached("SELECT 1 FROM friend_request WHERE room = ?1 AND address = ?2 AND incoming = 0 AND state = 0")?
        .exists([room, address])?)
}

/// Somebody whom the user asked has said yes. Nobody becomes a contact who was not asked.
pub(super) fn accepted(session: &Session, write: &mut Write<'_>, from: &Sender, profile: &Profile) -> Outcome<Taken> {
    if !profile.is_well_formed() || from.group.is_some() {
        return Ok(Taken::Dropped);
    }
    // Another device of the user's may have asked, which is heard of later.
    people::remember_token(write, &from.user, profile)?;
    let asked_in: Vec<String> = {
        let mut statement = write
            .prepare_cached("SELECT room FROM friend_request WHERE address = ?1 AND incoming = 0 AND state = 0")?;
        let rows = statement.query_map([&from.user], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let known = !rooms(write, &from.user)?.is_empty();
    if asked_in.is_empty() && !known {
        return Ok(Taken::Dropped);
    }
    for room in &asked_in {
        within(session, write, room, |session, write| {
            contact::befriend(session, write, &from.user, None)?;
            outbox::queue(session, write, "profileTo", &from.user, &serde_json::Value::Null)
        })?;
    }
    update(session, write, &from.user, profile)?;
    Ok(Taken::Done)
}

/// Somebody deleted the user: they must be asked again before they hear from the user. What the user has stays.
pub(super) fn deleted(session: &Session, write: &mut Write<'_>, from: &Sender) -> Outcome<Taken> {
    change(
        session,
        write,
        &from.user,
        "UPDATE contact SET state = 0, updated = ?3 WHERE address = ?1 AND room = ?2",
    )
}

/// Somebody blocked the user, or does not any more.
pub(super) fn blocked(session: &Session, write: &mut Write<'_>, from: &Sender, blocked: bool) -> Outcome<Taken> {
    let sql = if blocked {
        "UPDATE contact SET blocked_by = 1, updated = ?3 WHERE address = ?1 AND room = ?2"
    } else {
        "UPDATE contact SET blocked_by = 0, updated = ?3 WHERE address = ?1 AND room = ?2"
    };
    change(session, write, &from.user, sql)
}

/// Changes somebody in every room that has them as a contact.
fn change(session: &Session, write: &mut Write<'_>, address: &str, sql: &str) -> Outcome<Taken> {
    let rooms = rooms(write, address)?;
    for room in &rooms {
        within(session, write, room, |session, write| {
            write
                .prepare_cached(sql)?
                .execute(params![address, room, session.now()])?;
            contact::changed(write, address)
        })?;
    }
    Ok((!rooms.is_empty()).into())
}

/// A contact's profile changed.
pub(super) fn profile(session: &Session, write: &mut Write<'_>, from: &Sender, profile: &Profile) -> Outcome<Taken> {
    if !profile.is_well_formed() {
        return Ok(Taken::Dropped);
    }
    people::remember_token(write, &from.user, profile)?;
    if rooms(write, &from.user)?.is_empty() {
        return Ok(Taken::Dropped);
    }
    update(session, write, &from.user, profile)?;
    Ok(Taken::Done)
}

/// Writes down what a contact says of themselves, unless something newer is known.
fn update(session: &Session, write: &mut Write<'_>, address: &str, profile: &Profile) -> Outcome<()> {
    let curve_key = people::curve_key(write, address)?.unwrap_or_default();
    for room in rooms(write, address)? {
        within(session, write, &room, |session, write| {
            let changed = write
                .prepare_cached(
                    "UPDATE contact SET nickname = coalesce(nullif(:nickname, ''), nickname), picture = :picture,
                        picture_url = :picture_url, domain = :domain, version = :version,
                        curve_key = coalesce(nullif(:curve_key, ''), curve_key), updated = :now
                     WHERE room = :room AND address = :address AND version <= :version",
                )?
                .execute(named_params! {
                    ":nickname": profile.nickname, ":picture": profile.picture, ":picture_url": profile.picture_url,
                    ":domain": profile.domain, ":version": profile.version, ":curve_key": curve_key,
                    ":now": session.now(), ":room": room, ":address": address,
                })?;
            if changed == 0 {
                return Ok(());
            }
            contact::changed(write, address)?;
            if let Some(found) = crate::model::conversation::find(session, write, address)? {
                write.emit(Event::ConversationChanged {
                    conversation: Box::new(found),
                });
            }
            Ok(())
        })?;
    }
    version::bump(write, version::of::CONTACTS)
}
