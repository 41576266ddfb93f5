//! Free ports on the loopback addresses.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Below the range from which the kernel takes ports for outgoing traffic, so that none of them
/// is taken between our look and the server's bind.
const FIRST: u32 = 10_000;
const COUNT: u32 = 20_000;

/// A port nobody has, for UDP and TCP, IPv4 and IPv6. Tests in other processes look elsewhere.
pub fn free() -> u16 {
    static STEP: AtomicU32 = AtomicU32::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |at| at.subsec_nanos());
    let start = std::process::id().wrapping_mul(7_919).wrapping_add(nanos / 1_000);
    (0..COUNT)
        .map(|_| start.wrapping_add(STEP.fetch_add(1, Ordering::Relaxed).wrapping_mul(17)))
        .map(|number| u16::try_from(FIRST + number % COUNT).unwrap())
        .find(|&port| is_free(port))
        .expect("no free port on the loopback addresses")
}

fn is_free(port: u16) -> bool {
    let v4 = (Ipv4Addr::LOCALHOST, port);
    let v6 = (Ipv6Addr::LOCALHOST, port);
    UdpSocket::bind(v4).is_ok()
        && TcpListener::bind(v4).is_ok()
        && UdpSocket::bind(v6).is_ok()
        && TcpListener::bind(v6).is_ok()
}
