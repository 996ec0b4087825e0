//! What the user asks nodes for by a route: names of users and groups, and the room for files.

use std::sync::Arc;
use std::time::Duration;

use coco_net::protocol::{NameRecord, Owner, Refusal};
use coco_net::{ClientError, NodeClient};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rusqlite::Connection;
use tokio::time::timeout;

use super::{Online, blocking, lock, own, people};
use crate::model::contact;
use crate::routes::user;
use crate::{Code, Failure, Outcome};

/// How long a route waits for nodes.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the user signs to have a name; `None` on a device that has no recovery words.
fn sign(connection: &Connection, name: &str) -> Outcome<Option<NameRecord>> {
    let keys = own::user_keys(connection)?;
    Ok(keys.map(|keys| NameRecord::new(name, Owner::User(keys.public_key()), 1, |text| keys.sign(text))))
}

impl Online {
    /// Waits for nodes. Only for threads that may block.
    fn wait<T>(&self, asking: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        self.runtime.block_on(async {
            timeout(PATIENCE, asking)
                .await
                .unwrap_or_else(|_| Err(Code::CONNECTION_TIMEOUT.into()))
        })
    }

    /// Home nodes to which there is a connection.
    fn connected(&self) -> Vec<NodeClient> {
        let connected: Vec<String> = lock(&self.homes)
            .iter()
            .filter(|(_, connected)| **connected)
            .map(|(ticket, _)| ticket.clone())
            .collect();
        connected.iter().filter_map(|ticket| self.node(ticket)).collect()
    }

    /// The name of a user or group: asks the home nodes, and those of the user whose name it is as far as they are known. Empty if
    /// there is none. Only for threads that may block.
    ///
    /// # Errors
    /// 20000 if no node answers, 20003 if none does in time, and those of the database.
    pub(crate) fn name_held_by(&self, owner: Owner) -> Outcome<String> {
        let mut tickets = self.homes();
        if let Owner::User(user) = owner {
            let list = self
                .session
                .read(|connection| people::list(connection, &people::address(&user)))?;
            tickets.extend(list.map(|list| list.nodes).unwrap_or_default());
        }
        let found = self.first(tickets, |client| async move { client.name_held_by(owner).await })?;
        Ok(found.map(|record| record.name).unwrap_or_default())
    }

    /// The address of the user who has a name, by the home nodes; empty if no user has it. Only for threads that may block.
    ///
    /// # Errors
    /// 20000 if no node answers, 20003 if none does in time.
    pub(crate) fn user_named(&self, name: &str) -> Outcome<String> {
        let found = self.first(self.homes(), |client| async move { client.name_of(name).await })?;
        Ok(match found.map(|record| record.owner) {
            Some(Owner::User(user)) => people::address(&user),
            Some(Owner::Group(_)) | None => String::new(),
        })
    }

    /// The first record that one of some nodes has; `None` if none has one.
    fn first<F>(&self, mut tickets: Vec<String>, ask: impl Fn(NodeClient) -> F) -> Outcome<Option<NameRecord>>
    where
        F: Future<Output = Result<Option<NameRecord>, ClientError>>,
    {
        tickets.sort_unstable();
        tickets.dedup();
        let clients = tickets.iter().filter_map(|ticket| self.node(ticket));
        let mut asking: FuturesUnordered<_> = clients.map(ask).collect();
        self.wait(async {
            let mut answered = false;
            while let Some(answer) = asking.next().await {
                match answer {
                    Ok(Some(record)) => return Ok(Some(record)),
                    Ok(None) => answered = true,
                    Err(_) => {}
                }
            }
            if answered { Ok(None) } else { Err(Code::NETWORK.into()) }
        })
    }

    /// Registers a name for the user at each home node that is connected; others are told when they can be reached. Only for
    /// threads that may block.
    ///
    /// # Errors
    /// 20005 if the name is somebody else's or the user has another, 20003 if no node answers in time.
    pub(crate) fn take_name(&self, name: &str) -> Outcome<()> {
        let Some(record) = self.session.read(|connection| sign(connection, name))? else {
            return Ok(());
        };
        let clients = self.connected();
        self.wait(async {
            let (mut held, mut refused) = (false, false);
            for client in clients {
                match client.name_register(record.clone()).await {
                    Ok(()) => held = true,
                    Err(ClientError::Refused(Refusal::Taken)) => refused = true,
                    Err(_) => {}
                }
            }
            if refused && !held {
                return Err(Failure::with(Code::UPDATE_USER, "mDomain"));
            }
            Ok(())
        })
    }

    /// Registers the user's name at a node that can be reached now. If it was given to somebody else meanwhile and no home node
    /// knows it as the user's, the name becomes what the node knows instead.
    pub(super) async fn provide_name(&self, client: &NodeClient) -> Result<(), ClientError> {
        let session = Arc::clone(&self.session);
        let signed = blocking(move || {
            session.read(|connection| match contact::own_profile(connection)? {
                (.., name) if name.is_empty() => Ok(None),
                (.., name) => sign(connection, &name),
            })
        });
        let Ok(Some(record)) = signed.await else {
            return Ok(());
        };
        let (owner, name) = (record.owner, record.name.clone());
        match client.name_register(record).await {
            Err(ClientError::Refused(Refusal::Taken)) => {}
            // A node that does not keep the name serves the user otherwise.
            Ok(()) | Err(ClientError::Refused(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
        let instead = client.name_held_by(owner).await?;
        for home in self.homes() {
            let Some(home) = self.node(&home) else { continue };
            match home.name_held_by(owner).await {
                Ok(Some(held)) if held.name == name => return Ok(()),
                Ok(_) => {}
                // It may be there that the name is the user's.
                Err(_) => return Ok(()),
            }
        }
        let instead = instead.map(|record| record.name).unwrap_or_default();
        let session = Arc::clone(&self.session);
        let renamed = blocking(move || user::rename_domain(&session, &name, &instead));
        if let Err(failure) = renamed.await {
            eprintln!("engine: {failure}");
        }
        Ok(())
    }

    /// Bytes that files may take at the home node, and how many of them are taken. Only for threads that may block.
    ///
    /// # Errors
    /// 20000 if no home node is connected, 20003 if none answers in time.
    pub(crate) fn space(&self) -> Outcome<(u64, u64)> {
        let clients = self.connected();
        self.wait(async {
            for client in clients {
                if let Ok((used, limit)) = client.quota().await {
                    return Ok((limit, used));
                }
            }
            Err(Code::NETWORK.into())
        })
    }
}
