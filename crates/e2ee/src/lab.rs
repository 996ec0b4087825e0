//! Envelopes that no device would make, to see what a device makes of them.

use crate::{E2eeError, Peer, outer};

/// Seals any content to a device as the inside of an envelope.
///
/// # Errors
/// [`E2eeError::TooLong`] if no envelope holds it, [`E2eeError::Forged`] if the device's sealing key is none.
pub fn seal_content(to: &Peer, content: &[u8]) -> Result<Vec<u8>, E2eeError> {
    outer::seal(&to.entry.device, &to.entry.sealing, content)
}
