//! Encrypted files, named by their hash, for a while and within a quota.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::mailbox::DAY;
use super::store::{Fault, Store};
use crate::Key;
use crate::protocol::Refusal;

/// Days for which a file is kept since it was last stored.
pub const DAYS_KEPT: u64 = 30;
/// Days for which a part of a file waits for the rest.
pub const DAYS_UPLOADING: u64 = 7;

/// A file on its way to the node.
#[derive(Debug)]
pub(crate) struct Upload {
    user: Key,
    hash: [u8; 32],
    size: u64,
    arrived: u64,
    file: File,
    hasher: blake3::Hasher,
}

impl Upload {
    /// Bytes that are here.
    pub(crate) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Bytes that are still to come.
    pub(crate) fn missing(&self) -> u64 {
        self.size - self.arrived
    }

    /// Takes the next bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if bytes.len() as u64 > self.missing() {
            return Err(Refusal::TooLarge.into());
        }
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.arrived += bytes.len() as u64;
        Ok(())
    }
}

/// What is to happen with a file that somebody wants to store.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It is here.
    Stored,
    /// The rest is to be sent.
    Upload(Box<Upload>),
}

impl Store {
    /// Begins to store a file, or goes on with it. One upload of a file of a user at a time is for the caller to see to.
    pub(crate) fn file_begin(&self, device: &Key, hash: [u8; 32], size: u64) -> Result<Begun, Fault> {
        let user = self.served(device)?.user;
        let now = self.now();
        if size == 0 {
            return Err(Refusal::Malformed.into());
        }
        if i64::try_from(size).is_err() {
            return Err(Refusal::Quota.into());
        }
        let stored = self.within(|transaction| {
            let mut there: Option<u64> = transaction
                .query_row("SELECT size FROM file WHERE hash = ?1", [hash], |row| row.get(0))
                .optional()?;
            if there.is_some() && !self.file_path(&hash).exists() {
                // Lost between the deletion of its bytes and that of its record.
                transaction.execute("DELETE FROM keeper WHERE hash = ?1", [hash])?;
                transaction.execute("DELETE FROM file WHERE hash = ?1", [hash])?;
                there = None;
            }
            if there.is_some_and(|there| there != size) {
                return Err(Refusal::Forged.into());
            }
            transaction.execute("DELETE FROM upload WHERE hash = ?1 AND user = ?2", params![hash, user])?;
            let kept = there.is_some() && is_keeper(transaction, &hash, &user)?;
            if !kept && used(transaction, &user)?.saturating_add(size) > self.limits.quota {
                return Err(Refusal::Quota.into());
            }
            if there.is_some() {
                keep(transaction, &hash, &user, now)?;
                return Ok(true);
            }
            transaction.execute(
                "INSERT INTO upload (hash, user, size, since) VALUES (?1, ?2, ?3, ?4)",
                params![hash, user, size, now],
            )?;
            Ok(false)
        })?;
        if stored {
            return Ok(Begun::Stored);
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.upload_path(&hash, &user))?;
        let mut hasher = blake3::Hasher::new();
        let mut arrived = file.metadata()?.len();
        if arrived > size {
            file.set_len(0)?;
            arrived = 0;
        }
        let mut part = vec![0; 256 * 1024];
        loop {
            let length = file.read(&mut part)?;
            if length == 0 {
                break;
            }
            hasher.update(part.get(..length).unwrap_or_default());
        }
        Ok(Begun::Upload(Box::new(Upload {
            user,
            hash,
            size,
            arrived,
            file,
            hasher,
        })))
    }

    /// Makes what arrived durable, and if it is all, a file.
    pub(crate) fn file_finish(&self, upload: &Upload) -> Result<(), Fault> {
        let Upload { user, hash, size, .. } = upload;
        let path = self.upload_path(hash, user);
        if upload.missing() > 0 {
            upload.file.sync_data()?;
            return Err(Refusal::Malformed.into());
        }
        if upload.hasher.finalize() != *hash {
            fs::remove_file(&path)?;
            return Err(Refusal::Forged.into());
        }
        upload.file.sync_all()?;
        let target = self.file_path(hash);
        let folder = target
            .parent()
            .ok_or_else(|| Fault::failed("a path without a folder"))?;
        let now = self.now();
        self.within(|transaction| {
            fs::create_dir_all(folder)?;
            fs::rename(&path, &target)?;
            for folder in [folder, &self.folder.join("files")] {
                File::open(folder)?.sync_all()?;
            }
            transaction.execute("DELETE FROM upload WHERE hash = ?1 AND user = ?2", params![hash, user])?;
            transaction.execute(
                "INSERT INTO file (hash, size) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![hash, size],
            )?;
            keep(transaction, hash, user, now)
        })
    }

