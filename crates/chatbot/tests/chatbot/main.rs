//! Bots as their callers and authors see them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod author;
mod client;
mod desk;
mod people;
mod protocol;
mod server;
mod stories;
