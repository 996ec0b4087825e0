//! What the store holds, and how it looks on the wire.

pub(crate) mod conversation;
pub(crate) mod message;
pub(crate) mod room;

pub use conversation::Conversation;
pub use message::Message;
