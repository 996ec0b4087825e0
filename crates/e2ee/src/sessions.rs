//! Olm sessions with other devices.

use serde::{Deserialize, Serialize};
use vodozemac::Curve25519PublicKey;
use vodozemac::olm::{OlmMessage, PreKeyMessage, Session, SessionConfig, SessionPickle};
use zeroize::Zeroizing;

use crate::inner::{Head, Header, Kind};
use crate::keep::{Keep, Pickle, load, name, remove, save};
use crate::machine::{load_account, save_account};
use crate::outer;
use crate::window::Window;
use crate::{DeviceId, E2eeError, Machine, Peer, Prekey, SignedDeviceList};

/// Most bytes of a payload; what is left of an envelope is enough for everything around it.
pub const PAYLOAD_BYTES: usize = outer::ENVELOPE_BYTES - 16 * 1024;

/// Most sessions with one device. Two exist if both sides begin at once; each repair adds one.
const SESSIONS: usize = 4;
/// Bytes of the binding before the payload of an Olm message.
const BINDING: usize = 32;

/// The config of Olm sessions: MACs of 32 bytes. Version 1 would cut them to 8 for the sake of older clients, of which
/// there are none here.
fn config() -> SessionConfig {
    SessionConfig::version_2()
}

/// The sessions with a device, as they are kept.
#[derive(Serialize, Deserialize)]
struct Sessions {
    /// The device's Olm key for which they hold.
    olm: [u8; 32],
    /// The one to send by comes first: the last one begun or received by.
    kept: Vec<(String, Pickle)>,
}

impl Sessions {
    fn load<K: Keep>(keep: &K, peer: &Peer) -> Result<Self, E2eeError> {
        let sessions: Option<Self> = load(keep, &name("sessions", &[&peer.entry.device]))?;
        Ok(sessions
            .filter(|sessions| sessions.olm == peer.entry.olm)
            .unwrap_or(Self {
                olm: peer.entry.olm,
                kept: Vec::new(),
            }))
    }

    fn save<K: Keep>(&self, keep: &mut K, device: &DeviceId) -> Result<(), E2eeError> {
        save(keep, &name("sessions", &[device]), self)
    }

    /// Puts a session before the others; the one that was used least recently goes if there are too many.
    fn prefer(&mut self, session: &Session) -> Result<(), E2eeError> {
        let id = session.session_id();
        self.kept.retain(|(kept, _)| *kept != id);
        self.kept.insert(0, (id, Pickle::of(&session.pickle())?));
        self.kept.truncate(SESSIONS);
        Ok(())
    }
}

/// What came by a device, as it is kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct Received {
    /// The device's Olm key for which the numbers hold.
    olm: [u8; 32],
    pub(crate) counters: Window,
}

impl Received {
    pub(crate) fn load<K: Keep>(keep: &K, peer: &Peer) -> Result<Self, E2eeError> {
        let received: Option<Self> = load(keep, &name("received", &[&peer.entry.device]))?;
        Ok(received
            .filter(|received| received.olm == peer.entry.olm)
            .unwrap_or(Self {
                olm: peer.entry.olm,
                counters: Window::default(),
            }))
    }

    pub(crate) fn save<K: Keep>(&self, keep: &mut K, device: &DeviceId) -> Result<(), E2eeError> {
        save(keep, &name("received", &[device]), self)
    }
}

/// The next number of an envelope to a device.
pub(crate) fn next_counter<K: Keep>(keep: &mut K, device: &DeviceId) -> Result<u64, E2eeError> {
    let name = name("sent", &[device]);
    let counter = load::<u64, K>(keep, &name)?.unwrap_or(0).saturating_add(1);
    save(keep, &name, &counter)?;
    Ok(counter)
}

/// Forgets the sessions with a device. The numbers stay, so that nothing old opens if it comes back.
pub(crate) fn forget<K: Keep>(keep: &mut K, device: &DeviceId) -> Result<(), E2eeError> {
    remove(keep, &name("sessions", &[device]))
}

