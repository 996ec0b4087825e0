//! People with devices, for tests that say only what matters.

use coco_e2ee::{
    Content, DeviceList, E2eeError, GroupId, GroupMessage, Machine, MemoryKeep, Opened, Peer, SignedDeviceList,
};
use coco_keys::{DeviceKey, Identity, UserKeys};

/// A moment, in ms.
pub const NOW: u64 = 1_800_000_000_000;
/// A day, in ms.
pub const DAY: u64 = 24 * 60 * 60 * 1000;

/// A user with devices.
pub struct Person {
    pub keys: UserKeys,
    pub devices: Vec<Device>,
    pub list: DeviceList,
    pub signed: SignedDeviceList,
}

/// One device.
pub struct Device {
    pub keep: MemoryKeep,
    pub machine: Machine,
    pub peer: Peer,
    pub signed: SignedDeviceList,
}

pub fn keys() -> UserKeys {
    UserKeys::of(&Identity::generate().unwrap()).unwrap()
}

/// A person with so many devices, the first of which is the primary one.
pub fn person(devices: usize) -> Person {
    let keys = keys();
    let machines: Vec<_> = (0..devices)
        .map(|_| {
            let mut keep = MemoryKeep::default();
            let machine = Machine::create(&mut keep, keys.public_key(), DeviceKey::generate().unwrap()).unwrap();
            (keep, machine)
        })
        .collect();
    let entries = machines.iter().enumerate();
    let list = DeviceList {
        user: keys.public_key(),
        curve: keys.curve_key(),
        version: 1,
        made: NOW,
        devices: entries
            .map(|(number, (_, machine))| machine.entry(&format!("LINUX{number:016x}"), number == 0, NOW))
            .collect(),
        nodes: vec!["node".to_owned()],
    };
    let signed = list.sign(&keys).unwrap();
    let devices = machines
        .into_iter()
        .map(|(keep, machine)| Device {
            keep,
            peer: list.peer(&machine.device()).unwrap(),
            machine,
            signed: signed.clone(),
        })
        .collect();
    Person {
        keys,
        devices,
        list,
        signed,
    }
}

/// A device of a person of its own.
pub fn device() -> Device {
    person(1).devices.remove(0)
}

impl Device {
    /// Begins a session with another by a one-time key, as if a node had handed it out.
    pub fn begins(&mut self, other: &mut Device) {
        let bundle = other.machine.prekeys(&mut other.keep, 0, NOW).unwrap().unwrap();
        other.machine.prekeys_published(&mut other.keep).unwrap();
        self.machine
            .begin(&mut self.keep, &other.peer, &bundle.one_time[0])
            .unwrap();
    }

    /// Begins a session by the key that may serve many times.
    pub fn begins_by_fallback(&mut self, other: &mut Device) {
        let fallback = other.machine.fallback(&mut other.keep, NOW).unwrap();
        self.machine.begin(&mut self.keep, &other.peer, &fallback).unwrap();
    }

    pub fn first(&mut self, to: &Device, text: &str) -> Vec<u8> {
        let signed = self.signed.clone();
        self.machine
            .seal_first(&mut self.keep, &to.peer, &signed, text.as_bytes())
            .unwrap()
    }

    pub fn seals(&mut self, to: &Device, text: &str) -> Vec<u8> {
        self.machine.seal(&mut self.keep, &to.peer, 1, text.as_bytes()).unwrap()
    }

    /// Opens an envelope, knowing these devices.
    pub fn opens(&mut self, known: &[&Peer], envelope: &[u8]) -> Result<Opened, E2eeError> {
        self.machine.open(&mut self.keep, envelope, |device| {
            Ok(known
                .iter()
                .find(|peer| peer.entry.device == *device)
                .map(|peer| (*peer).clone()))
        })
    }

    /// The text of an envelope from this device, or why there is none.
    pub fn reads(&mut self, from: &Device, envelope: &[u8]) -> String {
        read(self.opens(&[&from.peer], envelope))
    }

    /// Opens an envelope that must fail, and sees that nothing changed by that.
    pub fn refuses(&mut self, from: &Device, envelope: &[u8]) -> String {
        let before = self.keep.clone();
        let error = self.opens(&[&from.peer], envelope).unwrap_err();
        assert!(self.keep == before, "{error:?} changed something");
        word(&error)
    }

    /// Sends a group's key to another device, with which there is a session.
    pub fn shares(&mut self, group: &GroupId, other: &mut Device) {
        let key = self.machine.group_key(&self.keep, group).unwrap();
        let envelope = self
            .machine
            .seal(&mut self.keep, &other.peer, 1, &key.to_bytes())
            .unwrap();
        let device = other.peer.entry.device;
        self.machine.mark_shared(&mut self.keep, group, &[device]).unwrap();
        let Content::Direct(bytes) = other.opens(&[&self.peer], &envelope).unwrap().content else {
            panic!("no key");
        };
        let key = coco_e2ee::GroupKey::from_bytes(&bytes).unwrap();
        other
            .machine
            .accept_group_key(&mut other.keep, &self.peer.entry.device, &key)
            .unwrap();
    }

    pub fn says(&mut self, group: &GroupId, text: &str) -> GroupMessage {
        self.machine.group_seal(&mut self.keep, group, text.as_bytes()).unwrap()
    }

    pub fn wraps(&mut self, to: &Device, message: &GroupMessage) -> Vec<u8> {
        self.machine.wrap_group(&mut self.keep, &to.peer, 1, message).unwrap()
    }
}

/// The text of what was opened, or the name of the error.
pub fn read(opened: Result<Opened, E2eeError>) -> String {
    match opened {
        Ok(opened) => String::from_utf8(payload(opened)).unwrap(),
        Err(error) => word(&error),
    }
}

pub fn payload(opened: Opened) -> Vec<u8> {
    match opened.content {
        Content::First { payload, .. } | Content::Direct(payload) | Content::Group { payload, .. } => payload,
    }
}

/// The name of an error.
pub fn word(error: &E2eeError) -> String {
    let text = format!("{error:?}");
    text.split(|letter: char| !letter.is_alphanumeric())
        .next()
        .unwrap()
        .to_owned()
}

/// Whether a part is somewhere in the whole.
pub fn contains(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}
