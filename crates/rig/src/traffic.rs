//! What went over a network: every frame that somebody sent, as it was sent, in a file of libpcap's format.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::RigError;
use crate::error::During as _;
use crate::search::{Found, Needles};

/// Longest frame of a capture.
const LONGEST: u32 = 65_536;
/// Ethernet.
const LINK_TYPE: u32 = 1;

/// A capture that is written.
pub(crate) struct Capture {
    file: BufWriter<File>,
    path: PathBuf,
    /// The first failure, told when it is flushed.
    failed: Option<RigError>,
}

impl Capture {
    pub(crate) fn create(path: &Path) -> Result<Self, RigError> {
        let mut file = BufWriter::new(File::create(path).during(path.display())?);
        let head = [0xa1b2_c3d4, 0x0004_0002, 0, 0, LONGEST, LINK_TYPE];
        for word in head {
            file.write_all(&u32::to_le_bytes(word)).during(path.display())?;
        }
        Ok(Self {
            file,
            path: path.to_owned(),
            failed: None,
        })
    }

    /// Writes a frame.
    pub(crate) fn keep(&mut self, frame: &[u8]) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let length = u32::try_from(frame.len()).unwrap_or(LONGEST);
        let seconds = u32::try_from(now.as_secs()).unwrap_or(u32::MAX);
        let mut record = Vec::with_capacity(16 + frame.len());
        for word in [seconds, now.subsec_micros(), length, length] {
            record.extend_from_slice(&word.to_le_bytes());
        }
        record.extend_from_slice(frame);
        if let Err(error) = self.file.write_all(&record).during(self.path.display()) {
            self.failed.get_or_insert(error);
        }
    }

    pub(crate) fn flush(&mut self) -> Result<(), RigError> {
        self.file.flush().during(self.path.display())?;
        self.failed.clone().map_or(Ok(()), Err)
    }
}

/// A capture that was written.
#[derive(Debug, Clone)]
pub struct Traffic {
    path: PathBuf,
}

/// Where a packet comes from and goes to: addresses, protocol, and ports where there are any.
type Flow = (IpAddr, IpAddr, u8, [u8; 4]);

impl Traffic {
    /// A capture in a file.
    #[must_use]
    pub fn of(path: PathBuf) -> Self {
        Self { path }
    }

    /// Looks at every frame.
    ///
    /// # Errors
    /// If the file cannot be read or is no capture of this rig.
    pub fn each(&self, mut look: impl FnMut(usize, &[u8])) -> Result<(), RigError> {
        let doing = self.path.display();
        let mut file = BufReader::new(File::open(&self.path).during(&doing)?);
        let mut head = [0; 24];
        file.read_exact(&mut head).during(&doing)?;
        for number in 0.. {
            let mut record = [[0; 4]; 4];
            match file.read_exact(record.as_flattened_mut()) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
                Err(error) => return Err(error).during(&doing),
            }
            let [_, _, length, _] = record.map(u32::from_le_bytes);
            if length > LONGEST {
                return Err(RigError::new(format!("{doing} is broken")));
            }
            let mut frame = vec![0; usize::try_from(length).unwrap_or_default()];
            file.read_exact(&mut frame).during(&doing)?;
            look(number, &frame);
        }
        Ok(())
    }

    /// What is found in the frames, and in what the packets of each flow say one after the other.
    ///
    /// # Errors
    /// Those of [`Traffic::each`].
    pub fn search(&self, needles: &Needles) -> Result<Vec<Found>, RigError> {
        let keep = needles.longest().saturating_sub(1);
        let mut tails: BTreeMap<Flow, Vec<u8>> = BTreeMap::new();
        let mut found = Vec::new();
        self.each(|number, frame| {
            let here = needles.in_bytes(&format!("frame {number}"), frame);
            if let (true, Some((flow, said))) = (here.is_empty(), flow(frame)) {
                let tail = tails.entry(flow).or_default();
                tail.extend_from_slice(said);
                let across = needles.in_bytes(&format!("flow {} to {}, until frame {number}", flow.0, flow.1), tail);
                // What was found is not found again.
                let left = if across.is_empty() { tail.len().min(keep) } else { 0 };
                tail.drain(..tail.len() - left);
                found.extend(across);
            }
            found.extend(here);
        })?;
        Ok(found)
    }

    /// Addresses that IP packets went to.
    ///
    /// # Errors
    /// Those of [`Traffic::each`].
    pub fn destinations(&self) -> Result<BTreeSet<IpAddr>, RigError> {
        let mut all = BTreeSet::new();
        self.each(|_, frame| all.extend(flow(frame).map(|(flow, _)| flow.1)))?;
        Ok(all)
    }
}

/// The flow of a frame, and what it says in it; `None` if it is no IP packet.
fn flow(frame: &[u8]) -> Option<(Flow, &[u8])> {
    let (from, to, protocol, rest) = match (frame.get(12..14)?, frame.get(14..)?) {
        ([0x08, 0x00], packet) => {
            let head = usize::from(packet.first()? & 0x0f) * 4;
            let address = |at: usize| Some(Ipv4Addr::from(*packet.get(at..at + 4)?.first_chunk()?));
            let (from, to) = (address(12)?, address(16)?);
            (from.into(), to.into(), *packet.get(9)?, packet.get(head..)?)
        }
        ([0x86, 0xdd], packet) => {
            let address = |at: usize| Some(Ipv6Addr::from(*packet.get(at..at + 16)?.first_chunk::<16>()?));
            let (from, to) = (address(8)?, address(24)?);
            (IpAddr::V6(from), IpAddr::V6(to), *packet.get(6)?, packet.get(40..)?)
        }
        _ => return None,
    };
    let head = match protocol {
        6 => usize::from(rest.get(12)? >> 4) * 4,
        17 => 8,
        _ => return Some(((from, to, protocol, [0; 4]), rest)),
    };
    Some(((from, to, protocol, *rest.first_chunk()?), rest.get(head..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A UDP packet in its frame.
    fn frame(from: u8, said: &[u8]) -> Vec<u8> {
        let mut frame = vec![0; 12];
        frame.extend([0x08, 0x00]);
        frame.extend([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 77, 0, from, 10, 77, 0, 9]);
        frame.extend([0x11, 0x51, 0x11, 0x52, 0, 0, 0, 0]);
        frame.extend(said);
        frame
    }

    #[test]
    fn what_was_said_is_found_in_frames_and_across_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.pcap");
        let needles = Needles::new(["the secret of the day"]).unwrap();
        let mut capture = Capture::create(&path).unwrap();
        let traffic = Traffic::of(path);
        for (from, said) in [(1, "not the sec"), (2, "ret of the"), (1, "onds of the day")] {
            capture.keep(&frame(from, said.as_bytes()));
        }
        capture.keep(&[1, 2, 3]);
        capture.flush().unwrap();
        assert_eq!(traffic.search(&needles).unwrap(), []);
        for (from, said) in [
            (1, "it is the sec"),
            (2, "else"),
            (1, "ret of the"),
            (1, " day"),
            (3, "the secret of the day"),
        ] {
            capture.keep(&frame(from, said.as_bytes()));
        }
        capture.flush().unwrap();
        let found = traffic.search(&needles).unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(traffic.destinations().unwrap(), [IpAddr::from([10, 77, 0, 9])].into());
    }
}
