//! The files of the engine's folder, and how they change places without ever being half there.
//!
//! * `safe.json`: the data key, which every password opens. Where it is, there is an account.
//! * `im.db`: the database. Its key comes from the data key and from the file's own first 16 bytes, its salt; so a new
//!   database has a new key, and without those bytes a file can be read by nobody, password or not.
//! * `device.key`: stands in for the password of an anonymous account.
//! * `attempts.json`: how often a wrong password was tried.
//! * `machine.id`: by what name the account's devices know this one; it stays when the account goes.
//! * `files/`: pictures, recordings and other files of messages.
//!
//! A name with `.new` behind it is something in the making and worth nothing before it has its place; one with `.gone`
//! is something to be destroyed. `commit` is there while files change places: it says what is to be done, so that what a
//! crash interrupts is finished at the next start ([`Files::settle`]).

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use coco_keys::DataKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::store::{SALT, Store, StoreKey};
use crate::{Code, Failure, Outcome};

/// Largest of the small files that is read, in bytes.
const SMALL: u64 = 4_096;

/// The data key behind the passwords.
pub(crate) const SAFE: &str = "safe.json";
/// The database.
pub(crate) const STORE: &str = "im.db";
/// What stands in for a password.
pub(crate) const DEVICE_KEY: &str = "device.key";
/// How often a wrong password was tried.
pub(crate) const ATTEMPTS: &str = "attempts.json";
/// Files of messages.
pub(crate) const MEDIA: &str = "files";
/// By what name the account's devices know this one.
pub(crate) const MACHINE: &str = "machine.id";
/// Everything that belongs to an account.
const ACCOUNT: [&str; 5] = [SAFE, STORE, DEVICE_KEY, ATTEMPTS, MEDIA];
/// What is to be done with the files, from the moment on from which there is no way back.
const PLAN: &str = "commit";

/// One step of a plan.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// What was made under the name with `.new` gets its place; what was there is destroyed.
    Place(&'static str),
    /// What is there is destroyed.
    Remove(&'static str),
}

/// The files of a folder.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(crate) fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Where something has its place.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Where something is made.
    pub(crate) fn new_at(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.new"))
    }

    fn gone(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.gone"))
    }

    /// Whether there is an account.
    pub(crate) fn has_account(&self) -> bool {
        exists(&self.at(SAFE))
    }

    /// Changes files all or nothing. Whatever happens after the plan is on the disk, [`Files::settle`] finishes it.
    pub(crate) fn commit(&self, steps: &[Step]) -> io::Result<()> {
        let lines: Vec<String> = steps
            .iter()
            .map(|step| match step {
                Step::Place(name) => format!("place {name}\n"),
                Step::Remove(name) => format!("remove {name}\n"),
            })
            .collect();
        write(&self.at(PLAN), lines.concat().as_bytes())?;
        self.settle()
    }

    /// Brings to its end what a crash interrupted: a plan is finished, and what was in the making without one is
    /// destroyed. Files of messages that are to be destroyed are out of sight then, but may take a while: see
    /// [`Files::sweep`].
    pub(crate) fn settle(&self) -> io::Result<()> {
        if let Some(plan) = read(&self.at(PLAN))? {
            for line in String::from_utf8_lossy(&plan).lines() {
                self.carry_out(line)?;
            }
            fs::remove_file(self.at(PLAN))?;
            sync(&self.folder)?;
        }
        for name in ACCOUNT.into_iter().filter(|name| *name != MEDIA) {
            erase_all(&self.new_at(name))?;
            erase_all(&self.gone(name))?;
        }
        Ok(())
    }

    /// One line of a plan; done again, it changes nothing.
    fn carry_out(&self, line: &str) -> io::Result<()> {
        let named = |verb: &str| {
            let name = line.strip_prefix(verb)?;
            ACCOUNT.into_iter().find(|known| *known == name)
        };
        if let Some(name) = named("place ")
            && exists(&self.new_at(name))
        {
            self.put_away(name)?;
            rename(&self.new_at(name), &self.at(name))?;
        }
        if let Some(name) = named("remove ") {
            self.put_away(name)?;
        }
        Ok(())
    }

    /// Takes something out of its place, together with the log of a database that a crash may have left.
    fn put_away(&self, name: &str) -> io::Result<()> {
        let (here, gone) = (self.at(name), self.gone(name));
        if exists(&here) {
            erase_all(&gone)?;
            rename(&here, &gone)?;
        }
        companions(&here).iter().try_for_each(|path| erase(path))
    }

    /// Destroys the files of messages that are out of sight.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        erase_all(&self.gone(MEDIA))
    }

    /// Puts a damaged file aside under a name that says so and that is free; gives back the name.
    pub(crate) fn put_aside(&self, name: &str) -> io::Result<String> {
        let free = (1_u32..)
            .map(|number| format!("{name}.damaged-{number}"))
            .find(|name| !exists(&self.at(name)))
            .unwrap_or_default();
        let logs = companions(&self.at(name)).into_iter().zip(companions(&self.at(&free)));
        for (from, to) in logs.filter(|(from, _)| exists(from)) {
            rename(&from, &to)?;
        }
        rename(&self.at(name), &self.at(&free))?;
        Ok(free)
    }
}

