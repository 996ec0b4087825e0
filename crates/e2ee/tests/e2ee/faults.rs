//! Loss, reordering, duplication and crashes, at random.

use std::collections::BTreeMap;

use coco_e2ee::{Content, GroupKey};
use proptest::prelude::*;

use crate::actors::*;

const GROUP: [u8; 32] = [3; 32];

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// One writes to another.
    Send { from: usize, to: usize },
    /// One encrypts for the group, and wraps it for the others.
    Say { from: usize },
    /// One envelope under way arrives; maybe a copy stays under way, maybe the store loses what opening it wrote.
    Arrive { which: usize, stays: bool, crashes: bool },
    /// One envelope is lost.
    Lose { which: usize },
    /// One encrypts, and the store loses that, so nothing is sent.
    CrashSending { from: usize, to: usize },
    /// One begins a session although there is one.
    Begin { from: usize, to: usize },
    /// One begins a new session in the group and sends its key.
    Rotate { from: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let one = || 0_usize..3;
    prop_oneof![
        6 => (one(), one()).prop_map(|(from, to)| Step::Send { from, to }),
        3 => one().prop_map(|from| Step::Say { from }),
        12 => (any::<prop::sample::Index>(), prop::bool::weighted(0.2), prop::bool::weighted(0.2))
            .prop_map(|(which, stays, crashes)| Step::Arrive { which: which.index(1000), stays, crashes }),
        1 => (0_usize..1000).prop_map(|which| Step::Lose { which }),
        1 => (one(), one()).prop_map(|(from, to)| Step::CrashSending { from, to }),
        1 => (one(), one()).prop_map(|(from, to)| Step::Begin { from, to }),
        1 => one().prop_map(|from| Step::Rotate { from }),
    ]
}

struct World {
    devices: Vec<Device>,
    /// Sender, recipient, envelope, text.
    under_way: Vec<(usize, usize, Vec<u8>, Vec<u8>)>,
    /// How often each text was opened by each.
    opened: BTreeMap<(usize, Vec<u8>), usize>,
    /// Texts that were lost on the way.
    lost: Vec<(usize, Vec<u8>)>,
    sent: Vec<(usize, Vec<u8>)>,
    number: usize,
    /// How often each pair began, and each one rotated: more than four would put out what is under way.
    begun: BTreeMap<(usize, usize), usize>,
}

impl World {
    fn new() -> Self {
        let mut devices: Vec<_> = (0..3).map(|_| device()).collect();
        for device in &mut devices {
            device.machine.rotate(&mut device.keep, &GROUP, NOW).unwrap();
        }
        Self {
            devices,
            under_way: Vec::new(),
            opened: BTreeMap::new(),
            lost: Vec::new(),
            sent: Vec::new(),
            number: 0,
            begun: BTreeMap::new(),
        }
    }

    fn begin(&mut self, from: usize, to: usize) {
        let device = &mut self.devices[to];
        let fallback = device.machine.fallback(&mut device.keep, NOW).unwrap();
        let peer = device.peer.clone();
        let device = &mut self.devices[from];
        device.machine.begin(&mut device.keep, &peer, &fallback).unwrap();
    }

    fn seal(&mut self, from: usize, to: usize, text: &[u8]) -> Vec<u8> {
        let peer = self.devices[to].peer.clone();
        if !self.devices[from]
            .machine
            .has_session(&self.devices[from].keep, &peer)
            .unwrap()
        {
            self.begin(from, to);
        }
        let device = &mut self.devices[from];
        device.machine.seal(&mut device.keep, &peer, 1, text).unwrap()
    }

    fn send(&mut self, from: usize, to: usize, text: Vec<u8>) {
        let envelope = self.seal(from, to, &text);
        self.sent.push((to, text.clone()));
        self.under_way.push((from, to, envelope, text));
    }

    fn few(&mut self, who: (usize, usize)) -> bool {
        let begun = self.begun.entry(who).or_default();
        *begun += 1;
        *begun <= 2
    }

    fn text(&mut self) -> Vec<u8> {
        self.number += 1;
        format!("message {}", self.number).into_bytes()
    }

    /// Gives the key of one's session to those who do not have it.
    fn share(&mut self, from: usize) {
        for to in 0..self.devices.len() {
            let device = self.devices[to].peer.entry.device;
            let sender = &self.devices[from];
            if to == from
                || sender
                    .machine
                    .shared_with(&sender.keep, &GROUP)
                    .unwrap()
                    .contains(&device)
            {
                continue;
            }
            let key = sender
                .machine
                .group_key(&sender.keep, &GROUP)
                .unwrap()
                .to_bytes()
                .to_vec();
            self.send(from, to, key);
            let sender = &mut self.devices[from];
            sender.machine.mark_shared(&mut sender.keep, &GROUP, &[device]).unwrap();
        }
    }

