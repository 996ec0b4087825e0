//! How much the doors take.

use std::time::Duration;

/// Largest head of a request in bytes.
pub(super) const HEAD: usize = 16 << 10;
/// Most headers of a request.
pub(super) const HEADERS: usize = 64;
/// Largest buffer of a connection in bytes.
pub(super) const BUFFER: usize = 64 << 10;
/// Most bytes that are read of a request that was refused, so that its sender gets to read the answer.
pub(super) const LEFT_OVER: usize = 64 << 20;
/// How long that may take.
pub(super) const LINGER: Duration = Duration::from_secs(2);

/// What the doors take at once and how long they wait.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest body and largest frame in bytes.
    pub body: usize,
    /// Bodies of HTTP that are held in memory at once, in bytes; at least one body.
    pub bodies: usize,
    /// HTTP connections at once; further ones wait.
    pub connections: usize,
    /// WebSockets at once; further ones are refused with 503.
    pub sockets: usize,
    /// Requests that are worked on at once; further ones wait.
    pub requests: usize,
    /// Those of one WebSocket.
    pub requests_of_a_socket: usize,
    /// Requests a second in the long run, through all doors.
    pub per_second: u32,
    /// Requests at once after a rest.
    pub burst: u32,
    /// How long the head of a request may take, and a connection without a request may stay.
    pub head: Duration,
    /// How long a body may take.
    pub arrival: Duration,
    /// How long a client may take none of what is written to it.
    pub stall: Duration,
    /// After how long a WebSocket that says nothing is asked whether it is still there; after twice that it is closed.
    pub quiet: Duration,
    /// How long requests under way may take when the doors close.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 16 << 20,
            bodies: 64 << 20,
            connections: 128,
            sockets: 32,
            requests: 32,
            requests_of_a_socket: 16,
            per_second: 1_000,
            burst: 3_000,
            head: Duration::from_secs(10),
            arrival: Duration::from_secs(30),
            stall: Duration::from_secs(60),
            quiet: Duration::from_secs(30),
            grace: Duration::from_secs(10),
        }
    }
}
