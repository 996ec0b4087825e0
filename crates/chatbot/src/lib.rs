//! Chatbots by the Custom API, protocol v2.0.
//!
//! [`protocol`] is what goes over the wire and who may send it. [`author`] reads a bot from the YAML that somebody wrote,
//! [`engine`] answers for it without any I/O, [`story`] holds conversations against it. [`desk`] takes requests for several
//! bots, as bytes, `server` brings them over HTTP, and `client` asks bots that are elsewhere.
//!
//! "The document" is the Chatbot Custom API Spec v2.0; where it is silent, `docs/chatbots.md` says what is done.

pub mod author;
#[cfg(feature = "client")]
pub mod client;
pub mod desk;
pub mod engine;
pub mod protocol;
#[cfg(feature = "server")]
pub mod server;
pub mod story;
