//! Messages to groups: encrypted once by Megolm, wrapped for each device.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use vodozemac::megolm::{
    DecryptionError, GroupSession, GroupSessionPickle, InboundGroupSession, InboundGroupSessionPickle, MegolmMessage,
    SessionConfig, SessionKey,
};

use crate::inner::{Head, Header, Kind};
use crate::keep::{Keep, Pickle, load, name, remove, save};
use crate::sessions::{Received, check_payload, next_counter};
use crate::window::Window;
use crate::{DeviceId, E2eeError, GroupId, Machine, MissingGroupKey, Peer, outer};

/// After so many messages a session has done its service.
pub const ROTATION_MESSAGES: u32 = 100;
/// After so long, in ms, a session has done its service: a week.
pub const ROTATION_AGE: u64 = 7 * 24 * 60 * 60 * 1000;

/// Most sessions that are kept of one device in one group.
const SESSIONS: usize = 4;
/// Most groups of which keys from one device are kept.
const GROUPS: usize = 1024;
/// Most bytes of a group's key as it travels.
const KEY_BYTES: usize = 512;
/// Bytes before the encrypted message of a [`GroupMessage`].
const IDS: usize = 64;
/// The name of the set of groups in which this device has a session of its own.
const OUTBOUND: &str = "outbound";

/// The config of Megolm sessions: MACs of 32 bytes, as for Olm.
fn config() -> SessionConfig {
    SessionConfig::version_2()
}

/// A message to a group, encrypted once, to be wrapped for every device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMessage {
    group: GroupId,
    session: [u8; 32],
    message: Vec<u8>,
}

impl GroupMessage {
    /// The group.
    #[must_use]
    pub fn group(&self) -> GroupId {
        self.group
    }

    /// The message as it may be kept: the group, the session, the encrypted message.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.group[..], &self.session, &self.message].concat()
    }

    /// Reads what [`GroupMessage::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`E2eeError::Malformed`], [`E2eeError::TooLong`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, E2eeError> {
        let limit = outer::ENVELOPE_BYTES;
        if bytes.len() > limit {
            return Err(E2eeError::TooLong {
                what: "the group's message",
                limit,
            });
        }
        let (ids, message) = bytes
            .split_first_chunk::<IDS>()
            .ok_or(E2eeError::Malformed("the group's message"))?;
        let (ids, _) = ids.as_chunks::<32>();
        let [group, session] = ids else {
            return Err(E2eeError::Malformed("the group's message"));
        };
        Ok(Self {
            group: *group,
            session: *session,
            message: message.to_vec(),
        })
    }
}

/// The key of a group's session from one message on. A secret: `Debug` shows the group alone.
pub struct GroupKey {
    group: GroupId,
    key: SessionKey,
}

impl GroupKey {
    /// The group that the sender says it is for.
    #[must_use]
    pub fn group(&self) -> GroupId {
        self.group
    }

    /// The key as it is sent by [`Machine::seal`].
    #[must_use]
    pub fn to_bytes(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let key = zeroize::Zeroizing::new(self.key.to_bytes());
        zeroize::Zeroizing::new([&self.group[..], &key].concat())
    }

    /// Reads what [`GroupKey::to_bytes`] wrote, and checks the session's own signature.
    ///
    /// # Errors
    /// [`E2eeError::Malformed`], [`E2eeError::TooLong`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, E2eeError> {
        if bytes.len() > KEY_BYTES {
            return Err(E2eeError::TooLong {
                what: "the group's key",
                limit: KEY_BYTES,
            });
        }
        let malformed = || E2eeError::Malformed("the group's key");
        let (group, key) = bytes.split_first_chunk::<32>().ok_or_else(malformed)?;
        Ok(Self {
            group: *group,
            key: SessionKey::from_bytes(key).map_err(|_| malformed())?,
        })
    }
}

impl fmt::Debug for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupKey")
            .field("group", &crate::wire::hex(&self.group))
            .finish_non_exhaustive()
    }
}

