//! Devices on the same network and on the same computer.
//!
//! On a network, mDNS finds them. It finds nothing on loopback alone, and nothing is to leave a computer without a network, so
//! the engines of one user of a computer write to a folder where they listen: a file for each device, named by its key in
//! hexadecimal, which is written anew every few seconds and counts for nothing when it is old. Nothing said in either way is
//! proved: whoever is dialled has to have the key.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use iroh::EndpointId;
use iroh_mdns_address_lookup::DiscoveryEvent;
use n0_future::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::{MissedTickBehavior, interval};

use crate::endpoint::{Endpoint, Key, Place};
use crate::peer::Handler;
use crate::{NetError, wire};

/// Most bytes that a device says of itself.
pub const ABOUT: usize = 96;
/// How often the folder is read, and the own file written.
const ROUND: Duration = Duration::from_secs(1);
/// After how long without being written a file counts for nothing.
const STALE: Duration = Duration::from_secs(15);
/// Most files of the folder that are looked at.
const FILES: usize = 256;
/// Longest file.
const LONGEST: u64 = 2048;
/// Most devices that are remembered as seen; those beyond are not told of.
const SEEN: usize = 512;

/// Where to look for others, and what to tell them.
#[derive(Debug, Clone, Default)]
pub struct Nearby {
    /// Whether to use mDNS on the local network, which sends multicast.
    pub lan: bool,
    /// The folder that the engines of one user of this computer share; it is made for its owner alone if it is not there.
    pub folder: Option<PathBuf>,
    /// What others are told of this device, for instance a hash of its user's address: at most [`ABOUT`] bytes.
    pub about: Vec<u8>,
}

/// What a device writes to the folder.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Note {
    sockets: Vec<SocketAddr>,
    about: Vec<u8>,
}

/// Looks around until it is dropped.
pub(crate) struct Around {
    tasks: Vec<AbortHandle>,
    note: Option<PathBuf>,
    speaks: Option<Endpoint>,
}

impl Drop for Around {
    fn drop(&mut self) {
        if let Some(endpoint) = &self.speaks {
            endpoint.silent();
        }
        for task in &self.tasks {
            task.abort();
        }
        if let Some(note) = &self.note {
            // If it stays, it is stale soon.
            let _ = fs::remove_file(note);
        }
    }
}

/// Sockets of a device, and what it says of itself.
type Said = (Vec<SocketAddr>, Vec<u8>);

/// Tells the handler of each device once, and again when what it says has changed.
struct Teller {
    handler: Arc<dyn Handler>,
    endpoint: Endpoint,
    seen: Mutex<HashMap<Key, Said>>,
}

impl Teller {
    fn tell(&self, device: EndpointId, sockets: Vec<SocketAddr>, about: &[u8]) {
        let key = *device.as_bytes();
        if key == self.endpoint.key() || about.len() > ABOUT || sockets.len() > Place::SOCKETS {
            return;
        }
        let said = (sockets, about.to_vec());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.get(&key) == Some(&said) || (seen.len() >= SEEN && !seen.contains_key(&key)) {
            return;
        }
        self.endpoint.learn_more(device, &said.0);
        seen.insert(key, said);
        drop(seen);
        self.handler.nearby(&key, about);
    }

    fn forget(&self, device: &EndpointId) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.remove(device.as_bytes());
    }
}

