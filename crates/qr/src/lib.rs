//! Finds and reads every QR code in a picture, without touching files, cameras or screens itself.
//!
//! ```text
//! file ── decode ──┐
//!                  ├─► Grey ── read ──► Found, Found, …
//! RGBA pixels ─────┘
//! ```
//!
//! [`read`] looks at the picture in several sizes (`filter`), parts each into dark and light, and seeks finder patterns
//! (`finder`). Every three that may belong together are laid out as a code, whose lie is settled by what all codes have
//! in common (`pattern`, `symbol`, `warp`): it may be turned, tilted and bent. Then the modules are looked at in the
//! grey picture (`modules`) and handed to rqrr, which corrects and decodes them. rqrr's own search for codes takes no
//! part: its time and memory are not bounded, and it asserts what a picture need not keep to.
//!
//! Pictures are foreign input: bounded in bytes, pixels, memory and time. What ends a long search is the clock, so that a
//! busy computer may read less of a hard picture.

mod corner;
mod file;
mod filter;
mod finder;
mod modules;
mod pattern;
mod picture;
mod read;
mod symbol;
mod text;
mod warp;

pub use file::{MAX_FILE, PictureError, decode};
pub use picture::{Grey, MAX_PIXELS};
pub use read::{Effort, Found, read};
