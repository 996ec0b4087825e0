//! Devices of the account, and letting further ones in (section 2 of the document).

mod authorise;
mod devices;
#[cfg(test)]
mod tests;

pub(crate) use authorise::{Applicant, is_valid};

use crate::table::Route;

/// The routes of this module.
pub(crate) fn routes() -> Vec<Route> {
    [authorise::routes(), devices::routes()].concat()
}
