//! The network's nodes that the user chose.

use std::net::IpAddr;
use std::sync::Arc;

use rusqlite::{OptionalExtension as _, params};

use crate::table::route_table;
use crate::wire::{Empty, Text, Word, record};
use crate::{Code, Engine, Failure, Outcome, Session};

route_table! { User;
    /// Whether the engine is connected to a node: 0 it is trying, 1 it is, 2 it is not.
    "8.13" connectionState(Empty) -> Connection, Engine = connection;
    /// Asks the network for the domain name of a user; the user's own is known without it.
    "8.23" getDomainByP2pToXNX(Address) -> Word = domain;
    /// Tells how many sessions the user has on the node; none while there is no connection.
    "8.24" getSessionNum(Empty) -> Word = sessions;
    /// Tells the address of the node that is in use; empty if none was chosen.
    "8.25" getSuperNodeId(Empty) -> Word = current;
    /// Whether the cloud storage can be reached: 1 it can, 2 it is being tried, 3 it cannot.
    "8.29" storageState(Empty) -> Storage = storage;
    /// Adds a node. The first one is used at once.
    "8.31" addProxyInfo(NewNode) -> Empty = add;
    /// Removes a node.
    "8.32" removeProxyInfo(NodeToRemove) -> Empty = remove;
    /// Chooses the node that is used, for everything or for the cloud storage.
    "8.33" setAllProxy(NodeChoice) -> Empty = choose;
}

crate::wire::figure! {
    /// Connection to a node: 0 being tried, 1 there, 2 not there.
    pub struct ConnectionState = 0 | 1 | 2;

    /// Connection to the cloud storage: 1 there, 2 being tried, 3 not there.
    pub struct StorageState = 1 | 2 | 3;
}

record! {
    /// State of the connection to a node (8.13).
    pub struct Connection {
        /// The state.
        value: ConnectionState,
    }

    /// State of the connection to the cloud storage (8.29).
    pub struct Storage {
        /// The state.
        value: StorageState,
    }

    /// A user (8.23).
    pub struct Address {
        /// Node address.
        address "nodeId": Text,
    }

    /// A node to add (8.31).
    pub struct NewNode {
        /// Code of the country that it is in; at most 8 characters.
        country "code": Text,
        /// Its IP address.
        ip: Text,
        /// Its port.
        port: Text,
        /// Its id: its key, or its ticket; at most 1,024 characters.
        node "nodeId": Text,
    }

    /// A node to remove (8.32).
    pub struct NodeToRemove {
        /// Its id, as it was added or as it is kept.
        id: Text,
    }

    /// A node to use (8.33).
    pub struct NodeChoice {
        /// The node.
        info: NodeInfo,
        /// Whether it is to be used for the cloud storage only.
        cloud "isCloud": bool,
    }

    /// A node (8.33).
    pub struct NodeInfo {
        /// IP address and port with a colon between.
        host: Text,
        /// Its id.
        node "nodeId": Text,
        /// Code of the country that it is in.
        country "code": Text,
        /// The id under which it is kept.
        id: Text,
        /// Whether it came with the program.
        is_default "isDefault": bool,
        /// Whether it is in use.
        is_current "isCurrent": bool,
    }
}

/// Most nodes.
const NODES: i64 = 64;
/// Longest id, in characters: a ticket may stand for it.
const ID: usize = 1_024;
/// Longest code of a country, in characters.
const COUNTRY: usize = 8;

fn connection(engine: &Engine, _: Empty) -> Outcome<Connection> {
    let online = engine.session().ok().and_then(|session| session.online());
    Ok(Connection {
        value: online.map_or(2, |online| online.state()).into(),
    })
}

fn domain(session: &Arc<Session>, request: Address) -> Outcome<Word> {
    crate::routes::domain::of_user(session, &request.address)
}

fn sessions(_: &Arc<Session>, _: Empty) -> Outcome<Word> {
    Ok(Word { value: "0".to_owned() })
}

fn current(session: &Arc<Session>, _: Empty) -> Outcome<Word> {
    session.read(|connection| {
        let node = connection
            .prepare_cached("SELECT node FROM node WHERE is_current = 1 LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(Word {
            value: node.unwrap_or_default(),
        })
    })
}

