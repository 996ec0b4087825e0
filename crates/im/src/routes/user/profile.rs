//! Who the user is.

use std::sync::Arc;

use coco_net::protocol::is_name;
use rusqlite::{Connection, params};

use crate::model::{room, version};
use crate::outbox;
use crate::session::OrCode as _;
use crate::table::route_table;
use crate::wire::{Empty, Switch, record};
use crate::{Code, Failure, Outcome, Session};

route_table! { User;
    /// Gives the user's profile.
    "8.1" getUserSingleInfo(Empty) -> Profile = profile;
    /// Changes the user's profile; what is absent stays as it is. Contacts are told when the network is there.
    "8.2" updateUserSingleInfo(NewProfile) -> Profile = change;
    /// Tells how often each kind of data that devices share has changed. In any room but the default one this is told of
    /// the profile alone: the other counts, which go through all rooms, are 0.
    "8.21" getVersion(Empty) -> Versions = versions;
}

record! {
    /// The user's profile (8.1).
    pub struct Profile {
        /// Id of the account on this device.
        u_id: String,
        /// Name.
        u_nick: String,
        /// Node address.
        u_nd_add: String,
        /// Number of the built-in picture, -1 for none.
        u_pfp_id: i64,
        /// Address of the own picture.
        u_pfp_url: String,
        /// Not used any more; empty.
        u_empty_pwd: String,
        /// Address by which the network sees this device; empty while that is not known.
        u_ip: String,
        /// Ed25519 key in hex.
        c_pub_key: String,
        /// X25519 key in hex.
        c_pub_curve: String,
        /// Not used any more; empty.
        u_anon_pwd: String,
        /// Most rooms.
        u_max_bolcks: i64,
        /// Most members of a group.
        u_max_gp_mbr: i64,
        /// Version of the profile.
        u_version: i64,
        /// Version of the list of contacts; 0 in any room but the default one.
        c_list_version: i64,
        /// Most members of a group video call.
        u_max_gp_vc_mbr: i64,
        /// When the account was made, in milliseconds since 1970.
        created_time: i64,
        /// When the profile last changed, in milliseconds since 1970.
        updated_time: i64,
        /// Domain name.
        u_domain: String,
        /// Whether the account is backed up on its node.
        back_back_file: Switch,
    }

    /// A changed profile (8.2).
    pub struct NewProfile {
        /// Whether contacts are told when the network is there; they are unless this is false.
        share "cache": Option<bool>,
        /// Name; 1 to 64 characters.
        nickname: Option<String>,
        /// Number of the built-in picture, -1 for none.
        picture "pfpId": Option<i64>,
        /// Address of the own picture; at most 2,048 characters.
        picture_url "pfpUrl": Option<String>,
        /// Domain name; 3 to 32 lower-case letters, digits and hyphens, or empty for none.
        domain "mDomain": Option<String>,
        /// Whether the account is to be backed up on its node.
        backup "backUp": Option<bool>,
    }

    /// How often shared data has changed (8.21).
    pub struct Versions {
        /// Contacts.
        contacts "contactVersion": i64,
        /// Groups.
        groups "groupVersion": i64,
        /// The profile.
        user "userVersion": i64,
        /// Rooms.
        rooms "blockVersion": i64,
        /// Domain names.
        domains "domainName": i64,
        /// Login information.
        login "loginPwd": i64,
        /// Favourites.
        favourites "favoriteVersion": i64,
        /// The blacklist.
        blacklist "blackVersion": i64,
        /// Messages of groups.
        group_messages "groupMessage": i64,
        /// Messages of contacts.
        messages "userMessage": i64,
    }
}

/// Longest name, in characters.
const NAME: usize = 64;
/// Longest address of a picture, in characters.
const URL: usize = 2_048;
/// Most members of a group.
const MEMBERS: i64 = 500;
/// Most members of a group video call.
const VIDEO_MEMBERS: i64 = 9;

fn profile(session: &Arc<Session>, _: Empty) -> Outcome<Profile> {
    session.read(|connection| read(session, connection))
}

