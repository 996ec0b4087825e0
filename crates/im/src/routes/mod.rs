//! The routes, a file or folder for each module of the document; those of `sync` stand with the contacts and groups that
//! they are about.

pub(crate) mod auth_login;
mod block;
mod chat;
mod contact;
mod domain;
pub(crate) mod group;
pub(crate) mod login;
mod money;
mod socket_event;
pub(crate) mod user;

use crate::table::Route;

/// All routes.
pub(crate) fn all() -> Vec<Route> {
    [
        login::routes(),
        auth_login::routes(),
        contact::routes(),
        group::routes(),
        chat::routes(),
        block::routes(),
        user::routes(),
        domain::routes(),
        socket_event::routes(),
    ]
    .concat()
}
