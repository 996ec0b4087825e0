//! The user: profile, settings, favourites, nodes and what concerns this device (section 8 of the document).

mod device;
mod favourites;
mod nodes;
mod profile;
mod settings;
#[cfg(test)]
mod tests;

pub(crate) use profile::rename_domain;

use crate::table::Route;

/// The routes of this module.
pub(crate) fn routes() -> Vec<Route> {
    [
        profile::routes(),
        settings::routes(),
        favourites::routes(),
        nodes::routes(),
        device::routes(),
    ]
    .concat()
}