fn read(session: &Session, connection: &Connection) -> Outcome<Profile> {
    let version = version::get(connection, version::of::USER)?;
    let list_version = match room::manages(session) {
        true => version::get(connection, version::of::CONTACTS)?,
        false => 0,
    };
    connection
        .prepare_cached(
            "SELECT id, nickname, picture, picture_url, created, updated, domain, backup FROM account WHERE only = 1",
        )?
        .query_row([], |row| {
            Ok(Profile {
                u_id: row.get(0)?,
                u_nick: row.get(1)?,
                u_nd_add: session.user.address.clone(),
                u_pfp_id: row.get(2)?,
                u_pfp_url: row.get(3)?,
                u_empty_pwd: String::new(),
                u_ip: String::new(),
                c_pub_key: session.user.public_key.clone(),
                c_pub_curve: session.user.curve_key.clone(),
                u_anon_pwd: String::new(),
                u_max_bolcks: room::MOST,
                u_max_gp_mbr: MEMBERS,
                u_version: version,
                c_list_version: list_version,
                u_max_gp_vc_mbr: VIDEO_MEMBERS,
                created_time: row.get(4)?,
                updated_time: row.get(5)?,
                u_domain: row.get(6)?,
                back_back_file: row.get(7)?,
            })
        })
        .or_code(Code::READ_USER)
}

fn change(session: &Arc<Session>, request: NewProfile) -> Outcome<Profile> {
    if let Some(name) = &request.nickname
        && !(1..=NAME).contains(&name.chars().count())
    {
        return Err(Failure::with(Code::LIMIT, format!("nickname: 1–{NAME}")));
    }
    if request
        .picture_url
        .as_ref()
        .is_some_and(|url| url.chars().count() > URL)
    {
        return Err(Failure::with(Code::LIMIT, format!("pfpUrl: {URL}")));
    }
    if request
        .domain
        .as_deref()
        .is_some_and(|domain| !domain.is_empty() && !is_name(domain))
    {
        return Err(Failure::with(Code::PARAMETERS, "mDomain"));
    }
    if let Some(domain) = request.domain.as_deref()
        && !domain.is_empty()
        && let Some(online) = session.online()
    {
        online.take_name(domain)?;
    }
    session.write(|write| {
        write
            .prepare_cached(
                "UPDATE account SET nickname = coalesce(?1, nickname), picture = coalesce(?2, picture),
                    picture_url = coalesce(?3, picture_url), domain = coalesce(?4, domain), backup = coalesce(?5, backup),
                    updated = ?6 WHERE only = 1",
            )?
            .execute(params![
                request.nickname,
                request.picture,
                request.picture_url,
                request.domain,
                request.backup,
                session.now()
            ])?;
        version::bump(write, version::of::USER)?;
        let profile = read(session, write)?;
        if request.share.unwrap_or(true) {
            let payload = serde_json::to_value(&profile).unwrap_or_default();
            outbox::queue(session, write, "profile", &session.user.address, &payload)?;
        }
        Ok(profile)
    })
}

/// Gives the user another domain name than one that turned out to be somebody else's, and tells contacts.
pub(crate) fn rename_domain(session: &Session, from: &str, to: &str) -> Outcome<()> {
    session.write(|write| {
        let changed = write
            .prepare_cached("UPDATE account SET domain = ?2, updated = ?3 WHERE only = 1 AND domain = ?1")?
            .execute(params![from, to, session.now()])?;
        if changed == 0 {
            return Ok(());
        }
        version::bump(write, version::of::USER)?;
        let payload = serde_json::to_value(read(session, write)?).unwrap_or_default();
        outbox::queue(session, write, "profile", &session.user.address, &payload)
    })
}

/// Whether a text may be a domain name (im.md 9).
fn versions(session: &Arc<Session>, _: Empty) -> Outcome<Versions> {
    session.read(|connection| {
        let of = |name| match room::manages(session) {
            true => version::get(connection, name),
            false => Ok(0),
        };
        Ok(Versions {
            contacts: of(version::of::CONTACTS)?,
            groups: of(version::of::GROUPS)?,
            user: version::get(connection, version::of::USER)?,
            rooms: of(version::of::ROOMS)?,
            domains: of(version::of::DOMAINS)?,
            login: of(version::of::LOGIN)?,
            favourites: of(version::of::FAVOURITES)?,
            blacklist: of(version::of::BLACKLIST)?,
            group_messages: of(version::of::GROUP_MESSAGES)?,
            messages: of(version::of::MESSAGES)?,
        })
    })
}
