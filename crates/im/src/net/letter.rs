//! What engines say to each other, once it is decrypted.
//!
//! A letter is JSON, so that engines of different versions understand each other: members that are not known are ignored,
//! kinds that are not known are dropped.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::media::LARGEST;

/// Longest name of a person, in characters.
const NAME: usize = 64;
/// Longest address of a picture, in bytes.
const PICTURE_URL: usize = 2_048;
/// Longest content of a message, in bytes.
pub(super) const BODY: usize = 640 * 1024;
/// Most ids in one letter.
pub(super) const IDS: usize = 1_000;
/// Most files of a message.
const FILES: usize = 2;
/// Longest name of a file, in characters.
const FILE_NAME: usize = 255;
/// Longest time that messages are there after they were read, in milliseconds: a year.
const BURN_LIMIT: i64 = 366 * 24 * 60 * 60 * 1_000;

/// What somebody says of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Profile {
    /// Name.
    pub(crate) nickname: String,
    /// Number of the built-in picture, -1 for none.
    pub(crate) picture: i64,
    /// Address of the own picture.
    pub(crate) picture_url: String,
    /// Domain name.
    pub(crate) domain: String,
    /// Counts the changes.
    pub(crate) version: i64,
    /// With what contacts may put letters into the person's mailboxes, in hex; only contacts get it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
}

/// A file of a message: an encrypted copy that is fetched by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attachment {
    /// Which file of the message: 0 what was sent, 1 the waveform of a voice message.
    pub(crate) part: i64,
    /// BLAKE3 of the encrypted copy in hex: the name by which it is asked for.
    pub(crate) file: String,
    /// Key of the copy in hex.
    pub(crate) key: String,
    /// Name of the original.
    pub(crate) name: String,
    /// Bytes of the original.
    pub(crate) size: u64,
    /// SHA-256 of the original in hex.
    pub(crate) hash: String,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Posted {
    /// Id: 64 hexadecimal digits.
    pub(crate) id: String,
    /// Type.
    pub(crate) sort: i64,
    /// Content, as `msg_cry` is.
    pub(crate) body: String,
    /// When it was written, in milliseconds since 1970.
    pub(crate) created: i64,
    /// How long it is there after it was read, in milliseconds; 0 for good.
    #[serde(default)]
    pub(crate) burn: i64,
    /// Its files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) files: Vec<Attachment>,
}

/// What one engine says to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum Letter {
    /// Asks to become a contact.
    FriendRequest { content: String, profile: Profile },
    /// Accepts that.
    FriendAccepted { profile: Profile },
    /// The sender deleted the recipient from the contacts.
    ContactDeleted {},
    /// The sender blocked the recipient.
    Blocked {},
    /// The sender unblocked the recipient.
    Unblocked {},
    /// The sender's profile changed.
    Profile { profile: Profile },
    /// A message.
    Message { message: Posted },
    /// Messages of the recipient's were stored.
    Delivered { messages: Vec<String> },
    /// Messages of the recipient's were read.
    Read { messages: Vec<String> },
    /// The sender takes a message back.
    Recall { message: String },
    /// All messages of the conversation up to a time are to go.
    DeleteBoth { until: i64 },
    /// How long messages of the conversation are there after they were read.
    BurnTime { time: i64 },
    /// The sender types, or not any more. Never stored.
    Typing { typing: bool },
    /// Operations of a group, base64.
    GroupOperations { group: String, operations: Vec<String> },
    /// Asks for the operations of a group that are not among these or before them: their hashes, in hex.
    GroupHeads { group: String, heads: Vec<String> },
    /// The key with which the sender's device encrypts for a group from now on, base64.
    GroupKey { group: String, key: String },
    /// Asks those who decide to let the sender into a group.
    GroupJoin {
        group: String,
        profile: Profile,
        approval: bool,
    },
    /// The sender's devices changed: the signed list, base64.
    Devices { list: String },
    /// Asks for letters that did not arrive: from one number to before another.
    Missing { from: u64, until: u64 },
    /// A letter that did not arrive, again, with its number and the group that it was written to; none if it is not known any
    /// more.
    Again {
        counter: u64,
        group: Option<String>,
        letter: Option<Value>,
    },
    /// Says nothing, in the place of a letter that has been dealt with.
    Nothing {},
    /// What the user did on another device; only between devices of one user.
    Own { deed: Box<Own> },
}

/// Somebody whom the user knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// The devices as that person signed them, in hex.
    pub(crate) list: String,
    /// What letters are put into their mailboxes with, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
}

/// What one device of a user tells the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "camelCase")]
pub(crate) enum Own {
    /// The user wrote a message.
    Wrote {
        room: String,
        peer: String,
        group: bool,
        message: Posted,
    },
    /// A bot answered the user.
    Answered {
        room: String,
        peer: String,
        message: Posted,
    },
    /// The user said something else to somebody.
    Said { room: String, peer: String, letter: Value },
    /// The user deleted messages on the device; all of the conversation if there are no ids.
    Deleted {
        room: String,
        peer: String,
        messages: Vec<String>,
        until: i64,
    },
    /// Registers that changed, as the ledger writes them, base64.
    Registers { writes: Vec<String> },
    /// All registers, for a device that is new; `first` with the first of several letters.
    Snapshot { writes: Vec<String>, first: bool },
    /// People whom the user knows.
    People { people: Vec<Known> },
    /// The device is to log out.
    Offline {},
    /// The device is the primary one from now on: the entropy of the recovery words, in hex.
    Primary { entropy: String },
    /// The device has the recovery words, and nobody else needs them.
    HasWords {},
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Profile {
    /// Whether it is what a profile may be.
    pub(crate) fn is_well_formed(&self) -> bool {
        let of_domain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        self.nickname.chars().count() <= NAME
            && !self.nickname.chars().any(char::is_control)
            && self.picture_url.len() <= PICTURE_URL
            && (self.domain.is_empty() || ((3..=32).contains(&self.domain.len()) && self.domain.bytes().all(of_domain)))
            && self.token.as_deref().is_none_or(|token| is_hex(token, 64))
    }
}

impl Attachment {
    fn is_well_formed(&self) -> bool {
        (0..=1).contains(&self.part)
            && is_hex(&self.file, 64)
            && is_hex(&self.key, 64)
            && is_hex(&self.hash, 64)
            && self.name.chars().count() <= FILE_NAME
            && (1..=LARGEST).contains(&self.size)
    }
}

impl Posted {
    /// Whether it is what a message from somebody else may be.
    pub(crate) fn is_well_formed(&self) -> bool {
        const KINDS: &[i64] = &[1, 3, 4, 5, 6, 10, 11, 12, 14, 17, 18];
        is_hex(&self.id, 64)
            && KINDS.contains(&self.sort)
            && self.body.len() <= BODY
            && serde_json::from_str::<serde_json::Map<String, Value>>(&self.body).is_ok()
            && self.created > 0
            && (0..=BURN_LIMIT).contains(&self.burn)
            && self.files.len() <= FILES
            && self.files.iter().all(Attachment::is_well_formed)
    }
}

/// Whether these may be ids of messages.
pub(super) fn are_ids(ids: &[String]) -> bool {
    ids.len() <= IDS && ids.iter().all(|id| is_hex(id, 64))
}

/// Whether this may be how long messages are there after they were read.
pub(super) fn is_burn_time(time: i64) -> bool {
    (0..=BURN_LIMIT).contains(&time)
}
