//! One TCP connection to a primary: framed messages in both directions, every wait bounded.

use super::fault::DialFault;
use crate::net::batch;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};
use wire::frame::{Frames, write_frame};

/// Longest wait for a TCP handshake.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Octets asked of the kernel at first: enough for most changes.
const READ_SIZE_FIRST: usize = 8 * 1_024;
/// Octets asked of the kernel at once when there are many.
const READ_SIZE: usize = 256 * 1_024;

/// Waits on a transfer's stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamLimits {
    /// Longest silence within a stream (`IDLE_TIMEOUT`).
    pub idle: Duration,
    /// Longest whole exchange (`TOTAL_TIMEOUT`).
    pub total: Duration,
}

/// A connection to one primary.
pub(crate) struct Stream {
    socket: TcpStream,
    limits: StreamLimits,
    give_up_at: Instant,
    frames: Frames,
    read: Vec<u8>,
    /// Octets received in all.
    received_bytes: u64,
    window: Window,
}

/// Watches that a stream does not drip: each stretch of time brings so much at least. A stretch
/// without any octet is left to the idle limit, which the operator sets.
#[derive(Clone, Copy, Debug)]
struct Window {
    length: Duration,
    opened_at: Instant,
    bytes: u64,
}

impl Window {
    /// As BIND's `min-transfer-rate-in 10240 5`.
    const LENGTH_MIN: Duration = Duration::from_secs(300);
    const BYTES_MIN: u64 = 10 * 1_024;

    /// Long enough that a pause within the idle limit does not fill it.
    fn open(limits: StreamLimits, now: Instant) -> Self {
        let length = limits.idle.saturating_mul(2).max(Self::LENGTH_MIN);
        Self { length, opened_at: now, bytes: 0 }
    }

    /// What it brought, if that is too little for its length; after its end the next one begins.
    fn shortfall(&mut self, now: Instant) -> Option<u64> {
        if now.saturating_duration_since(self.opened_at) < self.length {
            return None;
        }
        let bytes = self.bytes;
        *self = Self { opened_at: now, bytes: 0, ..*self };
        (1..Self::BYTES_MIN).contains(&bytes).then_some(bytes)
    }
}

impl Stream {
    /// Connects from `source` when one is given. The total limit starts to run here.
    pub(crate) async fn connect(
        primary: SocketAddr,
        source: Option<IpAddr>,
        limits: StreamLimits,
    ) -> Result<Self, DialFault> {
        let give_up_at = Instant::now() + limits.total;
        let socket = new_socket(primary, source).map_err(|fault| DialFault::ours(&fault))?;
        let socket = match timeout(CONNECT_LIMIT.min(limits.total), socket.connect(primary)).await {
            Ok(connected) => connected.map_err(|fault| DialFault::io(primary, source, &fault))?,
            Err(_) => return Err(DialFault::ConnectTimeout { waited: CONNECT_LIMIT }),
        };
        drop(socket.set_nodelay(true)); // slower without, but it works
        let (frames, read) =
            (Frames::new(usize::from(u16::MAX)), Vec::with_capacity(READ_SIZE_FIRST));
        let window = Window::open(limits, Instant::now());
        Ok(Self { socket, limits, give_up_at, frames, read, received_bytes: 0, window })
    }

    /// Sends one message.
    pub(crate) async fn send(&mut self, message: &[u8]) -> Result<(), DialFault> {
        let mut frame = Vec::with_capacity(2 + message.len());
        write_frame(&mut frame, message).map_err(|_| DialFault::RequestTooLong)?;
        match timeout(self.limits.idle, self.socket.write_all(&frame)).await {
            Ok(result) => result.map_err(|fault| self.broken(&fault)),
            Err(_) => Err(self.silent(self.limits.idle)),
        }
    }

    /// The next message of the stream.
    pub(crate) async fn next(&mut self) -> Result<&[u8], DialFault> {
        self.next_within(self.limits.idle).await
    }

    /// The next message of the stream, which is given up after a silence of `idle`.
    pub(crate) async fn next_within(&mut self, idle: Duration) -> Result<&[u8], DialFault> {
        let idle = idle.min(self.limits.idle);
        while !self.frames.is_ready() {
            self.read_more(idle).await?;
        }
        // Ready, and every length fits the limit: there is a message.
        Ok(self.frames.take().ok().flatten().unwrap_or_default())
    }

