//! Several engines over real sockets, driven by routes alone.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod devices;
mod groups;
mod hostile;
mod kinds;
mod nodes;
mod people;
mod rooms;
mod two;
