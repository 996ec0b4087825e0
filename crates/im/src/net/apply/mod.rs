//! What letters do, once they are known to be from whom they say.
//!
//! Nothing in here trusts a letter: what is not well formed, or not expected from its sender, is dropped.

mod contacts;
pub(super) mod groups;
mod messages;
pub(super) mod own;

use rusqlite::{Connection, OptionalExtension as _};

use super::letter::Letter;
use crate::model::message;
use crate::store::Write;
use crate::{Outcome, Session};

/// Who wrote a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sender {
    /// Node address of the user.
    pub(crate) user: String,
    /// The group that it was written to, if it was.
    pub(crate) group: Option<String>,
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It did what it says, or had done so before.
    Done,
    /// It waits for something that may still come.
    Waits,
    /// It was dropped.
    Dropped,
}

impl From<bool> for Taken {
    fn from(done: bool) -> Self {
        if done { Self::Done } else { Self::Dropped }
    }
}

/// Does what a letter says.
///
/// # Errors
/// Those of the database; the letter is then to be tried again.
pub(crate) fn apply(session: &Session, write: &mut Write<'_>, from: &Sender, letter: Letter) -> Outcome<Taken> {
    match letter {
        Letter::FriendRequest { content, profile } => contacts::request(session, write, from, content, &profile),
        Letter::FriendAccepted { profile } => contacts::accepted(session, write, from, &profile),
        Letter::ContactDeleted {} => contacts::deleted(session, write, from),
        Letter::Blocked {} => contacts::blocked(session, write, from, true),
        Letter::Unblocked {} => contacts::blocked(session, write, from, false),
        Letter::Profile { profile } => contacts::profile(session, write, from, &profile),
        Letter::Message { message } => messages::message(session, write, from, &message),
        Letter::Delivered { messages } => messages::receipt(session, write, from, &messages, message::DELIVERED),
        Letter::Read { messages } => messages::receipt(session, write, from, &messages, message::READ),
        Letter::Recall { message } => messages::recall(session, write, from, &message),
        Letter::DeleteBoth { until } => messages::delete_both(session, write, from, until),
        Letter::BurnTime { time } => messages::burn_time(session, write, from, time),
        Letter::GroupHeads { group, heads } => groups::heads(session, write, from, &group, &heads),
        Letter::GroupJoin {
            group,
            profile,
            approval,
        } => groups::join(session, write, from, &group, &profile, approval),
        _ => Ok(Taken::Dropped),
    }
}

/// The room in which somebody is a contact whom the user has not blocked; the open one if there are several.
fn room_of_contact(session: &Session, connection: &Connection, address: &str) -> Outcome<Option<String>> {
    Ok(connection
        .prepare_cached(
            "SELECT room FROM contact WHERE address = ?1 AND state = 2 AND blocked = 0 ORDER BY room <> ?2, room LIMIT 1",
        )?
        .query_row([address, &session.room], |row| row.get(0))
        .optional()?)
}

/// The room of a group.
fn room_of_group(connection: &Connection, group: &str) -> Outcome<Option<String>> {
    Ok(connection
        .prepare_cached("SELECT room FROM chat_group WHERE id = ?1")?
        .query_row([group], |row| row.get(0))
        .optional()?)
}
