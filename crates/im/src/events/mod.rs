//! What the engine tells without being asked.

mod bus;
mod frame;
mod listeners;

pub use bus::{Batch, Bus, Subscription};
pub use frame::{Frame, News, Overflow};
pub use listeners::Listeners;

use crate::model::{Conversation, Message};
use crate::routes::auth_login::Applicant;
use crate::wire::choice;

choice! {
    /// Which listener an event is for: each `add…` route of the module `socketEvent` listens to one of them.
    pub enum Topic: str {
        /// Conversations and messages (`addReceive`, 7.34).
        Receive = "receive",
        /// Contacts and friend requests (`addContactEventHandler`, 3.17).
        Contact = "contact",
        /// Groups (`addGroupEventHandler`, 4.38).
        Group = "group",
        /// Rooms (`addBlockConnectEventHandler`, 6.23).
        Room = "room",
        /// Authorisation of devices (`addAuthMessageEventHandler`, 2.22).
        Authorisation = "authorisation",
        /// Login and logout (`addLoginStateListener`, 2.23).
        Login = "login",
        /// Whether the mnemonic was backed up (`addLoginPwdChangeEventHandler`, 8.37).
        Backup = "backup",
    }
}

/// Declares the events: the enum, each one's name on the wire, its topic and its documentation, all at once.
macro_rules! events {
    ($( $(#[doc = $doc:literal])+ $variant:ident $name:literal $topic:ident { $( $(#[doc = $field_doc:literal])+ $field:ident: $type:ty, )* } )+) => {
        /// Something that happened.
        #[derive(Debug, Clone, serde::Serialize)]
        #[serde(tag = "type", content = "data")]
        pub enum Event {
            $(
                $(#[doc = $doc])+
                #[serde(rename = $name)]
                $variant {
                    $( $(#[doc = $field_doc])+ $field: $type, )*
                },
            )+
        }

        impl Event {
            /// Whose listeners get it.
            #[must_use]
            pub fn topic(&self) -> Topic {
                match self { $( Self::$variant { .. } => Topic::$topic, )+ }
            }
        }

        /// Every event as data, for the reference and the client.
        #[must_use]
        pub fn kinds() -> Vec<Kind> {
            use crate::wire::{Field, Shaped, paragraph};
            vec![$( Kind {
                name: $name,
                topic: Topic::$topic,
                doc: paragraph(&[$($doc),+]),
                fields: vec![$( Field {
                    name: stringify!($field),
                    also: None,
                    doc: paragraph(&[$($field_doc),+]),
                    required: <$type as Shaped>::REQUIRED,
                    shape: <$type as Shaped>::shape(),
                }, )*],
            }, )+]
        }
    };
}

/// One event as data.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Value of `type`.
    pub name: &'static str,
    /// Whose listeners get it.
    pub topic: Topic,
    /// When it fires.
    pub doc: String,
    /// Members of `data`.
    pub fields: Vec<crate::wire::Field>,
}

events! {
    /// A message was stored in the open room: an own one, a received one or one of the program's.
    MessageAdded "messageAdded" Receive {
        /// The message.
        message: Box<Message>,
    }
    /// A message changed: it was sent, failed, was delivered, read or recalled.
    MessageChanged "messageChanged" Receive {
        /// The message as it is now.
        message: Box<Message>,
    }
    /// Messages are gone.
    MessagesDeleted "messagesDeleted" Receive {
        /// Conversation they were in.
        conversation: String,
        /// Their ids; empty if all of the conversation are gone.
        messages: Vec<String>,
    }
    /// A file of a received message is on its way. When all is there the message changes.
    MediaProgress "mediaProgress" Receive {
        /// Id of the message.
        message: String,
        /// Which file: 0 what was sent, 1 the waveform of a voice message.
        part: i64,
        /// Bytes that are there.
        done: i64,
        /// Bytes of the whole file.
        total: i64,
    }
    /// A message came for a room that is not open, and the user wants another text to be told then: one of the room's, chosen at
    /// random. Nothing more of the room is told.
    NoticeOfRoom "noticeOfRoom" Receive {
        /// The text (6.14).
        text: String,
    }
    /// A contact types, or does not any more.
    Typing "typing" Receive {
        /// Node address of the contact.
        address: String,
        /// Whether they type.
        typing: bool,
    }
    /// A contact came online or went away, as far as it can be seen from here.
    Presence "presence" Contact {
        /// Node address of the contact.
        address: String,
        /// Whether one of their devices is connected.
        online: bool,
    }
    /// A conversation is new or changed in anything but its messages.
    ConversationChanged "conversationChanged" Receive {
        /// The conversation as it is now.
        conversation: Box<Conversation>,
    }
    /// A conversation is gone.
    ConversationDeleted "conversationDeleted" Receive {
        /// Its id.
        conversation: String,
    }
    /// The number of unread messages of the open room changed.
    UnreadChanged "unreadChanged" Receive {
        /// The number.
        total: i64,
    }
    /// A contact is new or changed.
    ContactChanged "contactChanged" Contact {
        /// Node address.
        address: String,
    }
    /// A contact is gone from this room.
    ContactDeleted "contactDeleted" Contact {
        /// Node address.
        address: String,
    }
    /// A friend request is new, changed or gone; ask for the list and the badge.
    RequestChanged "requestChanged" Contact {
        /// Node address of the other side.
        address: String,
    }
    /// A group, its configuration or its members changed.
    GroupChanged "groupChanged" Group {
        /// Id of the group.
        group: String,
    }
    /// A group is gone from this room.
    GroupDeleted "groupDeleted" Group {
        /// Id of the group.
        group: String,
    }
    /// Somebody applied to join a group, or such an application was answered.
    ApplicationChanged "applicationChanged" Group {
        /// Id of the group.
        group: String,
    }
    /// A room is new or changed.
    RoomChanged "roomChanged" Room {
        /// Its id.
        room: String,
    }
    /// A room was deleted.
    RoomDeleted "roomDeleted" Room {
        /// Its id.
        room: String,
    }
    /// A device of somebody who has the recovery words wants to be let in: answer with `authorize`, or not at all.
    AuthorisationRequested "authorisationRequested" Authorisation {
        /// The device, as its QR code would name it.
        applicant: Box<Applicant>,
    }
    /// The primary device let this one in; its user is logged in now.
    Authorised "authorised" Authorisation {
    }
    /// The list of the account's devices changed.
    DevicesChanged "devicesChanged" Authorisation {
    }
    /// Somebody logged in on this engine.
    LoggedIn "loggedIn" Login {
        /// Room that is open.
        room: String,
    }
    /// The user logged out; no more events come until the next login.
    LoggedOut "loggedOut" Login {
    }
    /// Whether the mnemonic was backed up changed.
    BackupChanged "backupChanged" Backup {
        /// 0 not, 1 backed up, 2 ignored.
        value: i64,
    }
}