/// This device's own session in a group, as it is kept.
#[derive(Serialize, Deserialize)]
struct Outbound {
    pickle: Pickle,
    /// When it was begun, in ms.
    made: u64,
    /// How many messages it encrypted.
    messages: u32,
    /// Whether a device was forgotten that has its key.
    betrayed: bool,
}

impl Outbound {
    fn load<K: Keep>(keep: &K, group: &GroupId) -> Result<Option<Self>, E2eeError> {
        load(keep, &name("out", &[group]))
    }

    fn session<K: Keep>(keep: &K, group: &GroupId) -> Result<(Self, GroupSession), E2eeError> {
        let outbound = Self::load(keep, group)?.ok_or(E2eeError::NoGroupSession(*group))?;
        let session = GroupSession::from_pickle(outbound.pickle.state::<GroupSessionPickle>()?);
        Ok((outbound, session))
    }

    fn save<K: Keep>(&self, keep: &mut K, group: &GroupId) -> Result<(), E2eeError> {
        save(keep, &name("out", &[group]), self)
    }
}

/// Another device's session in a group, as it is kept.
#[derive(Serialize, Deserialize)]
struct Inbound {
    /// The session's public key.
    id: [u8; 32],
    pickle: Pickle,
    /// Places of the messages that were opened, plus one.
    opened: Window,
}

/// The name under which the sessions of a device in a group are kept, the newest first.
fn inbound(device: &DeviceId, group: &GroupId) -> String {
    name("in", &[device, group])
}

/// The name of the list of groups of which keys from a device are kept.
fn inbound_groups(device: &DeviceId) -> String {
    name("ingroups", &[device])
}

/// The name of the set of devices that have the key of the own session in a group.
fn shared(group: &GroupId) -> String {
    name("shared", &[group])
}

/// The public key that a session is called by.
fn session_key(id: &str) -> Result<[u8; 32], E2eeError> {
    vodozemac::base64_decode(id)
        .ok()
        .and_then(|id| id.try_into().ok())
        .ok_or(E2eeError::Spoiled("a group's session has no key"))
}

