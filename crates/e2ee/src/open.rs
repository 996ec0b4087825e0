//! Opening envelopes.

use serde::{Deserialize, Serialize};

use crate::inner::{Head, Header, Kind};
use crate::keep::{Keep, load, save};
use crate::{
    DeviceId, DeviceList, E2eeError, GroupId, Machine, Peer, SignedDeviceList, UserId, groups, outer, sessions, wire,
};

/// How many first contacts are remembered, so that none of them opens twice.
const FIRSTS: usize = 1024;
/// The name of [`Firsts`].
const FIRSTS_NAME: &str = "firsts";

/// An envelope, opened. Everything in it is proven to be of this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The user who sent it.
    pub user: UserId,
    /// The device that sent it.
    pub device: DeviceId,
    /// Counts the envelopes from this device to ours, from 1, whatever their content.
    pub counter: u64,
    /// The version of the sender's device list; if it is higher than the known one, there is a newer list to fetch.
    pub list_version: u64,
    /// What was in it.
    pub content: Content,
}

/// What was in an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A first contact, maybe of a stranger. Its devices are those that the user signed, but whether a newer list is
    /// known is for the caller to see.
    First {
        /// What was sealed.
        payload: Vec<u8>,
        /// The sender's devices.
        list: DeviceList,
        /// The same as the user signed them.
        signed: SignedDeviceList,
    },
    /// From device to device.
    Direct(Vec<u8>),
    /// To a group.
    Group {
        /// The group.
        group: GroupId,
        /// The public key of the Megolm session.
        session: [u8; 32],
        /// The message's place in the session, from 0.
        index: u32,
        /// What was sealed.
        payload: Vec<u8>,
    },
}

/// The last first contacts, as they are kept: a ring.
#[derive(Default, Serialize, Deserialize)]
struct Firsts {
    next: usize,
    seen: Vec<[u8; 32]>,
}

impl Machine {
    /// Opens an envelope.
    ///
    /// `known` gives the device, from its user's signed list, if the caller knows it; it is not asked about first
    /// contacts, which bring their list.
    ///
    /// # Errors
    /// See [`E2eeError`] for what to do: [`E2eeError::UnknownDevice`], [`E2eeError::MissingGroupKey`],
    /// [`E2eeError::Undecryptable`], [`E2eeError::Duplicate`], [`E2eeError::TooOld`], [`E2eeError::BeforeKey`],
    /// [`E2eeError::NotForUs`], [`E2eeError::Forged`], [`E2eeError::Malformed`], [`E2eeError::TooLong`],
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`]. None but those of the store has written anything.
    pub fn open<K: Keep>(
        &self,
        keep: &mut K,
        envelope: &[u8],
        known: impl FnOnce(&DeviceId) -> Result<Option<Peer>, K::Error>,
    ) -> Result<Opened, E2eeError> {
        let content = outer::open(&self.device(), &self.sealing, envelope)?;
        let (Head { header, kind }, message) = Head::read(&content)?;
        if header.counter == 0 || header.device == self.device() {
            return Err(E2eeError::Malformed("the header of the envelope"));
        }
        let peer = || -> Result<Peer, E2eeError> {
            let peer = known(&header.device)
                .map_err(E2eeError::keep)?
                .ok_or(E2eeError::UnknownDevice {
                    user: header.user,
                    device: header.device,
                    list_version: header.list_version,
                })?;
            if peer.user != header.user || peer.entry.device != header.device {
                return Err(E2eeError::Forged("the device is another user's"));
            }
            Ok(peer)
        };
        let content = match kind {
            Kind::First { list, signature } => self.open_first(keep, &header, list, &signature, message)?,
            Kind::Olm { begins } => Content::Direct(self.open_olm(keep, &peer()?, &header, begins, message)?),
            Kind::Group {
                group,
                session,
                signature,
            } => {
                let peer = peer()?;
                let to = (&self.user, &self.device());
                let signed = header.group(to, (&group, &session), message).message();
                if !wire::verify(&header.device, &signed, &signature) {
                    return Err(E2eeError::Forged("the device did not sign the group's message"));
                }
                let (index, payload) = groups::open(keep, &peer, &header, (&group, &session), message)?;
                Content::Group {
                    group,
                    session,
                    index,
                    payload,
                }
            }
        };
        Ok(Opened {
            user: header.user,
            device: header.device,
            counter: header.counter,
            list_version: header.list_version,
            content,
        })
    }

    /// Checks a first contact, and that it did not come before.
    fn open_first<K: Keep>(
        &self,
        keep: &mut K,
        header: &Header,
        signed: SignedDeviceList,
        signature: &[u8; 64],
        payload: &[u8],
    ) -> Result<Content, E2eeError> {
        sessions::check_payload(payload)?;
        let list = signed.open()?;
        if list.user != header.user || list.version != header.list_version || list.entry(&header.device).is_none() {
            return Err(E2eeError::Forged("the list is not that of the sender"));
        }
        let message = header.first((&self.user, &self.device()), &signed, payload)?.message();
        if !wire::verify(&header.device, &message, signature) {
            return Err(E2eeError::Forged("the device did not sign the first contact"));
        }
        // The digest, which nobody can write in another way, as might be done with the signature.
        let id = message.last_chunk().copied().unwrap_or_default();
        let mut firsts: Firsts = load(keep, FIRSTS_NAME)?.unwrap_or_default();
        if firsts.seen.contains(&id) {
            return Err(E2eeError::Duplicate);
        }
        let next = firsts.next % FIRSTS;
        match firsts.seen.get_mut(next) {
            Some(place) => *place = id,
            None => firsts.seen.push(id),
        }
        firsts.next = next + 1;
        save(keep, FIRSTS_NAME, &firsts)?;
        Ok(Content::First {
            payload: payload.to_vec(),
            list,
            signed,
        })
    }

    /// Forgets all sessions with a device and all group keys from it, for example since its user removed it. Groups whose
    /// key it had need rotation from now on. The numbers of envelopes stay, so that nothing old opens if it comes back.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn forget_device<K: Keep>(&self, keep: &mut K, device: &DeviceId) -> Result<(), E2eeError> {
        sessions::forget(keep, device)?;
        groups::forget(keep, device)
    }
}
