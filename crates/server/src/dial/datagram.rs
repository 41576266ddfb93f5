//! One question to a primary over UDP.
//!
//! Standards: RFC 5452 §9.1 (which answers are not ours).

use super::fault::DialFault;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

/// Largest answer accepted over UDP, in octets.
const ANSWER_SIZE_MAX: usize = 4_096;

/// Sends `query` from a fresh port and returns the first answer that `is_ours` accepts. Others
/// are strangers' or late, and the wait goes on (RFC 5452 §9.1).
pub(crate) async fn exchange(
    primary: SocketAddr,
    source: Option<IpAddr>,
    query: &[u8],
    wait: Duration,
    is_ours: impl Fn(&[u8]) -> bool,
) -> Result<Vec<u8>, DialFault> {
    let any = match primary {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let give_up_at = Instant::now() + wait;
    let io = |fault: std::io::Error| DialFault::io(primary, source, &fault);
    let bound = UdpSocket::bind(SocketAddr::new(source.unwrap_or(any), 0)).await;
    let socket = bound.map_err(|fault| DialFault::ours(&fault))?;
    socket.connect(primary).await.map_err(io)?; // the kernel drops what others send
    socket.send(query).await.map_err(io)?;
    let mut answer = vec![0; ANSWER_SIZE_MAX];
    loop {
        let Ok(received) = timeout_at(give_up_at, socket.recv(&mut answer)).await else {
            return Err(DialFault::UdpTimeout { waited: wait });
        };
        let size = received.map_err(io)?;
        if is_ours(answer.get(..size).unwrap_or_default()) {
            answer.truncate(size);
            return Ok(answer);
        }
    }
}
