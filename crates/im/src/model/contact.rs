//! Contacts and friend requests.

use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};
use serde_json::json;

use super::message::{Draft, kind};
use super::{conversation, message, version};
use crate::events::Event;
use crate::session::OrCode as _;
use crate::store::Write;
use crate::wire::{Switch, figure, record};
use crate::{Code, Outcome, Session};

figure! {
    /// What is between the user and somebody: 0 nothing yet, 1 unknown to the network, -1 refused, 2 contacts.
    pub struct ContactState = -1 | 0 | 1 | 2;
}

record! {
    /// A contact (3.1).
    pub struct Contact {
        /// Node address.
        c_id: String,
        /// Node address.
        c_nd_add: String,
        /// Name that the contact chose.
        c_nic: String,
        /// Number of the built-in picture, -1 for none.
        c_pfp_id: i64,
        /// X25519 key in hex; empty until the network told it.
        c_pub_curve: String,
        /// Ed25519 key in hex.
        c_pub_key: String,
        /// Version of the contact's profile.
        c_version: i64,
        /// 0 asked, 1 unknown to the network, -1 refused, 2 contacts.
        c_state: ContactState,
        /// Whether the user blocked the contact.
        c_black_state: Switch,
        /// Whether the contact blocked the user.
        c_be_black_state: Switch,
        /// Address of the own picture.
        c_pfp_url: String,
        /// The user's remark, shown instead of the name.
        c_ps: String,
        /// For what comes; empty.
        c_number_id: String,
        /// When the contact was added, in milliseconds since 1970.
        created_time: i64,
        /// When it last changed, in milliseconds since 1970.
        updated_time: i64,
        /// Whether the conversation is pinned.
        c_is_top: Switch,
        /// Whether messages make no noise.
        c_is_disturb: Switch,
        /// Room that the contact is assigned to.
        b_id: String,
        /// Until when the contact is hidden, in milliseconds since 1970; 0 if not.
        b_hide_state: i64,
        /// Always 0: a group is no contact.
        c_is_group: Switch,
        /// Domain name.
        c_domain: String,
        /// Whether messages burn after reading.
        b_exp: Switch,
        /// How long messages are there after they were read, in milliseconds.
        b_exp_time: i64,
        /// 1 if the conversation is marked as unread.
        mark_unread: i64,
        /// Address to pay to, if known.
        wallet_address: Option<String>,
        /// Key of that address, if known.
        wallet_puk: Option<String>,
        /// Index of that address, if known.
        wallet_index: Option<i64>,
        /// 1 if it is a bot.
        c_is_bot: Switch,
    }
}

/// The columns from which [`read`] makes a contact.
pub(crate) const SELECT: &str = "
    SELECT address, nickname, picture, curve_key, public_key, version, state, blocked, blocked_by, picture_url, remark,
        created, updated, pinned, muted, room, hidden_until, domain, burn_time, marked_unread, wallet_address, wallet_key,
        wallet_index, bot IS NOT NULL
    FROM contact
";

/// Makes a contact from a row of [`SELECT`].
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Contact> {
    let address: String = row.get(0)?;
    let burn_time: i64 = row.get(18)?;
    Ok(Contact {
        c_id: address.clone(),
        c_nd_add: address,
        c_nic: row.get(1)?,
        c_pfp_id: row.get(2)?,
        c_pub_curve: row.get(3)?,
        c_pub_key: row.get(4)?,
        c_version: row.get(5)?,
        c_state: row.get(6)?,
        c_black_state: row.get(7)?,
        c_be_black_state: row.get(8)?,
        c_pfp_url: row.get(9)?,
        c_ps: row.get(10)?,
        c_number_id: String::new(),
        created_time: row.get(11)?,
        updated_time: row.get(12)?,
        c_is_top: row.get(13)?,
        c_is_disturb: row.get(14)?,
        b_id: row.get(15)?,
        b_hide_state: row.get(16)?,
        c_is_group: false.into(),
        c_domain: row.get(17)?,
        b_exp: (burn_time > 0).into(),
        b_exp_time: burn_time,
        mark_unread: row.get(19)?,
        wallet_address: row.get(20)?,
        wallet_puk: row.get(21)?,
        wallet_index: row.get(22)?,
        c_is_bot: row.get(23)?,
    })
}

/// A contact of a room.
pub(crate) fn find(connection: &Connection, room: &str, address: &str) -> Outcome<Option<Contact>> {
    let sql = format!("{SELECT} WHERE address = ?1 AND room = ?2");
    Ok(connection
        .prepare_cached(&sql)?
        .query_row([address, room], read)
        .optional()?)
}

/// A contact of the open room.
///
/// # Errors
/// 20058 if there is none.
pub(crate) fn get(session: &Session, connection: &Connection, address: &str) -> Outcome<Contact> {
    find(connection, &session.room, address)?.ok_or(Code::CONTACT_LOOKUP.into())
}

/// The ed25519 key of a node address in hex.
///
/// # Errors
/// 20058 if the text is no address.
pub(crate) fn public_key(address: &str) -> Outcome<String> {
    coco_keys::user_address_bytes(address)
        .map(hex::encode)
        .ok_or(Code::CONTACT_LOOKUP.into())
}

