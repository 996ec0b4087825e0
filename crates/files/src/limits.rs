//! The bounds of what an app may put on the disk. None of them is in `bridge.md`; they keep hostile input cheap.

use std::time::Duration;

/// Largest downloaded file, in bytes.
pub const MAX_FILE: u64 = 2 * 1024 * 1024 * 1024;

/// Largest sum of all files in the folder of one app, in bytes.
pub const MAX_FOLDER: u64 = 4 * 1024 * 1024 * 1024;

/// Most files and folders in the folder of one app.
pub const MAX_FOLDER_ENTRIES: usize = 100_000;

/// What a download or an archive leaves free on the disk for everyone else, in bytes.
pub const KEPT_FREE: u64 = 64 * 1024 * 1024;

/// Longest URL, in bytes.
pub const MAX_URL: usize = 8192;

/// Most redirects that a download follows.
pub const MAX_REDIRECTS: usize = 5;

/// Most authorizations of one download.
pub const MAX_AUTHORIZATIONS: usize = 32;

/// Longest name of an authorization, in bytes.
pub const MAX_AUTHORIZATION_KEY: usize = 128;

/// Longest value of an authorization, in bytes.
pub const MAX_AUTHORIZATION_VALUE: usize = 8192;

/// How long finding a server and connecting to it may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a server may send nothing before the download fails.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Shortest time between two reports on the progress of a download.
pub const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// Most entries of an archive.
pub const MAX_ENTRIES: usize = 10_000;

/// Largest directory of an archive, in bytes: room for [`MAX_ENTRIES`] names of full length.
pub const MAX_DIRECTORY: u64 = 4 * 1024 * 1024;

/// Largest sum of what all entries of an archive unpack to, in bytes.
pub const MAX_UNPACKED: u64 = 1024 * 1024 * 1024;

/// An archive that unpacks to more than this many times its own size is refused as a bomb …
pub const MAX_RATIO: u64 = 200;

/// … once it unpacks to more than this many bytes. Below, even a perfect ratio does no harm.
pub const RATIO_FROM: u64 = 1024 * 1024;

/// Deepest path in an archive, in names.
pub const MAX_DEPTH: usize = 32;

/// Largest picture that travels in a message, decoded, in bytes.
pub const MAX_IMAGE_DATA: u64 = 16 * 1024 * 1024;

/// Largest video that travels in a message, decoded, in bytes.
pub const MAX_VIDEO_DATA: u64 = 64 * 1024 * 1024;

/// Largest picture that is saved from the folder of an app, in bytes.
pub const MAX_IMAGE: u64 = 64 * 1024 * 1024;

/// Most boxes at the top of a video: a fragmented one has two for every few seconds.
pub const MAX_BOXES: usize = 100_000;
