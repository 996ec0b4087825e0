//! One program per data folder: whoever comes later hands over what it wants done to the one that runs.
//!
//! A lock file decides who runs, and a Unix socket beside it takes the requests: one line of JSON, answered with `taken`.
//! Both the shell and `coco` come this way, so that two of them never change one data folder against each other.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use coco_keys::Address;
use serde::{Deserialize, Serialize};

/// Longest message in bytes that is read from another instance.
const MESSAGE_BYTES: u64 = 64 * 1024;
/// How long the other side may take for its part.
const PATIENCE: Duration = Duration::from_secs(5);
/// Pause before the next try to become the one that runs.
const PAUSE: Duration = Duration::from_millis(20);

/// What one instance asks the one that runs to do, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Packages to install, absolute.
    pub install: Vec<PathBuf>,
    /// Apps to go back to the previous version of.
    #[serde(default)]
    pub roll_back: Vec<Address>,
    /// Apps to remove.
    #[serde(default)]
    pub uninstall: Vec<Address>,
    /// Apps to open.
    pub open: Vec<Address>,
    /// Developers' works to open.
    #[serde(default)]
    pub develop: Vec<Develop>,
    /// Whether to open the bridge inspector.
    #[serde(default)]
    pub inspector: bool,
    /// Links of the program, `cococat:…`.
    #[serde(default)]
    pub links: Vec<String>,
}

/// A developer's work, to be opened as an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Develop {
    /// A folder, absolute, or the `http` URL of a server on this computer.
    pub target: String,
    /// The app that it shall be.
    pub address: Address,
}

/// The folder that the programs keep everything in: `chosen`, or `cococat` in the system's folder for application data.
/// `None` when there is no such folder because the environment names no home.
///
/// # Errors
/// When the current folder, to which `chosen` is relative, is gone.
pub fn data_folder(chosen: Option<PathBuf>) -> io::Result<Option<PathBuf>> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let system = || {
        std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(home)
    };
    chosen
        .or_else(|| system().map(|path| path.join("cococat")))
        .map(std::path::absolute)
        .transpose()
}

/// Whether this process is the one that runs.
#[derive(Debug)]
pub enum Instance {
    /// It is: requests of later ones come through here.
    First(First),
    /// Another one runs and has taken the request.
    Later,
}

/// The lock and the ear of the instance that runs. Both end with it.
#[derive(Debug)]
pub struct First {
    _lock: File,
    folder: File,
    listener: UnixListener,
}

impl Instance {
    /// Becomes the first instance of a data folder, or hands `request` to the one that is. One that is just ending takes
    /// nothing any more: then this one waits until it has ended.
    ///
    /// # Errors
    /// When the folder does not exist or cannot be written, or the one that runs does not answer for 10 seconds.
    pub fn claim(folder: &Path, request: &Request) -> io::Result<Self> {
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("instance.lock"))?;
        let folder = File::open(folder)?;
        let end = Instant::now() + 2 * PATIENCE;
        loop {
            match lock.try_lock() {
                Ok(()) => {
                    let _ = fs::remove_file(socket(&folder));
                    let listener = UnixListener::bind(socket(&folder))?;
                    return Ok(Self::First(First {
                        _lock: lock,
                        folder,
                        listener,
                    }));
                }
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => match hand_over(&folder, request) {
                    Err(_) if Instant::now() < end => std::thread::sleep(PAUSE),
                    outcome => return outcome.map(|()| Self::Later),
                },
            }
        }
    }
}

impl First {
    /// Listens on a thread of its own for as long as the program runs. `take` says whether it will do what was asked.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn listen(self, mut take: impl FnMut(Request) -> bool + Send + 'static) -> io::Result<()> {
        std::thread::Builder::new().name("instance".into()).spawn(move || {
            let First {
                _lock,
                folder: _folder,
                listener,
            } = self;
            for stream in listener.incoming() {
                // Whoever sent nonsense, or went away, hears nothing more.
                let _ = stream.and_then(|stream| answer(&stream, &mut take));
            }
        })?;
        Ok(())
    }
}

/// The socket's path by way of the open folder, since a socket's path may be no longer than 107 bytes.
fn socket(folder: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}/instance.sock", folder.as_raw_fd()))
}

fn hand_over(folder: &File, request: &Request) -> io::Result<()> {
    let mut stream = UnixStream::connect(socket(folder))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{}\n", serde_json::to_string(request)?).as_bytes())?;
    let mut taken = String::new();
    BufReader::new(stream).take(8).read_line(&mut taken)?;
    if taken == "taken\n" {
        Ok(())
    } else {
        Err(io::Error::other("the program that runs did not answer"))
    }
}

fn answer(mut stream: &UnixStream, take: &mut impl FnMut(Request) -> bool) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(stream.take(MESSAGE_BYTES)).read_line(&mut line)?;
    if take(serde_json::from_str(&line)?) {
        stream.write_all(b"taken\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_second_instance_hands_its_request_to_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a-long-name-".repeat(15));
        fs::create_dir(&deep).unwrap();
        let Instance::First(first) = Instance::claim(&deep, &Request::default()).unwrap() else {
            panic!("nobody else runs")
        };
        let (told, heard) = mpsc::channel();
        first.listen(move |request| told.send(request).is_ok()).unwrap();

        let request = Request {
            install: vec!["/some/app".into()],
            open: vec![Address::from_hash160([1; 20])],
            roll_back: vec![Address::from_hash160([2; 20])],
            uninstall: vec![Address::from_hash160([3; 20])],
            develop: vec![Develop {
                target: "http://localhost:5173/".into(),
                address: Address::from_hash160([4; 20]),
            }],
            inspector: true,
            links: vec!["cococat://add/somebody".into()],
        };
        assert!(matches!(Instance::claim(&deep, &request).unwrap(), Instance::Later));
        assert_eq!(heard.recv().unwrap(), request);
    }

    #[test]
    fn what_a_dead_instance_left_behind_is_no_hindrance() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("instance.sock"), "").unwrap();
        assert!(matches!(
            Instance::claim(folder.path(), &Request::default()).unwrap(),
            Instance::First(_)
        ));
    }

    #[test]
    fn an_instance_that_is_ending_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let Instance::First(first) = Instance::claim(folder.path(), &Request::default()).unwrap() else {
            panic!("nobody else runs")
        };
        let (asked, ended) = mpsc::channel();
        let ending = std::thread::spawn(move || {
            let first = first;
            let (stream, _) = first.listener.accept().unwrap();
            answer(&stream, &mut |_| false).unwrap();
            asked.send(()).unwrap();
        });
        let again = Instance::claim(folder.path(), &Request::default()).unwrap();
        assert!(matches!(again, Instance::First(_)));
        ended.recv().unwrap();
        ending.join().unwrap();
    }

    #[test]
    fn nonsense_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let Instance::First(first) = Instance::claim(folder.path(), &Request::default()).unwrap() else {
            panic!("nobody else runs")
        };
        let (told, heard) = mpsc::channel();
        first.listen(move |request| told.send(request).is_ok()).unwrap();
        for nonsense in ["", "{}\n", "null\n", "[[[[\n"] {
            let mut stream = UnixStream::connect(folder.path().join("instance.sock")).unwrap();
            stream.write_all(nonsense.as_bytes()).unwrap();
        }
        assert!(matches!(
            Instance::claim(folder.path(), &Request::default()).unwrap(),
            Instance::Later
        ));
        assert_eq!(heard.recv().unwrap(), Request::default());
    }
}