/// What is known of somebody.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) nickname: String,
    pub(crate) picture: i64,
    pub(crate) picture_url: String,
    pub(crate) curve_key: String,
    pub(crate) version: i64,
    pub(crate) domain: String,
}

/// What a room knows of somebody: as a contact, as one who asked to be one, or as a member of one of its groups.
pub(crate) fn profile(connection: &Connection, room: &str, address: &str) -> Outcome<Option<Profile>> {
    Ok(connection
        .prepare_cached(
            "SELECT nickname, picture, picture_url, curve_key, version, domain FROM contact
             WHERE room = ?1 AND address = ?2 AND (state = 2 OR curve_key <> '')
             UNION ALL
             SELECT nickname, picture, picture_url, curve_key, 0, domain FROM friend_request
             WHERE room = ?1 AND address = ?2 AND incoming = 1
             UNION ALL
             SELECT m.nickname, m.picture, m.picture_url, m.curve_key, 0, m.domain
             FROM chat_group g JOIN group_member m ON m.group_id = g.id AND m.address = ?2
             WHERE g.room = ?1
             LIMIT 1",
        )?
        .query_row([room, address], |row| {
            Ok(Profile {
                nickname: row.get(0)?,
                picture: row.get(1)?,
                picture_url: row.get(2)?,
                curve_key: row.get(3)?,
                version: row.get(4)?,
                domain: row.get(5)?,
            })
        })
        .optional()?)
}

/// The name of somebody who has told none: how their address begins.
pub(crate) fn name_of(address: &str) -> String {
    address.chars().take(8).collect()
}

/// Makes somebody known in the open room, with nothing between them and the user yet. Of those who are known a remark
/// that is not empty is kept.
pub(crate) fn note(session: &Session, write: &mut Write<'_>, address: &str, remark: &str) -> Outcome<()> {
    let known = profile(write, &session.room, address)?.unwrap_or_else(|| Profile {
        nickname: name_of(address),
        picture: -1,
        picture_url: String::new(),
        curve_key: String::new(),
        version: 0,
        domain: String::new(),
    });
    write
        .prepare_cached(
            "INSERT INTO contact (address, room, nickname, remark, picture, picture_url, public_key, curve_key, domain, state, created, updated)
             VALUES (:address, :room, :nickname, :remark, :picture, :picture_url, :key, :curve_key, :domain, 0, :now, :now)
             ON CONFLICT (room, address) DO UPDATE SET updated = excluded.updated,
                remark = coalesce(nullif(excluded.remark, ''), contact.remark)",
        )?
        .execute(named_params! {
            ":address": address, ":room": session.room, ":nickname": known.nickname, ":remark": remark,
            ":picture": known.picture, ":picture_url": known.picture_url, ":key": public_key(address)?,
            ":curve_key": known.curve_key, ":domain": known.domain, ":now": session.now(),
        })?;
    Ok(())
}

/// Says that a contact of the open room changed.
pub(crate) fn changed(write: &mut Write<'_>, address: &str) -> Outcome<()> {
    version::bump(write, version::of::CONTACTS)?;
    write.emit(Event::ContactChanged {
        address: address.to_owned(),
    });
    Ok(())
}

/// Makes the two sides contacts, begins their conversation, and writes into it that they are.
pub(crate) fn befriend(session: &Session, write: &mut Write<'_>, address: &str, remark: Option<&str>) -> Outcome<()> {
    let now = session.now();
    write
        .prepare_cached(
            "INSERT INTO contact (address, room, nickname, picture, picture_url, curve_key, public_key, domain, remark, state, created, updated)
             SELECT r.address, r.room, r.nickname, r.picture, r.picture_url, r.curve_key, :key, r.domain,
                coalesce(:remark, r.remark), 2, :now, :now
             FROM friend_request r WHERE r.room = :room AND r.address = :address ORDER BY r.incoming DESC LIMIT 1
             ON CONFLICT (room, address) DO UPDATE SET state = 2, updated = excluded.updated,
                nickname = coalesce(nullif(excluded.nickname, ''), contact.nickname), picture = excluded.picture,
                picture_url = excluded.picture_url, curve_key = excluded.curve_key, domain = excluded.domain,
                remark = coalesce(nullif(excluded.remark, ''), contact.remark)",
        )?
        .execute(named_params! {
            ":key": public_key(address)?, ":remark": remark, ":now": now, ":room": session.room, ":address": address,
        })?;
    write
        .prepare_cached("UPDATE friend_request SET state = 1, seen = 1, updated = ?3 WHERE room = ?1 AND address = ?2")?
        .execute(params![session.room, address, now])?;
    let conversation = conversation::ensure(session, write, address, conversation::SINGLE)?;
    let body = json!({ "type": 0 });
    let draft = Draft {
        kind: kind::SYSTEM,
        source: 2,
        sender: address,
        body: &body,
        words: "",
    };
    message::store(session, write, conversation, &draft)?;
    changed(write, address)?;
    write.emit(Event::RequestChanged {
        address: address.to_owned(),
    });
    Ok(())
}

