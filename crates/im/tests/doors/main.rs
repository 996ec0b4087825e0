//! The doors as other programs meet them: by sockets, friendly and hostile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod closing;
mod http;
mod raw;
mod socket;
mod visitor;
