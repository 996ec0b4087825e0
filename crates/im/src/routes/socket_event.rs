//! Routes of the module.

use crate::table::Route;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    Vec::new()
}
