//! Telling a secondary that the zone has changed, and hearing that it heard.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use proto::tsig::{ResponseVerifier, TsigFault, sign_request};
use tokio::net::UdpSocket;
use tokio::time::timeout;
use wire::builder::{Builder, Full};
use wire::codes::{Class, Opcode, Rcode, Rrtype};
use wire::message::{Flags, Message, Section};
use wire::record::Record;
use wire::tsig::Key;

use super::now;

/// Waits for an answer, each twice the one before (RFC 1996 §3.6 leaves the numbers to us).
const WAITS: [Duration; 5] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Why a secondary could not be told.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// The socket failed.
    #[error("cannot send NOTIFY to {to}")]
    Socket {
        /// The secondary.
        to: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// Nobody answered, however often we asked.
    #[error("{to} did not answer {attempts} NOTIFY messages")]
    Unanswered {
        /// The secondary.
        to: SocketAddr,
        /// Messages sent.
        attempts: usize,
    },
    /// The secondary does not want to hear it.
    #[error("{to} answered NOTIFY with {rcode}")]
    Rejected {
        /// The secondary.
        to: SocketAddr,
        /// Its answer.
        rcode: Rcode,
    },
    /// The answer's signature is not what it should be.
    #[error("the answer of {to} to NOTIFY is not signed as it should be")]
    Unverified {
        /// The secondary.
        to: SocketAddr,
        /// What is wrong with it.
        source: TsigFault,
    },
    /// The message does not fit its buffer; names of demo and tests are short.
    #[error("the NOTIFY message does not fit")]
    TooLong,
}

impl From<Full> for NotifyError {
    fn from(_: Full) -> Self {
        Self::TooLong
    }
}

/// Sends NOTIFY with the SOA in its answer section (RFC 1996 §3.7), signed if there is a key, until
/// the secondary confirms it. Returns how long that took.
pub(super) async fn send(
    soa: &Record,
    key: Option<&std::sync::Arc<Key>>,
    to: SocketAddr,
) -> Result<Duration, NotifyError> {
    let socket_failed = |source| NotifyError::Socket { to, source };
    let any: SocketAddr = if to.is_ipv4() { ([127, 0, 0, 1], 0).into() } else { LOOPBACK_V6 };
    let socket = UdpSocket::bind(any).await.map_err(socket_failed)?;
    socket.connect(to).await.map_err(socket_failed)?;
    let started = Instant::now();
    for (attempt, wait) in WAITS.into_iter().enumerate() {
        let id = u16::try_from(started.elapsed().subsec_micros() & 0xffff).unwrap_or(0);
        let mut message = unsigned(soa, id ^ u16::try_from(attempt).unwrap_or(0))?;
        let mut verifier = match key {
            Some(key) => {
                let mac = sign_request(key, &mut message, now());
                ResponseVerifier::new(std::sync::Arc::clone(key), mac)
            }
            None => ResponseVerifier::unsigned(),
        };
        // A port nobody listens on yet answers by ICMP, which comes back as an error: like silence.
        let sent = socket.send(&message).await.is_ok();
        let Some(answer) = receive(&socket, &message, wait, sent).await else { continue };
        let unverified = |source| NotifyError::Unverified { to, source };
        verifier.feed(&answer, now()).map_err(unverified)?;
        verifier.finish().map_err(unverified)?;
        let rcode = Message::parse(&answer).map_or(Rcode::FORMERR, |it| it.header().flags.rcode());
        return match rcode {
            Rcode::NOERROR => Ok(started.elapsed()),
            rcode => Err(NotifyError::Rejected { to, rcode }),
        };
    }
    Err(NotifyError::Unanswered { to, attempts: WAITS.len() })
}

const LOOPBACK_V6: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), 0);

fn unsigned(soa: &Record, id: u16) -> Result<Vec<u8>, Full> {
    let mut octets = vec![0; 512];
    let flags = Flags::request(Opcode::NOTIFY).with(Flags::AA);
    let mut builder = Builder::new(&mut octets, id, flags)?;
    builder.question(soa.owner.as_ref(), Rrtype::SOA, Class::IN)?;
    builder.push_record(Section::Answer, soa.as_ref())?;
    let len = builder.finish();
    octets.truncate(len);
    Ok(octets)
}

/// The answer to `request`, unless it does not come in time.
async fn receive(
    socket: &UdpSocket,
    request: &[u8],
    wait: Duration,
    sent: bool,
) -> Option<Vec<u8>> {
    let deadline = tokio::time::Instant::now() + wait;
    let mut octets = vec![0; 4_096];
    loop {
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        match timeout(left, socket.recv(&mut octets)).await {
            Err(_elapsed) => return None,
            Ok(Ok(len)) if len >= 12 && octets.first_chunk::<2>() == request.first_chunk::<2>() => {
                octets.truncate(len);
                return Some(octets);
            }
            Ok(Ok(_other)) => {}
            Ok(Err(_unreachable)) if sent => tokio::time::sleep_until(deadline).await,
            Ok(Err(_unreachable)) => tokio::time::sleep_until(deadline).await,
        }
    }
}
