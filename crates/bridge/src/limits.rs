//! Every bound that the bridge puts on what a page sends.

/// Longest request in bytes of its JSON text, unless its command says otherwise. A longer one answers 30010.
pub const REQUEST_BYTES: usize = 2 * 1024 * 1024;

/// Longest `saveImage` in bytes of its JSON text: a picture of 16 MiB in Base64.
pub const IMAGE_REQUEST_BYTES: usize = 22 * 1024 * 1024;

/// Longest `saveVideo` in bytes of its JSON text: a video of 64 MiB in Base64.
pub const VIDEO_REQUEST_BYTES: usize = 86 * 1024 * 1024;

/// Longest `decrypt` in bytes of its JSON text: whatever `encrypt` gives can be given back.
pub const DECRYPT_REQUEST_BYTES: usize = 3 * 1024 * 1024;

/// Longest request of any command: what is longer is not looked at.
pub const LONGEST_REQUEST_BYTES: usize = VIDEO_REQUEST_BYTES;

/// Longest address in bytes that a page may give itself and still ask the host: the shell's windows lose what comes with
/// a longer one without a word.
pub const URL_BYTES: usize = 65_000;

/// Longest address that an app may open or download from, in characters (bridge 3, `openURL`).
pub const OPEN_URL_CHARS: usize = 2_000;

/// Longest `cmd` in bytes; no command comes near it, so a longer one is no request of this protocol.
pub const CMD_BYTES: usize = 64;

/// Longest `messageId` in bytes of its JSON text. It is echoed, hence kept while a call is under way.
pub const MESSAGE_ID_BYTES: usize = 256;

/// Calls of one app that may wait or run at the same time; one more answers 30100.
pub const CALLS: usize = 15;

/// Bytes of the requests of one app that may wait or run at the same time; more answers 30100.
pub const CALLS_BYTES: usize = 96 * 1024 * 1024;

/// Calls of one app a second, in the long run; more answer 30100.
pub const CALLS_PER_SECOND: u32 = 1_000;

/// Calls of one app that may come at once after a rest, however fast.
pub const CALLS_BURST: u32 = 3_000;

/// Smallest file in bytes that a page's guard fetches itself: an answer with it would be too long to be mirrored.
pub const FETCHED_FILE_BYTES: u64 = 64_000;

/// Answers to string ids mirror `result` as `data` below this many bytes of JSON text (bridge 1).
pub const MIRROR_BYTES: usize = 64_000;
