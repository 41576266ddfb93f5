//! Why a primary could not be talked to, below the protocol.

use proto::code::{Code, Fault};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// What went wrong on the way to a primary or back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DialFault {
    /// Nothing listens on the port.
    #[error("the connection was refused")]
    ConnectRefused,
    /// The handshake was not answered.
    #[error("no answer to the connection attempt within {} s", waited.as_secs())]
    ConnectTimeout { waited: Duration },
    /// No route to an IPv6 address.
    #[error("this machine has no IPv6 route to it")]
    NoRouteV6,
    /// No route, or a router said no.
    #[error("the host cannot be reached: {reason}")]
    Unreachable { reason: String },
    /// Nothing came back over UDP.
    #[error("no answer over UDP within {} ms", waited.as_millis())]
    UdpTimeout { waited: Duration },
    /// The primary closed the connection before the end.
    #[error("the connection was closed after {received_bytes} bytes")]
    Eof { received_bytes: u64 },
    /// The stream broke off.
    #[error("the connection broke after {received_bytes} bytes: {reason}")]
    Broken { reason: String, received_bytes: u64 },
    /// The stream fell silent.
    #[error("nothing came for {} s after {received_bytes} bytes", waited.as_secs())]
    IdleTimeout { waited: Duration, received_bytes: u64 },
    /// The stream did not end.
    #[error("not finished after {} s and {received_bytes} bytes", waited.as_secs())]
    TotalTimeout { waited: Duration, received_bytes: u64 },
    /// Our own request would not fit a message.
    #[error("the request does not fit a message")]
    RequestTooLong,
}

impl DialFault {
    /// Sorts what the kernel said of a connection attempt to `primary`.
    pub(crate) fn io(primary: SocketAddr, fault: &io::Error) -> Self {
        use io::ErrorKind::{
            AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable, TimedOut,
        };
        match fault.kind() {
            ConnectionRefused => Self::ConnectRefused,
            TimedOut => Self::ConnectTimeout { waited: Duration::ZERO },
            NetworkUnreachable | AddrNotAvailable if primary.is_ipv6() => Self::NoRouteV6,
            HostUnreachable | NetworkUnreachable => Self::Unreachable { reason: fault.to_string() },
            _ => Self::Unreachable { reason: fault.to_string() },
        }
    }

    /// Its name in the catalogue.
    pub(crate) const fn code(&self) -> Code {
        match self {
            Self::ConnectRefused => Code::ConnectRefused,
            Self::ConnectTimeout { .. } => Code::ConnectTimeout,
            Self::NoRouteV6 => Code::NetUnreachableV6,
            Self::Unreachable { .. } | Self::RequestTooLong => Code::HostUnreachable,
            Self::UdpTimeout { .. } => Code::UdpBlocked,
            Self::Eof { .. } | Self::Broken { .. } => Code::Eof,
            Self::IdleTimeout { .. } => Code::IdleTimeout,
            Self::TotalTimeout { .. } => Code::TotalTimeout,
        }
    }

    /// The failure by its name, with its facts.
    pub(crate) fn fault(&self) -> Fault {
        let fault = Fault::new(self.code()).with("found", self);
        match self {
            Self::Eof { received_bytes }
            | Self::Broken { received_bytes, .. }
            | Self::IdleTimeout { received_bytes, .. }
            | Self::TotalTimeout { received_bytes, .. } => {
                fault.with("received_bytes", received_bytes)
            }
            Self::ConnectRefused
            | Self::ConnectTimeout { .. }
            | Self::NoRouteV6
            | Self::Unreachable { .. }
            | Self::UdpTimeout { .. }
            | Self::RequestTooLong => fault,
        }
    }
}
