//! People, their devices, and groups as each device sees them.

use coco_ledger::group::{
    Author, Belonging, Deed, Group, Inserted, Outcome, Picture, Profile, Rank, Refusal, SignedOperation,
};
use coco_ledger::{DeviceId, GroupId, OperationId, UserId};
use ed25519_dalek::{Signer as _, SigningKey};

/// The key of the group that the tests are about.
pub(crate) fn group_key() -> SigningKey {
    SigningKey::from_bytes(&[200; 32])
}

pub(crate) fn group_id() -> GroupId {
    group_key().verifying_key().to_bytes()
}

/// A person, by a number below 100.
pub(crate) fn user(number: u8) -> UserId {
    [number; 32]
}

/// The key of one of a person's devices, which are numbered from 0.
pub(crate) fn device_key(person: u8, device: u8) -> SigningKey {
    let mut seed = [person; 32];
    seed[0] = device;
    seed[1] = 99;
    SigningKey::from_bytes(&seed)
}

pub(crate) fn author(person: u8, device: u8, list_version: u64) -> Author {
    Author {
        user: user(person),
        device: device_key(person, device).verifying_key().to_bytes(),
        list_version,
    }
}

/// Every person has the devices 0, 1 and 2 in the lists up to version 9; from version 10 on, device 2 is not there.
pub(crate) fn belongs(user: &UserId, device: &DeviceId, list_version: u64) -> Belonging {
    if list_version > 99 {
        return Belonging::Unknown;
    }
    let known = if list_version < 10 { 0..3 } else { 0..2 };
    let mut devices = known.map(|number| device_key(user[0], number).verifying_key().to_bytes());
    if devices.any(|known| known == *device) {
        Belonging::Yes
    } else {
        Belonging::No
    }
}

pub(crate) fn profile(number: u8) -> Profile {
    Profile {
        user: user(number),
        curve_key: [number; 32],
        nickname: format!("Person {number}"),
        picture: Picture::default(),
        domain: String::new(),
    }
}

pub(crate) fn profiles(numbers: &[u8]) -> Vec<Profile> {
    numbers.iter().copied().map(profile).collect()
}

pub(crate) fn users(numbers: &[u8]) -> Vec<UserId> {
    numbers.iter().copied().map(user).collect()
}

pub(crate) fn named(name: &str) -> Deed {
    Deed::SetName { name: name.to_owned() }
}

pub(crate) fn add(numbers: &[u8]) -> Deed {
    Deed::Add {
        members: profiles(numbers),
    }
}

pub(crate) fn remove(numbers: &[u8]) -> Deed {
    Deed::Remove {
        members: users(numbers),
    }
}

pub(crate) fn appoint(numbers: &[u8]) -> Deed {
    Deed::Appoint {
        members: users(numbers),
    }
}

pub(crate) fn dismiss(numbers: &[u8]) -> Deed {
    Deed::Dismiss {
        members: users(numbers),
    }
}

pub(crate) fn transfer(number: u8) -> Deed {
    Deed::Transfer { to: user(number) }
}

/// A device of a person, with the group as it sees it.
pub(crate) struct Actor {
    pub(crate) person: u8,
    pub(crate) device: u8,
    pub(crate) version: u64,
    pub(crate) group: Group,
    clock: u64,
}

impl Actor {
    /// Somebody who knows nothing yet.
    pub(crate) fn new(person: u8, device: u8) -> Self {
        Self {
            person,
            device,
            version: 1,
            group: Group::new(group_id()),
            clock: 0,
        }
    }

    /// Somebody who founds the group with these others.
    pub(crate) fn founder(person: u8, others: &[u8]) -> Self {
        let mut founder = Self::new(person, 0);
        let deed = Deed::Create {
            name: "Walkers".to_owned(),
            founder: profile(person),
            members: profiles(others),
        };
        founder.does(deed);
        founder
    }

    /// Another device that knows the same.
    pub(crate) fn beside(&self, person: u8, device: u8) -> Self {
        let mut other = Self::new(person, device);
        other.hears(self);
        other
    }

    pub(crate) fn author(&self) -> Author {
        author(self.person, self.device, self.version)
    }

    /// Signs a deed without keeping it.
    pub(crate) fn signs(&mut self, deed: Deed) -> SignedOperation {
        self.clock += 1;
        let draft = self.group.draft(self.author(), deed, self.clock);
        let key = device_key(self.person, self.device);
        let by_device = |bytes: &[u8]| key.sign(bytes).to_bytes();
        match &draft.deed {
            Deed::Create { .. } => draft.found(by_device, |bytes| group_key().sign(bytes).to_bytes()),
            _ => draft.sign(by_device),
        }
        .unwrap()
    }

    /// Does something, allowed or not.
    pub(crate) fn does(&mut self, deed: Deed) -> OperationId {
        let signed = self.signs(deed);
        let id = signed.id();
        let inserted = self.group.insert(signed, &belongs);
        assert_eq!(inserted, Inserted::Applied { landed: vec![id] });
        id
    }

    /// Does something that has an effect.
    pub(crate) fn succeeds(&mut self, deed: Deed) -> OperationId {
        assert_eq!(self.group.check(&self.author(), &deed), Ok(()), "{deed:?}");
        let id = self.does(deed);
        assert_eq!(self.outcome(&id), Outcome::Effective);
        id
    }

    /// Tries something that is refused, and would have no effect if it were sent all the same.
    pub(crate) fn fails(&mut self, deed: Deed, refusal: Refusal) {
        assert_eq!(self.group.check(&self.author(), &deed), Err(refusal), "{deed:?}");
        let before = self.group.state().clone();
        let id = self.does(deed);
        assert_eq!(self.outcome(&id), Outcome::Void(refusal));
        assert_eq!(*self.group.state(), before);
    }

    /// Gets what another has.
    pub(crate) fn hears(&mut self, other: &Self) {
        let new: Vec<_> = other
            .group
            .operations_since(&self.group.heads())
            .into_iter()
            .cloned()
            .collect();
        for inserted in self.group.extend(new, &belongs) {
            assert!(
                matches!(inserted, Inserted::Applied { .. } | Inserted::Duplicate),
                "{inserted:?}"
            );
        }
        self.clock = self.clock.max(other.clock);
    }

    pub(crate) fn outcome(&self, id: &OperationId) -> Outcome {
        *self.group.outcome(id).unwrap()
    }

    pub(crate) fn rank(&self, person: u8) -> Option<Rank> {
        self.group.state().rank(&user(person))
    }
}

/// Lets everybody hear everything; all must see the same then.
pub(crate) fn gather(actors: &mut [&mut Actor]) {
    for _ in 0..2 {
        for hearer in 0..actors.len() {
            for speaker in 0..actors.len() {
                if hearer != speaker {
                    let new: Vec<_> = {
                        let heads = actors[hearer].group.heads();
                        let new = actors[speaker].group.operations_since(&heads);
                        new.into_iter().cloned().collect()
                    };
                    actors[hearer].group.extend(new, &belongs);
                }
            }
        }
    }
    for actor in &*actors {
        assert_eq!(actor.group.heads(), actors[0].group.heads());
        assert_eq!(actor.group.state(), actors[0].group.state());
    }
}
