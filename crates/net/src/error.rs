//! Why something did not reach the other side.

/// What can go wrong on the way.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The system gave no socket, or no such address exists here.
    #[error("the address cannot be used: {0}")]
    Bind(String),
    /// Nobody answered under any known address in time.
    #[error("the other side cannot be reached")]
    Unreachable,
    /// The connection ended while something was under way.
    #[error("the connection ended: {0}")]
    Lost(String),
    /// The other side did not answer in time.
    #[error("the other side did not answer in time")]
    Timeout,
    /// The other side sent something that it must not: too long, cut off, or of no known form.
    #[error("the other side does not keep to the protocol: {0}")]
    Protocol(&'static str),
    /// The other side does not want it.
    #[error("the other side refused")]
    Refused,
    /// The system refused to read or write.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
