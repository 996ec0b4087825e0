//! The instant-messaging engine.
//!
//! * [`Engine`]: opens a data folder and answers requests; every door (in process, HTTP, WebSocket) calls
//!   [`Engine::answer`].
//! * [`Table`]: the routes, each declared once with what it takes and answers; validation, the TypeScript client and the
//!   reference are made from it.
//! * [`Session`]: somebody who is logged in, in one room.
//! * [`Store`]: the encrypted database.
//! * [`Event`]: what the engine tells without being asked.
//! * `doors`, with the feature of that name: HTTP and WebSocket.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod bots;
mod chain;
mod clock;
mod code;
#[cfg(feature = "doors")]
pub mod doors;
mod engine;
mod events;
mod failure;
mod media;
mod model;
mod net;
mod outbox;
mod routes;
mod search;
mod session;
mod store;
mod sweep;
mod table;
#[cfg(any(test, feature = "lab"))]
pub mod testing;
pub mod wire;

pub use clock::Clock;
pub use code::Code;
pub use engine::{Answer, Engine, Label, Options, Passwords};
pub use events::{Batch, Bus, Event, Frame, Kind, Listeners, News, Overflow, Subscription, Topic, kinds};
pub use failure::{Failure, Outcome};
pub use model::{Contact, Conversation, Group, GroupConfig, GroupMember, IncomingRequest, Message};
pub use net::NetworkOptions;
pub use session::{Session, User};
pub use store::{Store, StoreKey};
pub use table::{Module, Route, Table, When};
