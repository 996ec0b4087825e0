//! Events as they go to those who listen.

use serde::Serialize;

use super::{Batch, Event, Listeners};

/// One event for one identifier of a listener (im.md 1).
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The identifier that the listener gave.
    pub event: String,
    /// What happened.
    #[serde(flatten)]
    pub what: News,
}

/// What a frame tells.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum News {
    /// That the listener was too slow.
    Missed(Overflow),
    /// An event.
    Event(Event),
}

/// That a listener was too slow and missed the oldest events.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", content = "data")]
pub enum Overflow {
    /// How many were missed. What is shown should be asked for again.
    #[serde(rename = "overflow")]
    Overflow {
        /// Number of events that were missed.
        missed: u64,
    },
}

impl Batch {
    /// The frames for a listener: first what it missed, to each of its identifiers, then every event to each identifier of
    /// the event's topic.
    #[must_use]
    pub fn frames(&self, listeners: &Listeners) -> Vec<Frame> {
        let mut frames = Vec::new();
        if self.missed > 0 {
            let missed = || News::Missed(Overflow::Overflow { missed: self.missed });
            frames.extend(listeners.all().into_iter().map(|event| Frame { event, what: missed() }));
        }
        for event in &self.events {
            let identifiers = listeners.of(event.topic()).into_iter();
            frames.extend(identifiers.map(|identifier| Frame {
                event: identifier,
                what: News::Event(event.clone()),
            }));
        }
        frames
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Topic;

    #[test]
    fn frames_name_the_listener_and_begin_with_what_was_missed() {
        let listeners = Listeners::default();
        listeners.add(Topic::Room, "rooms").unwrap();
        listeners.add(Topic::Login, "login").unwrap();
        let batch = Batch {
            events: vec![Event::RoomChanged { room: "1".to_owned() }, Event::DevicesChanged {}],
            missed: 3,
        };
        let missed = |name: &str| json!({ "event": name, "type": "overflow", "data": { "missed": 3 } });
        let changed = json!({ "event": "rooms", "type": "roomChanged", "data": { "room": "1" } });
        let frames = serde_json::to_value(batch.frames(&listeners)).unwrap();
        assert_eq!(frames, json!([missed("login"), missed("rooms"), changed]));
    }
}
