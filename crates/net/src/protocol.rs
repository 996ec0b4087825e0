//! What a node is asked and what it answers: one request to a stream, both encoded with postcard.
//!
//! Everything that a key holder decides is signed over a short canonical text that begins with a name of its own, so that
//! a signature for one purpose never counts for another. The functions that build these texts are here, for both sides.

use ed25519_dalek::{Signature as Ed25519Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Key, Place};

/// The protocol's name in the handshake.
pub const ALPN: &[u8] = b"coco/node/1";

/// Bytes of the longest frame: an envelope and what surrounds it.
pub const FRAME_BYTES: usize = ENVELOPE_BYTES + 4096;
/// Bytes of the longest envelope.
pub const ENVELOPE_BYTES: usize = 1024 * 1024;
/// Bytes of the longest envelope that a stranger may leave.
pub const STRANGER_BYTES: usize = 16 * 1024;
/// Devices that a user's list may name.
pub const LISTED_DEVICES: usize = 10;
/// Bytes of the longest device list.
pub const LIST_BYTES: usize = 64 * 1024;
/// One-time keys that a node keeps for a device.
pub const PREKEYS: usize = 100;
/// Bytes of the longest one-time key or fallback key, with whatever proves it.
pub const PREKEY_BYTES: usize = 1024;
/// Token hashes that open a mailbox at the same time, so that a token can be replaced without a gap.
pub const TOKENS: usize = 4;
/// Bytes of the largest backup.
pub const BACKUP_BYTES: u64 = 16 * 1024 * 1024;

/// A signature by an ed25519 key, in two halves because serde ends at 32.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Signature([u8; 32], [u8; 32]);

impl From<[u8; 64]> for Signature {
    fn from(bytes: [u8; 64]) -> Self {
        let (mut first, mut second) = ([0; 32], [0; 32]);
        for (to, from) in first.iter_mut().chain(&mut second).zip(bytes) {
            *to = from;
        }
        Self(first, second)
    }
}

impl Signature {
    /// The 64 bytes, as other implementations write them.
    pub fn to_bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        for (to, from) in bytes.iter_mut().zip(self.0.iter().chain(&self.1)) {
            *to = *from;
        }
        bytes
    }

    /// Whether `key` made this signature over `text`. Keys of small order and signatures that are not canonical do not count.
    pub fn is_by(&self, key: &Key, text: &[u8]) -> bool {
        VerifyingKey::from_bytes(key).is_ok_and(|key| {
            let signature = Ed25519Signature::from_bytes(&self.to_bytes());
            key.verify_strict(text, &signature).is_ok()
        })
    }
}

/// Builds the text of a signature: the purpose, then each part with its length before it.
fn text(purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut text = Vec::with_capacity(purpose.len() + parts.iter().map(|part| part.len() + 8).sum::<usize>() + 1);
    text.extend_from_slice(purpose.as_bytes());
    text.push(0);
    for part in parts {
        text.extend_from_slice(&(part.len() as u64).to_be_bytes());
        text.extend_from_slice(part);
    }
    text
}

/// A user's device list as a node keeps it: what it must know (whose, how new, which devices) and the list itself, which it
/// does not read.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Listing {
    /// The user's key.
    pub user: Key,
    /// Grows with every list of the user.
    pub version: u64,
    /// The devices that the list names, at most [`LISTED_DEVICES`].
    pub devices: Vec<Key>,
    /// The list, at most [`LIST_BYTES`].
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
    /// By the user's key over [`Listing::text`].
    pub signature: Signature,
}

impl Listing {
    /// Puts together what a user publishes. `sign` signs with the user's key.
    pub fn new(
        user: Key,
        version: u64,
        devices: Vec<Key>,
        body: Vec<u8>,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Self {
        let signature = sign(&Self::text(&user, version, &devices, &body)).into();
        Self {
            user,
            version,
            devices,
            body,
            signature,
        }
    }

    /// What is signed.
    pub fn text(user: &Key, version: u64, devices: &[Key], body: &[u8]) -> Vec<u8> {
        text(
            "coco node listing 1",
            &[user, &version.to_be_bytes(), devices.as_flattened(), body],
        )
    }

    /// Whether it is within its bounds and signed by the user whom it names.
    pub fn is_genuine(&self) -> bool {
        self.devices.len() <= LISTED_DEVICES
            && self.body.len() <= LIST_BYTES
            && i64::try_from(self.version).is_ok()
            && self.signature.is_by(
                &self.user,
                &Self::text(&self.user, self.version, &self.devices, &self.body),
            )
    }
}

/// One-time keys of a device, for those who begin an encrypted session while it is away. The node does not read them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Prekeys {
    /// Keys that are given out once each, at most [`PREKEYS`] of at most [`PREKEY_BYTES`].
    pub one_time: Vec<Vec<u8>>,
    /// Given out when no other is left, at most [`PREKEY_BYTES`].
    pub fallback: Vec<u8>,
}

/// Who a name stands for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Owner {
    /// A user, by key.
    User(Key),
    /// A group, by key.
    Group(Key),
}

