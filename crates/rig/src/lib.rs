//! A rig for tests of the whole: the program `coco` runs as processes that are killed at any moment, in networks whose links are
//! slow, lossy or cut, and what was promised must hold all the same.
//!
//! * [`net`] connects network namespaces by links of our own; [`traffic`] is what went over them;
//! * [`engine`] and [`node`] run the program, [`talk`] says what people do with it;
//! * [`search`] looks for plaintext where none may be;
//! * [`scenario`] plays seeded random days and judges them.
//!
//! No program that people use depends on it. It works on Linux alone, and is empty elsewhere.

#![cfg(target_os = "linux")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing))]

pub mod engine;
mod error;
pub mod events;
pub mod net;
pub mod node;
mod process;
pub mod scenario;
pub mod search;
pub mod space;
pub mod talk;
pub mod traffic;
pub mod wait;

pub use error::RigError;
