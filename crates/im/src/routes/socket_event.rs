//! Listening to events. Each route adds an identifier to what the caller listens to; see [`crate::Listeners`].

use crate::events::Topic;
use crate::table::route_table;
use crate::wire::{Empty, Text, record};
use crate::{Engine, Outcome};

route_table! { SocketEvent;
    /// Listens to the authorisation of devices.
    "2.22" addAuthMessageEventHandler(AuthorisationListener) -> Empty, Engine = authorisation;
    /// Listens to login and logout.
    @old "2.23" addLoginStateListener(Listener) -> Empty, Engine = login;
    /// Listens to contacts and friend requests.
    "3.17" addContactEventHandler(Listener) -> Empty, Engine = contact;
    /// Listens to groups.
    "4.38" addGroupEventHandler(Listener) -> Empty, Engine = group;
    /// Listens to rooms.
    "6.23" addBlockConnectEventHandler(Listener) -> Empty, Engine = room;
    /// Listens to conversations and messages.
    "7.34" addReceive(Listener) -> Empty, Engine = receive;
    /// Listens to whether the recovery words were backed up.
    "8.37" addLoginPwdChangeEventHandler(Listener) -> Empty, Engine = backup;
}

record! {
    /// Who listens.
    pub struct Listener {
        /// What the caller will know the events by: at most 256 bytes, and at most 16 for one topic.
        identifier: Text,
    }

    /// Who listens to the authorisation of devices (2.22).
    pub struct AuthorisationListener {
        /// What the caller will know the events by: at most 256 bytes, and at most 16 for one topic.
        identifier "id": Text,
    }
}

fn add(engine: &Engine, topic: Topic, identifier: &str) -> Outcome<Empty> {
    engine.listeners().add(topic, identifier)?;
    Ok(Empty {})
}

fn authorisation(engine: &Engine, request: AuthorisationListener) -> Outcome<Empty> {
    add(engine, Topic::Authorisation, &request.identifier)
}

fn login(engine: &Engine, request: Listener) -> Outcome<Empty> {
    add(engine, Topic::Login, &request.identifier)
}

fn contact(engine: &Engine, request: Listener) -> Outcome<Empty> {
    add(engine, Topic::Contact, &request.identifier)
}

fn group(engine: &Engine, request: Listener) -> Outcome<Empty> {
    add(engine, Topic::Group, &request.identifier)
}

fn room(engine: &Engine, request: Listener) -> Outcome<Empty> {
    add(engine, Topic::Room, &request.identifier)
}

fn receive(engine: &Engine, request: Listener) -> Outcome<Empty> {
    add(engine, Topic::Receive, &request.identifier)
}

fn backup(engine: &Engine, request: Listener) -> Outcome<Empty> {
    add(engine, Topic::Backup, &request.identifier)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::Lab;

    #[test]
    fn every_route_listens_to_its_topic_for_its_caller_alone() {
        let mut lab = Lab::new();
        lab.engine.set_session(None);
        let routes = [
            ("addAuthMessageEventHandler", "id", Topic::Authorisation),
            ("addLoginStateListener", "identifier", Topic::Login),
            ("addContactEventHandler", "identifier", Topic::Contact),
            ("addGroupEventHandler", "identifier", Topic::Group),
            ("addBlockConnectEventHandler", "identifier", Topic::Room),
            ("addReceive", "identifier", Topic::Receive),
            ("addLoginPwdChangeEventHandler", "identifier", Topic::Backup),
        ];
        for (method, member, topic) in routes {
            assert_eq!(lab.ask(method, json!({ member: method })), json!({}));
            assert_eq!(lab.engine.listeners().of(topic), [method]);
            assert_eq!(lab.refused(method, json!({ member: "x".repeat(300) })), 20045);
        }
        let other = lab.engine.for_caller();
        assert_eq!(other.listeners().all().len(), 0);
        lab.engine = other;
        lab.ask("addReceive", json!({ "identifier": "mine" }));
        assert_eq!(lab.engine.listeners().of(Topic::Receive), ["mine"]);
    }
}
