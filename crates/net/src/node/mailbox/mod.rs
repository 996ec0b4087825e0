//! Mailboxes: what lies there for a device until the device has it.

mod postgres;
mod sqlite;
#[cfg(test)]
mod suite;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use thiserror::Error;

pub use postgres::PostgresMailbox;
pub use sqlite::SqliteMailbox;

use crate::Key;
use crate::protocol::{ENVELOPE_BYTES, Entry, Refusal, STRANGER_BYTES};

/// Entries of one mailbox.
pub const ENTRIES: u64 = 100_000;
/// Bytes of the envelopes of one mailbox.
pub const MAILBOX_BYTES: u64 = 256 * 1024 * 1024;
/// Entries of one mailbox that came without a token.
pub const STRANGERS: u64 = 100;
/// Days until an entry that nobody fetched expires.
pub const DAYS_WAITING: u64 = 30;
/// Days for which a put is remembered after its entry was acknowledged, so that a late repetition does nothing.
pub const DAYS_REMEMBERED: u64 = 7;
/// Milliseconds of a day.
pub(crate) const DAY: u64 = 24 * 60 * 60 * 1000;

/// The time in milliseconds since 1970. A node is given its own, so that tests can move it.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// What a mailbox does in the background of the caller.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, MailboxError>> + Send + 'a>>;

/// Why a mailbox failed. What is refused is not a failure; see [`Outcome`].
#[derive(Clone, Debug, Error)]
#[error("the mailboxes cannot be used: {0}")]
pub struct MailboxError(String);

impl MailboxError {
    pub(crate) fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// An envelope on its way into a mailbox.
#[derive(Clone, Debug)]
pub struct Put {
    /// Whose mailbox.
    pub mailbox: Key,
    /// What the sender calls it; a second one of the same name in the same mailbox is not stored.
    pub id: [u8; 16],
    /// Whether it comes without a token.
    pub stranger: bool,
    /// The envelope.
    pub envelope: Vec<u8>,
}

impl Put {
    /// Whether the envelope is too long for its lane.
    pub(crate) fn is_too_large(&self) -> bool {
        self.envelope.len() > if self.stranger { STRANGER_BYTES } else { ENVELOPE_BYTES }
    }
}

/// What became of a put.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It is durable, under this number.
    Stored(u64),
    /// It was stored before, under this number.
    Known(u64),
    /// The mailbox, or its part for strangers, has no room.
    Full,
    /// The envelope is too long.
    TooLarge,
}

impl Outcome {
    /// As a sender is told.
    pub(crate) fn reply(self) -> Result<(), Refusal> {
        match self {
            Self::Stored(_) | Self::Known(_) => Ok(()),
            Self::Full => Err(Refusal::Full),
            Self::TooLarge => Err(Refusal::TooLarge),
        }
    }
}

/// What lies in a mailbox.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Fill {
    /// Entries.
    pub entries: u64,
    /// Bytes of their envelopes.
    pub bytes: u64,
    /// Entries that came without a token.
    pub strangers: u64,
}

impl Fill {
    /// Whether another envelope fits.
    pub(crate) fn has_room(&self, put: &Put) -> bool {
        self.entries < ENTRIES
            && self.bytes + put.envelope.len() as u64 <= MAILBOX_BYTES
            && (!put.stranger || self.strangers < STRANGERS)
    }
}

/// Where envelopes wait. Numbers grow within a mailbox in the order in which the entries can be fetched, so that who has
/// fetched one has seen all before it; they are never used again.
pub trait Mailbox: Send + Sync + fmt::Debug {
    /// Stores an envelope. Once it answers, it survives the loss of power.
    fn put(&self, put: Put) -> Pending<'_, Outcome>;

    /// The entries after the number `since`, in order: at most `entries`, and no more after `bytes` are reached.
    fn fetch(&self, mailbox: Key, since: u64, entries: usize, bytes: usize) -> Pending<'_, Vec<Entry>>;

    /// Deletes the entries up to and with the number `upto`.
    fn acknowledge(&self, mailbox: Key, upto: u64) -> Pending<'_, ()>;

    /// What lies in a mailbox.
    fn fill(&self, mailbox: Key) -> Pending<'_, Fill>;

    /// Deletes a mailbox with everything that is remembered of it.
    fn remove(&self, mailbox: Key) -> Pending<'_, ()>;

    /// Deletes what is too old at the time of the clock. Answers how many entries that nobody fetched went.
    fn expire(&self) -> Pending<'_, u64>;
}