fn storage(session: &Arc<Session>, _: Empty) -> Outcome<Storage> {
    let state = session.online().map_or(2, |online| online.state());
    Ok(Storage {
        value: match state {
            1 => 1.into(),
            0 => 2.into(),
            _ => 3.into(),
        },
    })
}

/// Reads the place of a node.
fn place(ip: &str, port: &str) -> Outcome<(String, u16)> {
    let ip: IpAddr = ip.parse().map_err(|_| Failure::with(Code::PARAMETERS, "ip"))?;
    match port.parse() {
        Ok(port) if port != 0 => Ok((ip.to_string(), port)),
        _ => Err(Failure::with(Code::PARAMETERS, "port")),
    }
}

fn add(session: &Arc<Session>, request: NewNode) -> Outcome<Empty> {
    let (host, port) = place(&request.ip, &request.port)?;
    if request.node.chars().count() > ID || request.country.chars().count() > COUNTRY {
        return Err(Code::LIMIT.into());
    }
    session.write(|write| {
        let count: i64 = write
            .prepare_cached("SELECT count(*) FROM node")?
            .query_row([], |row| row.get(0))?;
        if count >= NODES {
            return Err(Failure::with(Code::LIMIT, NODES.to_string()));
        }
        write
            .prepare_cached(
                "INSERT INTO node (id, country, host, port, node, is_current, created, updated)
                 VALUES (?1, ?2, ?3, ?4, ?1, ?5, ?6, ?6)
                 ON CONFLICT (id) DO UPDATE SET country = excluded.country, host = excluded.host, port = excluded.port,
                    updated = excluded.updated",
            )?
            .execute(params![
                &*request.node,
                &*request.country,
                host,
                port,
                count == 0,
                session.now()
            ])?;
        Ok(Empty {})
    })?;
    apply(session);
    Ok(Empty {})
}

/// Uses the nodes as they are chosen now.
fn apply(session: &Session) {
    if let Some(online) = session.online() {
        online.refresh();
    }
}

fn remove(session: &Arc<Session>, request: NodeToRemove) -> Outcome<Empty> {
    session.write(|write| {
        let gone = write
            .prepare_cached("DELETE FROM node WHERE id = ?1")?
            .execute([&*request.id])?;
        if gone == 0 {
            return Err(Failure::with(Code::PARAMETERS, "id"));
        }
        Ok(Empty {})
    })?;
    apply(session);
    Ok(Empty {})
}

fn choose(session: &Arc<Session>, request: NodeChoice) -> Outcome<Empty> {
    let info = request.info;
    let (ip, port) = info
        .host
        .rsplit_once(':')
        .ok_or(Failure::with(Code::PARAMETERS, "info.host"))?;
    let (host, port) = place(ip.trim_matches(['[', ']']), port)?;
    if [&info.node, &info.id].iter().any(|id| id.chars().count() > ID) || info.country.chars().count() > COUNTRY {
        return Err(Code::LIMIT.into());
    }
    session.write(|write| {
        let count: i64 = write
            .prepare_cached("SELECT count(*) FROM node WHERE id <> ?1")?
            .query_row([&*info.id], |row| row.get(0))?;
        if count >= NODES {
            return Err(Failure::with(Code::LIMIT, NODES.to_string()));
        }
        let cleared = if request.cloud { "UPDATE node SET is_cloud = 0" } else { "UPDATE node SET is_current = 0" };
        write.prepare_cached(cleared)?.execute([])?;
        write
            .prepare_cached(
                "INSERT INTO node (id, country, host, port, node, is_default, is_current, is_cloud, created, updated)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1 - ?7, ?7, ?8, ?8)
                 ON CONFLICT (id) DO UPDATE SET country = excluded.country, host = excluded.host, port = excluded.port,
                    node = excluded.node, is_default = excluded.is_default, updated = excluded.updated,
                    is_current = max(node.is_current, excluded.is_current), is_cloud = max(node.is_cloud, excluded.is_cloud)",
            )?
            .execute(params![
                &*info.id,
                &*info.country,
                host,
                port,
                &*info.node,
                info.is_default,
                request.cloud,
                session.now()
            ])?;
        Ok(Empty {})
    })?;
    apply(session);
    Ok(Empty {})
}