/// Refuses payloads that would not fit.
pub(crate) fn check_payload(payload: &[u8]) -> Result<(), E2eeError> {
    if payload.len() > PAYLOAD_BYTES {
        return Err(E2eeError::TooLong {
            what: "the payload",
            limit: PAYLOAD_BYTES,
        });
    }
    Ok(())
}

impl Machine {
    /// Seals something to a device with which there is no session, such as a friend request: HPKE to the device, signed
    /// by this one, and with the own device list, so that a stranger can answer.
    ///
    /// # Errors
    /// [`E2eeError::TooLong`] beyond [`PAYLOAD_BYTES`], [`E2eeError::Forged`] if the own list is not one, or the device's
    /// keys are none, [`E2eeError::Keep`].
    pub fn seal_first<K: Keep>(
        &self,
        keep: &mut K,
        to: &Peer,
        own: &SignedDeviceList,
        payload: &[u8],
    ) -> Result<Vec<u8>, E2eeError> {
        check_payload(payload)?;
        let list = own.open()?;
        if list.user != self.user || list.entry(&self.device()).is_none() {
            return Err(E2eeError::Forged("the own list does not have this device"));
        }
        let header = self.header(next_counter(keep, &to.entry.device)?, list.version);
        let signed = header.first((&to.user, &to.entry.device), own, payload)?;
        let kind = Kind::First {
            list: own.clone(),
            signature: self.key.sign(&signed.message()),
        };
        let content = Zeroizing::new(Head { header, kind }.with(payload)?);
        outer::seal(&to.entry.device, &to.entry.sealing, &content)
    }