    async fn read_more(&mut self, idle: Duration) -> Result<(), DialFault> {
        let left = self.give_up_at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let (waited, received_bytes) = (self.limits.total, self.received_bytes);
            return Err(DialFault::TotalTimeout { waited, received_bytes });
        }
        let wait = left.min(idle);
        if self.read.len() == self.read.capacity() {
            self.read.reserve(READ_SIZE);
        }
        self.read.clear();
        match timeout(wait, self.socket.read_buf(&mut self.read)).await {
            Ok(Ok(0)) => Err(DialFault::Eof { received_bytes: self.received_bytes }),
            Ok(Ok(size)) => {
                self.received_bytes += size as u64;
                self.window.bytes += size as u64;
                self.frames.feed(&self.read);
                self.check_rate()
            }
            Ok(Err(fault)) => Err(self.broken(&fault)),
            Err(_) if left <= idle => {
                let (waited, received_bytes) = (self.limits.total, self.received_bytes);
                Err(DialFault::TotalTimeout { waited, received_bytes })
            }
            Err(_) => Err(self.silent(idle)),
        }
    }

    /// Looked at only when octets came: between them the idle limit watches.
    fn check_rate(&mut self) -> Result<(), DialFault> {
        let (waited, received_bytes) = (self.window.length, self.received_bytes);
        self.window.shortfall(Instant::now()).map_or(Ok(()), |window_bytes| {
            Err(DialFault::TooSlow { waited, window_bytes, received_bytes })
        })
    }

    const fn silent(&self, waited: Duration) -> DialFault {
        DialFault::IdleTimeout { waited, received_bytes: self.received_bytes }
    }

    fn broken(&self, fault: &io::Error) -> DialFault {
        DialFault::Broken { reason: fault.to_string(), received_bytes: self.received_bytes }
    }
}

fn new_socket(primary: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpSocket> {
    let socket = Socket::new(Domain::for_address(primary), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    if let Some(source) = source {
        // Ports are then counted for each primary and not for all; without, it works as well.
        drop(batch::set_bind_without_port(socket.as_fd()));
        socket.bind(&SocketAddr::new(source, 0).into())?;
    }
    Ok(TcpSocket::from_std_stream(socket.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_drips_is_too_slow_and_one_that_pauses_is_not() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let limits = |idle| StreamLimits {
            idle: Duration::from_secs(idle),
            total: Duration::from_secs(7_200),
        };
        let window = |bytes| Window { bytes, ..Window::open(limits(120), start) };
        let judge = |bytes, seconds| window(bytes).shortfall(after(seconds));
        assert_eq!(judge(1, 299), None, "its time is not over");
        assert_eq!(judge(10_239, 300), Some(10_239));
        assert_eq!(judge(10_240, 300), None);
        assert_eq!(judge(0, 600), None, "silence has a limit of its own");
        assert_eq!(Window::open(limits(200), start).length, Duration::from_secs(400));
        let mut window = window(1 << 30);
        assert_eq!(window.shortfall(after(300)), None);
        window.bytes = 40;
        assert_eq!(window.shortfall(after(600)), Some(40), "what came before does not count");
    }

    /// An address of the documentation's is on no machine.
    #[tokio::test]
    async fn a_source_that_is_not_ours_is_told_apart_from_a_primary_that_is_away() {
        let limits = StreamLimits { idle: Duration::from_secs(5), total: Duration::from_secs(5) };
        let primary = SocketAddr::from(([127, 0, 0, 1], 1));
        let foreign = Some(IpAddr::from([192, 0, 2, 1]));
        let fault = Stream::connect(primary, foreign, limits).await.err();
        assert!(matches!(fault, Some(DialFault::OursAlone { .. })), "{fault:?}");
        let ours = Some(IpAddr::from([127, 0, 0, 2]));
        let fault = Stream::connect(primary, ours, limits).await.err();
        assert_eq!(fault, Some(DialFault::ConnectRefused));
    }
}
