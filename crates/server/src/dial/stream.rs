//! One TCP connection to a primary: framed messages in both directions, every wait bounded.

use super::fault::DialFault;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};
use wire::frame::{Frames, write_frame};

/// Longest wait for a TCP handshake.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Octets asked of the kernel at once.
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
}

impl Stream {
    /// Connects from `source` when one is given. The total limit starts to run here.
    pub(crate) async fn connect(
        primary: SocketAddr,
        source: Option<IpAddr>,
        limits: StreamLimits,
    ) -> Result<Self, DialFault> {
        let give_up_at = Instant::now() + limits.total;
        let socket = new_socket(primary, source).map_err(|fault| DialFault::io(primary, &fault))?;
        let socket = match timeout(CONNECT_LIMIT.min(limits.total), socket.connect(primary)).await {
            Ok(connected) => connected.map_err(|fault| DialFault::io(primary, &fault))?,
            Err(_) => return Err(DialFault::ConnectTimeout { waited: CONNECT_LIMIT }),
        };
        drop(socket.set_nodelay(true)); // slower without, but it works
        let (frames, read) = (Frames::new(usize::from(u16::MAX)), Vec::with_capacity(READ_SIZE));
        Ok(Self { socket, limits, give_up_at, frames, read, received_bytes: 0 })
    }

    /// Sends one message.
    pub(crate) async fn send(&mut self, message: &[u8]) -> Result<(), DialFault> {
        let mut frame = Vec::with_capacity(2 + message.len());
        write_frame(&mut frame, message).map_err(|_| DialFault::RequestTooLong)?;
        match timeout(self.limits.idle, self.socket.write_all(&frame)).await {
            Ok(result) => result.map_err(|fault| self.broken(&fault)),
            Err(_) => Err(self.silent()),
        }
    }

    /// The next message of the stream.
    pub(crate) async fn next(&mut self) -> Result<&[u8], DialFault> {
        while !self.frames.is_ready() {
            self.read_more().await?;
        }
        // Ready, and every length fits the limit: there is a message.
        Ok(self.frames.take().ok().flatten().unwrap_or_default())
    }

    async fn read_more(&mut self) -> Result<(), DialFault> {
        let left = self.give_up_at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let (waited, received_bytes) = (self.limits.total, self.received_bytes);
            return Err(DialFault::TotalTimeout { waited, received_bytes });
        }
        let wait = left.min(self.limits.idle);
        self.read.clear();
        match timeout(wait, self.socket.read_buf(&mut self.read)).await {
            Ok(Ok(0)) => Err(DialFault::Eof { received_bytes: self.received_bytes }),
            Ok(Ok(size)) => {
                self.received_bytes += size as u64;
                self.frames.feed(&self.read);
                Ok(())
            }
            Ok(Err(fault)) => Err(self.broken(&fault)),
            Err(_) if left <= self.limits.idle => {
                let (waited, received_bytes) = (self.limits.total, self.received_bytes);
                Err(DialFault::TotalTimeout { waited, received_bytes })
            }
            Err(_) => Err(self.silent()),
        }
    }

    fn silent(&self) -> DialFault {
        DialFault::IdleTimeout { waited: self.limits.idle, received_bytes: self.received_bytes }
    }

    fn broken(&self, fault: &io::Error) -> DialFault {
        DialFault::Broken { reason: fault.to_string(), received_bytes: self.received_bytes }
    }
}

fn new_socket(primary: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpSocket> {
    let socket = Socket::new(Domain::for_address(primary), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    if let Some(source) = source {
        socket.bind(&SocketAddr::new(source, 0).into())?;
    }
    Ok(TcpSocket::from_std_stream(socket.into()))
}