impl Machine {
    /// Whether the own session in a group has to be replaced before the next message: there is none, it encrypted
    /// [`ROTATION_MESSAGES`], it is [`ROTATION_AGE`] old, or a device that has its key was forgotten. That a member left
    /// is for the caller to know.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn needs_rotation<K: Keep>(&self, keep: &K, group: &GroupId, now: u64) -> Result<bool, E2eeError> {
        Ok(Outbound::load(keep, group)?.is_none_or(|outbound| {
            outbound.betrayed || outbound.messages >= ROTATION_MESSAGES || outbound.made.abs_diff(now) >= ROTATION_AGE
        }))
    }

    /// Begins a new session in a group; nobody has its key yet.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn rotate<K: Keep>(&self, keep: &mut K, group: &GroupId, now: u64) -> Result<(), E2eeError> {
        let outbound = Outbound {
            pickle: Pickle::of(&GroupSession::new(config()).pickle())?,
            made: now,
            messages: 0,
            betrayed: false,
        };
        outbound.save(keep, group)?;
        remove(keep, &shared(group))?;
        let mut groups: BTreeSet<GroupId> = load(keep, OUTBOUND)?.unwrap_or_default();
        if groups.insert(*group) {
            save(keep, OUTBOUND, &groups)?;
        }
        Ok(())
    }

    /// Forgets the own session in a group.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn drop_group<K: Keep>(&self, keep: &mut K, group: &GroupId) -> Result<(), E2eeError> {
        remove(keep, &name("out", &[group]))?;
        remove(keep, &shared(group))?;
        let mut groups: BTreeSet<GroupId> = load(keep, OUTBOUND)?.unwrap_or_default();
        if groups.remove(group) {
            save(keep, OUTBOUND, &groups)?;
        }
        Ok(())
    }

    /// The key of the own session from the next message on, to be sent to devices by [`Machine::seal`].
    ///
    /// # Errors
    /// [`E2eeError::NoGroupSession`], [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn group_key<K: Keep>(&self, keep: &K, group: &GroupId) -> Result<GroupKey, E2eeError> {
        let (_, session) = Outbound::session(keep, group)?;
        Ok(GroupKey {
            group: *group,
            key: session.session_key(),
        })
    }

    /// The devices that have the key of the own session.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn shared_with<K: Keep>(&self, keep: &K, group: &GroupId) -> Result<BTreeSet<DeviceId>, E2eeError> {
        Ok(load(keep, &shared(group))?.unwrap_or_default())
    }

    /// Remembers that the key of the own session was sent to these devices.
    ///
    /// # Errors
    /// [`E2eeError::NoGroupSession`], [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn mark_shared<K: Keep>(&self, keep: &mut K, group: &GroupId, devices: &[DeviceId]) -> Result<(), E2eeError> {
        if Outbound::load(keep, group)?.is_none() {
            return Err(E2eeError::NoGroupSession(*group));
        }
        let mut with = self.shared_with(keep, group)?;
        with.extend(devices);
        save(keep, &shared(group), &with)
    }

    /// Encrypts a message to a group, once for all.
    ///
    /// # Errors
    /// [`E2eeError::NoGroupSession`], [`E2eeError::TooLong`] beyond [`PAYLOAD_BYTES`](crate::PAYLOAD_BYTES),
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn group_seal<K: Keep>(
        &self,
        keep: &mut K,
        group: &GroupId,
        payload: &[u8],
    ) -> Result<GroupMessage, E2eeError> {
        check_payload(payload)?;
        let (mut outbound, mut session) = Outbound::session(keep, group)?;
        let message = session.encrypt(payload).to_bytes();
        outbound.pickle = Pickle::of(&session.pickle())?;
        outbound.messages = outbound.messages.saturating_add(1);
        outbound.save(keep, group)?;
        Ok(GroupMessage {
            group: *group,
            session: session_key(&session.session_id())?,
            message,
        })
    }

    /// Wraps a group's message for one device, signed so that no other member can send it on as ours.
    ///
    /// `mine` is the version of the own device list.
    ///
    /// # Errors
    /// [`E2eeError::Forged`] if the device's sealing key is none, [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn wrap_group<K: Keep>(
        &self,
        keep: &mut K,
        to: &Peer,
        mine: u64,
        message: &GroupMessage,
    ) -> Result<Vec<u8>, E2eeError> {
        let device = &to.entry.device;
        let header = self.header(next_counter(keep, device)?, mine);
        let ids = (&message.group, &message.session);
        let signed = header.group((&to.user, device), ids, &message.message).message();
        let kind = Kind::Group {
            group: message.group,
            session: message.session,
            signature: self.key.sign(&signed),
        };
        let content = Head { header, kind }.with(&message.message)?;
        outer::seal(device, &to.entry.sealing, &content)
    }

    /// Keeps the key of a device's session in a group, which came from that device by [`Machine::open`]. That the device
    /// belongs to a member is for the caller to know.
    ///
    /// Of one device in one group the last 4 sessions are kept, and keys for at most 1,024 groups. A key that is known
    /// changes nothing, unless it opens earlier messages.
    ///
    /// # Errors
    /// [`E2eeError::TooMany`], [`E2eeError::Forged`] if another key has the session's name, [`E2eeError::Keep`],
    /// [`E2eeError::Spoiled`].
    pub fn accept_group_key<K: Keep>(&self, keep: &mut K, from: &DeviceId, key: &GroupKey) -> Result<(), E2eeError> {
        let name = inbound(from, &key.group);
        let mut session = InboundGroupSession::new(&key.key, config());
        let id = session_key(&session.session_id())?;
        let mut kept: Vec<Inbound> = load(keep, &name)?.unwrap_or_default();
        if let Some(known) = kept.iter_mut().find(|known| known.id == id) {
            let mut old = InboundGroupSession::from_pickle(known.pickle.state::<InboundGroupSessionPickle>()?);
            let merged = old
                .merge(&mut session)
                .ok_or(E2eeError::Forged("another key has the session's name"))?;
            known.pickle = Pickle::of(&merged.pickle())?;
            return save(keep, &name, &kept);
        }
        if kept.is_empty() {
            let mut groups: Vec<GroupId> = load(keep, &inbound_groups(from))?.unwrap_or_default();
            if groups.len() >= GROUPS {
                return Err(E2eeError::TooMany("groups of one device"));
            }
            groups.push(key.group);
            save(keep, &inbound_groups(from), &groups)?;
        }
        kept.insert(
            0,
            Inbound {
                id,
                pickle: Pickle::of(&session.pickle())?,
                opened: Window::default(),
            },
        );
        kept.truncate(SESSIONS);
        save(keep, &name, &kept)
    }

    /// Forgets the keys of all devices given in a group that this device left.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn leave_group<K: Keep>(&self, keep: &mut K, group: &GroupId, devices: &[DeviceId]) -> Result<(), E2eeError> {
        for device in devices {
            remove(keep, &inbound(device, group))?;
            let mut groups: Vec<GroupId> = load(keep, &inbound_groups(device))?.unwrap_or_default();
            groups.retain(|other| other != group);
            save(keep, &inbound_groups(device), &groups)?;
        }
        self.drop_group(keep, group)
    }
}