impl Owner {
    /// The key, whatever it stands for.
    pub fn key(&self) -> &Key {
        match self {
            Self::User(key) | Self::Group(key) => key,
        }
    }

    fn kind(&self) -> [u8; 1] {
        match self {
            Self::User(_) => *b"u",
            Self::Group(_) => *b"g",
        }
    }
}

/// A name and who holds it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NameRecord {
    /// 3 to 32 of `a-z`, `0-9` and `-`.
    pub name: String,
    /// Who holds it.
    pub owner: Owner,
    /// 1 for the first holder; grows by one with every transfer.
    pub serial: u64,
    /// By the holder's key over [`NameRecord::text`].
    pub signature: Signature,
}

impl NameRecord {
    /// Puts together what a holder registers or accepts. `sign` signs with the holder's key.
    pub fn new(name: &str, owner: Owner, serial: u64, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Self {
        Self {
            name: name.to_owned(),
            owner,
            serial,
            signature: sign(&Self::text(name, owner, serial)).into(),
        }
    }

    /// What the holder signs.
    pub fn text(name: &str, owner: Owner, serial: u64) -> Vec<u8> {
        text(
            "coco node name 1",
            &[name.as_bytes(), &owner.kind(), owner.key(), &serial.to_be_bytes()],
        )
    }

    /// What the holder before signs, to let the name go to `to` under the number `serial`.
    pub fn release_text(name: &str, from: Owner, to: Owner, serial: u64) -> Vec<u8> {
        text(
            "coco node name release 1",
            &[
                name.as_bytes(),
                &from.kind(),
                from.key(),
                &to.kind(),
                to.key(),
                &serial.to_be_bytes(),
            ],
        )
    }

    /// Whether the name is one and the holder signed.
    pub fn is_genuine(&self) -> bool {
        is_name(&self.name)
            && i64::try_from(self.serial).is_ok()
            && self
                .signature
                .is_by(self.owner.key(), &Self::text(&self.name, self.owner, self.serial))
    }
}

/// Whether `name` can be one: 3 to 32 of `a-z`, `0-9` and `-`.
pub fn is_name(name: &str) -> bool {
    (3..=32).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// What the key of a backup signs to store it: the number grows with every backup, `hash` is BLAKE3 of the bytes.
pub fn backup_put_text(key: &Key, version: u64, size: u64, hash: &[u8; 32]) -> Vec<u8> {
    text(
        "coco node backup put 1",
        &[key, &version.to_be_bytes(), &size.to_be_bytes(), hash],
    )
}

/// What the key of a backup signs to fetch it: only through the endpoint that proves to be `reader`, and only from `node`.
pub fn backup_get_text(key: &Key, node: &Key, reader: &Key) -> Vec<u8> {
    text("coco node backup get 1", &[key, node, reader])
}

/// What a node knows of a delivery token.
pub fn token_hash(token: &[u8; 32]) -> [u8; 32] {
    blake3::derive_key("coco node delivery token 1", token)
}

/// What a node is asked. The device that asks is the one that the handshake proved.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Request {
    /// Leave an envelope in a device's mailbox → [`Answer::Done`].
    Put {
        /// Whose mailbox.
        mailbox: Key,
        /// What the owner gave to those who may write; without it the envelope is a stranger's.
        token: Option<[u8; 32]>,
        /// Chosen at random by the sender. A second put with the same one changes nothing.
        id: [u8; 16],
        /// At most [`ENVELOPE_BYTES`], of strangers [`STRANGER_BYTES`].
        #[serde(with = "serde_bytes")]
        envelope: Vec<u8>,
    },
    /// Everything in the own mailbox after the number `since`, then what arrives → [`Answer::Done`], then [`Pushed`] until
    /// the stream ends.
    Subscribe {
        /// The last number that the device has stored; 0 from the beginning.
        since: u64,
    },
    /// Delete the own entries up to and with this number → [`Answer::Done`].
    Acknowledge {
        /// The last number that the device has stored.
        upto: u64,
    },
    /// Choose the tokens that open the own mailbox, at most [`TOKENS`] → [`Answer::Done`].
    SetTokens {
        /// [`token_hash`] of each.
        hashes: Vec<[u8; 32]>,
    },
    /// Publish a user's devices → [`Answer::Done`].
    Publish(Listing),
    /// The devices that a user published → [`Answer::Listing`].
    ListOf {
        /// The user's key.
        user: Key,
    },
    /// Say where the own device is → [`Answer::Done`]. Forgotten after [`crate::node::Limits::announced`]. Devices on no list
    /// may too, so that their users let them in; of those few are remembered.
    Announce(Place),
    /// Where a device said that it is → [`Answer::Located`].
    Locate {
        /// The device.
        device: Key,
    },
    /// Add one-time keys of the own device, and replace its fallback unless that is empty → [`Answer::Count`] of those kept.
    PublishPrekeys(Prekeys),
    /// Throw away all one-time keys and the fallback of the own device → [`Answer::Done`].
    ClearPrekeys,
    /// How many one-time keys of the own device are left → [`Answer::Count`].
    CountPrekeys,
    /// Take a one-time key of a device → [`Answer::Claimed`].
    ClaimPrekey {
        /// The device.
        device: Key,
    },
    /// Store a backup → [`Answer::Ready`], then the bytes are sent, then [`Answer::Done`].
    BackupPut {
        /// The key that the backup belongs to.
        key: Key,
        /// Grows with every backup.
        version: u64,
        /// Bytes, at most [`BACKUP_BYTES`].
        size: u64,
        /// BLAKE3 of the bytes.
        hash: [u8; 32],
        /// By `key` over [`backup_put_text`].
        signature: Signature,
    },
    /// Fetch a backup → [`Answer::Backup`], then its bytes.
    BackupGet {
        /// The key that the backup belongs to.
        key: Key,
        /// By `key` over [`backup_get_text`].
        signature: Signature,
    },
    /// Store an encrypted file, or keep a stored one for longer → [`Answer::Ready`] with where to go on; if that is not the
    /// end, the rest is sent and followed by [`Answer::Done`].
    FilePut {
        /// BLAKE3 of the bytes, also the name of the file.
        hash: [u8; 32],
        /// Bytes.
        size: u64,
    },
    /// Fetch a file from a place on → [`Answer::File`], then the bytes. Who knows the name may read.
    FileGet {
        /// The name.
        hash: [u8; 32],
        /// Where to begin.
        offset: u64,
    },
    /// Delete a file of the own user → [`Answer::Done`].
    FileDelete {
        /// The name.
        hash: [u8; 32],
    },
    /// What the own user has stored and may → [`Answer::Quota`].
    Quota,
    /// Take a free name → [`Answer::Done`].
    NameRegister(NameRecord),
    /// Who holds a name → [`Answer::Name`].
    NameOf {
        /// The name.
        name: String,
    },
    /// The name that somebody holds → [`Answer::Name`].
    NameHeldBy {
        /// Who.
        owner: Owner,
    },
    /// Hand a name over → [`Answer::Done`].
    NameTransfer {
        /// The new record, signed by the new holder.
        record: NameRecord,
        /// By the holder before, over [`NameRecord::release_text`].
        release: Signature,
    },
}

/// What a node answers when it does as asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Answer {
    /// It is done and durable.
    Done,
    /// A user's devices, if published.
    Listing(Option<Listing>),
    /// Where a device is, if it said so lately.
    Located(Option<Place>),
    /// How many.
    Count(u64),
    /// A key to begin a session with.
    Claimed(Option<Claimed>),
    /// Send the bytes from here on. Where it is the size, nothing needs to be sent.
    Ready {
        /// Bytes that the node has already.
        offset: u64,
    },
    /// A backup's bytes follow.
    Backup {
        /// Its number.
        version: u64,
        /// Bytes.
        size: u64,
    },
    /// A file's bytes from the place asked for follow.
    File {
        /// Bytes of the whole file.
        size: u64,
    },
    /// What a user has stored.
    Quota {
        /// Bytes of the user's files.
        used: u64,
        /// Bytes that they may be.
        limit: u64,
    },
    /// Who holds a name, if anybody.
    Name(Option<NameRecord>),
}

