//! Finds and reads QR codes in pictures.

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
