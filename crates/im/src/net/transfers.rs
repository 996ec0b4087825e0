//! Files of messages that have to be fetched.

use rusqlite::{OptionalExtension as _, params};
use zeroize::Zeroizing;

use super::letter::{Attachment, Posted};
use crate::store::Write;
use crate::{Outcome, Session};

/// A file that is to be fetched.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Row of the message.
    pub(crate) message: i64,
    pub(crate) part: i64,
    /// Node address of who sent it.
    pub(crate) sender: String,
    /// BLAKE3 of the encrypted copy in hex, by which it is asked for.
    pub(crate) file: String,
    /// The copy that grows here.
    pub(crate) local: String,
    pub(crate) key: Zeroizing<[u8; 32]>,
    pub(crate) size: u64,
}

/// Notes the files of a message that came.
pub(super) fn expect(session: &Session, write: &Write<'_>, sender: &str, posted: &Posted) -> Outcome<()> {
    for file in &posted.files {
        let mut key = Zeroizing::new([0; 32]);
        if hex::decode_to_slice(&file.key, key.as_mut_slice()).is_err() {
            continue;
        }
        write
            .prepare_cached(
                "INSERT OR IGNORE INTO transfer (message, part, sender, file, local, key, name, size, hash, created)
                 SELECT seq, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM message WHERE id = ?1",
            )?
            .execute(params![
                posted.id,
                file.part,
                sender,
                file.file,
                uuid::Uuid::new_v4().simple().to_string(),
                key.as_slice(),
                file.name,
                i64::try_from(file.size).unwrap_or(i64::MAX),
                file.hash,
                session.now()
            ])?;
    }
    Ok(())
}

/// The files that a message is sent with.
pub(super) fn of_message(write: &Write<'_>, message: &str) -> Outcome<Vec<Attachment>> {
    let mut statement = write.prepare_cached(
        "SELECT f.part, f.sealed, f.key, f.name, f.size, f.hash FROM message m JOIN media f ON f.message = m.seq
         WHERE m.id = ?1 ORDER BY f.part",
    )?;
    let rows = statement.query_map([message], |row| {
        let size: i64 = row.get(4)?;
        Ok(Attachment {
            part: row.get(0)?,
            file: row.get(1)?,
            key: hex::encode(Zeroizing::new(row.get::<_, Vec<u8>>(2)?)),
            name: row.get(3)?,
            size: size.unsigned_abs(),
            hash: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The files that are to be fetched, those that were told first at the front.
pub(super) fn wanted(session: &Session, most: usize) -> Outcome<Vec<Wanted>> {
    session.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT message, part, sender, file, local, key, size FROM transfer ORDER BY message, part LIMIT ?1",
        )?;
        let rows = statement.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| {
            let size: i64 = row.get(6)?;
            Ok(Wanted {
                message: row.get(0)?,
                part: row.get(1)?,
                sender: row.get(2)?,
                file: row.get(3)?,
                local: row.get(4)?,
                key: Zeroizing::new(row.get(5)?),
                size: size.unsigned_abs(),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

/// Gives a file that is whole to its message. Says whether the message is still there.
pub(super) fn complete(session: &Session, write: &Write<'_>, wanted: &Wanted) -> Outcome<bool> {
    let moved = write
        .prepare_cached(
            "INSERT INTO media (message, part, file, key, name, size, hash, created, sealed)
             SELECT message, part, local, key, name, size, hash, ?3, file FROM transfer WHERE message = ?1 AND part = ?2",
        )?
        .execute(params![wanted.message, wanted.part, session.now()])?;
    give_up(write, wanted)?;
    Ok(moved > 0)
}

/// Fetches a file no more.
pub(super) fn give_up(write: &Write<'_>, wanted: &Wanted) -> Outcome<()> {
    write
        .prepare_cached("DELETE FROM transfer WHERE message = ?1 AND part = ?2")?
        .execute([wanted.message, wanted.part])?;
    Ok(())
}

/// The copy in the folder `files` that somebody asks for by its hash.
pub(super) fn local(session: &Session, file: &str) -> Outcome<Option<String>> {
    session.read(|connection| {
        Ok(connection
            .prepare_cached("SELECT file FROM media WHERE sealed = ?1 LIMIT 1")?
            .query_row([file], |row| row.get(0))
            .optional()?)
    })
}

/// Notes the files of an own message to be brought to a home node.
pub(super) fn offer(session: &Session, write: &Write<'_>, message: &str) -> Outcome<()> {
    write
        .prepare_cached(
            "INSERT OR IGNORE INTO upload (file, local, created)
             SELECT f.sealed, f.file, ?2 FROM message m JOIN media f ON f.message = m.seq WHERE m.id = ?1 AND f.sealed <> ''",
        )?
        .execute(params![message, session.now()])?;
    Ok(())
}

/// The copies that are to be brought to a home node: their hashes and their names here.
pub(super) fn uploads(session: &Session, most: usize) -> Outcome<Vec<(String, String)>> {
    session.read(|connection| {
        let mut statement = connection.prepare_cached("SELECT file, local FROM upload ORDER BY created LIMIT ?1")?;
        let rows = statement.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

/// Notes that a copy is at a home node.
pub(super) fn uploaded(write: &Write<'_>, file: &str) -> Outcome<()> {
    write
        .prepare_cached("DELETE FROM upload WHERE file = ?1")?
        .execute([file])?;
    Ok(())
}
