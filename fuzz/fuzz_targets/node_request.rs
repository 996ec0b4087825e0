#![no_main]
//! What anybody may send to a node, and what a person may paste as a node's ticket.

use coco_net::protocol::{Request, is_name};
use coco_net::{Ticket, wire};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = wire::decode::<Request>(bytes) {
        // What was understood is written and understood again.
        let again = wire::encode(&request).expect("a request can be written");
        assert_eq!(wire::decode::<Request>(&again[4..]).ok(), Some(request.clone()));
        match request {
            Request::Publish(listing) => drop(listing.is_genuine()),
            Request::NameRegister(record) => assert!(!record.is_genuine() || is_name(&record.name)),
            Request::NameTransfer { record, .. } => drop(record.is_genuine()),
            Request::Announce(place) => drop(place.is_bounded()),
            _ => {}
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(ticket) = text.parse::<Ticket>()
    {
        assert_eq!(ticket.to_string().parse(), Ok(ticket));
    }
});