/// The database at a path. A new one has a salt and so a key of its own.
///
/// # Errors
/// Those of the file system and of the database.
pub(crate) fn create_store(path: &Path, key: &DataKey) -> Outcome<Store> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(|error| Failure::with(Code::FAILURE, error.to_string()))?;
    Ok(Store::create(path, store_key(key, &salt)?, &salt)?)
}

/// The database that is at a path.
///
/// # Errors
/// Those of the database; a file that is too short for one is no database.
pub(crate) fn open_store(path: &Path, key: &DataKey) -> Outcome<Result<Store, rusqlite::Error>> {
    let mut salt = [0; SALT];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut salt));
    match read {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_NOTADB),
            None,
        ))),
        Err(error) => Err(failed(path)(error)),
        Ok(()) => Ok(Store::open(path, store_key(key, &salt)?)),
    }
}

/// The key of the database with a salt.
fn store_key(key: &DataKey, salt: &[u8; SALT]) -> Outcome<StoreKey> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_slice())
        .map_err(|error| Failure::with(Code::FAILURE, error.to_string()))?;
    mac.update(b"cococat im 1: database");
    mac.update(salt);
    let mut derived = Zeroizing::new([0; 32]);
    derived.copy_from_slice(&mac.finalize().into_bytes());
    Ok(derived)
}

/// Whether there is anything at a path; also if that cannot be found out.
pub(crate) fn exists(path: &Path) -> bool {
    !matches!(fs::symlink_metadata(path), Err(error) if error.kind() == io::ErrorKind::NotFound)
}

/// Reads a small file; `None` if there is none.
pub(crate) fn read(path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    // Reserved in full, since growing would leave a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(SMALL).unwrap_or_default() + 1));
    file.take(SMALL).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Writes a small file in one step, on the disk when this returns, readable by its owner alone.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new()
        .prefix(".new-")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    sync(folder)
}

/// Removes a file and overwrites what it held; the disk may keep a copy of its own. Nothing happens if there is none.
pub(crate) fn erase(path: &Path) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if metadata.is_file() {
        let mut file = File::options().write(true).open(path)?;
        // The salt and the key's first wrapping stand at the beginning; the rest is unreadable without.
        let length = metadata.len().min(64 * 1024);
        io::copy(&mut io::repeat(0).take(length), &mut file)?;
        file.sync_all()?;
    }
    fs::remove_file(path)?;
    sync(path.parent().unwrap_or(Path::new(".")))
}

/// Erases whatever is at a path: a folder with all that it holds, a database with its log.
fn erase_all(path: &Path) -> io::Result<()> {
    if path.is_dir() && !path.is_symlink() {
        return fs::remove_dir_all(path);
    }
    erase(path)?;
    companions(path).iter().try_for_each(|path| erase(path))
}

