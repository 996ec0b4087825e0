//! The network node: mailboxes for devices that are away, a directory of who has which devices and where they are, and a
//! little storage. It knows nothing of what passes through it.

pub(crate) mod limits;
pub mod mailbox;

pub use limits::Limits;
