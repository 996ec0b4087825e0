//! The bounds of a package. Those of `package.md` first; the others keep hostile input cheap.

/// Largest file of a package, in bytes (`package.md`, limits).
pub const MAX_FILE: u64 = 1024 * 1024;

/// Largest `content.json`, in bytes: room for [`MAX_FILES`] entries with long names.
pub const MAX_LIST: u64 = 4 * 1024 * 1024;

/// Largest sum of all listed files, in bytes (`package.md`, limits).
pub const MAX_PACKAGE: u64 = 15 * 1024 * 1024;

/// Most files one package may list.
pub const MAX_FILES: usize = 10_000;

/// Most entries of a ZIP, folders included.
pub const MAX_ZIP_ENTRIES: usize = 2 * MAX_FILES;

/// Largest ZIP file, in bytes. A package within the limits fits even when nothing in it compresses.
pub const MAX_ZIP: u64 = 32 * 1024 * 1024;

/// Largest sum of what all entries of a ZIP claim to unpack to, listed or not, in bytes.
pub const MAX_ZIP_CONTENT: u64 = 64 * 1024 * 1024;

/// A ZIP that claims to unpack to more than this many times its own size is refused as a bomb …
pub const MAX_ZIP_RATIO: u64 = 100;

/// … once it claims more than this many bytes. Below, even a perfect ratio does no harm.
pub const ZIP_RATIO_FROM: u64 = 2 * 1024 * 1024;

/// Deepest nesting of `content.json`.
pub const MAX_DEPTH: usize = 64;

/// Most values (objects, arrays, strings, numbers …) in `content.json`.
pub const MAX_VALUES: usize = 200_000;

/// Deepest folder below the root of a package that is signed.
pub const MAX_FOLDER_DEPTH: usize = 64;

/// Most additional signers of a package.
pub const MAX_SIGNERS: usize = 64;

/// How far `modified` may lie ahead of the clock, in seconds (`package.md`, verification).
pub const MAX_AHEAD_SECONDS: i64 = 24 * 60 * 60;

/// How long an uninstalled app keeps its account index and extended data, in seconds (`package.md`, uninstalling).
pub const KEPT_AFTER_UNINSTALL_SECONDS: i64 = 7 * 24 * 60 * 60;

/// Largest extended data of one app, in bytes (`bridge.md` 3, `setExtendedData`).
pub const MAX_EXTENDED: usize = 1_048_576;
