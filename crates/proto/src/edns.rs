//! What EDNS means for the size of an answer.
//!
//! Pure.
//!
//! Standards: RFC 6891 §6.2.3 (below 512 means 512), §6.2.5 (what we say of ourselves) · RFC 9715 §3
//! (answers that are not fragmented) · RFC 1035 §4.2.1 (512 without EDNS).
//!
//! Invariants: 512 ≤ a limit for UDP ≤ the larger of 512 and our own size.
//!
//! Not here: writing OPT (`answer::reply`), NSID, cookies, EXPIRE.

use crate::answer::Transport;
use wire::edns::Edns;

/// Largest datagram we send unless told otherwise: it fits every path worth having (RFC 9715 §3).
pub const UDP_SIZE_DEFAULT: u16 = 1_232;

/// What everybody takes (RFC 1035 §4.2.1).
const UDP_SIZE_LEAST: u16 = 512;

/// Octets an answer may have; `own` is the configured size for UDP.
#[must_use]
pub fn size_limit(edns: Option<&Edns<'_>>, transport: Transport, own: u16) -> usize {
    let limit = match (transport, edns) {
        (Transport::Tcp, _) => u16::MAX,
        (Transport::Udp, Some(edns)) => edns.udp_size.max(UDP_SIZE_LEAST).min(own_udp_size(own)),
        (Transport::Udp, None) => UDP_SIZE_LEAST,
    };
    usize::from(limit)
}

/// What our OPT says of us.
#[must_use]
pub fn own_udp_size(configured: u16) -> u16 {
    configured.max(UDP_SIZE_LEAST)
}
