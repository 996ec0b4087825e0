//! A node and its clients over real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod actors;
mod directory;
mod hostile;
mod mailbox;
mod relay;
mod storage;
