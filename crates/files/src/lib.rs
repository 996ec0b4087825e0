//! What CocoAPPs may put on a person's disk: downloads, unpacked archives, saved pictures and videos (`bridge.md` 3,
//! `downloadFile`, `checkDownloadStatus`, `extractFile`, `saveImage`, `saveVideo`).
//!
//! Each app has one folder, `<root>/<app address>/`, that [`Downloads`] fills and nothing else. Pictures and videos leave it
//! for the person's own folders by [`save_image`] and [`save_video`], after their content was checked.
//!
//! Servers, archives and apps are foreign: bounded in size, count, depth and time, and what fails leaves nothing behind.

mod data;
mod downloads;
mod error;
mod extract;
mod fetch;
mod folder;
pub mod limits;
mod media;
mod name;
mod places;
mod progress;
mod request;
mod save;
mod strict;
mod works;

pub use data::{image_data, video_data};
pub use downloads::Downloads;
pub use error::FilesError;
pub use fetch::{Roots, Settings};
pub use places::{pictures_folder, videos_folder};
pub use progress::{Progress, State};
pub use request::Request;
pub use save::{check_image, check_video, save_image, save_video};