    /// Opens one envelope; gives whether it is done with.
    fn arrive(&mut self, (from, to, envelope, text): &(usize, usize, Vec<u8>, Vec<u8>), crashes: bool) -> bool {
        let sender = self.devices[*from].peer.clone();
        let device = &mut self.devices[*to];
        let before = device.keep.clone();
        match device.opens(&[&sender], envelope) {
            Ok(opened) => {
                if crashes {
                    device.keep = before;
                    return false;
                }
                if let Content::Direct(bytes) = &opened.content
                    && let Ok(key) = GroupKey::from_bytes(bytes)
                {
                    device
                        .machine
                        .accept_group_key(&mut device.keep, &opened.device, &key)
                        .unwrap();
                }
                assert_eq!(opened.device, sender.entry.device);
                assert_eq!(payload(opened), *text);
                *self.opened.entry((*to, text.clone())).or_default() += 1;
                true
            }
            Err(error) => {
                assert!(device.keep == before, "{error:?} changed something");
                match word(&error).as_str() {
                    "Duplicate" => assert!(self.opened.contains_key(&(*to, text.clone()))),
                    // Its key is still under way.
                    "MissingGroupKey" => return false,
                    other => panic!("{other}"),
                }
                true
            }
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Send { from, to } if from != to => {
                let text = self.text();
                self.send(from, to, text);
            }
            Step::CrashSending { from, to } if from != to => {
                // Sealing alone: the crash takes back what it wrote.
                let device = &mut self.devices[to];
                device.machine.fallback(&mut device.keep, NOW).unwrap();
                let before = self.devices[from].keep.clone();
                let _ = self.seal(from, to, b"never sent");
                self.devices[from].keep = before;
            }
            Step::Begin { from, to } if from != to && self.few((from.min(to), from.max(to))) => self.begin(from, to),
            Step::Rotate { from } if self.few((from, from)) => {
                let sender = &mut self.devices[from];
                sender.machine.rotate(&mut sender.keep, &GROUP, NOW).unwrap();
            }
            Step::Say { from } => {
                self.share(from);
                let text = self.text();
                let sender = &mut self.devices[from];
                let message = sender.machine.group_seal(&mut sender.keep, &GROUP, &text).unwrap();
                for to in (0..self.devices.len()).filter(|to| *to != from) {
                    let peer = self.devices[to].peer.clone();
                    let sender = &mut self.devices[from];
                    let envelope = sender.machine.wrap_group(&mut sender.keep, &peer, 1, &message).unwrap();
                    self.sent.push((to, text.clone()));
                    self.under_way.push((from, to, envelope, text.clone()));
                }
            }
            Step::Arrive { which, stays, crashes } if !self.under_way.is_empty() => {
                // Among the oldest, so that nothing gets more out of order than the ratchets allow.
                let which = which % self.under_way.len().min(12);
                let parcel = self.under_way.remove(which);
                if !self.arrive(&parcel, crashes) || stays {
                    self.under_way.insert(which.min(self.under_way.len()), parcel);
                }
            }
            Step::Lose { which } if !self.under_way.is_empty() => {
                let which = which % self.under_way.len().min(12);
                // Not a key: what waits for it would wait for ever.
                if self.under_way[which].3.starts_with(b"message") {
                    let (_, to, _, text) = self.under_way.remove(which);
                    self.lost.push((to, text));
                }
            }
            _ => {}
        }
    }

    /// Everything arrives; then everything that was not lost was opened exactly once.
    fn settle(&mut self) {
        let mut idle = 0;
        while !self.under_way.is_empty() {
            let parcel = self.under_way.remove(0);
            if self.arrive(&parcel, false) {
                idle = 0;
            } else {
                self.under_way.push(parcel);
                idle += 1;
                assert!(idle <= self.under_way.len(), "what waits, waits for ever");
            }
        }
        for sent in &self.sent {
            let expected = if self.opened.contains_key(sent) || !self.lost.contains(sent) {
                1
            } else {
                0
            };
            assert_eq!(self.opened.get(sent).copied().unwrap_or(0), expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn everything_that_arrives_is_opened_once(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
        world.settle();
    }
}
