//! The program as a whole, under whatever may happen to it: engines and nodes are killed, links are bad or cut, and every promise
//! holds all the same. `RIG_SEED` repeats a day that went wrong, `RIG_ROUNDS` makes days longer.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod alone;
mod devices;
mod flood;
mod people;
mod together;
