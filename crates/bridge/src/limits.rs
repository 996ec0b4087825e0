//! Every bound that the bridge puts on what a page sends.

/// Longest request in bytes of its JSON text. A longer one answers 30010.
pub const REQUEST_BYTES: usize = 2 * 1024 * 1024;

/// Longest address in bytes that a page may give itself and still ask the host: the shell's windows lose what comes with
/// a longer one without a word.
pub const URL_BYTES: usize = 65_000;

/// Longest `cmd` in bytes; no command comes near it, so a longer one is no request of this protocol.
pub const CMD_BYTES: usize = 64;

/// Longest `messageId` in bytes of its JSON text. It is echoed, hence kept while a call is under way.
pub const MESSAGE_ID_BYTES: usize = 256;

/// Calls of one app that may wait or run at the same time; one more answers 30100.
pub const CALLS: usize = 1_000;

/// Bytes of the requests of one app that may wait or run at the same time; more answers 30100.
pub const CALLS_BYTES: usize = 16 * 1024 * 1024;

/// Answers to string ids mirror `result` as `data` below this many bytes of JSON text (bridge 1).
pub const MIRROR_BYTES: usize = 64_000;