    /// A file, read from a place on, and its size.
    pub(crate) fn file_open(&self, hash: &[u8; 32], offset: u64) -> Result<(File, u64), Fault> {
        let size: Option<u64> = self.read(|connection| {
            let size = connection
                .prepare_cached("SELECT size FROM file WHERE hash = ?1")?
                .query_row([hash], |row| row.get(0))
                .optional()?;
            Ok(size)
        })?;
        let size = size.ok_or(Refusal::Absent)?;
        if offset > size {
            return Err(Refusal::Malformed.into());
        }
        let mut file = match File::open(self.file_path(hash)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Refusal::Absent.into()),
            opened => opened?,
        };
        file.seek(SeekFrom::Start(offset))?;
        Ok((file, size))
    }

    /// Deletes a file as far as the user of this device keeps it.
    pub(crate) fn file_delete(&self, device: &Key, hash: &[u8; 32]) -> Result<(), Fault> {
        let user = self.served(device)?.user;
        self.within(|transaction| {
            transaction.execute("DELETE FROM upload WHERE hash = ?1 AND user = ?2", params![hash, user])?;
            self.unlink(&self.upload_path(hash, &user))?;
            self.let_go(transaction, hash, &user)
        })
    }

    /// What the user of this device has stored, and may.
    pub(crate) fn quota(&self, device: &Key) -> Result<(u64, u64), Fault> {
        let user = self.served(device)?.user;
        let used = self.read(|connection| used(connection, &user))?;
        Ok((used, self.limits.quota))
    }

    /// Deletes what was kept for long enough.
    pub(crate) fn files_expire(&self) -> Result<(), Fault> {
        let now = self.now();
        self.within(|transaction| {
            let kept = now.saturating_sub(DAYS_KEPT * DAY);
            for (hash, user) in old(transaction, "SELECT hash, user FROM keeper WHERE since < ?1", kept)? {
                self.let_go(transaction, &hash, &user)?;
            }
            let uploading = now.saturating_sub(DAYS_UPLOADING * DAY);
            for (hash, user) in old(transaction, "SELECT hash, user FROM upload WHERE since < ?1", uploading)? {
                transaction.execute("DELETE FROM upload WHERE hash = ?1 AND user = ?2", params![hash, user])?;
                self.unlink(&self.upload_path(&hash, &user))?;
            }
            Ok(())
        })
    }

    fn let_go(&self, transaction: &Transaction<'_>, hash: &[u8; 32], user: &Key) -> Result<(), Fault> {
        transaction.execute("DELETE FROM keeper WHERE hash = ?1 AND user = ?2", params![hash, user])?;
        let kept: bool =
            transaction.query_row("SELECT EXISTS (SELECT 1 FROM keeper WHERE hash = ?1)", [hash], |row| {
                row.get(0)
            })?;
        if !kept {
            transaction.execute("DELETE FROM file WHERE hash = ?1", [hash])?;
            self.unlink(&self.file_path(hash))?;
        }
        Ok(())
    }

    fn unlink(&self, path: &PathBuf) -> Result<(), Fault> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn file_path(&self, hash: &[u8; 32]) -> PathBuf {
        let name = hex::encode(hash);
        let (folder, _) = name.split_at_checked(2).unwrap_or_default();
        self.folder.join("files").join(folder).join(&name)
    }

    fn upload_path(&self, hash: &[u8; 32], user: &Key) -> PathBuf {
        let name = format!("{}-{}", hex::encode(hash), hex::encode(user));
        self.folder.join("uploads").join(name)
    }
}

fn keep(transaction: &Transaction<'_>, hash: &[u8; 32], user: &Key, now: u64) -> Result<(), Fault> {
    transaction.execute(
        "INSERT INTO keeper (hash, user, since) VALUES (?1, ?2, ?3)
         ON CONFLICT (hash, user) DO UPDATE SET since = excluded.since",
        params![hash, user, now],
    )?;
    Ok(())
}

fn is_keeper(connection: &Connection, hash: &[u8; 32], user: &Key) -> Result<bool, Fault> {
    let kept = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM keeper WHERE hash = ?1 AND user = ?2)",
        params![hash, user],
        |row| row.get(0),
    )?;
    Ok(kept)
}

/// Bytes of a user's files, with those that are on their way.
fn used(connection: &Connection, user: &Key) -> Result<u64, Fault> {
    let used = connection
        .prepare_cached(
            "SELECT (SELECT coalesce(sum(file.size), 0) FROM keeper JOIN file USING (hash) WHERE keeper.user = ?1)
                  + (SELECT coalesce(sum(size), 0) FROM upload WHERE user = ?1)",
        )?
        .query_row([user], |row| row.get(0))?;
    Ok(used)
}

fn old(transaction: &Transaction<'_>, query: &str, before: u64) -> Result<Vec<([u8; 32], Key)>, Fault> {
    let mut statement = transaction.prepare_cached(query)?;
    let found = statement
        .query_map([before], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}
