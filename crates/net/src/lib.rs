//! Transport between devices, and the network node that helps them find each other.
//!
//! * [`wire`]: frames, bounded before they are read.
//! * [`Endpoint`]: one QUIC endpoint per device, dialled by its ed25519 key. It contacts nobody whose address it was not told.
//! * [`peer`]: what devices ask each other: envelopes with acknowledgement, files, datagrams.
//! * [`nearby`]: devices on the same network or computer. [`relay`]: carries packets between those that do not reach each other.
//! * [`node`]: what waits for devices that are away, and tells where they are; [`protocol`] is what it is asked, [`client`] asks.
//!
//! Nothing in here knows what envelopes contain.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod client;
mod endpoint;
mod error;
pub mod nearby;
pub mod node;
pub mod peer;
pub mod protocol;
pub mod relay;
mod ticket;
pub mod wire;

pub use client::{ClientError, Download, NodeClient, Subscription};
pub use endpoint::{Connection, Endpoint, EndpointOptions, Key, Place};
pub use error::NetError;
pub use nearby::Nearby;
pub use peer::{Handler, Peer, Piece, Refused};
pub use ticket::{Ticket, TicketError};
