//! Groups and accounts through their public API.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod actors;
mod concurrent;
mod converge;
mod model;
mod operations;
mod registers;
mod rules;