/// Begins.
pub(crate) async fn start(nearby: Nearby, endpoint: Endpoint, handler: Arc<dyn Handler>) -> Result<Around, NetError> {
    if nearby.about.len() > ABOUT {
        return Err(NetError::Protocol("too much to say nearby"));
    }
    let mut around = Around {
        tasks: Vec::new(),
        note: None,
        speaks: None,
    };
    let teller = || {
        Arc::new(Teller {
            handler: Arc::clone(&handler),
            endpoint: endpoint.clone(),
            seen: Mutex::default(),
        })
    };
    if nearby.lan {
        let mdns = endpoint.multicast(&hex::encode(&nearby.about))?;
        around.speaks = Some(endpoint.clone());
        let mut events = mdns.subscribe().await;
        let teller = teller();
        let task = tokio::spawn(async move {
            while let Some(event) = events.next().await {
                match event {
                    DiscoveryEvent::Discovered { endpoint_info, .. } => {
                        let said = endpoint_info.user_data().map(ToString::to_string).unwrap_or_default();
                        let sockets = endpoint_info.ip_addrs().take(Place::SOCKETS).copied().collect();
                        if let Ok(about) = hex::decode(said) {
                            teller.tell(endpoint_info.endpoint_id, sockets, &about);
                        }
                    }
                    DiscoveryEvent::Expired { endpoint_id } => teller.forget(&endpoint_id),
                    _ => {}
                }
            }
        });
        around.tasks.push(task.abort_handle());
    }
    if let Some(folder) = nearby.folder {
        make(&folder)?;
        let own = folder.join(hex::encode(endpoint.key()));
        let note = Note {
            sockets: endpoint.here(),
            about: nearby.about,
        };
        let bytes = wire::encode(&note)?;
        write(&own, &bytes)?;
        around.note = Some(own.clone());
        let teller = teller();
        let task = tokio::spawn(async move {
            let mut rounds = interval(ROUND);
            rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                rounds.tick().await;
                let (teller, folder, own, bytes) = (Arc::clone(&teller), folder.clone(), own.clone(), bytes.clone());
                let round = spawn_blocking(move || {
                    // A full disk, for instance, may pass.
                    let _ = write(&own, &bytes);
                    for (device, note) in read(&folder) {
                        teller.tell(device, note.sockets, &note.about);
                    }
                });
                if round.await.is_err() {
                    return;
                }
            }
        });
        around.tasks.push(task.abort_handle());
    }
    Ok(around)
}

/// Makes the folder for its owner alone.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Replaces the own file at once, so that nobody reads half of it.
fn write(own: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = own.with_extension("new");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, own)
}

/// What others wrote, as far as it is fresh and makes sense; takes away what is stale.
fn read(folder: &Path) -> Vec<(EndpointId, Note)> {
    let Ok(files) = fs::read_dir(folder) else {
        return Vec::new();
    };
    files
        .take(FILES)
        .flatten()
        .filter_map(|file| read_note(&file))
        .collect()
}

fn read_note(file: &fs::DirEntry) -> Option<(EndpointId, Note)> {
    let mut key = [0; 32];
    hex::decode_to_slice(file.file_name().to_str()?, &mut key).ok()?;
    let device = EndpointId::from_bytes(&key).ok()?;
    let about = file.metadata().ok()?;
    if !about.is_file() {
        return None;
    }
    let written = about.modified().ok()?;
    if SystemTime::now().duration_since(written).is_ok_and(|age| age > STALE) {
        // Whose device comes back writes it again.
        let _ = fs::remove_file(file.path());
        return None;
    }
    let mut bytes = Vec::new();
    let opened = fs::File::open(file.path()).ok()?;
    opened.take(LONGEST).read_to_end(&mut bytes).ok()?;
    wire::decode(bytes.get(4..)?).ok().map(|note| (device, note))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(about: &[u8]) -> Note {
        Note {
            sockets: vec!["127.0.0.1:7".parse().unwrap()],
            about: about.to_vec(),
        }
    }

    #[test]
    fn only_what_makes_sense_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32])
            .verifying_key()
            .to_bytes();
        let good = wire::encode(&note(b"about")).unwrap();
        write(&folder.path().join(hex::encode(key)), &good).unwrap();
        let other = |secret: u8| {
            let key = ed25519_dalek::SigningKey::from_bytes(&[secret; 32]).verifying_key();
            folder.path().join(hex::encode(key.to_bytes()))
        };
        fs::write(other(1), &good[..good.len() - 1]).unwrap();
        fs::write(other(2), vec![0xff; 100_000]).unwrap();
        fs::write(other(3), b"").unwrap();
        fs::create_dir(other(4)).unwrap();
        fs::write(folder.path().join("notes.txt"), &good).unwrap();
        // 2 is the y of no point of the curve.
        fs::write(folder.path().join(format!("02{}", "00".repeat(31))), &good).unwrap();
        let read = read(folder.path());
        assert_eq!(read.len(), 1, "{read:?}");
        assert_eq!(read[0].0.as_bytes(), &key);
        assert_eq!(read[0].1, note(b"about"));
    }

    #[test]
    fn stale_files_are_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32])
            .verifying_key()
            .to_bytes();
        let path = folder.path().join(hex::encode(key));
        write(&path, &wire::encode(&note(b"")).unwrap()).unwrap();
        let old = SystemTime::now() - STALE - Duration::from_secs(1);
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(old)
            .unwrap();
        assert!(read(folder.path()).is_empty());
        assert!(!path.exists());
    }
}
