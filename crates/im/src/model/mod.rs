//! What the store holds, and how it looks on the wire.

pub(crate) mod account;
pub(crate) mod assignment;
pub(crate) mod contact;
pub(crate) mod conversation;
pub(crate) mod favourite;
pub(crate) mod group;
pub(crate) mod mention;
pub(crate) mod message;
pub(crate) mod room;
pub(crate) mod version;

pub use contact::{Contact, IncomingRequest};
pub use conversation::Conversation;
pub use group::{Group, GroupConfig, GroupMember};
pub use message::Message;

use crate::wire::figure;

figure! {
    /// Type of a message: 1 text, 2 system, 3 voice, 4 video, 5 file, 6 image, 10 card, 11 forward, 12 quote, 13 group
    /// operation, 14 call, 15 blacklist, 16 recall, 17 red envelope, 18 transfer.
    pub struct MessageKind = 1 | 2 | 3 | 4 | 5 | 6 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18;

    /// Type of a conversation's last message as in [`MessageKind`], 0 if there is none.
    pub struct LastMessageKind = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18;

    /// Kind of a conversation: 1 single, 2 group.
    pub struct ConversationKind = 1 | 2;

    /// Who wrote a message: 0 the user, 1 somebody else, 2 the program.
    pub struct MessageSource = 0 | 1 | 2;

    /// Whether a message was read: 1 unread, 2 read, 3 delivered.
    pub struct ReadState = 1 | 2 | 3;

    /// Whether a message was sent: 0 on its way, 1 sent, 2 failed.
    pub struct SendState = 0 | 1 | 2;
}
