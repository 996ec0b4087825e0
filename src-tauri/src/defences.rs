//! What keeps a hostile app inside its window, each part by name.
//!
//! The program always runs with [`Defences::ALL`]. The parts have names so that the isolation tests can leave one out,
//! in a program of their own, and show that it was needed.

/// One part of the wall around an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Defence {
    /// A Content-Security-Policy on every response.
    Csp = 1,
    /// Navigation stays on the app's own origin.
    Navigation = 1 << 1,
    /// No new windows.
    NewWindow = 1 << 2,
    /// A proxy that does not exist swallows whatever would still use the network.
    DeadProxy = 1 << 3,
    /// WebKit looks up no names ahead of time.
    DnsPrefetch = 1 << 4,
    /// WebKit opens no connections ahead of time.
    Preconnect = 1 << 5,
    /// No camera, microphone, place, notification or pointer lock.
    Permissions = 1 << 6,
    /// No downloads.
    Downloads = 1 << 7,
    /// A window is served its own app's files only.
    OwnHost = 1 << 8,
    /// An app's page can call the command `bridge` alone.
    OneCommand = 1 << 9,
}

impl Defence {
    /// Every part with the name it has on a command line.
    pub const NAMES: [(&'static str, Self); 10] = [
        ("csp", Self::Csp),
        ("navigation", Self::Navigation),
        ("new-window", Self::NewWindow),
        ("dead-proxy", Self::DeadProxy),
        ("dns-prefetch", Self::DnsPrefetch),
        ("preconnect", Self::Preconnect),
        ("permissions", Self::Permissions),
        ("downloads", Self::Downloads),
        ("own-host", Self::OwnHost),
        ("one-command", Self::OneCommand),
    ];
}

/// Which parts stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defences(u16);

impl Defences {
    /// The whole wall.
    pub const ALL: Self = Self(u16::MAX);

    /// The wall without one part.
    #[must_use]
    pub const fn without(self, defence: Defence) -> Self {
        Self(self.0 & !(defence as u16))
    }

    /// Whether a part stands.
    pub const fn has(self, defence: Defence) -> bool {
        self.0 & defence as u16 != 0
    }
}
