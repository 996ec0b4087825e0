//! Domain names (section 9 of the document).

use std::sync::Arc;

use coco_net::protocol::{Owner, is_name};
use rusqlite::{Connection, OptionalExtension as _};

use crate::model::contact;
use crate::table::route_table;
use crate::wire::{Text, Word, choice, record};
use crate::{Code, Failure, Outcome, Session};

route_table! { Domain;
    /// Asks the network for the domain name of an address; the user's own is known without it.
    "9.1" getDomainByP2p(DomainAsked) -> Word = from_network;
    /// Tells the domain name of an address as far as it is known on this device; empty if it is not.
    "9.2" getDomainByCnd(DomainKnown) -> Word = known;
    /// Asks the network whose a domain name is: the user's address, empty if no user has it. 20000 if no node answers, 600 if it
    /// is none.
    "beyond 8" getAddressByDomain(DomainName) -> Word = holder;
}

choice! {
    /// Whose domain name.
    pub enum DomainOf: i64 {
        /// A contact's.
        Contact = 1,
        /// A group's.
        Group = 2,
        /// A member's of a group.
        Member = 3,
        /// The user's own.
        User = 4,
        /// Whoever has the address.
        Anybody = 5,
        /// Whoever has the address and is no group.
        AnybodyButGroups = 6,
    }
}

record! {
    /// Whose domain name to ask for (9.1).
    pub struct DomainAsked {
        /// Node address, or id of a group.
        address "nodeId": Text,
        /// What it is the address of.
        of "type": DomainOf,
    }

    /// Whose domain name to look up (9.2).
    pub struct DomainKnown {
        /// Node address, or id of a group.
        address "nodeId": Text,
        /// What it is the address of.
        of "type": DomainOf,
        /// Id of the group whose member is meant; any group of the open room if absent.
        group "gid": Option<String>,
    }
}

record! {
    /// A domain name (beyond 8).
    pub struct DomainName {
        /// 3–32 small letters of English, digits and hyphens.
        domain: Text,
    }
}

fn holder(session: &Arc<Session>, request: DomainName) -> Outcome<Word> {
    let name = &*request.domain;
    if !is_name(name) {
        return Err(Failure::with(Code::PARAMETERS, "domain"));
    }
    if own(session)?.value == name {
        let value = session.user.address.clone();
        return Ok(Word { value });
    }
    let online = session.online().ok_or(Code::NETWORK)?;
    let value = online.user_named(name)?;
    Ok(Word { value })
}

fn from_network(session: &Arc<Session>, request: DomainAsked) -> Outcome<Word> {
    if request.of != DomainOf::Group {
        return of_user(session, &request.address);
    }
    ask(session, Owner::Group(key(&request.address)?))
}

/// The domain name of a user, by the network unless it is the user's own.
pub(crate) fn of_user(session: &Session, address: &str) -> Outcome<Word> {
    let user = key(address)?;
    if address == session.user.address {
        return own(session);
    }
    ask(session, Owner::User(user))
}

fn key(address: &str) -> Outcome<[u8; 32]> {
    coco_keys::user_address_bytes(address).ok_or(Code::CONTACT_LOOKUP.into())
}

fn ask(session: &Session, owner: Owner) -> Outcome<Word> {
    let online = session.online().ok_or(Code::NETWORK)?;
    let value = online.name_held_by(owner)?;
    Ok(Word { value })
}

fn own(session: &Session) -> Outcome<Word> {
    let (.., domain) = session.read(contact::own_profile)?;
    Ok(Word { value: domain })
}

fn known(session: &Arc<Session>, request: DomainKnown) -> Outcome<Word> {
    let address = &*request.address;
    let group = request.group.as_deref();
    if matches!(
        request.of,
        DomainOf::User | DomainOf::Anybody | DomainOf::AnybodyButGroups
    ) && address == session.user.address
    {
        return own(session);
    }
    session.read(|connection| {
        let of_contact = || {
            one(
                connection,
                "SELECT domain FROM contact WHERE address = ?1 AND room = ?2",
                &[address, &session.room],
            )
        };
        let of_group = || {
            one(
                connection,
                "SELECT domain FROM chat_group WHERE id = ?1 AND room = ?2",
                &[address, &session.room],
            )
        };
        let of_member = || match group {
            Some(group) => one(
                connection,
                "SELECT m.domain FROM group_member m JOIN chat_group g ON g.id = m.group_id
                 WHERE m.address = ?1 AND g.room = ?2 AND m.group_id = ?3",
                &[address, &session.room, group],
            ),
            None => one(
                connection,
                "SELECT m.domain FROM chat_group g JOIN group_member m ON m.group_id = g.id AND m.address = ?1
                 WHERE g.room = ?2 ORDER BY m.domain DESC LIMIT 1",
                &[address, &session.room],
            ),
        };
        let value = match request.of {
            DomainOf::Contact => of_contact()?,
            DomainOf::Group => of_group()?,
            DomainOf::Member => of_member()?,
            DomainOf::User => None,
            DomainOf::Anybody => first([of_contact()?, of_group()?, of_member()?]),
            DomainOf::AnybodyButGroups => first([of_contact()?, of_member()?, None]),
        };
        Ok(Word {
            value: value.unwrap_or_default(),
        })
    })
}

fn first(found: [Option<String>; 3]) -> Option<String> {
    found.into_iter().flatten().find(|domain| !domain.is_empty())
}

fn one(connection: &Connection, sql: &str, values: &[&str]) -> Outcome<Option<String>> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement
        .query_row(rusqlite::params_from_iter(values), |row| row.get(0))
        .optional()?)
}
