//! Account and login (sections 1, 2 and 8.3 to 8.12 of the document).

mod account;
mod enter;
mod mnemonic;

pub(crate) use mnemonic::Way;

use crate::table::Route;
use crate::wire::choice;

/// The routes of this module.
pub(crate) fn routes() -> Vec<Route> {
    [enter::routes(), mnemonic::routes(), account::routes()].concat()
}

choice! {
    /// How somebody proves who they are. Whatever it is, the device turns it into a password.
    pub enum LoginMeans: str {
        /// The face.
        Face = "face",
        /// A finger.
        Fingerprint = "fingerprint",
        /// The voice.
        Voice = "voice",
        /// A pattern that is drawn.
        Gesture = "gesture",
        /// A text.
        Text = "text",
    }
}

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod model_tests;
#[cfg(test)]
pub(crate) mod tests;
