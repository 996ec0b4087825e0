//! A connection that does not wait for ever, and ends politely.

use std::future::Future as _;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::limits::{LEFT_OVER, LINGER};

/// Says that a request was answered although not all of it was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Unread(Arc<AtomicBool>);

impl Unread {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A connection. Writing fails when the other side takes nothing for too long. When it is shut down and something is
/// unread, that is read first: a connection that is closed with something unread is reset, and the other side may then
/// not get to see the answer.
#[derive(Debug)]
pub(super) struct Line {
    stream: TcpStream,
    unread: Unread,
    stall: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    left_over: Option<LeftOver>,
}

#[derive(Debug)]
struct LeftOver {
    until: Pin<Box<Sleep>>,
    bytes: usize,
}

impl Line {
    pub(super) fn new(stream: TcpStream, unread: Unread, stall: Duration) -> Self {
        Self {
            stream,
            unread,
            stall,
            stalled: None,
            left_over: None,
        }
    }

    /// Lets nothing be written for a while, then no longer.
    fn watch<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stall = self.stall;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(stall)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn read_left_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.left_over.get_or_insert_with(|| LeftOver {
            until: Box::pin(sleep(LINGER)),
            bytes: LEFT_OVER,
        });
        let mut space = [0; 16 << 10];
        while left.until.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut space);
            match ready!(pin!(&mut self.stream).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() && left.bytes > buffer.filled().len() => {
                    left.bytes -= buffer.filled().len();
                }
                _ => break,
            }
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        pin!(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = pin!(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = pin!(&mut self.stream).poll_write_vectored(cx, bytes);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        pin!(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.left_over.is_none() {
            ready!(pin!(&mut self.stream).poll_shutdown(cx))?;
        }
        if self.unread.0.load(Ordering::Relaxed) {
            ready!(self.read_left_over(cx));
        }
        Poll::Ready(Ok(()))
    }
}
