//! Where a person keeps pictures and videos: the environment, else `user-dirs.dirs`, else the usual name in the home
//! folder (XDG user directories).

use std::env;
use std::path::PathBuf;

use crate::FilesError;

/// The person's folder for pictures. It need not exist yet.
///
/// # Errors
/// There is not even a home folder.
pub fn pictures_folder() -> Result<PathBuf, FilesError> {
    choose("XDG_PICTURES_DIR", dirs::picture_dir, "Pictures")
}

/// The person's folder for videos. It need not exist yet.
///
/// # Errors
/// There is not even a home folder.
pub fn videos_folder() -> Result<PathBuf, FilesError> {
    choose("XDG_VIDEOS_DIR", dirs::video_dir, "Videos")
}

fn choose(variable: &str, configured: fn() -> Option<PathBuf>, usual: &str) -> Result<PathBuf, FilesError> {
    env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(configured)
        .or_else(|| dirs::home_dir().map(|home| home.join(usual)))
        .ok_or_else(|| FilesError::Failed("there is no home folder".to_owned()))
}