/// A friend request as it arrives.
#[derive(Debug, Clone, Default)]
pub struct IncomingRequest {
    /// Node address of who asks.
    pub address: String,
    /// What they write.
    pub content: String,
    /// Their name.
    pub nickname: String,
    /// Number of their built-in picture, -1 for none.
    pub picture: i64,
    /// Address of their own picture.
    pub picture_url: String,
    /// Their x25519 key in hex.
    pub curve_key: String,
    /// Their domain name.
    pub domain: String,
}

/// Longest text of a friend request, in characters.
pub(crate) const CONTENT: usize = 2_000;
/// Longest name, in characters.
const NAME: usize = 64;
/// Longest address of a picture, in bytes.
const PICTURE_URL: usize = 2_048;
/// Most open requests that a room keeps. Whoever asks when there are as many, asks in vain.
pub(crate) const REQUESTS: i64 = 1_000;

impl IncomingRequest {
    /// Whether it is what a request may be.
    fn is_well_formed(&self) -> bool {
        let key = &self.curve_key;
        let domain = &self.domain;
        let of_domain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        public_key(&self.address).is_ok()
            && self.content.chars().count() <= CONTENT
            && self.nickname.chars().count() <= NAME
            && self.picture_url.len() <= PICTURE_URL
            && (key.is_empty() || (key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit())))
            && (domain.is_empty() || ((3..=32).contains(&domain.len()) && domain.bytes().all(of_domain)))
    }
}

impl Session {
    /// Takes a friend request that the network brought; see [`take_request`]. Says whether it was kept.
    ///
    /// # Errors
    /// Those of the database.
    pub fn receive_friend_request(&self, request: &IncomingRequest) -> Outcome<bool> {
        Ok(self.write(|write| take_request(self, write, request))?.is_some())
    }
}

/// Takes a friend request that the network brought. It lands in the room that knows the sender, else in the open one; one
/// that is repeated counts up. What is not well formed is dropped, and so are requests of contacts, of users who are blocked
/// in any room, of the user, and of strangers while a thousand others are open. Gives the room if it was kept.
///
/// # Errors
/// Those of the database.
pub(crate) fn take_request(
    session: &Session,
    write: &mut Write<'_>,
    request: &IncomingRequest,
) -> Outcome<Option<String>> {
    if !request.is_well_formed() || request.address == session.user.address {
        return Ok(None);
    }
    let unwanted = write
        .prepare_cached("SELECT 1 FROM contact WHERE address = ?1 AND (blocked = 1 OR state = 2)")?
        .exists([&request.address])?;
    if unwanted {
        return Ok(None);
    }
    let room = room_of(session, write, &request.address)?;
    let nickname = if request.nickname.is_empty() {
        name_of(&request.address)
    } else {
        request.nickname.clone()
    };
    let kept = write
        .prepare_cached(
            "INSERT INTO friend_request (id, address, room, incoming, content, nickname, picture, picture_url, curve_key, domain, times, created, updated)
             SELECT :id, :address, :room, 1, :content, :nickname, :picture, :picture_url, :curve_key, :domain, 1, :now, :now
             WHERE EXISTS (SELECT 1 FROM friend_request WHERE room = :room AND address = :address AND incoming = 1)
                OR (SELECT count(*) FROM friend_request WHERE room = :room AND incoming = 1 AND state = 0) < :most
             ON CONFLICT (room, address, incoming) DO UPDATE SET content = excluded.content,
                nickname = excluded.nickname, picture = excluded.picture, picture_url = excluded.picture_url,
                curve_key = excluded.curve_key, domain = excluded.domain, times = friend_request.times + 1,
                state = 0, seen = 0, updated = excluded.updated",
        )?
        .execute(named_params! {
            ":id": uuid::Uuid::new_v4().to_string(), ":address": request.address, ":room": room,
            ":content": request.content, ":nickname": nickname, ":picture": request.picture,
            ":picture_url": request.picture_url, ":curve_key": request.curve_key, ":domain": request.domain,
            ":most": REQUESTS, ":now": session.now(),
        })?;
    if kept == 0 {
        return Ok(None);
    }
    if room == session.room {
        write.emit(Event::RequestChanged {
            address: request.address.clone(),
        });
    }
    Ok(Some(room))
}

/// The room that knows somebody, the open one if several or none do.
fn room_of(session: &Session, connection: &Connection, address: &str) -> Outcome<String> {
    let room = connection
        .prepare_cached(
            "SELECT room FROM (
                SELECT room FROM contact WHERE address = ?1 UNION SELECT room FROM friend_request WHERE address = ?1
             ) ORDER BY room <> ?2 LIMIT 1",
        )?
        .query_row([address, &session.room], |row| row.get(0))
        .optional()?;
    Ok(room.unwrap_or_else(|| session.room.clone()))
}

/// The user's own name, pictures and domain name.
pub(crate) fn own_profile(connection: &Connection) -> Outcome<(String, i64, String, String)> {
    connection
        .prepare_cached("SELECT nickname, picture, picture_url, domain FROM account WHERE only = 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .or_code(Code::READ_USER)
}
