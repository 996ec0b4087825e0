//! Devices in memory that talk to each other, and those who would like to listen.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub
)]

mod actors;
mod envelopes;
mod faults;
mod groups;
mod lists;
mod prekeys;
mod sessions;