/// A key to begin a session with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Claimed {
    /// Given to nobody else.
    OneTime(Vec<u8>),
    /// Given to everybody since the last one-time key went, or since somebody asks too often.
    Fallback(Vec<u8>),
}

/// What the owner of a mailbox is sent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Pushed {
    /// An envelope.
    Entry(Entry),
    /// All that lay there at the beginning has been sent; what follows arrives now.
    Drained,
}

/// An envelope in a mailbox.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Entry {
    /// Grows within the mailbox, with gaps.
    pub number: u64,
    /// Whether it came without a token.
    pub stranger: bool,
    /// The envelope.
    #[serde(with = "serde_bytes")]
    pub envelope: Vec<u8>,
}

/// Why a node does not do as asked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Error, PartialEq, Serialize)]
pub enum Refusal {
    /// Too many requests or bytes of late; the same may succeed later.
    #[error("the node asks for patience")]
    Busy,
    /// Not within the bounds of the protocol.
    #[error("the node does not understand the request")]
    Malformed,
    /// The bytes are more than this kind may have.
    #[error("too large for the node")]
    TooLarge,
    /// A signature or hash is wrong.
    #[error("the signature or hash is wrong")]
    Forged,
    /// A list, backup or name of the same or a later number is there.
    #[error("the node has one of number {0}")]
    Stale(u64),
    /// The node does not serve this user or device.
    #[error("the node does not serve this user or device")]
    NotServed,
    /// There is none.
    #[error("the node has no such thing")]
    Absent,
    /// The mailbox, or its strangers' part, is full.
    #[error("the mailbox is full")]
    Full,
    /// The token does not open the mailbox.
    #[error("the delivery token is not valid")]
    Token,
    /// The user's files would be more than they may be.
    #[error("the user's storage is full")]
    Quota,
    /// Somebody else holds the name, or the holder has another.
    #[error("the name is taken, or its holder has another")]
    Taken,
    /// Something is wrong at the node.
    #[error("the node failed")]
    Failed,
}

/// An answer or a refusal.
pub type Reply = Result<Answer, Refusal>;