/// Opens a group's message whose signature was checked; gives its place in the session and the payload.
pub(crate) fn open<K: Keep>(
    keep: &mut K,
    from: &Peer,
    header: &Header,
    (group, session): (&GroupId, &[u8; 32]),
    message: &[u8],
) -> Result<(u32, Vec<u8>), E2eeError> {
    let mut received = Received::load(keep, from)?;
    received.counters.check(header.counter)?;
    let name = inbound(&from.entry.device, group);
    let mut sessions: Vec<Inbound> = load(keep, &name)?.unwrap_or_default();
    let kept = sessions.iter_mut().find(|kept| kept.id == *session).ok_or_else(|| {
        E2eeError::MissingGroupKey(Box::new(MissingGroupKey {
            user: from.user,
            device: from.entry.device,
            group: *group,
            session: *session,
        }))
    })?;
    let message = MegolmMessage::from_bytes(message).map_err(|_| E2eeError::Malformed("the Megolm message"))?;
    let place = u64::from(message.message_index()) + 1;
    kept.opened.check(place)?;
    let opened = InboundGroupSession::from_pickle(kept.pickle.state::<InboundGroupSessionPickle>()?)
        .decrypt(&message)
        .map_err(|error| match error {
            DecryptionError::UnknownMessageIndex(..) => E2eeError::BeforeKey,
            _ => E2eeError::Forged("the group's message is not of its session"),
        })?;

    kept.opened.mark(place);
    save(keep, &name, &sessions)?;
    received.counters.mark(header.counter);
    received.save(keep, &from.entry.device)?;
    Ok((opened.message_index, opened.plaintext))
}

/// Forgets all keys from a device, and marks the own sessions whose keys it has.
pub(crate) fn forget<K: Keep>(keep: &mut K, device: &DeviceId) -> Result<(), E2eeError> {
    let groups: Vec<GroupId> = load(keep, &inbound_groups(device))?.unwrap_or_default();
    for group in &groups {
        remove(keep, &inbound(device, group))?;
    }
    remove(keep, &inbound_groups(device))?;

    let own: BTreeSet<GroupId> = load(keep, OUTBOUND)?.unwrap_or_default();
    for group in &own {
        let mut with: BTreeSet<DeviceId> = load(keep, &shared(group))?.unwrap_or_default();
        if with.remove(device) {
            save(keep, &shared(group), &with)?;
            if let Some(mut outbound) = Outbound::load(keep, group)? {
                outbound.betrayed = true;
                outbound.save(keep, group)?;
            }
        }
    }
    Ok(())
}