    /// The number of the envelope that was sealed last to a device, 0 before the first.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn sent<K: Keep>(&self, keep: &K, device: &DeviceId) -> Result<u64, E2eeError> {
        Ok(load::<u64, K>(keep, &name("sent", &[device]))?.unwrap_or(0))
    }

    /// Whether something can be sealed to this device, or a prekey must be claimed first.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn has_session<K: Keep>(&self, keep: &K, peer: &Peer) -> Result<bool, E2eeError> {
        Ok(!Sessions::load(keep, peer)?.kept.is_empty())
    }

    /// Begins a session with a device by one of its prekeys. It is preferred to those that exist, so this also repairs
    /// what got out of step: the other side prefers it too as soon as something was opened by it.
    ///
    /// # Errors
    /// [`E2eeError::Forged`] if the prekey is not the device's, [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn begin<K: Keep>(&self, keep: &mut K, peer: &Peer, prekey: &Prekey) -> Result<(), E2eeError> {
        prekey.verify(&peer.entry)?;
        let session = load_account(keep)?
            .create_outbound_session(
                config(),
                Curve25519PublicKey::from_bytes(peer.entry.olm),
                Curve25519PublicKey::from_bytes(prekey.key),
            )
            .map_err(|_| E2eeError::Forged("the prekey is no key"))?;
        let mut sessions = Sessions::load(keep, peer)?;
        sessions.prefer(&session)?;
        sessions.save(keep, &peer.entry.device)
    }

    /// Seals something to a device by the session with it.
    ///
    /// `mine` is the version of the own device list, from which the device sees that it should fetch a newer one.
    ///
    /// # Errors
    /// [`E2eeError::NoSession`] until [`Machine::begin`] or a message from the device,
    /// [`E2eeError::TooLong`] beyond [`PAYLOAD_BYTES`], [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn seal<K: Keep>(&self, keep: &mut K, to: &Peer, mine: u64, payload: &[u8]) -> Result<Vec<u8>, E2eeError> {
        check_payload(payload)?;
        let device = &to.entry.device;
        let mut sessions = Sessions::load(keep, to)?;
        let (_, pickle) = sessions.kept.first().ok_or(E2eeError::NoSession(*device))?;
        let mut session = Session::from_pickle(pickle.state::<SessionPickle>()?);

        let header = self.header(next_counter(keep, device)?, mine);
        let mut text = Zeroizing::new(Vec::with_capacity(BINDING + payload.len()));
        text.extend(header.olm((&to.user, device)));
        text.extend(payload);
        let message = session
            .encrypt(&*text)
            .map_err(|_| E2eeError::Spoiled("a session cannot encrypt"))?;
        sessions.prefer(&session)?;
        sessions.save(keep, device)?;

        let (kind, message) = message.to_parts();
        let kind = Kind::Olm { begins: kind == 0 };
        outer::seal(device, &to.entry.sealing, &Head { header, kind }.with(&message)?)
    }

    /// Opens an Olm message of a known device; gives the payload and keeps the session.
    pub(crate) fn open_olm<K: Keep>(
        &self,
        keep: &mut K,
        from: &Peer,
        header: &Header,
        begins: bool,
        message: &[u8],
    ) -> Result<Vec<u8>, E2eeError> {
        let mut received = Received::load(keep, from)?;
        received.counters.check(header.counter)?;
        let mut sessions = Sessions::load(keep, from)?;
        let message = OlmMessage::from_parts(usize::from(!begins), message)
            .map_err(|_| E2eeError::Malformed("the Olm message"))?;

        let lost = E2eeError::Undecryptable {
            user: from.user,
            device: from.entry.device,
        };
        let mut account = None;
        let (session, text) = match decrypt_by_kept(&sessions, from, &message)? {
            Some(opened) => opened,
            None => {
                let OlmMessage::PreKey(message) = &message else {
                    return Err(lost);
                };
                let known = message.session_keys().session_id();
                if sessions.kept.iter().any(|(id, _)| *id == known) {
                    return Err(lost);
                }
                let mut ours = load_account(keep)?;
                let from_olm = Curve25519PublicKey::from_bytes(from.entry.olm);
                let created = ours
                    .create_inbound_session(config(), from_olm, message)
                    .map_err(|_| lost)?;
                account = Some(ours);
                (created.session, Zeroizing::new(created.plaintext))
            }
        };

        let binding = header.olm((&self.user, &self.device()));
        let payload = text
            .strip_prefix(&binding)
            .ok_or(E2eeError::Forged("the message is for another, or from another"))?
            .to_vec();
        if let Some(account) = account {
            save_account(keep, &account)?;
        }
        sessions.prefer(&session)?;
        sessions.save(keep, &from.entry.device)?;
        received.counters.mark(header.counter);
        received.save(keep, &from.entry.device)?;
        Ok(payload)
    }
}

/// A session as it is after it decrypted a text.
type Decrypted = (Session, Zeroizing<Vec<u8>>);

/// Decrypts by one of the sessions that are kept, `None` if none of them does. Checks that a pre-key message is of the
/// device's own identity key.
fn decrypt_by_kept(sessions: &Sessions, from: &Peer, message: &OlmMessage) -> Result<Option<Decrypted>, E2eeError> {
    let only = match message {
        OlmMessage::PreKey(message) => Some(session_of(message, from)?),
        OlmMessage::Normal(_) => None,
    };
    for (id, pickle) in &sessions.kept {
        if only.as_ref().is_some_and(|only| only != id) {
            continue;
        }
        let mut session = Session::from_pickle(pickle.state::<SessionPickle>()?);
        if let Ok(text) = session.decrypt(message) {
            return Ok(Some((session, Zeroizing::new(text))));
        }
    }
    Ok(None)
}

/// The session that a pre-key message belongs to.
fn session_of(message: &PreKeyMessage, from: &Peer) -> Result<String, E2eeError> {
    if message.identity_key().to_bytes() != from.entry.olm {
        return Err(E2eeError::Forged("the identity key is not that of the signed list"));
    }
    Ok(message.session_keys().session_id())
}
