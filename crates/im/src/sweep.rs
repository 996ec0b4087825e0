//! Messages whose time is over: burnt after they were read, or older than their room keeps them (im.md 5 and 7).

use std::collections::BTreeMap;

use crate::events::Event;
use crate::model::conversation;
use crate::store::Write;
use crate::{Outcome, Session, media};

/// Messages that go in one write, so that others do not wait long for theirs.
const AT_ONCE: i64 = 2_000;

impl Session {
    /// Deletes the messages of all rooms whose time is over, and the copies of files that no message has any more. Only what
    /// belongs to the open room is told. Answers how many messages went. To be called at login and every few seconds.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sweep(&self) -> Outcome<usize> {
        let mut total = 0;
        loop {
            let over = self.read(|connection| Ok(connection.prepare_cached(OVER)?.exists([self.now(), 1])?))?;
            if !over {
                break;
            }
            total += self.write(|write| sweep(self, write))?;
        }
        if total > 0 {
            self.tidy_media()?;
        }
        Ok(total)
    }

    /// Removes the copies of files that no message has any more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tidy_media(&self) -> Outcome<()> {
        let folder = self.store().folder().join(media::FOLDER);
        self.write(|write| media::tidy(write, &folder))
    }
}

/// The messages whose time is over.
const OVER: &str = "
    SELECT seq, id, conversation FROM message WHERE burn_at IS NOT NULL AND burn_at <= ?1
    UNION SELECT seq, id, conversation FROM message WHERE expires_at IS NOT NULL AND expires_at <= ?1 LIMIT ?2";

fn sweep(session: &Session, write: &mut Write<'_>) -> Outcome<usize> {
    let over: Vec<(i64, String, i64)> = {
        let mut statement = write.prepare_cached(OVER)?;
        let rows = statement.query_map([session.now(), AT_ONCE], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let count = over.len();
    let mut gone: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (seq, id, conversation) in over {
        write
            .prepare_cached("DELETE FROM message WHERE seq = ?1")?
            .execute([seq])?;
        gone.entry(conversation).or_default().push(id);
    }
    let mut told = false;
    for (seq, messages) in gone {
        conversation::recount(write, seq)?;
        let (room, peer): (String, String) = write
            .prepare_cached("SELECT room, peer FROM conversation WHERE seq = ?1")?
            .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if room == session.room {
            write.emit(Event::MessagesDeleted {
                conversation: peer,
                messages,
            });
            conversation::tell(session, write, seq)?;
            told = true;
        }
    }
    if told {
        conversation::tell_unread(session, write)?;
    }
    Ok(count)
}

#[cfg(test)]
mod tests;