/// What SQLite keeps beside a database.
fn companions(path: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|ending| {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(ending);
        path.with_file_name(name)
    })
}

/// Moves a file or folder to a new name, on the disk when this returns.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync(to.parent().unwrap_or(Path::new(".")))
}

/// Brings the entries of a folder to the disk.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere the file system does this by itself, and a folder cannot be opened.
#[cfg(not(unix))]
fn sync(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// The failure of an operation on a file.
pub(crate) fn failed(path: &Path) -> impl Fn(io::Error) -> Failure {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    move |error| Failure::with(Code::FAILURE, format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [Step; 4] = [
        Step::Place(STORE),
        Step::Place(SAFE),
        Step::Remove(DEVICE_KEY),
        Step::Remove(MEDIA),
    ];

    /// A folder with everything old in its place and everything new beside it.
    fn folder() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::of(folder.path());
        for name in [SAFE, STORE, DEVICE_KEY] {
            fs::write(files.at(name), "old").unwrap();
        }
        for name in [SAFE, STORE] {
            fs::write(files.new_at(name), "new").unwrap();
        }
        fs::write(files.at("im.db-wal"), "the old one's log").unwrap();
        fs::create_dir(files.at(MEDIA)).unwrap();
        (folder, files)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_plan_is_finished_wherever_it_was_interrupted() {
        let lines = ["place im.db", "place safe.json", "remove device.key", "remove files"];
        for done in 0..=lines.len() {
            let (folder, files) = folder();
            write(&files.at(PLAN), (lines.join("\n") + "\n").as_bytes()).unwrap();
            for line in &lines[..done] {
                files.carry_out(line).unwrap();
            }
            files.settle().unwrap();
            files.sweep().unwrap();
            assert_eq!(names(folder.path()), ["im.db", "safe.json"]);
            for name in [SAFE, STORE] {
                assert_eq!(fs::read(files.at(name)).unwrap(), b"new");
            }
        }
    }

    #[test]
    fn a_step_that_was_half_done_is_finished() {
        let (folder, files) = folder();
        write(
            &files.at(PLAN),
            b"place im.db\nplace safe.json\nremove device.key\nremove files\n",
        )
        .unwrap();
        fs::rename(files.at(STORE), files.gone(STORE)).unwrap();
        files.settle().unwrap();
        files.sweep().unwrap();
        assert_eq!(names(folder.path()), ["im.db", "safe.json"]);
        assert_eq!(fs::read(files.at(STORE)).unwrap(), b"new");
    }

    #[test]
    fn a_plan_is_on_the_disk_before_anything_changes() {
        let (folder, files) = folder();
        // A folder where a log should be: the first step cannot be done.
        fs::remove_file(files.at("im.db-wal")).unwrap();
        fs::create_dir(files.at("im.db-wal")).unwrap();
        assert!(files.commit(&STEPS).is_err());
        assert!(files.settle().is_err());
        fs::remove_dir(files.at("im.db-wal")).unwrap();
        files.settle().unwrap();
        files.sweep().unwrap();
        assert_eq!(names(folder.path()), ["im.db", "safe.json"]);
        assert_eq!(fs::read(files.at(STORE)).unwrap(), b"new");
    }

    #[test]
    fn what_was_in_the_making_without_a_plan_is_destroyed() {
        let (folder, files) = folder();
        files.settle().unwrap();
        assert_eq!(
            names(folder.path()),
            ["device.key", "files", "im.db", "im.db-wal", "safe.json"]
        );
        assert_eq!(fs::read(files.at(STORE)).unwrap(), b"old");
    }

    #[test]
    fn a_whole_plan_is_carried_out_at_once() {
        let (folder, files) = folder();
        files.commit(&STEPS).unwrap();
        files.sweep().unwrap();
        assert_eq!(names(folder.path()), ["im.db", "safe.json"]);
    }
}
