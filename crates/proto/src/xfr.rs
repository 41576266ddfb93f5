//! Zone transfer: what we ask and what we make of the answers, and what others get of us.
//!
//! Pure.
//!
//! Standards: see the modules.
//!
//! Invariants: every fault has a code, its facts, and a remedy.
//!
//! Not here: connections, when to ask (`refresh`), whom (`primaries`), signatures (`tsig`).

pub mod inbound;
pub mod outbound;
pub mod probe;
pub mod query;

use crate::code::Code;
use crate::primaries::Remedy;
use wire::codes::Rcode;

/// The catalogue's name for a rcode that refuses a request of ours.
#[must_use]
pub const fn code_of_rcode(rcode: Rcode) -> Code {
    match rcode {
        Rcode::FORMERR => Code::FormErr,
        Rcode::SERVFAIL => Code::ServFail,
        Rcode::NXDOMAIN => Code::NxDomain,
        Rcode::NOTIMP => Code::NotImp,
        Rcode::REFUSED => Code::Refused,
        Rcode::NOTAUTH => Code::NotAuth,
        _ => Code::UnexpectedRcode,
    }
}

/// What to do when a transfer is refused with this rcode: a primary that knows no IXFR may say so
/// in any of four ways, and still give the whole zone.
#[must_use]
pub const fn remedy_of_rcode(rcode: Rcode) -> Remedy {
    match rcode {
        Rcode::FORMERR | Rcode::SERVFAIL | Rcode::NOTIMP | Rcode::REFUSED => Remedy::FetchWholeZone,
        _ => Remedy::TryNextPrimary,
    }
}

/// What to do when the SOA query is refused with this rcode. Over TCP it is asked without EDNS, so
/// that is also the second attempt at a primary that does not know EDNS.
#[must_use]
pub const fn remedy_of_probe_rcode(rcode: Rcode) -> Remedy {
    match rcode {
        Rcode::FORMERR | Rcode::NOTIMP | Rcode::BADVERS => Remedy::UseTcp,
        _ => Remedy::TryNextPrimary,
    }
}
