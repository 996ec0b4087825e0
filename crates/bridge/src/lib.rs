//! What a CocoAPP may ask of the program that hosts it.
//!
//! A page sends a request (`{cmd, data, sign?, messageId?}`) and gets exactly one answer
//! (`{code, cmd, result?, message?, messageId?}`). This crate holds everything between the two that
//! needs no window:
//!
//! * [`app`] is what calls: an installed package, or what a developer is working on,
//! * [`envelope`] reads requests and writes answers,
//! * [`commands`] is the one table of commands: name, level, parameters, answer, handler,
//! * [`certificate`] decides who may call a command above level 0, by what [`authorities`] say,
//! * [`consent`] remembers what the person allowed, and waits for their word,
//! * [`machine`] keeps the correlation rules and does no I/O at all,
//! * [`host`] is what a command may use of the outside; [`local`] is that outside on a person's computer,
//! * [`session`] drives one machine with one worker thread,
//! * [`guard`] is the script that a page finds before its own first script runs.
//!
//! Numbers such as "bridge 2.5" in comments name chapters and rules of the bridge specification.

pub mod app;
pub mod authorities;
pub mod cancel;
pub mod certificate;
pub mod code;
pub mod commands;
pub mod consent;
pub mod disk;
pub mod envelope;
pub mod guard;
pub mod host;
pub mod language;
pub mod limits;
pub mod local;
pub mod machine;
pub mod page;
mod rate;
pub mod session;

pub use app::App;
pub use cancel::Cancel;
pub use certificate::Certificates;
pub use code::{BridgeError, Code};
pub use host::{Host, HostError};
pub use language::Language;
pub use machine::Machine;
pub use session::Session;
