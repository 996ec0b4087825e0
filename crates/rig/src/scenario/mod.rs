//! Seeded random days: people talk while programs are killed and links fail, and then it is judged whether every promise held.
//!
//! A [`Plan`] is drawn from a seed, [`play`] does it in a [`World`], [`settle`] mends everything and waits until all is quiet, and
//! the [`Verdict`] says what was lost, doubled, out of order, made up, or readable where nothing may be.

mod plan;
mod play;
mod verdict;

pub use plan::{Action, Plan, Powers, rounds, seed};
pub use play::{Person, Scope, World, play, settle};
pub use verdict::{Fault, Sent, Surety, Verdict, judge};
