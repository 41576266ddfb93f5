//! Why a primary could not be talked to, below the protocol.

use proto::code::{Code, Fault};
use proto::primaries::{Ask, Remedy};
use std::io;
use std::net::{IpAddr, SocketAddr};
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
    /// The stream dripped.
    #[error("{window_bytes} bytes came in {} s, {received_bytes} in all", waited.as_secs())]
    TooSlow { waited: Duration, window_bytes: u64, received_bytes: u64 },
    /// This machine could not even begin.
    #[error("this machine cannot open a connection: {reason}")]
    OursAlone { reason: String },
    /// Our own request would not fit a message.
    #[error("the request does not fit a message")]
    RequestTooLong,
}

impl DialFault {
    /// What the kernel said of a socket of ours, before the primary had to do with it.
    pub(crate) fn ours(fault: &io::Error) -> Self {
        Self::OursAlone { reason: fault.to_string() }
    }

    /// Sorts what the kernel said of a connection attempt to `primary`, from `source` when one is
    /// given.
    pub(crate) fn io(primary: SocketAddr, source: Option<IpAddr>, fault: &io::Error) -> Self {
        use io::ErrorKind::{
            AddrInUse, AddrNotAvailable, ConnectionRefused, NetworkUnreachable, TimedOut,
        };
        match fault.kind() {
            ConnectionRefused => Self::ConnectRefused,
            TimedOut => Self::ConnectTimeout { waited: Duration::ZERO },
            // Without IPv6, the kernel finds neither a route nor an address to come from.
            NetworkUnreachable if primary.is_ipv6() => Self::NoRouteV6,
            AddrNotAvailable if primary.is_ipv6() && source.is_none() => Self::NoRouteV6,
            // All ports towards this primary are taken.
            AddrNotAvailable | AddrInUse => Self::ours(fault),
            _ => Self::Unreachable { reason: fault.to_string() },
        }
    }

    /// Whether it says that the primary cannot be reached at all, for any question.
    pub(crate) const fn is_lack_of_connection(&self) -> bool {
        match self {
            Self::ConnectRefused
            | Self::ConnectTimeout { .. }
            | Self::NoRouteV6
            | Self::Unreachable { .. }
            | Self::UdpTimeout { .. } => true,
            Self::Eof { .. }
            | Self::Broken { .. }
            | Self::IdleTimeout { .. }
            | Self::TotalTimeout { .. }
            | Self::TooSlow { .. }
            | Self::OursAlone { .. }
            | Self::RequestTooLong => false,
        }
    }

    /// What to do next when `ask` came to this.
    ///
    /// A primary that falls silent or hangs up on the changes may give the whole zone: some answer
    /// with their newest SOA alone, as over UDP (RFC 1995 §2), and then wait for us.
    pub(crate) const fn remedy(&self, ask: Ask) -> Remedy {
        match (ask, self) {
            (_, Self::OursAlone { .. } | Self::RequestTooLong) => Remedy::TryNextPrimary,
            (Ask::ProbeUdp, _) => Remedy::UseTcp,
            (
                Ask::Ixfr(_) | Ask::Axfr,
                Self::Eof { .. } | Self::Broken { .. } | Self::IdleTimeout { .. },
            ) => Remedy::FetchWholeZone,
            (Ask::ProbeTcp | Ask::Ixfr(_) | Ask::Axfr, _) => Remedy::TryNextPrimary,
        }
    }

    /// Its name in the catalogue.
    pub(crate) const fn code(&self) -> Code {
        match self {
            Self::ConnectRefused => Code::ConnectRefused,
            Self::ConnectTimeout { .. } => Code::ConnectTimeout,
            Self::NoRouteV6 => Code::NetUnreachableV6,
            Self::Unreachable { .. } => Code::HostUnreachable,
            Self::OursAlone { .. } => Code::SourceUnavailable,
            Self::RequestTooLong => Code::InternalFault,
            Self::UdpTimeout { .. } => Code::UdpBlocked,
            Self::Eof { .. } | Self::Broken { .. } => Code::Eof,
            Self::IdleTimeout { .. } => Code::IdleTimeout,
            Self::TotalTimeout { .. } => Code::TotalTimeout,
            Self::TooSlow { .. } => Code::TooSlow,
        }
    }

    /// The failure by its name, with its facts.
    pub(crate) fn fault(&self) -> Fault {
        let fault = Fault::new(self.code()).with("found", self);
        match self {
            Self::Eof { received_bytes }
            | Self::Broken { received_bytes, .. }
            | Self::IdleTimeout { received_bytes, .. }
            | Self::TotalTimeout { received_bytes, .. }
            | Self::TooSlow { received_bytes, .. } => fault.with("received_bytes", received_bytes),
            Self::ConnectRefused
            | Self::ConnectTimeout { .. }
            | Self::NoRouteV6
            | Self::Unreachable { .. }
            | Self::UdpTimeout { .. }
            | Self::OursAlone { .. }
            | Self::RequestTooLong => fault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use io::ErrorKind;

    #[test]
    fn faults_of_this_machine_are_not_the_primarys() {
        let (v4, v6) = (SocketAddr::from(([192, 0, 2, 1], 53)), "[2001:db8::1]:53".parse());
        let (v6, ours) = (v6.expect("an address"), Some(IpAddr::from([192, 0, 2, 9])));
        for (primary, source, kind, code) in [
            (v4, None, ErrorKind::ConnectionRefused, Code::ConnectRefused),
            (v4, None, ErrorKind::HostUnreachable, Code::HostUnreachable),
            (v4, None, ErrorKind::AddrNotAvailable, Code::SourceUnavailable),
            (v4, ours, ErrorKind::AddrInUse, Code::SourceUnavailable),
            (v6, None, ErrorKind::AddrNotAvailable, Code::NetUnreachableV6),
            (v6, ours, ErrorKind::AddrNotAvailable, Code::SourceUnavailable),
            (v6, ours, ErrorKind::NetworkUnreachable, Code::NetUnreachableV6),
        ] {
            let fault = DialFault::io(primary, source, &kind.into());
            assert_eq!(fault.code(), code, "{primary} {kind:?}");
        }
        assert_eq!(DialFault::ours(&ErrorKind::Other.into()).code(), Code::SourceUnavailable);
    }

    /// I-1: a primary that goes silent on IXFR is asked for the whole zone before others are.
    #[test]
    fn silence_on_the_changes_fetches_the_whole_zone() {
        let ixfr = Ask::Ixfr(wire::serial::Serial(7));
        let (waited, received_bytes) = (Duration::from_secs(120), 80);
        let silent = DialFault::IdleTimeout { waited, received_bytes };
        assert_eq!(silent.remedy(ixfr), Remedy::FetchWholeZone);
        assert_eq!(DialFault::Eof { received_bytes }.remedy(ixfr), Remedy::FetchWholeZone);
        assert_eq!(DialFault::ConnectRefused.remedy(ixfr), Remedy::TryNextPrimary);
        assert_eq!(silent.remedy(Ask::ProbeTcp), Remedy::TryNextPrimary);
        assert_eq!(DialFault::UdpTimeout { waited }.remedy(Ask::ProbeUdp), Remedy::UseTcp);
    }
}
