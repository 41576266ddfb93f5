//! Listening sockets: bound, with their options, before anything is served.

use super::batch;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::Duration;

/// Room for datagrams that arrive while a thread is busy: half a second at 20,000 queries a
/// second. The kernel doubles it for its own accounting and caps it at `net.core.rmem_max`.
const RECEIVE_BUFFER_BYTES: usize = 4 << 20;
/// How often an idle UDP thread looks whether it should stop.
const STOP_POLL: Duration = Duration::from_millis(200);
/// Connections that the kernel completes before we accept them.
const BACKLOG: i32 = 1_024;

/// A UDP socket that shares its address with its siblings (`SO_REUSEPORT`).
pub(crate) fn udp(address: SocketAddr) -> io::Result<Socket> {
    let socket = bound(address, Type::DGRAM, Protocol::UDP)?;
    batch::set_datagram_options(socket.as_fd(), address.ip())?;
    // The kernel may grant less; that is its limit to set, and no reason not to serve.
    drop(socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES));
    drop(socket.set_send_buffer_size(RECEIVE_BUFFER_BYTES));
    socket.set_read_timeout(Some(STOP_POLL))?;
    Ok(socket)
}

/// A TCP listener, non-blocking, as tokio wants it.
pub(crate) fn tcp(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = bound(address, Type::STREAM, Protocol::TCP)?;
    socket.set_nonblocking(true)?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn bound(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if kind == Type::DGRAM {
        socket.set_reuse_port(true)?;
    } else {
        socket.set_reuse_address(true)?; // a restart must not wait for old connections to fade
    }
    if let SocketAddr::V6(_) = address {
        socket.set_only_v6(true)?;
    }
    match socket.bind(&address.into()) {
        Err(fault) if fault.kind() == io::ErrorKind::AddrNotAvailable => {
            // An anycast address is often configured on the machine after we start.
            tracing::warn!(%address, "listen address is not on this machine yet");
            match address {
                SocketAddr::V4(_) => socket.set_freebind_v4(true)?,
                SocketAddr::V6(_) => socket.set_freebind_v6(true)?,
            }
            socket.bind(&address.into())?;
        }
        result => result?,
    }
    Ok(socket)
}
