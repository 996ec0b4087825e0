//! Who is there and who types: told to those who are connected, and kept nowhere.

use std::sync::Arc;

use coco_e2ee::DeviceId;

use super::{Online, blocking, people};
use crate::events::Event;
use crate::{Outcome, Session};

/// Longest datagram that is looked at.
const LONGEST: usize = 16;
/// The user types.
const TYPES: &[u8] = b"typing 1";
/// The user does not type any more.
const STOPPED: &[u8] = b"typing 0";

/// The contact of the open room whose device something is.
fn contact(session: &Session, device: &DeviceId) -> Outcome<Option<String>> {
    session.read(|connection| {
        let Some(peer) = people::device(connection, device)? else {
            return Ok(None);
        };
        let address = people::address(&peer.user);
        let known = crate::model::contact::find(connection, &session.room, &address)?;
        let visible = known.is_some_and(|contact| contact.c_state.0 == 2 && contact.c_black_state.0 == 0);
        Ok(visible.then_some(address))
    })
}

impl Online {
    /// Tells a contact's devices that are connected whether the user types.
    pub(crate) fn tell_typing(&self, address: &str, typing: bool) {
        let list = self.session().read(|connection| people::list(connection, address));
        let what = if typing { TYPES } else { STOPPED };
        for entry in list.ok().flatten().into_iter().flat_map(|list| list.devices) {
            self.peer().datagram(&entry.device, what.to_vec());
        }
    }

    /// Hears whether a contact types.
    pub(super) fn typed(self: &Arc<Self>, device: &DeviceId, bytes: &[u8]) {
        let typing = match bytes.get(..LONGEST.min(bytes.len())) {
            Some(TYPES) => true,
            Some(STOPPED) => false,
            _ => return self.drop_one(),
        };
        self.tell_of(*device, move |address| Event::Typing { address, typing });
    }

    /// Tells that a contact's device is connected, or no longer.
    pub(super) fn tell_presence(self: &Arc<Self>, device: DeviceId, online: bool) {
        self.tell_of(device, move |address| Event::Presence { address, online });
    }

    fn tell_of(self: &Arc<Self>, device: DeviceId, event: impl FnOnce(String) -> Event + Send + 'static) {
        let session = Arc::clone(self.session());
        self.spawn(async move {
            // Nothing that is told here is worth trying again.
            let _ = blocking(move || {
                if let Some(address) = contact(&session, &device)? {
                    session.emit(event(address));
                }
                Ok(())
            })
            .await;
        });
    }
}
