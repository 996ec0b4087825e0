//! What a bot answers: a function of the bot, the conversation so far, what the user does, the time and a seed.

mod classify;
mod form;
mod pick;
mod render;
mod session;
mod show;
mod step;
mod trace;

pub(crate) use classify::normalise;
pub use classify::{Classifier, Intents, Score};
pub use session::{Filling, Session};
pub use show::{show, transcript};
pub(crate) use step::reply;
pub use step::{Answer, Fault, step};
pub use trace::Trace;
